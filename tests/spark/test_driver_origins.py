"""Origins whose records the driver makes: they go on where the last run ended, and answer whoever asked."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import penstock

from . import capture
from .test_streaming import wait_for


@pytest.fixture
def project(java: None, both: object, tmp_path: Path) -> Iterator[penstock.Project]:
    """A project on the Spark that the other tests of this process use, with their destinations."""
    (tmp_path / "kept").mkdir()
    (Path(os.environ[capture.FOLDER]) / "now").write_text(str(tmp_path / "kept"))
    with penstock.open_project(engine="spark+local[2]") as opened:
        yield opened


def job_of(project: penstock.Project, origin: penstock.Stage, flow: penstock.StreamingFlow) -> penstock.Job:
    """A job of an origin whose records go away."""
    origin.connect_output_to(flow.add_stage("Trash"), output_idx=0)
    project.update_flow(flow)
    return project.create_job(name=flow.name, flow=flow)


def lines(run: penstock.JobRun, lane: str) -> int:
    """How many records went to a lane of File Tail."""
    run.refresh_status()
    held: dict[str, dict[str, int]] = run.metrics.get("counters") or {}
    return held.get(f"stage.FileTail_01:{lane}.outputRecords.counter", {}).get("count", 0)


def test_a_second_run_goes_on_behind_what_is_done(project: penstock.Project, tmp_path: Path) -> None:
    """The offset is kept after every batch; a reset begins anew."""
    log = tmp_path / "app.log"
    log.write_text("one\ntwo\n")
    flow = project.create_flow(name="tail")
    tail = flow.add_stage("File Tail")
    tail.configuration["conf.dataFormat"] = "TEXT"
    tail.configuration["conf.fileInfos"] = [{"fileFullPath": str(log), "fileRollMode": "REVERSE_COUNTER"}]
    tail.connect_output_to(flow.add_stage("Trash"), output_idx=1)
    job = job_of(project, tail, flow)
    lane = flow.value.stages[0].output_lanes[0]
    for text, seen in (("", 2), ("three\n", 1)):
        with log.open("a") as opened:
            opened.write(text)
        run = job.start()
        wait_for(lambda run=run, seen=seen: lines(run, lane) == seen)  # type: ignore[misc]
        assert run.cancel() == "Canceled"
    job.reset_offset()
    run = job.start()
    wait_for(lambda: lines(run, lane) == 3)
    assert run.cancel() == "Canceled"


def test_whoever_asks_a_service_is_answered_by_the_flow(project: penstock.Project) -> None:
    """Records that reach Send Response to Origin come back from the partitions."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    flow = project.create_flow(name="service")
    service, more = flow.add_stage("REST Service"), flow.add_stage("Expression Evaluator")
    service.configuration["httpConfigs.port"] = port
    more.configuration["expressionProcessorConfigs"] = [
        {"fieldToSet": "/twice", "expression": "${record:value('/n') * 2}"}
    ]
    service.connect_output_to(more)
    more.connect_output_to(flow.add_stage("Send Response to Origin"))
    project.update_flow(flow)
    run = project.create_job(name="service", flow=flow).start()
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(httpx.post(f"http://127.0.0.1:{port}/", content=b'{"n": 21}', timeout=50))

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    assert json.loads(answers[0].content)["data"] == [{"n": 21, "twice": 42}]
    assert run.cancel() == "Canceled"


def test_refused_records_are_in_the_log(project: penstock.Project) -> None:
    """With stage, code and reason, as on one machine."""
    flow = project.create_flow(name="refusing")
    raw, stops = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Expression Evaluator")
    raw.configuration["rawData"], raw.configuration["stopAfterFirstBatch"] = '{"n": "x"}', True
    stops.configuration["expressionProcessorConfigs"] = [
        {"fieldToSet": "/m", "expression": "${record:value('/n') * 2}"}
    ]
    raw.connect_output_to(stops)
    run = job_of(project, stops, flow).start()
    run.wait()
    assert run.state == "CompletedWithErrors"
    warned = [line["message"] for line in run.logs if line["severity"] == "WARN"]
    assert len(warned) == 1
    assert stops.instance_name in warned[0]
