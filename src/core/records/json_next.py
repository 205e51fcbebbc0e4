"""Where one JSON value ends and another begins: a parser reads the first sign of the next before it gives a value."""

import re

BLANKS = " \t\r\n"
_ANOTHER = re.compile(
    r"\Z|[\[{\"]|(?:true|false|null)(?![\w$])"
    r"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?:\Z|[ \t\r\n])"
)
_BEHIND_WORD = re.compile(r"\Z|[^\w$]")


def another_begins(text: str, at: int) -> bool:
    """True where another value begins, as far as its first token tells, or the text ends."""
    return _ANOTHER.match(text, at) is not None


def may_touch(value: object, text: str, end: int) -> bool:
    """True when a value may stand close to what is behind it.

    Behind a number there must be a blank, behind a word anything that does not go on with it.
    """
    if isinstance(value, (dict, list, str)):
        return True
    if isinstance(value, bool) or value is None:
        return _BEHIND_WORD.match(text, end) is not None
    return end == len(text)
