"""Previews: what comes out of every stage, and what is left alone."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

import penstock
from penstock.core.plan import StagePlan
from penstock.core.processors import Out, StopFault, Tools, registry
from penstock.core.records.record import Record

Make = Callable[..., penstock.StreamingFlow]
LINES = '{"a": 1}\n{"a": 2}'
TRASH: tuple[str, dict[str, object]] = ("Trash", {})


def test_a_preview_shows_the_records_of_the_origin_and_what_reaches_trash(flow_of: Make) -> None:
    """Every parsed object is one record; the destination shows them as its input."""
    origin, trash = flow_of(LINES, TRASH).preview()
    assert origin.input is None
    assert origin.output == [(1,), (2,)]
    assert trash.input == [(1,), (2,)]


def test_a_preview_leaves_destinations_out(flow_of: Make) -> None:
    """Destinations do nothing unless the caller asks for it."""
    preview = flow_of(LINES, TRASH).preview()
    assert preview.skipped == (preview[1].instance_name,)


def test_an_expression_sets_a_field(flow_of: Make) -> None:
    """The Expression Evaluator puts the value of its expression into the field."""
    rows = [{"fieldToSet": "/b", "expression": "${record:value('/a') + 1}"}]
    flow = flow_of(LINES, ("Expression Evaluator", {"expressionProcessorConfigs": rows}), TRASH)
    assert flow.preview()[1].output == [(1, 2), (2, 3)]


def test_dev_record_creator_makes_two_clones_of_a_record(flow_of: Make) -> None:
    """Clones are numbered in the attribute ``expanded``."""
    made = flow_of('{"a": 1}', ("Dev Record Creator", {}), TRASH).preview()[1]
    records = next(iter(made.records.values()))
    assert [record.attributes["expanded"] for record in records] == ["1", "2"]


def test_a_record_without_a_required_field_goes_to_error(flow_of: Make) -> None:
    """The error says which stage refused the record, with the code of preconditions."""
    flow = flow_of('{"a": 1}\n{"b": 2}', ("Dev Identity", {"stageRequiredFields": ["/a"]}), TRASH)
    stage = flow.preview()[1]
    assert stage.output == [(1,)]
    assert stage.errors[0].header.error is not None
    assert stage.errors[0].header.error.code == "COMMON_0001"


def test_supplied_records_stand_in_for_an_origin(flow_of: Make) -> None:
    """``inputs`` for an origin are its output; the origin itself is not asked."""
    flow = flow_of(LINES, TRASH)
    name = flow.stages[0].instance_name
    assert flow.preview(inputs={name: [{"z": 9}]})[0].output == [(9,)]


def test_delay_does_not_hold_up_a_preview(flow_of: Make) -> None:
    """Records pass a delay of an hour at once."""
    flow = flow_of(LINES, ("Delay", {"delay": 3_600_000}), TRASH)
    assert flow.preview()[1].output == [(1,), (2,)]


def finished(project: penstock.Project, event: str, **settings: object) -> list[str]:
    """The codes of what a finisher behind the events of an origin refuses."""
    flow = project.create_flow(name="finisher")
    source, end, stage = (
        flow.add_stage(each) for each in ("Dev Raw Data Source", "Trash", "Pipeline Finisher Executor")
    )
    source.set_attributes(raw_data='{"a": 1}', event_data=event, stop_after_first_batch=True)
    stage.set_attributes(**settings)
    source >> end
    (source.connect_event_to if event else source.connect_output_to)(stage)
    preview = flow.preview(write_to_destination=True)
    return [record.header.error.code for record in preview[stage].errors if record.header.error is not None]


@pytest.mark.parametrize(
    ("event", "wanted", "codes"),
    [
        ('{"n": 1}', "raw-data-event", []),
        ('{"n": 1}', "no-more-data", ["PIPELINE_FINISHER_002"]),
        ("", "no-more-data", ["PIPELINE_FINISHER_001"]),
    ],
    ids=["its event", "another event", "no event"],
)
def test_a_finisher_that_reacts_to_events_refuses_everything_else(
    project: penstock.Project, event: str, wanted: str, codes: list[str]
) -> None:
    """Events of its type finish the run; others, and records that are no events, are refused."""
    assert finished(project, event, react_to_events=True, event_type=wanted) == codes


KAFKA = "Kafka Multitopic Consumer"


def strange(project: penstock.Project, middle: str = "Expression Evaluator") -> penstock.StreamingFlow:
    """An origin that no engine here reaches, a stage, an end."""
    flow = project.create_flow(name="strange")
    stages = [flow.add_stage(each) for each in (KAFKA, middle, "Trash")]
    stages[0] >> stages[1] >> stages[2]
    if middle == "Expression Evaluator":
        stages[1].field_expressions = [{"fieldToSet": "/b", "expression": "${record:value('/a') + 1}"}]
    return flow


def test_records_for_a_stage_make_the_origin_before_it_needless(project: penstock.Project) -> None:
    """Only the stage and what is behind it take part."""
    flow = strange(project)
    preview = flow.preview(inputs={flow.stages[1]: [{"a": 1}]})
    assert [stage.instance_name for stage in preview] == [each.instance_name for each in flow.stages[1:]]
    assert preview[flow.stages[1]].output == [(1, 2)]


def test_outputs_that_are_given_take_the_place_of_a_stage(project: penstock.Project) -> None:
    """The origin is not run; its records are those that were given, by lane or for the first one."""
    flow = strange(project)
    lane = flow.stages[0].output_lanes[0]
    for given in ([{"a": 1}], {lane: [{"a": 1}]}):
        preview = flow.preview(outputs={flow.stages[0]: given})
        assert preview[0].input is None
        assert (preview[0].output, preview[2].input) == ([(1,)], [(1, 2)])


def test_a_stage_without_code_shows_the_input_that_it_is_given(project: penstock.Project) -> None:
    """It is left out, not in the way."""
    flow = strange(project, "Groovy Evaluator")
    flow.stages[1].script = "x"
    preview = flow.preview(inputs={flow.stages[1].instance_name: [{"a": 1}]})
    assert preview.skipped == (flow.stages[1].instance_name, flow.stages[2].instance_name)
    assert preview[flow.stages[1]].input == [(1,)]


def test_a_stage_without_code_says_what_can_be_done(project: penstock.Project) -> None:
    """The issue names the stage and the ways out."""
    flow = strange(project)
    with pytest.raises(penstock.PreviewError, match=r"KafkaMultitopicConsumer_01.*supply its input.*remote engine"):
        flow.preview()


@pytest.mark.parametrize("options", [{"inputs": {"Trush_01": []}}, {"run_through_stage": "Trush_01"}], ids=str)
def test_a_stage_that_is_not_there_is_named_with_the_nearest(
    project: penstock.Project, options: dict[str, object]
) -> None:
    """Records for nobody, or a way to nowhere, are a mistake."""
    flow = strange(project)
    with pytest.raises(penstock.PreviewError, match=r"'Trush_01'.*Did you mean 'Trash_01'"):
        flow.preview(**options)  # type: ignore[arg-type]


def test_what_waits_for_events_runs_behind_the_data(project: penstock.Project) -> None:
    """A batch goes through the stages of the data first, whatever the order in the document."""
    flow = project.create_flow(name="order")
    origin = flow.add_stage("Dev Raw Data Source")
    of_events, of_data = flow.add_stage("Dev Identity"), flow.add_stage("Dev Identity")
    ends = [flow.add_stage("Trash"), flow.add_stage("Trash")]
    origin.set_attributes(raw_data='{"a": 1}', event_data='{"a": 2}')
    assert origin >= of_events
    origin >> of_data >> ends[1]
    of_events >> ends[0]
    order = [stage.instance_name for stage in flow.preview()]
    assert order == ["DevRawDataSource_01", "DevIdentity_02", "Trash_02", "DevIdentity_01", "Trash_01"]


@pytest.mark.parametrize("slot", [None, "error"], ids=["destination", "error stage"])
def test_a_destination_that_nobody_knows_is_left_out_like_others(project: penstock.Project, slot: str | None) -> None:
    """Validation names it; a preview, in which it does not run, shows the rest. Written to, it stands in the way."""
    flow = project.create_flow(name="somebody else's")
    source = flow.add_stage("Dev Raw Data Source")
    source.set_attributes(raw_data='{"a": 1}', stop_after_first_batch=True)
    unknown = flow.add_unknown_stage(
        "com_example_DTarget", version="2", library="example-lib", type="TARGET", slot=slot
    )
    end = unknown if slot is None else flow.add_stage("Trash")
    source >> end
    assert not flow.validate().success
    assert flow.preview()[end].input == [(1,)]
    if slot is None:
        with pytest.raises(penstock.PreviewError, match="example-lib"):
            flow.preview(write_to_destination=True)


@pytest.mark.parametrize("fails", [False, True])
def test_what_stages_hold_is_let_go_of(flow_of: Make, monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    """As at the end of a run; that this fails leaves the records as they are."""
    ended: list[str] = []

    class Held:
        def __init__(self, plan: StagePlan, tools: Tools) -> None: ...

        def __call__(self, batch: list[Record], out: Out) -> None:
            for record in batch:
                out.emit(record)

        def close(self, out: Out) -> None:
            ended.append("closed")
            if fails:
                raise StopFault("X_01", "no end")

    kind = "com_streamsets_pipeline_stage_processor_identity_IdentityProcessor"
    monkeypatch.setitem(registry._builders, kind, Held)
    assert flow_of(LINES, ("Dev Identity", {}), TRASH).preview()[1].output == [(1,), (2,)]
    assert ended == ["closed"]


@pytest.mark.parametrize(("through", "ran"), [("DevIdentity_01", True), ("DevRawDataSource_01", False)])
def test_a_preview_can_end_at_a_stage(project: penstock.Project, through: str, ran: bool) -> None:
    """Only what feeds it and itself run; what comes behind shows what would have reached it."""
    flow = project.create_flow(name="flow")
    origin, stage, end = (flow.add_stage(each) for each in ("Dev Raw Data Source", "Dev Identity", "Trash"))
    other, aside = flow.add_stage("Dev Identity"), flow.add_stage("Trash")
    origin.set_attributes(raw_data='{"a": 1}')
    origin >> stage >> end
    origin >> other >> aside
    names = [shown.instance_name for shown in flow.preview(run_through_stage=through)]
    assert (stage.instance_name in names, other.instance_name in names) == (ran, False)


def test_batches_without_anything_do_not_count(project: penstock.Project, tmp_path: Path) -> None:
    """An event makes one; an origin that has nothing more is asked until the time is over."""
    flow = project.create_flow(name="flow")
    origin = flow.add_stage("Directory")
    origin.set_attributes(files_directory=str(tmp_path), data_format="TEXT", file_name_pattern="*.txt")
    origin >> flow.add_stage("Trash")
    assert [event.attributes["sdc.event.type"] for event in flow.preview()[0].events] == ["no-more-data"]
    began = time.monotonic()
    with pytest.raises(penstock.PreviewError, match="TIMED_OUT"):
        flow.preview(batches=2, timeout_ms=300)
    assert time.monotonic() - began > 0.25


def test_a_preview_begins_where_the_data_begins(project: penstock.Project, tmp_path: Path) -> None:
    """Every time, whatever a run committed; it commits nothing itself."""
    (tmp_path / "a.txt").write_text("1\n2\n")
    flow = project.create_flow(name="flow")
    origin = flow.add_stage("Directory")
    origin.set_attributes(files_directory=str(tmp_path), data_format="TEXT", file_name_pattern="*.txt")
    origin >> flow.add_stage("Trash")
    for _ in range(2):
        assert flow.preview(batch_size=1)[0].output == [("1",)]
    assert [len(records) for records in flow.preview(batch_size=1, batches=2)[0].records.values()] == [2]


@pytest.mark.parametrize(("test_origin", "fits"), [("Dev Raw Data Source", True), ("Dev Random Record Source", False)])
def test_a_test_origin_stands_in_for_an_origin_with_events(flow_of: Make, test_origin: str, fits: bool) -> None:
    """Only one that produces events itself can take the place of an origin whose events go somewhere."""
    flow = flow_of(LINES, TRASH)
    stand_in = flow.set_test_origin_stage(test_origin)
    if fits:
        stand_in.configuration.update({"rawData": '{"b": 3}', "dataFormat": "JSON", "stopAfterFirstBatch": True})
        assert flow.preview(test_origin=True)[0].output == [(3,)]
    assert flow.preview()[0].output == [(1,), (2,)]
    flow.stages[0].connect_event_to(flow.add_stage("Trash"))
    if fits:
        assert flow.preview(test_origin=True).status == "FINISHED"
    else:
        with pytest.raises(penstock.PreviewError, match="RUN_ERROR.*CONTAINER_0167"):
            flow.preview(test_origin=True)
