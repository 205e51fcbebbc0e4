"""``python -m benchmarks.scale [ROWS …]``: a job through penstock and by hand, on one core, two, and a cluster of two.

Every measurement is a process of its own; the start of Spark is not counted, a first run over a few rows warms it up.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WAYS = ("penstock", "python", "dataframe")
LINES_PER_FILE = 500_000


def write_orders(folder: Path, rows: int) -> int:
    """Orders as JSON lines, in files of half a million; the bytes."""
    folder.mkdir(parents=True)
    chance = random.Random(7)
    for first in range(0, rows, LINES_PER_FILE):
        with (folder / f"{first:09d}.json").open("w") as out:
            for number in range(first, min(rows, first + LINES_PER_FILE)):
                card = f"4929-1111-2222-{chance.randrange(10_000):04d}"
                amount = round(chance.random() * 2000, 2)
                country = chance.choice(["GB", "US", "NL", "DE"])
                order = {"order_id": number, "customer": f"c{number % 5000}", "country": country, "amount": amount}
                out.write(json.dumps({**order, "card": card}) + "\n")
    return sum(path.stat().st_size for path in folder.iterdir())


def measure(way: str, master: str, source: Path, few: Path) -> dict[str, float]:
    """Seconds and rows of one way, in a new process."""
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
        print(
            "| rows | where | penstock, rows/s | by hand in Python, rows/s | ratio | by hand in SQL functions, rows/s |"
        )
        print("|---|---|---|---|---|---|")
        for rows in counts:
            source = folder / str(rows)
            size = write_orders(source, rows)
            print(f"{rows:,} rows, {size / 1e6:,.0f} MB", file=sys.stderr)
            masters = ["local[1]", "local[2]", "cluster"] if rows == counts[0] else ["local[2]"]
            for master in masters:
                table(master, rows, source, folder)


def table(master: str, rows: int, source: Path, folder: Path) -> None:
    """One line."""
    cluster = None
    if master == "cluster":
        from tests.spark.cluster import Cluster

        log = folder / f"cluster-{time.monotonic_ns()}"
        log.mkdir()
        cluster = Cluster(log)
    try:
        url = master if cluster is None else cluster.url
        rates = {way: rows / measure(way, url, source, folder / "few")["seconds"] for way in WAYS}
    finally:
        if cluster is not None:
            cluster.close()
    where = "two workers" if master == "cluster" else master
    ratio = 100 * rates["penstock"] / rates["python"]
    cells = [f"{rows:,}", where, f"{rates['penstock']:,.0f}", f"{rates['python']:,.0f}", f"{ratio:.0f} %"]
    print("| " + " | ".join([*cells, f"{rates['dataframe']:,.0f}"]) + " |", flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [1_000_000, 10_000_000])
