"""Notices of runs: webhooks reach allowed hosts, mails the operator's server."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

import penstock
from penstock.adapters.engine import mailing
from penstock.core.running import InvalidFlowError

from .conftest import Reply, Site


@pytest.fixture
def projects() -> Iterator[list[penstock.Project]]:
    """Projects that are closed behind the test."""
    opened: list[penstock.Project] = []
    yield opened
    for each in opened:
        each.close()


def run_of(project: penstock.Project, settings: dict[str, object], *, lone: bool = False) -> penstock.JobRun:
    """The ended run of a flow with these settings, also with a destination that nothing reaches."""
    flow = project.create_flow(name="Sales")
    origin = flow.add_stage("Dev Raw Data Source")
    origin.configuration["rawData"] = '{"a": 1}'
    origin.configuration["stopAfterFirstBatch"] = True
    origin.connect_output_to(flow.add_stage("Trash"))
    if lone:
        flow.add_stage("Trash")
    for name, value in settings.items():
        flow.configuration[name] = value
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    run.wait()
    return run


def hook(site: Site, **more: object) -> dict[str, object]:
    """Settings that tell a site of start and end."""
    row = {"webhookUrl": f"{site.url}/hook", "payload": "{{PIPELINE_STATE}} {{PIPELINE_OUTPUT_RECORDS_COUNT}}", **more}
    return {"notifyOnStates": ["RUNNING", "FINISHED"], "webhookConfigs": [row]}


def test_somebody_is_told_of_a_start_that_is_refused(site: Site, projects: list[penstock.Project]) -> None:
    """Before the error is raised, with what forbids the start."""
    site.replies = [Reply()]
    projects.append(penstock.open_project())
    row = {"webhookUrl": f"{site.url}/hook", "payload": "{{PIPELINE_STATE}} {{PIPELINE_STATE_MESSAGE}}"}
    with pytest.raises(InvalidFlowError):
        run_of(projects[0], {"notifyOnStates": ["START_ERROR"], "webhookConfigs": [row]}, lone=True)
    (seen,) = site.seen
    assert seen.body.startswith(b"START_ERROR CONTAINER_0158 - ")


def test_a_webhook_is_called_for_every_state_in_order(site: Site, projects: list[penstock.Project]) -> None:
    """With the method, headers and credentials of the setting; the run waits for it at its end."""
    site.replies = [Reply()]
    projects.append(penstock.open_project())
    more = {
        "httpMethod": "PUT",
        "headers": [{"key": "X-Own", "value": "1"}],
        "authType": "BASIC",
        "username": "u",
        "password": "p",
    }
    run_of(projects[0], hook(site, **more))
    assert [(seen.method, seen.path, seen.body) for seen in site.seen] == [
        ("PUT", "/hook", b"RUNNING 0"),
        ("PUT", "/hook", b"FINISHED 1"),
    ]
    assert (site.seen[0].headers["X-Own"], site.seen[0].headers["Authorization"]) == ("1", "Basic dTpw")


def test_a_webhook_that_fails_or_is_not_allowed_is_noted_in_the_log(
    site: Site, projects: list[penstock.Project]
) -> None:
    """The run goes on; hosts that nobody named are not called."""
    site.replies = [Reply(500)]
    projects += [penstock.open_project(), penstock.open_project(hosts=["other.example"])]
    failed, refused = (run_of(project, hook(site)) for project in projects)
    assert (failed.state, refused.state, len(site.seen)) == ("Completed", "Completed", 2)
    assert any("status 500" in line["message"] for line in failed.logs)
    assert any("PENSTOCK_0102" in line["message"] for line in refused.logs)


def test_mails_go_through_the_server_of_the_operator(
    projects: list[penstock.Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one the log says so."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mailing, "send", lambda server, message: sent.append(message))
    projects += [penstock.open_project(mail="smtp://me@localhost"), penstock.open_project()]
    settings: dict[str, object] = {"notifyOnStates": ["FINISHED"], "emailIDs": ["a@example.org"]}
    _, silent = (run_of(project, settings) for project in projects)
    assert [(each["To"], each["From"]) for each in sent] == [("a@example.org", "me")]
    assert sent[0]["Subject"] == "StreamSets Data Collector Alert - Sales - FINISHED"
    assert any("no mail server was named" in line["message"] for line in silent.logs)
