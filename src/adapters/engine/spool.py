"""The files of a folder in the order in which Directory reads them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

Key = tuple[float, str]
TICK_S = 0.02
"""Files of one tick of the file system's clock have the same time, whichever came first."""


@attrs.define
class Spool:
    """The files whose names fit, by name or by their last change; folders below count where ``deep`` says so.

    Files that come and go meanwhile are no fault. Cost: the folder is listed when all files of a listing were taken,
    and when a listing is as old as the period and fewer files than the limit are left of it.
    """

    folder: Path
    fits: Callable[[str], bool]
    ready: Callable[[str, float], bool]
    """Whether a file, told by its name and its last change (seconds), may be read already."""
    now_ms: Callable[[], int]
    sleep: Callable[[float], None] = lambda seconds: None
    by_time: bool = False
    deep: bool = False
    first: str = ""
    """The first file to read: its name, or its path from the folder on or as a whole."""
    period_ms: int = 5000
    limit: int = 1000
    """So many files of a listing are enough: while they wait it is not made again."""
    _left: list[tuple[Key, Path]] = attrs.field(factory=list)
    _behind: str | None = None
    _nothing: bool = False
    """True where the last listing had no file."""
    _listed_ms: int = 0

    def next(self, last: str) -> Path | None:
        """The first file behind the last one; behind none for an empty name."""
        if self._goes_on(last):
            found = self._taken()
            if found is not None or self._nothing:
                return found
        self._list(last)
        return self._taken()

    def _taken(self) -> Path | None:
        """The next of the listing that is still what it was."""
        while self._left:
            key, path = self._left.pop()
            if self._key(path) == key:
                self._behind = str(path)
                return path
        return None

    def files(self) -> Iterator[Path]:
        """Every file whose name fits, in no order."""
        waiting = [self.folder]
        while waiting:
            try:
                entries = os.scandir(waiting.pop())
            except OSError:
                continue
            with entries:
                for entry in entries:
                    if self.fits(entry.name) and entry.is_file():
                        yield Path(entry.path)
                    elif self.deep and entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))

    def _goes_on(self, last: str) -> bool:
        young = 0 <= self.now_ms() - self._listed_ms < self.period_ms
        return last == self._behind and (young or len(self._left) >= self.limit)

    def _list(self, last: str) -> None:
        behind = self._key(Path(last), any_age=True) if last else None
        self._listed_ms = self.now_ms()
        found = self._found()
        now_s = self._listed_ms / 1000
        if self.by_time and any(0 <= now_s - key[0] < TICK_S for key, _ in found):
            # others may come that stand before these: those are looked for, and what is newer is left for later
            self.sleep(TICK_S)
            found = [each for each in self._found() if each[0][0] <= now_s]
        self._left = sorted((each for each in found if self._is_behind(each, last, behind)), reverse=True)
        self._nothing, self._behind = not self._left, last

    def _found(self) -> list[tuple[Key, Path]]:
        return [(key, path) for path in self.files() if (key := self._key(path)) is not None]

    def _is_behind(self, found: tuple[Key, Path], last: str, behind: Key | None) -> bool:
        key, path = found
        if not last:
            return self._is_late_enough(key, path)
        if behind is None and self.by_time:
            return str(path) != last
        return key > (behind or (0.0, Path(last).name))

    def _is_late_enough(self, key: Key, path: Path) -> bool:
        """True for the first file and those behind it; by time all are behind one that is not there."""
        if not self.first:
            return True
        first = self.folder / self.first.removeprefix(f"{self.folder}/").lstrip("/")
        if not self.by_time:
            return path.name >= first.name
        begin = self._key(first, any_age=True)
        return begin is None or key >= begin

    def _key(self, path: Path, *, any_age: bool = False) -> Key | None:
        """Where a file stands in the order; None for one that is not there, or not ready."""
        try:
            facts = path.stat()
        except OSError:
            return None
        if not any_age and not self.ready(path.name, facts.st_mtime):
            return None
        return (max(facts.st_mtime, facts.st_ctime), str(path)) if self.by_time else (0.0, path.name)
