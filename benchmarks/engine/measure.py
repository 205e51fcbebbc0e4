"""One program: how long it takes from start to end, how much memory it has, and what it wrote."""

import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import attrs

FILES = 4
CITIES = (("Berlin", "DE"), ("Paris", "FR"), ("London", "GB"), ("Madrid", "ES"))
NAMES = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth")


@attrs.frozen
class Measured:
    """Seconds by the clock and of processors, peak memory of a program with its children, digest of its outputs."""

    seconds: float
    processor_s: float
    peak_mb: float
    digest: str


def write_people(folder: Path, count: int, fields: int = 0) -> int:
    """JSON lines of about 200 bytes in four files, with more fields where asked for; the bytes."""
    chance = random.Random(7)
    folder.mkdir(parents=True)
    for part in range(FILES):
        with (folder / f"{part}.json").open("w") as out:
            for number in range(count * part // FILES, count * (part + 1) // FILES):
                city, country = chance.choice(CITIES)
                person = {
                    "number": number,
                    "name": chance.choice(NAMES),
                    "age": chance.randrange(18, 90),
                    "amount": round(chance.random() * 2000, 2),
                    "email": f"user{number}@example.com",
                    "card": f"4929-1111-2222-{chance.randrange(10_000):04d}",
                    "city": {"name": city, "country": country, "zip": str(chance.randrange(10_000, 99_999))},
                    **{f"field{each}": f"value {chance.randrange(1000)}" for each in range(fields)},
                }
                out.write(json.dumps(person) + "\n")
    return sum(path.stat().st_size for path in folder.iterdir())


def measure(words: list[str], out: Path, *, check: bool = True) -> Measured:
    """Runs a program once.

    Raises:
        RuntimeError: with the end of what it said, when it fails.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    began, used = time.perf_counter(), _used_s()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_variables())
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak))
    watch.start()
    said, _ = process.communicate()
    seconds = time.perf_counter() - began
    watch.join()
    if process.returncode:
        raise RuntimeError(said.strip()[-400:])
    return Measured(seconds, _used_s() - used, peak[0], digest(out) if check else "")


def _variables() -> dict[str, str]:
    """Programs keep their compiled modules, as installed ones do."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _used_s() -> float:
    """Processor time of all children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: "subprocess.Popen[str]", peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_memory_mb(each) for each in _tree(process.pid)))
        time.sleep(0.02)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield from _tree(int(child))
    except OSError:
        return


def _memory_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError, IndexError):
        return 0.0


def digest(out: Path) -> str:
    """The same for the same records in each of the two outputs, in any order and any spelling."""
    made = []
    for name in ("a", "b"):
        total, count = 0, 0
        for path in _files(out, name):
            for line in path.read_bytes().splitlines():
                value = json.loads(line)
                for added in ("diff", "time"):
                    value.pop(added, None)
                value = {name: float(each) if isinstance(each, int) else each for name, each in value.items()}
                text = json.dumps(value, sort_keys=True).encode()
                total = (total + int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())) % 2**64
                count += 1
        made.append(f"{count}:{total:016x}")
    return " ".join(made)


def _files(out: Path, name: str) -> Iterator[Path]:
    for path in sorted(out.glob(f"{name}.json*")):
        yield from (each for each in path.iterdir() if each.name[0] not in "._") if path.is_dir() else (path,)


def program(name: str) -> str:
    """The path of one of the programs here."""
    return str(Path(__file__).parent / "peers" / name)


PYTHON = sys.executable
