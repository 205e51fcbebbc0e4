"""JSON texts in the manner of the text that they take the place of, so that only what was edited differs."""

import json
import re
from collections.abc import Callable

import attrs

from ..values import PlainJson
from .json_text import halves_escaped

_TEXT = r'"(?:[^"\\]|\\.)*"'
_FIRST_KEY = re.compile(r"\{\s*" + _TEXT + r"(\s*):(\s*)")
_FIRST_INDENTED_KEY = re.compile(r"\n([ \t]+)" + _TEXT + r"(\s*):(\s*)")
_FIRST_LIST = re.compile(r"\"\s*:\s*\[(\s*)[^\s\]]")
_FIRST_EMPTY = re.compile(r"\" ?: ?(?:\[( *)\]|\{( *)\})")
_FIRST_COMMA = re.compile(r"(?:" + _TEXT + r"|[\]}\w]),(\s*)")
_ESCAPED = re.compile(r"\\u(?:00[89a-fA-F]|0[1-9a-fA-F]|[1-9a-cA-C]|[dD][0-7]|[efEF])")


@attrs.frozen
class Manner:
    """How a JSON text is written: what stands between its parts."""

    indent: str | None = None
    """What each depth is indented by; None for a text in one line."""
    colon: str = ":"
    comma: str = ","
    lists_in_line: bool = False
    """Lists begin in the line of their key, ``[ {``, and do not indent, as the engine writes them."""
    empty: str = ""
    line_end: str = "\n"
    escapes: bool = False
    """Only ASCII characters are written as they are."""
    before: str = ""
    after: str = ""


def manner_of(text: str) -> Manner:
    """The manner that a JSON text is written in."""
    start, end = len(text) - len(text.lstrip("\ufeff \t\r\n")), len(text.rstrip())
    indented, first_list, empty = _FIRST_INDENTED_KEY.search(text), _FIRST_LIST.search(text), _FIRST_EMPTY.search(text)
    indent = indented[1] if indented else None
    colon = indented.groups()[1:] if indented else key.groups() if (key := _FIRST_KEY.search(text)) else ("", "")
    comma = _FIRST_COMMA.search(text) if indent is None else None
    return Manner(
        indent=indent,
        colon=":".join(colon),
        comma=f",{comma[1]}" if comma else ",",
        lists_in_line=indent is not None and first_list is not None and "\n" not in first_list[1],
        empty=(empty[1] or empty[2] or "") if empty else "",
        line_end="\r\n" if "\r\n" in text else "\n",
        escapes=text[start:end].isascii() and _ESCAPED.search(text) is not None,
        before=text[:start],
        after=text[end:],
    )


def written(value: PlainJson, manner: Manner) -> str:
    """A value as JSON in this manner; halves of surrogate pairs, which no text file can hold, are escaped."""
    encode = json.JSONEncoder(ensure_ascii=manner.escapes).encode
    pieces: list[str] = []
    _write(value, manner, "", encode, pieces.append)
    return manner.before + halves_escaped("".join(pieces)) + manner.after


def _write(
    value: PlainJson, manner: Manner, margin: str, encode: Callable[[PlainJson], str], put: Callable[[str], None]
) -> None:
    if not isinstance(value, (dict, list)):
        put(encode(value))
        return
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    if not value:
        put(f"{opened}{manner.empty}{closed}")
        return
    in_line = manner.lists_in_line and isinstance(value, list)
    inner = margin if in_line or manner.indent is None else margin + manner.indent
    start = "" if manner.indent is None else " " if in_line else manner.line_end + inner
    between = manner.comma + (start if manner.indent is not None else "")
    put(opened + start)
    rows = value.items() if isinstance(value, dict) else (("", item) for item in value)
    for at, (key, item) in enumerate(rows):
        put(between if at else "")
        put(encode(key) + manner.colon if isinstance(value, dict) else "")
        _write(item, manner, inner, encode, put)
    put("" if manner.indent is None else " " if in_line else manner.line_end + margin)
    put(closed)
