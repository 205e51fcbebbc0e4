"""Compressed files and archives are read as what is in them, and never become more than is bearable."""

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from typing import BinaryIO

import cramjam
import pytest

from penstock.adapters.engine.filerecords import FileRecords
from penstock.adapters.engine.formats import FormatFault
from penstock.adapters.engine.formats.archives import glob_pattern
from penstock.adapters.engine.formats.compression import SNAPPY_BEGIN, SNAPPY_FRAMES, inflate, snappy_frames
from penstock.adapters.engine.formats.item import Item
from penstock.adapters.engine.formats.reading import read_items
from penstock.core.plan import Given
from penstock.core.processors import Out
from penstock.core.records.record import Record
from penstock.core.values import JsonMap

from .formats.using import written

RECORD = {"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}]}


class NoWayBack(io.BytesIO):
    """A file that can only be read forwards."""

    def seekable(self) -> bool:
        return False


def items(data: bytes | BinaryIO, kind: str, data_format: str = "TEXT", **more: str) -> list[Item]:
    """What is read."""
    opened = io.BytesIO(data) if isinstance(data, bytes) else data
    return list(read_items(opened, data_format, Given(JsonMap({"compression": kind, **more}))))


def values(found: list[Item]) -> list[object]:
    """The fields of what was read."""
    return [item.value.value if isinstance(item.value, Record) else item.value for item in found]


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    """A tar archive, perhaps compressed."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, bz2.compress, lzma.compress, lambda data: lzma.compress(data, lzma.FORMAT_ALONE)],
    ids=["gzip", "bzip2", "xz", "lzma"],
)
def test_a_compressed_file_is_recognised_and_read(pack: object) -> None:
    """Several members behind each other are one file."""
    assert callable(pack)
    found = items(pack(b"one\n") + pack(b"two\n"), "COMPRESSED_FILE")
    assert values(found) == [{"text": "one"}, {"text": "two"}]
    assert [item.start for item in found] == [0, 4]


def hadoop(*pieces: bytes) -> bytes:
    """Blocks as Hadoop writes them."""
    made = b""
    for piece in pieces:
        packed = bytes(cramjam.snappy.compress_raw(piece))
        made += len(piece).to_bytes(4, "big") + len(packed).to_bytes(4, "big") + packed
    return made


@pytest.mark.parametrize("data", [hadoop(b"one\n", b"two\n"), hadoop(b"one\ntw", b"o")], ids=["lines", "across"])
def test_blocks_of_hadoop_are_read_where_the_settings_say_so(data: bytes) -> None:
    """Nothing in the file tells them."""
    assert values(items(data, "COMPRESSED_FILE", compressionLibrary="SNAPPY")) == [{"text": "one"}, {"text": "two"}]
    with pytest.raises(FormatFault, match="DATA_PARSER_01"):
        items(data, "COMPRESSED_FILE")


@pytest.mark.parametrize(
    "data",
    [
        hadoop(b"one")[:-1],
        b"\x00\x00\x00\x01\xff\xff\xff\xff",
        b"\x00\x00\x00\x01" + hadoop(b"one")[4:],
        b"\x00\x00\x00\x03\x00\x00\x00\x03abc",
    ],
    ids=["cut", "large", "more than it says", "no snappy"],
)
def test_broken_blocks_of_hadoop_are_a_fault(data: bytes) -> None:
    """DATA_PARSER_02."""
    with pytest.raises(FormatFault, match="DATA_PARSER_02"):
        items(data, "COMPRESSED_FILE", compressionLibrary="SNAPPY")


def test_frames_of_snappy_are_read_in_any_pieces() -> None:
    """Whatever their kind: padding and frames to skip hold nothing."""
    data = random.Random(1).randbytes(100_000) + b"a" * 100_000
    framed = snappy_frames(data)
    more = framed[:10] + b"\xfe\x02\x00\x00pp" + b"\x80\x01\x00\x00s" + framed[10:] + framed
    for size in (1, 7, 10, 65_536, len(more)):
        pieces = (more[at : at + size] for at in range(0, len(more), size))
        assert b"".join(inflate(pieces, SNAPPY_FRAMES)) == data * 2
    assert list(inflate([SNAPPY_BEGIN], SNAPPY_FRAMES)) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello world", "no frames of Snappy"),
        (snappy_frames(b"one")[10:], "no frames of Snappy"),
        (snappy_frames(b"one")[:10] + b"\x02\x00\x00\x00", "no frames of Snappy"),
        (snappy_frames(b"one")[:-1] + b"x", "checksum"),
        (snappy_frames(b"one")[:-1], "ends too early"),
        (SNAPPY_BEGIN + b"\x01" + (70_004).to_bytes(3, "little") + b"x" * 70_004, "too much"),
        (SNAPPY_BEGIN + b"\x00\x09\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\x0f", "too much"),
    ],
    ids=["text", "no beginning", "unknown", "checksum", "cut", "large", "large inside"],
)
def test_broken_frames_of_snappy_are_a_fault(data: bytes, words: str) -> None:
    """DATA_PARSER_02; each frame is looked at before memory is taken for it."""
    with pytest.raises(FormatFault, match="DATA_PARSER_02") as caught:
        list(inflate([data], SNAPPY_FRAMES))
    assert words in str(caught.value)


FILES = {"a.txt": b"one\ntwo\n", "b.csv": b"no\n", "d/c.txt": b"three\n"}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped(FILES), "ARCHIVE"),
        (tarred(FILES), "ARCHIVE"),
        (tarred(FILES, "w:gz"), "COMPRESSED_ARCHIVE"),
        (tarred(FILES, "w:bz2"), "COMPRESSED_ARCHIVE"),
        (tarred(FILES, "w:xz"), "COMPRESSED_ARCHIVE"),
        (gzip.compress(zipped(FILES)), "COMPRESSED_ARCHIVE"),
    ],
    ids=["zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "zip.gz"],
)
@pytest.mark.parametrize("way", [io.BytesIO, NoWayBack])
def test_the_files_of_an_archive_that_fit_are_read(data: bytes, kind: str, way: type[io.BytesIO]) -> None:
    """In their order; offsets grow, and header attributes say where a record comes from."""
    found = items(way(data), kind, filePatternInArchive="**.txt")
    assert values(found) == [{"text": "one"}, {"text": "two"}, {"text": "three"}]
    assert [item.end for item in found] == sorted({item.end for item in found})
    last = found[2].value
    assert isinstance(last, Record)
    assert last.attributes == {
        "filePathInsideArchive": "d",
        "fileNameInsideArchive": "c.txt",
        "fileOffsetInsideArchive": "0",
    }
    assert [item.label for item in found] == ["0", "4", "0"]


def test_offsets_in_an_archive_name_its_files() -> None:
    """In the header of a record the place that was reached before it; the first one has 0."""
    data, given = zipped({"x": b"1\n2\n", "y": b"3"}), Given(JsonMap({"compression": "ARCHIVE"}))
    told = ["0", '{"fileName":"x","fileOffset":"2"}', '{"fileName":"x","fileOffset":"4"}']
    for at, wanted in ((0, told), (2, told[1:])):
        out = Out(1)
        FileRecords(io.BytesIO(data), "TEXT", given, {"filename": "a", "file": "/a"}, at=at).some(9, out)
        assert [record.attributes["offset"] for record in out.lanes[0]] == wanted
        assert [record.attributes["fileOffsetInsideArchive"] for record in out.lanes[0]] == ["0", "2", "0"][
            -len(wanted) :
        ]
        assert {record.header.source_id for record in out.lanes[0]} <= {"a::0", "a::2"}


def test_without_a_pattern_the_files_at_the_top_are_read() -> None:
    """A star stays within a folder."""
    assert values(items(zipped(FILES), "ARCHIVE")) == [{"text": "one"}, {"text": "two"}, {"text": "no"}]


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("*.txt", ["a.txt"]),
        ("**", ["a.txt", "b.csv", "d/c.txt"]),
        ("d/?.{csv,txt}", ["d/c.txt"]),
        ("[!a].*", ["b.csv"]),
        ("[ab].*", ["a.txt", "b.csv"]),
        (r"a\.txt", ["a.txt"]),
        ("a.txt(", []),
    ],
)
def test_patterns_are_those_of_java(pattern: str, fitting: list[str]) -> None:
    """Within a folder, across folders, alternatives and sets."""
    assert [name for name in FILES if glob_pattern(pattern).fullmatch(name)] == fitting


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"plain text", "COMPRESSED_FILE", "not compressed"),
        (b"plain text" * 100, "ARCHIVE", "neither a zip nor a tar"),
        (gzip.compress(b"text" * 100)[:20], "COMPRESSED_FILE", "too early"),
        (zipped(FILES)[:60], "ARCHIVE", "cannot be read"),
        (b"\x1f\x8bnonsense", "COMPRESSED_FILE", "broken"),
    ],
    ids=["plain", "no-archive", "cut", "cut-zip", "nonsense"],
)
def test_what_is_not_packed_as_said_cannot_be_read(data: bytes, kind: str, words: str) -> None:
    """The fault says what was found."""
    with pytest.raises(FormatFault, match=words):
        items(data, kind)


@pytest.mark.parametrize("kind", ["COMPRESSED_FILE", "ARCHIVE"])
def test_a_bomb_is_given_up(kind: str) -> None:
    """More than 500 times the size is no file that somebody packed."""
    bomb = b"a" * (20 << 20)
    packed = gzip.compress(bomb, 9) if kind == "COMPRESSED_FILE" else zipped({"bomb": bomb})
    with pytest.raises(FormatFault, match="500 times"):
        items(packed, kind)


def test_nested_members_do_not_hide_a_bomb() -> None:
    """The ratio counts over all members."""
    packed = bz2.compress(b"\0" * (40 << 20))
    with pytest.raises(FormatFault, match="500 times"):
        sum(len(piece) for piece in inflate(iter([packed]), "bzip2"))


def test_an_archive_with_holes_is_refused() -> None:
    """A sparse file may claim any size."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a")
        info.pax_headers = {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.name": "a",
            "GNU.sparse.realsize": str(1 << 40),
        }
        data = b"1\n0\n0\n".ljust(512, b"\0")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    with pytest.raises(FormatFault, match="holes"):
        items(out.getvalue(), "ARCHIVE")


def test_a_pattern_that_would_take_for_ever_is_given_up() -> None:
    """A name that was made for it holds up nothing for longer than a second."""
    hostile = "*a" * 30 + "b"
    with pytest.raises(FormatFault, match="too long"):
        items(zipped({"a" * 5000: b""}), "ARCHIVE", filePatternInArchive=hostile)


XML = b"<r><a>1</a></r>"
PACKED: dict[str, tuple[bytes, dict[str, str]]] = {
    "BINARY": (b"abc", {}),
    "DELIMITED": (b"a,b\n", {}),
    "JSON": (b'{"a": 1} [2]', {}),
    "LOG": (b"a\n", {"logMode": "GROK", "grokPattern": "%{WORD:w}"}),
    "SDC_JSON": (written("SDC_JSON", {"a": 1}), {}),
    "TEXT": (b"a\nb\n", {}),
    "XML": (XML, {}),
}


@pytest.mark.parametrize("kind", PACKED)
def test_every_format_of_text_and_bytes_can_be_packed(kind: str) -> None:
    """Compressed or in an archive it is what it is without; only an archive tells names."""
    data, more = PACKED[kind]
    plain = items(data, "NONE", kind, **more)
    assert plain
    packed = (
        (gzip.compress(data), "COMPRESSED_FILE"),
        (zipped({"a": data}), "ARCHIVE"),
        (tarred({"a": data}, "w:gz"), "COMPRESSED_ARCHIVE"),
    )
    for made, how in packed:
        found = items(made, how, kind, **more)
        assert values(found) == values(plain)
        assert [item.label or str(item.start) for item in found] == [item.label or str(item.start) for item in plain]


def test_formats_that_have_no_packed_form_are_read_as_they_are() -> None:
    """Workbooks are packed by themselves, whole files are only copied."""
    assert read_items(io.BytesIO(b""), "EXCEL", Given(JsonMap({"compression": "ARCHIVE"}))) is not None


@pytest.mark.parametrize("way", [io.BytesIO, NoWayBack])
def test_avro_files_in_an_archive_are_read(way: type[io.BytesIO]) -> None:
    """Though the original shows no setting for it, it heeds the one that is there."""
    data = written("AVRO", {"a": 1}, {"a": 2}, avroSchema=json.dumps(RECORD), avroSchemaSource="INLINE")
    packed = tarred({"./._a.avro": b"x", "a.avro": data, "b.avro": data}, "w:gz")
    pattern = {"filePatternInArchive": "[!.]*.avro", "avroSchemaSource": "SOURCE"}
    found = items(way(packed), "COMPRESSED_ARCHIVE", "AVRO", **pattern)
    assert values(found) == [{"a": 1}, {"a": 2}] * 2
