"""Whether the automatic arrangement runs compiled, and whether what was compiled is what stands beside it."""

import hashlib
from enum import Enum
from pathlib import Path

from ...core.layout import board

NOTE = "compiled.sha256"
"""Written when the modules were compiled: the hash and the name of the source of each."""


class Arrangement(Enum):
    """How the arrangement runs here; the places are the same."""

    COMPILED = "compiled"
    INTERPRETED = "interpreted"
    STALE = "compiled from other sources than are here: install penstock again"


def arrangement() -> Arrangement:
    """How the arrangement runs in this process."""
    path = Path(board.__file__)
    if path.suffix == ".py":
        return Arrangement.INTERPRETED
    return Arrangement.COMPILED if is_of(path.parent) else Arrangement.STALE


def is_of(folder: Path) -> bool:
    """Whether the sources in a folder are still those that were compiled, by the note among them."""
    try:
        noted = [line.split() for line in (folder / NOTE).read_text().splitlines()]
        return all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for digest, name in noted)
    except OSError:
        return False
