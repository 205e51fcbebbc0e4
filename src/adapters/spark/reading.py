"""In a worker: from the rows of Spark's file sources to records, with the headers that Directory gives them."""

import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast
from urllib.parse import unquote

import attrs
import regex

from ...core.plan.model import OnError, StagePlan
from ...core.processors.api import Out, StopFault
from ...core.records.record import Header, Record
from .code import Item, StageCode

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
        path = self.path
        if path.startswith("file:"):
            path = path.removeprefix("file:").replace("//", "", 1) if path.startswith("file://") else path[5:]
        return unquote(path)

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
        self._parts, self._held = parts, b""

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; none at the end."""
        if not self._held:
            self._held = next(self._parts, b"")
        found = self._held[:size] if size >= 0 else self._held
        self._held = self._held[len(found) :]
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
            content, rest = batch.column(0), [batch.column(at) for at in range(1, len(COLUMNS))]
            count = batch.num_rows
            if count == 0:
                continue
            first, last = (Piece(*(column[at].as_py() for column in rest)) for at in (0, count - 1))
            if first == last and self._lines:
                yield first, b"\n".join(content.to_pylist()) + b"\n"
                continue
            rows = zip(zip(*(column.to_pylist() for column in rest), strict=True), content.to_pylist(), strict=True)
            for facts, group in groupby(rows, key=lambda row: row[0]):
                found = [each for _, each in group]
                yield Piece(*facts), b"\n".join(found) + b"\n" if self._lines else found[0]

    def _wanted(self, piece: Piece) -> bool:
        if self._pattern is not None and self._pattern.fullmatch(piece.name, timeout=1.0) is None:
            return False
        if self._first and piece.name < self._first:
            return False
        return self._deep or PurePosixPath(piece.local_path).parent == PurePosixPath(self._folder)

    def _piece(self, piece: Piece, stream: BinaryIO) -> Iterator[Read]:
        facts = {
            "file": piece.local_path,
            "filename": piece.name,
            "mtime": str(piece.mtime_ms),
            "baseDir": self._folder,
        }
        out, order, records, faults = self._out(), f"{piece.name}\0{piece.start:020d}", 0, 0
        held = 0
        try:
            for item in self._code.read_items(stream, self._format, self._settings):
                refused = self._one(item, piece, facts, out)
                faults, records, held = faults + refused, records + (not refused), held + 1
                if held == BATCH_SIZE:
                    yield Read(out, order)
                    out, order, held = self._out(), f"{piece.name}\0{piece.start + item.start + 1:020d}", 0
        except self._code.fault as fault:
            faults += 1
            self._broken(piece, fault, out)
        yield Read(out, order, (piece.local_path, records, faults))

    def _out(self) -> Out:
        return Out(len(self._stage.outputs), self._code.clock.now_ms)

    def _one(self, item: Item, piece: Piece, facts: dict[str, str], out: Out) -> bool:
        """Puts a record out or refuses it; true when it was refused."""
        at = item.label or str(piece.start + item.start)
        source_id, attributes = f"{piece.name}::{at}", {**facts, "offset": at}
        if item.fault is not None:
            held = item.value.value if isinstance(item.value, Record) else item.value
            out.error(Record(held, Header(source_id, attributes=attributes)), item.fault.code, item.fault.message)
            return True
        if isinstance(item.value, Record):
            record = item.value
            record.attributes.update(attributes)
            record.header.source_id = record.header.source_id or source_id
        else:
            record = Record(item.value, Header(source_id, attributes=attributes))
        out.emit(record)
        return False

    def _broken(self, piece: Piece, fault: Exception, out: Out) -> None:
        """The rest of a file cannot be read; what becomes of it the on-error setting says."""
        if not piece.whole:
            text = f"{piece.local_path}, bytes {piece.start} to {piece.start + piece.length}: {fault}; files are cut at"
            raise StopFault(CUT_APART, f"{text} line ends: if an object goes over lines, use the option files=whole")
        if self._stage.on_error is OnError.STOP:
            raise StopFault("SPOOLDIR_04", f"{piece.local_path}: {fault}")
        if self._stage.on_error is OnError.TO_ERROR:
            out.stage_error("SPOOLDIR_01", f"{piece.local_path}: {fault}")
