"""Promises of Local FS: files that are whole when they have their name."""

import json
from collections.abc import Callable
from pathlib import Path

import penstock

Make = Callable[..., penstock.StreamingFlow]
LINES = '{"a": 1, "to": "x"}\n{"a": 2, "to": "y"}\n{"a": 3, "to": "x"}'


def settings(folder: Path, **others: object) -> dict[str, object]:
    """Settings of a JSON destination with a folder per value of ``/to``."""
    base = {
        "configs.dirPathTemplate": f"{folder}/${{record:value('/to')}}",
        "configs.dataFormat": "JSON",
        "configs.uniquePrefix": "p",
    }
    return {**base, **{f"configs.{name}": value for name, value in others.items()}}


def run(project: penstock.Project, flow: penstock.StreamingFlow) -> str:
    """The last state of a run of the flow."""
    return project.create_job(name="job", flow=flow).start().wait()


def test_records_go_to_the_folder_that_their_template_names(
    project: penstock.Project, flow_of: Make, tmp_path: Path
) -> None:
    """Every record is a line of JSON in the folder of its value; nothing temporary stays."""
    flow = flow_of(LINES, ("Local FS", settings(tmp_path)))
    assert run(project, flow) == "Completed"
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.parent.name for path in files] == ["x", "y"]
    assert all(path.name.startswith("p_") for path in files)
    assert [json.loads(line)["a"] for line in files[0].read_text().splitlines()] == [1, 3]


def test_a_full_file_is_closed_and_another_begun(project: penstock.Project, flow_of: Make, tmp_path: Path) -> None:
    """No file has more records than are allowed."""
    flow = flow_of(LINES, ("Local FS", settings(tmp_path, maxRecordsPerFile=1, fileNameSuffix="json")))
    assert run(project, flow) == "Completed"
    assert [path.suffix for path in tmp_path.rglob("p_*")] == [".json"] * 3


def test_a_preview_writes_nothing(flow_of: Make, tmp_path: Path) -> None:
    """The folder stays empty."""
    flow_of(LINES, ("Local FS", settings(tmp_path))).preview()
    assert list(tmp_path.iterdir()) == []


def test_delimited_and_text_are_written_as_set(project: penstock.Project, flow_of: Make, tmp_path: Path) -> None:
    """Cells are quoted where they must be; new lines in them are replaced."""
    rows = '{"a": "x,y", "b": "two\\nlines", "c": null}'
    place = {"configs.dirPathTemplate": str(tmp_path), "configs.dataFormat": "DELIMITED", "configs.uniquePrefix": ""}
    ordered = ("Field Order", {"config.fields": ["/a", "/b", "/c"]})
    assert run(project, flow_of(rows, ordered, ("Local FS", place))) == "Completed"
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == b'"x,y",two lines,\r\n'


def test_a_folder_that_cannot_be_made_ends_the_run(project: penstock.Project, flow_of: Make, tmp_path: Path) -> None:
    """The run fails with the code of the stage; nothing is committed as done."""
    (tmp_path / "x").write_text("in the way")
    job = project.create_job(name="job", flow=flow_of(LINES, ("Local FS", settings(tmp_path))))
    started = job.start()
    assert started.wait() == "Failed"
    assert "HADOOPFS_13" in started.message
