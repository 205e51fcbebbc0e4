"""Promises about size: a file is read record by record, however long it is."""

import io
import tracemalloc

import pytest

from penstock.adapters.engine.formats.reading import read_items

from .using import settings

LINES = {
    "DELIMITED": ({}, b'name,"a, quoted cell",12345\n'),
    "DELIMITED second": ({"csvParser": "UNIVOCITY"}, b"name,a cell,12345\n"),
    "DELIMITED several": ({"csvFileFormat": "MULTI_CHARACTER"}, b"name||a cell||12345\n"),
    "JSON": ({}, b'{"name": "a", "n": 12345}\n'),
    "TEXT": ({}, b"a line of text\n"),
    "TEXT custom": ({"useCustomDelimiter": True, "customDelimiter": "||"}, b"a piece of text||"),
}


class Endless(io.RawIOBase):
    """A file without an end, made while it is read."""

    def __init__(self, line: bytes) -> None:
        self._line, self.given = line * 50, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Fifty lines."""
        self.given += len(self._line)
        return self._line


@pytest.mark.parametrize("kind", LINES)
def test_an_endless_file_is_read_record_by_record(kind: str) -> None:
    """Nothing is read that is not needed, and nothing is kept that was read."""
    more, line = LINES[kind]
    opened = Endless(line)
    found = read_items(opened, kind.partition(" ")[0], settings(**more))  # type: ignore[arg-type]
    assert next(found).fault is None
    assert opened.given < 300_000
    tracemalloc.start()
    try:
        assert all(next(found).fault is None for _ in range(4000))
        assert tracemalloc.get_traced_memory()[1] < 40_000 + 50 * len(line) * 8
        assert opened.given < 4000 * len(line) + 300_000
    finally:
        tracemalloc.stop()
