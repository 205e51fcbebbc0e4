"""Flows that nobody thought of: any tree of processors over any records is the same on Spark as in this process."""

from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import penstock
from penstock.core.flow.model import Flow

from .test_equality import records, with_records

Same = Callable[[Flow], dict[str, Any]]

STAGES: dict[str, dict[str, object]] = {
    "Dev Identity": {},
    "Dev Record Creator": {},
    "Expression Evaluator": {
        "expressionProcessorConfigs": [{"fieldToSet": "/n", "expression": "${record:value('/a') + 1}"}]
    },
    "Field Flattener": {},
    "Field Masker": {"fieldMaskConfigs": [{"fields": ["/b"], "maskType": "CUSTOM", "mask": "#x#"}]},
    "Field Remover": {"filterOperation": "REMOVE_NULL", "fields": ["/*"]},
    "Field Renamer": {"renameMapping": [{"fromFieldExpression": "/a", "toFieldExpression": "/c"}]},
    "Field Type Converter": {"fieldTypeConverterConfigs": [{"fields": ["/k"], "targetType": "STRING"}]},
    "Record Deduplicator": {"compareFields": "SPECIFIED_FIELDS", "fieldsToCompare": ["/k"]},
    "Stream Selector": {},
}
"""Labels with settings; some of them refuse some records."""


@attrs.frozen
class Step:
    """A stage behind one of the lanes that there are; what becomes of refused records, whether a field is required."""

    label: str
    lane: int
    on_error: str
    asks: bool


steps = st.builds(
    Step, st.sampled_from(sorted(STAGES)), st.integers(0, 9), st.sampled_from(["TO_ERROR", "DISCARD"]), st.booleans()
)


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A fresh project in memory."""
    with penstock.open_project() as opened:
        yield opened


def flow_of(project: penstock.Project, shape: list[Step]) -> Flow:
    """A tree of stages; every lane that nobody reads ends in a Trash."""
    flow = project.create_flow(name=f"made {len(project.flows)}")
    raw = flow.add_stage("Dev Raw Data Source")
    raw.configuration["rawData"], raw.configuration["stopAfterFirstBatch"] = "{}", True
    lanes: list[tuple[penstock.Stage, int]] = [(raw, 0)]
    read: set[int] = set()
    for step in shape:
        stage = flow.add_stage(step.label)
        for name, value in STAGES[step.label].items():
            stage.configuration[name] = value
        if step.label == "Stream Selector":
            stage.add_predicates(["${record:value('/k') > 1}"])
        stage.configuration["stageOnRecordError"] = step.on_error
        if step.asks:
            stage.configuration["stageRequiredFields"] = ["/b"]
        number = step.lane % len(lanes)
        read.add(number)
        source, output = lanes[number]
        source.connect_output_to(stage, output_idx=output)
        two = step.label in ("Record Deduplicator", "Stream Selector")
        lanes += [(stage, output) for output in range(2 if two else 1)]
    for number, (source, output) in enumerate(lanes):
        if number not in read:
            source.connect_output_to(flow.add_stage("Trash"), output_idx=output)
    flow.set_error_stage("Write to File").configuration["directory"] = "/tmp"
    project.update_flow(flow)
    return flow.value


@settings(derandomize=True, max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=st.lists(steps, min_size=1, max_size=6), found=records)
def test_any_flow_gives_the_same(project: penstock.Project, same: Same, shape: list[Step], found: list[object]) -> None:
    """Lanes that several read, refused and discarded records, required fields, exchanges one behind the other."""
    same(with_records(project, flow_of(project, shape), found))
