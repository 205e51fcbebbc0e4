"""On a real cluster: a worker or the driver is killed in the middle, and nothing is lost or there twice."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import penstock

LIMIT_S = 180


@pytest.fixture(scope="module")
def cluster(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator["object"]:
    """One master and two workers of one core."""
    from .cluster import Cluster

    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.close()


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A project file with a flow that copies lines, slowly, and ends when there are no more. Folders are URIs."""
    (tmp_path / "in").mkdir()
    (tmp_path / "errors").mkdir()
    file = tmp_path / "flows.db"
    with penstock.open_project(file) as project:
        flow = project.create_flow(name="lines")
        origin, slow, end = flow.add_stage("Directory"), flow.add_stage("Delay"), flow.add_stage("Local FS")
        for name, value in {
            "spoolDir": (tmp_path / "in").as_uri(),
            "filePattern": "*.txt",
            "dataFormat": "TEXT",
        }.items():
            origin.configuration[f"conf.{name}"] = value
        slow.configuration["delay"] = 100
        end.configuration["configs.dirPathTemplate"] = (tmp_path / "out").as_uri()
        end.configuration["configs.dataFormat"] = "TEXT"
        end.configuration["configs.dataGeneratorFormatConfig.textFieldPath"] = "/text"
        origin.connect_output_to(slow)
        slow.connect_output_to(end)
        project.update_flow(flow)
    return file


def lines_in(folder: Path) -> list[str]:
    """Every line of every finished file."""
    paths = [path for path in folder.glob("*") if not path.name.startswith("_tmp_")]
    return [line for path in paths for line in path.read_text("latin-1").splitlines()]


def fill(folder: Path, files: int) -> set[str]:
    """Writes files of lines; all the lines."""
    for file in range(files):
        (folder / f"{file:02d}.txt").write_text("".join(f"{file} {line}\n" for line in range(2500)))
    return {f"{file} {line}" for file in range(files) for line in range(2500)}


def run(stored: Path, engine: str, flow: str = "lines") -> subprocess.Popen[str]:
    """The command line, as anybody starts it."""
    words = ["-m", "penstock", "run", flow, "--db", str(stored), "--engine", engine, "--json"]
    return subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until it holds."""
    ends = time.monotonic() + LIMIT_S
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.05)


def address(cluster: object, tmp_path: Path) -> str:
    """The cluster, two files per batch, until everything was read."""
    url: str = cluster.url  # type: ignore[attr-defined]
    return f"{url}?once=yes&per_batch=2&python={sys.executable}&checkpoint={tmp_path / 'checkpoint'}"


def test_the_cluster_writes_what_one_process_writes(cluster: object, tmp_path: Path) -> None:
    """A flow with expressions, two lanes, an exchange and refused records: every folder has the same records."""
    file = tmp_path / "flows.db"
    with penstock.open_project(file) as project:
        parts(project, tmp_path)
    written = {}
    for engine in ("embedded", address(cluster, tmp_path)):
        for folder in ("small", "large", "errors"):
            shutil.rmtree(tmp_path / folder, ignore_errors=True)
            (tmp_path / folder).mkdir()
        said, errors = run(file, engine, "parts").communicate(timeout=LIMIT_S)
        assert json.loads(said)["state"] == "CompletedWithErrors", errors
        written[engine] = {folder: sorted(lines_in(tmp_path / folder)) for folder in ("small", "large")}
        refused = [json.loads(line.strip("\xa1 ")) for line in lines_in(tmp_path / "errors")]
        written[engine]["errors"] = sorted(json.dumps(each["value"]) for each in refused)
    here, there = written.values()
    assert all(here.values())
    assert there == here


def parts(project: penstock.Project, folder: Path) -> None:
    """Reads objects, refuses some, keeps one of every key that is large."""
    (folder / "in").mkdir()
    for number in range(5):
        rows = [{"n": number * 1000 + row, "k": row % 7} if row % 10 else {"n": None} for row in range(1000)]
        (folder / "in" / f"{number}.json").write_text("\n".join(map(json.dumps, rows)))
    flow = project.create_flow(name="parts")
    origin, twice = flow.add_stage("Directory"), flow.add_stage("Expression Evaluator")
    for name, value in {"spoolDir": str(folder / "in"), "filePattern": "*.json", "dataFormat": "JSON"}.items():
        origin.configuration[f"conf.{name}"] = value
    twice.configuration["expressionProcessorConfigs"] = [
        {"fieldToSet": "/twice", "expression": "${record:value('/n') * 2}"}
    ]
    twice.configuration["stageRecordPreconditions"] = ["${record:exists('/k')}"]
    route, unique = flow.add_stage("Stream Selector"), flow.add_stage("Record Deduplicator")
    route.add_predicates(["${record:value('/twice') >= 4000}"])
    unique.configuration["compareFields"], unique.configuration["fieldsToCompare"] = "SPECIFIED_FIELDS", ["/k"]
    ends = {name: flow.add_stage("Local FS") for name in ("large", "small")}
    for name, end in ends.items():
        end.configuration["configs.dirPathTemplate"] = str(folder / name)
        end.configuration["configs.dataFormat"] = "JSON"
    finish = flow.add_stage("Pipeline Finisher Executor")
    finish.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
    finish.configuration["stageOnRecordError"] = "DISCARD"
    origin.connect_output_to(twice)
    origin.connect_event_to(finish)
    twice.connect_output_to(route)
    route.connect_output_to(unique, predicate=route.predicates[0])
    route.connect_output_to(ends["small"], predicate=route.predicates[1])
    unique.connect_output_to(ends["large"], output_idx=0)
    unique.connect_output_to(flow.add_stage("Trash"), output_idx=1)
    flow.set_error_stage("Write to File").configuration["directory"] = str(folder / "errors")
    project.update_flow(flow)


def test_a_killed_driver_goes_on_where_spark_says(cluster: object, stored: Path, tmp_path: Path) -> None:
    """After kill -9 of the driver, twice, every line is there once: what is repeated writes the same files."""
    wanted, out = fill(tmp_path / "in", 8), tmp_path / "out"
    for kill in range(3):
        before = len(lines_in(out))
        process = run(stored, address(cluster, tmp_path))
        if kill < 2:
            wait_for(lambda before=before: len(lines_in(out)) > before, process)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            process.wait()
            continue
        said, errors = process.communicate(timeout=LIMIT_S)
        assert json.loads(said)["state"] == "Completed", errors
    assert sorted(lines_in(out)) == sorted(wanted)


def test_a_killed_worker_loses_nothing(cluster: object, stored: Path, tmp_path: Path) -> None:
    """After kill -9 of a worker with its executor the other one does its part, in the same run, and every line is
    there once."""
    wanted, out = fill(tmp_path / "in", 8), tmp_path / "out"
    process = run(stored, address(cluster, tmp_path))
    wait_for(lambda: len(lines_in(out)) > 0, process)
    cluster.kill(cluster.workers[0])  # type: ignore[attr-defined]
    said, errors = process.communicate(timeout=LIMIT_S)
    assert json.loads(said)["state"] == "Completed", errors
    assert sorted(lines_in(out)) == sorted(wanted)
