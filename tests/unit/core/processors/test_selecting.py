"""Promises of field selectors: wildcards, raw patterns, conditions."""

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.processors.api import StopFault
from penstock.core.records.paths import delete
from penstock.core.records.values import FieldValue, ListMap

from .conftest import Play
from .given import only

REMOVE = "processor_fieldfilter_FieldFilterDProcessor"
TEXTS = "${f:type() == 'STRING'}"
ODD: dict[str, FieldValue] = {"old name": "v", "s/l": 1, "it's": 3}


@pytest.mark.parametrize(
    ("pattern", "gone"),
    [
        (f"/*[{TEXTS}]", ["/a"]),
        ("/m/*[${f:type() == NUMBER}]", ["/m/n"]),
        (f"/l[*][{TEXTS}]", ["/l[0]"]),
        ("/l[*]/d[${f:value() == 'w'}]", ["/l[2]/d"]),
        ("/l[?][${f:index() == 1}]", ["/l[1]"]),
        ("/*[${f:type() == 'MAP'}]/c", ["/m/c"]),
        ("/m/*[${f:hasSiblingWithValue('c', 'y')}]", ["/m/c", "/m/n"]),
        ("/m/n[${f:parentPath() == '/m' and f:name() == 'n'}]", ["/m/n"]),
        ("/*[${record:value('/b') == 2}]", []),
        ("/'old name'[${f:value() == 'v'}]", ["/'old name'"]),
        (f"/*[{TEXTS}][${{f:value() == 'x'}}]", ["/a"]),
        ("/l[1][${true}]", ["/l[1]"]),
        ("/l[12][${true}]", ["/l[12]"]),
        ("/l[?][${f:index() > 8}]", ["/l[9]"]),
        ("/m[*][${true}]", []),
        ("/*/c/*[${true}]", []),
        ("/'s/l'[${true}]", ["/'s/l'"]),
        ("/s//l[${true}]", ["/'s/l'"]),
        ('/"it\'s"[${true}]', ['/"it\'s"']),
        ('/"s/l"[${true}]', ["/'s/l'"]),
        ("/'it\\\\'s'[${true}]", ['/"it\'s"']),
    ],
)
def test_a_condition_chooses_among_the_fields_that_fit(play: Play, pattern: str, gone: list[str]) -> None:
    """In brackets behind any step; ``*`` there is letters, digits and ``_``, so no name with a blank fits it."""

    def record() -> FieldValue:
        return {"a": "x", "b": 1, "m": {"c": "y", "n": 2}, "l": ["z", 3, {"d": "w"}, *range(3, 13)], **ODD}

    left = record()
    for path in reversed(gone):
        delete(left, path)
    assert only(play(REMOVE, {"fields": [pattern]}, record())) == left


@pytest.mark.parametrize(
    ("pattern", "gone"),
    [
        ("/a.c", []),
        ("/(a|x)*", ["ab", "abc", "xzy"]),
        ("/ab*", ["abc"]),
        ("/a?", ["ab"]),
        ("/*", ["ab", "abc", "x.y", "xzy", "l"]),
        ("/x.*", ["xzy"]),
        ("/l[*]", []),
    ],
)
def test_a_selector_with_a_wildcard_is_a_pattern_over_whole_paths(play: Play, pattern: str, gone: list[str]) -> None:
    """What is no wildcard in it is a regular expression, as in the original; one without wildcards is a path."""
    left = only(play(REMOVE, {"fields": [pattern]}, {"ab": 1, "abc": 2, "x.y": 3, "xzy": 4, "l": [1]}))
    assert isinstance(left, dict)
    assert [name for name in ("ab", "abc", "x.y", "xzy", "l") if name not in left] == gone


def test_list_maps_are_selected_by_name(play: Play) -> None:
    """Their entries are names like those of a map."""
    assert only(play(REMOVE, {"fields": ["/*[${f:value() == 1}]"]}, ListMap(a=1, b=2))) == {"b": 2}


@pytest.mark.parametrize("pattern", ["/a[x]", "a[${true}]", "/a[${true}", "/a[x][${true}]", "/(*[${true}]"])
def test_a_broken_selector_is_refused(play: Play, pattern: str) -> None:
    """It says what is wrong with it before or with the first record."""
    with pytest.raises(InvalidValueError):
        play(REMOVE, {"fields": [pattern]}, {"a": [1]})


def test_a_condition_without_a_value_ends_the_run(play: Play) -> None:
    """It is a fault of the stage, not of a record."""
    with pytest.raises(StopFault, match="CTRCMN_0100"):
        play(REMOVE, {"fields": ["/*[${f:value() + 'x' == 1}]"]}, {"a": 1})


def test_a_pattern_that_runs_away_is_stopped(play: Play) -> None:
    """Hostile selectors cost at most a second a record."""
    with pytest.raises(InvalidValueError, match="less than"):
        play(REMOVE, {"fields": ["/(a|a|aa)+$b*"]}, {"a" * 60: 1})
    with pytest.raises(InvalidValueError, match="less than"):
        play(REMOVE, {"fields": ["/(a|a|aa)+$b*[${true}]"]}, {"a" * 60: 1})


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ([], "SELECTOR_00"),
        (["${true}"], "SELECTOR_07"),
        (["default", "${true}"], "SELECTOR_07"),
        (["true", "default"], "SELECTOR_08"),
        (["${true} ", "default"], "SELECTOR_08"),
    ],
)
def test_conditions_are_checked_at_the_start(play: Play, conditions: list[str], code: str) -> None:
    """All but the last are expressions, the last is the default."""
    lanes = tuple(f"l{number}" for number in range(len(conditions)))
    rows = [{"outputLane": lane, "predicate": text} for lane, text in zip(lanes, conditions, strict=True)]
    with pytest.raises(InvalidValueError, match=code):
        play("processor_selector_SelectorDProcessor", {"lanePredicates": rows}, {}, lanes=lanes)
