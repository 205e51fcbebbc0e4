"""How files are rolled: which names belong to a file, in which order, and when one is complete."""

import os
import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path

import attrs
import regex

from ....core.errors import InvalidValueError
from .livefile import LiveFile, live_file

TOKEN = "${PATTERN}"
MATCH_S = 1.0
_MONTH = r"\.[0-9]{4}-(?:0[1-9]|1[0-2])"


class RollMode(Enum):
    """The modes, with what a rolled name has behind the name of the live file."""

    REVERSE_COUNTER = r"\.[0-9]+"
    DATE_YYYY_MM = _MONTH
    DATE_YYYY_MM_DD = _MONTH + "-[0-9]{2}"
    DATE_YYYY_MM_DD_HH = _MONTH + "-[0-9]{2}" * 2
    DATE_YYYY_MM_DD_HH_MM = _MONTH + "-[0-9]{2}" * 3
    DATE_YYYY_WW = r"\.[0-9]{4}-[0-9]{2}"
    ALPHABETICAL = r"\..*"
    PATTERN = ""


@attrs.frozen
class Rolling:
    """The names of one file. ``live`` is the one that is written; None where every name is a final one."""

    live: str | None
    _fits: Callable[[str], bool]
    _order: Callable[[str], object]

    def takes(self, name: str) -> bool:
        """True when a file may be read first."""
        return not name or self._fits(name)

    def complete(self, file: LiveFile) -> bool:
        """True when nothing is added any more: it has another name, or there is a later file."""
        if self.live is not None:
            return file.path.name != self.live
        name = file.path.name
        return any(each > name and self._fits(each) for each in os.listdir(file.path.parent))

    def after(self, folder: Path, current: str | None, first: str) -> LiveFile | None:
        """The file behind the current one, or from ``first`` on; the live one when no other is left.

        Raises:
            OSError: the folder cannot be read.
        """
        if current is not None and current == self.live:
            return None
        found = [name for name in os.listdir(folder) if self._fits(name) and (folder / name).is_file()]
        bound = current if current is not None and self._fits(current) else None
        if bound is not None:
            found = [name for name in found if self._less(bound, name)]
        elif first:
            found = [name for name in found if not self._less(name, first)]
        if found:
            return live_file(folder / min(found, key=self._order))  # type: ignore[arg-type]
        if self.live is None or not (folder / self.live).is_file():
            return None
        return live_file(folder / self.live)

    def _less(self, one: str, other: str) -> bool:
        return bool(self._order(one) < self._order(other))  # type: ignore[operator]


def rolling_of(mode: RollMode, name: str, pattern: str) -> Rolling:
    """The names of a file that is rolled in a mode.

    Raises:
        InvalidValueError: no token in the name (TAIL_08), or a pattern that is none (TAIL_09).
    """
    if mode is RollMode.PATTERN:
        return _by_pattern(name, pattern)
    compiled = re.compile(re.escape(name) + mode.value, re.DOTALL)
    cut = len(name) + 1

    def order(each: str) -> object:
        return -int(each[cut:]) if mode is RollMode.REVERSE_COUNTER else each[cut:]

    return Rolling(name, lambda each: compiled.fullmatch(each) is not None, order)


def _by_pattern(name: str, pattern: str) -> Rolling:
    before, token, behind = name.partition(TOKEN)
    if not token or not pattern:
        raise InvalidValueError("File to Tail", name, f"the token {TOKEN} in the file name, and a pattern (TAIL_08)")
    try:
        compiled = regex.compile(f"{regex.escape(before)}(?:{pattern}){regex.escape(behind)}")
    except regex.error as error:
        raise InvalidValueError("Pattern", pattern, f"a regular expression (TAIL_09: {error})") from None
    return Rolling(None, lambda each: compiled.fullmatch(each, timeout=MATCH_S) is not None, lambda each: each)
