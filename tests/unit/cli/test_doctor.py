"""Promises of ``doctor``: what there is, what is missing and how to get it, and whether the place is well."""

import json
import sqlite3
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

import penstock
from penstock.cli import doctor
from penstock.core.extras import EXTRAS
from tests.unit.cli.conftest import Run


def findings(done_out: str) -> dict[str, dict[str, object]]:
    """What was found, by its name."""
    return {each["what"]: each for each in json.loads(done_out)}


def test_a_sound_project_is_well(run: Run) -> None:
    """Exit code 0, with the number of flows."""
    done = run("doctor", "--json")
    found = findings(done.out)
    assert done.exit_code == 0
    assert found["project file"]["well"] is True
    assert "3 flow(s)" in str(found["project"]["words"])
    assert {f"extra {name}" for name in EXTRAS} <= set(found)


def test_a_project_that_is_not_there_yet_is_not_wrong(line: Run, tmp_path: Path) -> None:
    """It is said how to make it, and it is not made."""
    done = line("doctor")
    assert done.exit_code == 0
    assert "penstock init" in done.out
    assert not [*tmp_path.iterdir()]


def test_a_missing_extra_is_named_with_what_it_gives(line: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with the command that installs it; that is not wrong either."""
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name == "fastavro" else find_spec(name))
    done = line("doctor", "--json")
    words = str(findings(done.out)["extra formats"]["words"])
    assert done.exit_code == 0
    assert "AVRO" in words
    assert "pip install 'penstock[formats]'" in words


def damage(path: Path) -> None:
    """Makes the middle of a store file unreadable."""
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    path.write_bytes(data)


def empty(path: Path) -> None:
    """Puts another program's file in its place."""
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (id)")
    connection.close()


def garble(path: Path) -> None:
    """Puts something in its place that is no database."""
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)


@pytest.mark.parametrize("spoil", [damage, empty, garble], ids=lambda each: each.__name__)
def test_a_project_file_that_is_not_sound_is_wrong(run: Run, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """Exit code 1 and words, no traceback."""
    with sqlite3.connect(tmp_path / "flows.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    spoil(tmp_path / "flows.db")
    done = run("doctor")
    assert done.exit_code == 1
    assert "!! project file" in done.out
    assert "Traceback" not in done.output


def test_a_service_is_asked(line: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Well with its token; a token that it does not take is wrong, and so is an address where nobody answers."""
    with penstock.serve() as server:
        monkeypatch.setenv("PENSTOCK_URL", server.url)
        assert line("doctor", "--token", server.token).exit_code == 0
        refused = line("doctor", "--token", "wrong")
        assert refused.exit_code == 1
        assert "does not take the token" in refused.out
        assert server.token not in refused.output
    assert "!! reachable" in line("doctor").out
