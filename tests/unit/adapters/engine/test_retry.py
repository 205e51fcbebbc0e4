"""Runs that fail and start again."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

import penstock
from penstock.core.errors import PenstockError, UnsupportedError
from penstock.core.plan import StagePlan
from penstock.core.processors import registry
from penstock.core.processors.api import Out, Process, StopFault, Tools
from penstock.core.records.record import Record

Start = Callable[..., penstock.JobRun]
IDENTITY = "com_streamsets_pipeline_stage_processor_identity_IdentityProcessor"


class Naps:
    """Waits that take no time; keeps how long they would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.wakes = True

    async def __call__(self, seconds: float, /) -> None:
        """Notes a wait; only long ones are of interest. Never ends where nobody is to wake up."""
        if seconds >= 1:
            self.seconds.append(seconds)
            if not self.wakes:
                await asyncio.Event().wait()


@pytest.fixture
def naps() -> Naps:
    """The waits of the test."""
    return Naps()


@pytest.fixture
def project(naps: Naps) -> Iterator[penstock.Project]:
    """A project whose waits take no time."""
    with penstock.open_project(sleep=naps) as opened:
        yield opened


class Failing:
    """A stage that fails so many times, and what it saw."""

    def __init__(self, times: int, fault: Exception) -> None:
        self.left, self.fault, self.seen = times, fault, 0

    def build(self, plan: StagePlan, tools: Tools) -> Process:
        """As a stage is built for every attempt."""

        def process(batch: list[Record], out: Out) -> None:
            if self.left:
                self.left -= 1
                raise self.fault
            self.seen += len(batch)

        return process


@pytest.fixture
def run_failing(project: penstock.Project, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts a flow whose one stage fails."""

    def start(failing: Failing, **settings: object) -> penstock.JobRun:
        monkeypatch.setitem(registry._builders, IDENTITY, failing.build)
        flow = project.create_flow(name="flow")
        origin, stage, end = (flow.add_stage(each) for each in ("Dev Raw Data Source", "Dev Identity", "Trash"))
        origin.set_attributes(raw_data='{"a": 1}', data_format="JSON", stop_after_first_batch=True)
        origin >> stage >> end
        flow.configuration.update(settings)
        project.update_flow(flow)
        return project.create_job(name="job", flow=flow).start()

    return start


def test_a_failed_run_starts_again_after_longer_and_longer_waits(run_failing: Start, naps: Naps) -> None:
    """Three failures with three attempts: waits of 15, 30 and 60 seconds, then the run completes."""
    failing = Failing(3, StopFault("X_1", "not yet"))
    run = run_failing(failing, retryAttempts=3)
    assert run.wait() == "Completed"
    assert (naps.seconds, failing.seen) == ([15, 30, 60], 1)


def test_a_run_fails_when_its_attempts_are_used_up(run_failing: Start, naps: Naps) -> None:
    """Two attempts and three failures leave the message of the last one."""
    run = run_failing(Failing(9, StopFault("X_1", "never")), retryAttempts=2)
    assert (run.wait(), run.message, naps.seconds) == ("Failed", "X_1 - never", [15, 30])


@pytest.mark.parametrize(
    ("fault", "state"),
    [(ConnectionResetError("gone"), "Completed"), (ValueError("own fault"), "Failed")],
    ids=["network", "own fault"],
)
def test_without_a_limit_only_faults_from_outside_are_tried_again(
    run_failing: Start, fault: Exception, state: str
) -> None:
    """A broken connection is worth another attempt, a fault of the flow would come again for ever."""
    assert run_failing(Failing(1, fault)).wait() == state


def test_a_run_that_is_told_not_to_retry_fails_at_once(run_failing: Start, naps: Naps) -> None:
    """With retry off there is one attempt, whatever the number says."""
    run = run_failing(Failing(1, ConnectionResetError("gone")), shouldRetry=False, retryAttempts=5)
    assert (run.wait(), naps.seconds) == ("Failed", [])


def test_cancelling_ends_the_wait_for_the_next_attempt(run_failing: Start, naps: Naps) -> None:
    """A run that waits is paused; cancelling it does not wait on."""
    naps.wakes = False
    run = run_failing(Failing(9, StopFault("X_1", "not yet")), retryAttempts=9)
    while run.refresh_status() != "Paused":
        pass
    assert "attempt 1 in 15 s" in run.message
    assert run.cancel() == "Canceled"


def test_the_log_tells_every_state(run_failing: Start) -> None:
    """The states of the pipeline stand in the log in order, and errors with their stage."""
    run = run_failing(Failing(1, StopFault("X_1", "not yet")), retryAttempts=1)
    run.wait()
    texts = [each["message"] for each in run.logs if "->" in each["message"]]
    assert texts == [
        "STARTING -> RUNNING",
        "RUNNING -> RUNNING_ERROR",
        "RUNNING_ERROR -> RETRY",
        "RETRY -> STARTING",
        "STARTING -> RUNNING",
        "RUNNING -> FINISHING",
        "FINISHING -> FINISHED",
    ]


class Unbuilt(Failing):
    """A stage that cannot be built so many times."""

    def build(self, plan: StagePlan, tools: Tools) -> Process:
        """Fails, or passes on nothing."""
        if self.left:
            self.left -= 1
            raise self.fault
        return super().build(plan, tools)


def test_a_start_whose_stages_cannot_be_built_is_tried_again(run_failing: Start, naps: Naps) -> None:
    """The first one like those that follow, until they can be."""
    failing = Unbuilt(2, StopFault("X_1", "not yet"))
    run = run_failing(failing, retryAttempts=2)
    assert (run.wait(), naps.seconds, failing.seen) == ("Completed", [15, 30], 1)
    texts = [each["message"] for each in run.logs if "->" in each["message"]]
    again = ["STARTING -> STARTING_ERROR", "STARTING_ERROR -> RETRY", "RETRY -> STARTING"]
    assert texts == [*again, *again, "STARTING -> RUNNING", "RUNNING -> FINISHING", "FINISHING -> FINISHED"]


def test_a_start_fails_when_its_attempts_are_used_up(run_failing: Start, naps: Naps) -> None:
    """With what kept the stage from being built."""
    run = run_failing(Unbuilt(9, StopFault("X_1", "never")), retryAttempts=1)
    assert (run.wait(), run.message[:12], naps.seconds) == ("Failed", "X_1 - never", [15])


@pytest.mark.parametrize(
    ("fault", "settings"),
    [
        (StopFault("X_1", "never"), {"shouldRetry": False, "retryAttempts": 5}),
        (StopFault("X_1", "never"), {"retryAttempts": 0}),
        (UnsupportedError("X_1 of a kind"), {"retryAttempts": 5}),
    ],
    ids=["retry is off", "no attempts", "not supported"],
)
def test_a_start_that_is_not_tried_again_is_refused_at_once(
    run_failing: Start, naps: Naps, fault: Exception, settings: dict[str, object]
) -> None:
    """What this engine does not have would not be there the next time."""
    with pytest.raises(PenstockError, match="X_1"):
        run_failing(Unbuilt(9, fault), **settings)
    assert naps.seconds == []


def test_refused_records_stand_in_the_log(project: penstock.Project) -> None:
    """Stage, code and reason of a refused record are in the log of the run."""
    flow = project.create_flow(name="flow")
    origin, end = flow.add_stage("Dev Raw Data Source"), flow.add_stage("To Error")
    origin.set_attributes(raw_data='{"a": 1}', data_format="JSON", stop_after_first_batch=True)
    origin >> end
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    run.wait()
    assert any(each["message"].startswith("ToError_01: TOERROR_00 - ") for each in run.logs)
    assert [(each["stage"], each["message"][:10]) for each in run.errors] == [("ToError_01", "TOERROR_00")]


def test_a_wait_for_the_rate_limit_ends_when_the_run_is_cancelled(project: penstock.Project, naps: Naps) -> None:
    """A thousand records at one a second are no reason to wait a quarter of an hour for the end."""
    naps.wakes = False
    flow = project.create_flow(name="flow")
    origin, end = flow.add_stage("Dev Random Record Source"), flow.add_stage("Trash")
    origin >> end
    flow.configuration["rateLimit"] = 1
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    while not naps.seconds:
        run.refresh_status()
    assert run.cancel() == "Canceled"
    assert run.metrics["counters"]["pipeline.batchCount.counter"]["count"] == 1


def test_an_origin_keeps_to_the_rate_of_the_flow(project: penstock.Project, naps: Naps) -> None:
    """So many records a second as it puts out: the wait is as long as the batch should have taken."""
    flow = project.create_flow(name="flow")
    origin, end = flow.add_stage("Dev Data Generator"), flow.add_stage("Trash")
    origin.configuration.update({"delay": 0, "batchSize": 50, "numberOfRecords": 100})
    origin >> end
    flow.configuration["rateLimit"] = 10
    project.update_flow(flow)
    assert project.create_job(name="job", flow=flow).start().wait() == "Completed"
    assert [round(each) for each in naps.seconds] == [5]
