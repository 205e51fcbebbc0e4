"""``python -m benchmarks.scale [ROWS …]``: a job through penstock and by hand, on one core, two, and a cluster of two.

Every measurement is a process of its own; the start of Spark is not counted, a first run over a few rows warms it up.
Processor time is that of drivers, JVMs, workers and the cluster, as Linux counts it.
"""

import json
import math
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

WAYS = ("penstock", "json", "orjson", "functions")
"""The same job through penstock, by hand in Python with either library, and by hand in Spark's own functions."""
FEWER = {5_000_000: 2, 20_000_000: 1}
"""From so many rows on only the first ways are measured."""
MASTERS = ("local[1]", "local[2]", "cluster")
LINES_PER_FILE = 500_000
TURNS = 3
"""Of the smallest job; one way after the other, so that a busy machine is so for all of them."""


def write_orders(folder: Path, rows: int) -> int:
    """Orders as JSON lines, in files of half a million; the bytes."""
    folder.mkdir(parents=True)
    chance = random.Random(7)
    for first in range(0, rows, LINES_PER_FILE):
        with (folder / f"{first:09d}.json").open("w") as out:
            for number in range(first, min(rows, first + LINES_PER_FILE)):
                country = ("GB", "US", "NL", "DE")[int(chance.random() * 4)]
                amount, card = round(chance.random() * 2000, 2), f"4929-1111-2222-{int(chance.random() * 10_000):04d}"
                named = f'"order_id": {number}, "customer": "c{number % 5000}", "country": "{country}"'
                out.write(f'{{{named}, "amount": {amount}, "card": "{card}"}}\n')
    return sum(path.stat().st_size for path in folder.iterdir())


def measure(way: str, master: str, source: Path, few: Path) -> dict[str, float]:
    """Seconds, processor seconds and rows of one way, in a new process."""
    with tempfile.TemporaryDirectory() as out:
        words = [sys.executable, "-m", "benchmarks.scale.one", way, master, str(source), str(few), out]
        done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    held: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return held


def main(counts: list[int]) -> None:
    """Prints the tables of docs/scale.md."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_orders(folder / "few", 2000)
        print("| rows | where | way | rows/s | of json | rows per processor second | of json |")
        print("|---|---|---|---|---|---|---|")
        for number, rows in enumerate(counts):
            source = folder / str(rows)
            size = write_orders(source, rows)
            print(f"{rows:,} rows, {size / 1e6:,.0f} MB", file=sys.stderr)
            for master in MASTERS if not number else ("local[2]",):
                table(master, rows, source, 1 if number else TURNS)


def table(master: str, rows: int, source: Path, turns: int) -> None:
    """A line for each way: medians of the turns."""
    cluster = None
    if master == "cluster":
        from tests.spark.cluster import Cluster

        log = source.parent / f"cluster-{time.monotonic_ns()}"
        log.mkdir()
        cluster = Cluster(log)
    try:
        url, few = master if cluster is None else cluster.url, source.parent / "few"
        ways = WAYS[: min([len(WAYS), *(count for least, count in FEWER.items() if rows >= least)])]
        found = [{way: measure(way, url, source, few) for way in ways} for _ in range(turns)]
    finally:
        if cluster is not None:
            cluster.close()
    assert len({each[way]["written"] for each in found for way in ways}) == 1, found
    where = "two workers" if master == "cluster" else master
    rates = [[rows / median(each[way][what] for each in found) for what in ("seconds", "processor_s")] for way in ways]
    base, base_per_s = rates[1] if len(ways) > 1 else (math.nan, math.nan)
    for way, (rate, per_processor_s) in zip(ways, rates, strict=True):
        cells = [f"{rows:,}", where, way, f"{rate:,.0f}", f"{100 * rate / base:.0f} %"]
        cells += [f"{per_processor_s:,.0f}", f"{100 * per_processor_s / base_per_s:.0f} %"]
        print(f"| {' | '.join(cells)} |".replace("nan %", "-"), flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [1_000_000, 10_000_000])
