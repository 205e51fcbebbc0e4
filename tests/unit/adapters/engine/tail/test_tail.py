"""File Tail: lines as they are written, rolled files, offsets, events, and what becomes of files at their end."""

import json
from pathlib import Path
from typing import Any

import pytest

import penstock
from penstock.adapters.engine.tail.origin import FileTail
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, OnError, StagePlan
from penstock.core.plan.unfit import UnfitError
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.values import Date
from penstock.core.values import JsonMap, freeze


class Played:
    """An origin with its offset: each call is a batch that was committed."""

    def __init__(self, rows: list[dict[str, object]], settings: dict[str, object] | None = None, **more: Any) -> None:
        given = {"dataFormat": "TEXT", "maxWaitTimeSecs": 0, "fileInfos": rows, **(settings or {})}
        frozen = freeze({f"conf.{name}": value for name, value in given.items()})
        assert isinstance(frozen, JsonMap)
        on_error = more.pop("on_error", OnError.TO_ERROR)
        plan = StagePlan("T_01", "kind", StageType.ORIGIN, given=Given(frozen), outputs=("a", "b"), on_error=on_error)
        self.tools = Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(), **more)
        self.origin = FileTail(plan, self.tools)
        self.offset: str | None = None
        self.out = Out(2)

    def read(self, most: int = 1000, *, commit: bool = True) -> Out:
        """One batch."""
        self.out = Out(2, lambda: 1000)
        self.offset = self.origin.read(self.offset, most, self.out)
        if commit:
            self.origin.committed()
        return self.out

    def texts(self, most: int = 1000) -> list[object]:
        """The texts of one batch."""
        out = self.read(most)
        return [record.value["text"] for record in out.lanes[0]]  # type: ignore[index, call-overload]

    def again(self) -> None:
        """As after a restart: another origin, the same offset."""
        self.origin.close()
        self.origin = FileTail(self.tools.plan, self.tools)


def row(path: Path, mode: str = "REVERSE_COUNTER", **more: object) -> dict[str, object]:
    """A file to follow."""
    return {"fileFullPath": str(path), "fileRollMode": mode, "patternForToken": ".*", **more}


def add(path: Path, text: str) -> None:
    """Appends to a file."""
    with path.open("a", newline="") as opened:
        opened.write(text)


def happened(out: Out) -> list[tuple[object, str]]:
    """The events and the names of their files."""
    return [(each.value["event"], Path(str(each.value["fileName"])).name) for each in out.lanes[1]]  # type: ignore[index, call-overload]


def test_lines_come_as_they_are_written(tmp_path: Path) -> None:
    """A line without its end waits; the next batch goes on behind the last whole line."""
    file = tmp_path / "a.log"
    add(file, "one\r\ntwo\nthr")
    played = Played([row(file, tag="T")])
    assert played.texts() == ["one", "two"]
    record = played.out.lanes[0][1]
    assert record.attributes == {
        "tag": "T",
        "file": str(file),
        "filename": "a.log",
        "offset": "5",
        "mtime": str(int(file.stat().st_mtime * 1000)),
    }
    assert played.texts() == []
    add(file, "ee\n")
    assert played.texts() == ["three"]


def test_the_offset_is_a_map_of_files(tmp_path: Path) -> None:
    """Path and pattern are the key; the value is a position and what makes the file recognisable."""
    file = tmp_path / "a.log"
    add(file, "one\n")
    played = Played([row(file)])
    played.read()
    held = json.loads(str(played.offset))
    at, _, identity = held[f"{file}||.*"].partition("::")
    assert at == "4"
    assert json.loads(identity)["path"] == str(file)
    assert set(json.loads(identity)) == {"path", "headHash", "headLen", "inode"}
    played.again()
    add(file, "two\n")
    assert played.texts() == ["two"]
    assert happened(played.out) == []


def test_a_rolled_file_is_read_to_its_end_and_then_the_live_one(tmp_path: Path) -> None:
    """It is recognised under its new name, after a restart too."""
    file = tmp_path / "a.log"
    add(file, "one\n")
    played = Played([row(file)])
    assert played.texts() == ["one"]
    add(file, "last, without an end")
    file.rename(tmp_path / "a.log.1")
    add(file, "new\n")
    played.again()
    assert played.texts() == ["last, without an end", "new"]
    assert happened(played.out) == [("END", "a.log.1"), ("START", "a.log")]


@pytest.mark.parametrize(
    ("mode", "names", "first", "wanted"),
    [
        ("REVERSE_COUNTER", ["a.1", "a.10", "a.2"], "", ["a.10", "a.2", "a.1", "a"]),
        ("REVERSE_COUNTER", ["a.1", "a.10", "a.2"], "a.2", ["a.2", "a.1", "a"]),
        ("ALPHABETICAL", ["a.x", "a.b"], "", ["a.b", "a.x", "a"]),
        ("DATE_YYYY_MM", ["a.2020-08", "a.2020-01", "a.2020-13"], "", ["a.2020-01", "a.2020-08", "a"]),
        ("DATE_YYYY_MM_DD", ["a.2020-01-02", "a.2020-01-01", "a.2020-01"], "", ["a.2020-01-01", "a.2020-01-02", "a"]),
        ("DATE_YYYY_MM_DD_HH", ["a.2020-01-02-10"], "", ["a.2020-01-02-10", "a"]),
        ("DATE_YYYY_MM_DD_HH_MM", ["a.2020-01-02-10-59"], "", ["a.2020-01-02-10-59", "a"]),
        ("DATE_YYYY_WW", ["a.2020-52"], "", ["a.2020-52", "a"]),
    ],
)
def test_rolled_files_are_read_first_in_their_order(
    tmp_path: Path, mode: str, names: list[str], first: str, wanted: list[str]
) -> None:
    """From the first file on, when one is given; names that do not fit are not read."""
    for name in [*names, "a", "ab"]:
        add(tmp_path / name, f"{name}\n")
    played = Played([row(tmp_path / "a", mode, firstFile=first)])
    assert played.texts() == wanted


def test_files_of_a_pattern_are_read_by_name(tmp_path: Path) -> None:
    """The last one is followed until a later one is there."""
    for name in ("x-2.log", "x-1.log", "y-1.log"):
        add(tmp_path / name, f"{name}\n")
    played = Played([row(tmp_path / "x-${PATTERN}.log", "PATTERN", patternForToken="[0-9]")])
    assert played.texts() == ["x-1.log", "x-2.log"]
    add(tmp_path / "x-2.log", "more\n")
    assert played.texts() == ["more"]
    add(tmp_path / "x-3.log", "next\n")
    assert played.texts() == ["next"]
    assert happened(played.out) == [("END", "x-2.log"), ("START", "x-3.log")]


def test_what_happens_to_files_is_a_record_and_an_event(tmp_path: Path) -> None:
    """Both with the same fields; the time is a DATE."""
    file = tmp_path / "a.log"
    add(file, "one\n")
    out = Played([row(file)]).read()
    (metadata,), (event,) = out.lanes[1], out.events
    assert metadata.value == event.value
    assert isinstance(metadata.value, dict)
    assert (metadata.value["fileName"], metadata.value["event"]) == (str(file), "START")
    assert str(metadata.value["inode"]).startswith("(dev=")
    assert isinstance(metadata.value["time"], Date)
    assert (event.attributes["sdc.event.type"], event.header.source_id) == ("START", f"event:START:1:{file}")


def test_a_file_that_cannot_be_read_on_is_an_event_too(tmp_path: Path) -> None:
    """ERROR for a file that is shorter than its offset; the next one is read."""
    add(tmp_path / "a.2", "one\n")
    add(tmp_path / "a.1", "two\n")
    add(tmp_path / "a", "")
    played = Played([row(tmp_path / "a")])
    assert played.texts(1) == ["one"]
    held = json.loads(str(played.offset))
    played.offset = json.dumps({key: text.replace("4::", "400::", 1) for key, text in held.items()})
    played.again()
    assert played.texts() == ["two"]
    assert happened(played.out)[0] == ("ERROR", "a.2")


def test_a_long_line_is_cut_and_its_rest_left_out(tmp_path: Path) -> None:
    """It says so in its field ``truncated``; a restart within the rest does not begin there."""
    file = tmp_path / "a.log"
    add(file, "abcdefgh")
    played = Played([row(file)], {"dataFormatConfig.textMaxLineLen": 4})
    out = played.read()
    assert [record.value for record in out.lanes[0]] == [{"text": "abcd", "truncated": True}]
    assert "-8::" in str(played.offset)
    played.again()
    add(file, "ij\nok\n")
    assert played.texts() == ["ok"]


def test_a_text_that_does_not_fit_its_format_is_an_error_of_the_stage(tmp_path: Path) -> None:
    """TAIL_12; the other lines go on, blank ones are nothing. STOP_PIPELINE ends the run."""
    file = tmp_path / "a.json"
    add(file, '{"a": 1}\n\n{no\n{"a": 2}\n')
    out = Played([row(file)], {"dataFormat": "JSON"}).read()
    assert [record.value for record in out.lanes[0]] == [{"a": 1}, {"a": 2}]
    assert [code for code, _ in out.stage_errors] == ["TAIL_12"]
    with pytest.raises(StopFault, match="TAIL_12"):
        Played([row(file)], {"dataFormat": "JSON"}, on_error=OnError.STOP).read()


def test_log_lines_have_fields(tmp_path: Path) -> None:
    """As every log that is read."""
    file = tmp_path / "a.log"
    add(file, '127.0.0.1 - joe [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 2326\n')
    out = Played([row(file)], {"dataFormat": "LOG", "dataFormatConfig.logMode": "COMMON_LOG_FORMAT"}).read()
    assert isinstance(out.lanes[0][0].value, dict)
    assert out.lanes[0][0].value["auth"] == "joe"


def test_lines_that_are_no_main_lines_belong_to_the_one_before(tmp_path: Path) -> None:
    """A line is whole when the next main line is there, or the file is complete."""
    file = tmp_path / "a.log"
    add(file, "1 one\n  more\n2 two\n")
    played = Played([row(file)], {"multiLineMainPattern": "[0-9].*"})
    assert played.texts() == ["1 one\n  more\n"]
    played.again()
    add(file, "  of it\n3 three\n")
    assert played.texts() == ["2 two\n  of it\n"]
    file.rename(tmp_path / "a.log.1")
    assert played.texts() == ["3 three\n"]


def test_wildcards_find_files_and_files_that_come_later(tmp_path: Path) -> None:
    """Each file has a key of its own; files are read in turn."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        add(tmp_path / name / "a.log", f"{name}\n")
    played = Played([row(tmp_path / "*" / "a.{log,txt}")], preview=True)
    assert sorted(map(str, played.texts())) == ["one", "two"]
    (tmp_path / "three").mkdir()
    add(tmp_path / "three" / "a.txt", "three\n")
    assert played.texts() == ["three"]
    assert len(json.loads(str(played.offset))) == 3


def test_no_file_starves_another(tmp_path: Path) -> None:
    """A batch that one file could fill has lines of both over time."""
    add(tmp_path / "a.log", "a\n" * 1000)
    add(tmp_path / "b.log", "b\n" * 1000)
    played = Played([row(tmp_path / "a.log"), row(tmp_path / "b.log")])
    assert set(played.texts(200) + played.texts(200)) == {"a", "b"}


def test_late_folders_are_waited_for_where_allowed(tmp_path: Path) -> None:
    """Otherwise the folder must be there."""
    late = tmp_path / "late" / "a.log"
    with pytest.raises(InvalidValueError, match="TAIL_02"):
        Played([row(late)])
    played = Played([row(late)], {"allowLateDirectories": True}, preview=True)
    assert played.texts() == []
    late.parent.mkdir()
    add(late, "one\n")
    assert played.texts() == ["one"]


@pytest.mark.parametrize("after", ["DELETE", "ARCHIVE"])
def test_complete_files_are_put_away_after_the_commit(tmp_path: Path, after: str) -> None:
    """Not before; an archive keeps the path."""
    old, archive = tmp_path / "a.log.1", tmp_path / "archive"
    archive.mkdir()
    add(old, "one\n")
    add(tmp_path / "a.log", "two\n")
    played = Played([row(tmp_path / "a.log")], {"postProcessing": after, "archiveDir": str(archive)})
    played.read(commit=False)
    assert old.exists()
    played.origin.committed()
    assert not old.exists()
    assert Path(str(archive) + str(old)).exists() == (after == "ARCHIVE")


def test_a_preview_puts_nothing_away(tmp_path: Path) -> None:
    """Whatever the settings say."""
    old = tmp_path / "a.log.1"
    add(old, "one\n")
    add(tmp_path / "a.log", "")
    Played([row(tmp_path / "a.log")], {"postProcessing": "DELETE"}, preview=True).read()
    assert old.exists()


@pytest.mark.parametrize(
    ("rows", "settings", "code"),
    [
        ([], {}, "TAIL_01"),
        ([{"fileFullPath": "/"}], {}, "TAIL_20"),
        ([{"fileFullPath": "/tmp/a"}] * 2, {}, "TAIL_04"),
        ([{"fileFullPath": "/tmp/a", "fileRollMode": "PATTERN"}], {}, "TAIL_08"),
        ([{"fileFullPath": "/${PATTERN}/a${PATTERN}", "fileRollMode": "PATTERN"}], {}, "TAIL_16"),
        ([{"fileFullPath": "/tmp/a${PATTERN}", "fileRollMode": "PATTERN", "patternForToken": "("}], {}, "TAIL_09"),
        ([{"fileFullPath": "/tmp/a", "firstFile": "b"}], {}, "TAIL_19"),
        ([{"fileFullPath": "/tmp/a"}], {"postProcessing": "ARCHIVE"}, "TAIL_05"),
        ([{"fileFullPath": "/tmp/a"}], {"postProcessing": "ARCHIVE", "archiveDir": "/nowhere"}, "TAIL_06"),
        ([{"fileFullPath": "/tmp/a"}], {"postProcessing": "ARCHIVE", "archiveDir": "/etc/passwd"}, "TAIL_07"),
        ([{"fileFullPath": "/tmp/a"}], {"dataFormat": "AVRO"}, "TAIL_03"),
    ],
)
def test_settings_that_cannot_be_are_named(
    rows: list[dict[str, object]], settings: dict[str, object], code: str
) -> None:
    """With the code of the original, before anything is read."""
    with pytest.raises(InvalidValueError, match=code):
        Played(rows, settings)


def test_files_elsewhere_are_not_read(tmp_path: Path) -> None:
    """Where folders are limited, links followed."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    add(outside / "a.log", "secret\n")
    (inside / "a.log").symlink_to(outside / "a.log")
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        Played([row(inside / "a.log")], access=Access(folders=(str(inside),))).read()


def test_a_stored_offset_that_is_none_ends_the_run(tmp_path: Path) -> None:
    """TAIL_10."""
    add(tmp_path / "a.log", "one\n")
    played = Played([row(tmp_path / "a.log")])
    played.offset = "{"
    with pytest.raises(StopFault, match="TAIL_10"):
        played.read()


def test_a_flow_with_this_origin_previews_on_both_lanes(tmp_path: Path, project: penstock.Project) -> None:
    """Records on the first, what happened to files on the second."""
    add(tmp_path / "a-1.log", "one\n")
    flow = project.create_flow(name="tail")
    origin, data, metadata = (flow.add_stage(label) for label in ("File Tail", "Trash", "Trash"))
    origin.configuration["conf.dataFormat"] = "TEXT"
    origin.configuration["conf.fileInfos"] = [row(tmp_path / "a-${PATTERN}.log", "PATTERN", patternForToken="[0-9]")]
    origin.connect_output_to(data, output_idx=0)
    origin.connect_output_to(metadata, output_idx=1)
    project.update_flow(flow)
    shown = flow.preview()
    assert [stage.instance_name for stage in shown] == ["FileTail_01", "Trash_01", "Trash_02"]
    assert shown[1].input == [("one",)]
    assert [row[-1] for row in shown[2].input or ()] == ["START"]


def test_all_settings_that_cannot_be_are_named_at_once() -> None:
    rows: list[dict[str, object]] = [
        {"fileFullPath": "/tmp/a"},
        {"fileFullPath": "/tmp/a"},
        {"fileFullPath": "/tmp/b", "fileRollMode": "PATTERN"},
        {"fileFullPath": "/tmp/c", "firstFile": "x"},
    ]
    with pytest.raises(UnfitError) as caught:
        Played(rows, {"postProcessing": "ARCHIVE", "archiveDir": "/nowhere"})
    assert [(each.code, each.setting) for each in caught.value.found] == [
        ("TAIL_06", "conf.archiveDir"),
        ("TAIL_07", "conf.archiveDir"),
        ("TAIL_08", "conf.fileInfos"),
        ("TAIL_19", "conf.fileInfos"),
        ("TAIL_04", "conf.fileInfos"),
    ]
