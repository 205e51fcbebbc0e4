"""Promises of reading and writing archives of flows."""

import contextlib
import io
import json
import random
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from penstock.core.archive import Limits, read_archive, write_archive
from penstock.core.archive.limits import check_entries
from penstock.core.errors import FormatError, LimitError
from penstock.core.flow.document import decode_flow
from penstock.core.flow.model import Flow

CORPUS = Path(__file__).parents[5] / "shared" / "corpus"
STAGELESS = {"schemaVersion": 6, "pipelineId": "p", "title": "T", "stages": [], "custom": 1.0}


def flow(title: str = "T") -> Flow:
    return decode_flow({**STAGELESS, "title": title})


def archive(*members: tuple[str | zipfile.ZipInfo, str]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members:
            made.writestr(name, text)
    out.seek(0)
    return out


def written(*flows: Flow) -> bytes:
    out = io.BytesIO()
    write_archive([(each.name, each) for each in flows], out)
    return out.getvalue()


def test_what_is_written_reads_back_in_order() -> None:
    """Flows come back equal, in the order they were given, unknown keys included."""
    back = list(read_archive(io.BytesIO(written(flow("B"), flow("A")))))
    assert [member.flow.name for member in back] == ["B", "A"]
    assert back[0].flow.extra == flow("B").extra


def test_the_same_flows_give_the_same_bytes() -> None:
    """No time, no order of hashing, no machine shows in an archive."""
    assert written(flow("A"), flow("B")) == written(flow("A"), flow("B"))


def test_halves_of_surrogate_pairs_survive() -> None:
    """What a document may hold and no UTF-8 text can is escaped, so that every reader of JSON gets it back."""
    odd = decode_flow({**STAGELESS, "custom": "\ud800", "\udfff": "\U0001f600"})
    data = written(odd)
    zipfile.ZipFile(io.BytesIO(data)).read("T.json").decode("utf-8")
    assert next(read_archive(io.BytesIO(data))).flow.extra == odd.extra


def test_equal_and_odd_names_get_their_own_files() -> None:
    """Names that are equal on some file system, or no file names at all, do not collide."""
    names = zipfile.ZipFile(io.BytesIO(written(flow("a/b"), flow("A b"), flow("..")))).namelist()
    assert names == ["a_b.json", "A_b_2.json", "flow.json"]


def test_single_documents_and_lists_are_read() -> None:
    """A bare document, an export and a list of them need no ZIP around them."""
    single = io.BytesIO(json.dumps(STAGELESS).encode())
    several = io.BytesIO(json.dumps([STAGELESS, {"pipelineConfig": STAGELESS}]).encode())
    assert [member.flow.name for member in read_archive(single)] == ["T"]
    assert [member.file for member in read_archive(several, "x.json")] == ["x.json[0]", "x.json[1]"]


def test_files_without_a_flow_are_passed_over() -> None:
    """Metadata files beside the flows neither fail an import nor become flows."""
    found = archive(
        ("connections_metadata.json", "[]"),
        ("__MACOSX/a.json", "x"),
        ("notes.txt", "x"),
        ("d/a.json", json.dumps(STAGELESS)),
    )
    assert [member.file for member in read_archive(found)] == ["d/a.json"]


@pytest.mark.parametrize("name", ["../a.json", "/a.json", "a/../../b.json", "..\\a.json", "C:/a.json", "C:a.json"])
def test_names_that_climb_out_are_refused(name: str) -> None:
    """No member may point outside the archive, even though nothing is ever unpacked to disk."""
    with pytest.raises(FormatError, match="climbs out"):
        list(read_archive(archive((name, "{}"))))


def test_second_name_of_a_member_does_not_climb_out_either() -> None:
    """The name in the extra field of a member, which newer readers put in the place of the first, is checked too."""
    entry = zipfile.ZipInfo("a.json")
    entry.filename = "../a.json"
    with pytest.raises(FormatError, match="climbs out"):
        check_entries([entry], 0, "x.zip", Limits())


def test_names_with_control_characters_are_refused() -> None:
    """A name cannot move the cursor of the terminal that an error is printed to."""
    with pytest.raises(FormatError, match="control characters") as error:
        list(read_archive(archive(("a\x1b[2Jb.json", "{}"))))
    assert "\x1b" not in str(error.value)


def test_links_are_refused() -> None:
    """A symbolic link in an archive is an error, not a file."""
    link = zipfile.ZipInfo("a.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(FormatError, match="symbolic link"):
        list(read_archive(archive((link, "/etc/passwd"))))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_names_are_refused() -> None:
    """Which of two members with one name was meant is not guessed."""
    for other in ("a.json", "./a.json", ".//a.json", ".\\a.json"):
        with pytest.raises(FormatError, match="two members"):
            list(read_archive(archive(("a.json", "{}"), (other, "{}"))))


def test_encrypted_members_are_refused() -> None:
    """An encrypted member says that it is, instead of failing as damaged."""
    data = bytearray(archive(("a.json", "{}")).getvalue())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(FormatError, match="encrypted"):
        list(read_archive(io.BytesIO(bytes(data))))


def test_truncated_archives_are_refused() -> None:
    """Wherever an archive is cut, reading ends in a clear error."""
    whole = written(flow("A"), flow("B"))
    for cut in range(2, len(whole) - 1, 17):
        with pytest.raises(FormatError):
            list(read_archive(io.BytesIO(whole[:cut])))


def test_damaged_content_is_refused() -> None:
    """A flipped byte in the packed data is found by its checksum."""
    data = bytearray(written(flow("A")))
    data[60] ^= 0xFF
    with pytest.raises(FormatError):
        list(read_archive(io.BytesIO(bytes(data))))


def test_archives_damaged_anywhere_end_in_a_clear_error() -> None:
    """Whatever bytes are changed, reading gives flows or says that the archive is no good: no other error gets out."""
    dice = random.Random(7)
    wholes = [written(flow("A"), flow("B"))]
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", packing) as made:
            made.writestr("d/a.json", json.dumps(STAGELESS))
        wholes.append(out.getvalue())
    for _ in range(3000):
        data = bytearray(dice.choice(wholes))
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(2, len(data))] = dice.choice([0, 1, 255, dice.randrange(256)])
        with contextlib.suppress(FormatError):
            list(read_archive(io.BytesIO(bytes(data))))


def test_sizes_that_the_directory_makes_up_are_refused() -> None:
    """A member that is shorter or longer than the directory says is not taken for whole."""
    whole = archive(("a.json", json.dumps(STAGELESS))).getvalue()
    for field, size in ((20, 60_000), (24, 5), (24, 5_000)):
        data = bytearray(whole)
        at = data.index(b"PK\x01\x02") + field
        data[at : at + 4] = struct.pack("<I", size)
        with pytest.raises(FormatError):
            list(read_archive(io.BytesIO(bytes(data))))


def test_members_that_share_their_content_are_refused() -> None:
    """One piece of content that the directory names many times is a bomb."""
    whole = archive(("a.json", json.dumps(STAGELESS))).getvalue()
    at, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    first = whole[at:end]
    second = first.replace(b"a.json", b"b.json")
    tail = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(first + second), at, 0)
    with pytest.raises(FormatError, match="reaches into"):
        list(read_archive(io.BytesIO(whole[:at] + first + second + tail)))


def test_an_archive_behind_another_is_refused() -> None:
    """Two archives in one file: which of them is meant is not guessed, and no flow is passed over."""
    with pytest.raises(FormatError, match="before it, the first member"):
        list(read_archive(io.BytesIO(written(flow("A")) + written(flow("B")))))


def test_archive_without_members_has_no_flows() -> None:
    """An empty archive is one."""
    assert list(read_archive(archive())) == []


def test_bombs_are_refused_before_they_expand() -> None:
    """Ratio, count, size of one member and of all are bounded."""
    with pytest.raises(LimitError, match="200 times"):
        list(read_archive(archive(("a.json", " " * 5_000_000))))
    with pytest.raises(LimitError, match="200 times"):
        list(read_archive(archive(*((f"{at}.json", "[" + " " * 900_000 + "]") for at in range(8)))))
    with pytest.raises(LimitError, match="2 members; at most 1"):
        list(read_archive(archive(("a.json", "{}"), ("b.json", "{}")), limits=Limits(entries=1)))
    with pytest.raises(LimitError, match="at most 3"):
        list(read_archive(archive(("a.json", "{   }")), limits=Limits(member_bytes=3)))
    with pytest.raises(LimitError, match="expands to 10"):
        list(read_archive(archive(("a.json", "{   }"), ("b.json", "{   }")), limits=Limits(total_bytes=9)))


def test_errors_name_file_and_member() -> None:
    """A broken document is found by archive, member and place."""
    with pytest.raises(FormatError) as error:
        list(read_archive(archive(("a.json", '{"stages": 3}')), "flows.zip"))
    assert "flows.zip/a.json" in str(error.value)


def test_every_published_archive_is_read() -> None:
    """All shapes of files that people publish open, and come back equal after writing."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus of published flows is not here")
    files = sorted(path for path in CORPUS.iterdir() if path.suffix in (".zip", ".json") and path.name != "INDEX.json")
    count = 0
    for path in files:
        with path.open("rb") as opened:
            members = list(read_archive(opened, path.name))
        assert members, path.name
        count += len(members)
        out = io.BytesIO()
        write_archive([(member.file, member.flow) for member in members], out)
        out.seek(0)
        back = [member.flow for member in read_archive(out)]
        assert [each.stages for each in back] == [member.flow.stages for member in members]
    assert count == 179
