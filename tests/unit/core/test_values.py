"""Frozen JSON values."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.values import JsonMap, freeze, same, thaw

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_freezing_and_thawing_gives_the_equal_value(value: object) -> None:
    """thaw(freeze(x)) is x again, and everything in it is fresh."""
    assert thaw(freeze(value)) == value


@given(plain)
def test_frozen_values_can_be_keys_and_survive_pickling(value: object) -> None:
    """Equality, hash and pickling agree."""
    frozen = freeze(value)
    assert same(pickle.loads(pickle.dumps(frozen)), frozen)
    assert hash(frozen) == hash(freeze(value))


@pytest.mark.parametrize(("left", "right"), [(1, 1.0), (1, True), (0, False), (1.0, True)])
def test_numbers_of_different_kind_are_different(left: object, right: object) -> None:
    """1, 1.0 and true are three values, also inside objects and lists."""
    for wrap in (lambda x: x, lambda x: [x], lambda x: {"a": x}):
        assert not same(freeze(wrap(left)), freeze(wrap(right)))
    assert JsonMap({"a": freeze(left)}) != JsonMap({"a": freeze(right)})


def test_the_order_of_keys_is_kept_but_does_not_count() -> None:
    """Two objects with the same keys in another order are equal, and each keeps its own order."""
    one, other = JsonMap({"a": 1, "b": 2}), JsonMap({"b": 2, "a": 1})
    assert one == other
    assert hash(one) == hash(other)
    assert list(other) == ["b", "a"]


def test_an_object_cannot_be_changed() -> None:
    """set and without give other objects."""
    held = JsonMap({"a": 1})
    assert held.set("b", 2) == JsonMap({"a": 1, "b": 2})
    assert held.without("a") == JsonMap()
    assert held == JsonMap({"a": 1})
    with pytest.raises(AttributeError):
        held.extra = 1


@pytest.mark.parametrize("value", [object(), {1: 2}, b"bytes", {"a": {2, 3}}])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    """freeze says what it was given."""
    with pytest.raises(TypeError):
        freeze(value)
