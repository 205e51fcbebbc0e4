"""Plain text: one record per line, or per piece between delimiters of one's own."""

import re
from collections.abc import Iterator

from ....core.plan.given import Given
from ....core.records.values import FieldValue

_LINE_END = re.compile(r"\r\n|\n|\r")


def parse_text(text: str, given: Given) -> Iterator[FieldValue]:
    """Maps with ``text``; a piece longer than ``textMaxLineLen`` is cut and has ``truncated``."""
    limit = given.integer("textMaxLineLen", 1024)
    custom = given.text("customDelimiter") if given.flag("useCustomDelimiter") else ""
    pieces = text.split(_unescaped(custom)) if custom else _LINE_END.split(text)
    if pieces and not pieces[-1]:
        pieces.pop()
    for piece in pieces:
        if 0 < limit < len(piece):
            yield {"text": piece[:limit], "truncated": True}
        else:
            yield {"text": piece}


def _unescaped(delimiter: str) -> str:
    return delimiter.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t")
