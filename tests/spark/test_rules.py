"""Rules about metrics and data are applied on Spark, whoever sees the records."""

import os
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import penstock
from penstock.core.flow.model import Envelope
from penstock.core.values import JsonMap, freeze

from . import capture

METRIC = {
    "id": "m",
    "alertText": "records came",
    "metricId": "pipeline.batchInputRecords.counter",
    "metricType": "COUNTER",
    "metricElement": "COUNTER_COUNT",
    "condition": "${value() > 1}",
    "enabled": True,
}
DATA = {
    "label": "large",
    "samplingPercentage": 100,
    "condition": "${record:value('/a') > LIMIT}",
    "alertEnabled": True,
    "alertText": "a is large",
    "thresholdType": "COUNT",
    "thresholdValue": "1",
    "meterEnabled": True,
    "enabled": True,
}
DRIFT = {"id": "n", "condition": "${drift:names('/', false)}", "alertText": "${alert:info()}", "enabled": True}


@pytest.fixture
def project(java: None, both: object, tmp_path: Path) -> Iterator[penstock.Project]:
    """A project on the Spark that the other tests of this process use, with their destinations; runs end."""
    (tmp_path / "kept").mkdir()
    (Path(os.environ[capture.FOLDER]) / "now").write_text(str(tmp_path / "kept"))
    with penstock.open_project(engine=f"spark+local[2]?once=yes&checkpoint={tmp_path / 'checkpoint'}") as opened:
        yield opened


def test_alerts_are_on_the_run_and_in_its_log(project: penstock.Project, tmp_path: Path) -> None:
    """Of the lanes of origin and processors over all partitions, with the parameters of the flow; drift has none."""
    source = tmp_path / "in"
    source.mkdir()
    for number in range(4):
        (source / f"{number}.json").write_text(f'{{"a": {number}}}\n')
    flow = project.create_flow(name="watched")
    origin, stage, end = flow.add_stage("Directory"), flow.add_stage("Dev Identity"), flow.add_stage("Trash")
    for name, value in {"spoolDir": str(source), "filePattern": "*.json", "dataFormat": "JSON"}.items():
        origin.configuration[f"conf.{name}"] = value
    origin >> stage >> end
    flow.configuration["parameters"] = {"LIMIT": "1"}
    lanes = [each.output_lanes[0] for each in flow.value.stages[:2]]
    rules = freeze(
        {
            "metricsRuleDefinitions": [METRIC],
            "dataRuleDefinitions": [{**DATA, "id": f"d{at}", "lane": lane} for at, lane in enumerate(lanes)],
            "driftRuleDefinitions": [{**DRIFT, "lane": lanes[0]}],
        }
    )
    assert isinstance(rules, JsonMap)
    flow._apply(lambda value: attrs.evolve(value, envelope=Envelope(rules=rules)))
    project.update_flow(flow)
    assert any("drift" in str(remark) for remark in flow.validate().remarks)
    run = project.create_job(name="job", flow=flow).start()
    assert run.wait() == "Completed"
    found = {each["rule_id"]: (each["texts"], each["value"], each["fault"]) for each in run.alerts}
    large = (["a is large"], 2, "")
    assert found == {"m": (["records came"], 4, ""), "d0": large, "d1": large}
    assert run.metrics["counters"]["user.d0.counter"]["count"] == 2
    assert run.metrics["meters"]["user.d1.meter"]["count"] == 2
    assert [each["message"] for each in run.logs].count("alert large: a is large (value 2)") == 2
