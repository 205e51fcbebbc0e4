"""Rows of delimited text whose separators have several characters."""

import re
from collections.abc import Iterator

from .csv_dialect import Dialect
from .csv_rows import Row
from .fault import FormatFault
from .texts import LONGEST, Window


class MultiReader:
    """Rows, one after the other. Quotes hold separators of cells and rows together, escapes stand before both.

    A row above ``limit`` characters is cut, as the original does.
    """

    def __init__(self, window: Window, dialect: Dialect, limit: int) -> None:
        self._window, self._dialect = window, dialect
        self._limit = limit if limit > 0 else LONGEST
        self._at = 0
        quote, escape, delimiter = (re.escape(each) for each in (dialect.quote, dialect.escape, dialect.delimiter))
        plain = dialect.end in ("\n", "\r\n")
        self._end = r"\r\n|\n|\r" if plain else re.escape(dialect.end)
        escaped = f"{escape}." if escape else "(?!)"
        self._sign = re.compile(f"(?s:({escaped})|({quote or '(?!)'})|({self._end}))")
        held = f"(?:{escape}[{escape}{quote}]|{escape}{delimiter})" if escape else "(?!)"
        text = f"[^{quote}{escape}]" if quote or escape else "."
        inside = f"{quote}((?:{held}|{text})*){quote}" if quote else "(?!)()"
        sign = f"[^{quote}]" if quote else "."
        bare = f"((?:{escape}{delimiter}|(?!{delimiter}){sign})*)" if escape else f"((?:(?!{delimiter}){sign})*)"
        self._cell = re.compile(f"(?s:(?:{inside}|{bare})(?={delimiter}|\\Z))")
        self._within = re.compile(f"{escape}([{escape}{quote}])") if escape else None

    @property
    def position(self) -> int:
        """The character behind what was read."""
        return self._window.base + self._at

    def skip_lines(self, count: int) -> None:
        """Passes over rows, whatever is in them."""
        for _ in range(count):
            if self._line() is None:
                return

    def row(self) -> Row | None:
        """The next row alone."""
        start = self.position
        line = self._line()
        return None if line is None else Row(start, self.position, list(self._cells(line)))

    def rows(self) -> Iterator[Row]:
        """Every row to the end of the text."""
        while (row := self.row()) is not None:
            yield row

    def _line(self) -> str | None:
        window = self._window
        searched, open_ = self._at, False
        while True:
            for found in self._sign.finditer(window.held, searched):
                # what stands at the very end may go on behind it
                if found.end() == len(window.held) and not window.over:
                    break
                searched = found.end()
                if found.group(2) is not None:
                    open_ = not open_
                elif found.group(3) is not None and not open_:
                    line, self._at = window.held[self._at : found.start()], found.end()
                    return line[: self._limit]
            if window.over:
                line, self._at = window.held[self._at :], len(window.held)
                return line[: self._limit] or None
            searched -= self._at
            window.more(self._at)
            self._at = 0

    def _cells(self, line: str) -> Iterator[str]:
        dialect, at = self._dialect, 0
        while True:
            found = self._cell.match(line, at)
            if found is None:
                raise FormatFault("DATA_PARSER_04", f"{line[at : at + 40]!r} is no cell: its quotes do not fit")
            inside, bare = found.group(1), found.group(2)
            text = bare if inside is None else self._within.sub(r"\1", inside) if self._within else inside
            yield text.replace(dialect.escape + dialect.delimiter, dialect.delimiter) if dialect.escape else text
            at = found.end()
            if at == len(line):
                return
            at += len(dialect.delimiter)
