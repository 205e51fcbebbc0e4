"""What is done with whole arrays comes to the same in loops and in lists."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from penstock.core.layout import arrays, loops

lists: Any = arrays
numbers = st.integers(-5, 5)


def array(values: list[int]) -> Any:
    """As the loops want it: packed where they are compiled."""
    if loops.__file__.endswith(".py"):
        return list(values)
    from librt.vecs import vec
    from mypy_extensions import i64

    return vec[i64](values)


def unpacked(values: Any) -> list[int]:
    """A list again."""
    return [*values]


@given(st.lists(numbers, max_size=8))
def test_a_list_is_packed(values: list[int]) -> None:
    """Number by number."""
    assert unpacked(loops.packed(values)) == lists.packed(values) == values


@given(st.data())
def test_steps_are_the_same(data: st.DataObject) -> None:
    """As many above less as many below, for every place."""
    width = data.draw(st.integers(1, 9))
    near = data.draw(st.lists(st.integers(0, width - 1), min_size=1, unique=True))
    wanted = [sum((other < at) - (other > at) for other in near) for at in range(width)]
    assert unpacked(loops.steps(array(near), width)) == wanted
    assert unpacked(lists.steps(list(near), width)) == wanted


@given(st.data())
def test_sums_are_the_same(data: st.DataObject) -> None:
    """Each start gets what lies before it."""
    values = data.draw(st.lists(numbers, min_size=1, max_size=6))
    places = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=8))
    starts = sorted(data.draw(st.lists(st.integers(0, len(places)), min_size=1, max_size=6)))
    total = data.draw(st.lists(numbers, min_size=len(starts), max_size=len(starts)))
    wanted = [old + sum(values[place] for place in places[:start]) for old, start in zip(total, starts, strict=True)]
    packed, held = array(total), list(total)
    loops.add_sums(packed, array(values), array(places), array(starts))
    lists.add_sums(held, values, places, starts)
    assert unpacked(packed) == held == wanted


@given(st.lists(numbers, min_size=1, max_size=8))
def test_the_least_is_the_first_one(values: list[int]) -> None:
    """Of equal ones the first."""
    assert loops.least(array(values)) == lists.least(values) == values.index(min(values))


@given(st.data())
def test_elements_are_moved_before_another(data: st.DataObject) -> None:
    """To and fro, none, some or all."""
    values = data.draw(st.lists(numbers, max_size=8))
    begin = data.draw(st.integers(0, len(values)))
    end = data.draw(st.integers(begin, len(values)))
    target = data.draw(st.integers(0, begin) | st.integers(end, len(values)))
    moved, rest = values[begin:end], values[:begin] + values[end:]
    at = target if target <= begin else target - len(moved)
    packed, held = array(values), list(values)
    loops.shift(packed, begin, end, target)
    lists.shift(held, begin, end, target)
    assert unpacked(packed) == held == rest[:at] + moved + rest[at:]
