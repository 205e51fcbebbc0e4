"""The lines of a file that is still written: whole ones only, until it is complete."""

from collections.abc import Callable
from typing import BinaryIO, Protocol

import attrs
import regex

from ..formats.charsets import Decoder
from .livefile import LiveFile

CHUNK = 1 << 16
LONGEST_BYTES = 16 * 1024 * 1024
MATCH_S = 1.0


@attrs.frozen
class Line:
    """Bytes with their line end. ``cut`` when the line was longer than the limit and the rest is left out."""

    file: LiveFile
    offset: int
    data: bytes
    cut: bool = False


class Lines(Protocol):
    """What reads lines."""

    @property
    def file(self) -> LiveFile:
        """The file as it is named now."""
        ...

    @property
    def done(self) -> bool:
        """True behind the last line of a complete file."""
        ...

    @property
    def offset(self) -> int:
        """Where to go on after a restart; negative inside a line whose rest is to be left out."""
        ...

    def take(self, count: int) -> list[Line]:
        """At most so many lines of those that are there. Raises ``OSError``."""
        ...

    def close(self) -> None:
        """Closes the file."""
        ...


class LineReader:
    """Line by line. A line of more than ``most`` bytes, its end included, is cut there.

    Raises:
        OSError: the file cannot be opened, or is shorter than the offset.
    """

    def __init__(self, file: LiveFile, offset: int, most: int, complete: Callable[[LiveFile], bool]) -> None:
        self.file = file.renamed()
        self._complete, self._most = complete, most
        self._opened: BinaryIO = self.file.path.open("rb")
        self._at, self._skips = abs(offset), offset < 0
        if self._at > self._opened.seek(0, 2):
            self._opened.close()
            raise OSError(f"{self.file.path} is shorter than offset {self._at}")
        self._opened.seek(self._at)
        self._held, self._final = b"", False
        self.done = False

    @property
    def offset(self) -> int:
        """Where to go on."""
        return -self._at if self._skips else self._at

    def take(self, count: int) -> list[Line]:
        """At most so many lines."""
        made: list[Line] = []
        while len(made) < count and (line := self._line()) is not None:
            made.append(line)
        return made

    def close(self) -> None:
        """Closes the file."""
        self._opened.close()

    def _line(self) -> Line | None:
        while True:
            end = self._held.find(b"\n") + 1
            if self._skips:
                self._drop(end or len(self._held))
                self._skips = end == 0
                if not self._skips:
                    continue
            elif 0 < end <= self._most:
                return self._drop(end)
            elif len(self._held) >= self._most:
                self._skips = True
                return attrs.evolve(self._drop(self._most), cut=True)
            if not self._more():
                return self._last()

    def _last(self) -> Line | None:
        """What stands behind the last line end of a complete file."""
        if not self._final:
            return None
        if self._held:
            return self._drop(len(self._held))
        self.done = True
        return None

    def _more(self) -> bool:
        """True when there was more to read; looks whether the file is complete when there was not."""
        data = self._opened.read(CHUNK)
        if not data and not self._final:
            self.file = self.file.renamed()
            self._final = self._complete(self.file)
            data = self._opened.read(CHUNK) if self._final else b""  # written just before it was rolled
        self._held += data
        return bool(data)

    def _drop(self, count: int) -> Line:
        made = Line(self.file, self._at, self._held[:count])
        self._held, self._at = self._held[count:], self._at + count
        return made


class MultiLineReader:
    """Lines that do not fit ``main`` belong to the one before them; one that is held back is read again later."""

    def __init__(self, reader: LineReader, main: "regex.Pattern[str]", charset: str) -> None:
        self._reader, self._main, self._charset = reader, main, charset
        self._held: list[Line] = []
        self._ready: list[Line] = []
        self._size = 0
        self.done = False

    @property
    def file(self) -> LiveFile:
        """The file as it is named now."""
        return self._reader.file

    @property
    def offset(self) -> int:
        """Where the first line begins that was not given."""
        waiting = [*self._ready, *self._held]
        return waiting[0].offset if waiting else self._reader.offset

    def take(self, count: int) -> list[Line]:
        """At most so many lines that are known to be whole."""
        while len(self._ready) < count and (lines := self._reader.take(count)):
            for line in lines:
                if self._size > LONGEST_BYTES or self._is_main(line):
                    self._flush()
                self._held.append(line)
                self._size += len(line.data)
        if self._reader.done:
            self._flush()
        made, self._ready = self._ready[:count], self._ready[count:]
        self.done = self._reader.done and not self._ready
        return made

    def close(self) -> None:
        """Closes the file."""
        self._reader.close()

    def _is_main(self, line: Line) -> bool:
        text = Decoder(self._charset)(line.data, final=True).strip()
        return self._main.fullmatch(text, timeout=MATCH_S) is not None

    def _flush(self) -> None:
        if self._held:
            first = self._held[0]
            data, cut = b"".join(each.data for each in self._held), any(each.cut for each in self._held)
            self._ready.append(attrs.evolve(first, data=data, cut=cut))
            self._held, self._size = [], 0
