"""What is known of rows that were read from a file."""

from bisect import bisect_right

import attrs

from ...core.records.record import Header, copy_value
from ...core.records.values import FieldValue
from .formats.json_lines import Taken


@attrs.define
class FileLineage:
    """Headers of the rows of a batch: the file, and where in it they begin."""

    facts: dict[str, str]
    _pieces: list[Taken] = attrs.field(factory=list)
    _firsts: list[int] = attrs.field(factory=list)
    _kept: list[FieldValue] | None = None

    def add(self, piece: Taken, first: int) -> None:
        """The next rows; ``first`` is the number of the first of them."""
        self._pieces.append(piece)
        self._firsts.append(first)

    def _of(self, at: int) -> tuple[Taken, int]:
        place = bisect_right(self._firsts, at) - 1
        return self._pieces[place], at - self._firsts[place]

    def header(self, at: int) -> Header:
        """Source id and attributes as the origin gives them."""
        piece, number = self._of(at)
        offset = str(piece.start_of(number))
        return Header(f"{self.facts['filename']}::{offset}", attributes={**self.facts, "offset": offset})

    def value(self, at: int) -> FieldValue:
        """The line read again, or the copy that was kept."""
        if self._kept is not None:
            return copy_value(self._kept[at])
        piece, number = self._of(at)
        return piece.value_of(number)

    def keep(self, values: list[FieldValue]) -> None:
        """Copies only where there is no text to read again."""
        if not all(piece.can_repeat for piece in self._pieces):
            self._kept = [copy_value(value) for value in values]
