"""Promises about Avro schemas from a registry: looked up, registered, named in messages; who may be asked, and when."""

import io
import json
import socket
from collections.abc import Iterator

import pytest

import penstock
from penstock.adapters.engine.access import with_access
from penstock.adapters.engine.formats.avro_registry import LARGEST, Registry, RegistryError, id_of
from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.reading import check_reader, read_items
from penstock.adapters.engine.formats.writing import Writer, writers
from penstock.core.flow.credentials import looks_secret
from penstock.core.plan import Given
from penstock.core.plan.unfit import UnfitError
from penstock.core.processors.api import Access, StopFault
from penstock.core.records.record import Header, Record
from penstock.testing import SchemaRegistry

from .using import settings

ONE = json.dumps({"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}]})
TWO = json.dumps({"type": "record", "name": "r", "fields": [{"name": "b", "type": "string"}]})


@pytest.fixture
def registry() -> Iterator[SchemaRegistry]:
    """A registry with two schemas of one subject."""
    with SchemaRegistry() as made:
        assert (made.add("topic value", ONE), made.add("topic value", TWO)) == (1, 2)
        yield made


def given(registry: SchemaRegistry, **more: object) -> Given:
    """The settings of a stage that asks the registry; ``hosts`` are those that it may call."""
    usual = {"avroSchemaSource": "REGISTRY", "schemaRegistryUrls": [registry.url]}
    hosts = more.pop("hosts", None)
    return with_access(settings(**{**usual, **more}), Access(hosts=hosts if isinstance(hosts, tuple) else None))


def read(data: bytes, held: Given) -> list[object]:
    """The values of a message."""
    return [
        item.value.value if isinstance(item.value, Record) else item.value
        for item in read_items(io.BytesIO(data), "AVRO", held)
    ]


def test_a_schema_is_looked_up_by_subject_or_id(registry: SchemaRegistry) -> None:
    """The newest of the subject; a header attribute has its text."""
    held = given(registry, schemaLookupMode="SUBJECT", subject="topic value")
    assert read(b"\x04hi", held) == [{"b": "hi"}]
    assert read(b"\x02", given(registry, schemaLookupMode="ID", schemaId=1)) == [{"a": 1}]
    (item,) = read_items(io.BytesIO(b"\x04hi"), "AVRO", held)
    assert isinstance(item.value, Record)
    assert json.loads(item.value.attributes["avroSchema"])["fields"] == json.loads(TWO)["fields"]


def test_a_message_that_names_its_schema_is_read_with_it(registry: SchemaRegistry) -> None:
    """Behind a zero and four bytes, whatever the settings say; each schema is asked for once by a stage."""
    held = given(registry, schemaLookupMode="AUTO")
    assert read(b"\0\0\0\0\x01\x02", held) == [{"a": 1}]
    assert read(b"\0\0\0\0\x02\x02x", held) == [{"b": "x"}]
    assert read(b"\0\0\0\0\x01\x04", held) == [{"a": 2}]
    assert [path for _, path in registry.requests] == ["/schemas/ids/1", "/schemas/ids/2"]
    other = given(registry, schemaLookupMode="ID", schemaId=1)
    assert read(b"\0\0\0\0\x02\x02x", other) == [{"b": "x"}]


@pytest.mark.parametrize(("data", "expected"), [(b"\0\0\0\0", None), (b"\x01\0\0\0\x05x", None), (b"\0\0\0\0\x05", 5)])
def test_an_id_stands_behind_a_zero(data: bytes, expected: int | None) -> None:
    """Five bytes are the least."""
    assert id_of(data) == expected


def test_a_schema_that_nobody_has_is_a_fault_of_the_message(registry: SchemaRegistry) -> None:
    """DATA_PARSER_03 for one that it names, AVRO_PARSER_00 for none; DATA_FORMAT_06 where the settings name one."""
    for data, code in ((b"\0\0\0\0\x09\x02", "DATA_PARSER_03"), (b"\x02\x02", "AVRO_PARSER_00")):
        with pytest.raises(FormatFault, match=code):
            read(data, given(registry, schemaLookupMode="AUTO"))
    with pytest.raises(UnfitError, match=r"DATA_FORMAT_06.*status 404: Subject not found") as raised:
        check_reader("AVRO", given(registry, schemaLookupMode="SUBJECT", subject="other"))
    assert raised.value.found[0].setting == "dataFormat"


def writer(registry: SchemaRegistry, **more: object) -> Writer:
    """What writes messages without their schema."""
    return writers("AVRO", given(registry, includeSchema=False, **more))()


def test_messages_begin_with_the_id_of_a_schema_that_was_looked_up(registry: SchemaRegistry) -> None:
    """By subject or by id; once in a message, however many records it has."""
    by_subject = writer(registry, schemaLookupMode="SUBJECT", subject="topic value")
    assert by_subject.write(Record({"b": "x"})) + by_subject.write(Record({"b": "y"})) == b"\0\0\0\0\x02\x02x\x02y"
    assert writer(registry, schemaLookupMode="ID", schemaId=1).write(Record({"a": 1})) == b"\0\0\0\0\x01\x02"


def test_a_schema_of_the_settings_or_of_a_header_is_registered(registry: SchemaRegistry) -> None:
    """Under its subject, once; messages begin with its id. Files with their schema do not."""
    more = {
        "registerSchema": True,
        "schemaRegistryUrlsForRegistration": [registry.url],
        "subjectToRegister": "a/b",
        "avroSchema": ONE,
    }
    assert writer(registry, avroSchemaSource="INLINE", **more).write(Record({"a": 1})) == b"\0\0\0\0\x01\x02"
    assert registry.newest("a/b") == ONE
    registry.requests.clear()
    by_header = writer(registry, avroSchemaSource="HEADER", **{**more, "subjectToRegister": "new"})
    assert registry.requests == []
    records = [Record({"b": "x"}, Header(attributes={"avroSchema": TWO})) for _ in range(2)]
    assert b"".join(map(by_header.write, records)) == b"\0\0\0\0\x02\x02x\x02x"
    assert (registry.newest("new"), registry.requests) == (TWO, [("POST", "/subjects/new/versions")])
    whole = writers("AVRO", given(registry, **{**more, "avroSchemaSource": "INLINE"}))()
    assert (whole.write(Record({"a": 1})) + whole.finish()).startswith(b"Obj\x01")


def test_a_registry_that_has_nothing_forbids_the_start_of_a_writer(registry: SchemaRegistry) -> None:
    """DATA_FORMAT_201; a schema of a header that cannot be registered refuses its record."""
    with pytest.raises(UnfitError, match="DATA_FORMAT_201"):
        writer(registry, schemaLookupMode="SUBJECT", subject="other")
    registry.failing = 500
    urls = [registry.url]
    by_header = writer(registry, avroSchemaSource="HEADER", registerSchema=True, schemaRegistryUrlsForRegistration=urls)
    with pytest.raises(FormatFault, match="DATA_FORMAT_201"):
        by_header.write(Record({"a": 1}, Header(attributes={"avroSchema": ONE})))


def test_users_are_let_in_and_are_not_told() -> None:
    """With the word of the settings, or of the address; errors name neither."""
    with SchemaRegistry(user="me:word") as registry:
        registry.add("s", ONE)
        asked = Registry((registry.url,), "me:word", Access())
        assert asked.newest("s") == (1, ONE)
        inside = registry.url.replace("http://", "http://me:word@")
        assert Registry((inside,), "", Access()).schema(1) == ONE
        with pytest.raises(RegistryError, match="status 401: Unauthorized") as raised:
            Registry((registry.url.replace("http://", "http://me:other@"),), "", Access()).schema(1)
        assert "other" not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["conf.dataFormatConfig.basicAuth", "x.basicAuthUserInfo", "basicAuthUserInfoForRegistration"]
)
def test_user_infos_are_secrets(name: str) -> None:
    """Also in stages that no definition knows."""
    assert looks_secret(name)


def test_the_next_address_is_asked_where_one_does_not_answer(registry: SchemaRegistry) -> None:
    """A refusal is an answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert Registry((nobody, registry.url + "/"), "", Access()).schema(1) == ONE
        with pytest.raises(RegistryError, match="ConnectError"):
            Registry((nobody,), "", Access()).schema(1)
    with pytest.raises(RegistryError, match="no address"):
        Registry((), "", Access()).schema(1)
    for text in ("ftp://host", "host:80", "http://", "file:///etc/passwd"):
        with pytest.raises(RegistryError, match="http://host:port"):
            Registry((text,), "", Access()).schema(1)


def test_only_hosts_that_may_be_called_are_asked(registry: SchemaRegistry) -> None:
    """Nothing is sent to others."""
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        check_reader("AVRO", given(registry, hosts=("example.org",), schemaLookupMode="ID", schemaId=1))
    assert registry.requests == []
    check_reader("AVRO", given(registry, hosts=("127.0.0.1",), schemaLookupMode="ID", schemaId=1))


class Odd(SchemaRegistry):
    """A registry that answers something else."""

    def __init__(self, found: object) -> None:
        super().__init__()
        self.found = found

    def answer(self, method: str, path: str, authorization: str, body: bytes) -> tuple[int, object]:  # type: ignore[override]
        """What it was told."""
        return 200, self.found


@pytest.mark.parametrize(
    "found",
    [
        [],
        {},
        {"schema": 5},
        {"schema": ONE, "schemaType": "JSON"},
        {"schema": ONE, "references": [{"name": "x"}]},
        {"schema": "x" * (LARGEST + 1)},
    ],
    ids=["list", "nothing", "number", "kind", "references", "large"],
)
def test_answers_are_doubted(found: object) -> None:
    """What is no Avro schema that stands alone, or larger than it may be."""
    with Odd(found) as registry, pytest.raises(RegistryError):
        Registry((registry.url,), "", Access()).schema(1)
    with Odd(found) as registry, pytest.raises(RegistryError):
        Registry((registry.url,), "", Access()).register("s", ONE)


def flow_of(project: penstock.Project, registry: SchemaRegistry) -> penstock.StreamingFlow:
    """A flow whose processor writes records with a schema of the registry."""
    flow = project.create_flow(name="flow")
    origin, stage, end = (flow.add_stage(each) for each in ("Dev Raw Data Source", "Data Generator", "Trash"))
    origin.set_attributes(raw_data='{"a": 1}', data_format="JSON", stop_after_first_batch=True)
    stage.set_attributes(data_format="AVRO", avro_schema_location="REGISTRY", include_schema=False)
    service = "dataGeneratorFormatConfig."
    stage.configuration[f"{service}schemaRegistryUrls"] = [registry.url]
    stage.configuration[f"{service}schemaLookupMode"] = "ID"
    stage.configuration[f"{service}schemaId"] = 1
    stage.configuration["config.targetField"] = "/made"
    origin >> stage >> end
    project.update_flow(flow)
    return flow


def test_a_preview_asks_nobody_unless_it_is_told_to(registry: SchemaRegistry) -> None:
    """A run does."""
    with penstock.open_project() as project:
        flow = flow_of(project, registry)
        with pytest.raises(penstock.PenstockError, match="call_out=True"):
            flow.preview()
        assert registry.requests == []
        shown = flow.preview(call_out=True)
        assert [row["made"] for row in shown[1].to_rows()] == [b"\0\0\0\0\x01\x02"]
        assert project.create_job(name="job", flow=flow).start().wait() == "Completed"
