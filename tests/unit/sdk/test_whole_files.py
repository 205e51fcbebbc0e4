"""Files are written whole or not at all, wherever they are to go."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from penstock import InvalidValueError
from penstock.sdk.files import write_whole


def names(folder: Path) -> list[str]:
    """What is in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def failing(error: type[BaseException] | BaseException) -> Callable[[BinaryIO], None]:
    """Writes a little and fails."""

    def write(out: BinaryIO) -> None:
        out.write(b"half")
        raise error

    return write


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """Whatever breaks while a file is written: it is as it was, without a trace of the new one."""
    target = tmp_path / "flows.zip"
    target.write_bytes(b"old")
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error):
            write_whole(target, failing(error))
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["flows.zip"]


def test_a_full_disk_is_named_with_the_place(tmp_path: Path) -> None:
    """What the system says about writing comes as an error of ours that names the file."""
    with pytest.raises(InvalidValueError, match=r"flows\.zip.*No space left"):
        write_whole(tmp_path / "flows.zip", failing(OSError(28, "No space left on device")))
    assert names(tmp_path) == []


def test_a_link_leads_to_the_file_that_is_written(tmp_path: Path) -> None:
    """The link stays one, whether there was a file behind it or not."""
    for name in ("there", "new"):
        (tmp_path / f"to-{name}").symlink_to(tmp_path / name)
    (tmp_path / "there").write_bytes(b"old")
    for name in ("there", "new"):
        write_whole(tmp_path / f"to-{name}", lambda out: out.write(b"new"))
        assert (tmp_path / f"to-{name}").is_symlink()
        assert (tmp_path / name).read_bytes() == b"new"


def test_permissions_of_a_file_stay(tmp_path: Path) -> None:
    """A file that only its owner may read, for it may hold credentials, is not opened to others."""
    target = tmp_path / "flow.json"
    target.write_bytes(b"old")
    target.chmod(0o600)
    write_whole(target, lambda out: out.write(b"new"))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_devices_pipes_and_folders_are_not_replaced(tmp_path: Path) -> None:
    """A file in their place would take them away from everybody else."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "pipe", tmp_path / "folder", Path(os.devnull)):
        with pytest.raises(InvalidValueError, match="not a folder, device or pipe"):
            write_whole(target, lambda out: out.write(b"new"))
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_the_longest_names_can_be_written(tmp_path: Path) -> None:
    """The temporary name is not longer than the name itself may be."""
    target = tmp_path / ("é" * 125 + ".zip")
    assert write_whole(target, lambda out: out.write(b"new")).read_bytes() == b"new"


def test_loops_of_links_are_a_clear_error(tmp_path: Path) -> None:
    """A link to itself is no place to write to."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InvalidValueError):
        write_whole(tmp_path / "loop", lambda out: out.write(b"new"))
