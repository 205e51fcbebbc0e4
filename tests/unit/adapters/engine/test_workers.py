"""Several processes share out the files of a Directory: the same records, nothing lost, clear refusals."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import penstock
from penstock.adapters.engine import workers as workers_module
from penstock.adapters.engine.directory import DONE
from penstock.adapters.engine.garbage import ALLOCATIONS
from penstock.adapters.engine.worker import Turn
from penstock.core.errors import InvalidValueError, UsageError

TWO = "embedded?workers=2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files of numbered records."""
    made = tmp_path / "in"
    made.mkdir()
    for file in range(3):
        lines = [json.dumps({"id": file * 1000 + number, "name": f"n{number % 7}"}) for number in range(1000)]
        (made / f"{file}.json").write_text("\n".join(lines) + "\n")
    return made


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A project whose flows run in two processes."""
    with penstock.open_project(engine=TWO) as opened:
        yield opened


def flow_over(project: penstock.Project, folder: Path, out: Path, *middle: str) -> penstock.StreamingFlow:
    """Directory, Stream Selector, Local FS and Trash; the run ends when everything was read."""
    flow = project.create_flow(name="flow")
    read = flow.add_stage("Directory")
    settings = {"spoolDir": str(folder), "filePattern": "*.json", "dataFormat": "JSON", "batchSize": 100}
    for name, value in settings.items():
        read.configuration[f"conf.{name}"] = value
    last = read
    for label in middle:
        stage = flow.add_stage(label)
        last.connect_output_to(stage)
        last = stage
    route, write, rest = flow.add_stage("Stream Selector"), flow.add_stage("Local FS"), flow.add_stage("Trash")
    route.add_predicates(["${record:value('/name') != 'n0'}"])
    write.configuration["configs.dirPathTemplate"] = str(out)
    write.configuration["configs.dataFormat"] = "JSON"
    last.connect_output_to(route)
    route.connect_output_to(write, predicate=route.predicates[0])
    route.connect_output_to(rest, predicate=route.predicates[1])
    end = flow.add_stage("Pipeline Finisher Executor")
    end.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
    end.configuration["stageOnRecordError"] = "DISCARD"
    read.connect_event_to(end)
    project.update_flow(flow)
    return flow


def written(out: Path) -> list[int]:
    """The numbers of the records in all files."""
    texts = [path.read_text() for path in out.iterdir() if not path.name.startswith("_tmp")]
    return sorted(json.loads(line)["id"] for text in texts for line in text.splitlines())


WANTED = [number for number in range(3000) if number % 1000 % 7 != 0]


def test_two_processes_write_what_one_writes(project: penstock.Project, folder: Path, tmp_path: Path) -> None:
    """Every record once; counts of all processes come together in the run's metrics."""
    run = project.create_job(name="job", flow=flow_over(project, folder, tmp_path / "out")).start()
    run.wait()
    assert (run.state, run.message) == ("Completed", "")
    assert written(tmp_path / "out") == WANTED
    counters = run.metrics["counters"]
    assert counters["stage.Directory_01.outputRecords.counter"]["count"] == 3000
    assert counters["stage.LocalFS_01.inputRecords.counter"]["count"] == len(WANTED)
    assert {path.name.split("_")[1] for path in (tmp_path / "out").iterdir()} <= {"w1", "w2"}


def test_a_second_run_reads_only_what_is_new(project: penstock.Project, folder: Path, tmp_path: Path) -> None:
    """The offset covers the files of all processes."""
    job = project.create_job(name="job", flow=flow_over(project, folder, tmp_path / "out"))
    job.start().wait()
    (folder / "9.json").write_text('{"id": 9000, "name": "new"}\n')
    job.start().wait()
    assert written(tmp_path / "out") == [*WANTED, 9000]


def test_workers_look_for_cycles_as_rarely_as_one_process_does(
    project: penstock.Project, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of maps in a batch are no reason for the collector to look at all others again."""
    note = f"""
import gc
module = sys.modules[main.__module__]
work = module._work
def noted(*given):
    open({str(tmp_path / "seen")!r}, "a").write(f"{{gc.get_threshold()[0]}} ")
    work(*given)
module._work = noted
main()
"""
    monkeypatch.setattr(workers_module, "BOOT", workers_module.BOOT.replace("main()", note))
    project.create_job(name="job", flow=flow_over(project, folder, tmp_path / "out")).start().wait()
    assert [int(each) for each in (tmp_path / "seen").read_text().split()] == [ALLOCATIONS] * 2


def kill(worker: workers_module._Worker) -> None:
    """As whoever is short of memory does."""
    os.kill(worker._process.pid, signal.SIGKILL)


def test_a_killed_worker_is_replaced_and_nothing_is_lost(
    project: penstock.Project, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 of a process in the middle of a file: another reads on from where it was safe, and the log says so."""
    killed: list[int] = []
    take = workers_module.Workers._take
    turns = workers_module.BOOT.replace("main()", "sys.modules[main.__module__].TURN_S = 0\nmain()")
    monkeypatch.setattr(workers_module, "BOOT", turns)

    def kill_once(self: workers_module.Workers, worker: workers_module._Worker, report: object) -> None:
        if not killed and isinstance(report, Turn) and report.at != DONE:
            killed.append(report.at)
            kill(worker)
        take(self, worker, report)

    monkeypatch.setattr(workers_module.Workers, "_take", kill_once)
    run = project.create_job(name="job", flow=flow_over(project, folder, tmp_path / "out")).start()
    run.wait()
    assert (run.state, bool(killed)) == ("Completed", True), run.message
    assert set(written(tmp_path / "out")) == set(WANTED)
    assert any("PENSTOCK_0103" in line for line in map(str, run.logs))


def test_a_worker_that_dies_before_it_closed_its_files_has_them_closed(
    project: penstock.Project, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything was read, and its file has still the name of one that is written: another process finishes it."""
    close = workers_module._Worker.close
    killed: list[int] = []

    def kill_first(self: workers_module._Worker) -> None:
        if not killed:
            killed.append(self.number)
            kill(self)
        close(self)

    monkeypatch.setattr(workers_module._Worker, "close", kill_first)
    run = project.create_job(name="job", flow=flow_over(project, folder, tmp_path / "out")).start()
    run.wait()
    assert (run.state, killed) == ("Completed", [1]), run.message
    assert written(tmp_path / "out") == WANTED


def test_workers_that_keep_dying_end_the_run(
    project: penstock.Project, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says which one and how it ended."""
    monkeypatch.setattr(workers_module, "BOOT", "import os; os._exit(3)")
    flow = flow_over(project, folder, tmp_path / "out")
    flow.configuration["shouldRetry"] = False
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    run.wait()
    assert run.state == "Failed"
    assert "PENSTOCK_0103" in run.message


@pytest.mark.parametrize(
    ("settings", "label"),
    [({}, "Record Deduplicator"), ({}, "Windowing Aggregator"), ({"deliveryGuarantee": "AT_MOST_ONCE"}, "")],
    ids=["deduplicator", "windows", "at most once"],
)
def test_flows_that_cannot_be_split_are_refused(
    project: penstock.Project, folder: Path, tmp_path: Path, settings: dict[str, object], label: str
) -> None:
    """The start says which stage and why."""
    flow = flow_over(project, folder, tmp_path / "out", *([label] if label else []))
    for name, value in settings.items():
        flow.configuration[name] = value
    project.update_flow(flow)
    with pytest.raises(UsageError, match="in one process only"):
        project.create_job(name="job", flow=flow).start()


def test_origins_without_files_are_refused(project: penstock.Project) -> None:
    """Only the files of a Directory can be shared out."""
    flow = project.create_flow(name="flow")
    raw, end = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Trash")
    raw.connect_output_to(end)
    project.update_flow(flow)
    with pytest.raises(UsageError, match="need a Directory"):
        project.create_job(name="job", flow=flow).start()


@pytest.mark.parametrize("engine", ["embedded?workers=0", "embedded?workers=x", "embedded?wokers=2"])
def test_a_wrong_number_of_workers_is_refused(engine: str) -> None:
    """Before anything is opened."""
    with pytest.raises(InvalidValueError):
        penstock.open_project(engine=engine)
