"""Running one processor on a few records."""

from collections.abc import Callable

import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, Tools, find
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue
from penstock.core.values import JsonMap, freeze

Play = Callable[..., Out]
PREFIX = "com_streamsets_pipeline_stage_"


@pytest.fixture
def play() -> Play:
    """``play(kind, settings, *values)``: what a stage makes of records with these values."""

    def run(
        kind: str,
        settings: dict[str, object],
        *values: FieldValue,
        lanes: tuple[str, ...] = ("out",),
        notes: dict[str, dict[str, str]] | None = None,
        attributes: dict[str, str] | None = None,
        version: str = "1",
        services: dict[str, Given] | None = None,
    ) -> Out:
        frozen = freeze(settings)
        assert isinstance(frozen, JsonMap)
        plan = StagePlan(
            "S_01",
            PREFIX + kind,
            StageType.PROCESSOR,
            version=version,
            given=Given(frozen),
            outputs=lanes,
            services=services or {},
        )
        tools = Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(now_ms=lambda: 1000))
        build = find(plan.kind)
        assert build is not None
        out = Out(len(lanes), lambda: 1000)
        records = [
            Record(
                value,
                Header(
                    source_id=f"r{at}",
                    attributes=dict(attributes or {}),
                    field_attributes={path: dict(note) for path, note in (notes or {}).items()},
                ),
            )
            for at, value in enumerate(values)
        ]
        build(plan, tools)(records, out)
        return out

    return run
