"""Field paths: ``/a/b[0]``, quoted names, wildcards."""

import re
from collections.abc import Iterator
from functools import lru_cache

import regex

from ..errors import InvalidValueError
from .values import FieldValue, ListMap, Null

Parts = tuple[str | int, ...]
MAX_PARTS = 200
MATCH_S = 1.0
_PLAIN = re.compile(r"[A-Za-z0-9_]+\Z")


class _Missing:
    """The answer of ``get`` where nothing is."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()


@lru_cache(maxsize=8192)
def parse_path(path: str) -> Parts:
    """The steps of a path: names and indexes; the root has none.

    Raises:
        InvalidValueError: it does not start with ``/`` or ``[``, has an empty name, or a quote or bracket is open.
    """
    if path in ("", "/", "/''", '/""'):
        return ()
    path = path.replace("\\\\'", "\\'").replace("\\\\", "\\")
    parts: list[str | int] = []
    at = 0
    while at < len(path):
        if path[at] == "[":
            at = _index(path, at, parts)
        elif path[at] == "/":
            at = _name(path, at + 1, parts)
        else:
            raise InvalidValueError("field path", path, "a path that starts with / or [")
        if len(parts) > MAX_PARTS:
            raise InvalidValueError("field path", path[:80], f"at most {MAX_PARTS} steps")
    return tuple(parts)


def _index(path: str, at: int, parts: list[str | int]) -> int:
    end = path.find("]", at)
    digits = path[at + 1 : end] if end > 0 else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12 and int(digits) < 1 << 31):
        raise InvalidValueError("field path", path, "a number in brackets")
    parts.append(int(digits))
    return end + 1


def _name(path: str, at: int, parts: list[str | int]) -> int:
    name: list[str] = []
    start, quote = at, ""
    while at < len(path):
        char = path[at]
        if char in "'\"":
            if path[at - 1] == "\\":
                name[-1] = char
            elif quote and char != quote:
                name.append(char)
            else:
                quote = "" if quote else char
        elif char in "/[]" and not quote:
            if path[at : at + 2] != char * 2 or at == start:
                break
            name.append(char)
            at += 1
        else:
            name.append(char)
        at += 1
    if quote:
        raise InvalidValueError("field path", path, "a closing quote")
    if (not name and at >= len(path)) or path[at:] == "/":
        raise InvalidValueError("field path", path, "a field name behind each /")
    parts.append("".join(name))
    return at


def to_path(parts: Parts) -> str:
    """The path of steps; names with other characters than letters, digits and ``_`` are quoted."""
    return "".join(f"[{part}]" if isinstance(part, int) else "/" + quoted(part) for part in parts)


def quoted(name: str, quote: str = "'") -> str:
    """A name as it stands in a path.

    Inside the quotes a backslash is doubled, a quote of that kind has two backslashes before it, one of the other
    kind one. Backslashes at the end stand behind the closing quote: inside they would take the quote as theirs.
    """
    if _PLAIN.match(name) or not name:
        return name
    inner = name.rstrip("\\")
    rest = "\\\\" * (len(name) - len(inner))
    other = '"' if quote == "'" else "'"
    inner = inner.replace("\\", "\\\\").replace(quote, "\\\\" + quote).replace(other, "\\" + other)
    return f"{quote}{inner}{quote}{rest}" if inner else rest


def _step(value: FieldValue, part: str | int) -> "FieldValue | _Missing":
    if isinstance(part, str):
        return value.get(part, MISSING) if isinstance(value, dict) else MISSING
    if isinstance(value, ListMap):
        return list(value.values())[part] if part < len(value) else MISSING
    return value[part] if isinstance(value, list) and part < len(value) else MISSING


def get(value: FieldValue, path: str) -> "FieldValue | _Missing":
    """The field at a path, or ``MISSING``."""
    found: FieldValue | _Missing = value
    for part in parse_path(path):
        found = _step(found, part)  # type: ignore[arg-type]
        if found is MISSING:
            return MISSING
    return found


def has(value: FieldValue, path: str) -> bool:
    """True when there is a field, null or not."""
    return get(value, path) is not MISSING


class UnreachablePathError(InvalidValueError):
    """A path whose parent is not there, or is no map or list."""

    def __init__(self, path: str) -> None:
        super().__init__("field path", path, "a path whose parent is there")


class NoPlaceError(InvalidValueError):
    """A path into a null, or behind the end of a list: what no stage of the original is prepared for."""

    def __init__(self, path: str) -> None:
        super().__init__("field path", path, "a path into a list or map that has a place for it")


def put(value: FieldValue, path: str, new: FieldValue) -> FieldValue:
    """Sets the field at a path, in place; the last step may be new. The (new) root.

    An index changes nothing in a list-map: in the original it is one of a copy of its values.

    Raises:
        UnreachablePathError: the parent is missing or of another kind.
        NoPlaceError: the parent is null, or an index is behind the end.
    """
    parts = parse_path(path)
    if not parts:
        return new
    parent: FieldValue | _Missing = value
    for part in parts[:-1]:
        parent = _step(parent, part)  # type: ignore[arg-type]
    last = parts[-1]
    if isinstance(last, str) and isinstance(parent, dict):
        parent[last] = new
    elif isinstance(last, int) and isinstance(parent, (list, ListMap)):
        if last > len(parent):
            raise NoPlaceError(path)
        if isinstance(parent, list):
            parent[last : last + 1] = [new]
    elif parent is None or isinstance(parent, Null):
        raise NoPlaceError(path)
    else:
        raise UnreachablePathError(path)
    return value


def delete(value: FieldValue, path: str) -> bool:
    """Removes the field at a path, in place; False when there is none. The root cannot be removed, and nothing of a
    list-map by its index."""
    parts = parse_path(path)
    if not parts or not has(value, path):
        return False
    parent: FieldValue | _Missing = value
    for part in parts[:-1]:
        parent = _step(parent, part)  # type: ignore[arg-type]
    last = parts[-1]
    if isinstance(parent, dict) and isinstance(last, int):
        return False
    del parent[last]  # type: ignore[union-attr, arg-type]
    return True


def all_paths(value: FieldValue, under: str = "") -> Iterator[str]:
    """Every path, parents before children, in field order; the root is ``""``."""
    yield under
    if isinstance(value, dict):
        for name, item in value.items():
            yield from all_paths(item, f"{under}/{quoted(name)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from all_paths(item, f"{under}[{index}]")


def expand(value: FieldValue, pattern: str) -> list[str]:
    """The paths that a selector stands for; one without wildcards is itself, there or not.

    ``[*]`` is any index and ``/*`` one name; ``*`` inside of a name is one or more letters, digits or ``_``, ``?`` is
    one of them. The rest is a regular expression over whole paths, as in the original.

    Raises:
        InvalidValueError: it is no pattern, or takes too long.
    """
    if not has_wildcards(pattern):
        return [pattern]
    matcher = _matcher(pattern)
    try:
        return [path for path in all_paths(value) if matcher.fullmatch(path, timeout=MATCH_S)]
    except TimeoutError:
        raise InvalidValueError("field path", pattern[:80], f"a pattern that takes less than {MATCH_S:g} s") from None


def has_wildcards(pattern: str) -> bool:
    """True when a selector may stand for several paths."""
    return "*" in pattern or "?" in pattern


def pattern_text(pattern: str) -> str:
    """The regular expression of a selector with wildcards."""
    text = pattern.replace("[*]", r"[\d+]").replace("[", r"\[").replace("]", r"\]")
    text = text.replace("/*", r"/([^\/\[]+)")
    return text.replace("*", r"\w+").replace("?", r"\w")


@lru_cache(maxsize=2048)
def _matcher(pattern: str) -> "regex.Pattern[str]":
    try:
        return regex.compile(pattern_text(pattern), regex.ASCII)
    except regex.error as error:
        raise InvalidValueError("field path", pattern[:80], f"a pattern that can be read ({error})") from None
