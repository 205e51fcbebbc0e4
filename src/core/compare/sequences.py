"""Lists of three sides as one list: order and membership, without knowledge of flows."""

import json
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

import attrs

LARGEST = 1_000_000
"""Rows of one list times rows of the other, beyond which lists are not merged row by row."""


def merged_order(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Every name of both sides once. The order is ours, or theirs where only they changed it.

    What only one side has follows what it follows there, so that a last one stays last. What both put into the same
    place is ordered by name, so that both get the same when each merges the other's.
    """
    first, second = (ours, theirs) if _kept_order(base, theirs) or not _kept_order(base, ours) else (theirs, ours)
    shared = set(first) & set(second)
    (head, runs), (other_head, others) = _runs(first, shared), _runs(second, shared)
    merged = sorted((head, other_head))
    for name, run in runs.items():
        merged += [[name], *sorted((run, others[name]))]
    return [name for run in merged for name in run]


def _runs(names: Sequence[str], shared: Collection[str]) -> tuple[list[str], dict[str, list[str]]]:
    """What stands before the first shared name, and each shared name with what stands between it and the next one."""
    head: list[str] = []
    found: dict[str, list[str]] = {}
    run = head
    for name in names:
        if name in shared:
            run = found[name] = []
        else:
            run.append(name)
    return head, found


def _kept_order(base: Sequence[str], side: Sequence[str]) -> bool:
    held, holds = set(base), set(side)
    return [name for name in base if name in holds] == [name for name in side if name in held]


@attrs.frozen
class _Change:
    """Rows ``start`` to ``end`` of the base became these rows."""

    start: int
    end: int
    rows: list[Any]

    def meets(self, other: "_Change") -> bool:
        """True when both touch the same rows, or the same gap between rows."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


def merged_rows(base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any] | None:
    """The rows with the changes of both sides; None when these meet, or the lists are very long."""
    mine, yours = _changes(base, ours), _changes(base, theirs)
    if mine is None or yours is None or any(one.meets(other) and one != other for one in mine for other in yours):
        return None
    together = sorted([*mine, *(each for each in yours if each not in mine)], key=lambda each: (each.start, each.end))
    merged: list[Any] = []
    at = 0
    for change in together:
        merged += base[at : change.start] + change.rows
        at = change.end
    return merged + base[at:]


def _changes(base: list[Any], side: list[Any]) -> list[_Change] | None:
    before, after = [_text(row) for row in base], [_text(row) for row in side]
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(before) * len(after) > LARGEST:
        return None
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [
        change
        for tag, start, end, first, last in blocks
        if tag != "equal"
        for change in _apart(head + start, head + end, side[head + first : head + last])
    ]


def _alike(one: list[str], other: list[str]) -> int:
    """How many rows both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _apart(start: int, end: int, rows: list[Any]) -> Iterator[_Change]:
    """Row by row where as many came as went."""
    if end - start != len(rows):
        yield _Change(start, end, rows)
        return
    for at, row in enumerate(rows, start):
        yield _Change(at, at + 1, [row])


def _text(row: object) -> str:
    return json.dumps(row, sort_keys=True)
