"""A batch through the stages that run in one place, and what is handed out to others."""

import pickle
from collections.abc import Iterator

import attrs
import pytest

import penstock
from penstock.adapters.packaged import packaged_catalogue
from penstock.core.plan import OnError, Plan, StagePlan, compile_flow
from penstock.core.processors.api import Out, Tools
from penstock.core.records.record import Header, Record
from penstock.core.running import Batch, Stages, Tally, metrics_document
from penstock.core.running.stages import keyed_levels
from penstock.sdk import compose


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A fresh project in memory."""
    compose.load_stages()
    with penstock.open_project() as opened:
        yield opened


def tools(stage: StagePlan) -> Tools:
    """A world that stands still."""
    return Tools(stage, lambda: 7, lambda: 0.5, lambda: "id")


def routed(project: penstock.Project) -> Plan:
    """Raw data to a selector, one lane to a deduplicator, one to an error; events of the origin to a finisher."""
    flow = project.create_flow(name="flow")
    raw, route = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Stream Selector")
    unique, end, refuse = flow.add_stage("Record Deduplicator"), flow.add_stage("Trash"), flow.add_stage("To Error")
    finish = flow.add_stage("Pipeline Finisher Executor")
    route.add_predicates(["${record:value('/a') == 1}"])
    raw.connect_output_to(route)
    route.connect_output_to(unique, predicate=route.predicates[0])
    route.connect_output_to(refuse, predicate=route.predicates[1])
    unique.connect_output_to(end)
    raw.connect_event_to(finish)
    return compile_flow(flow.value, packaged_catalogue())


def made(plan: Plan) -> Out:
    """Three records and an event, as the origin puts them out."""
    out = Out(1)
    for number in (1, 2, 1):
        out.emit(Record({"a": number}, Header(f"raw::{number}")))
    out.event("told", 1, {"x": 1})
    return out


def here(instance: str) -> bool:
    """Everything but what waits for others."""
    return not instance.startswith(("RecordDeduplicator", "PipelineFinisher"))


def test_records_for_stages_elsewhere_are_handed_out_in_order(project: penstock.Project) -> None:
    """They keep their lineage; what can be done here is done."""
    plan = routed(project)
    stages = Stages(plan, tools, lambda stage: here(stage.instance), events_here=False)
    batch = Batch()
    assert plan.origin is not None
    stages.take(plan.origin, made(plan), batch)
    stages.run(batch)
    sent = [(instance, record.value) for instance, record in batch.away]
    assert sent == [
        ("RecordDeduplicator_01", {"a": 1}),
        ("RecordDeduplicator_01", {"a": 1}),
        ("PipelineFinisherExecutor_01", {"x": 1}),
    ]
    assert batch.away[0][1].header.stages_path == "DevRawDataSource_01:StreamSelector_01"
    assert stages.tally.errors == 1


def test_what_was_sent_from_elsewhere_goes_on_from_its_stage(project: penstock.Project) -> None:
    """The other half: a deduplicator behind the exchange, a finisher on the driver."""
    plan = routed(project)
    stages = Stages(plan, tools, lambda stage: not here(stage.instance) or "Trash" in stage.instance, events_here=True)
    batch = Batch(sent={"RecordDeduplicator_01": [Record({"a": 1}), Record({"a": 1})]})
    stages.run(batch)
    assert not batch.away
    assert not batch.finish
    assert stages.tally.of("Trash_01", "input") == 2
    batch.sent = {"PipelineFinisherExecutor_01": [Record()]}
    stages.run(batch)
    assert batch.finish


def test_stages_that_need_a_key_know_how_many_exchanges_come_before(project: penstock.Project) -> None:
    """The longest way from the origin counts."""
    plan = routed(project)
    assert keyed_levels(plan, lambda stage: "dedup" in stage.kind) == {"RecordDeduplicator_01": 1}
    assert keyed_levels(plan, lambda stage: stage.kind.endswith(("DeDupDProcessor", "SelectorDProcessor"))) == {
        "StreamSelector_01": 1,
        "RecordDeduplicator_01": 2,
    }


def test_a_stage_that_drops_what_fails_still_reports_its_own_faults(project: penstock.Project) -> None:
    """DISCARD is about records, and about faults that stand for one."""
    plan = routed(project)
    assert plan.origin is not None
    stages = Stages(plan, tools, lambda stage: here(stage.instance), events_here=False)
    out = Out(1)
    out.stage_error("A_1", "of a record")
    out.report("B_2", "of the stage")
    stages.take(attrs.evolve(plan.origin, on_error=OnError.DISCARD), out, Batch())
    assert [code for code, _ in out.stage_errors] == ["B_2"]


def test_counts_add_up_over_places(project: penstock.Project) -> None:
    """They travel as values, and show under the engine's names."""
    plan = routed(project)
    total = Tally()
    for _ in range(2):
        stages = Stages(plan, tools, lambda stage: here(stage.instance), events_here=False)
        batch = Batch()
        assert plan.origin is not None
        stages.take(plan.origin, made(plan), batch)
        stages.run(batch)
        total.merge(pickle.loads(pickle.dumps(stages.tally)))
    counters = metrics_document(plan, total, 2, 1.0)["counters"]
    assert counters["stage.StreamSelector_01.inputRecords.counter"]["count"] == 6  # type: ignore[index,call-overload]
    assert counters["pipeline.batchErrorRecords.counter"]["count"] == 2  # type: ignore[index,call-overload]


def test_bytes_are_counted_by_lane(project: penstock.Project) -> None:
    """The first record of a batch stands for the others; what goes out of a stage goes into the next."""
    plan = routed(project)
    stages = Stages(plan, tools, lambda stage: here(stage.instance), events_here=False)
    batch = Batch()
    assert plan.origin is not None
    stages.take(plan.origin, made(plan), batch)
    stages.run(batch)
    counters = metrics_document(plan, stages.tally, 1, 1.0)["counters"]
    size = 3 * len('{"a":1}')
    assert counters["stage.DevRawDataSource_01.outputBytes.counter"]["count"] == size  # type: ignore[index,call-overload]
    assert counters["stage.StreamSelector_01.inputBytes.counter"]["count"] == size  # type: ignore[index,call-overload]
