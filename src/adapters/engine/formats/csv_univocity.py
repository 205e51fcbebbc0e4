"""Rows of delimited text as the second parser reads them: limits on columns and cells, lenient about quotes.

Source: the behaviour of univocity-parsers with the settings that the original gives it.
"""

import re
from collections.abc import Iterator

import attrs

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from .csv_rows import Cells, Row
from .fault import FormatFault
from .texts import Window, unescaped


@attrs.frozen
class Univocity:
    """The settings; ``comment`` is empty where there are no comments."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = "\\"
    end: str = "\n"
    comment: str = ""
    most_columns: int = 1000
    longest_cell: int = 1000
    skips_empty: bool = True


def univocity_of(given: Given) -> Univocity:
    """The settings that a stage has.

    Raises:
        InvalidValueError: a line separator of more than two characters (DATA_FORMAT_500), no separator at all.
    """
    end = unescaped(given.text("csvUnivocityLineSeparator", "\\n"))
    if not 1 <= len(end) <= 2:
        raise InvalidValueError("Line Separator", end, "one or two characters (DATA_FORMAT_500)")
    delimiter = unescaped(given.text("csvUnivocityFieldSeparator", ","))
    if not delimiter:
        raise InvalidValueError("Field Separator", delimiter, "at least one character")
    comments = given.flag("csvUnivocityAllowComments")
    return Univocity(
        delimiter,
        given.text("csvUnivocityQuote", '"')[:1],
        given.text("csvUnivocityEscape", "\\")[:1],
        end,
        given.text("csvUnivocityCommentMarker", "#")[:1] if comments else "",
        given.integer("csvUnivocityMaxColumns", 1000),
        given.integer("csvUnivocityMaxCharsPerColumn", 1000),
        given.flag("csvUnivocitySkipEmptyLines", True),
    )


class UnivocityReader:
    """Rows, one after the other; an empty cell is null, blanks around a cell without quotes are taken away.

    A row ends at a line feed too, whatever the separator is, which in quotes becomes one.
    """

    def __init__(self, window: Window, settings: Univocity) -> None:
        self._window, self._settings = window, settings
        self._at = 0
        self._signs = (settings.delimiter, settings.end, "\n")
        self._stop = re.compile("|".join(map(re.escape, self._signs)))
        quote, escape = re.escape(settings.quote), re.escape(settings.escape)
        held = f"{escape}[{quote}{escape}]|" if escape and escape != quote else f"{quote}{quote}|" if escape else ""
        self._quoted = re.compile(f"(?s:{quote}((?:{held}[^{quote}])*+){quote})") if quote else None
        self._escaped = re.compile(f"{escape}([{quote}{escape}])") if escape else None
        self._as_is = False
        """True in the header, whose names keep the blanks around them."""

    @property
    def position(self) -> int:
        """The character behind what was read."""
        return self._window.base + self._at

    def skip_lines(self, count: int) -> None:
        """Passes over lines, whatever is in them."""
        for _ in range(count):
            if self._line_end(self._at) is None:
                return

    def header(self) -> Row | None:
        """The next row, with the blanks around its names."""
        self._as_is = True
        made = self.row()
        self._as_is = False
        return made

    def row(self) -> Row | None:
        """The next row alone."""
        start = self.position
        while True:
            window = self._window
            if self._at >= len(window.held):
                if window.over:
                    return None
                window.more(self._at)
                self._at = 0
                continue
            if self._settings.comment and window.held[self._at] == self._settings.comment:
                self._line_end(self._at)
                continue
            cells = self._cells()
            if cells is None:  # the row goes on behind what was read
                window.more(self._at)
                self._at = 0
                continue
            if cells or not self._settings.skips_empty:
                return Row(start, self.position, cells or [None])

    def rows(self) -> Iterator[Row]:
        """Every row to the end of the text."""
        while (row := self.row()) is not None:
            yield row

    def _line_end(self, at: int) -> None | bool:
        window, end = self._window, self._settings.end
        while (found := window.held.find(end, at)) < 0:
            if window.over:
                self._at = len(window.held)
                return None
            window.more(max(self._at, len(window.held) - len(end)))
            self._at = at = 0
        self._at = found + len(end)
        return True

    def _cells(self) -> Cells | None:
        """The cells of the row that begins here, none for an empty line; None when its end was not read yet."""
        settings, text, at = self._settings, self._window.held, self._at
        cells: Cells = []
        while True:
            cell, at, stop = self._cell(text, self._blanks(text, at), at)
            if stop is None and not self._window.over:
                return None
            if stop != settings.delimiter and not cells and cell is None and at == self._blanks(text, self._at):
                cells = []
            else:
                self._check(cells, cell)
                cells.append(cell)
            at += len(stop or "")
            if stop != settings.delimiter:
                self._at = at
                return cells

    def _check(self, cells: Cells, cell: str | None) -> None:
        settings = self._settings
        if len(cells) >= settings.most_columns:
            raise FormatFault("DATA_PARSER_04", f"a row with more than {settings.most_columns} columns", too_long=False)
        if cell is not None and 0 < settings.longest_cell < len(cell):
            raise FormatFault("DATA_PARSER_04", f"a cell with more than {settings.longest_cell} characters")

    def _blanks(self, text: str, at: int) -> int:
        while at < len(text) and text[at] <= " " and not text.startswith(self._signs, at):
            at += 1
        return at

    def _cell(self, text: str, at: int, begun: int) -> tuple[str | None, int, str | None]:
        """A cell, where it ends, and the separator that stands there; None for that at the end of what was read.

        A quote that is never closed holds the rest of the text; signs behind a closed one make all of it plain text.
        """
        searched = at
        if self._quoted is not None and text.startswith(self._settings.quote, at):
            found = self._quoted.match(text, at)
            if found is None:
                return (self._plain(text[at + 1 :]), len(text), None) if self._window.over else (None, len(text), None)
            searched = self._blanks(text, found.end())
            stop = self._stop.match(text, searched)
            if stop is not None or searched == len(text):
                return self._plain(found.group(1)), searched, stop.group() if stop else None
            searched = found.end()
        stop = self._stop.search(text, searched)
        end = len(text) if stop is None else stop.start()
        if stop is not None and stop.end() == len(text) and len(self._settings.end) > 1 and not self._window.over:
            return None, len(text), None
        cell = text[begun:end] if self._as_is else text[at:end].rstrip()
        if searched > at:
            cell = self._plain(cell) or ""
        return cell or None, end, None if stop is None else stop.group()

    def _plain(self, text: str) -> str | None:
        """What stands in quotes, without its escapes."""
        text = text.replace(self._settings.end, "\n")
        return (self._escaped.sub(r"\1", text) if self._escaped else text) or None
