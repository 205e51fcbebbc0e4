"""Promises about size: a file is read record by record, however long it is."""

import io
import tracemalloc

import pytest

from penstock.adapters.engine.formats.reading import read_items
from penstock.core.records.values import FieldValue

from .using import settings, values, written

COMMON = b'1.2.3.4 - bob [10/Oct/2000:13:55:36 -0700] "GET /x HTTP/1.0" 200 23\n'
LINES: dict[str, tuple[dict[str, object], bytes]] = {
    "DELIMITED": ({}, b'name,"a, quoted cell",12345\n'),
    "DELIMITED second": ({"csvParser": "UNIVOCITY"}, b"name,a cell,12345\n"),
    "DELIMITED several": ({"csvFileFormat": "MULTI_CHARACTER"}, b"name||a cell||12345\n"),
    "JSON": ({}, b'{"name": "a", "n": 12345}\n'),
    "JSON array": ({"jsonContent": "ARRAY_OBJECTS"}, b'{"name": "a", "n": 12345},\n'),
    "TEXT": ({}, b"a line of text\n"),
    "TEXT custom": ({"useCustomDelimiter": True, "customDelimiter": "||"}, b"a piece of text||"),
    "LOG": ({}, COMMON),
    "XML": ({"xmlRecordElement": "r"}, b"<r><a>text</a></r>\n"),
    "SDC_JSON": ({}, written("SDC_JSON", {"a": 1})[1:]),
    "AVRO": ({}, b""),
}
AVRO_TEXT = '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "string"}]}'
FIRST = {"JSON array": b"[", "XML": b"<all>", "SDC_JSON": b"\xa1"}


def avro() -> tuple[bytes, bytes]:
    """The head of a container, and a block that may come again and again."""
    roots: list[FieldValue] = [{"a": at} for at in range(10)]
    schema = '{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}]}'
    data = written("AVRO", *roots, avroSchema=schema)
    mark = data[-16:]
    head = data.index(mark) + 16
    return data[:head], data[head:]


class Endless(io.RawIOBase):
    """A file without an end, made while it is read."""

    def __init__(self, line: bytes, first: bytes = b"") -> None:
        self._line, self._rest, self.given = line * 50, first, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Of fifty lines what is wanted of them."""
        if not self._rest:
            self._rest = self._line
        cut = len(self._rest) if size is None or size < 0 else size
        made, self._rest = self._rest[:cut], self._rest[cut:]
        self.given += len(made)
        return made


@pytest.mark.parametrize("kind", LINES)
def test_an_endless_file_is_read_record_by_record(kind: str) -> None:
    """Nothing is read that is not needed, and nothing is kept that was read."""
    more, line = LINES[kind]
    first = FIRST.get(kind, b"")
    if kind == "AVRO":
        first, line = avro()
    opened = Endless(line, first)
    found = read_items(opened, kind.partition(" ")[0], settings(**more))  # type: ignore[arg-type]
    assert next(found).fault is None
    assert opened.given < 300_000
    tracemalloc.start()
    try:
        assert all(next(found).fault is None for _ in range(4000))
        assert tracemalloc.get_traced_memory()[1] < 80_000 + 50 * len(line) * 8
        assert opened.given < 4000 * len(line) + 300_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "more", [{}, {"useCustomDelimiter": True, "customDelimiter": "\\n\\n"}], ids=["line", "custom"]
)
def test_a_line_without_an_end_is_not_held(more: dict[str, object]) -> None:
    """Of what is cut off no more than a piece is there at once."""
    data = io.BytesIO(b"x" * 1_000_000 + b"\n\nab")
    found = read_items(data, "TEXT", settings(**more))
    tracemalloc.start()
    try:
        first = next(found)
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()
    assert (first.value, first.end) == ({"text": "x" * 1024, "truncated": True}, 1_000_001 + bool(more))


def test_a_record_of_xml_that_is_too_long_is_not_held() -> None:
    """However many elements and texts are in it."""
    inside = b"<a>" + b"x" * 10_000 + b"</a>"
    data = io.BytesIO(b"<x><r>" + inside * 100 + b"</r><r>b</r></x>")
    tracemalloc.start()
    try:
        found = list(read_items(data, "XML", settings(xmlRecordElement="r")))
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()
    assert [item.fault and item.fault.code for item in found] == ["XML_PARSER_02", None]


LONG = "x" * 200
BUFFERED: dict[str, tuple[dict[str, object], str, object]] = {
    "TEXT": ({}, f"a\n{LONG}\nb", {"text": "a"}),
    "LOG": (
        {"logMode": "REGEX", "regex": "(.)", "fieldPathsToGroupName": [{"fieldPath": "a", "group": 1}]},
        f"a\n{LONG}\nb",
        {"a": "a"},
    ),
    "JSON": ({}, f'"a"["{LONG}"]"b"', "a"),
    "XML": (
        {"xmlRecordElement": "r", "preserveRootElement": False},
        f"<x><r>a</r><r>{LONG}</r><r>b</r></x>",
        {"value": "a"},
    ),
}


@pytest.mark.parametrize("kind", BUFFERED)
def test_behind_a_record_above_the_buffer_limit_nothing_is_read(kind: str) -> None:
    """Whether the record would be cut, refused or read; what came before it is there."""
    more, data, first = BUFFERED[kind]
    assert values(kind, data, overrunLimit=100, **more) == [first, "DATA_PARSER_02"]
    assert len(values(kind, data, overrunLimit=300, **more)) == 3
    lengths = dict.fromkeys(("textMaxLineLen", "jsonMaxObjectLen", "xmlMaxObjectLen"), 1000)
    assert values(kind, data, overrunLimit=100, **lengths, **more) == [first, "DATA_PARSER_02"]


@pytest.mark.parametrize("kind", [*BUFFERED, "DELIMITED"])
def test_without_a_setting_the_buffer_limit_is_a_megabyte(kind: str) -> None:
    """As everywhere but in Directory, whose own setting has another default."""
    more, data, _ = BUFFERED.get(kind, ({}, f"1\n2\n{LONG}\n3", None))
    lengths = dict.fromkeys(("textMaxLineLen", "csvMaxObjectLen", "jsonMaxObjectLen", "xmlMaxObjectLen"), 2**21)
    sizes = (2**20 - 100, 2**20 + 100)
    within, above = (values(kind, data.replace(LONG, "x" * size), **lengths, **more) for size in sizes)
    assert "DATA_PARSER_02" not in within
    assert above == [within[0], "DATA_PARSER_02"]


@pytest.mark.parametrize("length", [10, 1000])
def test_the_row_before_one_above_the_buffer_limit_is_lost(length: int) -> None:
    """The legacy parser of the original looks ahead; those before that are there, also those that are too long."""
    data = f"1\n{LONG[:50]}\n2\n3\n{LONG}\n4"
    found = values("DELIMITED", data, overrunLimit=100, csvMaxObjectLen=length)
    assert found == [{"0": "1"}, "DATA_PARSER_02" if length == 10 else {"0": LONG[:50]}, {"0": "2"}, "DATA_PARSER_02"]
    assert len(values("DELIMITED", data, overrunLimit=300)) == 6
    assert values("DELIMITED", f"{LONG}\n1", overrunLimit=100) == ["DATA_PARSER_02"]


def test_what_is_read_for_a_row_counts_for_the_buffer_limit() -> None:
    """Empty lines before it; a header and the first row behind it are read before anything is counted."""
    empty = "\n" * 200
    assert values("DELIMITED", f"1\n2\n{empty}3", overrunLimit=100) == [{"0": "1"}, "DATA_PARSER_02"]
    assert values("DELIMITED", f"1\n2{empty}", overrunLimit=100) == [{"0": "1"}, "DATA_PARSER_02"]
    data = f"{LONG}\n{LONG}\n1\n2\n{LONG}"
    found = values("DELIMITED", data, overrunLimit=100, csvHeader="WITH_HEADER", csvMaxObjectLen=1000)
    assert found == [{LONG: LONG}, {LONG: "1"}, "DATA_PARSER_02"]


@pytest.mark.parametrize(
    "more", [{"csvParser": "UNIVOCITY"}, {"csvFileFormat": "MULTI_CHARACTER", "csvMaxObjectLen": 1000}]
)
def test_other_parsers_of_delimited_text_have_no_buffer_limit(more: dict[str, object]) -> None:
    """Their own limits count."""
    assert values("DELIMITED", LONG, overrunLimit=100, **more) == [{"0": LONG}]


def test_blocks_of_avro_are_within_the_buffer_limit() -> None:
    """As they stand in the file."""
    data = written("AVRO", {"a": LONG}, avroSchema=AVRO_TEXT)
    assert values("AVRO", data, overrunLimit=150) == ["AVRO_PARSER_01"]
    assert values("AVRO", data, overrunLimit=250) == [{"a": LONG}]
