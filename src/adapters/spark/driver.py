"""The driver's part of a run: what it does with a batch of Spark, and the stages that run beside the partitions."""

import pickle
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault
from ...core.records.record import Record
from ...core.records.values import FieldValue
from ...core.running import Batch, Tally, tell
from ...core.running.observing import Sample
from . import kafka
from .boot import in_partition
from .messages import Message
from .placing import DIRECTORY, DRIVER
from .work import COUNTS, FILE, MESSAGE, RECORDS, SCHEMA, STOP, Work, message_rows

BATCH_SIZE = 1000


class Driver:
    """Runs batches over the cluster, and what they send back through the stages of the driver.

    Raises:
        ElError, InvalidValueError, UnsupportedError, StopFault: a stage cannot be built.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._origin = work.plan.origin
        self._sent: list[Message] = []
        self._stages = attrs.evolve(work, level=DRIVER).stages(f"{work.run}-driver", "", self._sent)
        self._producers = kafka.producers(work.plan)
        self._counted = Tally()
        self._batches = 0
        self._open_files: dict[str, tuple[int, int]] = {}
        self._totals = [0, 0, 0]
        self.finish = self.reset_offset = False
        self.seen_files = False
        """True when files were read since the origin last said that there are no more."""
        self._lock = threading.Lock()
        self._responses: list[Record] = []

    def tally(self) -> Tally:
        """What was counted so far, on the driver and in partitions."""
        made = Tally()
        with self._lock:
            made.merge(self._counted)
            made.merge(self._stages.tally)
        return made

    def distribute(self, rows: Any, archive: str, batch: str, pieces: int) -> None:
        """Takes a DataFrame through the levels, and its answers through the stages of the driver.

        Two batches of one name have the same rows; with as many pieces they write the same files.

        Raises:
            StopFault: a stage cannot go on.
        """
        made = rows
        # executors are here, so that workers need no mail server and its password
        access = attrs.evolve(self._work.access, mail=None)
        work = attrs.evolve(self._work, batch=batch, access=access)
        for level in range(max([0, *work.levels.values()]) + 1):
            if level:
                made = made.repartition(pieces, "key").sortWithinPartitions("seq")
            payload = pickle.dumps(attrs.evolve(work, level=level), pickle.HIGHEST_PROTOCOL)
            made = made.mapInArrow(in_partition(payload, archive), SCHEMA)
        if self._producers:
            made = made.persist()  # messages and answers are read one after the other; stages run once
        try:
            self._write(made)
            self._answered(made.where(f"kind != '{MESSAGE}'").select("seq", "kind", "name", "payload").collect())
            self.send(rows.sparkSession)
        finally:
            if self._producers:
                made.unpersist()
        self._batches += 1

    def send(self, spark: Any) -> None:
        """Hands what producers on the driver made to Kafka."""
        if self._sent:
            self._write(spark.createDataFrame(message_rows(self._sent), SCHEMA))

    def _write(self, rows: Any) -> None:
        for stage in self._producers:
            kafka.write(rows.where(f"kind = '{MESSAGE}' and name = '{stage.instance}'"), stage)

    def take_responses(self) -> list[Record]:
        """What goes back to whoever sent the last batch to the origin."""
        taken, self._responses = self._responses, []
        return taken

    def take_faults(self) -> list[tuple[str, str]]:
        """The faults since the last look; of very many only the first."""
        with self._lock:
            return self._counted.take_faults() + self._stages.tally.take_faults()

    def take_samples(self) -> list[Sample]:
        """What data rules saw since the last look."""
        with self._lock:
            return self._counted.take_samples() + self._stages.tally.take_samples()

    @property
    def batches(self) -> int:
        """How many batches were done."""
        return self._batches

    def deal(self, out: Out) -> list[tuple[int, int, str, str, str, bytes]]:
        """The records that the origin made on the driver as rows for partitions; its errors and events stay here."""
        records = [(lane, record) for lane, held in enumerate(out.lanes) for record in held]
        out.lanes = [[] for _ in out.lanes]
        batch = Batch()
        assert self._origin is not None
        self._stages.take(self._origin, out, batch)
        self._through(batch)
        chunks = [records[at : at + BATCH_SIZE] for at in range(0, len(records), BATCH_SIZE)]
        return [(0, 0, f"{at:08d}", RECORDS, "", pickle.dumps(chunk)) for at, chunk in enumerate(chunks)]

    def no_more_data(self) -> None:
        """Tells the stages behind the origin's events that everything was read, once."""
        if not self.seen_files:
            return
        self.seen_files = False
        records, faults, files = self._totals
        self._tell([("no-more-data", 2, {"record-count": records, "error-count": faults, "file-count": files})])

    def close(self) -> None:
        """Lets the stages of the driver finish what they hold open."""
        batch = Batch()
        self._stages.close(batch)
        self._after(batch)

    def _answered(self, rows: Iterable[Any]) -> None:
        """Counts first, then records for stages here; a fault of a partition comes last, so that it is counted."""
        batch, stops, files = Batch(), [], []
        for row in sorted(rows, key=lambda row: row["seq"]):
            held = pickle.loads(bytes(row["payload"]))
            if row["kind"] == COUNTS:
                with self._lock:
                    self._counted.merge(held)
            elif row["kind"] == FILE:
                files.append(held)
            elif row["kind"] == STOP:
                stops.append(StopFault(*held))
            else:
                _send(batch, row["name"], held)
        self._read(files)
        self._through(batch)
        if stops:
            raise stops[0]

    def _read(self, files: Sequence[tuple[str, int, int]]) -> None:
        """Events about files; a file that was cut has an entry per split."""
        found: dict[str, list[int]] = {}
        for path, records, faults in files:
            counts = found.setdefault(path, [0, 0])
            counts[0], counts[1] = counts[0] + records, counts[1] + faults
        told: list[tuple[str, int, dict[str, FieldValue]]] = []
        for path, (records, faults) in sorted(found.items()):
            told.append(("new-file", 1, {"filepath": path}))
            counted: dict[str, FieldValue] = {"filepath": path, "record-count": records, "error-count": faults}
            told.append(("finished-file", 2, counted))
            self._totals = [self._totals[0] + records, self._totals[1] + faults, self._totals[2] + 1]
        self.seen_files = self.seen_files or bool(found)
        self._tell(told)

    def _tell(self, events: Sequence[tuple[str, int, dict[str, FieldValue]]]) -> None:
        if not events or self._origin is None or self._origin.kind != DIRECTORY:
            return
        out = Out(len(self._origin.outputs), self._work.code.clock.now_ms)
        for kind, version, fields in events:
            out.event(kind, version, dict(fields))
        batch = Batch()
        self._stages.take(self._origin, out, batch)
        self._through(batch)

    def _through(self, batch: Batch) -> None:
        self._stages.run(batch)
        self._after(batch)

    def _after(self, batch: Batch) -> None:
        self._responses += batch.responses
        self.finish, self.reset_offset = self.finish or batch.finish, self.reset_offset or batch.reset_offset

    def lifecycle(self, stage: StagePlan | None, kind: str, fields: dict[str, FieldValue]) -> None:
        """Hands the event of a start or an end to the stage that waits for it.

        Raises:
            StopFault: it cannot take the event.
        """
        if stage is not None:
            tell(stage, self._work.tools(stage), kind, fields)


def _send(batch: Batch, instance: str, pairs: Iterable[tuple[Record, Record | None]]) -> None:
    for record, source in pairs:
        batch.sent.setdefault(instance, []).append(record)
        if source is not None:
            batch.sources[source.header.source_id] = source
