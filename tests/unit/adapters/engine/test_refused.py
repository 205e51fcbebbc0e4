"""What becomes of refused records, offsets and copies in a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import penstock
from penstock.core.plan import StagePlan
from penstock.core.processors import Out, StopFault, Tools, registry
from penstock.core.processors.api import Process
from penstock.core.records.record import Record

from .test_delivery import run, sdc_records

Make = Callable[..., penstock.StreamingFlow]
IDENTITY = "com_streamsets_pipeline_stage_processor_identity_IdentityProcessor"
TRASH = "com_streamsets_pipeline_stage_destination_devnull_NullDTarget"
ERRORS = "com_streamsets_pipeline_stage_destination_recordstolocalfilesystem_ToErrorLocalFSDTarget"


def builder(work: Callable[[list[Record], Out], None]) -> Callable[[StagePlan, Tools], Process]:
    """What builds a stage that does this."""
    return lambda plan, tools: work


def half_wrong(batch: list[Record], out: Out) -> None:
    """Refuses the first record, reports a fault of the stage, and lets the others go on."""
    out.stage_error("X_02", "nobody's")
    for number, record in enumerate(batch):
        if number:
            out.emit(record)
        else:
            out.error(record, "X_01", "bad")


@pytest.mark.parametrize(
    ("setting", "state", "refused", "faults"),
    [("TO_ERROR", "CompletedWithErrors", 1, 1), ("DISCARD", "Completed", 0, 0), ("STOP_PIPELINE", "Failed", 0, 0)],
)
def test_what_is_refused_goes_where_the_stage_says(
    project: penstock.Project,
    flow_of: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    state: str,
    refused: int,
    faults: int,
) -> None:
    """To the error stage, nowhere, or to the end of the run; faults without a record too. The others go on."""
    monkeypatch.setitem(registry._builders, IDENTITY, builder(half_wrong))
    flow = flow_of('{"a": 1}\n{"a": 2}', ("Dev Identity", {"stageOnRecordError": setting}), ("Trash", {}))
    flow.set_error_stage("Write to File").configuration["directory"] = str(tmp_path)
    flow.configuration["shouldRetry"] = False
    project.update_flow(flow)
    made = run(project, flow)
    assert (made.state, len(sdc_records(tmp_path))) == (state, refused)
    counters = made.metrics["counters"]
    if state == "Failed":
        assert made.message.startswith("X_01 - bad")
    else:
        assert counters["stage.Trash_01.inputRecords.counter"]["count"] == 1
        assert counters["stage.DevIdentity_01.stageErrors.counter"]["count"] == faults


def test_a_record_that_may_not_enter_is_treated_as_one_that_is_refused(
    project: penstock.Project, flow_of: Make
) -> None:
    """STOP_PIPELINE ends the run for it, in destinations too."""
    strict = {"stageRequiredFields": ["/none"], "stageOnRecordError": "STOP_PIPELINE"}
    flow = flow_of('{"a": 1}', ("To Event", strict))
    flow.configuration["shouldRetry"] = False
    project.update_flow(flow)
    made = run(project, flow)
    assert made.state == "Failed"
    assert made.message.startswith("COMMON_0001 - Stage precondition: CONTAINER_0050")


def test_an_error_stage_that_cannot_take_a_record_ends_the_run(
    project: penstock.Project, flow_of: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is dropped in silence."""

    def refuses(batch: list[Record], out: Out) -> None:
        for record in batch:
            out.error(record, "X_03", "full")

    monkeypatch.setitem(registry._builders, ERRORS, builder(refuses))
    flow = flow_of('{"a": 1}', ("To Error", {}))
    flow.set_error_stage("Write to File").configuration["directory"] = str(tmp_path)
    flow.configuration["shouldRetry"] = False
    project.update_flow(flow)
    made = run(project, flow)
    assert (made.state, made.message[:4]) == ("Failed", "X_03")


@pytest.mark.parametrize(("delivery", "again"), [("AT_LEAST_ONCE", ["1", "2"]), ("AT_MOST_ONCE", ["2"])])
def test_a_batch_that_failed_comes_again_or_never(
    project: penstock.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delivery: str, again: list[str]
) -> None:
    """By the guarantee: the offset is safe behind the batch, or ahead of its first destination."""
    seen: list[Any] = []
    broken = [True]

    def take(batch: list[Record], out: Out) -> None:
        if broken[0] and batch:
            raise StopFault("X_01", "gone")
        seen.extend(record.value["text"] for record in batch if isinstance(record.value, dict))

    monkeypatch.setitem(registry._builders, TRASH, builder(take))
    (tmp_path / "a.txt").write_text("1\n2\n")
    flow = project.create_flow(name="flow")
    origin, end = flow.add_stage("Directory"), flow.add_stage("Trash")
    finish = flow.add_stage("Pipeline Finisher Executor")
    finish.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
    finish.configuration["stageOnRecordError"] = "DISCARD"
    origin.set_attributes(files_directory=str(tmp_path), data_format="TEXT", file_name_pattern="*.txt")
    origin.configuration["conf.batchSize"] = 1
    origin >> end
    origin.connect_event_to(finish)
    flow.configuration.update({"deliveryGuarantee": delivery, "shouldRetry": False})
    project.update_flow(flow)
    job = project.create_job(name="job", flow=flow)
    assert job.start().wait() == "Failed"
    broken.clear()
    broken.append(False)
    assert job.start().wait() == "Completed"
    assert seen == again


def test_every_reader_of_a_lane_has_its_own_copy(flow_of: Make) -> None:
    """What one makes of a record the others do not see; several lanes come one after the other."""
    rows = [{"fieldToSet": "/l[0]", "expression": "${9}"}]
    flow = flow_of('{"l": [1]}', ("Expression Evaluator", {"expressionProcessorConfigs": rows}), ("Trash", {}))
    origin, _, end = flow.stages
    other = flow.add_stage("Dev Identity")
    origin >> other >> end
    shown = flow.preview()
    assert shown[other].output == [([1],)]
    assert sorted(shown[end].input or ()) == [([1],), ([9],)]


def test_events_without_a_reader_are_shown_and_nothing_else(flow_of: Make) -> None:
    """They have their creator in their path."""
    flow = flow_of('{"a": 1}', ("Trash", {}))
    flow.stages[0].configuration["eventData"] = '{"e": 1}'
    (event,) = flow.preview()[0].events
    assert (event.value, event.header.stages_path) == ({"e": 1}, flow.stages[0].instance_name)
    assert event.attributes["sdc.event.version"] == "1"


def test_expressions_in_raw_data_are_evaluated_at_the_start(flow_of: Make) -> None:
    """As in every setting that is not for the stage to evaluate."""
    flow = flow_of('{"a": ${1 + 1}}', ("Trash", {}))
    assert flow.preview()[0].output == [(2,)]


def test_a_preview_touches_no_files_of_its_origin(project: penstock.Project, tmp_path: Path) -> None:
    """Files that were read to their end, or that cannot be read, stay where they are."""
    (tmp_path / "bad").mkdir()
    for name, text in (("a", '{"a": 1}'), ("b", "{")):
        (tmp_path / f"{name}.json").write_text(text)
    flow = project.create_flow(name="flow")
    origin = flow.add_stage("Directory")
    origin.set_attributes(files_directory=str(tmp_path), data_format="JSON", file_name_pattern="*.json")
    origin.configuration.update({"conf.postProcessing": "DELETE", "conf.errorArchiveDir": str(tmp_path / "bad")})
    origin >> flow.add_stage("Trash")
    shown = flow.preview(batches=2)
    assert shown[0].output == [(1,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "b.json", "bad"]
    assert list((tmp_path / "bad").iterdir()) == []
