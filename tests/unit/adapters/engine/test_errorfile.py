"""Promises of Write to File: refused records in files that can be read again."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from penstock.adapters.engine import errorfile
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.records.record import Record
from penstock.core.values import JsonMap, freeze


def made(folder: object, **settings: object) -> Any:
    """The stage with settings."""
    frozen = freeze({"directory": str(folder), "uniquePrefix": "e", "rotationIntervalSecs": "60", **settings})
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("E_01", "errors", StageType.DESTINATION, given=Given(frozen))
    ids = (f"{number}" for number in itertools.count(1))
    return errorfile.WriteToFile(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: next(ids)))


def names(folder: Path) -> list[str]:
    """The files of a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_file_has_a_temporary_name_until_the_end(tmp_path: Path) -> None:
    """At the end it gets an id."""
    stage = made(tmp_path)
    stage([Record({"a": "x"})], Out(0))
    assert names(tmp_path) == ["_tmp_e.sdc"]
    stage.close(Out(0))
    assert names(tmp_path) == ["e_1.sdc"]


def test_nothing_refused_makes_no_file(tmp_path: Path) -> None:
    """An empty batch and the end leave the folder empty."""
    stage = made(tmp_path)
    stage([], Out(0))
    stage.close(Out(0))
    assert names(tmp_path) == []


def test_a_file_that_was_left_gets_its_name_at_start(tmp_path: Path) -> None:
    """Its records are complete."""
    (tmp_path / "_tmp_e.sdc").write_bytes(b"")
    made(tmp_path)
    assert names(tmp_path) == ["e_1.sdc"]


def test_an_old_file_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the interval is over, with the next batch."""
    seconds = [0.0]
    monkeypatch.setattr("penstock.adapters.engine.errorfile.time.monotonic", lambda: seconds[0])
    stage = made(tmp_path)
    stage([Record("a")], Out(0))
    seconds[0] = 60.0
    stage([], Out(0))
    assert names(tmp_path) == ["_tmp_e.sdc"]
    seconds[0] = 60.5
    stage([], Out(0))
    assert names(tmp_path) == ["e_1.sdc"]


def test_a_large_file_is_ended(tmp_path: Path) -> None:
    """The record that makes it too large is its last."""
    stage = made(tmp_path, maxFileSizeMbs=1)
    stage([Record("x" * 1024 * 1024), Record("b")], Out(0))
    assert names(tmp_path) == ["_tmp_e.sdc", "e_1.sdc"]
    assert b'"b"' in (tmp_path / "_tmp_e.sdc").read_bytes()


def test_no_limit_of_the_size(tmp_path: Path) -> None:
    """0 is none."""
    stage = made(tmp_path, maxFileSizeMbs=0)
    stage([Record("x" * 1024 * 1024), Record("b")], Out(0))
    assert names(tmp_path) == ["_tmp_e.sdc"]


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    """With those above it."""
    made(tmp_path, directory=str(tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b").is_dir()


def test_a_file_that_cannot_be_written_ends_the_run(tmp_path: Path) -> None:
    """With a code of its own."""
    stage = made(tmp_path / "a")
    (tmp_path / "a").rmdir()
    with pytest.raises(StopFault, match="RECORDFS_05"):
        stage([Record("a")], Out(0))


def test_files_are_named_after_the_engine_unless_told(tmp_path: Path) -> None:
    """The prefix is evaluated."""
    made(tmp_path, uniquePrefix="sdc-${sdc:id()}")([Record("a")], Out(0))
    assert names(tmp_path) == ["_tmp_sdc-penstock.sdc"]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"maxFileSizeMbs": -1}, "RECORDFS_00"),
        ({"directory": ""}, "RECORDFS_01"),
        ({"directory": f"{__file__}/below"}, "RECORDFS_01"),
        ({"directory": __file__}, "RECORDFS_02"),
        ({"rotationIntervalSecs": "${0 * HOURS}"}, "RECORDFS_03"),
        ({"rotationIntervalSecs": "${str:length(1, 2)}"}, "RECORDFS_04"),
        ({"rotationIntervalSecs": "soon"}, "RECORDFS_04"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, settings: dict[str, object], code: str) -> None:
    """They are refused before anything is written."""
    with pytest.raises(InvalidValueError, match=code):
        made(tmp_path, **settings)
