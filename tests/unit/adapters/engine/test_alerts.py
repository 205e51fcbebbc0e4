"""Promises about rules in runs: alerts on the run, in its log, and sent to people."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

import penstock
from penstock.adapters.engine import notifying, runs
from penstock.core.flow.model import Envelope
from penstock.core.processors.api import Tools
from penstock.core.running.notices import Mail, Notice, WebCall
from penstock.core.values import JsonMap, freeze

Make = Callable[..., penstock.StreamingFlow]
METRIC = {
    "id": "m",
    "alertText": "records came",
    "metricId": "pipeline.batchInputRecords.counter",
    "metricType": "COUNTER",
    "metricElement": "COUNTER_COUNT",
    "condition": "${value() > 1}",
    "sendEmail": True,
    "enabled": True,
}
DATA = {
    "id": "d",
    "label": "large",
    "samplingPercentage": 100,
    "condition": "${record:value('/a') > LIMIT}",
    "alertEnabled": True,
    "alertText": "a is ${record:value('/a')}",
    "thresholdType": "COUNT",
    "thresholdValue": "0",
    "meterEnabled": True,
    "enabled": True,
}
ROWS = '{"a": 1}\n{"a": 2}\n{"a": 3}'


def with_rules(flow: penstock.StreamingFlow, **document: object) -> None:
    """Gives a flow rules."""
    rules = freeze(document)
    assert isinstance(rules, JsonMap)
    flow._apply(lambda value: attrs.evolve(value, envelope=Envelope(rules=rules)))


def by_id(run: penstock.JobRun) -> dict[str, dict[str, Any]]:
    """The alerts of a run."""
    return {each["rule_id"]: each for each in run.alerts}


def test_alerts_of_a_run_are_on_it_and_in_its_log(project: penstock.Project, flow_of: Make) -> None:
    """Of metrics, and of records on a lane, with the parameters of the flow."""
    flow = flow_of(ROWS, ("Dev Identity", {}), ("Trash", {}))
    flow.configuration["parameters"] = {"LIMIT": "1"}
    with_rules(
        flow,
        metricsRuleDefinitions=[METRIC, {**METRIC, "id": "off", "enabled": False}],
        dataRuleDefinitions=[{**DATA, "lane": flow.stages[1].output_lanes[0]}],
    )
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    assert run.wait() == "Completed"
    found = by_id(run)
    assert found.keys() == {"m", "d"}
    assert (found["m"]["texts"], found["m"]["value"], found["m"]["fault"]) == (["records came"], 3, "")
    assert (found["d"]["name"], found["d"]["texts"], found["d"]["value"]) == ("large", ["a is 2"], 2)
    assert run.metrics["counters"]["user.d.counter"]["count"] == 2
    assert run.metrics["meters"]["user.d.meter"]["count"] == 2
    assert "alert large: a is 2 (value 2)" in [each["message"] for each in run.logs]
    assert run.errors == []


def test_previews_watch_nothing(project: penstock.Project, flow_of: Make) -> None:
    """And a run without rules has no alerts."""
    flow = flow_of(ROWS, ("Trash", {}))
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    run.wait()
    assert run.alerts == []
    with_rules(flow, dataRuleDefinitions=[{**DATA, "condition": "${1 +", "lane": flow.stages[0].output_lanes[0]}])
    assert flow.preview().status == "FINISHED"


def test_rules_that_cannot_be_applied_leave_the_run_alone(project: penstock.Project, flow_of: Make) -> None:
    """They say why; lanes that are not there are no matter."""
    flow = flow_of(ROWS, ("Trash", {}))
    lane = flow.stages[0].output_lanes[0]
    with_rules(
        flow,
        metricsRuleDefinitions=[{**METRIC, "condition": "${value() >"}],
        dataRuleDefinitions=[{**DATA, "lane": lane, "condition": "${nobody()}"}, {**DATA, "id": "x", "lane": "gone"}],
    )
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    assert run.wait() == "Completed"
    assert {name: each["fault"][:14] for name, each in by_id(run).items()} == {
        "m": "CONTAINER_0400",
        "d": "CONTAINER_0400",
    }


def test_people_are_told_of_an_alert_once(
    project: penstock.Project, flow_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a mail where its rule wants one, and by the webhooks of the rules."""
    sent: list[Notice] = []

    def hand_over(notice: Notice, tools: Tools) -> str:
        sent.append(notice)
        return ""

    monkeypatch.setattr(notifying, "hand_over", hand_over)
    monkeypatch.setattr(runs, "MEASURE_MS", 0)
    flow = flow_of(ROWS, ("Trash", {}))
    flow.configuration["parameters"] = {"HOOK": "http://localhost:1/x"}
    settings = [
        {"name": "emailIDs", "value": ["a@example.org"]},
        {"name": "webhookConfigs", "value": [{"webhookUrl": "${HOOK}", "payload": "{{ALERT_NAME}}"}]},
    ]
    with_rules(flow, metricsRuleDefinitions=[METRIC], configuration=settings)
    project.update_flow(flow)
    project.create_job(name="job", flow=flow).start().wait()
    mail, call = sent
    assert isinstance(mail, Mail)
    assert isinstance(call, WebCall)
    assert mail.receivers == ("a@example.org",)
    assert (call.url, call.body) == ("http://localhost:1/x", "records came")


def test_rules_are_applied_while_an_origin_has_nothing(
    project: penstock.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Idleness is what some of them are about."""
    monkeypatch.setattr(runs, "MEASURE_MS", 20)
    flow = project.create_flow(name="flow")
    origin, end = flow.add_stage("Directory"), flow.add_stage("Trash")
    origin.set_attributes(files_directory=str(tmp_path), data_format="TEXT", file_name_pattern="*")
    origin >> end
    idle = {"metricType": "GAUGE", "metricElement": "TIME_OF_LAST_RECEIVED_RECORD"}
    with_rules(flow, metricsRuleDefinitions=[{**METRIC, **idle, "condition": "${time:now() - value() > 50}"}])
    project.update_flow(flow)
    job, began = project.create_job(name="job", flow=flow), time.monotonic()
    run = job.start()
    while not run.alerts:
        run.refresh_status()
    assert (run.state, time.monotonic() - began >= 0.05) == ("Running", True)
    run.cancel()


@pytest.mark.parametrize(("slow", "alerts"), [("origin", 0), ("processor", 1)])
def test_a_batch_grows_old_in_its_stages_and_not_in_its_origin(
    project: penstock.Project, monkeypatch: pytest.MonkeyPatch, slow: str, alerts: int
) -> None:
    """An origin that waits between batches keeps nothing waiting."""
    monkeypatch.setattr(runs, "MEASURE_MS", 20)
    flow = project.create_flow(name="flow")
    origin, delay, end = (flow.add_stage(label) for label in ("Dev Data Generator", "Delay", "Trash"))
    origin.set_attributes(delay_between_batches=400 if slow == "origin" else 0, records_to_be_generated=2, batch_size=1)
    delay.set_attributes(delay_between_batches=400 if slow == "processor" else 0)
    origin >> delay >> end
    age = {"metricType": "GAUGE", "metricElement": "CURRENT_BATCH_AGE", "condition": "${value() > 200}"}
    with_rules(flow, metricsRuleDefinitions=[{**METRIC, **age}])
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    assert run.wait() == "Completed"
    assert len(run.alerts) == alerts


def test_alerts_of_several_processes_come_together(flow_of: Make, tmp_path: Path) -> None:
    """What each of them saw is counted as one."""
    for name in "abc":
        (tmp_path / f"{name}.json").write_text(ROWS + "\n")
    with penstock.open_project(engine="embedded?workers=2") as project:
        flow = project.create_flow(name="flow")
        origin, end = flow.add_stage("Directory"), flow.add_stage("Trash")
        finish = flow.add_stage("Pipeline Finisher Executor")
        origin.set_attributes(files_directory=str(tmp_path), data_format="JSON", file_name_pattern="*.json")
        origin >> end
        origin.connect_event_to(finish)
        finish.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
        finish.configuration["stageOnRecordError"] = "DISCARD"
        with_rules(
            flow,
            dataRuleDefinitions=[{**DATA, "condition": "${record:value('/a') > 2}", "lane": origin.output_lanes[0]}],
        )
        project.update_flow(flow)
        run = project.create_job(name="job", flow=flow).start()
        assert run.wait() == "Completed"
        assert (by_id(run)["d"]["value"], by_id(run)["d"]["texts"]) == (3, ["a is 3"])
