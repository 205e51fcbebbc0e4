"""Promises of the Field Renamer: order, faults, attributes."""

import pytest

from penstock.core.processors.api import StopFault
from penstock.core.records.values import FieldValue

from .conftest import Play
from .given import codes, only, values
from .test_fields import RENAME, renaming


@pytest.mark.parametrize(
    ("pairs", "before", "after"),
    [
        ([("/l[*]", "/x")], {"l": [1, 2, 3], "x": 0}, {"l": [], "x": 0, "x1": 3, "x2": 2, "x3": 1}),
        ([("/l[(*)]", "/n$1")], {"l": list(range(12))}, {"l": [], **{f"n{at}": at for at in reversed(range(12))}}),
        ([("/'a|b'", "/c")], {"a|b": 1, "b": 2}, {"b": 2, "c": 1}),
        ([("/(.*)", "/p_$1")], {"a/b": 1}, {"p_a/b": 1}),
        ([("/m/(*)/old", "/m/$1/new")], {"m": {"i": {"old": 1}}}, {"m": {"i": {"new": 1}}}),
        ([("/(.)(.)", "/$2$1")], {"ab": 1}, {"ba": 1}),
        ([("/a", "/b"), ("/b", "/c")], {"a": 1, "b": 2}, {"b1": 1, "c": 2}),
        ([("/l[0]", "/a"), ("/l[1]", "/b"), ("/l[2]", "/c")], {"l": [1, 2, 3]}, {"l": [], "a": 1, "b": 2, "c": 3}),
        ([("/l[2]", "/c"), ("/l[1]", "/b"), ("/l[0]", "/a")], {"l": [1, 2, 3]}, {"l": [], "c": 3, "b": 2, "a": 1}),
        ([("/m", "/n"), ("/m/a", "/x")], {"m": {"a": 1, "b": 2}}, {"n": {"b": 2}, "x": 1}),
    ],
)
def test_fields_are_renamed_pattern_by_pattern(
    play: Play, pairs: list[tuple[str, str]], before: FieldValue, after: FieldValue
) -> None:
    """Elements of a list from the last to the first; what is taken gets a number; renamed fields go to the end."""
    made = only(play(RENAME, renaming(*pairs, existingToFieldHandling="APPEND_NUMBERS"), before))
    assert made == after
    assert list(made) == list(after)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pairs", "record", "code"),
    [
        ([("/none", "/x"), ("/a", "/b"), ("/a", "/c")], {"a": 1}, "FIELD_RENAMER_00"),
        ([("/a", "/b"), ("/a", "/c"), ("/d", "/e")], {"a": 1, "d": 1, "e": 1}, "FIELD_RENAMER_03"),
        ([("/a", "/b")], {"a": 1, "b": 2}, "FIELD_RENAMER_01"),
        ([("/a", "/a")], {"a": 1}, "FIELD_RENAMER_01"),
        ([("/a", "/x/y"), ("/none", "/z")], {"a": 1}, "FIELD_RENAMER_04"),
        ([("/a", "/a/b")], {"a": {}}, "FIELD_RENAMER_04"),
    ],
)
def test_faults_are_told_in_the_order_of_the_original(
    play: Play, pairs: list[tuple[str, str]], record: FieldValue, code: str
) -> None:
    """Unreachable at once; then nothing found, several patterns, target taken - a field's own name is taken too."""
    assert codes(play(RENAME, renaming(*pairs), record)) == [code]


def test_a_refused_record_shows_how_far_renaming_came(play: Play) -> None:
    """What could be renamed is."""
    refused = play(RENAME, renaming(("/a", "/b"), ("/none", "/x")), {"a": 1})
    assert refused.errors[0].record.value == {"b": 1}


def test_every_record_of_a_shape_is_treated_alike(play: Play) -> None:
    """The second of two equal records is refused like the first."""
    refused = play(RENAME, renaming(("/a", "/b")), {"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 3})
    assert codes(refused) == ["FIELD_RENAMER_01", "FIELD_RENAMER_01"]
    assert values(refused) == [{"b": 3}]


def test_attributes_go_with_their_field(play: Play) -> None:
    """Those of the fields inside it too."""
    out = play(RENAME, renaming(("/m", "/n")), {"m": {"x": 1}}, notes={"/m": {"k": "v"}, "/m/x": {"i": "j"}})
    assert out.lanes[0][0].notes == {"/n": {"k": "v"}, "/n/x": {"i": "j"}}


def test_a_target_without_a_value_ends_the_run(play: Play) -> None:
    """It is a fault of the stage."""
    with pytest.raises(StopFault, match="FIELD_RENAMER_05"):
        play(RENAME, renaming(("/a", "/${1 % 0}")), {"a": 1})


def test_a_target_that_is_no_path_ends_the_run(play: Play) -> None:
    """It is one of the settings."""
    with pytest.raises(StopFault, match="FIELD_RENAMER_04"):
        play(RENAME, renaming(("/a", "b")), {"a": 1})


def test_a_pattern_that_runs_away_ends_the_run(play: Play) -> None:
    """After a second."""
    with pytest.raises(StopFault, match="FIELD_RENAMER_05"):
        play(RENAME, renaming((r"/(?:(a+)(a+)(a+))+\3b", "/b")), {"a" * 3000: 1})


def test_names_are_changed_at_every_depth(play: Play) -> None:
    """A field that went with its parent is renamed where it is now."""
    record: FieldValue = {"ADDRESS": {"Home": "X", "Office": "A"}, "Hobbies": [{"Music": {"Jazz": ["a"]}}, "b"], "c": 1}
    rows = renaming(("/(.*)", '/${str:toLower("$1")}'), existingToFieldHandling="REPLACE")
    made = only(play(RENAME, rows, record))
    assert made == {"address": {"home": "X", "office": "A"}, "hobbies": [{"music": {"jazz": ["a"]}}, "b"], "c": 1}
