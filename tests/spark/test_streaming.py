"""Continuous runs: new files are found, a stop waits for its batch, a reset starts from the beginning."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import penstock

LIMIT_S = 60


@pytest.fixture
def project(java: None, both: object, tmp_path: Path) -> Iterator[penstock.Project]:
    """A project on the Spark that the other tests of this process use."""
    engine = f"spark+local[2]?every=200ms&checkpoint={tmp_path / 'checkpoint'}"
    with penstock.open_project(engine=engine) as opened:
        yield opened


def copying(project: penstock.Project, source: Path, out: Path) -> penstock.Job:
    """A job that copies lines of text files."""
    flow = project.create_flow(name="copy")
    origin, end = flow.add_stage("Directory"), flow.add_stage("Trash")
    for name, value in {"spoolDir": str(source), "filePattern": "*.txt", "dataFormat": "TEXT"}.items():
        origin.configuration[f"conf.{name}"] = value
    origin.connect_output_to(end)
    project.update_flow(flow)
    return project.create_job(name="job", flow=flow)


def records(run: penstock.JobRun) -> int:
    """How many records the origin has made."""
    run.refresh_status()
    held = (run.metrics.get("counters") or {}).get("pipeline.batchInputRecords.counter") or {}
    return int(held.get("count", 0))


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds."""
    ends = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.05)


def test_a_run_finds_new_files_goes_on_later_and_can_be_reset(
    project: penstock.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one run has read the next one does not read again, unless the job is reset; the log tells both."""
    source = tmp_path / "in"
    source.mkdir()
    place = tmp_path / "kept"
    place.mkdir()
    (Path(os.environ["PENSTOCK_TEST_CAPTURE"]) / "now").write_text(str(place))
    job = copying(project, source, tmp_path / "out")
    (source / "a.txt").write_text("1\n2\n")
    first = job.start()
    wait_for(lambda: records(first) == 2)
    (source / "b.txt").write_text("3\n")
    wait_for(lambda: records(first) == 3)
    assert first.cancel() == "Canceled"
    assert [line["message"] for line in first.logs] == ["the run is Running", "the run is Canceled"]
    (source / "c.txt").write_text("4\n5\n6\n7\n")
    second = job.start()
    wait_for(lambda: records(second) == 4)
    assert second.cancel() == "Canceled"
    job.reset_offset()
    third = job.start()
    wait_for(lambda: records(third) == 7)
    assert third.cancel() == "Canceled"
