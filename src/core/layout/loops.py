"""What is done with whole arrays, as the compiler likes it. ``arrays`` has the same as the interpreter likes it."""

from .arrays import i64, vec


def packed(numbers: list[int]) -> vec[i64]:
    """The numbers of a list."""
    made = vec[i64]([0] * len(numbers))
    for at, number in enumerate(numbers):
        made[at] = number
    return made


def steps(near: vec[i64], width: i64) -> vec[i64]:
    """For each place of a rank of that width: how many of ``near``, all different, are above it less how many below."""
    made = vec[i64]([0] * width)
    for place in near:
        made[place] += 1
    value = -len(near)
    for at in range(width):
        count = made[at]
        made[at] = value + count
        value += 2 * count
    return made


def add_sums(total: vec[i64], values: vec[i64], places: vec[i64], starts: vec[i64]) -> None:
    """Adds to each element the sum of the values at the places before its start; starts grow."""
    done: i64 = 0
    value: i64 = 0
    for at in range(len(total)):
        start = starts[at]
        while done < start:
            value += values[places[done]]
            done += 1
        total[at] += value


def least(values: vec[i64]) -> i64:
    """The first place of the smallest value."""
    found: i64 = 0
    for at in range(len(values)):
        if values[at] < values[found]:
            found = at
    return found


def shift(values: vec[i64], begin: i64, end: i64, target: i64) -> None:
    """Moves the elements from ``begin`` to before ``end`` to stand before the one at ``target``."""
    held = values[begin:end]
    size = end - begin
    if target <= begin:
        for at in range(begin - 1, target - 1, -1):
            values[at + size] = values[at]
        to = target
    else:
        for at in range(end, target):
            values[at - size] = values[at]
        to = target - size
    for at in range(size):
        values[to + at] = held[at]
