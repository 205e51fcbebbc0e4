"""Whether what was compiled is of the sources beside it."""

import hashlib
import re
from pathlib import Path

import pytest

from penstock.adapters.packaged.compiled import NOTE, Arrangement, arrangement, is_of
from penstock.core.layout import board

FAILED = Path(__file__).parents[4] / "build" / "compiled" / "failed.log"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sources and the note that was made when they were compiled."""
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(f"NAME = {name!r}\n")
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()}
    (tmp_path / NOTE).write_text("".join(f"{digest}  {name}\n" for name, digest in digests.items()))
    return tmp_path


def test_sources_as_they_were_compiled_are_known(folder: Path) -> None:
    """A source that was not compiled changes nothing."""
    (folder / "three.py").write_text("NAME = 3\n")
    assert is_of(folder)


def test_a_source_that_was_edited_is_noticed(folder: Path) -> None:
    """Its compiled module would hide the edit."""
    (folder / "two.py").write_text("NAME = 2\n")
    assert not is_of(folder)


@pytest.mark.parametrize("name", ["one.py", NOTE])
def test_what_is_not_there_is_noticed(folder: Path, name: str) -> None:
    """A compiled module without its source, or without a note of it, is of nobody knows what."""
    (folder / name).unlink()
    assert not is_of(folder)


def test_the_arrangement_here_is_of_the_sources_here() -> None:
    """After an edit of ``src/core/layout`` a new installation is due: ``make`` sees to it."""
    assert arrangement() is not Arrangement.STALE
    assert (arrangement() is Arrangement.INTERPRETED) == board.__file__.endswith(".py")


def test_the_sources_can_be_compiled() -> None:
    """What mypyc says of them is a defect; that a machine's C compiler fails only costs time, and is said."""
    said = FAILED.read_text() if FAILED.exists() else ""
    assert not re.search(r"\.py:\d+: error", said), said
    if said:
        pytest.skip(f"the arrangement could not be compiled here: {said[-300:]}")
