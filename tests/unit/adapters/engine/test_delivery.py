"""Nothing is lost: error records, offsets, events at the start, at the end and in between."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import penstock
from penstock.adapters.engine.formats.reading import read_items
from penstock.core.plan import Given
from penstock.core.records.record import Record

Make = Callable[..., penstock.StreamingFlow]
SENT = "Sent to error by previous stage"


def sdc_records(folder: Path) -> list[Record]:
    """Every record in the error files of a folder."""
    found: list[Record] = []
    for path in sorted(folder.glob("*.sdc")):
        with path.open("rb") as opened:
            found += [item.value for item in read_items(opened, "SDC_JSON", Given()) if isinstance(item.value, Record)]
    return found


def run(project: penstock.Project, flow: penstock.StreamingFlow) -> penstock.JobRun:
    """A run that has ended."""
    made = project.create_job(name="job", flow=flow).start()
    made.wait()
    return made


def failing(flow_of: Make, folder: Path, policy: str) -> penstock.StreamingFlow:
    """A flow that changes records, then refuses them, with an error stage that writes files."""
    change = {"expressionProcessorConfigs": [{"fieldToSet": "/a", "expression": "${record:value('/a') + 1}"}]}
    flow = flow_of('{"a": 1}\n{"a": 2}', ("Expression Evaluator", change), ("To Error", {}))
    flow.configuration["errorRecordPolicy"] = policy
    flow.set_error_stage("Write to File").configuration["directory"] = str(folder)
    return flow


@pytest.mark.parametrize(("policy", "seen"), [("ORIGINAL_RECORD", [1, 2]), ("STAGE_RECORD", [2, 3])])
def test_refused_records_reach_the_error_stage(
    project: penstock.Project, flow_of: Make, tmp_path: Path, policy: str, seen: list[int]
) -> None:
    """As the origin made them or as the stage saw them; the header says which stage refused them and why."""
    flow = failing(flow_of, tmp_path, policy)
    project.update_flow(flow)
    assert run(project, flow).state == "CompletedWithErrors"
    records = sdc_records(tmp_path)
    assert [record.value["a"] for record in records] == seen  # type: ignore[index,call-overload]
    error = records[0].header.error
    assert error is not None
    assert (error.code, error.stage, error.message) == ("TOERROR_00", "ToError_01", f"TOERROR_00 - {SENT}")
    assert (error.pipeline[:4], bool(error.engine), error.timestamp_ms > 0) == ("flow", True, True)
    assert not list(tmp_path.glob("_tmp_*"))


def test_a_rest_of_an_earlier_error_file_is_kept(project: penstock.Project, flow_of: Make, tmp_path: Path) -> None:
    """A file that a killed run left under its temporary name gets a final one."""
    (tmp_path / "_tmp_rest.sdc").write_bytes(b"\xa1")
    flow = failing(flow_of, tmp_path, "STAGE_RECORD")
    assert flow.error_stage is not None
    flow.error_stage.configuration["uniquePrefix"] = "rest"
    project.update_flow(flow)
    run(project, flow)
    assert len(list(tmp_path.glob("rest_*.sdc"))) == 2


def test_files_that_close_at_the_end_still_tell_their_stage(project: penstock.Project, tmp_path: Path) -> None:
    """The event of a file that is closed when the run ends reaches the stage behind it."""
    out, log = tmp_path / "out", tmp_path / "log"
    flow = project.create_flow(name="closing")
    raw = flow.add_stage("Dev Raw Data Source")
    raw.configuration["rawData"], raw.configuration["stopAfterFirstBatch"] = '{"a": 1}', True
    written = flow.add_stage("Local FS")
    seen = flow.add_stage("Local FS")
    for stage, folder in ((written, out), (seen, log)):
        stage.configuration["configs.dirPathTemplate"] = str(folder)
        stage.configuration["configs.dataFormat"] = "JSON"
    raw.connect_output_to(written)
    written.connect_event_to(seen)
    project.update_flow(flow)
    assert run(project, flow).state == "Completed"
    (file,) = out.iterdir()
    (event,) = [json.loads(line) for path in log.iterdir() for line in path.read_text().splitlines()]
    assert event["filepath"] == str(file)


def test_offsets_are_committed_after_the_batch_and_never_for_nothing(project: penstock.Project, tmp_path: Path) -> None:
    """A job goes on where the last run ended; an idle origin commits nothing."""
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    flow = directory_flow(project, source, out)
    job = project.create_job(name="job", flow=flow)
    (source / "a.txt").write_text("1\n2\n")
    first = job.start()
    wait_for(lambda: lines_in(out) == ["1", "2"])
    first.cancel()
    (source / "b.txt").write_text("3\n")
    second = job.start()
    wait_for(lambda: "3" in lines_in(out))
    second.cancel()
    assert sorted(lines_in(out)) == ["1", "2", "3"]
    job.reset_offset()
    third = job.start()
    wait_for(lambda: len(lines_in(out)) == 6)
    third.cancel()
    assert sorted(lines_in(out)) == ["1", "1", "2", "2", "3", "3"]


def directory_flow(project: penstock.Project, source: Path, out: Path, batch: int = 100) -> penstock.StreamingFlow:
    """From text files to text files."""
    flow = project.create_flow(name="files")
    origin, target = flow.add_stage("Directory"), flow.add_stage("Local FS")
    for name, value in {
        "conf.spoolDir": str(source),
        "conf.filePattern": "*.txt",
        "conf.dataFormat": "TEXT",
        "conf.batchSize": batch,
    }.items():
        origin.configuration[name] = value
    for name, value in {"configs.dirPathTemplate": str(out), "configs.dataFormat": "TEXT"}.items():
        target.configuration[name] = value
    target.configuration["configs.dataGeneratorFormatConfig.textFieldPath"] = "/text"
    origin.connect_output_to(target)
    project.update_flow(flow)
    return flow


def lines_in(folder: Path) -> list[str]:
    """Every line of every file."""
    if not folder.exists():
        return []
    return [line for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]


def wait_for(condition: Callable[[], bool], limit_s: float = 20) -> None:
    """Until it holds."""
    ends = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.01)


def test_start_and_stop_events_reach_their_stages(project: penstock.Project, flow_of: Make, tmp_path: Path) -> None:
    """Each is handed one record of its kind before the first batch and behind the last; parameters of the flow may name
    the job of a control hub."""
    from penstock.core.processors import registry
    from penstock.core.processors.api import Out, Process, Tools

    seen: list[tuple[str, Any]] = []
    kind = "com_streamsets_pipeline_stage_executor_shell_ShellDExecutor"

    def shell(plan: object, tools: Tools) -> Process:
        def process(batch: list[Record], out: Out) -> None:
            seen.extend((record.attributes["sdc.event.type"], record.value) for record in batch)

        return process

    held = registry.find(kind)
    registry.processor(kind)(shell)
    try:
        flow = flow_of('{"a": 1}', ("Trash", {}))
        for set_stage in (flow.set_start_event_stage, flow.set_stop_event_stage):
            set_stage("Shell").configuration["config.script"] = "true"
        flow.configuration["constants"] = [{"key": "JOB_ID", "value": "hub"}]
        project.update_flow(flow)
        assert run(project, flow).state == "Completed"
    finally:
        if held is None:
            registry._builders.pop(kind)
    assert [kind for kind, _ in seen] == ["pipeline-start", "pipeline-stop"]
    assert seen[1][1]["reason"] == "FINISHED"
    assert (seen[0][1]["jobId"], seen[0][1]["jobName"]) == ("hub", "job")


WORKER = """
import sys, time
import penstock
with penstock.open_project(sys.argv[1]) as project:
    run = project.jobs.get(name="job").start()
    print("started", flush=True)
    while True:
        time.sleep(1)
"""


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A project file with a job that copies lines."""
    (tmp_path / "in").mkdir()
    file = tmp_path / "flows.db"
    with penstock.open_project(file) as project:
        flow = directory_flow(project, tmp_path / "in", tmp_path / "out", batch=7)
        project.create_job(name="job", flow=flow)
    return file


def test_a_killed_run_goes_on_with_nothing_lost(stored: Path, tmp_path: Path) -> None:
    """After kill -9, again and again, every line of the input is in the output at least once."""
    wanted = [f"{file} {line}" for file in range(5) for line in range(400)]
    for file in range(5):
        (tmp_path / "in" / f"{file}.txt").write_text("".join(f"{file} {line}\n" for line in range(400)))
    out = tmp_path / "out"
    for kill in range(6):
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(stored)], stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "started\n"
        if kill < 5:
            time.sleep(0.05 + 0.03 * kill)
        else:
            wait_for(lambda: set(wanted) <= set(lines_in(out)), 60)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
    assert set(wanted) <= set(lines_in(out))
