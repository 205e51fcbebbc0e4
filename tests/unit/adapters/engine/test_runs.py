"""Runs: states, counters and error records."""

from collections.abc import Callable

import penstock

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
