"""Regular expressions as ``java.util.regex`` reads them, with a limit on their time."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import regex

from ..errors import InvalidValueError

MATCH_S = 1.0
"""How long one match may take: patterns and texts come from outside."""
Answer = TypeVar("Answer")
Pattern = regex.Pattern[str]
Match = regex.Match[str]
MAX_SIZE = 100_000
"""How many signs a pattern may have once its repeats are written out, as they are where their number is fixed."""
_LITERAL = re.compile(r"(?<!\\)((?:\\\\)*)\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
_BACK = re.compile(r"(?<!\\)((?:\\\\)*)\\k<([A-Za-z][A-Za-z0-9]*)>")
_SIGN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]|\(\?(?:R|\d+|&\w+|P>\w+)\)|\{(\d+)(?:,\d*)?\}|.", re.DOTALL)
_ENDS = re.compile(r"(?<!\\)((?:\\\\)*)\\([zZ])")


@lru_cache(maxsize=1024)
def java_pattern(text: str) -> "regex.Pattern[str]":
    r"""The pattern of ``text``: ``\d`` and ``\w`` are ASCII, ``&&`` joins sets, ``\Q…\E`` quotes,
    ``\k<name>`` refers back.

    Raises:
        InvalidValueError: it cannot be read.
    """
    plain = _LITERAL.sub(lambda found: found[1] + regex.escape(found[2]), text)
    plain = _BACK.sub(lambda found: f"{found[1]}(?P={found[2]})", plain)
    plain = _ENDS.sub(lambda found: found[1] + (r"\Z" if found[2] == "z" else r"(?=\n?\Z)"), plain)
    _measure(plain)
    try:
        return regex.compile(plain, regex.ASCII | regex.VERSION1)
    except (regex.error, OverflowError, RecursionError, ValueError) as error:
        raise InvalidValueError("regular expression", text[:80], f"one that can be read ({error})") from None


def _measure(text: str) -> None:
    """Refuses patterns that would fill the memory: by repeats of repeats, or by themselves inside themselves."""
    outer: list[int] = []
    size = last = 0
    for found in _SIGN.finditer(text):
        sign = found[0]
        if sign == "(":
            outer.append(size)
            size = last = 0
        elif sign == ")" and outer:
            last, size = size, outer.pop() + size
        elif sign.startswith("(?"):
            raise InvalidValueError("regular expression", text[:80], "one that does not call itself or its groups")
        elif found[1] is not None:
            more = last * (int(found[1][:9]) - 1)
            size, last = size + more, last + more
        else:
            size, last = size + 1, 1
        if size > MAX_SIZE:
            raise InvalidValueError("regular expression", text[:80], f"at most {MAX_SIZE} signs, repeats written out")


def bounded(search: Callable[..., Answer], *arguments: object) -> Answer:
    """What a method of a pattern answers.

    Raises:
        TimeoutError: it takes longer than ``MATCH_S``.
    """
    return search(*arguments, timeout=MATCH_S)


def java_split(pattern: "regex.Pattern[str]", text: str, limit: int = 0) -> list[str]:
    """``Pattern.split``: at most ``limit`` pieces; without a limit empty pieces at the end fall away.

    Raises:
        TimeoutError: it takes too long.
    """
    pieces: list[str] = []
    at = 0
    for found in _matches(pattern, text):
        if limit and len(pieces) == limit - 1:
            break
        if found.end() == 0:  # nothing stands before a match of no width at the start
            continue
        pieces.append(text[at : found.start()])
        at = found.end()
    if not at and not pieces:
        return [text]
    pieces.append(text[at:])
    while not limit and len(pieces) > 1 and not pieces[-1]:
        pieces.pop()
    return [] if not limit and pieces == [""] else pieces


def _matches(pattern: "regex.Pattern[str]", text: str) -> list["regex.Match[str]"]:
    return list(pattern.finditer(text, timeout=MATCH_S))
