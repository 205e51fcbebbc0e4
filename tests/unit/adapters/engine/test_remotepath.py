"""Local FS on an engine of many machines: folders may be URIs of stores."""

import json
from pathlib import Path

import pytest

from penstock.adapters.engine.localfs import LocalFs, local_fs
from penstock.adapters.engine.remotepath import RemotePath, place_of
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors.api import Access, Out, StopFault, Tools
from penstock.core.records.record import Record
from penstock.core.running.apart import ATTEMPT
from penstock.core.values import Json, JsonMap

HERE = 1_767_225_600_000


def writing(template: str, access: Access, **given: Json) -> LocalFs:
    """Local FS with a template, as the first attempt of a place."""
    settings = {"dirPathTemplate": template, "dataFormat": "JSON", "uniquePrefix": "p", **given}
    frozen = JsonMap({**{f"configs.{name}": value for name, value in settings.items()}, ATTEMPT: "one"})
    plan = StagePlan("Fs_01", "kind", StageType.DESTINATION, given=Given(frozen))
    made = local_fs(
        plan, Tools(plan, lambda: HERE, lambda: 0.5, lambda: "id", scope=Scope(now_ms=lambda: HERE), access=access)
    )
    assert isinstance(made, LocalFs)
    return made


def wrote(stage: LocalFs, *values: dict[str, object]) -> Out:
    """What writing these makes, with the end."""
    out = Out(0)
    stage([Record(dict(value)) for value in values], out)  # type: ignore[arg-type]
    stage.close(out)
    return out


def test_records_go_where_the_uri_says(tmp_path: Path) -> None:
    """By the template, under a number in place of an id; the event names the URI and the size."""
    out = wrote(writing(f"{tmp_path.as_uri()}/${{record:value('/k')}}", Access(uris=True)), {"k": "a"}, {"k": "b"})
    assert {path.name: json.loads((path / "p_0001").read_text()) for path in tmp_path.iterdir()} == {
        "a": {"k": "a"},
        "b": {"k": "b"},
    }
    facts = out.events[0].value
    assert isinstance(facts, dict)
    assert (facts["filepath"], facts["length"]) == (f"{tmp_path.as_uri()}/a/p_0001", 9)


def test_another_attempt_replaces_what_the_first_one_wrote(tmp_path: Path) -> None:
    """Compressed or not, the store has one file of a place."""
    for value in (1, 2):
        wrote(writing(tmp_path.as_uri(), Access(uris=True), compression="GZIP"), {"n": value})
    assert [path.name for path in tmp_path.iterdir()] == ["p_0001.gz"]


def test_one_machine_takes_no_uri() -> None:
    """There the template is an absolute path, as in the original."""
    with pytest.raises(InvalidValueError, match="HADOOPFS_40"):
        writing("file:///tmp/x", Access())


def test_a_scheme_that_nobody_knows_is_told_at_the_start() -> None:
    """With those that there are."""
    with pytest.raises(InvalidValueError, match="s3, gs, abfs or hdfs"):
        writing("gopher://host/x", Access(uris=True))


def test_stores_are_closed_where_only_some_folders_are_open(tmp_path: Path) -> None:
    """A list of folders is about this machine."""
    with pytest.raises(StopFault, match="not allowed"):
        writing("s3://bucket/x", Access(uris=True, folders=(str(tmp_path),)))


def test_a_store_without_folders_is_asked_for_none() -> None:
    """No empty objects are left where a folder would be; Hadoop's names of schemes are understood, keys not shown."""
    made = place_of(Access(uris=True), "s3a://key:word@bucket/a/b?region=eu-west-1&scheme=http")
    assert isinstance(made, RemotePath)
    made.mkdir(parents=True, exist_ok=True)
    assert str(made / "c") == "s3a://bucket/a/b/c"
