"""Promises of Local FS: files that are whole when they have their name."""

import bz2
import gzip
import io
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import penstock
from penstock.adapters.engine.formats.reading import read_items
from penstock.adapters.engine.localfs import LocalFs
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, StagePlan
from penstock.core.plan.unfit import UnfitError
from penstock.core.processors import Out, Tools
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue
from penstock.core.values import JsonMap, freeze

Make = Callable[..., penstock.StreamingFlow]
LINES = '{"a": 1, "to": "x"}\n{"a": 2, "to": "y"}\n{"a": 3, "to": "x"}'


def settings(folder: Path, **others: object) -> dict[str, object]:
    """Settings of a JSON destination with a folder per value of ``/to``."""
    base = {
        "configs.dirPathTemplate": f"{folder}/${{record:value('/to')}}",
        "configs.dataFormat": "JSON",
        "configs.uniquePrefix": "p",
    }
    return {**base, **{f"configs.{name}": value for name, value in others.items()}}


def run(project: penstock.Project, flow: penstock.StreamingFlow) -> str:
    """The last state of a run of the flow."""
    return project.create_job(name="job", flow=flow).start().wait()


def test_records_go_to_the_folder_that_their_template_names(
    project: penstock.Project, flow_of: Make, tmp_path: Path
) -> None:
    """Every record is a line of JSON in the folder of its value; nothing temporary stays."""
    flow = flow_of(LINES, ("Local FS", settings(tmp_path)))
    assert run(project, flow) == "Completed"
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.parent.name for path in files] == ["x", "y"]
    assert all(path.name.startswith("p_") for path in files)
    assert [json.loads(line)["a"] for line in files[0].read_text().splitlines()] == [1, 3]


def test_a_full_file_is_closed_and_another_begun(project: penstock.Project, flow_of: Make, tmp_path: Path) -> None:
    """No file has more records than are allowed."""
    flow = flow_of(LINES, ("Local FS", settings(tmp_path, maxRecordsPerFile=1, fileNameSuffix="json")))
    assert run(project, flow) == "Completed"
    assert [path.suffix for path in tmp_path.rglob("p_*")] == [".json"] * 3


def test_a_preview_writes_nothing(flow_of: Make, tmp_path: Path) -> None:
    """The folder stays empty."""
    flow_of(LINES, ("Local FS", settings(tmp_path))).preview()
    assert list(tmp_path.iterdir()) == []


def test_delimited_and_text_are_written_as_set(project: penstock.Project, flow_of: Make, tmp_path: Path) -> None:
    """Cells are quoted where they must be; new lines in them are replaced."""
    rows = '{"a": "x,y", "b": "two\\nlines", "c": null}'
    place = {"configs.dirPathTemplate": str(tmp_path), "configs.dataFormat": "DELIMITED", "configs.uniquePrefix": ""}
    ordered = ("Field Order", {"config.fields": ["/a", "/b", "/c"]})
    assert run(project, flow_of(rows, ordered, ("Local FS", place))) == "Completed"
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == b'"x,y",two lines,\r\n'


def test_a_folder_that_cannot_be_made_ends_the_run(project: penstock.Project, flow_of: Make, tmp_path: Path) -> None:
    """The run fails with the code of the stage; nothing is committed as done."""
    (tmp_path / "x").write_text("in the way")
    job = project.create_job(name="job", flow=flow_of(LINES, ("Local FS", settings(tmp_path))))
    started = job.start()
    assert started.wait() == "Failed"
    assert "HADOOPFS_13" in started.message


class Played:
    """A destination with a clock of its own; each call is a batch."""

    def __init__(
        self,
        folder: Path,
        at: str = "2024-01-01T10:30:00",
        parameters: dict[str, object] | None = None,
        **settings: object,
    ) -> None:
        self.now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        base: dict[str, object] = {"dirPathTemplate": str(folder), "dataFormat": "JSON", "uniquePrefix": "p"}
        frozen = freeze({f"configs.{name}": value for name, value in {**base, **settings}.items()})
        assert isinstance(frozen, JsonMap)
        plan = StagePlan("L_01", "kind", StageType.DESTINATION, given=Given(frozen))
        ids = itertools.count(1)
        scope = Scope(now_ms=self.now_ms, parameters=parameters or {})
        self.stage = LocalFs(plan, Tools(plan, self.now_ms, lambda: 0.5, lambda: f"id{next(ids)}", scope=scope))

    def now_ms(self) -> int:
        """What the clock shows."""
        return int(self.now.timestamp() * 1000)

    def write(self, *values: FieldValue, **attributes: str) -> Out:
        """Writes records with these values, all with the same attributes."""
        out = Out(0, self.now_ms)
        self.stage([Record(value, Header("r", attributes=dict(attributes))) for value in values], out)
        return out

    def close(self) -> Out:
        """Ends the run."""
        out = Out(0, self.now_ms)
        self.stage.close(out)
        return out


def names(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


BY_HOUR = "${YYYY()}-${MM()}-${DD()}-${hh()}"


def test_folders_are_named_in_the_zone_of_the_settings(tmp_path: Path) -> None:
    """By the beginning of their stretch of time."""
    played = Played(tmp_path, dirPathTemplate=f"{tmp_path}/{BY_HOUR}${{every(15, mm())}}", timeZoneID="Asia/Tokyo")
    played.write({"a": 1})
    played.close()
    assert names(tmp_path) == ["2024-01-01-1930/p_id1"]


@pytest.mark.parametrize(
    ("codec", "ending", "unpack"), [("GZIP", ".gz", gzip.decompress), ("BZIP2", ".bz2", bz2.decompress)]
)
def test_files_can_be_compressed(tmp_path: Path, codec: str, ending: str, unpack: Callable[[bytes], bytes]) -> None:
    """Their name says so; the event has the length on disk."""
    played = Played(tmp_path, compression=codec, fileNameSuffix="json")
    played.write({"a": 1}, {"a": 2})
    (event,) = played.close().events
    (name,) = names(tmp_path)
    data = (tmp_path / name).read_bytes()
    assert name == f"p_id1.json{ending}"
    assert unpack(data).split() == [b'{"a":1}', b'{"a":2}']
    assert isinstance(event.value, dict)
    assert event.value["length"] == len(data)


@pytest.mark.parametrize(
    ("settings", "words"), [({"compression": "LZ4"}, "GZIP"), ({"fileType": "SEQUENCE_FILE"}, "sequence files")]
)
def test_what_is_not_written_here_is_named(tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    """With what works."""
    with pytest.raises(UnsupportedError, match=words):
        Played(tmp_path, **settings)


def test_a_late_record_is_refused(tmp_path: Path) -> None:
    """When its stretch of time and the limit behind it were over before now."""
    driver = "${time:millisecondsToDateTime(record:value('/at'))}"
    played = Played(tmp_path, dirPathTemplate=f"{tmp_path}/{BY_HOUR}", timeDriver=driver, lateRecordsLimit="1801")
    hour = 3_600_000
    just, late = played.now_ms() - hour // 2 - 1, played.now_ms() - 2 * hour
    out = played.write({"at": just}, {"at": late})
    assert [(error.code, error.record.value) for error in out.errors] == [("HADOOPFS_12", {"at": late})]
    played.close()
    assert names(tmp_path) == ["2024-01-01-09/p_id1"]


def test_late_records_can_have_files_of_their_own(tmp_path: Path) -> None:
    """In a folder of the time when they came."""
    played = Played(
        tmp_path,
        timeDriver="${time:millisecondsToDateTime(0)}",
        dirPathTemplate=f"{tmp_path}/{BY_HOUR}",
        lateRecordsAction="SEND_TO_LATE_RECORDS_FILE",
        lateRecordsDirPathTemplate=f"{tmp_path}/late/${{YYYY()}}",
    )
    assert played.write({"a": 1}).errors == []
    played.close()
    assert names(tmp_path) == ["late/2024/p_id1"]


def test_a_file_is_closed_when_its_time_is_over(tmp_path: Path) -> None:
    """Its stretch and the limit behind it; an empty batch is enough to notice."""
    played = Played(tmp_path, dirPathTemplate=f"{tmp_path}/{BY_HOUR}", lateRecordsLimit="600", idleTimeout="-1")
    played.write({"a": 1})
    played.now += timedelta(minutes=39)
    assert played.write().events == []
    played.now += timedelta(minutes=2)
    assert [each.attributes["sdc.event.type"] for each in played.write().events] == ["file-closed"]


def test_a_file_is_closed_when_nothing_comes(tmp_path: Path) -> None:
    """For the idle timeout; the next record begins another one."""
    played = Played(tmp_path, idleTimeout="${1 * MINUTES}")
    played.write({"a": 1})
    played.now += timedelta(seconds=61)
    assert len(played.write({"a": 2}).events) == 1
    played.close()
    assert names(tmp_path) == ["p_id1", "p_id2"]


def test_a_file_is_closed_when_it_is_large_enough(tmp_path: Path) -> None:
    """The record that makes it so is its last; 0 is no limit."""
    large: FieldValue = {"a": "x" * 1024 * 1024}
    for limit, count in ((1, 1), (0, 0)):
        played = Played(tmp_path / str(limit), maxFileSize=limit)
        assert len(played.write(large, {"a": 1}).events) == count
        played.close()
        assert len(names(tmp_path / str(limit))) == count + 1


def test_a_file_may_be_left_open_however_long_nothing_comes(tmp_path: Path) -> None:
    """With -1 for the idle timeout; without a prefix its name is its id."""
    played = Played(tmp_path, idleTimeout="-1", uniquePrefix="", lateRecordsLimit="${999 * HOURS}")
    played.write({"a": 1})
    played.now += timedelta(days=9)
    assert played.write().events == []
    played.close()
    assert names(tmp_path) == ["id1"]


def test_a_record_with_the_roll_attribute_begins_a_file(tmp_path: Path) -> None:
    """What was written before is closed."""
    played = Played(tmp_path, rollIfHeader=True, rollHeaderName="cut")
    played.write({"a": 1})
    played.write({"a": 2}, cut="")
    played.write({"a": 3})
    played.close()
    assert [(tmp_path / name).read_text().split() for name in names(tmp_path)] == [['{"a":1}'], ['{"a":2}', '{"a":3}']]


def test_a_header_can_name_the_folder(tmp_path: Path) -> None:
    """A record without it is refused."""
    played = Played(tmp_path, dirPathTemplateInHeader=True)
    assert [error.code for error in played.write({"a": 1}).errors] == ["HADOOPFS_50"]
    assert played.write({"a": 1}, targetDirectory=str(tmp_path / "x")).errors == []
    played.close()
    assert names(tmp_path) == ["x/p_id1"]


def test_a_record_without_a_time_is_refused(tmp_path: Path) -> None:
    """HADOOPFS_47."""
    played = Played(tmp_path, timeDriver="${record:value('/none')}")
    assert [error.code for error in played.write({"a": 1}).errors] == ["HADOOPFS_47"]


def test_leftovers_get_their_name_at_the_start(tmp_path: Path) -> None:
    """In every folder that the template may stand for, unless that is not wanted."""
    left = tmp_path / "2023-01-01-01" / "_tmp_p_0"
    left.parent.mkdir()
    left.write_text("{}")
    Played(tmp_path, dirPathTemplate=f"{tmp_path}/{BY_HOUR}", skipOldTempFileRecovery=True)
    assert left.exists()
    Played(tmp_path, dirPathTemplate=f"{tmp_path}/{BY_HOUR}")
    assert names(tmp_path) == ["2023-01-01-01/p_id1"]


def test_leftovers_are_told_with_the_first_batch(tmp_path: Path) -> None:
    """By an event each, as every file that is closed."""
    (tmp_path / "_tmp_p_0").write_text("{}")
    (told,) = Played(tmp_path).write().events
    assert told.value == {"filepath": str(tmp_path / "p_id1"), "filename": "p_id1", "length": 2}


def test_snappy_is_written_in_the_blocks_of_hadoop(tmp_path: Path) -> None:
    """As they are read where the settings name the library."""
    played = Played(tmp_path, compression="SNAPPY")
    rows: list[FieldValue] = [{"a": str(at) * 1000} for at in range(400)]
    played.write(*rows)
    played.close()
    data = (tmp_path / "p_id1.snappy").read_bytes()
    assert 100_000 < int.from_bytes(data[:4], "big") <= 256 * 1024
    given = Given(JsonMap({"compression": "COMPRESSED_FILE", "compressionLibrary": "SNAPPY"}))
    assert [item.value for item in read_items(io.BytesIO(data), "JSON", given)] == rows


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"dirPathTemplate": "out"}, "HADOOPFS_40"),
        ({"dirPathTemplate": f"{__file__}/${{YYYY()}}"}, "HADOOPFS_43"),
        ({"dirPathTemplate": f"{__file__}/a/b"}, "HADOOPFS_42"),
        ({"dirPathTemplate": "/out/${NOTHING}"}, "HADOOPFS_20"),
        ({"dirPathTemplate": "/out/${YYYY("}, "HADOOPFS_20"),
        ({"timeDriver": "${NOTHING}"}, "HADOOPFS_19"),
        ({"timeDriver": "${uuid:uuid()}"}, "HADOOPFS_19"),
        ({"fileType": "WHOLE_FILE"}, "HADOOPFS_60"),
        ({"dirPathTemplate": "/${MM()}"}, "HADOOPFS_29"),
        ({"lateRecordsLimit": "0"}, "HADOOPFS_10"),
        ({"lateRecordsLimit": "${'x'}"}, "HADOOPFS_06"),
        ({"idleTimeout": "0"}, "HADOOPFS_52"),
        ({"maxFileSize": -1}, "HADOOPFS_08"),
        ({"maxRecordsPerFile": -1}, "HADOOPFS_09"),
        ({"rollIfHeader": True, "rollHeaderName": ""}, "HADOOPFS_51"),
        ({"fileNameSuffix": ".txt"}, "HADOOPFS_57"),
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, settings: dict[str, Any], code: str) -> None:
    """With the code of the original."""
    with pytest.raises(InvalidValueError, match=code):
        Played(tmp_path, **settings)


def test_all_settings_that_cannot_be_are_named_at_once(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "dirPathTemplate": "out",
        "lateRecordsLimit": "${'x'}",
        "idleTimeout": "0",
        "maxFileSize": -1,
        "fileNameSuffix": "a/b",
        "lateRecordsAction": "SEND_TO_LATE_RECORDS_FILE",
        "lateRecordsDirPathTemplate": "/${MM()}",
    }
    with pytest.raises(UnfitError) as caught:
        Played(tmp_path, **settings)
    assert [(each.code, each.setting.removeprefix("configs.")) for each in caught.value.found] == [
        ("HADOOPFS_06", "lateRecordsLimit"),
        ("HADOOPFS_52", "idleTimeout"),
        ("HADOOPFS_08", "maxFileSize"),
        ("HADOOPFS_57", "fileNameSuffix"),
        ("HADOOPFS_40", "dirPathTemplate"),
        ("HADOOPFS_29", "lateRecordsDirPathTemplate"),
    ]


def test_folders_are_not_tried_where_nobody_wants_it(tmp_path: Path) -> None:
    """Without the check of permissions nothing is looked at before the first record."""
    assert Played(tmp_path, dirPathTemplate=f"{__file__}/a", hdfsPermissionCheck=False)


def test_leftovers_of_other_parameters_are_left_alone(tmp_path: Path) -> None:
    """What does not depend on the record or on time is the same for all files of a run."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "_tmp_p_0").write_text("{}")
    Played(tmp_path, parameters={"folder": "one"}, dirPathTemplate=f"{tmp_path}/${{folder}}")
    assert names(tmp_path) == ["one/p_id1", "two/_tmp_p_0"]


def test_a_record_that_cannot_be_written_keeps_its_file_open(tmp_path: Path) -> None:
    """As one that can be does: the time without use begins anew."""
    played = Played(tmp_path, idleTimeout="60", dataFormat="DELIMITED")
    for _ in range(3):
        assert [error.code for error in played.write({"a": 1}).errors] == ["DELIMITED_GENERATOR_00"]
        played.now += timedelta(seconds=40)
    assert played.write({"a": 1}).events == []
    played.now += timedelta(seconds=61)
    assert len(played.write().events) == 1


def test_numbers_have_the_digits_of_the_original_however_they_come(project: penstock.Project, tmp_path: Path) -> None:
    """Read from lines, computed, or neither; beside usual numbers."""
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    numbers = [0.5, 12345678.5, 0.0005, 3.0, 0.0]
    (source / "a.json").write_text("".join(json.dumps({"a": each}) + "\n" for each in [2.5, *numbers]))
    (source / "b.json").write_text('{"a": 1.5}\n{"a": 2.5}\n')
    flow = project.create_flow(name="numbers")
    origin, expression, files = map(flow.add_stage, ("Directory", "Expression Evaluator", "Local FS"))
    for name, text in (("spoolDir", str(source)), ("filePattern", "*.json"), ("dataFormat", "JSON")):
        origin.configuration[f"conf.{name}"] = text
    expression.configuration["expressionProcessorConfigs"] = [
        {"fieldToSet": "/b", "expression": "${record:value('/a') * 10000000}"}
    ]
    for name, value in settings(target, dirPathTemplate=str(target)).items():
        files.configuration[name] = value
    finisher = flow.add_stage("Pipeline Finisher Executor")
    finisher.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
    finisher.configuration["stageOnRecordError"] = "DISCARD"
    origin >> expression >> files
    origin.connect_event_to(finisher)
    project.update_flow(flow)
    assert run(project, flow) == "Completed"
    (file,) = target.iterdir()
    assert file.read_text().split() == [
        '{"a":2.5,"b":2.5E7}',
        '{"a":0.5,"b":5000000.0}',
        '{"a":1.23456785E7,"b":1.23456785E14}',
        '{"a":5.0E-4,"b":5000.0}',
        '{"a":3.0,"b":3.0E7}',
        '{"a":0.0,"b":0.0}',
        '{"a":1.5,"b":1.5E7}',
        '{"a":2.5,"b":2.5E7}',
    ]
