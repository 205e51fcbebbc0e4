"""Promises of the Directory origin and of the formats that it reads, one line of behaviour each."""

import gzip
import io
import itertools
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.adapters.engine.directory import Directory
from penstock.adapters.engine.formats import FormatFault
from penstock.adapters.engine.formats.reading import read_items
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, StagePlan
from penstock.core.plan.model import OnError
from penstock.core.plan.unfit import UnfitError
from penstock.core.processors import Out, Tools
from penstock.core.processors.api import Access, StopFault
from penstock.core.values import JsonMap, freeze

EVERYTHING = Access()


def directory(
    folder: Path,
    on_error: OnError = OnError.TO_ERROR,
    access: Access = EVERYTHING,
    now_ms: Callable[[], int] = lambda: 1000,
    **settings: object,
) -> Directory:
    """A Directory origin over a folder; every ``*.txt`` is read as text unless the settings say otherwise."""
    given = {"spoolDir": str(folder), "filePattern": "*.txt", "dataFormat": "TEXT", **settings}
    frozen = freeze({f"conf.{name}": value for name, value in given.items()})
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("D_01", "directory", StageType.ORIGIN, given=Given(frozen), outputs=("out",), on_error=on_error)
    return Directory(plan, Tools(plan, now_ms, lambda: 0.5, lambda: "id", access=access))


def hourly() -> Callable[[], int]:
    """A clock on which an hour passes between two looks."""
    return itertools.count(0, 3_600_000).__next__


def texts(out: Out) -> list[object]:
    """The lines that were read."""
    return [record.value["text"] for record in out.lanes[0]]  # type: ignore[index,call-overload]


def read_all(
    origin: Directory, offset: str | None = None, batch: int = 1000
) -> tuple[list[object], list[str], str | None]:
    """Lines, kinds of events and the last offset, until there is nothing more."""
    lines: list[object] = []
    events: list[str] = []
    while "no-more-data" not in events:
        out = Out(1)
        offset = origin.read(offset, batch, out)
        lines += texts(out)
        events += [record.attributes["sdc.event.type"] for record in out.events]
        origin.committed()
    return lines, events, offset


def fill(folder: Path, **files: str) -> None:
    """Makes text files."""
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    """One after the other; events say when one begins, ends, and when there is none left."""
    fill(tmp_path, b="3\n4", a="1\n2\n")
    (tmp_path / "other.csv").write_text("no")
    lines, events, _ = read_all(directory(tmp_path))
    assert lines == ["1", "2", "3", "4"]
    assert events == ["new-file", "finished-file", "new-file", "finished-file", "no-more-data"]


def test_files_can_be_read_in_the_order_of_their_last_change(tmp_path: Path) -> None:
    """With the folders below, where asked."""
    fill(tmp_path, b="1")
    (tmp_path / "sub").mkdir()
    fill(tmp_path / "sub", a="2")
    os.utime(tmp_path / "b.txt", (1, 1))
    origin = directory(tmp_path, useLastModified="TIMESTAMP", processSubdirectories=True)
    assert read_all(origin)[0] == ["1", "2"]
    assert read_all(directory(tmp_path, useEventReader=True, processSubdirectories=True))[0] == ["1", "2"]


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_a_new_origin_goes_on_where_the_offset_says(tmp_path: Path, batch: int) -> None:
    """After every batch a fresh origin reads exactly the rest."""
    fill(tmp_path, a="1\n2\n3\n", b="4\n5\n")
    offset: str | None = None
    lines: list[object] = []
    for _ in range(12):
        out = Out(1)
        offset = directory(tmp_path).read(offset, batch, out)
        assert len(out.lanes[0]) <= batch
        lines += texts(out)
    assert lines == ["1", "2", "3", "4", "5"]


def test_records_know_their_file_and_place(tmp_path: Path) -> None:
    """Source id and header attributes, as the original gives them."""
    fill(tmp_path, a="x\ny\n")
    out = Out(1)
    directory(tmp_path).read(None, 10, out)
    first, second = out.lanes[0]
    assert [first.header.source_id, second.header.source_id] == ["a.txt::0", "a.txt::2"]
    assert first.attributes["filename"] == "a.txt"
    assert first.attributes["file"] == str(tmp_path / "a.txt")
    assert first.attributes["baseDir"] == str(tmp_path)
    assert second.attributes["offset"] == "2"
    assert int(first.attributes["mtime"]) > 0


def test_files_are_deleted_or_archived_after_their_offset_is_safe(tmp_path: Path) -> None:
    """Not before: a crash in between reads the file again."""
    fill(tmp_path, a="1")
    (tmp_path / "old").mkdir()
    origin = directory(tmp_path, postProcessing="ARCHIVE", archiveDir=str(tmp_path / "old"))
    origin.read(None, 10, Out(1))
    assert (tmp_path / "a.txt").exists()
    origin.committed()
    assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "old" / "a.txt").read_text() == "1"
    fill(tmp_path, b="2")
    read_all(directory(tmp_path, postProcessing="DELETE"))
    assert not (tmp_path / "b.txt").exists()


def test_a_record_that_cannot_be_parsed_goes_to_error_and_the_file_goes_on(tmp_path: Path) -> None:
    """A row with too many columns between two good ones."""
    fill(tmp_path, a="x,y\n1,2\n1,2,3\n4,5\n")
    out = Out(1)
    settings: dict[str, Any] = {"dataFormat": "DELIMITED", "dataFormatConfig.csvHeader": "WITH_HEADER"}
    directory(tmp_path, **settings).read(None, 10, out)
    assert [record.value for record in out.lanes[0]] == [{"x": "1", "y": "2"}, {"x": "4", "y": "5"}]
    assert [error.code for error in out.errors] == ["DELIMITED_PARSER_01"]


def test_a_file_that_cannot_be_read_on_is_treated_as_told(tmp_path: Path) -> None:
    """Dropped, reported and put away, or the end of the run."""
    bad, old = '{"a": 1} {oops', tmp_path / "bad"
    old.mkdir()
    fill(tmp_path, a=bad)
    out = Out(1)
    directory(tmp_path, dataFormat="JSON", errorArchiveDir=str(old)).read(None, 1000, out)
    assert [code for code, _ in out.stage_errors] == ["SPOOLDIR_01"]
    assert (old / "a.txt").exists()
    fill(tmp_path, a=bad)
    out = Out(1)
    directory(tmp_path, OnError.DISCARD, dataFormat="JSON").read(None, 1000, out)
    assert (len(out.lanes[0]), out.stage_errors) == (1, [])
    with pytest.raises(StopFault, match="SPOOLDIR_04"):
        directory(tmp_path, OnError.STOP, dataFormat="JSON").read(None, 10, Out(1))


def test_a_record_that_is_too_long_is_treated_as_told(tmp_path: Path) -> None:
    """Reported, and the file goes on; or the end of the run."""
    fill(tmp_path, a="a,b\ncccc,dddd\ne,f\n")
    given: dict[str, Any] = {"dataFormat": "DELIMITED", "dataFormatConfig.csvMaxObjectLen": 5}
    out = Out(1)
    directory(tmp_path, **given).read(None, 1000, out)
    assert len(out.lanes[0]) == 2
    assert [code for code, _ in out.stage_errors] == ["SPOOLDIR_02"]
    with pytest.raises(StopFault, match="SPOOLDIR_02"):
        directory(tmp_path, OnError.STOP, **given).read(None, 1000, Out(1))


def test_settings_that_cannot_be_are_refused(tmp_path: Path) -> None:
    """No folder, no pattern, a broken pattern, a format without a reader, an offset that is none."""
    with pytest.raises(InvalidValueError, match="SPOOLDIR_12"):
        directory(tmp_path / "none")
    with pytest.raises(InvalidValueError, match="SPOOLDIR_32"):
        directory(tmp_path, filePattern="")
    with pytest.raises(InvalidValueError, match="SPOOLDIR_16"):
        directory(tmp_path, filePattern="(", pathMatcherMode="REGEX")
    fill(tmp_path, a="1")
    with pytest.raises(UnsupportedError):
        directory(tmp_path, dataFormat="FLOWFILE").read(None, 1, Out(1))
    with pytest.raises(StopFault, match="SPOOLDIR_33"):
        directory(tmp_path).read("{", 1, Out(1))


def test_links_do_not_lead_out_of_allowed_folders(tmp_path: Path) -> None:
    """A link to a file elsewhere is not followed."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    fill(outside, secret="x")
    (inside / "a.txt").symlink_to(outside / "secret.txt")
    access = Access(folders=(str(inside),))
    with pytest.raises(StopFault, match="not allowed"):
        directory(inside, access=access).read(None, 10, Out(1))
    with pytest.raises(StopFault, match="not allowed"):
        directory(outside, access=access)


def test_patterns_know_alternatives_and_expressions(tmp_path: Path) -> None:
    """Globs with braces, or regular expressions over the whole name."""
    for name in ("a.json", "b.csv", "c.xml"):
        (tmp_path / name).write_text(name)
    assert read_all(directory(tmp_path, filePattern="*.{json,csv}"))[0] == ["a.json", "b.csv"]
    assert read_all(directory(tmp_path, filePattern="[bc].*", pathMatcherMode="REGEX"))[0] == ["b.csv", "c.xml"]


class Slow(io.BytesIO):
    """A file that gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        """At most three bytes."""
        return super().read(3)


def items(data: bytes, kind: str, **settings: object) -> list[object]:
    """The values in some bytes, and the codes of faults."""
    frozen = freeze(settings)
    assert isinstance(frozen, JsonMap)
    found = read_items(Slow(data), kind, Given(frozen))
    return [item.value if item.fault is None else item.fault.code for item in found]


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=9)))
def test_lines_are_the_same_however_the_file_is_cut(lines: list[str]) -> None:
    """Whatever the line ends are, and wherever a read ends."""
    for end in ("\n", "\r\n"):
        data = "".join(line + end for line in lines).encode()
        assert items(data, "TEXT") == [{"text": line} for line in lines]


@given(st.lists(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9) | st.none(), max_size=3)))
def test_json_is_the_same_however_the_file_is_cut(values: list[dict[str, object]]) -> None:
    """Objects one after the other, or in one array."""
    apart = "\n".join(json.dumps(value) for value in values).encode()
    assert items(apart, "JSON", jsonContent="MULTIPLE_OBJECTS") == values
    assert items(json.dumps(values).encode(), "JSON", jsonContent="ARRAY_OBJECTS") == values


def test_what_is_too_long_is_cut_or_refused() -> None:
    """A line is cut; an object ends the file."""
    assert items(b"abcdefgh\nxy\n", "TEXT", textMaxLineLen=3) == [{"text": "abc", "truncated": True}, {"text": "xy"}]
    big = json.dumps({"a": "x" * 50}).encode()
    with pytest.raises(FormatFault, match="JSON_PARSER_02"):
        items(big + b'{"b": 1}', "JSON", jsonMaxObjectLen=20)
    with pytest.raises(FormatFault, match="BINARY_PARSER_00"):
        items(b"12345", "BINARY", binaryMaxObjectLen=4)
    assert items(b"1234", "BINARY", binaryMaxObjectLen=4) == [b"1234"]


def test_a_log_is_read_up_to_a_line_that_does_not_fit(tmp_path: Path) -> None:
    """The rest of the file is left, with an error of the stage, and the line before; the next file is read."""
    line = '1.2.3.4 - bob [10/Oct/2000:13:55:36 -0700] "GET /x HTTP/1.0" 200 23\n'
    fill(tmp_path, a=f"{line}{line}nonsense\n{line}", b=line)
    settings: dict[str, Any] = {"dataFormat": "LOG", "dataFormatConfig.logMode": "COMMON_LOG_FORMAT"}
    origin = directory(tmp_path, **settings)
    out = Out(1)
    origin.read(origin.read(None, 1000, out), 1000, out)
    assert [record.value["clientip"] for record in out.lanes[0]] == ["1.2.3.4"] * 2  # type: ignore[index,call-overload]
    ((code, message),) = out.stage_errors
    assert (code, out.errors) == ("SPOOLDIR_01", [])
    assert "LOG_PARSER_03" in message


def test_a_directory_resumes_within_an_archive(tmp_path: Path) -> None:
    """The offset leads back into the file of the archive that was being read."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one.txt", "1\n2\n")
        archive.writestr("two.txt", "3\n4\n")
    packed: dict[str, Any] = {"filePattern": "*.zip", "dataFormatConfig.compression": "ARCHIVE"}
    out = Out(1)
    offset = directory(tmp_path, **packed).read(None, 3, out)
    assert texts(out) == ["1", "2", "3"]
    assert out.lanes[0][2].attributes["fileNameInsideArchive"] == "two.txt"
    assert out.lanes[0][2].header.source_id == "a.zip::0"
    lines, _, _ = read_all(directory(tmp_path, **packed), offset)
    assert lines == ["4"]


def test_packed_json_lines_are_unpacked(tmp_path: Path) -> None:
    """However fast they would be read without."""
    (tmp_path / "a.txt").write_bytes(gzip.compress(b'{"a": 1}\n{"a": 2}\n'))
    out = Out(1)
    packed: dict[str, Any] = {"dataFormatConfig.compression": "COMPRESSED_FILE"}
    directory(tmp_path, dataFormat="JSON", **packed).read(None, 10, out)
    assert [record.value for record in out.lanes[0]] == [{"a": 1}, {"a": 2}]


def test_temporary_files_can_be_left_alone(tmp_path: Path) -> None:
    """Those that a Local FS is writing."""
    fill(tmp_path, _tmp_a="1", b="2")
    assert read_all(directory(tmp_path))[0] == ["1", "2"]
    assert read_all(directory(tmp_path, ignoreTmpFiles=True))[0] == ["2"]


def test_young_files_can_be_left_for_later(tmp_path: Path) -> None:
    """A file is taken when its last change is as long ago as the settings say; the clock stands at one second."""
    fill(tmp_path, a="1", b="2")
    os.utime(tmp_path / "a.txt", (0, 0))
    os.utime(tmp_path / "b.txt", (0.7, 0.7))
    assert read_all(directory(tmp_path, fileProcessingDelay=500))[0] == ["1"]


def test_too_many_files_forbid_the_start(tmp_path: Path) -> None:
    """SPOOLDIR_50 says how many there are, and how many may be."""
    fill(tmp_path, a="1", b="2", c="3")
    with pytest.raises(StopFault, match="SPOOLDIR_50.*3.*2"):
        directory(tmp_path, maxTotalSpoolFiles=2)
    assert read_all(directory(tmp_path, maxTotalSpoolFiles=3))[0] == ["1", "2", "3"]


def no_more_data(origin: Directory, offset: str | None = None) -> list[object]:
    """The counts of every no-more-data event until there are two idle batches in a row."""
    found: list[object] = []
    idle = 0
    while idle < 2:
        out = Out(1)
        offset = origin.read(offset, 1000, out)
        origin.committed()
        found += [each.value for each in out.events if each.attributes["sdc.event.type"] == "no-more-data"]
        idle = idle + 1 if not out.lanes[0] else 0
    return found


def test_no_more_data_counts_what_was_read_since_the_last_time(tmp_path: Path) -> None:
    """Once per idle period, over all files; a folder without files says so too."""
    origin = directory(tmp_path, now_ms=hourly())
    assert no_more_data(origin) == [{"record-count": 0, "error-count": 0, "file-count": 0}]
    fill(tmp_path, a="1\n2", b="3")
    assert no_more_data(origin) == [{"record-count": 3, "error-count": 0, "file-count": 2}]
    fill(tmp_path, c="4")
    assert no_more_data(origin, json.dumps({"file": str(tmp_path / "b.txt"), "POS": "-1"})) == [
        {"record-count": 1, "error-count": 0, "file-count": 1}
    ]


def test_a_file_that_is_gone_on_with_is_new_again(tmp_path: Path) -> None:
    """After a restart within a file the event comes once more, as in the original."""
    fill(tmp_path, a="1\n2\n")
    offset = directory(tmp_path).read(None, 1, Out(1))
    assert read_all(directory(tmp_path), offset)[:2] == (["2"], ["new-file", "finished-file", "no-more-data"])


def test_files_of_subfolders_keep_their_path_in_the_archive(tmp_path: Path) -> None:
    """Two of one name do not replace each other; what was kept long enough goes."""
    source, archive = tmp_path / "in", tmp_path / "archive"
    for name in ("x", "y"):
        (source / name).mkdir(parents=True)
        (source / name / "a.txt").write_text(name)
    archive.mkdir()
    (archive / "old.txt").write_text("old")
    os.utime(archive / "old.txt", (-3600, -3600))
    settings: dict[str, Any] = {"useLastModified": "TIMESTAMP", "processSubdirectories": True, "retentionTimeMins": 30}
    read_all(directory(source, postProcessing="ARCHIVE", archiveDir=str(archive), **settings))
    assert sorted(str(path.relative_to(archive)) for path in archive.rglob("*.txt")) == ["x/a.txt", "y/a.txt"]


def test_a_first_file_must_fit_the_pattern(tmp_path: Path) -> None:
    """SPOOLDIR_18."""
    with pytest.raises(InvalidValueError, match="SPOOLDIR_18"):
        directory(tmp_path, initialFileToProcess="a.csv")


def test_everything_wrong_with_the_settings_is_told_at_once(tmp_path: Path) -> None:
    """With the codes of the original, and the setting that each is about."""
    wrong: dict[str, Any] = {
        "filePattern": " ",
        "batchSize": 0,
        "overrunLimit": 1,
        "poolingTimeoutSecs": 0,
        "maxSpoolFiles": 0,
        "errorArchiveDir": str(tmp_path / "none"),
        "postProcessing": "ARCHIVE",
        "retentionTimeMins": -1,
        "dataFormat": "JSON",
        "dataFormatConfig.jsonMaxObjectLen": 0,
    }
    with pytest.raises(UnfitError) as raised:
        directory(tmp_path / "gone", **wrong)
    assert [(each.code, each.setting.removeprefix("conf.")) for each in raised.value.found] == [
        ("SPOOLDIR_12", "spoolDir"),
        ("SPOOLDIR_06", "overrunLimit"),
        ("SPOOLDIR_14", "batchSize"),
        ("SPOOLDIR_15", "poolingTimeoutSecs"),
        ("SPOOLDIR_17", "maxSpoolFiles"),
        ("SPOOLDIR_32", "filePattern"),
        ("SPOOLDIR_12", "errorArchiveDir"),
        ("SPOOLDIR_11", "archiveDir"),
        ("SPOOLDIR_19", "retentionTimeMins"),
        ("DATA_FORMAT_01", "dataFormatConfig.jsonMaxObjectLen"),
    ]


def test_a_header_says_where_the_file_was_reached(tmp_path: Path) -> None:
    """0 with the first record, whatever stands before it; a refused record leaves the offset. Paths are as given."""
    (tmp_path / "a.txt").write_text("A,B\na,b,c\n1,2\n3,4\n")
    settings: dict[str, Any] = {"dataFormat": "DELIMITED", "dataFormatConfig.csvHeader": "WITH_HEADER"}
    out = Out(1)
    directory(tmp_path, **settings, spoolDir=f"{tmp_path}/").read(None, 10, out)
    (refused,) = out.errors
    kept = [refused.record, *out.lanes[0]]
    assert [record.attributes["offset"] for record in kept] == ["0", "0", "14"]
    assert [record.header.source_id for record in kept] == ["a.txt::4", "a.txt::10", "a.txt::14"]
    assert {record.attributes["baseDir"] for record in kept} == {f"{tmp_path}/"}


@pytest.mark.parametrize(("on_error", "events"), [(OnError.TO_ERROR, ["new-file"]), (OnError.DISCARD, None)])
def test_a_file_that_cannot_be_read_is_not_finished(
    tmp_path: Path, on_error: OnError, events: list[str] | None
) -> None:
    """Unless such faults are dropped; what was read before counts, the fault itself does not."""
    (tmp_path / "a.txt").write_text("[1,")
    settings: dict[str, Any] = {"dataFormat": "JSON", "dataFormatConfig.jsonContent": "ARRAY_OBJECTS"}
    out = Out(1)
    directory(tmp_path, on_error, **settings).read(None, 10, out)
    assert [record.value for record in out.lanes[0]] == [1]
    assert [each.attributes["sdc.event.type"] for each in out.events] == (events or ["new-file", "finished-file"])
    if events is None:
        assert out.events[1].value == {"filepath": str(tmp_path / "a.txt"), "record-count": 1, "error-count": 0}


@pytest.mark.parametrize("kind", ["TEXT", "JSON"])
def test_a_record_above_the_buffer_limit_ends_its_file(tmp_path: Path, kind: str) -> None:
    """128 KB without a setting; the next file is read."""
    (tmp_path / "a.txt").write_text('["a"]\n["' + "x" * 70_000 + '"]\n["b"]\n')
    fill(tmp_path, b="[1]")
    settings: dict[str, Any] = {"dataFormat": kind, "dataFormatConfig.jsonMaxObjectLen": 100_000}
    for limit, counts in ((64, [1, 1]), (None, [3, 1])):
        origin, offset, outs = directory(tmp_path, overrunLimit=limit, **settings), None, [Out(1), Out(1)]
        for out in outs:
            offset = origin.read(offset, 10, out)
        assert [len(out.lanes[0]) for out in outs] == counts
        assert [code for code, _ in outs[0].stage_errors] == (["SPOOLDIR_01"] if limit else [])


def test_names_fit_as_java_globs_have_it(tmp_path: Path) -> None:
    """Sets, negation with a mark, escapes; a caret is a caret."""
    fill(tmp_path, a1="1", ax="x", b1="b", **{"^1": "^"})
    (tmp_path / "s*r.txt").write_text("star")
    for pattern, expected in (("a[0-9].txt", ["1"]), ("[!a]1.txt", ["^", "b"]), ("[^a]1.txt", ["^", "1"])):
        assert read_all(directory(tmp_path, filePattern=pattern))[0] == expected
    assert read_all(directory(tmp_path, filePattern="s\\*r.txt"))[0] == ["star"]
    assert read_all(directory(tmp_path, filePattern=r"\w\d.txt", pathMatcherMode="REGEX"))[0] == ["1", "b"]


def test_the_first_file_counts_by_time_where_files_are_read_by_time(tmp_path: Path) -> None:
    """Older ones are left; it may be told with its folder."""
    fill(tmp_path, c="old", a="first", b="young")
    for at, name in ((2_000_000_000, "c"), (2_000_000_100, "a"), (2_000_000_200, "b")):
        os.utime(tmp_path / f"{name}.txt", (at, at))
    settings: dict[str, Any] = {"useLastModified": "TIMESTAMP", "fileProcessingDelay": 0}
    for first in ("a.txt", str(tmp_path / "a.txt")):
        assert read_all(directory(tmp_path, **settings, initialFileToProcess=first))[0] == ["first", "young"]
    assert read_all(directory(tmp_path, **settings, initialFileToProcess="none.txt"))[0] == ["old", "first", "young"]


def test_an_empty_batch_comes_when_the_time_to_wait_is_over(tmp_path: Path) -> None:
    """The first one at once. A file that comes meanwhile ends it when the spooling period is over, the end of the run
    at once."""
    naps: list[float] = []
    held = {"spoolDir": str(tmp_path), "filePattern": "*.txt", "dataFormat": "TEXT"}
    waits = {"poolingTimeoutSecs": 2, "spoolingPeriod": 1}
    given = freeze({f"conf.{name}": value for name, value in {**held, **waits}.items()})
    assert isinstance(given, JsonMap)
    plan = StagePlan("D_01", "d", StageType.ORIGIN, given=Given(given))

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 14:
            fill(tmp_path, a="1")

    stops: list[bool] = []
    clock = lambda: round(sum(naps) * 1000)  # noqa: E731
    tools = Tools(plan, clock, lambda: 0.5, lambda: "id", sleep=sleep, stopped=lambda: bool(stops))
    origin = Directory(plan, tools)
    origin.read(None, 10, Out(1))
    assert naps == []
    origin.read(None, 10, Out(1))
    assert len(naps) == 1
    origin.read(None, 10, Out(1))
    assert sum(naps[1:]) == pytest.approx(2)
    origin.read(None, 10, Out(1))
    assert len(naps) == 15
    out = Out(1)
    origin.read(None, 10, out)
    assert texts(out) == ["1"]
    stops.append(True)
    offset = origin.read(None, 10, Out(1))
    for _ in range(3):
        offset = origin.read(offset, 10, Out(1))
    assert len(naps) == 17


def test_a_batch_size_above_what_an_engine_allows_is_told_once(tmp_path: Path) -> None:
    """And batches are as large as they may be."""
    fill(tmp_path, a="1\n2\n3\n4\n5")
    origin, outs, offset = directory(tmp_path, batchSize=3), [Out(1) for _ in range(3)], None
    for out in outs:
        offset = origin.read(offset, 2, out)
    assert [texts(out) for out in outs] == [["1", "2"], ["3", "4"], ["5"]]
    assert [[code for code, _ in out.reported] for out in outs] == [["SPOOLDIR_37"], [], []]


@pytest.mark.parametrize(("limit", "expected"), [(2, ["1", "3", "4"]), (3, ["1", "2", "3", "4"])])
def test_files_that_come_are_looked_for_when_fewer_wait_than_the_soft_limit(
    tmp_path: Path, limit: int, expected: list[str]
) -> None:
    """However much time is over: what comes before those that wait is passed by."""
    fill(tmp_path, a="1", c="3", d="4")
    origin = directory(tmp_path, now_ms=hourly(), maxSpoolFiles=limit)
    out = Out(1)
    offset = origin.read(None, 1000, out)
    fill(tmp_path, b="2")
    assert [*texts(out), *read_all(origin, offset)[0]] == expected


def test_a_batch_is_of_one_file(tmp_path: Path) -> None:
    """However small it is."""
    fill(tmp_path, a="1", b="2")
    origin, offset, batches = directory(tmp_path), None, []
    for _ in range(2):
        out = Out(1)
        offset = origin.read(offset, 1000, out)
        batches.append(texts(out))
    assert batches == [["1"], ["2"]]


def test_files_before_the_one_that_was_read_are_left(tmp_path: Path) -> None:
    """By name, or by time and then by path."""
    fill(tmp_path, m="1")
    offset = read_all(directory(tmp_path))[2]
    fill(tmp_path, a="early", z="2")
    assert read_all(directory(tmp_path), offset)[0] == ["2"]
    folder = tmp_path / "by time"
    folder.mkdir()
    fill(folder, b="2", a="1")
    for name in "ab":
        os.utime(folder / f"{name}.txt", (2_000_000_000, 2_000_000_000))
    settings: dict[str, Any] = {"useLastModified": "TIMESTAMP", "fileProcessingDelay": 0}
    assert read_all(directory(folder, **settings))[0] == ["1", "2"]


def test_the_first_file_counts_by_name(tmp_path: Path) -> None:
    """It need not be there."""
    fill(tmp_path, a="1", c="3", d="4")
    for first in ("b.txt", "c.txt"):
        assert read_all(directory(tmp_path, initialFileToProcess=first))[0] == ["3", "4"]


def test_events_have_the_versions_of_the_original(tmp_path: Path) -> None:
    """And the fields."""
    fill(tmp_path, a="1")
    origin, offset, told = directory(tmp_path), None, {}
    while "no-more-data" not in told:
        out = Out(1)
        offset = origin.read(offset, 10, out)
        for event in out.events:
            assert isinstance(event.value, dict)
            told[event.attributes["sdc.event.type"]] = (event.attributes["sdc.event.version"], set(event.value))
    assert told == {
        "new-file": ("1", {"filepath"}),
        "finished-file": ("2", {"filepath", "record-count", "error-count"}),
        "no-more-data": ("2", {"record-count", "error-count", "file-count"}),
    }


def test_a_folder_may_come_late(tmp_path: Path) -> None:
    """Where that is allowed; what is no folder is refused."""
    origin = directory(tmp_path / "late", allowLateDirectory=True, now_ms=hourly())
    offset = origin.read(None, 10, Out(1))
    (tmp_path / "late").mkdir()
    fill(tmp_path / "late", a="1")
    out = Out(1)
    origin.read(offset, 10, out)
    assert texts(out) == ["1"]
    for folder, code in ((tmp_path / "late" / "a.txt", "SPOOLDIR_13"), ("", "SPOOLDIR_11")):
        with pytest.raises(UnfitError, match=code):
            directory(tmp_path, spoolDir=str(folder))
