"""In a worker: one partition through the stages of one level."""

import pickle
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

import pyarrow as pa
from pyspark import TaskContext
from pyspark.rdd import portable_hash

from ...core.processors.api import Out, StopFault
from ...core.processors.dedup import compared
from ...core.records.record import Record
from ...core.running import Batch, Stages
from .messages import Message, Messages
from .placing import DRIVER
from .reading import BATCH_SIZE, Read, Reader
from .sources import MESSAGES
from .work import COUNTS, FIELDS, FILE, RECORDS, STOP, Row, Work, message_rows

_TYPES = pa.schema(
    [
        ("level", pa.int32()),
        ("key", pa.int64()),
        ("seq", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("payload", pa.binary()),
    ]
)
Pair = tuple[Record, Record | None]
"""A record, and as the origin made it where the error stage wants that."""
FLUSH_ROWS = 2000


def run_partition(work: Work, batches: Iterable[Any]) -> Iterator[Any]:
    """Every row is for a level: records for stages that wait there, and for the driver counts, files and faults."""
    held: list[Row] = []
    for row in _rows(work, batches):
        held.append(row)
        if len(held) >= FLUSH_ROWS:
            yield _arrow(held)
            held.clear()
    if held:
        yield _arrow(held)


def _arrow(rows: list[Row]) -> Any:
    columns = zip(*rows, strict=True)
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, _TYPES, strict=True)], schema=_TYPES
    )


def _rows(work: Work, batches: Iterable[Any]) -> Iterator[Row]:
    context = TaskContext.get()
    assert context is not None
    place = f"{work.batch}-{work.level}-{context.partitionId()}"
    task = Task(work, place, f"{work.run}-{context.taskAttemptId()}")
    try:
        yield from task.files(batches) if work.level == 0 and work.reads != RECORDS else task.records(batches)
        yield from task.close()
    except StopFault as fault:
        # a row, not an exception: trying again would not help
        yield DRIVER, 0, "", STOP, "", pickle.dumps((fault.code, fault.message))
    if task.stages is not None:
        yield DRIVER, 0, "", COUNTS, "", pickle.dumps(task.stages.tally)


class Task:
    """One partition. Stages are built when the first record comes: many partitions may have none."""

    def __init__(self, work: Work, place: str, attempt: str) -> None:
        self._work, self._place, self._attempt = work, place, attempt
        self.stages: Stages | None = None
        self._sent: list[Message] = []
        self._keys: dict[str, Callable[[Record], Hashable | None]] = {}
        for stage in work.plan.stages:
            if work.levels.get(stage.instance, DRIVER) > work.level:
                self._keys[stage.instance] = compared(stage)

    def _built(self) -> Stages:
        if self.stages is None:
            self.stages = self._work.stages(self._place, self._attempt, self._sent)
        return self.stages

    def files(self, batches: Iterable[Any]) -> Iterator[Row]:
        """Level 0 over the rows of a source of Spark."""
        origin = self._work.plan.origin
        assert origin is not None
        self._work.code.load()
        if self._work.reads == MESSAGES:
            for out, order in Messages(origin, self._work.code, BATCH_SIZE).reads(batches):
                yield from self._taken(Read(out, order))
            return
        for read in Reader(origin, self._work.code, lines=self._work.reads == "lines").reads(batches):
            yield from self._taken(read)
            if read.file is not None:
                yield DRIVER, 0, "", FILE, "", pickle.dumps(read.file)

    def records(self, batches: Iterable[Any]) -> Iterator[Row]:
        """Level 0 over records that the driver made, or a later level over what was exchanged."""
        waiting: list[Row] = []
        size = 1 if self._work.has_more else BATCH_SIZE
        for row in _python_rows(batches):
            if row[0] != self._work.level:
                yield row
                continue
            if self._work.level == 0:
                yield from self._dealt(row)
                continue
            waiting.append(row)
            if len(waiting) >= size:
                yield from self._exchanged(waiting)
                waiting = []
        if waiting:
            yield from self._exchanged(waiting)

    def _dealt(self, row: Row) -> Iterator[Row]:
        origin = self._work.plan.origin
        assert origin is not None
        out = Out(len(origin.outputs), self._work.code.clock.now_ms)
        for lane, record in pickle.loads(row[5]):
            out.emit(record, lane)
        yield from self._taken(Read(out, row[2]))

    def _taken(self, read: Read) -> Iterator[Row]:
        origin = self._work.plan.origin
        assert origin is not None
        batch = Batch()
        self._built().take(origin, read.out, batch)
        yield from self._run(batch, read.order)

    def _exchanged(self, rows: list[Row]) -> Iterator[Row]:
        batch = Batch()
        for row in rows:
            for record, source in pickle.loads(row[5]):
                batch.sent.setdefault(row[4], []).append(record)
                if source is not None:
                    batch.sources[source.header.source_id] = source
        yield from self._run(batch, rows[0][2])

    def _run(self, batch: Batch, order: str) -> Iterator[Row]:
        self._built().run(batch)
        yield from self._away(batch, order)

    def close(self) -> Iterator[Row]:
        """Finishes files, and what that makes."""
        if self.stages is not None:
            batch = Batch()
            self.stages.close(batch)
            yield from self._away(batch, f"\uffff{self._place}")

    def _away(self, batch: Batch, order: str) -> Iterator[Row]:
        told: dict[str, list[Pair]] = {}
        for number, (instance, record) in enumerate(batch.away):
            pair = (record, batch.source_of(record))
            key_of = self._keys.get(instance)
            if key_of is None:
                told.setdefault(instance, []).append(pair)
                continue
            level, key = self._work.levels[instance], portable_hash(key_of(record))
            seq = f"{order}\0{number:08d}"
            yield level, key, seq, RECORDS, instance, pickle.dumps([pair], pickle.HIGHEST_PROTOCOL)
        for instance, pairs in told.items():
            yield DRIVER, 0, order, RECORDS, instance, pickle.dumps(pairs, pickle.HIGHEST_PROTOCOL)
        batch.away.clear()
        yield from message_rows(self._sent)


def _python_rows(batches: Iterable[Any]) -> Iterator[Row]:
    for batch in batches:
        yield from zip(*(batch.column(at).to_pylist() for at in range(len(FIELDS))), strict=True)
