"""Dev Data Generator: records of random values by a list of fields."""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from ...core.plan.given import Given
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Tools
from ...core.records.paths import to_path
from ...core.records.record import Header, Record, copy_value
from ...core.records.values import Date, FieldValue, Float, ListMap, Long, Time, Zoned

FIRST_S, LAST_S = 631_152_000, 1_577_836_800
"""Dates lie between 1990 and 2020."""
TEXT_BYTES = b"StreamSets Inc, San Francisco"


class DataGenerator:
    """A batch of random records, each with an event that has the same fields; the end after so many, where set."""

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given
        self._chance = random.Random(int(tools.random() * 2**53))
        self._fields = [(row.text("field"), row) for row in given.rows("dataGenConfigs")]
        self._field_attributes = {to_path((name,)): held for name, row in self._fields if (held := _attributes(row))}
        self._attributes = given.pairs("headerAttributes")
        self._event = given.text("eventName", "generated-event")
        self._batch_size = max(1, given.integer("batchSize", 1000))
        self._limit = given.integer("recordsToBeGenerated") or None
        self._delay_s = 0.0 if tools.preview else max(0, given.integer("delay", 1000)) / 1000
        self._sleep = tools.sleep
        self._list_map = given.text("rootFieldType", "MAP") == "LIST_MAP"
        self._made = self._sequence = 0

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """As many records as the batch takes, after the configured delay."""
        if self._made:
            self._sleep(self._delay_s)
        count = min(self._batch_size, max_records)
        if self._limit is not None:
            count = min(count, self._limit - self._made)
        for at in range(count):
            values: dict[str, FieldValue] = {name: self._value(row) for name, row in self._fields}
            value = ListMap(values) if self._list_map else values
            out.event(self._event, 1, copy_value(value), f"event:{self._event}:1:{at}", self._attributes)
            out.emit(Record(value, self._header(at)))
        self._made += count
        return None if self._made == self._limit else "generated"

    def _header(self, at: int) -> Header:
        held = {path: dict(each) for path, each in self._field_attributes.items()}
        return Header(source_id=f"random:0:{at}", attributes=dict(self._attributes), field_attributes=held)

    def _value(self, row: Given) -> FieldValue:
        kind = row.text("type", "STRING")
        make = _MAKERS.get(kind)
        if make is not None:
            return make(self._chance)
        if kind == "LONG_SEQUENCE":
            self._sequence += 1
            return Long(self._sequence - 1)
        if kind == "DECIMAL":
            precision = min(18, max(1, row.integer("precision", 10)))
            return Decimal(self._chance.randrange(10**precision)).scaleb(-row.integer("scale", 2))
        return f"{kind.lower().replace('_', ' ')} {self._chance.randrange(1_000_000)}"


def _attributes(row: Given) -> dict[str, str]:
    """The attributes of a field: those that somebody gave it, and those that a decimal brings."""
    held = row.pairs("fieldAttributes")
    if row.text("type") == "DECIMAL":
        held = {**held, "precision": row.text("precision", "10"), "scale": row.text("scale", "2")}
    return held


def _moment(chance: random.Random) -> datetime:
    return datetime.fromtimestamp(chance.randrange(FIRST_S, LAST_S), UTC)


def _as(kind: type[datetime]) -> Callable[[random.Random], FieldValue]:
    return lambda chance: kind.fromtimestamp(chance.randrange(FIRST_S, LAST_S), UTC)


_MAKERS: dict[str, Callable[[random.Random], FieldValue]] = {
    "BOOLEAN": lambda chance: chance.random() < 0.5,
    "INTEGER": lambda chance: chance.randrange(-(2**31), 2**31),
    "LONG": lambda chance: Long(chance.randrange(-(2**63), 2**63)),
    "DOUBLE": lambda chance: chance.random(),
    "FLOAT": lambda chance: Float(chance.random()),
    "STRING": lambda chance: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    "BYTE_ARRAY": lambda chance: TEXT_BYTES,
    "DATE": _as(Date),
    "TIME": _as(Time),
    "DATETIME": _moment,
    "ZONED_DATETIME": _as(Zoned),
}
