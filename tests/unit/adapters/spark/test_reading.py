"""Rows of Spark's file sources become the records that Directory makes of the files."""

import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.adapters.engine.filerecords import FileRecords
from penstock.adapters.engine.formats import FormatFault
from penstock.adapters.spark.code import StageCode
from penstock.adapters.spark.reading import COLUMNS, Read, Reader
from penstock.core.catalogue.definitions import StageType
from penstock.core.plan import StagePlan
from penstock.core.plan.given import Given
from penstock.core.processors.api import Out, StopFault
from penstock.core.records.record import Record
from penstock.core.records.rows import Rows
from penstock.core.values import Json, JsonMap

CLOCK = SimpleNamespace(now_ms=lambda: 0)
CODE = cast(StageCode, SimpleNamespace(read_file=FileRecords, fault=FormatFault, clock=CLOCK))


def reader(**given: Json) -> Reader:
    """Directory over ``/in``."""
    settings: dict[str, Json] = {"conf.spoolDir": "/in", "conf.dataFormat": "JSON", "conf.filePattern": "*", **given}
    plan = StagePlan("Dir_01", "dir", StageType.ORIGIN, given=Given(JsonMap(settings)), outputs=("lane",))
    return Reader(plan, CODE, lines=True)


Row = tuple[bytes, str, int, int, int, int]


def rows(name: str, lines: list[bytes], start: int = 0, length: int = 1000, size: int = 1000) -> list[Row]:
    """A split as the source gives it: line by line, with what is known of it."""
    return [(line, f"file:///in/{name}", 5, start, length, size) for line in lines]


def batches(held: list[Row], size: int) -> Iterator[Any]:
    """Arrow batches of so many rows."""
    for at in range(0, len(held), size):
        yield pa.RecordBatch.from_arrays([pa.array(c) for c in zip(*held[at : at + size], strict=True)], list(COLUMNS))


def records(reads: list[Read]) -> list[Record]:
    """All of them."""
    return [record for read in reads for record in read.out.lanes[0]]


LINES = st.lists(st.sampled_from([b'{"a": 1}', b'{"b": "\xc3\xbc"}', b"", b'{"a": 2} {"a": 3}', b"[1]"]), max_size=12)


@settings(deadline=None)
@given(st.lists(LINES, max_size=4), st.integers(1, 9))
def test_batches_of_any_size_give_the_records_of_the_files(files: list[list[bytes]], size: int) -> None:
    """Values and headers are those of the file read as a whole, wherever Arrow cuts and whatever shares a batch."""
    held = [row for number, lines in enumerate(files) for row in rows(f"{number}.json", lines)]
    found = records(list(reader().reads(batches(held, size))))
    wanted: list[Record] = []
    for number, lines in enumerate(files):
        out, name = Out(1), f"{number}.json"
        facts = {"file": f"/in/{name}", "filename": name, "mtime": "5", "baseDir": "/in"}
        FileRecords(io.BytesIO(b"".join(line + b"\n" for line in lines)), "JSON", Given(), facts).some(1000, out)
        wanted += out.lanes[0]
    assert found == wanted


def test_lines_of_a_split_travel_in_rows() -> None:
    """No record is made while nobody asks for one."""
    (read,) = reader().reads(batches(rows("a.json", [b'{"a": 1}'] * 10), 4))
    assert isinstance(read.out.lanes[0], Rows)
    assert not read.out.lanes[0].made
    assert read.file == ("/in/a.json", 10, 0)


def test_offsets_and_order_of_a_later_split_count_from_where_it_begins() -> None:
    """Ids stay different, and batches sort as one machine would read them."""
    first, second = rows("a.json", [b'{"a": 1}'], 0, 90, 180), rows("a.json", [b'{"a": 2}'] * 2, 90, 90, 180)
    found = list(reader().reads(batches([*first, *second], 10)))
    assert [each.header.source_id for each in records(found)] == ["a.json::0", "a.json::90", "a.json::99"]
    assert [each.order for each in found] == sorted(each.order for each in found)


def test_an_object_that_is_cut_by_a_split_ends_the_run() -> None:
    """The fault names the option that reads files as a whole."""
    with pytest.raises(StopFault, match="files=whole"):
        list(reader().reads(batches(rows("a.json", [b'{"a": 1}', b'{"b":'], 90, 90, 180), 10)))


def test_what_is_left_of_a_broken_file_is_reported() -> None:
    """Records before the fault count, the fault belongs to the stage."""
    (read,) = reader().reads(batches(rows("a.json", [b'{"a": 1}', b'{"b":']), 10))
    assert [each.value for each in records([read])] == [{"a": 1}]
    assert [code for code, _ in read.out.stage_errors] == ["SPOOLDIR_01"]
    assert read.file == ("/in/a.json", 1, 1)


@pytest.mark.parametrize("folder", ["file:///in", "file:/in", "/in/"])
def test_a_folder_may_be_a_uri(folder: str) -> None:
    """Its files are found, whichever way it is written."""
    given_: dict[str, Json] = {"conf.spoolDir": folder}
    assert len(records(list(reader(**given_).reads(batches(rows("a.json", [b"{}"]), 10))))) == 1


def test_unwanted_files_are_passed_over() -> None:
    """Those before the first file, and those in folders below."""
    held = rows("a.json", [b'{"a": 1}']) + rows("b.json", [b'{"a": 2}']) + rows("below/c.json", [b'{"a": 3}'])
    found = records(list(reader(**{"conf.initialFileToProcess": "b.json"}).reads(batches(held, 10))))
    assert [each.value for each in found] == [{"a": 2}]
