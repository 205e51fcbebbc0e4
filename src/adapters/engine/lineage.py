"""What is known of rows that were read from a file."""

import attrs

from ...core.records.record import Header, copy_value
from ...core.records.values import FieldValue
from .formats.json_lines import Taken


@attrs.define
class FileLineage:
    """Headers of the rows of a batch: the file, and where in it they begin."""

    facts: dict[str, str]
    taken: Taken
    _kept: list[FieldValue] | None = None

    def header(self, at: int) -> Header:
        """Source id and attributes as the origin gives them."""
        offset = str(self.taken.start_of(at))
        return Header(f"{self.facts['filename']}::{offset}", attributes={**self.facts, "offset": offset})

    def value(self, at: int) -> FieldValue:
        """The line read again, or the copy that was kept."""
        return self.taken.value_of(at) if self._kept is None else copy_value(self._kept[at])

    def keep(self, values: list[FieldValue]) -> None:
        """Copies only where there is no line to read again."""
        if not self.taken.lines:
            self._kept = [copy_value(value) for value in values]
