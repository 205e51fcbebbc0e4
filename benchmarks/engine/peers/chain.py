"""A naive chain of stages over batches: objects with a value and a header, a function per stage."""

import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import orjson


class Item:
    """A value and its header."""

    __slots__ = ("header", "value")

    def __init__(self, value: dict[str, Any], header: dict[str, Any]) -> None:
        self.value, self.header = value, header


def batches(folder: Path) -> Iterator[list[Item]]:
    """A thousand lines at a time."""
    for path in sorted(folder.iterdir()):
        with path.open("rb") as lines:
            while batch := [Item(orjson.loads(line), {"file": path.name}) for line in islice(lines, 1000)]:
                yield batch


def total(batch: list[Item]) -> list[Item]:
    """One computed field."""
    for item in batch:
        item.value["total"] = item.value["amount"] * 1.2
    return batch


def upper(batch: list[Item]) -> list[Item]:
    """One text in capitals."""
    for item in batch:
        item.value["name"] = item.value["name"].upper()
    return batch


def mask(batch: list[Item]) -> list[Item]:
    """One field masked."""
    for item in batch:
        item.value["card"] = "x" * len(item.value["card"])
    return batch


def write(batch: list[Item], out: BinaryIO) -> None:
    """JSON lines."""
    for item in batch:
        out.write(orjson.dumps(item.value, None, orjson.OPT_APPEND_NEWLINE))


STAGES: tuple[Callable[[list[Item]], list[Item]], ...] = (total, upper, mask)
target = Path(sys.argv[2])
with (target / "a.json").open("wb") as older, (target / "b.json").open("wb") as younger:
    for batch in batches(Path(sys.argv[1])):
        for stage in STAGES:
            batch = stage(batch)
        write([item for item in batch if item.value["age"] >= 40], older)
        write([item for item in batch if item.value["age"] < 40], younger)
