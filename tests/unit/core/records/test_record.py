"""Promises about records: what a header tells of the way, copies that share nothing, events."""

import pickle

import attrs
import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.records.record import ErrorInfo, Header, Record, event, own_attributes
from penstock.core.records.values import FieldValue, ListMap


@attrs.frozen
class Row:
    """A lineage of one row."""

    def header(self, at: int) -> Header:
        """By its number."""
        return Header(f"row::{at}", attributes={"at": str(at)})

    def value(self, at: int) -> FieldValue:
        """Nobody asks for it."""
        raise AssertionError(at)

    def keep(self, values: list[FieldValue]) -> None:
        """Nothing to keep."""


@pytest.mark.parametrize(
    "record", [Record(1, Header("row::3", attributes={"at": "3"})), Record(1, None, (Row(), 3, ()))]
)
def test_a_header_tells_the_way_of_a_record(record: Record) -> None:
    """Who made it, who put it out, under which id; alike whether the header was there or is made at the first look."""
    for instance in ("A_01", "B_01", "C_01"):
        record.put_out(instance)
    header = record.header
    assert (header.source_id, header.stage_creator, header.stages_path) == ("row::3", "A_01", "A_01:B_01:C_01")
    assert (header.tracking_id, header.previous_tracking_id) == ("row::3::A_01:B_01:C_01", "row::3::A_01:B_01")
    record.put_out("D_01")
    assert (record.header.stages_path, record.attributes) == ("A_01:B_01:C_01:D_01", {"at": "3"})


def test_the_first_stage_has_no_id_before_it() -> None:
    """A record that was made from another begins with a colon."""
    for restarts, path in ((False, "A_01"), (True, ":A_01")):
        record = Record(1, Header("id", restarts=restarts))
        record.put_out("A_01")
        assert (record.header.stages_path, record.header.previous_tracking_id) == (path, None)


def test_a_copy_shares_nothing_that_can_change() -> None:
    """Values and attributes at every depth; types stay."""
    value: FieldValue = {"m": ListMap({"l": [{"a": 1}]})}
    record = Record(value, Header("id", attributes={"k": "v"}, field_attributes={"/m": {"n": "w"}}))
    copy = record.copy()
    assert copy == record
    assert isinstance(copy.value, dict)
    inner = copy.value["m"]
    assert isinstance(inner, ListMap)
    inner["l"][0]["a"] = 2  # type: ignore[index, call-overload]
    copy.attributes["k"] = "x"
    copy.notes["/m"]["n"] = "x"
    assert record == Record(
        {"m": ListMap({"l": [{"a": 1}]})}, Header("id", attributes={"k": "v"}, field_attributes={"/m": {"n": "w"}})
    )


def test_records_are_equal_by_value_and_header() -> None:
    """To records alone; one that travels comes back equal, with its header."""
    record = Record(1, None, (Row(), 3, ("A_01",)))
    assert pickle.loads(pickle.dumps(record)) == record
    assert repr(record) == "Record('row::3', 1)"
    assert record not in (Record(2, record.header), Record(1, Header("other")), 1)
    assert (Record(1).notes, Record(1).header) == ({}, Header())


def test_an_event_says_of_what_kind_it_is() -> None:
    """Beside the attributes that it is given."""
    made = event("id", "new-file", 2, {"f": 1}, 7, {"k": "v", "sdc.event.type": "other"})
    told = {"sdc.event.type": "new-file", "sdc.event.version": "2", "sdc.event.creation_timestamp": "7"}
    assert made == Record({"f": 1}, Header("id", attributes={"k": "v", **told}))


def test_some_names_are_the_engine_s_own() -> None:
    """Others may be given."""
    assert own_attributes({"a._.b": "1"}) == {"a._.b": "1"}
    with pytest.raises(InvalidValueError, match="_.a"):
        own_attributes({"_.a": "1"})


def test_a_refusal_without_facts_tells_nothing_of_them() -> None:
    """Code and message are all that it must have."""
    error = ErrorInfo("C", "m")
    assert attrs.astuple(error) == ("C", "m", "", "", 0, "", "", "", "", "")
