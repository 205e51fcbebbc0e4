"""Promises of the Delay processor."""

import pytest

from penstock.adapters.engine.delay import delay
from penstock.core.catalogue.definitions import StageType
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, Tools
from penstock.core.records.record import Record
from penstock.core.values import JsonMap, freeze


def waited(records: int, preview: bool = False, **settings: object) -> tuple[list[float], int]:
    """How long a batch waits, and how many records go on."""
    frozen = freeze(settings)
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("D_01", "delay", StageType.PROCESSOR, given=Given(frozen), outputs=("out",))
    slept: list[float] = []
    out = Out(1)
    tools = Tools(plan, lambda: 0, lambda: 0.5, lambda: "id", preview, sleep=slept.append)
    delay(plan, tools)([Record(1) for _ in range(records)], out)
    return slept, len(out.lanes[0])


@pytest.mark.parametrize(
    ("records", "settings", "seconds"),
    [
        (3, {"delay": 250}, [0.25]),
        (3, {}, [1.0]),
        (0, {"delay": 250}, [0.25]),
        (0, {"delay": 250, "skipDelayOnEmptyBatch": True}, []),
        (3, {"delay": 250, "skipDelayOnEmptyBatch": True}, [0.25]),
    ],
)
def test_a_batch_waits_once(records: int, settings: dict[str, object], seconds: list[float]) -> None:
    """Before it goes on; an empty one may pass at once."""
    assert waited(records, False, **settings) == (seconds, records)


def test_a_preview_does_not_wait() -> None:
    """No record would change by it."""
    assert waited(2, preview=True) == ([], 2)
