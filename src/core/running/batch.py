"""A batch on its way through the stages of a plan."""

import attrs

from ..records.record import Lineage, Record, Trace
from ..records.rows import Lane, Rows

MOST_RECORDS = 50_000
"""How many records a batch has at the most, whatever the origin would make of it."""


@attrs.define
class Batch:
    """Records on their way: by lane, sent to a stage from elsewhere, refused, and to be handled elsewhere.

    ``sources`` are the records as the origin made them, by source id; kept where the error stage wants them so.
    """

    lanes: dict[str, Lane] = attrs.field(factory=dict)
    sent: dict[str, list[Record]] = attrs.field(factory=dict)
    sources: dict[str, Record] = attrs.field(factory=dict)
    errors: list[Record] = attrs.field(factory=list)
    away: list[tuple[str, Record]] = attrs.field(factory=list)
    """Stage instance and record, in order."""
    responses: list[Record] = attrs.field(factory=list)
    """For whoever sent the batch to the origin."""
    finish: bool = False
    reset_offset: bool = False
    _unread: list[tuple[Lineage, tuple[int, ...], tuple[str, ...]]] = attrs.field(factory=list)
    """Rows whose source ids nobody asked for yet: their numbers, and the stages that put them out."""

    def keep_sources(self, lane: Lane) -> None:
        """Remembers what the origin made, before anybody changes it."""
        if isinstance(lane, Rows) and not lane.made:
            lane.lineage.keep(lane.values)
            self._unread.append((lane.lineage, tuple(lane.at), lane.path))
        else:
            self.sources |= {record.header.source_id: record.copy() for record in lane}

    def source_of(self, record: Record) -> Record | None:
        """The record that this one was made from, as the origin made it; None for one that is so itself."""
        if record.trace is not None:
            for lineage, _, path in self._unread:
                if lineage is record.trace[0]:
                    return _source((lineage, record.trace[1], path))
        self._read()
        header = record.header
        if record.trace is None and not header.stages_path and not header.restarts and header.source_id in self.sources:
            return None  # the origin refused it itself, under an id that another record of the batch has as well
        source_id = header.source_id
        while source_id not in self.sources and "_" in source_id:
            source_id = source_id.rpartition("_")[0]
        return self.sources.get(source_id)

    def _read(self) -> None:
        for lineage, numbers, path in self._unread:
            for at in numbers:
                made = _source((lineage, at, path))
                self.sources[made.header.source_id] = made
        self._unread.clear()


def _source(trace: Trace) -> Record:
    return Record(trace[0].value(trace[1]), None, trace)
