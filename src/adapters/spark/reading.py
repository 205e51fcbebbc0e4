"""In a worker: from the rows of Spark's file sources to records, with the headers that Directory gives them."""

import io
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast
from urllib.parse import unquote

import attrs
import pyarrow as pa
import pyarrow.compute as pc
import regex

from ...core.plan.model import OnError, StagePlan
from ...core.processors.api import Out, StopFault
from .code import StageCode

BATCH_SIZE = 1000
CUT_APART = "PENSTOCK_0113"
COLUMNS = ("content", "path", "mtime", "start", "length", "size")


@attrs.frozen
class Piece:
    """A file or a split of it. ``path`` is a URI, percent-encoded; ``start``, ``length`` and ``size`` are bytes."""

    path: str
    mtime_ms: int
    start: int
    length: int
    size: int

    @property
    def whole(self) -> bool:
        """True when it is not a part of a file."""
        return self.start == 0 and self.length >= self.size

    @property
    def local_path(self) -> str:
        """The path in plain letters, without the scheme where it is one of this file system."""
        return unquote(_local(self.path))

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.local_path.rpartition("/")[2]


@attrs.define
class Read:
    """A batch of records as the origin puts them out. ``order`` sorts batches as one machine would read them."""

    out: Out
    order: str
    file: tuple[str, int, int] | None = None
    """Path, records and faults so far, when a piece came to its end."""


class Lines(io.RawIOBase):
    """The lines of a split as a stream of bytes."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._held, self._at = parts, b"", 0

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; none at the end."""
        if self._at == len(self._held):
            self._held, self._at = next(self._parts, b""), 0
        end = len(self._held) if size < 0 else min(self._at + size, len(self._held))
        found = self._held[self._at : end]
        self._at = end
        return found


class Reader:
    """Reads what Directory would read: the same formats, headers and faults, from splits or whole files."""

    def __init__(self, stage: StagePlan, code: StageCode, *, lines: bool) -> None:
        self._stage, self._code, self._lines = stage, code, lines
        given = stage.given.under("conf.")
        self._format, self._settings = given.text("dataFormat", "JSON"), given.under("dataFormatConfig.")
        self._folder = given.text("spoolDir")
        self._first = given.text("initialFileToProcess")
        self._deep = given.flag("processSubdirectories") and given.text("useLastModified") == "TIMESTAMP"
        glob = given.text("pathMatcherMode", "GLOB") == "GLOB"
        self._pattern = None if glob else regex.compile(given.text("filePattern"))

    def reads(self, batches: Iterable[Any]) -> Iterator[Read]:
        """The records of Arrow batches with the columns that ``sources`` selects."""
        for piece, group in groupby(self._parts(batches), key=lambda part: part[0]):
            if self._wanted(piece):
                contents = (content for _, content in group)
                stream = Lines(contents) if self._lines else io.BytesIO(next(contents))
                yield from self._piece(piece, cast(BinaryIO, stream))

    def _parts(self, batches: Iterable[Any]) -> Iterator[tuple[Piece, bytes]]:
        for batch in batches:
            for at, count in _runs(batch):
                piece = Piece(*(batch.column(column)[at].as_py() for column in range(1, len(COLUMNS))))
                content = batch.column(0).slice(at, count)
                yield piece, _joined(content) if self._lines else content[0].as_py()

    def _wanted(self, piece: Piece) -> bool:
        if self._pattern is not None and self._pattern.fullmatch(piece.name, timeout=1.0) is None:
            return False
        if self._first and piece.name < self._first:
            return False
        folder = PurePosixPath(unquote(_local(self._folder)) if self._folder.startswith("file:") else self._folder)
        return self._deep or PurePosixPath(piece.local_path).parent == folder

    def _piece(self, piece: Piece, stream: BinaryIO) -> Iterator[Read]:
        facts = {
            "file": piece.local_path,
            "filename": piece.name,
            "mtime": str(piece.mtime_ms),
            "baseDir": self._folder,
        }
        stops = self._stage.on_error is OnError.STOP
        file = self._code.read_file(stream, self._format, self._settings, facts, base=piece.start, stops=stops)
        more = True
        while more:
            out, order = Out(len(self._stage.outputs), self._code.clock.now_ms), f"{piece.name}\0{file.at:020d}"
            try:
                more = file.some(BATCH_SIZE, out)
            except self._code.fault as fault:
                file.faults += 1
                self._broken(piece, fault, out)
                more = False
            yield Read(out, order, None if more else (piece.local_path, file.records, file.faults))

    def _broken(self, piece: Piece, fault: Exception, out: Out) -> None:
        """The rest of a file cannot be read; what becomes of it the on-error setting says."""
        if not piece.whole:
            text = f"{piece.local_path}, bytes {piece.start} to {piece.start + piece.length}: {fault}; files are cut at"
            raise StopFault(CUT_APART, f"{text} line ends: if an object goes over lines, use the option files=whole")
        if self._stage.on_error is OnError.STOP:
            raise StopFault("SPOOLDIR_04", f"{piece.local_path}: {fault}")
        if self._stage.on_error is OnError.TO_ERROR:
            out.stage_error("SPOOLDIR_01", f"{piece.local_path}: {fault}")


def _local(path: str) -> str:
    """A path without the scheme, where that is the one of this file system."""
    if path.startswith("file:"):
        return path.removeprefix("file:").replace("//", "", 1) if path.startswith("file://") else path[5:]
    return path


def _runs(batch: Any) -> Iterator[tuple[int, int]]:
    """Where the rows of each piece begin in a batch, and how many they are."""
    count = batch.num_rows
    if count == 0:
        return
    changes = pc.or_(*(_changes(batch.column(COLUMNS.index(name))) for name in ("path", "start")))
    begins = [0, *(at + 1 for at in pc.indices_nonzero(changes).to_pylist()), count]
    for at, end in pairwise(begins):
        yield at, end - at


def _changes(column: Any) -> Any:
    """True where the next row holds something else."""
    return pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))


def _joined(lines: Any) -> bytes:
    """Lines with an end behind each."""
    as_list = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)
    text: bytes = pc.binary_join(as_list, b"\n")[0].as_py()
    return text + b"\n"
