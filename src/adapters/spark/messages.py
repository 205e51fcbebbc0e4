"""Messages of Kafka in a worker: those of a consumer to records, records to those of a producer.

Source: the stages' behaviour in Data Collector 3.23.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import attrs

from ...core.el import EvaluationError
from ...core.el.coerce import as_text
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Process, RecordFault, Tools
from ...core.processors.values import place
from ...core.records.record import Header, Record
from .code import StageCode
from .kafka import COLUMNS, settings

ANY_PARTITION = -1
_STAMPS = {0: "CreateTime", 1: "LogAppendTime"}
Place = tuple[str, str | None, int]
"""Topic, key and partition."""


@attrs.frozen
class Message:
    """What a Kafka Producer wants written. ``partition`` is -1 where Kafka chooses."""

    instance: str
    topic: str
    key: str | None
    partition: int
    value: bytes = attrs.field(repr=False)

    @property
    def address(self) -> str:
        """Topic and key as JSON, as Spark can read it."""
        return json.dumps({"topic": self.topic} if self.key is None else {"topic": self.topic, "key": self.key})


class Messages:
    """In a worker: the records of messages, with the headers that the consumer gives them."""

    def __init__(self, stage: StagePlan, code: StageCode, batch_size: int) -> None:
        self._stage, self._code, self._batch_size = stage, code, batch_size
        given = settings(stage)
        self._format, self._settings = given.text("dataFormat", "JSON"), given.under("dataFormatConfig.")
        self._single = given.flag("produceSingleRecordPerMessage")
        self._stamped = given.flag("timestampsEnabled")
        self._capture = given.text("keyCaptureMode", "NONE")
        self._field = given.text("keyCaptureField", "/kafkaMessageKey")
        self._attribute = given.text("keyCaptureAttribute", "kafkaMessageKey")

    def reads(self, batches: Iterable[Any]) -> Iterator[tuple[Out, str]]:
        """Batches of records, each with what sorts it."""
        out, order, held = self._out(), "", 0
        for batch in batches:
            for row in zip(*(batch.column(at).to_pylist() for at in range(len(COLUMNS))), strict=True):
                order = order or f"{row[2]}\0{row[3]:08d}\0{row[4]:020d}"
                self._message(row, out)
                held += 1
                if held == self._batch_size:
                    yield out, order
                    out, order, held = self._out(), "", 0
        if held:
            yield out, order

    def _out(self) -> Out:
        return Out(len(self._stage.outputs), self._code.clock.now_ms)

    def _message(self, row: Sequence[Any], out: Out) -> None:
        key, value, topic, partition, offset, stamp, stamp_type = row
        message_id = f"{topic}::{partition}::{offset}"
        attributes = {"topic": topic, "partition": str(partition), "offset": str(offset)}
        if self._stamped:
            attributes |= {"timestamp": str(stamp), "timestampType": _STAMPS.get(stamp_type, "NoTimestampType")}
        name = None if key is None else bytes(key).decode("utf-8", "replace")
        if value is None:
            out.error(Record(name, Header(message_id)), "KAFKA_74", f"message {message_id} has no value")
            return
        made: list[Record] = []
        try:
            for item in self._code.read_items(io.BytesIO(value), self._format, self._settings):
                if item.fault is not None:
                    raise item.fault
                made.append(_record(item.value, message_id, str(item.label or item.start), attributes))
        except self._code.fault as fault:
            out.error(Record(bytes(value), Header(message_id)), "KAFKA_37", f"message {message_id}: {fault}")
        if self._single and made:
            made[0].value = [record.value for record in made]
            del made[1:]
        for record in made:
            self._keyed(record, name, out)

    def _keyed(self, record: Record, key: str | None, out: Out) -> None:
        if key is not None and self._capture in ("RECORD_HEADER", "RECORD_HEADER_AND_FIELD"):
            record.attributes[self._attribute] = key
        if key is not None and self._capture in ("RECORD_FIELD", "RECORD_HEADER_AND_FIELD"):
            try:
                place(record, self._field, key, "KAFKA_201")
            except RecordFault as fault:
                out.error(record, fault.code, fault.message)
                return
        out.emit(record)


def _record(value: Any, message_id: str, at: str, attributes: dict[str, str]) -> Record:
    if isinstance(value, Record):
        value.attributes.update(attributes)
        value.header.source_id = value.header.source_id or f"{message_id}::{at}"
        return value
    return Record(value, Header(f"{message_id}::{at}", attributes=dict(attributes)))


def producer(code: StageCode, sent: list[Message]) -> Callable[[StagePlan, Tools], Process]:
    """What builds a Kafka Producer whose messages are put into ``sent``, for Spark to write."""

    def build(stage: StagePlan, tools: Tools) -> Process:
        return Producer(stage, tools, code, sent)

    return build


class Producer:
    """Records as messages with topic, key and partition."""

    def __init__(self, stage: StagePlan, tools: Tools, code: StageCode, sent: list[Message]) -> None:
        given = stage.given.under("conf.")
        self._instance, self._sent, self._code = stage.instance, sent, code
        self._make = code.writers(given.text("dataFormat", "JSON"), given.under("dataGeneratorFormatConfig."))
        self._one_per_batch = given.flag("singleMessagePerBatch")
        dynamic = given.flag("runtimeTopicResolution")
        allowed = [name.strip() for name in given.text("topicWhiteList", "*").split(",")]
        self._allowed = None if not dynamic or "*" in allowed else frozenset(allowed)
        self._topic_text = given.text("topicExpression") if dynamic else given.text("topic")
        self._topic = tools.evaluate(self._topic_text)
        self._key = tools.evaluate(given.text("stringMessageKey"))
        self._strategy = given.text("partitionStrategy", "ROUND_ROBIN")
        self._partition = tools.evaluate(given.text("partition"))

    def __call__(self, batch: list[Record], out: Out) -> None:
        """One message per record, or one per topic and partition key."""
        groups: dict[Place, list[Record]] = {}
        for record in batch:
            try:
                where = self._place(record)
                if self._one_per_batch:
                    groups.setdefault(where, []).append(record)
                else:
                    self._send(where, self._written([record]))
            except RecordFault as fault:
                out.error(record, fault.code, fault.message)
            except self._code.fault as fault:
                out.error(record, "KAFKA_51", f"record {record.header.source_id} cannot be written: {fault}")
        for where, records in groups.items():
            try:
                self._send(where, self._written(records))
            except self._code.fault as fault:
                for record in records:
                    out.error(record, "KAFKA_60", f"the records of this batch cannot be written as one: {fault}")

    def _send(self, where: Place, value: bytes) -> None:
        self._sent.append(Message(self._instance, *where, value))

    def _written(self, records: Sequence[Record]) -> bytes:
        writer = self._make()
        return b"".join([*(writer.write(record) for record in records), writer.finish()])

    def _place(self, record: Record) -> Place:
        topic = self._text(self._topic, record, "KAFKA_63", "topic expression")
        if not topic:
            raise RecordFault("KAFKA_62", f"the topic expression {self._topic_text} gives no topic")
        if self._allowed is not None and topic not in self._allowed:
            raise RecordFault("KAFKA_65", f"topic {topic} is none of {', '.join(sorted(self._allowed))}")
        partition = ANY_PARTITION
        key = "" if self._one_per_batch else self._text(self._key, record, "KAFKA_52", "message key")
        if self._strategy == "EXPRESSION":
            text = self._text(self._partition, record, "KAFKA_54", "partition expression")
            if not text.isdecimal():
                raise RecordFault("KAFKA_56", f"the partition expression gives {text!r}, which is no partition")
            partition = int(text)
        elif self._strategy == "DEFAULT" and not key:
            key = self._text(self._partition, record, "KAFKA_54", "partition expression")
        return topic, key or None, partition

    def _text(self, of: Callable[[Record], Any], record: Record, code: str, what: str) -> str:
        try:
            value = of(record)
        except EvaluationError as fault:
            raise RecordFault(code, f"the {what} cannot be evaluated: {fault}") from None
        return as_text(value)
