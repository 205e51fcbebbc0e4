"""The syntax of field paths: ``/name/list[0]/'odd name'``, with ``*`` and ``?`` as wildcards.

Source: the engine's path parser, whose verdict this gives; what it lets through by chance is let through here too.
"""

import re

_QUOTES = "'\""
_SPECIAL = "/[]"
_INDEX = re.compile(r"\*|\?|[0-9]+")


def path_problem(path: str) -> str | None:
    """Why a text is no field path; None for one that is, the empty path (the root) included."""
    text = path.replace("\\\\'", "\\'").replace("\\\\", "\\")
    at = 0
    while at < len(text):
        if text[at] == "/":
            problem, at = _skip_name(text, at + 1)
        elif text[at] == "[":
            problem, at = _skip_index(text, at + 1)
        else:
            return "every part of a path starts with / or ["
        if problem is not None:
            return problem
    return None


def _skip_name(text: str, at: int) -> tuple[str | None, int]:
    """The place behind a name: at the next part or at the end. A doubled special character stands for itself."""
    quote = ""
    while at < len(text):
        char = text[at]
        if char in _QUOTES and text[at - 1] != "\\":
            if not quote:
                quote = char
            elif quote == char:
                quote = ""
        elif char in _SPECIAL and not quote:
            if at + 1 == len(text):
                return "the name of a field is empty", at
            if text[at + 1] != char:
                return None, at
            at += 1
        at += 1
    return ("a quote is not closed" if quote else None), at


def _skip_index(text: str, at: int) -> tuple[str | None, int]:
    """The place behind ``]``; an index that is never closed goes through, as in the engine."""
    end = text.find("]", at)
    if end < 0:
        return None, len(text)
    index = text[at:end]
    if not _INDEX.fullmatch(index):
        return f"[{index[:40]}] holds neither a number nor *", end
    if len(index) > 9 and int(index) > 2**31 - 1:
        return f"the index {index[:40]} is too large", end
    return None, end + 1
