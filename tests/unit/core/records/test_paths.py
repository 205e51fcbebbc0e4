"""Promises of field paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.errors import InvalidValueError
from penstock.core.records.paths import (
    MISSING,
    NoPlaceError,
    UnreachablePathError,
    all_paths,
    delete,
    expand,
    get,
    has,
    parse_path,
    put,
    to_path,
)
from penstock.core.records.values import FieldType, FieldValue, ListMap, Null

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
VALUES: st.SearchStrategy[FieldValue] = st.recursive(
    st.one_of(st.integers(), st.text(max_size=3), st.none()),
    lambda inner: st.one_of(st.dictionaries(NAMES, inner, max_size=3), st.lists(inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("", ()),
        ("/", ()),
        ("/''", ()),
        ('/""', ()),
        ("/a" * 200, ("a",) * 200),
        ("[2147483647]", (2147483647,)),
        ("//a", ("", "a")),
        ("/a", ("a",)),
        ("/a/b[0]", ("a", "b", 0)),
        ("[3]/x", (3, "x")),
        ("/'a b'/c", ("a b", "c")),
        ('/"a/b"', ("a/b",)),
        ("/a//b", ("a/b",)),
        ("/a[[0]]", ("a[0]",)),
        ("/a/b[0]/c[1][2]", ("a", "b", 0, "c", 1, 2)),
        ("/ab'c d'e", ("abc de",)),
        ('/"it\\"s"', ('it"s',)),
        ("/'it\"s'", ('it"s',)),
        ("/'it\\'s'", ("it's",)),
    ],
)
def test_paths_are_cut_into_steps(path: str, parts: tuple[str | int, ...]) -> None:
    """Names, quoted names, indexes and the old doubling of special signs."""
    assert parse_path(path) == parts


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a", "starts with"),
        ("/a[x]", "a number in brackets"),
        ("/a[", "a number in brackets"),
        ("/a[-1]", "a number in brackets"),
        ("/a[2147483648]", "a number in brackets"),
        ("/a[" + "0" * 12 + "]", "a number in brackets"),
        ("/a[\u0663]", "a number in brackets"),
        ("]", "starts with"),
        ("/'a", "a closing quote"),
        ("//", "a field name"),
        ("/a/", "a field name"),
        ("/a" * 201, "at most 200"),
    ],
)
def test_broken_paths_are_refused(path: str, wanted: str) -> None:
    """What is no path says what is missing."""
    with pytest.raises(InvalidValueError, match=wanted):
        parse_path(path)


@pytest.mark.parametrize(
    ("name", "path"),
    [("a_1", "/a_1"), ("a.b", "/'a.b'"), ("a-b", "/'a-b'"), ("é", "/'é'"), ("a'b", "/'a\\\\'b'"), ('a"b', "/'a\\\"b'")],
)
def test_names_are_quoted_where_they_must_be(name: str, path: str) -> None:
    """Where they have other signs than letters of English, digits and underscores."""
    assert to_path((name,)) == path


def test_paths_are_listed_from_the_root_in_the_order_of_fields() -> None:
    """What is around a field stands before it."""
    value: FieldValue = {"b": {"c": 1}, "a": [{"d": 1}, 2]}
    assert list(all_paths(value)) == ["", "/b", "/b/c", "/a", "/a[0]", "/a[0]/d", "/a[1]"]


@pytest.mark.parametrize(
    ("path", "there"), [("/a", True), ("/b", False), ("/a/b", False), ("/l[1]", False), ("/", True)]
)
def test_a_null_is_there(path: str, there: bool) -> None:
    """What is not there is no error."""
    assert has({"a": None, "l": [1]}, path) is there


@given(st.lists(st.one_of(NAMES, st.integers(0, 99)), max_size=5))
def test_every_path_can_be_written_and_read(parts: list[str | int]) -> None:
    """Whatever a name holds, its path leads back to it."""
    assert parse_path(to_path(tuple(parts))) == tuple(parts)


@given(VALUES)
def test_every_listed_path_leads_to_a_field(value: FieldValue) -> None:
    """The listing holds nothing that is not there."""
    assert all(has(value, path) for path in all_paths(value))


def test_a_missing_field_is_no_null() -> None:
    """Absent and null are told apart."""
    assert get({"a": None}, "/a") is None
    assert get({"a": None}, "/b") is MISSING
    assert get({"a": "text"}, "/a[0]") is MISSING
    assert (repr(MISSING), bool(MISSING)) == ("MISSING", False)


def test_the_root_cannot_be_removed() -> None:
    """Nor can what is not there."""
    value: FieldValue = {"a": 1}
    assert [delete(value, path) for path in ("/", "/b", "/a")] == [False, False, True]
    assert value == {}


def test_only_the_last_step_may_be_new() -> None:
    """A missing parent is an error, the next index of a list appends; nothing is put further behind, or into a null."""
    value: FieldValue = {"l": [1]}
    put(value, "/l[1]", 2)
    put(value, "/new", 3)
    assert value == {"l": [1, 2], "new": 3}
    put(value, "/l[0]", 0)
    assert value == {"l": [0, 2], "new": 3}
    for path in ("/x/y", "/new/z", "/l/x", "[0]"):
        with pytest.raises(UnreachablePathError):
            put(value, path, 0)
    put(value, "/none", None)
    put(value, "/typed", Null(FieldType.MAP))
    for path in ("/l[3]", "/none/x", "/typed/x", "/none[0]"):
        with pytest.raises(NoPlaceError):
            put(value, path, 0)


def test_list_maps_are_read_by_name_and_index_and_changed_by_name() -> None:
    """An index is one of a copy of the values: nothing comes of setting and removing, and nothing lies behind it."""
    value = ListMap({"a": 1, "b": 2})
    assert (get(value, "/b"), get(value, "[1]"), get(value, "[2]")) == (2, 2, MISSING)
    put(value, "[0]", 9)
    put(value, "[2]", 9)
    assert not delete(value, "[1]")
    assert value == {"a": 1, "b": 2}
    with pytest.raises(NoPlaceError):
        put(value, "[3]", 9)
    assert delete(value, "/b")
    assert value == {"a": 1}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("/a", ["/a"]),
        ("/none", ["/none"]),
        ("/*", ["/a", "/ab", "/l"]),
        ("/l[*]/x", ["/l[0]/x", "/l[1]/x"]),
        ("/a?", ["/ab"]),
        ("/a*", ["/ab"]),
        ("[*]", []),
    ],
)
def test_selectors_stand_for_paths(pattern: str, found: list[str]) -> None:
    """Wildcards match what is there; a plain path stands for itself."""
    assert expand({"a": 1, "ab": 2, "l": [{"x": 1}, {"x": 2}]}, pattern) == found
