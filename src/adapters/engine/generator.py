"""Dev Data Generator and Dev Synthetic Data Generator: records of random values by a list of fields."""

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

import attrs

from ...core.java.zones import region
from ...core.plan.given import Given
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Tools
from ...core.records.convert import convert, dated
from ...core.records.paths import quoted
from ...core.records.record import Header, Record, copy_value, own_attributes
from ...core.records.values import FieldType, FieldValue, Float, ListMap, Long

FIRST_YEAR, LAST_YEAR = 1990, 2020
TEXT_BYTES = b"StreamSets Inc, San Francisco"
ZONES = ("UTC", "Europe/Paris", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Australia/Sydney")
_NAMES = ("Ada Lovelace", "Alan Turing", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth")
_CITIES = ("Springfield", "Lakeside", "Riverton", "Fairview", "Kingston", "Greenville")
_WORDS = ("amber", "basalt", "cedar", "delta", "ember", "fjord", "granite", "harbour")
Make = Callable[[random.Random], FieldValue]


@attrs.frozen
class _Field:
    """A field to make: its name, how, and the attributes that it gets."""

    name: str
    make: Make
    attributes: Mapping[str, str] = attrs.field(factory=dict)


class _Generator:
    """A batch of random records, each with an event that has the same fields.

    The origin ends when ``limit`` records are made in all; without a limit it never ends. ``threads`` take turns: as
    many batches in the time of one.
    """

    def __init__(self, tools: Tools, fields: list[_Field], *, event: str, batch_size: int, limit: int | None) -> None:
        self._chance = random.Random(int(tools.random() * 2**53))
        self._tools, self._fields, self._event = tools, fields, event
        self._batch_size, self._limit = max(1, batch_size), limit
        self._made = 0
        self.header: Mapping[str, str] = {}
        self.list_map = False
        self.delay_s, self.threads = 0.0, 1
        self._batches = 0

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """As many records as the batch takes; the configured delay comes between batches."""
        if self._made and self.delay_s:
            self._tools.sleep(self.delay_s / self.threads)
        count = min(self._batch_size, max_records)
        if self._limit is not None:
            count = max(0, min(count, self._limit - self._made))
        for number in range(count):
            self._one(f"{self._batches % self.threads}:{number}", number, out)
        self._made += count
        self._batches += 1
        return "generated" if self._limit is None or self._made < self._limit else None

    def _one(self, place: str, number: int, out: Out) -> None:
        values: dict[str, FieldValue] = {each.name: each.make(self._chance) for each in self._fields}
        notes = {f"/{quoted(each.name)}": dict(each.attributes) for each in self._fields if each.attributes}
        notes |= {
            path: _digits(value)
            for name, value in values.items()
            if isinstance(value, Decimal) and (path := f"/{quoted(name)}") not in notes
        }
        value: FieldValue = ListMap(values) if self.list_map else values
        header = Header(f"random:{place}", attributes=dict(self.header), field_attributes=notes)
        out.event(self._event, 1, copy_value(value), f"event:{self._event}:1:{number}", self.header)
        out.emit(Record(value, header))


def _digits(value: Decimal) -> dict[str, str]:
    sign, digits, exponent = value.as_tuple()
    return {"precision": str(len(digits)), "scale": str(-int(exponent))}


class DataGenerator(_Generator):
    """Dev Data Generator."""

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given
        counter = _Counter()
        fields = [
            _Field(row.text("field"), _maker(row, counter), _attributes(row)) for row in given.rows("dataGenConfigs")
        ]
        wanted = given.integer("numberOfRecords")
        super().__init__(
            tools,
            fields,
            event=given.text("eventName", "generated-event"),
            batch_size=given.integer("batchSize", 1000),
            limit=wanted if wanted > 0 else None,
        )
        self.header = own_attributes(given.pairs("headerAttributes"))
        self.list_map = given.text("rootFieldType", "MAP") == "LIST_MAP"
        self.delay_s = 0.0 if tools.preview else max(0, given.integer("delay", 1000)) / 1000
        self.threads = max(1, given.integer("numThreads", 1))


def _attributes(row: Given) -> dict[str, str]:
    held = row.pairs("fieldAttributes")
    if row.text("type") == "DECIMAL":
        held |= {"precision": str(row.integer("precision", 10)), "scale": str(row.integer("scale", 2))}
    return held


class SyntheticGenerator(_Generator):
    """Dev Synthetic Data Generator: a field with a fixed value repeats it, one without has random values."""

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given
        counter = _Counter()
        fields = [_Field(row.text("fieldName"), _synthetic(row, counter)) for row in given.rows("recordFields")]
        super().__init__(
            tools,
            fields,
            event=given.text("eventName", "generated-event"),
            batch_size=given.integer("batchSize", 1000),
            limit=max(0, given.integer("recordsToGenerate", 1000)),
        )
        rows = given.rows("recordHeaderAttributes")
        self.header = own_attributes({row.text("attributeName"): row.text("attributeValue") for row in rows})
        self.threads = max(1, given.integer("generatorThreads", 1))


def _synthetic(row: Given, counter: "_Counter") -> Make:
    word = row.text("fieldType", "System__Field__String").rpartition("__")[2]
    kind = _SYNTHETIC.get(word.upper().replace("_", ""), word)
    fixed = row.text("fieldValue")
    if not fixed:
        return _of_kind(kind, row, counter)
    target = FieldType[kind] if kind in FieldType.__members__ else FieldType.STRING
    value = fixed.encode() if target is FieldType.BYTE_ARRAY else convert(fixed, target)
    return lambda chance: value


class _Counter:
    """Whole numbers from 0, shared by all fields of the stage."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self, chance: random.Random) -> FieldValue:
        self._next += 1
        return Long(self._next - 1)


def _maker(row: Given, counter: _Counter) -> Make:
    return _of_kind(row.text("type", "STRING"), row, counter)


def _of_kind(kind: str, row: Given, counter: _Counter) -> Make:
    if kind == "LONG_SEQUENCE":
        return counter
    if kind == "DECIMAL":
        precision, scale = min(18, max(1, row.integer("precision", 10))), row.integer("scale", 2)
        return lambda chance: Decimal(chance.randrange(1 - 10**precision, 10**precision)).scaleb(-scale)
    made = _MAKERS.get(kind)
    return made if made is not None else lambda chance: _told(kind, chance)


def _told(kind: str, chance: random.Random) -> str:
    """A text for the groups of made-up facts: people, places, addresses, numbers, words."""
    number = chance.randrange(1_000_000)
    name, city, word = chance.choice(_NAMES), chance.choice(_CITIES), chance.choice(_WORDS)
    for part, text in (
        ("EMAIL", f"{name.lower().replace(' ', '.')}{number}@example.com"),
        ("URL", f"www.{word}{number}.example.com"),
        ("INTERNET", f"{word}{number}.example.com"),
        ("CITY", city),
        ("ADDRESS", f"{number % 1000 + 1} {word.title()} Street, {city}"),
        ("SSN", f"{chance.randrange(100, 900)}-{chance.randrange(10, 99)}-{chance.randrange(1000, 9999)}"),
        ("IDNUMBER", f"{chance.randrange(100, 900)}-{chance.randrange(10, 99)}-{chance.randrange(1000, 9999)}"),
        ("PHONE", f"555-{chance.randrange(100, 999)}-{chance.randrange(1000, 9999)}"),
        ("CRYPTO", f"{chance.getrandbits(256):064x}"),
        ("PRICE", f"{number / 100:.2f}"),
        ("NAME", name),
        ("AUTHOR", name),
    ):
        if part in kind.upper():
            return text
    return f"{kind.lower().replace('_', ' ')} {word} {number}"


def _moment(kind: FieldType, *, day: bool = True, time: bool = True) -> Make:
    def made(chance: random.Random) -> FieldValue:
        year = chance.randint(FIRST_YEAR, LAST_YEAR) if day else 1970
        month, date = (chance.randint(1, 12), chance.randint(1, 28)) if day else (1, 1)
        hours = (chance.randint(0, 23), chance.randint(0, 59), chance.randint(0, 59)) if time else (0, 0, 0)
        zone = region(chance.choice(ZONES)) if kind is FieldType.ZONED_DATETIME else UTC
        return dated(datetime(year, month, date, *hours, tzinfo=zone or UTC), kind)

    return made


_MAKERS: dict[str, Make] = {
    "BOOLEAN": lambda chance: chance.random() < 0.5,
    "BYTE": lambda chance: convert(chance.randrange(-128, 128), FieldType.BYTE),
    "SHORT": lambda chance: convert(chance.randrange(-(2**15), 2**15), FieldType.SHORT),
    "INTEGER": lambda chance: chance.randrange(-(2**31), 2**31),
    "LONG": lambda chance: Long(chance.randrange(-(2**63), 2**63)),
    "DOUBLE": lambda chance: chance.random(),
    "FLOAT": lambda chance: Float(chance.random()),
    "CHAR": lambda chance: convert(chance.choice("abcdefghijklmnopqrstuvwxyz"), FieldType.CHAR),
    "STRING": lambda chance: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    "BYTE_ARRAY": lambda chance: TEXT_BYTES,
    "DATE": _moment(FieldType.DATE, time=False),
    "TIME": _moment(FieldType.TIME, day=False),
    "DATETIME": _moment(FieldType.DATETIME),
    "ZONED_DATETIME": _moment(FieldType.ZONED_DATETIME),
}
_SYNTHETIC = {
    **{kind.replace("_", ""): kind for kind in (*_MAKERS, "DECIMAL", "LONG_SEQUENCE")},
    "ZONEDDATETIME": "ZONED_DATETIME",
    "BIGDECIMAL": "DECIMAL",
    "SEQUENCE": "LONG_SEQUENCE",
}
