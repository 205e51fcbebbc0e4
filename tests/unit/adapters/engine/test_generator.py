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
