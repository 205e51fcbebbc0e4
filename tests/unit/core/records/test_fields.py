"""Promises about attributes of fields: they go where their field goes, and nowhere else."""

from penstock.core.records.fields import move_field, notes_of, remove_field, set_field
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue


def record(value: FieldValue, **notes: str) -> Record:
    """A record whose fields have one attribute each, by the path with dots in place of slashes."""
    held = {path: {"k": note} for path, note in notes.items()}
    return Record(value, Header(field_attributes={_path(name): note for name, note in held.items()}))


def _path(name: str) -> str:
    return "".join(f"[{part}]" if part.isdigit() else f"/{part}" for part in name.split("__"))


def test_a_new_value_has_the_attributes_that_come_with_it() -> None:
    """Those of the old one are gone, also of what was below it."""
    held = record({"a": {"b": 1}, "ab": 2}, a="1", a__b="2", ab="4")
    set_field(held, "/a", "new", {"": {"k": "3"}})
    assert held.notes == {"/a": {"k": "3"}, "/ab": {"k": "4"}}
    set_field(held, "/a", "plain")
    assert held.notes == {"/ab": {"k": "4"}}


def test_removing_a_field_removes_its_attributes() -> None:
    """With those below it; a field that is not there changes nothing."""
    held = record({"a": {"b": 1}, "c": 2}, a="1", a__b="2", c="3")
    assert remove_field(held, "/a")
    assert not remove_field(held, "/none")
    assert held.notes == {"/c": {"k": "3"}}


def test_elements_behind_a_removed_one_move_up() -> None:
    """Their attributes too."""
    held = record({"l": [1, 2, 3], "m": [1, 2, 3]}, l__0="0", l__1="1", l__2="2", m__2="3")
    remove_field(held, "/l[1]")
    assert held.notes == {"/l[0]": {"k": "0"}, "/l[1]": {"k": "2"}, "/m[2]": {"k": "3"}}


def test_attributes_move_with_a_field() -> None:
    """And with everything in it."""
    held = record({"a": {"b": 1}}, a="1", a__b="2")
    move_field(held, "/a", "/c")
    assert held.notes == {"/c": {"k": "1"}, "/c/b": {"k": "2"}}


def test_attributes_of_a_field_are_told_from_it_down() -> None:
    """By the rest of the path."""
    held = record({"a": [1], "ab": 1, "b": 2}, a="1", a__0="2", ab="3", b="4")
    assert notes_of(held, "/a") == {"": {"k": "1"}, "[0]": {"k": "2"}}
