"""Patterns of ``SimpleDateFormat``, cut into literal text and fields."""

from functools import lru_cache

import attrs

from ..errors import InvalidValueError

LETTERS = frozenset("GyYMLwWDdFEuaHkKhmsSzZX")
MAX_PATTERN_CHARS = 1000


@attrs.frozen
class DateField:
    """``count`` times the pattern letter ``letter``."""

    letter: str
    count: int


@lru_cache(maxsize=512)
def cut_pattern(pattern: str) -> tuple[str | DateField, ...]:
    """The literal texts and fields of ``pattern``, in order.

    Raises: InvalidValueError for an unknown letter, an open quote, or more than three X.
    """
    if len(pattern) > MAX_PATTERN_CHARS:
        raise InvalidValueError("date format", pattern, f"at most {MAX_PATTERN_CHARS} characters")
    parts: list[str | DateField] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "'":
            text, at = _quoted(pattern, at)
            _append_text(parts, text)
        elif char.isascii() and char.isalpha():
            end = at
            while end < len(pattern) and pattern[end] == char:
                end += 1
            parts.append(_field(pattern, char, end - at))
            at = end
        else:
            _append_text(parts, char)
            at += 1
    return tuple(parts)


def _append_text(parts: list[str | DateField], text: str) -> None:
    if parts and isinstance(parts[-1], str):
        parts[-1] += text
    else:
        parts.append(text)


def _field(pattern: str, letter: str, count: int) -> DateField:
    if letter not in LETTERS:
        raise InvalidValueError(
            "date format", pattern, f"no letter {letter!r}; the letters are {''.join(sorted(LETTERS))}"
        )
    if letter == "X" and count > 3:
        raise InvalidValueError("date format", pattern, "X, XX or XXX for an ISO 8601 zone")
    return DateField(letter, count)


def _quoted(pattern: str, at: int) -> tuple[str, int]:
    """The text of the quote that opens at ``at``, and the index behind it; two quotes are one."""
    if pattern.startswith("''", at):
        return "'", at + 2
    text, at = "", at + 1
    while at < len(pattern):
        end = pattern.find("'", at)
        if end < 0:
            break
        text += pattern[at:end]
        if not pattern.startswith("''", end):
            return text, end + 1
        text, at = text + "'", end + 2
    raise InvalidValueError("date format", pattern, "a closing quote")
