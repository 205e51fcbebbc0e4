"""A flow gives the same records on Spark as in this process: per destination and error lane, as a multiset."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import penstock
from penstock.adapters.engine.runner import runnable
from penstock.adapters.packaged import packaged_catalogue
from penstock.adapters.spark.placing import issues
from penstock.core.archive import read_archive
from penstock.core.catalogue.definitions import StageType
from penstock.core.flow.model import Flow, StageInstance
from penstock.core.plan import compile_flow
from penstock.core.validation import validate
from penstock.examples import fraud, orders, weblog

Same = Callable[[Flow], dict[str, Any]]
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A fresh project in memory."""
    with penstock.open_project() as opened:
        yield opened


@pytest.mark.parametrize("example", [fraud, orders, weblog], ids=lambda each: each.__name__.rpartition(".")[2])
def test_every_example_gives_the_same(project: penstock.Project, same: Same, example: Any) -> None:
    """The flows of the documentation, as they are."""
    assert sum(sum(counts.values()) for counts in same(example.build(project).value).values()) > 0


def raw_origin(project: penstock.Project, records: list[object]) -> StageInstance:
    """Dev Raw Data Source with records as JSON lines."""
    flow = project.create_flow(name=f"raw {len(project.flows)}")
    stage = flow.add_stage("Dev Raw Data Source")
    stage.configuration["rawData"] = "\n".join(map(json.dumps, records))
    stage.configuration["stopAfterFirstBatch"] = True
    return flow.value.stages[0]


def with_records(project: penstock.Project, flow: Flow, records: list[object]) -> Flow:
    """A flow that starts with these records, whatever it read before."""
    raw = raw_origin(project, records)
    plan = compile_flow(flow, packaged_catalogue())
    assert plan.origin is not None

    def replaced(stage: StageInstance) -> StageInstance:
        if plan.origin is None or stage.instance_name != plan.origin.instance:
            return stage
        return attrs.evolve(
            raw, instance_name=stage.instance_name, output_lanes=stage.output_lanes[:1], event_lanes=stage.event_lanes
        )

    return attrs.evolve(flow, stages=tuple(map(replaced, flow.stages)))


RECORDS: list[object] = [
    {"text": "a", "name": "x", "id": 1},
    {"text": "a", "name": "x", "id": 1},
    {"text": None, "name": "ü", "id": 2.5, "list": [1, {"a": True}]},
    {"id": 1 << 40, "name": "", "map": {"b": [None, "c"]}},
    {},
    "no map",
]


def corpus_flows() -> list[Any]:
    """The published flows whose stages behind the origin can all run."""
    if not CORPUS.is_dir():
        reason = "the published flows are not here (../shared/corpus)"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    found = []
    for row in json.loads((CORPUS / "INDEX.json").read_text())["files"]:
        path = CORPUS / row["file"]
        if not any(isinstance(each, dict) and each.get("only_no_external_system_stages") for each in row["pipelines"]):
            continue
        with path.open("rb") as opened:
            flows = [each.flow for each in read_archive(opened, path.name)]
        for flow in flows:
            plan = compile_flow(flow, packaged_catalogue())
            special = [each for each in (plan.error_stage, plan.start_stage, plan.stop_stage) if each is not None]
            stages = [each for each in plan.stages if each.type is not StageType.ORIGIN] + special
            if plan.origin is not None and not flow.fragment and all(map(runnable, stages)):
                found.append(pytest.param(flow, id=f"{row['file']}:{flow.name}"))
    return found


@pytest.mark.parametrize("flow", corpus_flows())
def test_every_published_flow_that_can_run_gives_the_same(
    project: penstock.Project, same: Same, both: Any, flow: Flow
) -> None:
    """With made-up records in place of what its origin would read; flows that no engine takes say so."""
    made = with_records(project, flow, RECORDS)
    faults = validate(made, packaged_catalogue()).issues + compile_flow(made, packaged_catalogue()).issues
    if faults:
        pytest.skip(f"no engine starts it: {faults[0].message}")
    refused = issues(compile_flow(made, packaged_catalogue()), both.engines["spark"]._code)
    if refused:
        pytest.skip(f"not on Spark: {refused[0].message}")
    same(made)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 62), 1 << 62) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3),
    max_leaves=6,
)
records = st.lists(st.fixed_dictionaries({"k": st.integers(0, 3)}, optional={"a": values, "b": values}), max_size=40)


@pytest.fixture
def routed(project: penstock.Project) -> Flow:
    """A flow with an expression that can fail, a selector, a deduplicator, clones and an error stage that keeps."""
    flow = project.create_flow(name="routed")
    raw, change = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Expression Evaluator")
    raw.configuration["rawData"], raw.configuration["stopAfterFirstBatch"] = "{}", True
    change.configuration["expressionProcessorConfigs"] = [
        {"fieldToSet": "/n", "expression": "${record:value('/a') + 1}"}
    ]
    route = flow.add_stage("Stream Selector")
    route.add_predicates(["${record:value('/k') == 1}", "${record:value('/k') < 3}"])
    twice, unique = flow.add_stage("Dev Record Creator"), flow.add_stage("Record Deduplicator")
    unique.configuration["compareFields"] = "SPECIFIED_FIELDS"
    unique.configuration["fieldsToCompare"] = ["/k", "/b"]
    ends = [flow.add_stage("Trash") for _ in range(4)]
    raw.connect_output_to(change)
    change.connect_output_to(route)
    route.connect_output_to(twice, predicate=route.predicates[0])
    route.connect_output_to(unique, predicate=route.predicates[1])
    route.connect_output_to(ends[0], predicate=route.predicates[2])
    twice.connect_output_to(unique)
    twice.connect_output_to(ends[1])
    unique.connect_output_to(ends[2], output_idx=0)
    unique.connect_output_to(ends[3], output_idx=1)
    flow.set_error_stage("Write to File").configuration["directory"] = "/tmp"
    project.update_flow(flow)
    return flow.value


@settings(derandomize=True, max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=records)
def test_any_records_give_the_same(project: penstock.Project, same: Same, routed: Flow, found: list[object]) -> None:
    """Whatever the records hold: lanes, copies, errors, duplicates and types agree."""
    same(with_records(project, routed, found))
