"""What forbids a start, and start and stop event stages that fail."""

import re
from collections.abc import Callable

import attrs
import pytest

import penstock
from penstock.core.plan import StagePlan
from penstock.core.processors import registry
from penstock.core.processors.api import Out, Process, StopFault, Tools
from penstock.core.records.record import Record
from penstock.core.running import InvalidFlowError
from penstock.core.values import JsonMap

Make = Callable[..., penstock.StreamingFlow]


def test_a_flow_of_a_newer_engine_is_previewed_and_not_run(project: penstock.Project, flow_of: Make) -> None:
    """VALIDATION_0096 refuses the start; validation and preview only remark it."""
    flow = flow_of('{"a": 1}', ("Trash", {}))
    flow.stages[1].stage_version = "99"
    flow._apply(lambda value: attrs.evolve(value, info=JsonMap({"sdcVersion": "5.6.1"})))
    project.update_flow(flow)
    assert flow.validate().success
    assert flow.preview().status == "FINISHED"
    with pytest.raises(InvalidFlowError) as raised:
        project.create_job(name="job", flow=flow).start()
    assert [(each.code, each.level, each.advice) for each in raised.value.issues] == [
        ("VALIDATION_0096", "PIPELINE", False)
    ]


def test_a_stage_of_a_newer_version_is_previewed_and_not_run(project: penstock.Project, flow_of: Make) -> None:
    """CONTAINER_0902 names every such stage."""
    flow = flow_of('{"a": 1}', ("Dev Identity", {}), ("Trash", {}))
    for stage in flow.stages[1:]:
        stage.stage_version = "99"
    project.update_flow(flow)
    assert flow.preview().status == "FINISHED"
    with pytest.raises(InvalidFlowError, match="version 99.*here it can be previewed") as raised:
        project.create_job(name="job", flow=flow).start()
    assert [(each.code, each.instance_name) for each in raised.value.issues] == [
        ("CONTAINER_0902", "DevIdentity_01"),
        ("CONTAINER_0902", "Trash_01"),
    ]


def test_newer_versions_of_what_a_run_does_not_need_are_no_hindrance(project: penstock.Project, flow_of: Make) -> None:
    """The service's own client writes settings and a test origin above the catalogue's versions into every flow."""
    flow = flow_of('{"a": 1}', ("Trash", {}))
    flow.set_test_origin_stage("Dev Raw Data Source").stage_version = "99"
    flow._apply(lambda value: attrs.evolve(value, version=50))
    project.update_flow(flow)
    assert project.create_job(name="job", flow=flow).start().wait() == "Completed"


def test_a_start_that_issues_forbid_is_a_run_that_failed(project: penstock.Project, flow_of: Make) -> None:
    """START_ERROR with CONTAINER_0158 and every issue; whoever started it is told by an error as well."""
    flow = flow_of('{"a": 1}', ("Trash", {}))
    for _ in range(2):
        flow.add_stage("Trash")
    project.update_flow(flow)
    job = project.create_job(name="job", flow=flow)
    with pytest.raises(InvalidFlowError):
        job.start(name="mine")
    (run,) = job.job_runs
    assert (run.name, run.state, run.refresh_status()) == ("mine", "Failed", "Failed")
    assert re.fullmatch(r"CONTAINER_0158 - .*2 issues.*: Trash_02: VALIDATION_.*; Trash_03: VALIDATION_.*", run.message)
    assert moves(run) == ["START_ERROR"]
    assert run.message in [each["message"] for each in run.logs]


def test_an_empty_flow_is_a_run_that_failed(project: penstock.Project) -> None:
    """Also where somebody is to be told of it: there is no stage that could do so."""
    flow = project.create_flow(name="empty")
    flow.configuration.update({"notifyOnStates": ["START_ERROR"], "emailIDs": ["a@example.org"]})
    project.update_flow(flow)
    job = project.create_job(name="job", flow=flow)
    with pytest.raises(InvalidFlowError):
        job.start()
    assert [each.state for each in job.job_runs] == ["Failed"]


@pytest.mark.parametrize(
    ("label", "settings", "code", "setting"),
    [
        (
            "Field Masker",
            {"fieldMaskConfigs": [{"fields": ["/a"], "maskType": "REGEX", "regex": "(a)", "groupsToShow": "3"}]},
            "MASK_01",
            "fieldMaskConfigs",
        ),
        (
            "Field Renamer",
            {"renameMapping": [{"fromFieldExpression": "/(a", "toFieldExpression": "/b"}]},
            "FIELD_RENAMER_02",
            "renameMapping",
        ),
    ],
)
def test_validation_tells_what_keeps_a_processor_from_being_built(
    project: penstock.Project, flow_of: Make, label: str, settings: dict[str, object], code: str, setting: str
) -> None:
    """The codes of the original's own start, with the setting; a flow that the rules refuse is not built."""
    flow = flow_of('{"a": 1}', (label, settings), ("Trash", {}))
    found = flow.validate()
    assert not found.success
    assert [(each.code, each.instance_name) for each in found.issues] == [(code, flow.stages[1].instance_name)]
    flow.add_stage("Trash")
    project.update_flow(flow)
    codes = [each.code for each in flow.validate().issues]
    assert codes
    assert code not in codes


def test_what_the_engine_is_not_told_is_a_remark(project: penstock.Project, flow_of: Make) -> None:
    """A property of the engine may be there on another machine."""
    values = [{"key": "k", "value": "${runtime:conf('not.there')}"}]
    flow = flow_of('{"a": 1}', ("Static Lookup", {"conf.values": values}), ("Trash", {}))
    found = flow.validate()
    assert found.success
    assert any("not.there" in each.message for each in found.remarks)


class Noting:
    """Stages that note what happens to them, in order; those in ``fails`` refuse or break."""

    def __init__(self, **fails: str) -> None:
        self.fails, self.notes, self.events = fails, list[str](), list[Record]()

    def builder(self, name: str) -> Callable[[StagePlan, Tools], Process]:
        """What builds one of them."""

        def build(plan: StagePlan, tools: Tools) -> Process:
            self.notes.append(f"build {name}")
            if self.fails.get(name) == "build":
                raise StopFault("X_01", "cannot be built")
            return _Noted(self, name)

        return build


class _Noted:
    def __init__(self, noting: Noting, name: str) -> None:
        self._noting, self._name = noting, name

    def __call__(self, batch: list[Record], out: Out) -> None:
        for record in batch:
            kind = record.attributes.get("sdc.event.type", "record")
            self._noting.notes.append(f"{self._name} {kind}")
            self._noting.events.append(record)
            how = self._noting.fails.get(self._name)
            if how == "refuse":
                out.error(record, "X_02", "no")
            elif how is not None:
                raise StopFault("X_03", "broken") if how == "break" else ConnectionResetError("gone")

    def close(self, out: Out) -> None:
        self._noting.notes.append(f"close {self._name}")


Start = Callable[..., penstock.JobRun]
KINDS = {
    "start": "com_streamsets_pipeline_stage_executor_shell_ShellDExecutor",
    "stop": "com_streamsets_pipeline_stage_executor_emailexecutor_EmailDExecutor",
    "stage": "com_streamsets_pipeline_stage_processor_identity_IdentityProcessor",
    "errors": "com_streamsets_pipeline_stage_destination_recordstolocalfilesystem_ToErrorLocalFSDTarget",
}


@pytest.fixture
def noted(project: penstock.Project, flow_of: Make, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts a flow with a start and a stop event stage and an error stage."""

    def start(noting: Noting, on_error: str = "TO_ERROR", **settings: object) -> penstock.JobRun:
        for name, kind in KINDS.items():
            monkeypatch.setitem(registry._builders, kind, noting.builder(name))
        flow = flow_of('{"a": 1}', ("Dev Identity", {}), ("Trash", {}))
        flow.set_start_event_stage("Shell")
        flow.set_stop_event_stage("Email")
        flow.set_error_stage("Write to File").configuration["directory"] = "/tmp"
        assert flow.start_event is not None
        flow.start_event.configuration["config.script"] = "true"
        flow.start_event.configuration["stageOnRecordError"] = on_error
        flow.configuration.update({"shouldRetry": False, "parameters": {"own": "1", "other": "2"}, **settings})
        project.update_flow(flow)
        return project.create_job(name="job", flow=flow, runtime_parameters={"own": 5}).start()

    return start


def moves(run: penstock.JobRun) -> list[str]:
    """The states of the pipeline in order."""
    return [each["message"].rpartition(" ")[2] for each in run.logs if " -> " in each["message"]]


def test_start_and_stop_events_have_their_place(noted: Start) -> None:
    """The start event goes out behind the error stage and ahead of the others, the stop event behind all of them."""
    noting = Noting()
    assert noted(noting).wait() == "Completed"
    assert noting.notes == [
        *("build errors", "build start", "start pipeline-start", "build stop", "build stage"),
        *("stage record", "close stage", "close errors", "close start", "stop pipeline-stop", "close stop"),
    ]


def test_the_events_say_what_runs_and_why_it_ended(noted: Start) -> None:
    """The start event has the runtime parameters, the stop event the reason."""
    noting = Noting()
    run = noted(noting)
    run.wait()
    begun, ended = (each.value for each in noting.events if "sdc.event.type" in each.attributes)
    assert isinstance(begun, dict)
    assert isinstance(ended, dict)
    assert list(begun) == ["user", "pipelineId", "pipelineTitle", "jobId", "jobName", "parameters"]
    assert begun["parameters"] == {"own": "5"}
    assert list(ended) == ["reason", "pipelineId", "pipelineTitle", "jobId", "jobName"]
    assert ended["reason"] == "FINISHED"


@pytest.mark.parametrize(
    ("how", "why"),
    [("refuse", "CONTAINER_0792 - .*X_02 - no"), ("break", "X_03 - broken"), ("network", "ConnectionResetError: gone")],
)
def test_a_start_event_that_fails_is_a_start_that_failed(noted: Start, how: str, why: str) -> None:
    """START_ERROR with CONTAINER_0791; the other stages are built and closed, no batch and no stop event is made."""
    noting = Noting(start=how)
    run = noted(noting)
    assert run.wait() == "Failed"
    assert re.fullmatch(f"CONTAINER_0791 - .*{why}", run.message)
    assert moves(run) == ["STARTING_ERROR", "START_ERROR"]
    assert noting.notes == [
        *("build errors", "build start", "start pipeline-start", "build stop", "build stage", "close start")
    ]


def test_a_refused_start_event_may_be_discarded(noted: Start) -> None:
    """With *Discard* the run goes on."""
    assert noted(Noting(start="refuse"), on_error="DISCARD").wait() == "Completed"


def test_a_failed_start_event_is_tried_again(noted: Start, project: penstock.Project) -> None:
    """A start that failed is another attempt where the flow retries; it waits as a paused run meanwhile."""
    noting = Noting(start="break")
    run = noted(noting, shouldRetry=True, retryAttempts=1)
    while run.refresh_status() != "Paused":
        pass
    noting.fails.clear()
    assert moves(run) == ["STARTING_ERROR", "RETRY"]
    assert run.cancel() == "Canceled"


def test_a_stage_that_cannot_be_built_ends_a_start_that_was_told(noted: Start, project: penstock.Project) -> None:
    """The start event is out by then, so the stop event says that it failed."""
    noting = Noting(stage="build")
    with pytest.raises(InvalidFlowError, match="X_01"):
        noted(noting)
    (run,) = project.jobs.get(name="job").job_runs
    assert (run.state, run.message[:7]) == ("Failed", "X_01 - ")
    assert moves(run) == ["STARTING_ERROR", "START_ERROR"]
    assert noting.notes[-3:] == ["close start", "stop pipeline-stop", "close stop"]
    assert isinstance(noting.events[-1].value, dict)
    assert noting.events[-1].value["reason"] == "FAILURE"


def test_a_stage_that_cannot_be_built_is_tried_again(noted: Start) -> None:
    """As often as the flow says; meanwhile the start is a paused run, and the stop event of the attempt is out."""
    noting = Noting(stage="build")
    run = noted(noting, shouldRetry=True, retryAttempts=1)
    while run.refresh_status() != "Paused":
        pass
    assert run.message == "X_01 - cannot be built (attempt 1 in 15 s)"
    assert moves(run) == ["STARTING_ERROR", "RETRY"]
    assert noting.notes[-3:] == ["close start", "stop pipeline-stop", "close stop"]
    assert run.cancel() == "Canceled"


def test_without_a_limit_a_stage_that_cannot_be_built_is_not_tried_again(noted: Start) -> None:
    """It would fail for ever."""
    with pytest.raises(InvalidFlowError, match="X_01"):
        noted(Noting(stage="build"), shouldRetry=True, retryAttempts=-1)


def test_no_stop_event_where_an_error_stage_cannot_be_built(noted: Start) -> None:
    """What failed ahead of the stop event stage keeps it from being told; the start event went out."""
    noting = Noting(errors="build")
    with pytest.raises(InvalidFlowError, match="X_01"):
        noted(noting)
    assert "start pipeline-start" in noting.notes
    assert "stop pipeline-stop" not in noting.notes


def test_a_stop_event_that_fails_is_an_end_that_failed(noted: Start) -> None:
    """STOP_ERROR with CONTAINER_0791, behind a run that had finished."""
    run = noted(Noting(stop="break"))
    assert run.wait() == "Failed"
    assert run.message.startswith("CONTAINER_0791 - ")
    assert moves(run) == ["RUNNING", "FINISHING", "STOPPING_ERROR", "STOP_ERROR"]


def test_the_first_fault_stays_the_reason(noted: Start) -> None:
    """A run that failed and whose stop event fails too ends as RUN_ERROR with its own message."""
    noting = Noting(stage="break", stop="break")
    run = noted(noting)
    assert (run.wait(), run.message) == ("Failed", "X_03 - broken")
    assert moves(run) == ["RUNNING", "RUNNING_ERROR", "STOPPING_ERROR", "RUN_ERROR"]
    assert isinstance(noting.events[-1].value, dict)
    assert noting.events[-1].value["reason"] == "FAILURE"


def test_a_run_that_somebody_stops_says_so(project: penstock.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stop event has the reason USER_ACTION."""
    noting = Noting()
    monkeypatch.setitem(registry._builders, KINDS["stop"], noting.builder("stop"))
    flow = project.create_flow(name="flow")
    flow.add_stage("Dev Data Generator") >> flow.add_stage("Trash")
    flow.set_stop_event_stage("Email")
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    assert run.cancel() == "Canceled"
    (ended,) = (event.value for event in noting.events)
    assert isinstance(ended, dict)
    assert ended["reason"] == "USER_ACTION"


def test_a_runtime_value_counts_when_a_flow_is_judged(project: penstock.Project, flow_of: Make) -> None:
    """A template whose parameters have no value that fits runs with one that does, and with no other."""
    flow = flow_of('{"a": 1}', ("Trash", {}))
    flow.configuration["parameters"] = {"length": "<length>"}
    flow.stages[0].configuration["max_object_length_in_chars"] = "${length}"
    project.update_flow(flow)
    run = project.create_job(name="with", flow=flow, runtime_parameters={"length": "4096"}).start()
    assert run.wait() == "Completed"
    with pytest.raises(InvalidFlowError, match="'<length>' is no number"):
        project.create_job(name="without", flow=flow).start()
