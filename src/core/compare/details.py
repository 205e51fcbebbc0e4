"""Two values of one setting beside each other: short ones whole, of long ones what differs."""

import json
from collections.abc import Iterator
from difflib import SequenceMatcher

from ..values import Json, JsonMap, same, thaw

LONGEST = 100
_LARGEST = 1_000_000
_AROUND = 20
"""Characters of a long line that are shown before the first one that differs."""
_NAMES = ("outputLane", "key", "id", "name")


def clean(text: str) -> str:
    """A text for one line of a terminal: line ends, control signs and halves of surrogate pairs escaped."""
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def value_text(value: Json, start: int = 0) -> str:
    """A value as JSON in one line of at most ``LONGEST`` characters, from ``start`` on."""
    return _cut(_json(value), start)


def _json(value: Json) -> str:
    return json.dumps(thaw(value), ensure_ascii=False)


def _cut(text: str, start: int = 0) -> str:
    shown = ("…" if start else "") + text[start:]
    return clean(shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…")


def detailed(place: str, old: Json, new: Json) -> Iterator[str]:
    """``place: old -> new`` where both are short; else the place and a line for each part that differs."""
    if _is_short(old) and _is_short(new):
        yield f"{place}: {value_text(old)} -> {value_text(new)}"
        return
    yield place
    yield from _parts("", old, new)


def _is_short(value: Json) -> bool:
    return len(_json(value)) <= LONGEST and not (isinstance(value, str) and "\n" in value)


def _parts(path: str, old: Json, new: Json) -> Iterator[str]:
    if isinstance(old, JsonMap) and isinstance(new, JsonMap):
        yield from _objects(path, old, new)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield from _lists(path, old, new)
    elif isinstance(old, str) and isinstance(new, str) and "\n" in old + new:
        yield from _lines(path, old, new)
    else:
        yield from _both(path, old, new)


def _both(path: str, old: Json, new: Json) -> Iterator[str]:
    before, after = _json(old), _json(new)
    long = max(len(before), len(after)) > LONGEST
    start = max(0, _common(before, after) - _AROUND) if long else 0
    named = f"{path}: " if path else ""
    yield f"    - {named}{_cut(before, start)}"
    yield f"    + {named}{_cut(after, start)}"


def _common(old: str, new: str) -> int:
    """How many characters both have in common before they differ."""
    known, most = 0, min(len(old), len(new))
    while known < most:
        middle = (known + most + 1) // 2
        if old[known:middle] == new[known:middle]:
            known = middle
        else:
            most = middle - 1
    return known


def _objects(path: str, old: JsonMap, new: JsonMap) -> Iterator[str]:
    for key in {**old, **new}:
        inner = f"{path}.{clean(key)}" if path else clean(key)
        if key not in new:
            yield f"    - {inner}: {value_text(old[key])}"
        elif key not in old:
            yield f"    + {inner}: {value_text(new[key])}"
        elif not same(old[key], new[key]):
            yield from _parts(inner, old[key], new[key])


def _lists(path: str, old: tuple[Json, ...], new: tuple[Json, ...]) -> Iterator[str]:
    """Rows that came, went or changed; changed ones are those that took the place of as many others."""
    for first, last, start, end in _blocks([_key(row) for row in old], [_key(row) for row in new]):
        if last - first == end - start:
            for offset, (before, after) in enumerate(zip(old[first:last], new[start:end], strict=True)):
                yield from _parts(f"{path}[{_index(after, start + offset)}]", before, after)
            continue
        yield from (f"    - {path}[{first + at}]: {value_text(row)}" for at, row in enumerate(old[first:last]))
        yield from (f"    + {path}[{start + at}]: {value_text(row)}" for at, row in enumerate(new[start:end]))


def _index(row: Json, at: int) -> str:
    """The name that a row gives itself, else its number."""
    found = (row.get(name) for name in _NAMES) if isinstance(row, JsonMap) else ()
    return clean(next((each for each in found if isinstance(each, str)), str(at)))


def _lines(path: str, old: str, new: str) -> Iterator[str]:
    before, after = old.split("\n"), new.split("\n")
    for first, last, start, end in _blocks(before, after):
        yield f"    {path + ' ' if path else ''}line {start + 1}:"
        yield from (f"    - {_cut(line)}" for line in before[first:last])
        yield from (f"    + {_cut(line)}" for line in after[start:end])


def _blocks(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where the lists differ; all of it at once where they are very long."""
    if len(old) * len(new) > _LARGEST:
        yield 0, len(old), 0, len(new)
        return
    for tag, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield first, last, start, end


def _key(row: Json) -> str:
    return json.dumps(thaw(row), sort_keys=True)
