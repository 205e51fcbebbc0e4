"""Promises about the order of the files of a folder."""

import os
from pathlib import Path

import attrs

from penstock.adapters.engine.spool import LISTED_FOR_MS, Spool


@attrs.define
class Clock:
    """A clock that stands still."""

    ms: int = 0

    def now(self) -> int:
        """The time."""
        return self.ms


def spool(folder: Path, clock: Clock | None = None, *, by_time: bool = False, deep: bool = False) -> Spool:
    """The text files of a folder; all are ready."""
    now = (clock or Clock()).now
    fits, ready = (lambda name: name.endswith(".txt")), (lambda name, changed_s: True)
    return Spool(folder, fits, ready, now, by_time=by_time, deep=deep)


def fill(folder: Path, *names: str) -> None:
    """Makes empty files, each changed a second behind the one before."""
    folder.mkdir(exist_ok=True)
    for at, name in enumerate(names):
        (folder / name).touch()
        os.utime(folder / name, (at, at))


def test_a_file_that_is_gone_since_the_listing_is_passed_over(tmp_path: Path) -> None:
    """Without a fault."""
    fill(tmp_path, "a.txt", "b.txt", "c.txt")
    held = spool(tmp_path)
    assert held.next("") == tmp_path / "a.txt"
    (tmp_path / "b.txt").unlink()
    assert held.next(str(tmp_path / "a.txt")) == tmp_path / "c.txt"
    assert held.next(str(tmp_path / "c.txt")) is None


def test_a_new_file_is_seen_after_a_second(tmp_path: Path) -> None:
    """At once where none was left."""
    clock = Clock()
    fill(tmp_path, "a.txt", "c.txt")
    held = spool(tmp_path, clock)
    held.next("")
    fill(tmp_path, "b.txt", "d.txt")
    clock.ms += LISTED_FOR_MS
    assert held.next(str(tmp_path / "a.txt")) == tmp_path / "b.txt"
    fill(tmp_path, "e.txt")
    found = [held.next(str(tmp_path / f"{name}.txt")) for name in "bcd"]
    assert [path and path.name for path in found] == ["c.txt", "d.txt", "e.txt"]


def test_folders_below_count_where_asked(tmp_path: Path) -> None:
    """Only files whose name fits; a folder that cannot be listed is passed over."""
    fill(tmp_path, "a.txt", "b.csv")
    fill(tmp_path / "sub.txt", "c.txt")
    assert {path.name for path in spool(tmp_path).files()} == {"a.txt"}
    assert {path.name for path in spool(tmp_path, deep=True).files()} == {"a.txt", "c.txt"}
    assert list(spool(tmp_path / "none", deep=True).files()) == []


def test_a_file_that_was_changed_since_the_listing_is_read_nevertheless(tmp_path: Path) -> None:
    """By time a file stands where its last change says when it is its turn."""
    fill(tmp_path, "a.txt", "b.txt")
    held = spool(tmp_path, by_time=True)
    first = held.next("")
    assert first is not None
    other = next(path for path in held.files() if path != first)
    other.write_text("more")
    assert held.next(str(first)) == other
