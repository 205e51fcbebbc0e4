"""Arrays of numbers, and what is done with whole ones: packed and in loops where the arrangement is compiled, lists and
``itertools`` where it is interpreted.

An array is made by ``vec[float](...)`` or ``vec[i64](...)``; whole numbers in it have 64 bits.
"""

from itertools import accumulate
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from librt.vecs import vec
    from mypy_extensions import i64

    from .loops import add_sums, least, packed, shift, steps
else:  # never compiled, so only the interpreter comes here
    i64 = int
    vec = {int: list, float: list, list: list}  # vec[float] is list, by the shortest way

    def packed(numbers: list[int]) -> list[int]:
        return numbers

    def steps(near: list[int], width: int) -> list[int]:
        if len(near) == 1:
            at = near[0]
            return [-1] * at + [0] + [1] * (width - at - 1)
        made, done, value = [], 0, -len(near)
        for at in sorted(near):
            made += [value] * (at - done)
            made.append(value + 1)
            done, value = at + 1, value + 2
        return made + [value] * (width - done)

    def add_sums(total: list[int], values: list[int], places: list[int], starts: list[int]) -> None:
        sums = [*accumulate(map(values.__getitem__, places), initial=0)]
        total[:] = map(add, total, map(sums.__getitem__, starts))

    def least(values: list[int]) -> int:
        return values.index(min(values))

    def shift(values: list[int], begin: int, end: int, target: int) -> None:
        moved = values[begin:end]
        del values[begin:end]
        at = target if target <= begin else target - len(moved)
        values[at:at] = moved


__all__ = ["add_sums", "i64", "least", "packed", "shift", "steps", "vec"]
