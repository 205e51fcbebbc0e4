"""Rows of delimited text in the presets and with separators of one character."""

import re
from collections.abc import Iterator

import attrs

from .csv_dialect import Dialect
from .fault import FormatFault
from .texts import Window, overrun

Cells = list[str | None]
_LINE = re.compile(r"[\r\n]")
_UNESCAPED = {"r": "\r", "n": "\n", "t": "\t", "b": "\b", "f": "\f"}
_ITSELF = frozenset("\r\n\f\t\b")
_NO_BLANKS = frozenset("\u00a0\u2007\u202f\x85")


@attrs.frozen
class Row:
    """The cells of a row, and the characters of the text that it stands in."""

    start: int
    end: int
    cells: Cells


class _Short(Exception):
    """The row goes on behind what was read."""


class RowReader:
    """Rows, one after the other, of a text that begins at ``at`` of a window.

    ``limit`` is how many characters may be read for a row, with empty lines and comments before it; 0 for any number.
    """

    def __init__(self, window: Window, dialect: Dialect, limit: int = 0) -> None:
        self._window, self._dialect, self._limit = window, dialect, limit
        self._at, self._headed = 0, False
        signs = "".join({dialect.quote, dialect.escape} - {""})
        self._signs = re.compile(f"[{re.escape(signs)}]") if signs else None
        stops = re.escape(dialect.delimiter + dialect.escape)
        self._bare = re.compile(f"[^\r\n{stops}]*")
        self._inside = re.compile(f"[^{re.escape(dialect.quote + dialect.escape)}]*") if dialect.quote else self._bare
        self._meta = {dialect.delimiter, dialect.escape, dialect.quote, dialect.comment} - {""}

    @property
    def position(self) -> int:
        """The character behind what was read."""
        return self._window.base + self._at

    def skip_lines(self, count: int) -> None:
        """Passes over lines, whatever is in them.

        Raises:
            FormatFault: the text ends before the last of them does.
        """
        for _ in range(count):
            end = self._line_end()
            if end is None:
                raise FormatFault("DELIMITED_PARSER_00", f"there are no {count} lines to skip")
            self._at = end[1]

    def rows(self) -> Iterator[Row]:
        """Every row to the end of the text; a row ends where the next begins, and is lost where that cannot be read.

        Raises:
            FormatFault: no row is there, or one above the limit; the first one behind a header may be longer.
        """
        held = self._next() if self._headed else self._limited()
        while held is not None:
            start, cells = held
            held = self._limited()
            yield Row(start, held[0] if held is not None else self.position, cells)

    def row(self) -> Row | None:
        """The header: the next row alone, of any length."""
        held, self._headed = self._next(), True
        return None if held is None else Row(held[0], self.position, held[1])

    def _limited(self) -> tuple[int, Cells] | None:
        before = self.position
        held = self._next()
        if 0 < self._limit < self.position - before:
            raise overrun(self._limit)
        return held

    def _next(self) -> tuple[int, Cells] | None:
        """Where a row begins, and its cells."""
        start = self.position
        while True:
            end = self._line_end()
            window, at = self._window, self._at
            if end is None:
                if at == len(window.held):
                    return None
                end = (len(window.held), len(window.held))
            line = window.held[at : end[0]]
            if not line and self._dialect.skips_empty:
                self._at = end[1]
                continue
            if self._dialect.comment and line.startswith(self._dialect.comment):
                self._at = end[1]
                continue
            if self._dialect.trims or (self._signs is not None and self._signs.search(line)):
                return start, self._slowly()
            self._at = end[1]
            null = self._dialect.null
            cells: Cells = list(line.split(self._dialect.delimiter))
            return start, [None if cell == null else cell for cell in cells] if null is not None else cells

    def _line_end(self) -> tuple[int, int] | None:
        """Where the line ends and the next begins; None when it is the last and has no end."""
        window = self._window
        while True:
            found = _LINE.search(window.held, self._at)
            if found is not None and (found.end() < len(window.held) or found.group() == "\n" or window.over):
                end = found.end()
                if found.group() == "\r" and window.held[end : end + 1] == "\n":
                    end += 1
                return found.start(), end
            if window.over:
                return None
            window.more(self._at)
            self._at = 0

    def _slowly(self) -> Cells:
        while True:
            try:
                cells, self._at = self._tokens(self._window.held, self._at)
            except _Short:
                if self._window.over:
                    raise FormatFault("DATA_PARSER_04", "the text ends inside of a quoted cell") from None
                self._window.more(self._at)
                self._at = 0
                continue
            null = self._dialect.null
            return [None if cell == null else cell for cell in cells] if null is not None else list(cells)

    def _tokens(self, text: str, at: int) -> tuple[list[str], int]:
        """The cells of a row with quotes or escapes, and where the next begins."""
        dialect, cells = self._dialect, []
        while True:
            if dialect.trims:
                while at < len(text) and _is_blank(text[at], dialect.delimiter) and text[at] not in "\r\n":
                    at += 1
            if at < len(text) and dialect.quote and text[at] == dialect.quote:
                cell, at = self._quoted(text, at + 1)
            else:
                cell, at = self._plain(text, at)
            cells.append(cell)
            if at >= len(text):
                if not self._window.over:
                    raise _Short
                return cells, at
            if text[at] != dialect.delimiter:
                return cells, self._behind(text, at)
            at += 1

    def _behind(self, text: str, at: int) -> int:
        if text[at] == "\r":
            if at + 1 == len(text) and not self._window.over:
                raise _Short
            if text[at + 1 : at + 2] == "\n":
                return at + 2
        return at + 1

    def _plain(self, text: str, at: int) -> tuple[str, int]:
        pieces: list[str] = []
        while True:
            found = self._bare.match(text, at)
            assert found is not None
            pieces.append(found.group())
            at = found.end()
            if at >= len(text) or text[at] != self._dialect.escape:
                break
            piece, at = self._escaped(text, at)
            pieces.append(piece)
        cell = "".join(pieces)
        if self._dialect.trims:
            while cell and _is_blank(cell[-1], ""):
                cell = cell[:-1]
        return cell, at

    def _quoted(self, text: str, at: int) -> tuple[str, int]:
        quote, pieces = self._dialect.quote, []
        while True:
            found = self._inside.match(text, at)
            assert found is not None
            pieces.append(found.group())
            at = found.end()
            if at >= len(text):
                raise _Short
            if text[at] == self._dialect.escape:
                piece, at = self._escaped(text, at)
                pieces.append(piece)
            elif text[at + 1 : at + 2] == quote:
                pieces.append(quote)
                at += 2
            elif at + 1 == len(text) and not self._window.over:
                raise _Short
            else:
                return "".join(pieces), self._after_quote(text, at + 1)

    def _after_quote(self, text: str, at: int) -> int:
        while at < len(text) and text[at] not in "\r\n" and text[at] != self._dialect.delimiter:
            if not _is_blank(text[at], self._dialect.delimiter):
                shown = text[at : at + 20]
                raise FormatFault("DATA_PARSER_04", f"{shown!r} between a quoted cell and the delimiter behind it")
            at += 1
        return at

    def _escaped(self, text: str, at: int) -> tuple[str, int]:
        """What an escape stands for; one that stands for nothing stays as it is."""
        if at + 1 >= len(text):
            if self._window.over:
                raise FormatFault("DATA_PARSER_04", "the text ends behind an escape")
            raise _Short
        sign = text[at + 1]
        if sign in _UNESCAPED:
            return _UNESCAPED[sign], at + 2
        return (sign if sign in _ITSELF or sign in self._meta else text[at : at + 2]), at + 2


def _is_blank(sign: str, delimiter: str) -> bool:
    return sign.isspace() and sign != delimiter and sign not in _NO_BLANKS
