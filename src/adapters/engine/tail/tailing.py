"""One file with those that it was rolled to: which one is read now, how far, and what happens at its end."""

from collections.abc import Callable
from pathlib import Path

import attrs
import regex

from .lines import Line, LineReader, Lines, MultiLineReader
from .livefile import LiveFile, read_live_file
from .rolling import Rolling

END_OF_FILE = (1 << 63) - 1


@attrs.frozen
class Followed:
    """What is the same for all files of a row. ``most`` is the longest line in bytes."""

    tag: str
    first: str
    most: int
    charset: str
    main: "regex.Pattern[str] | None"


class Tail:
    """Reads a file, then the next one. ``events`` gets START, END and ERROR with their file."""

    def __init__(self, path: Path, key: str, rolling: Rolling, row: Followed) -> None:
        self.key, self.row, self.folder = key, row, path.parent
        self._rolling = rolling
        self._reader: Lines | None = None
        self._file: LiveFile | None = None
        self._at = 0
        self.events: list[tuple[str, LiveFile]] = []

    def restore(self, offset: str) -> None:
        """Where to begin; a file that is open goes on where it is. Raises ``StopFault``."""
        if self._reader is not None or not offset:
            return
        at, _, held = offset.partition("::")
        self._file = read_live_file(held)
        self._at = int(at) if at.lstrip("-").isdigit() else 0

    @property
    def offset(self) -> str:
        """Where to go on after a restart; empty when nothing was read yet."""
        if self._reader is not None:
            return f"{self._reader.offset}::{self._reader.file.text()}"
        return "" if self._file is None else f"{self._at}::{self._file.text()}"

    def take(self, count: int, check: Callable[[Path], object]) -> list[Line]:
        """At most so many lines of those that are there; a file that cannot be read is left."""
        try:
            reader = self._reader or self._open(check)
            if reader is None:
                return []
            made = reader.take(count)
        except (OSError, TimeoutError):
            self._leave("ERROR")
            return []
        if reader.done:
            self._leave("END")
        return made

    def close(self) -> None:
        """Closes the file that is open."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _open(self, check: Callable[[Path], object]) -> Lines | None:
        if self._file is None or self._at == END_OF_FILE:
            current = None if self._file is None else self._file.renamed().path.name
            found = self._rolling.after(self.folder, current, self.row.first)
            if found is None:
                return None
            self._file, self._at = found, 0
        check(self._file.path)
        reader: Lines = LineReader(self._file, self._at, self.row.most, self._rolling.complete)
        if self.row.main is not None:
            assert isinstance(reader, LineReader)
            reader = MultiLineReader(reader, self.row.main, self.row.charset)
        if self._at == 0:
            self.events.append(("START", self._file))
        self._reader = reader
        return reader

    def _leave(self, kind: str) -> None:
        if self._reader is not None:
            self._file = self._reader.file
            self.close()
        self._at = END_OF_FILE
        if self._file is not None:
            self.events.append((kind, self._file))
