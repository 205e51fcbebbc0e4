"""Promises about the order of the files of a folder."""

import os
from pathlib import Path

import attrs
import pytest

from penstock.adapters.engine.spool import TICK_S, Spool


@attrs.define
class Clock:
    """A clock that stands still."""

    ms: int = 0

    def now(self) -> int:
        """The time."""
        return self.ms


def spool(
    folder: Path, clock: Clock | None = None, *, by_time: bool = False, deep: bool = False, limit: int = 9
) -> Spool:
    """The text files of a folder; all are ready. It is listed every three seconds."""
    now = (clock or Clock()).now
    fits, ready = (lambda name: name.endswith(".txt")), (lambda name, changed_s: True)
    return Spool(folder, fits, ready, now, by_time=by_time, deep=deep, period_ms=3000, limit=limit)


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


def names(held: Spool, last: Path, *lasts: Path) -> list[str | None]:
    """The names of the files behind each of some."""
    return [None if path is None else path.name for path in map(held.next, map(str, (last, *lasts)))]


def test_a_new_file_is_seen_when_the_period_is_over(tmp_path: Path) -> None:
    """Or when all files of the last listing were taken."""
    clock = Clock()
    a, b, c, d, e = (tmp_path / f"{name}.txt" for name in "abcde")
    fill(tmp_path, "a.txt", "c.txt")
    held = spool(tmp_path, clock)
    held.next("")
    fill(tmp_path, "b.txt", "d.txt")
    clock.ms += 3000
    assert names(held, a) == ["b.txt"]
    fill(tmp_path, "e.txt")
    assert names(held, b, c, d) == ["c.txt", "d.txt", "e.txt"]
    fill(tmp_path, "f.txt")
    clock.ms += 2999
    assert names(held, e) == ["f.txt"]


def test_a_folder_without_a_next_file_is_left_alone_for_the_period(tmp_path: Path) -> None:
    """What comes meanwhile waits; a clock that was set back does not hold it up."""
    clock = Clock(10_000)
    fill(tmp_path, "a.txt")
    held, a = spool(tmp_path, clock), tmp_path / "a.txt"
    assert names(held, a) == [None]
    fill(tmp_path, "b.txt")
    clock.ms += 2999
    assert names(held, a) == [None]
    clock.ms += 1
    assert names(held, a) == ["b.txt"]
    assert names(held, tmp_path / "b.txt") == [None]
    fill(tmp_path, "c.txt")
    clock.ms -= 9000
    assert names(held, tmp_path / "b.txt") == ["c.txt"]


def test_a_folder_is_not_listed_while_as_many_files_wait_as_the_limit_says(tmp_path: Path) -> None:
    """However old the listing is: a file that comes in between is passed by."""
    clock = Clock()
    fill(tmp_path, "a.txt", "c.txt", "e.txt")
    held = spool(tmp_path, clock, limit=2)
    held.next("")
    fill(tmp_path, "b.txt", "d.txt")
    clock.ms += 60_000
    assert names(held, tmp_path / "a.txt", tmp_path / "c.txt") == ["c.txt", "d.txt"]


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


@pytest.mark.parametrize(("later_ms", "naps"), [(5, [TICK_S]), (500, [])])
def test_files_of_the_newest_tick_are_waited_for(tmp_path: Path, later_ms: int, naps: list[float]) -> None:
    """By time others may come that stand before them; by name nothing is waited for."""
    fill(tmp_path, "a.txt")
    changed_s = (tmp_path / "a.txt").stat().st_ctime
    slept: list[float] = []
    for by_time in (False, True):
        held = spool(tmp_path, Clock(int(changed_s * 1000) + later_ms), by_time=by_time)
        held.sleep = slept.append
        assert held.next("") == tmp_path / "a.txt"
    assert slept == naps
