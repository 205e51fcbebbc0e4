"""Promises about the Pipeline Finisher in runs and previews."""

from collections.abc import Callable
from pathlib import Path

import pytest

import penstock
from penstock.adapters.engine import notifying
from penstock.core.processors import registry
from penstock.core.processors.api import Out, Tools
from penstock.core.records.record import Record
from penstock.core.running.notices import Mail, Notice

Make = Callable[[Path], penstock.StreamingFlow]
EMAIL = "com_streamsets_pipeline_stage_executor_emailexecutor_EmailDExecutor"


@pytest.fixture
def finishing(project: penstock.Project, tmp_path: Path) -> Make:
    """A flow that reads a folder and ends when the folder tells that there is no more data."""

    def make(folder: Path) -> penstock.StreamingFlow:
        flow = project.create_flow(name="flow")
        origin, trash, end = (flow.add_stage(each) for each in ("Directory", "Trash", "Pipeline Finisher Executor"))
        origin.set_attributes(files_directory=str(folder), data_format="JSON", file_name_pattern="*.json")
        end.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
        end.configuration["stageOnRecordError"] = "DISCARD"
        origin >> trash
        origin.connect_event_to(end)
        project.update_flow(flow)
        return flow

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files with a record each."""
    for name in "ab":
        (tmp_path / f"{name}.json").write_text('{"a": 1}\n')
    return tmp_path


def read(run: penstock.JobRun) -> int:
    """How many records came in."""
    return int(run.metrics["counters"]["pipeline.batchInputRecords.counter"]["count"])


def test_only_what_fulfils_its_preconditions_finishes(project: penstock.Project, finishing: Make, folder: Path) -> None:
    """Events of new and finished files are refused, the one about no more data ends the run; all files are read."""
    job = project.create_job(name="job", flow=finishing(folder))
    run = job.start()
    assert (run.wait(), run.message, read(run)) == ("Completed", "", 2)


@pytest.mark.parametrize(("resets", "again"), [(False, 0), (True, 2)])
def test_the_offset_is_kept_unless_it_is_to_be_reset(
    project: penstock.Project, finishing: Make, folder: Path, resets: bool, again: int
) -> None:
    """A second run goes on behind the first one, or begins anew."""
    flow = finishing(folder)
    flow.stages[2].configuration["config.resetOffset"] = resets
    project.update_flow(flow)
    job = project.create_job(name="job", flow=flow)
    job.start().wait()
    run = job.start()
    assert (run.wait(), read(run)) == ("Completed", again)


def test_who_asks_last_says_whether_the_offset_is_reset(
    project: penstock.Project, finishing: Make, folder: Path
) -> None:
    """Of two Finishers in one batch."""
    flow = finishing(folder)
    flow.stages[2].configuration["config.resetOffset"] = True
    other = flow.add_stage("Pipeline Finisher Executor")
    other.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
    flow.stages[0].connect_event_to(other)
    project.update_flow(flow)
    job = project.create_job(name="job", flow=flow)
    job.start().wait()
    run = job.start()
    run.wait()
    assert read(run) == 0


def test_the_end_is_told_to_people_and_to_the_stop_event_stage(
    project: penstock.Project, finishing: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As FINISHED: a mail that was asked for, and the reason in the event."""
    told: list[object] = []

    def hand_over(notice: Notice, tools: Tools) -> str:
        assert isinstance(notice, Mail)
        told.append(notice.subject.rpartition(" ")[2])
        return ""

    def take(batch: list[Record], out: Out) -> None:
        told.extend(record.value["reason"] for record in batch if isinstance(record.value, dict))

    monkeypatch.setattr(notifying, "hand_over", hand_over)
    monkeypatch.setitem(registry._builders, EMAIL, lambda plan, tools: take)
    flow = finishing(folder)
    flow.set_stop_event_stage("Email")
    flow.configuration.update({"notifyOnStates": ["FINISHED"], "emailIDs": ["a@example.org"]})
    project.update_flow(flow)
    project.create_job(name="job", flow=flow).start().wait()
    assert told == ["FINISHED", "FINISHED"]


def test_previews_do_not_end_at_a_finisher(project: penstock.Project) -> None:
    """Every batch that was asked for is shown, as a Finisher ends runs only."""
    flow = project.create_flow(name="flow")
    origin, end = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Pipeline Finisher Executor")
    origin.set_attributes(raw_data='{"a": 1}', data_format="JSON")
    origin >> end
    project.update_flow(flow)
    shown = flow.preview(batches=3, write_to_destination=True)
    assert len(shown[0].records[origin.output_lanes[0]]) == 3
