"""Packed files: one that is compressed, or the files in an archive, one after the other."""

import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO

import attrs
import regex

from ....core.plan.given import Given
from ....core.records.record import Header, Record
from .compression import BROKEN, FREE_BYTES, MOST_PER_BYTE, SNAPPY, STEP, inflate, kind_of, pieces_of, whole_reads
from .fault import FormatFault
from .item import Item

KINDS = ("COMPRESSED_FILE", "ARCHIVE", "COMPRESSED_ARCHIVE")
FORMATS = frozenset(("AVRO", "BINARY", "DELIMITED", "JSON", "LOG", "PROTOBUF", "SDC_JSON", "TEXT", "XML"))
MOST_ENTRIES = 100_000
LARGEST_BYTES = 64 * 1024**3
MATCH_S = 1.0
SPOOLED_BYTES = 16 * 1024 * 1024
_ZIP, _ZIP_EMPTY, _TAR = b"PK\x03\x04", b"PK\x05\x06", b"ustar"
_BREAKS = (OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile, tarfile.TarError)

Read = Callable[[BinaryIO], Iterator[Item]]


@attrs.frozen
class Entry:
    """A file in an archive."""

    name: str
    opened: BinaryIO


def is_packed(data_format: str, given: Given) -> bool:
    """True when the settings of a format say that its files are packed."""
    return data_format in FORMATS and given.text("compression", "NONE") in KINDS


def in_archive(given: Given) -> bool:
    """True where the offsets of files name a file in them."""
    return given.text("compression") in ("ARCHIVE", "COMPRESSED_ARCHIVE")


def read_packed(opened: BinaryIO, given: Given, read: Read) -> Iterator[Item]:
    """The records of the files in a packed one; ``read`` reads one of them.

    Offsets grow from file to file. Records of an archive say in ``fileNameInsideArchive``, ``filePathInsideArchive``
    and ``fileOffsetInsideArchive`` where they come from.

    Raises:
        FormatFault: it is broken or not packed, grows too much, or holds too many files.
    """
    kind = given.text("compression")
    packed = SNAPPY if given.text("compressionLibrary") == "SNAPPY" else None
    data = opened if kind == "ARCHIVE" else _unpacked(opened, packed)
    if kind == "COMPRESSED_FILE":
        yield from read(data)
        return
    base, reached = 0, ""
    for entry in _entries(data, given.text("filePatternInArchive", "*") or "*"):
        end = base
        for number, item in enumerate(read(entry.opened)):
            end = base + item.end
            if number > 0:
                reached = _offset(entry.name, item.label or str(item.start))
            yield _placed(item, entry.name, base, reached)
            reached = _offset(entry.name, str(item.end))
        base = end + 1


def _offset(name: str, at: str) -> str:
    """How an offset in a file of an archive is told."""
    return json.dumps({"fileName": name, "fileOffset": at}, separators=(",", ":"), ensure_ascii=False)


def _unpacked(opened: BinaryIO, kind: str | None) -> BinaryIO:
    """The plain file; how it was packed is seen from its beginning, where nothing tells it."""
    head = opened.read(STEP)
    kind = kind or kind_of(head)
    if kind is None:
        raise FormatFault("DATA_PARSER_01", "the file is not compressed with gzip, bzip2, xz or zstd")
    return whole_reads(inflate(chain((head,), pieces_of(opened)), kind))


def _placed(item: Item, name: str, base: int, reached: str) -> Item:
    offset = item.label or str(item.start)
    folder, _, file = name.rpartition("/")
    record = item.value if isinstance(item.value, Record) else Record(item.value, Header())
    record.attributes["filePathInsideArchive"] = folder
    record.attributes["fileNameInsideArchive"] = file
    record.attributes["fileOffsetInsideArchive"] = offset
    return attrs.evolve(item, start=base + item.start, end=base + item.end, value=record, label=offset, reached=reached)


def _entries(opened: BinaryIO, pattern: str) -> Iterator[Entry]:
    """The files whose whole name fits the pattern, in the order of the archive."""
    fits = glob_pattern(pattern)
    head = opened.read(512)
    if head.startswith((_ZIP, _ZIP_EMPTY)):
        yield from _zipped(opened, head, fits)
    elif head[257:262] == _TAR or _old_tar(head):
        yield from _tarred(opened, head, fits)
    else:
        raise FormatFault("DATA_PARSER_01", "the file is neither a zip nor a tar archive")


def _zipped(opened: BinaryIO, head: bytes, fits: "regex.Pattern[str]") -> Iterator[Entry]:
    file = _seekable(opened, head)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise FormatFault(BROKEN, f"the archive holds more than {MOST_ENTRIES} files")
            for info in entries:
                if not info.is_dir() and _fits(fits, info.filename):
                    with archive.open(info) as member:
                        pieces = iter(lambda: member.read(STEP), b"")
                        yield Entry(info.filename, whole_reads(_bounded(pieces, info.compress_size)))
    except _BREAKS as error:
        raise FormatFault(BROKEN, f"the archive cannot be read: {error}") from None
    finally:
        if file is not opened:
            file.close()


def _seekable(opened: BinaryIO, head: bytes) -> BinaryIO:
    """A zip archive has its table at the end: what cannot go back is put aside."""
    if opened.seekable():
        opened.seek(0)
        return opened
    made = tempfile.SpooledTemporaryFile(SPOOLED_BYTES)  # noqa: SIM115  (its reader closes it)
    size = 0
    for piece in chain((head,), pieces_of(opened)):
        size += len(piece)
        if size > LARGEST_BYTES:
            made.close()
            raise FormatFault(BROKEN, f"the archive is larger than {LARGEST_BYTES} bytes")
        made.write(piece)
    made.seek(0)
    return made  # type: ignore[return-value]


def _tarred(opened: BinaryIO, head: bytes, fits: "regex.Pattern[str]") -> Iterator[Entry]:
    count = 0
    try:
        with tarfile.open(fileobj=whole_reads(chain((head,), pieces_of(opened))), mode="r|") as archive:
            for member in archive:
                count += 1
                if count > MOST_ENTRIES:
                    raise FormatFault(BROKEN, f"the archive holds more than {MOST_ENTRIES} files")
                archive.members = []  # type: ignore[attr-defined]  # it would remember all of them
                if member.sparse is not None:
                    raise FormatFault(BROKEN, f"{member.name} has holes, which may be of any size")
                if member.isfile() and _fits(fits, member.name.removeprefix("./")):
                    file = archive.extractfile(member)
                    assert file is not None
                    yield Entry(member.name.removeprefix("./"), file)  # type: ignore[arg-type]
    except _BREAKS as error:
        raise FormatFault(BROKEN, f"the archive cannot be read: {error}") from None


def _fits(pattern: "regex.Pattern[str]", name: str) -> bool:
    try:
        return pattern.fullmatch(name, timeout=MATCH_S) is not None
    except TimeoutError:
        raise FormatFault(BROKEN, f"the pattern takes too long for the name {name[:80]!r}") from None


def _bounded(pieces: Iterator[bytes], packed_bytes: int) -> Iterator[bytes]:
    gave = 0
    for piece in pieces:
        gave += len(piece)
        if gave > FREE_BYTES and gave > max(1, packed_bytes) * MOST_PER_BYTE:
            raise FormatFault(BROKEN, f"more than {MOST_PER_BYTE} times the size of a packed file comes out")
        yield piece


def _old_tar(head: bytes) -> bool:
    """A tar archive of the oldest kind has no mark: its sum of the head must be right."""
    try:
        return len(head) == 512 and int(head[148:156].strip(b" \0"), 8) == sum(head[:148] + b" " * 8 + head[156:])
    except ValueError:
        return False


def glob_pattern(pattern: str) -> "regex.Pattern[str]":
    """A Java glob as a regular expression: ``*`` stays within a folder, ``**`` does not, ``{a,b}`` is either."""
    made, at, open_braces = "", 0, 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if pattern.startswith("**", at - 1):
            made, at = made + ".*", at + 1
        elif sign in "*?":
            made += "[^/]*" if sign == "*" else "[^/]"
        elif sign == "[" and "]" in pattern[at + 1 :]:
            end = pattern.index("]", at + 1)
            held = pattern[at:end].replace("\\", "\\\\")
            made += "[^/" + held[1:] + "]" if held.startswith("!") else "(?!/)[" + held.replace("^", "\\^", 1) + "]"
            at = end + 1
        elif sign == "{" and open_braces == 0:
            made, open_braces = made + "(?:", 1
        elif sign == "}" and open_braces:
            made, open_braces = made + ")", 0
        elif sign == "," and open_braces:
            made += "|"
        elif sign == "\\" and at < len(pattern):
            made, at = made + regex.escape(pattern[at]), at + 1
        else:
            made += regex.escape(sign)
    try:
        return regex.compile(made + (")" if open_braces else ""), regex.DOTALL)
    except regex.error:
        raise FormatFault("DATA_PARSER_01", f"{pattern!r} is no pattern for names in an archive") from None
