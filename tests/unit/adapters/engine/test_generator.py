"""Dev Data Generator."""

from decimal import Decimal

from penstock.adapters.engine.generator import DataGenerator
from penstock.core.catalogue.definitions import StageType
from penstock.core.plan import Given, StagePlan
from penstock.core.processors.api import Out, Tools
from penstock.core.values import freeze


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
    origin, sizes = generator(batchSize=10, recordsToBeGenerated=12), list[int]()
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
