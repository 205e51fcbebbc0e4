"""Reading answers and requests: look a path up, and say what is wrong where."""

from collections.abc import Mapping
from typing import Any

from ..errors import FormatError
from ..values import EMPTY_MAP, JsonMap, freeze


def text(raw: object, path: str, source: str, default: str | None = None) -> str:
    """The text at ``/a/b`` of a document; the default for an absent one or null.

    Raises:
        FormatError: it is no text, or absent without a default.
    """
    value = look(raw, path)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise FormatError(source, path, f"expected a text, not {kind(value)}")
    return value


def integer(raw: object, path: str, source: str, default: int = 0) -> int:
    """The integer at a path; the default for an absent one or null."""
    value = look(raw, path)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise FormatError(source, path, f"expected an integer, not {kind(value)}")
    return value


def texts(raw: object, path: str, source: str) -> tuple[str, ...]:
    """The list of texts at a path; empty for an absent one or null."""
    value = look(raw, path)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise FormatError(source, path, "expected a list of texts")
    return tuple(value)


def rows(raw: object, path: str, source: str) -> list[Any]:
    """The list at a path; empty for an absent one or null."""
    value = look(raw, path)
    if value is None:
        return []
    if not isinstance(value, list):
        raise FormatError(source, path, f"expected a list, not {kind(value)}")
    return value


def mapping(raw: object, path: str, source: str) -> Mapping[str, Any]:
    """The object at a path; empty for an absent one or null."""
    value = look(raw, path)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise FormatError(source, path, f"expected an object, not {kind(value)}")
    return value


def frozen(raw: object, path: str, source: str) -> JsonMap:
    """The object at a path as an immutable value."""
    value = mapping(raw, path, source)
    made = freeze(dict(value))
    return made if isinstance(made, JsonMap) else EMPTY_MAP


def look(raw: object, path: str) -> Any:
    """What stands at ``/a/b``; None where nothing does."""
    for part in path.split("/")[1:]:
        if not isinstance(raw, Mapping):
            return None
        raw = raw.get(part)
    return raw


def kind(value: object) -> str:
    """The JSON kind of a value, for a message."""
    names = {type(None): "nothing", bool: "a boolean", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
