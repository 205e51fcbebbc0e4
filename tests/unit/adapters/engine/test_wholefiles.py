"""Promises about whole files: read as references, copied by Local FS with names, checksums, permissions and events."""

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import penstock
from penstock.adapters.engine.formats import whole_file
from penstock.adapters.engine.localfs import local_fs
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.record import Record
from penstock.core.records.values import FileRef, Long
from penstock.core.values import JsonMap, freeze

from .formats.using import settings

Make = Callable[..., penstock.StreamingFlow]


def read(path: Path, **more: object) -> Record:
    """The record of a file."""
    with path.open("rb") as opened:
        (item,) = whole_file.read_whole_file(opened, settings(**more))
    assert isinstance(item.value, Record)
    return item.value


def copy(record: Record, folder: Path, **more: Any) -> Out:
    """What Local FS makes of one record."""
    given: dict[str, Any] = {
        "dataFormat": "WHOLE_FILE",
        "fileType": "WHOLE_FILE",
        "dirPathTemplate": str(folder),
        "uniquePrefix": "",
        "dataGeneratorFormatConfig.fileNameEL": "${record:value('/fileInfo/filename')}",
        **more,
    }
    access = given.pop("access", Access())
    frozen = freeze({f"configs.{name}": value for name, value in given.items()})
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("L_01", "local", StageType.DESTINATION, given=Given(frozen))
    out = Out(0, lambda: 1000)
    target: Any = local_fs(plan, Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", access=access))
    target([record], out)
    target.close(out)
    return out


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of a few bytes."""
    path = tmp_path / "in" / "a.bin"
    path.parent.mkdir()
    path.write_bytes(b"0123456789" * 1000)
    path.chmod(0o640)
    return path


def test_a_file_is_one_record_with_a_reference_and_what_is_known_of_it(file: Path) -> None:
    """Nothing of it is read until a destination asks."""
    record = read(file)
    assert isinstance(record.value, dict)
    assert isinstance(record.value["fileRef"], FileRef)
    info = record.value["fileInfo"]
    assert isinstance(info, dict)
    assert (info["filename"], info["file"], info["size"]) == ("a.bin", str(file), Long(10_000))
    assert (info["permissions"], info["isRegularFile"], info["isDirectory"]) == ("rw-r-----", True, False)
    assert {"owner", "group", "lastModifiedTime", "lastAccessTime", "creationTime", "ctime"} <= set(info)
    assert str(info["lastModifiedTime"]).endswith("Z")
    assert record.header.source_id == "a.bin"


def test_a_file_is_copied_and_an_event_tells_so(file: Path, tmp_path: Path) -> None:
    """With what was known of it, and where it is now."""
    out = copy(read(file, wholeFileMaxObjectLen=100), tmp_path / "out", uniquePrefix="p-")
    assert out.errors == []
    assert (tmp_path / "out" / "p-a.bin").read_bytes() == file.read_bytes()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["p-a.bin"]
    (event,) = out.events
    assert event.attributes["sdc.event.type"] == "wholeFileProcessed"
    assert isinstance(event.value, dict)
    assert event.value["targetFileInfo"] == {"path": str(tmp_path / "out" / "p-a.bin")}
    assert event.value["sourceFileInfo"]["filename"] == "a.bin"  # type: ignore[index,call-overload]
    assert "checksum" not in event.value


def test_there_is_no_checksum_of_a_local_file_to_verify(file: Path, tmp_path: Path) -> None:
    """The setting is for stores that tell the checksums of their files: with it, too, the file is what it is when it
    is copied."""
    record = read(file, verifyChecksum=True)
    file.write_bytes(b"another")
    assert copy(record, tmp_path / "out").errors == []
    assert (tmp_path / "out" / "a.bin").read_bytes() == b"another"


@pytest.mark.parametrize("algorithm", ["MD5", "SHA1", "SHA256", "SHA512", "MURMUR3_32", "MURMUR3_128"])
def test_the_event_may_have_a_checksum(file: Path, tmp_path: Path, algorithm: str) -> None:
    """In hex, by the algorithm that is named."""
    start = "dataGeneratorFormatConfig."
    more = {f"{start}includeChecksumInTheEvents": True, f"{start}checksumAlgorithm": algorithm}
    (event,) = copy(read(file), tmp_path / "out", **more).events
    assert isinstance(event.value, dict)
    assert event.value["checksumAlgorithm"] == algorithm
    if algorithm.startswith("MURMUR"):
        assert len(str(event.value["checksum"])) == {"MURMUR3_32": 8, "MURMUR3_128": 32}[algorithm]
    else:
        assert event.value["checksum"] == hashlib.new(algorithm, file.read_bytes()).hexdigest()


def test_a_file_that_is_there_is_kept_or_overwritten(file: Path, tmp_path: Path) -> None:
    """As set; the record goes to error in the first case."""
    (tmp_path / "a.bin").write_text("old")
    assert [error.code for error in copy(read(file), tmp_path).errors] == ["HADOOPFS_54"]
    assert (tmp_path / "a.bin").read_text() == "old"
    more = {"dataGeneratorFormatConfig.wholeFileExistsAction": "OVERWRITE"}
    assert copy(read(file), tmp_path, **more).errors == []
    assert (tmp_path / "a.bin").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("text", "wanted"), [("604", 0o604), ("rwxr-x---", 0o750), ("${record:value('/fileInfo/permissions')}", 0o640)]
)
def test_permissions_are_set_as_an_expression_says(file: Path, tmp_path: Path, text: str, wanted: int) -> None:
    """In numbers or letters; others are refused."""
    assert copy(read(file), tmp_path, permissionEL=text).errors == []
    assert os.stat(tmp_path / "a.bin").st_mode & 0o777 == wanted
    for bad, code in (("rw", "56"), ("999", "56"), ("${record:valu('/a')}", "55")):
        try:
            (error,) = copy(read(file), tmp_path / "new", permissionEL=bad).errors
        except penstock.PenstockError:
            continue  # an expression that cannot be read is named at the start
        assert error.code == f"HADOOPFS_{code}"


@pytest.mark.parametrize("value", [{}, {"fileRef": "x", "fileInfo": {"size": 1}}, "text"])
def test_a_record_without_a_file_is_refused(value: Any, tmp_path: Path) -> None:
    """And one whose size nobody knows."""
    more = {"dataGeneratorFormatConfig.fileNameEL": "x"}
    assert [error.code for error in copy(Record(value), tmp_path, **more).errors] == ["HADOOPFS_14"]


@pytest.mark.parametrize("name", ["../a", "a/b", "..", ""])
def test_a_name_does_not_lead_out_of_the_folder(file: Path, tmp_path: Path, name: str) -> None:
    """Whatever the record says."""
    record = read(file)
    record.value["fileInfo"]["filename"] = name  # type: ignore[index,call-overload]
    assert [error.code for error in copy(record, tmp_path / "out").errors] == ["HADOOPFS_14"]
    with pytest.raises(StopFault, match="not allowed"):
        copy(read(file), tmp_path / "out", access=Access(folders=(str(tmp_path / "in"),)))


def test_settings_that_cannot_be_are_named(file: Path, tmp_path: Path) -> None:
    """No name, an unknown checksum, a rate that is none; and data that is no file."""
    start = "dataGeneratorFormatConfig."
    bad: list[dict[str, object]] = [
        {f"{start}fileNameEL": " "},
        {f"{start}includeChecksumInTheEvents": True, f"{start}checksumAlgorithm": "CRC"},
    ]
    for more in bad:
        with pytest.raises(InvalidValueError, match="expected"):
            copy(read(file), tmp_path, **more)
    with pytest.raises(InvalidValueError, match="Rate"):
        read(file, rateLimit="fast")
    with pytest.raises(UnsupportedError, match="no file"):
        list(whole_file.read_whole_file(io.BytesIO(b"x"), settings()))


def test_no_more_bytes_a_second_are_read_than_may_be(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader waits for the rest of the time."""
    slept: list[float] = []
    monkeypatch.setattr(whole_file, "_sleep", slept.append)
    copy(read(file, rateLimit="${1000 * 2}"), tmp_path / "out")
    assert (tmp_path / "out" / "a.bin").stat().st_size == 10_000
    assert 3 < max(slept) <= 5


def test_files_go_from_a_folder_to_another(project: penstock.Project, tmp_path: Path) -> None:
    """Directory, Local FS and what they tell each other, as one run."""
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name in ("a.bin", "b.bin"):
        (source / name).write_bytes(name.encode())
    flow = project.create_flow(name="flow")
    origin = flow.add_stage("Directory")
    for name, value in {"spoolDir": str(source), "filePattern": "*.bin", "dataFormat": "WHOLE_FILE"}.items():
        origin.configuration[f"conf.{name}"] = value
    local = flow.add_stage("Local FS")
    chosen = {
        "dirPathTemplate": str(target),
        "dataFormat": "WHOLE_FILE",
        "fileType": "WHOLE_FILE",
        "uniquePrefix": "",
        "dataGeneratorFormatConfig.fileNameEL": "new-${record:value('/fileInfo/filename')}",
    }
    for name, value in chosen.items():
        local.configuration[f"configs.{name}"] = value
    origin.connect_output_to(local)
    finisher = flow.add_stage("Pipeline Finisher Executor")
    finisher.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
    finisher.configuration["stageOnRecordError"] = "DISCARD"
    origin.connect_event_to(finisher)
    project.update_flow(flow)
    assert project.create_job(name="job", flow=flow).start().wait() == "Completed"
    assert {path.name: path.read_text() for path in target.iterdir()} == {"new-a.bin": "a.bin", "new-b.bin": "b.bin"}


def test_the_type_of_files_is_that_of_the_data(file: Path, tmp_path: Path) -> None:
    """Whole files are copied whatever the setting says."""
    assert not copy(read(file), tmp_path / "out", fileType="TEXT").errors


def test_names_have_no_colon(file: Path, tmp_path: Path) -> None:
    """Such a file is refused; others are copied."""
    record = read(file)
    record.value["fileInfo"]["filename"] = "1:2"  # type: ignore[index,call-overload]
    assert [error.code for error in copy(record, tmp_path / "out").errors] == ["HADOOPFS_64"]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"dirPathTemplate": "out"}, "HADOOPFS_40"),
        ({"dirPathTemplate": "/out/${NOTHING}"}, "HADOOPFS_20"),
        ({"timeDriver": "${1}"}, "HADOOPFS_19"),
    ],
)
def test_folders_and_times_that_cannot_be_are_named(
    file: Path, tmp_path: Path, settings: dict[str, object], code: str
) -> None:
    """With the code of the original."""
    with pytest.raises(InvalidValueError, match=code):
        copy(read(file), tmp_path, **settings)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"dirPathTemplateInHeader": True}, "HADOOPFS_50"),
        ({"timeDriver": "${record:value('/none')}"}, "HADOOPFS_47"),
        ({"permissionEL": "${record:value('/fileInfo/filename') + 1}"}, "HADOOPFS_55"),
    ],
)
def test_a_file_without_a_place_or_permissions_is_refused(
    file: Path, tmp_path: Path, more: dict[str, Any], code: str
) -> None:
    """With the codes of other records."""
    assert [error.code for error in copy(read(file), tmp_path / "out", **more).errors] == [code]


def test_times_in_the_folder_are_those_of_the_zone(file: Path, tmp_path: Path) -> None:
    """UTC without one."""
    template = f"{tmp_path}/${{YYYY()}}-${{MM()}}-${{DD()}}-${{hh()}}"
    for zone, hour in ((None, "00"), ("Europe/Paris", "01")):
        more: dict[str, Any] = {} if zone is None else {"timeZoneID": zone}
        assert copy(read(file), tmp_path, dirPathTemplate=template, **more).errors == []
        assert (tmp_path / f"1970-01-01-{hour}" / "a.bin").exists()


def test_a_header_can_name_the_folder_of_a_file(file: Path, tmp_path: Path) -> None:
    """As for other records."""
    record = read(file)
    record.attributes["targetDirectory"] = str(tmp_path / "there")
    assert copy(record, tmp_path, dirPathTemplateInHeader=True).errors == []
    assert (tmp_path / "there" / "a.bin").read_bytes() == file.read_bytes()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_file_that_is_gone_is_refused_and_a_folder_that_cannot_be_ends_the_run(file: Path, tmp_path: Path) -> None:
    """The one is a fault of the record, the other of the stage."""
    held = read(file)
    with pytest.raises(StopFault, match="HADOOPFS_13"):
        copy(held, file / "below", hdfsPermissionCheck=False)
    file.unlink()
    assert [error.code for error in copy(held, tmp_path / "out").errors] == ["HADOOPFS_14"]
