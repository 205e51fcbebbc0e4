"""Dev Data Generator."""

import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from penstock.adapters.engine.generator import DataGenerator, SyntheticGenerator
from penstock.adapters.engine.origins import RandomRecords
from penstock.core.catalogue.definitions import StageType
from penstock.core.java.kinds import kind_of
from penstock.core.plan import Given, StagePlan
from penstock.core.processors.api import Out, Tools
from penstock.core.records.values import FieldType, FieldValue, ListMap, Long
from penstock.core.values import freeze

KINDS = "BOOLEAN BYTE BYTE_ARRAY CHAR DATE DATETIME DECIMAL DOUBLE FLOAT INTEGER LONG SHORT STRING TIME ZONED_DATETIME"


def test_generated_records_have_the_configured_fields_and_an_event_each() -> None:
    """A sequence counts from 0, a decimal keeps its scale, and every record has an event."""
    rows = [{"field": "n", "type": "LONG_SEQUENCE"}, {"field": "d", "type": "DECIMAL", "precision": 6, "scale": 2}]
    given = Given(freeze({"dataGenConfigs": rows, "batchSize": 3}))  # type: ignore[arg-type]
    plan = StagePlan("g", "generator", StageType.ORIGIN, given=given)
    out = Out(1)
    DataGenerator(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: "id", True)).read(None, 10, out)
    values = [record.value for record in out.lanes[0]]
    assert [value["n"] for value in values if isinstance(value, dict)] == [0, 1, 2]
    assert isinstance(values[0], dict)
    assert isinstance(values[0]["d"], Decimal)
    assert len(out.events) == 3


def generator(**settings: object) -> DataGenerator:
    """The origin with these settings, as a preview sees it."""
    plan = StagePlan("g", "generator", StageType.ORIGIN, given=Given(freeze(settings)))  # type: ignore[arg-type]
    return DataGenerator(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: "id", True))


def test_records_to_be_generated_end_the_origin_with_a_short_last_batch() -> None:
    """Twelve records in batches of ten are two batches, ten and two, and then the data ends."""
    origin, sizes = generator(batchSize=10, numberOfRecords=12), list[int]()
    offset: str | None = ""
    while offset is not None:
        out = Out(1)
        offset = origin.read(offset, 1000, out)
        sizes.append(len(out.lanes[0]))
    assert sizes == [10, 2]


def test_generated_fields_have_their_attributes() -> None:
    """Attributes of a field are on every record; a decimal brings its precision and scale."""
    rows = [
        {"field": "f", "type": "LONG", "fieldAttributes": [{"key": "unit", "value": "m"}]},
        {"field": "d", "type": "DECIMAL", "precision": 6, "scale": 1},
    ]
    out = Out(1)
    generator(dataGenConfigs=rows, batchSize=1).read(None, 10, out)
    assert out.lanes[0][0].header.field_attributes == {
        "/f": {"unit": "m"},
        "/d": {"precision": "6", "scale": "1"},
    }


def test_record_ids_count_within_their_batch() -> None:
    """The second batch begins with the ids of the first, as in the original."""
    origin, ids = generator(batchSize=2), []
    for _ in range(2):
        out = Out(1)
        origin.read("", 10, out)
        ids += [record.header.source_id for record in out.lanes[0]]
    assert ids == ["random:0:0", "random:0:1"] * 2


def synthetic(**settings: object) -> SyntheticGenerator:
    """The synthetic origin with these settings, as a preview sees it."""
    plan = StagePlan("g", "synthetic", StageType.ORIGIN, given=Given(freeze(settings)))  # type: ignore[arg-type]
    return SyntheticGenerator(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: "id", True))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("System__Field__String", "x", "x"),
        ("System__Field__Integer", "7", 7),
        ("System__Field__Long", "7", Long(7)),
        ("System__Field__Boolean", "true", True),
        ("System__Field__Double", "1.5", 1.5),
        ("System__Field__Decimal", "1.50", Decimal("1.50")),
    ],
)
def test_a_synthetic_field_with_a_value_repeats_it(kind: str, text: str, value: FieldValue) -> None:
    """In its type."""
    out = Out(1)
    synthetic(recordFields=[{"fieldName": "f", "fieldType": kind, "fieldValue": text}], batchSize=2).read(None, 10, out)
    assert [record.value for record in out.lanes[0]] == [{"f": value}] * 2
    assert isinstance(out.lanes[0][0].value, dict)
    assert type(out.lanes[0][0].value["f"]) is type(value)


def test_a_synthetic_field_without_a_value_is_made_up() -> None:
    """A value of its type."""
    out = Out(1)
    synthetic(recordFields=[{"fieldName": "f", "fieldType": "System__Field__Long"}], batchSize=5).read(None, 10, out)
    made = [record.value["f"] for record in out.lanes[0] if isinstance(record.value, dict)]
    assert len(set(map(str, made))) == 5
    assert {type(each) for each in made} == {Long}


def test_synthetic_records_end_when_all_are_made() -> None:
    """With their attributes, and an event each."""
    rows = [{"attributeName": "k", "attributeValue": "v"}]
    origin = synthetic(recordsToGenerate=3, batchSize=2, recordHeaderAttributes=rows)
    first, last = Out(1), Out(1)
    assert origin.read(None, 10, first) is not None
    assert origin.read("generated", 10, last) is None
    assert [len(out.lanes[0]) for out in (first, last)] == [2, 1]
    assert first.lanes[0][0].attributes == {"k": "v"}
    assert len(first.events) == 2


@pytest.mark.parametrize("kind", KINDS.split())
def test_every_type_can_be_generated(kind: str) -> None:
    """The value has the type that was asked for."""
    out = Out(1)
    rows = [{"field": "f", "type": kind, "precision": 5, "scale": 2}]
    generator(dataGenConfigs=rows, batchSize=20).read(None, 20, out)
    assert {kind_of(record.value["f"]) for record in out.lanes[0] if isinstance(record.value, dict)} == {
        FieldType[kind]
    }


def test_roots_can_be_list_maps() -> None:
    """As the setting says."""
    out = Out(1)
    generator(dataGenConfigs=[{"field": "f", "type": "LONG"}], rootFieldType="LIST_MAP", batchSize=1).read(None, 1, out)
    assert type(out.lanes[0][0].value) is ListMap


@pytest.mark.parametrize(
    "origin",
    [lambda: generator(batchSize=1, numThreads=2), lambda: synthetic(batchSize=1, generatorThreads=2)],
    ids=["generator", "synthetic"],
)
def test_threads_take_turns(origin: Callable[[], DataGenerator | SyntheticGenerator]) -> None:
    """The ids tell the thread; batch after batch another one."""
    held, ids = origin(), []
    for _ in range(3):
        out = Out(1)
        held.read("", 10, out)
        ids += [record.header.source_id for record in out.lanes[0]]
    assert ids == ["random:0:0", "random:1:0", "random:0:0"]


def made(most: int = 100, **settings: object) -> Out:
    """One batch."""
    out = Out(1)
    generator(**settings).read(None, most, out)
    return out


def test_a_batch_is_as_large_as_it_may_be_at_most() -> None:
    """The smaller of what is set and what is asked for."""
    assert [len(made(most, batchSize=5).lanes[0]) for most in (3, 5, 9)] == [3, 5, 5]


def test_an_event_has_the_fields_and_attributes_of_its_record() -> None:
    """With the name that is set, and a number in its id."""
    rows = [{"field": "f", "type": "LONG_SEQUENCE"}]
    headers = [{"key": "k", "value": "v"}]
    out = made(dataGenConfigs=rows, batchSize=2, headerAttributes=headers, eventName="told")
    assert [event.value for event in out.events] == [record.value for record in out.lanes[0]]
    assert [record.attributes for record in out.lanes[0]] == [{"k": "v"}] * 2
    told = [(each.header.source_id, each.attributes["sdc.event.version"], each.attributes["k"]) for each in out.events]
    assert told == [("event:told:1:0", "1", "v"), ("event:told:1:1", "1", "v")]


def test_sequences_of_a_stage_count_together() -> None:
    """From 0, over fields, records and batches."""
    origin = generator(dataGenConfigs=[{"field": name, "type": "LONG_SEQUENCE"} for name in "ab"], batchSize=1)
    out = Out(1)
    for _ in range(2):
        origin.read(None, 1, out)
    assert [record.value for record in out.lanes[0]] == [{"a": 0, "b": 1}, {"a": 2, "b": 3}]


@pytest.mark.parametrize(
    ("kind", "fits"),
    [
        ("DOUBLE", lambda value: 0 <= value < 1),
        ("FLOAT", lambda value: 0 <= value < 1),
        ("STRING", lambda value: str(uuid.UUID(value)) == value),
        ("BYTE_ARRAY", lambda value: value == b"StreamSets Inc, San Francisco"),
        ("DATE", lambda value: 1990 <= value.year <= 2020 and value.hour == 0),
        ("DATETIME", lambda value: 1990 <= value.year <= 2020),
        ("ZONED_DATETIME", lambda value: 1990 <= value.year <= 2020),
        ("DECIMAL", lambda value: abs(value) < 10**3 and value.as_tuple().exponent == -2),
        ("EMAIL", lambda value: re.fullmatch(r"[a-z.]+\d+@[a-z.]+", value)),
        ("SSN", lambda value: re.fullmatch(r"\d{3}-\d{2}-\d{4}", value)),
        ("ADDRESS_CITY", lambda value: value.istitle()),
        ("NAME_FULL_NAME", lambda value: len(value.split()) == 2),
        ("BOOK_TITLE", lambda value: bool(value)),
    ],
)
def test_values_are_in_the_range_of_their_type(kind: str, fits: Callable[[Any], object]) -> None:
    """UUIDs for texts, 30 years for dates, facts for what is named after them."""
    out = made(dataGenConfigs=[{"field": "f", "type": kind, "precision": 5, "scale": 2}], batchSize=50)
    assert all(fits(record.value["f"]) for record in out.lanes[0] if isinstance(record.value, dict))


@pytest.mark.parametrize(("preview", "slept"), [(True, []), (False, [0.25])])
@pytest.mark.parametrize("origin", [DataGenerator, RandomRecords])
def test_batches_keep_their_distance(origin: Any, preview: bool, slept: list[float]) -> None:
    """As it is set; a preview does not wait."""
    waits: list[float] = []
    given = Given(freeze({"delay": 250, "batchSize": 1}))  # type: ignore[arg-type]
    plan = StagePlan("g", "generator", StageType.ORIGIN, given=given, outputs=("out",))
    held = origin(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: "id", preview, sleep=waits.append))
    for _ in range(2):
        held.read(None, 1, Out(1))
    assert waits == slept
