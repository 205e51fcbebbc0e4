"""Which file it is, whatever its name becomes: by its number in the file system and a digest of its beginning."""

import base64
import hashlib
import json
import os
from pathlib import Path

import attrs

from ....core.processors.api import StopFault

HEAD_BYTES = 1024


@attrs.frozen
class LiveFile:
    """A file as it was found at ``path``."""

    path: Path
    inode: str
    head: str
    """Digest of the first ``head_bytes`` bytes."""
    head_bytes: int

    def text(self) -> str:
        """The form of offsets and record ids."""
        held = {"path": str(self.path), "headHash": self.head, "headLen": self.head_bytes, "inode": self.inode}
        return json.dumps(held, ensure_ascii=False, separators=(",", ":"))

    def renamed(self) -> "LiveFile":
        """The same file where it is now; unchanged when it is not in its folder any more.

        Raises:
            OSError: the folder cannot be read.
        """
        if self._is_at(self.path):
            return self
        for entry in os.scandir(self.path.parent):
            path = self.path.parent / entry.name
            if entry.is_file() and self._is_at(path):
                return live_file(path) if self.head_bytes == 0 else attrs.evolve(self, path=path)
        return self

    def _is_at(self, path: Path) -> bool:
        try:
            facts = path.stat()
            return _inode(facts) == self.inode and _digest(path, min(self.head_bytes, facts.st_size)) == self.head
        except OSError:
            return False


def live_file(path: Path) -> LiveFile:
    """The file at a path.

    Raises:
        OSError: there is none.
    """
    facts = path.stat()
    count = min(HEAD_BYTES, facts.st_size)
    return LiveFile(path, _inode(facts), _digest(path, count), count)


def read_live_file(text: str) -> LiveFile:
    """What the text of an offset says.

    Raises:
        StopFault: it is none (TAIL_10).
    """
    try:
        held = json.loads(text)
        return LiveFile(
            Path(held["path"]), str(held["inode"]), str(held.get("headHash", "")), int(held.get("headLen", 0))
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise StopFault("TAIL_10", f"the stored offset {text[:80]!r} cannot be read") from None


def _inode(facts: os.stat_result) -> str:
    return f"(dev={facts.st_dev:x},ino={facts.st_ino})"


def _digest(path: Path, count: int) -> str:
    with path.open("rb") as opened:
        return base64.b64encode(hashlib.md5(opened.read(count), usedforsecurity=False).digest()).decode()
