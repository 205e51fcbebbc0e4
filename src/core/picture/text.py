"""Texts in a picture: how wide they are, cut, wrapped, and conditions in few words."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

_FIELD = re.compile(r"record:(?:value|attribute)\(\s*(?P<quote>['\"])(?P<name>[^'\"]*)(?P=quote)\s*\)")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z\W_]+|[\W_]|.")


def units(text: str) -> float:
    """About how wide a text is, in narrow letters."""
    return sum(map(_width, text))


def _width(char: str) -> float:
    return 1.9 if unicodedata.east_asian_width(char) in "WF" else 1.25 if char.isupper() else 1.0


def cut(text: str, limit: float) -> str:
    """A text on one line, shortened at its end to fit."""
    text = " ".join(text.split())
    reach = list(accumulate(map(_width, text)))
    if not reach or reach[-1] <= limit:
        return text
    return text[: bisect_right(reach, limit - 1)].rstrip() + "…"


def wrapped(text: str, limit: float, lines: int) -> list[str]:
    """A text on a few lines: between words, in long words between their parts, the last line shortened."""
    words = [part for word in text.split() for part in _in_parts(word, limit)]
    made = [""]
    for glue, word in words:
        longer = f"{made[-1]}{glue}{word}".strip()
        if units(longer) <= limit or not made[-1]:
            made[-1] = longer
        else:
            made.append(word)
    if len(made) > lines:
        made = [*made[: lines - 1], cut(" ".join(made[lines - 1 :]) + " …", limit)]
    return [cut(line, limit) for line in made]


def _in_parts(word: str, limit: float) -> list[tuple[str, str]]:
    """A word, or its parts where it is too long for a line, each with what joins it to the one before."""
    if units(word) <= limit:
        return [(" ", word)]
    parts = _PARTS.findall(word)
    return [(" " if at == 0 else "", part) for at, part in enumerate(parts)]


def brief(condition: str) -> str:
    """A condition as people say it: ``${record:value('/amount') > 10}`` is ``/amount > 10``."""
    text = " ".join(condition.split())
    if text.startswith("${") and text.endswith("}") and text.count("${") == 1:
        text = text[2:-1].strip()
    return _FIELD.sub(lambda found: found["name"], text)


def distinct(text: str, others: Sequence[str]) -> str:
    """What tells a text from others that begin alike; the text itself when nothing else would be left."""
    shared = 0
    for other in others:
        same = next(
            (at for at, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(map(len, (text, other)))
        )
        shared = max(shared, same)
    start = max(text.rfind(" ", 0, shared), text.rfind("(", 0, shared)) + 1
    rest = text[start:].lstrip()
    return f"…{rest}" if start > 2 and len(rest) > 2 else text
