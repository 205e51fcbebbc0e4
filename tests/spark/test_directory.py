"""Directory on Spark: its own sources read the files, the records are those that one machine makes of them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import penstock
from penstock.core.flow.model import Flow

Same = Callable[[Flow], dict[str, Any]]

FORMATS: dict[str, tuple[dict[str, object], list[str]]] = {
    "json": ({"dataFormat": "JSON"}, ['{"a": 1, "b": "ü"}\n{"a": 2}\n', '{"a": 3}\n\n  {"a": 4} {"a": 5}', "[1]\n"]),
    "json over lines": ({"dataFormat": "JSON"}, ['{\n "a": 1\n}\n{"b":\n2}', '{"a": 1}']),
    "json that breaks": ({"dataFormat": "JSON"}, ['{"a": 1}\n{"a": \nnonsense\n{"a": 2}\n']),
    "json array": (
        {"dataFormat": "JSON", "dataFormatConfig.jsonContent": "ARRAY_OBJECTS"},
        ['[{"a": 1},\n{"a": 2}]', '[{"a": 3}]'],
    ),
    "text": (
        {"dataFormat": "TEXT", "dataFormatConfig.textMaxLineLen": 5},
        ["one\r\ntwö\rthree\n\nlonger line\nend", "x"],
    ),
    "text between marks": (
        {"dataFormat": "TEXT", "dataFormatConfig.useCustomDelimiter": True, "dataFormatConfig.customDelimiter": "||"},
        ["a||b\nc||"],
    ),
    "delimited": (
        {"dataFormat": "DELIMITED", "dataFormatConfig.csvHeader": "WITH_HEADER"},
        ['a,b\n1,"x\ny"\n2,z,extra\n', "a,b\n3,4"],
    ),
    "latin": (
        {"dataFormat": "TEXT", "dataFormatConfig.charset": "ISO-8859-1"},
        ["gr\u00fcn\n".encode("latin-1").decode("latin-1")],
    ),
}


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A fresh project in memory."""
    with penstock.open_project() as opened:
        yield opened


def reading(project: penstock.Project, folder: Path, **given: object) -> Flow:
    """From a folder to a destination; the run ends when everything was read."""
    flow = project.create_flow(name=f"files {len(project.flows)}")
    origin, end, finish = (
        flow.add_stage("Directory"),
        flow.add_stage("Trash"),
        flow.add_stage("Pipeline Finisher Executor"),
    )
    settings = {"spoolDir": str(folder), "filePattern": "*", "dataFormat": "JSON", **given}
    for name, value in settings.items():
        origin.configuration[f"conf.{name}"] = value
    finish.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
    finish.configuration["stageOnRecordError"] = "DISCARD"
    origin.connect_output_to(end)
    origin.connect_event_to(finish)
    flow.set_error_stage("Write to File").configuration["directory"] = str(folder.parent)
    project.update_flow(flow)
    return flow.value


@pytest.mark.parametrize("case", FORMATS)
def test_every_format_gives_the_same_records_with_the_same_headers(
    project: penstock.Project, same: Same, tmp_path: Path, case: str
) -> None:
    """Values, types, file attributes, offsets, refused records and faults, for names that need quoting too."""
    folder = tmp_path / "in put"
    folder.mkdir()
    settings, texts = FORMATS[case]
    charset = str(settings.get("dataFormatConfig.charset", "UTF-8"))
    for number, text in enumerate(texts):
        (folder / f"file {number}%41ü#.x").write_bytes(text.encode(charset))
    found = same(reading(project, folder, **settings))
    assert sum(map(sum, (counts.values() for counts in found.values()))) > 0


def test_only_the_files_that_are_meant_are_read(project: penstock.Project, same: Same, tmp_path: Path) -> None:
    """Patterns, the first file and folders below count as on one machine."""
    folder = tmp_path / "in"
    (folder / "below").mkdir(parents=True)
    for name in ("a.json", "b.json", "c.json", "c.text", "below/d.json"):
        (folder / name).write_text(json.dumps({"name": name}))
    found = same(reading(project, folder, filePattern="*.{json,csv}", initialFileToProcess="b.json"))
    assert sum(found["Trash_01"].values()) == 2
    same(reading(project, folder, filePattern=r"[ab]\.\w+", pathMatcherMode="REGEX"))


def test_large_files_are_cut_at_line_ends_and_nothing_is_lost(
    project: penstock.Project, both: Any, tmp_path: Path
) -> None:
    """Every line is there once, whichever split it is in; offsets of later splits count from the split."""
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [json.dumps({"n": number, "fill": "x" * 90}) for number in range(100_000)]
    (folder / "large.json").write_text("\n".join(lines))
    state, found = both.run("spark", reading(project, folder))
    assert state == ("Completed", "")
    numbers = sorted(json.loads(each)[0]["value"]["value"]["n"]["value"] for each in found["Trash_01"].elements())
    assert sorted(map(int, numbers)) == list(range(100_000))


def test_an_object_that_a_cut_goes_through_ends_the_run(project: penstock.Project, both: Any, tmp_path: Path) -> None:
    """Rather than read half of it, the run fails and says which option reads files as a whole."""
    folder = tmp_path / "in"
    folder.mkdir()
    objects = [json.dumps({"n": number, "fill": "x" * 900}, indent=1) for number in range(12_000)]
    (folder / "large.json").write_text("\n".join(objects))
    state, _ = both.run("spark", reading(project, folder))
    assert state[0] == "Failed"
    assert "files=whole" in state[1]
