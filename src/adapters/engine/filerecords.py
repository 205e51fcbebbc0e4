"""The records of one open file as Directory puts them out: in rows where its format lets it."""

from collections.abc import Iterator
from typing import BinaryIO

from ...core.plan.given import Given
from ...core.processors.api import Out, StopFault
from ...core.records.record import Header, Record
from ...core.records.rows import Rows
from ...core.records.values import FieldValue
from .formats.archives import in_archive
from .formats.item import Item
from .formats.json_lines import JsonLines, in_lines
from .formats.reading import read_items
from .lineage import FileLineage


class FileRecords:
    """Reads from ``at`` on; ``base`` is where in the file the stream begins, when it is a part of one.

    ``facts`` are the header attributes that all records have, among them ``filename``. ``at`` is how far it has got
    then, ``records`` and ``faults`` count what there was. With ``stops`` the run ends at a record that is too long.
    """

    def __init__(
        self,
        opened: BinaryIO,
        data_format: str,
        settings: Given,
        facts: dict[str, str],
        *,
        at: int = 0,
        base: int = 0,
        stops: bool = False,
    ) -> None:
        self._facts, self._base, self._stops = facts, base, stops
        self.at, self.records, self.faults = max(at, base), 0, 0
        self._reached: str | None = str(self.at) if self.at == 0 or not in_archive(settings) else None
        """The offset that the last record told where it was reached; None when that of the next is the same."""
        self._lines: JsonLines | None = None
        self._items: Iterator[Item] = iter(())
        if in_lines(data_format, settings):
            self._lines = JsonLines(opened, settings, at, base)
        else:
            items = read_items(opened, data_format, settings)
            self._items = (item for item in items if base + item.end > at)

    def some(self, count: int, out: Out) -> bool:
        """Puts out at most so many records; False at the end of the file, which may be noticed one batch late.

        Raises:
            FormatFault: the rest cannot be read.
            StopFault: a record is too long, and that is to end the run.
        """
        if self._lines is not None:
            return self._by_lines(self._lines, count, out)
        for item in self._items:
            self._one(item, self._base, out)
            self.at = self._base + item.end
            count -= 1
            if count == 0:
                return True
        return False

    def _by_lines(self, lines: JsonLines, count: int, out: Out) -> bool:
        values: list[FieldValue] = []
        lineage, usual = FileLineage(self._facts), True
        try:
            while count > 0:
                taken = lines.take(count)
                if taken is None:
                    return False
                for item in taken.faults:
                    self._one(item, 0, out)
                lineage.add(taken, len(values))
                values += taken.values
                usual = usual and taken.usual
                count -= len(taken.values) + len(taken.faults)
                self.at = taken.end
            return True
        finally:
            self.records += len(values)
            out.emit_rows(Rows(values, lineage, usual=usual))

    def _one(self, item: Item, base: int, out: Out) -> None:
        offset = item.label or str(base + item.start)
        source_id = f"{self._facts['filename']}::{offset}"
        attributes = {**self._facts, "offset": (item.reached or offset) if self._reached is None else self._reached}
        if item.warning is not None:
            out.stage_error(item.warning.code, f"{self._facts['file']}: {item.warning.message}")
        if item.fault is None or item.fault.too_long:
            self._reached = None
        else:  # a record that is refused leaves the offset where it was
            self._reached = attributes["offset"]
        if item.fault is not None:
            self.faults += 1
            if item.fault.too_long and self._stops:
                raise StopFault("SPOOLDIR_02", f"{source_id}: {item.fault}")
            if item.fault.too_long:
                out.stage_error("SPOOLDIR_02", f"{source_id}: {item.fault}")
                return
            out.error(_placed(item, source_id, attributes), item.fault.code, item.fault.message)
            return
        self.records += 1
        out.emit(_placed(item, source_id, attributes))


def _placed(item: Item, source_id: str, attributes: dict[str, str]) -> Record:
    """The record of an item, which knows its file; one that has an id of its own keeps it."""
    if not isinstance(item.value, Record):
        return Record(item.value, Header(source_id, attributes=attributes))
    record = item.value
    record.attributes.update(attributes)
    record.header.source_id = record.header.source_id or source_id
    return record
