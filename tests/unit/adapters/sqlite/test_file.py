"""Promises about the file itself: whose it is, who may read it, what is refused."""

import sqlite3
import stat
from pathlib import Path

import anyio
import pytest

from penstock.adapters.sqlite import SqliteBackend
from penstock.core.errors import FormatError, InvalidValueError, PenstockError
from penstock.core.flow.model import FlowId
from penstock.core.project import ProjectId, ProjectInfo
from penstock.testing import sample_flow


def connect(path: Path, durability: str = "process") -> None:
    """Opens and closes a store."""

    async def inside() -> None:
        await (await SqliteBackend.connect(path, durability=durability)).aclose()

    anyio.run(inside)


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Credentials are stored as typed, so nobody else may read the file."""
    connect(tmp_path / "a.db")
    assert stat.S_IMODE((tmp_path / "a.db").stat().st_mode) == 0o600


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """A SQLite file with other tables is refused, unchanged."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE things (a)")
    before = path.read_bytes()
    with pytest.raises(FormatError, match="another program"):
        connect(path)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (1,)
    assert len(path.read_bytes()) >= len(before)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A text file is neither read nor overwritten."""
    path = tmp_path / "notes.db"
    path.write_text("x" * 5000)
    with pytest.raises(PenstockError):
        connect(path)
    assert path.read_text() == "x" * 5000


def test_a_file_of_a_newer_penstock_is_refused(tmp_path: Path) -> None:
    """An unknown schema version says which, instead of failing somewhere later."""
    path = tmp_path / "new.db"
    connect(path)
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 999")
    with pytest.raises(FormatError, match="schema 999"):
        connect(path)


def test_an_unknown_durability_names_those_there_are(tmp_path: Path) -> None:
    """A typo is refused before a file is made."""
    with pytest.raises(InvalidValueError, match="process or full"):
        connect(tmp_path / "a.db", "ful")
    assert not (tmp_path / "a.db").exists()


def test_equal_content_is_stored_once(tmp_path: Path) -> None:
    """Going back to an earlier content adds a revision, but no content."""
    path = tmp_path / "a.db"

    async def inside() -> None:
        backend = await SqliteBackend.connect(path)
        await backend.projects.create(ProjectInfo(ProjectId("p"), "p"))
        flows = (await backend.open(ProjectId("p"))).flows
        await flows.create(sample_flow("a"), FlowId("a"), 1)
        for at in range(6):
            await flows.save(FlowId("a"), sample_flow("a", "other" if at % 2 == 0 else ""), at)
        await backend.aclose()

    anyio.run(inside)
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM revisions").fetchone() == (7,)
        assert raw.execute("SELECT count(*) FROM contents").fetchone() == (2,)


def test_purged_content_is_gone_from_the_file(tmp_path: Path) -> None:
    """After a purge nothing of a deleted flow can be read from the file."""
    path = tmp_path / "a.db"

    async def inside() -> None:
        backend = await SqliteBackend.connect(path)
        await backend.projects.create(ProjectInfo(ProjectId("p"), "p"))
        ports = await backend.open(ProjectId("p"))
        await ports.flows.create(sample_flow("a", "open sesame"), FlowId("a"), 1)
        await ports.flows.delete(FlowId("a"), 2)
        assert ports.history is not None
        assert await ports.history.purge() == 1
        await backend.aclose()

    anyio.run(inside)
    assert b"open sesame" not in path.read_bytes()
