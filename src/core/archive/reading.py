"""Reading exports: a ZIP of documents, one document, or a list of documents."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

import attrs

from ..errors import FormatError, LimitError
from ..flow.document import BODY_KEYS, decode_flow
from ..flow.json_text import parse_json
from ..flow.model import Flow
from ..values import PlainJson
from .limits import DEFAULT_LIMITS, Limits, check_entries

ZIP_MAGIC = b"PK"
CHUNK_BYTES = 256 * 1024


@attrs.frozen
class Member:
    """One flow of an archive and the file in it that it came from."""

    file: str
    flow: Flow


def read_archive(opened: BinaryIO, name: str = "archive", limits: Limits = DEFAULT_LIMITS) -> Iterator[Member]:
    """The flows of an export, one after the other, in the order of the file.

    Files that hold no flow (``connections_metadata.json``, pictures, folders, other archives) are passed over. The
    whole directory is checked before the first flow is given.

    Cost: one document in memory at a time.

    Raises:
        FormatError: no archive, truncated, encrypted, names that climb out, links, duplicates, a broken document.
        LimitError: too many members or too much content.
    """
    head = opened.read(4)
    if head[:2] == ZIP_MAGIC:
        yield from _zip_members(_seekable(opened, head, limits, name), name, limits)
        return
    rest = opened.read(limits.member_bytes + 1 - len(head))
    if len(head) + len(rest) > limits.member_bytes:
        raise LimitError(name, "", f"more than {limits.member_bytes} bytes")
    yield from _documents(parse_json(head + rest, name), name, name)


def _seekable(opened: BinaryIO, head: bytes, limits: Limits, name: str) -> BinaryIO:
    if opened.seekable():
        return opened
    data = head + opened.read(limits.total_bytes)
    if opened.read(1):
        raise LimitError(name, "", f"more than {limits.total_bytes} bytes")
    return io.BytesIO(data)


def _zip_members(opened: BinaryIO, name: str, limits: Limits) -> Iterator[Member]:
    with _faults_named(name, "", "it is no complete ZIP archive"):
        archive = zipfile.ZipFile(opened)
    with archive:
        entries = archive.infolist()
        check_entries(entries, archive.start_dir, name, limits)
        left = limits.total_bytes
        for entry in entries:
            if not _may_hold_flow(entry):
                continue
            data = _expand(archive, entry, name, min(left, limits.member_bytes))
            left -= len(data)
            source = f"{name}/{entry.filename}"
            yield from _documents(parse_json(data, source), source, entry.filename, lone=False)


def _may_hold_flow(entry: zipfile.ZipInfo) -> bool:
    path = entry.filename
    base = path.rsplit("/", 1)[-1]
    hidden = path.startswith("__MACOSX/") or base.startswith(".")
    return not entry.is_dir() and not hidden and base.lower().endswith(".json")


@contextmanager
def _faults_named(source: str, path: str, what: str) -> Iterator[None]:
    """Gives an error its place. A damaged archive leads ``zipfile`` and its unpackers into errors of every kind."""
    try:
        yield
    except FormatError:
        raise
    except Exception as error:
        raise FormatError(source, path, f"{what} ({error})") from None


def _expand(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, limit: int) -> bytes:
    """The content of a member; what the directory says of its size is not believed."""
    pieces: list[bytes] = []
    size = 0
    with _faults_named(name, entry.filename, "it is damaged or packed in an unknown way"):
        with archive.open(entry) as member:
            while piece := member.read(CHUNK_BYTES):
                size += len(piece)
                if size > limit:
                    raise LimitError(name, entry.filename, f"it expands to more than {limit} bytes")
                pieces.append(piece)
        if size != entry.file_size:
            raise FormatError(name, entry.filename, f"it has {size} bytes; the directory says {entry.file_size}")
    return b"".join(pieces)


def _documents(plain: PlainJson, source: str, file: str, *, lone: bool = True) -> Iterator[Member]:
    """The flows of one JSON document. Inside an archive, a document of another kind is passed over."""
    if isinstance(plain, list):
        for index, each in enumerate(plain):
            if lone or is_flow_document(each):
                yield Member(f"{file}[{index}]", decode_flow(each, f"{source}[{index}]"))
    elif lone or is_flow_document(plain):
        yield Member(file, decode_flow(plain, source))


def is_flow_document(plain: object) -> bool:
    """True for an object with the keys of a pipeline, a fragment or an export of one."""
    return isinstance(plain, Mapping) and ("stages" in plain or any(key in plain for key in BODY_KEYS))
