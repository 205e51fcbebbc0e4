"""Files written whole or not at all, and flow files written anew in the manner that they had."""

import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..core.errors import InvalidValueError, PenstockError
from ..core.flow.model import Flow

LONGEST_PREFIX = 40


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to under a temporary name; it is renamed in the end: ``path`` is the old or the new, never half.

    Where ``path`` is a link, the file behind it is meant. A file that was there keeps its permissions.

    Raises:
        InvalidValueError: there is no such folder, it is no plain file, or it cannot be written. Nothing is left over.
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise InvalidValueError("destination", str(path), f"a file in an existing folder ({target.parent} is none)")
    try:
        mode = _mode(target, path)
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:LONGEST_PREFIX]}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            os.chmod(name, mode)
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except PenstockError:
        raise
    except OSError as error:
        raise InvalidValueError("destination", str(path), f"a place to write to ({error.strerror or error})") from error


def _mode(target: Path, path: Path) -> int:
    """The permissions of the file that is there, else those that a new one gets."""
    try:
        held = target.stat().st_mode
    except FileNotFoundError:
        return 0o666 & ~_umask()
    if not stat.S_ISREG(held):
        raise InvalidValueError("destination", str(path), "a file, not a folder, device or pipe")
    return stat.S_IMODE(held)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> Path:
    """Writes a file as ``whole_file`` does; where it is."""
    with whole_file(path) as out:
        write(out)
    return path


def holds_one_document(path: Path) -> bool:
    """True for a file with one JSON object, which ``rewrite_flow`` can write anew; no list of flows, no archive."""
    with path.open("rb") as opened:
        head = opened.read(4096)
    return head.decode(json.detect_encoding(head), errors="ignore").lstrip()[:1] == "{"


def rewrite_flow(path: Path, flow: Flow, destination: Path | None = None) -> Path:
    """Writes a flow over the JSON file that it came from (or elsewhere), in the manner of that file; where it is.

    A text that says the same already stays as it is.

    Raises:
        InvalidValueError: there is no such folder, or it cannot be written.
    """
    from ..core.flow.document import encode_flow
    from ..core.flow.json_text import json_text, parse_json
    from ..core.flow.manner import manner_of, written

    held, document = path.read_bytes(), encode_flow(flow)
    encoding = json.detect_encoding(held)
    text = held.decode(encoding)
    same = json_text(parse_json(text, path.name)) == json_text(document)
    made = text if same else written(document, manner_of(text))
    return write_whole(destination or path, lambda out: out.write(made.encode(encoding)))
