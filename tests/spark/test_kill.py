"""On a real cluster: a worker or the driver is killed in the middle, and nothing is lost or there twice."""

import json
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
    """A project file with a flow that copies lines, slowly, and ends when there are no more."""
    (tmp_path / "in").mkdir()
    (tmp_path / "errors").mkdir()
    file = tmp_path / "flows.db"
    with penstock.open_project(file) as project:
        flow = project.create_flow(name="lines")
        origin, slow, end = flow.add_stage("Directory"), flow.add_stage("Delay"), flow.add_stage("Local FS")
        for name, value in {"spoolDir": str(tmp_path / "in"), "filePattern": "*.txt", "dataFormat": "TEXT"}.items():
            origin.configuration[f"conf.{name}"] = value
        slow.configuration["delay"] = 100
        end.configuration["configs.dirPathTemplate"] = str(tmp_path / "out")
        end.configuration["configs.dataFormat"] = "TEXT"
        end.configuration["configs.dataGeneratorFormatConfig.textFieldPath"] = "/text"
        origin.connect_output_to(slow)
        slow.connect_output_to(end)
        project.update_flow(flow)
    return file


def lines_in(folder: Path) -> list[str]:
    """Every line of every finished file."""
    paths = [path for path in folder.glob("*") if not path.name.startswith("_tmp_")]
    return [line for path in paths for line in path.read_text().splitlines()]


def fill(folder: Path, files: int) -> set[str]:
    """Writes files of lines; all the lines."""
    for file in range(files):
        (folder / f"{file:02d}.txt").write_text("".join(f"{file} {line}\n" for line in range(2500)))
    return {f"{file} {line}" for file in range(files) for line in range(2500)}


def run(stored: Path, engine: str) -> subprocess.Popen[str]:
    """The command line, as anybody starts it."""
    words = ["-m", "penstock", "run", "lines", "--db", str(stored), "--engine", engine, "--json"]
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
