"""Grok: named patterns that are put together to a regular expression with named groups."""

import re
from collections.abc import Mapping

import regex

from .patterns import PATTERNS

MAX_DEPTH = 50
MAX_LENGTH = 200_000
_USE = re.compile(r"%\{([^{}:]+)(?::([^{}]+))?\}")
_NAMED = re.compile(r"\(\?<([^=!>][^>]*)>")


class GrokError(ValueError):
    """A pattern that names what is nowhere defined, runs in circles, or is no regular expression.

    ``code`` is LOG_PARSER_09 for the latter, LOG_PARSER_11 otherwise.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class Grok:
    """A pattern that was put together. Several groups of one name: the first that matched counts."""

    def __init__(self, pattern: str, definitions: Mapping[str, str] = PATTERNS) -> None:
        self._definitions = definitions
        self._groups: list[str] = []
        text = self._put_together(pattern, 0)
        try:
            self._compiled = regex.compile(text, regex.ASCII)
        except (regex.error, RecursionError) as error:
            raise GrokError("LOG_PARSER_09", f"{pattern[:80]!r} is no regular expression: {error}") from None
        self._names = tuple(dict.fromkeys(self._groups))

    def fields(self, line: str, timeout_s: float) -> dict[str, str | None] | None:
        """The groups of the first match in a line; None when nothing matches. Raises ``TimeoutError``."""
        found = self._compiled.search(line, timeout=timeout_s)
        if found is None or not self._names:
            return None
        made: dict[str, str | None] = dict.fromkeys(self._names)
        for at, name in enumerate(self._groups):
            if made[name] is None:
                made[name] = found.group(f"g{at}")
        return made

    def _put_together(self, pattern: str, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise GrokError("LOG_PARSER_11", f"{pattern[:80]!r} uses itself")
        made: list[str] = []
        at, length = 0, 0
        for found in _USE.finditer(pattern):
            name, group = found.group(1), found.group(2)
            if name not in self._definitions:
                raise GrokError("LOG_PARSER_11", f"there is no pattern {name!r}")
            made.append(self._own_groups(pattern[at : found.start()]))
            opening = f"(?P<{self._group(group)}>" if group else "(?:"
            made.append(f"{opening}{self._put_together(self._definitions[name], depth + 1)})")
            at = found.end()
            length += len(made[-1])
            if length > MAX_LENGTH:
                raise GrokError("LOG_PARSER_11", f"{pattern[:80]!r} has more than {MAX_LENGTH} characters")
        made.append(self._own_groups(pattern[at:]))
        return "".join(made)

    def _own_groups(self, text: str) -> str:
        return _NAMED.sub(lambda found: f"(?P<{self._group(found.group(1))}>", text)

    def _group(self, name: str) -> str:
        self._groups.append(name)
        return f"g{len(self._groups) - 1}"


def defined(text: str, known: Mapping[str, str] = PATTERNS) -> dict[str, str]:
    """The known patterns with those of a text, one per line: name, blank, pattern; ``#`` begins a comment.

    Raises:
        GrokError: a line without a blank.
    """
    made = dict(known)
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        name, blank, pattern = line.partition(" ")
        if not blank or not pattern.strip():
            raise GrokError("LOG_PARSER_11", f"{line[:80]!r} is no definition: a name, a blank and a pattern")
        made[name] = pattern.strip()
    return made
