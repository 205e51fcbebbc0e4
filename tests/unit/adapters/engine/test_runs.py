"""Runs: states, counters and error records."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

import penstock
from penstock.core.processors import registry

Make = Callable[..., penstock.StreamingFlow]


def test_a_run_ends_as_completed_when_the_origin_has_no_more(project: penstock.Project, flow_of: Make) -> None:
    """An origin that stops after its first batch ends the run."""
    flow = flow_of('{"a": 1}', ("Trash", {}))
    run = project.create_job(name="job", flow=flow).start()
    assert run.wait() == "Completed"


def test_a_run_counts_what_went_into_every_stage(project: penstock.Project, flow_of: Make) -> None:
    """The metrics hold one counter of incoming records per stage."""
    flow = flow_of('{"a": 1}\n{"a": 2}', ("Trash", {}))
    run = project.create_job(name="job", flow=flow).start()
    run.wait()
    counters = run.metrics["counters"]
    assert counters[f"stage.{flow.stages[1].instance_name}.inputRecords.counter"]["count"] == 2


def test_a_run_with_refused_records_says_so_in_its_state(project: penstock.Project, flow_of: Make) -> None:
    """A record sent to error leaves a run that completed with errors."""
    flow = flow_of('{"a": 1}', ("To Error", {}))
    run = project.create_job(name="job", flow=flow).start()
    assert run.wait() == "CompletedWithErrors"


def test_counts_of_a_run_are_those_of_what_came_in_and_out(project: penstock.Project, flow_of: Make) -> None:
    """What reaches a destination counts as put out, unless the destination refuses it."""
    flow = flow_of('{"a": 1}\n{"a": 2}', ("Trash", {}))
    trash, refuses = flow.stages[1], flow.add_stage("To Error")
    flow.stages[0] >> refuses
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    run.wait()
    counters = {name: each["count"] for name, each in run.metrics["counters"].items()}
    assert counters["pipeline.batchInputRecords.counter"] == 2
    assert counters["pipeline.batchOutputRecords.counter"] == 2
    assert counters["pipeline.batchErrorRecords.counter"] == 2
    assert counters[f"stage.{trash.instance_name}.outputRecords.counter"] == 2
    assert counters[f"stage.{refuses.instance_name}.outputRecords.counter"] == 0


def test_stages_get_empty_batches_while_an_origin_waits(
    project: penstock.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As often as the flow says."""
    sizes: list[int] = []
    kind = "com_streamsets_pipeline_stage_destination_devnull_NullDTarget"
    monkeypatch.setitem(registry._builders, kind, lambda plan, tools: lambda batch, out: sizes.append(len(batch)))
    flow = project.create_flow(name="flow")
    origin, end = flow.add_stage("Directory"), flow.add_stage("Trash")
    origin.set_attributes(files_directory=str(tmp_path), data_format="TEXT", file_name_pattern="*.txt")
    origin >> end
    flow.configuration["runnerIdleTIme"] = 1
    project.update_flow(flow)
    (tmp_path / "a.txt").write_text("1\n")
    run = project.create_job(name="job", flow=flow).start()
    ends = time.monotonic() + 9
    while sizes.count(0) < 3 and time.monotonic() < ends:
        time.sleep(0.01)
    run.cancel()
    assert sizes.count(0) >= 3
    assert sum(sizes) == 1
    assert run.metrics["counters"]["pipeline.batchCount.counter"]["count"] < len(sizes)
