"""Promises about Protobuf: types from a file of descriptors, every kind of field, unknown fields, required ones."""

import base64
import gzip
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2

from penstock.adapters.engine.access import with_access
from penstock.adapters.engine.formats import proto
from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.proto_types import message_type
from penstock.core.errors import InvalidValueError
from penstock.core.processors.api import Access
from penstock.core.records.record import Record
from penstock.core.records.values import FieldType, FieldValue, Float, ListMap, Long, Null

from .using import items, records, settings, starts, values, written

KINDS = {
    "int32": 5,
    "int64": 3,
    "uint32": 13,
    "uint64": 4,
    "double": 1,
    "float": 2,
    "bool": 8,
    "string": 9,
    "bytes": 12,
    "enum": 14,
    "message": 11,
}


def field(message: Any, name: str, kind: str, *, label: int = 1, type_name: str = "", default: str = "") -> Any:
    """Adds a field to the descriptor of a message."""
    made = message.field.add(name=name, number=len(message.field) + 1, label=label, type=KINDS[kind])
    if type_name:
        made.type_name = type_name
    if default:
        made.default_value = default
    return made


def example() -> descriptor_pb2.FileDescriptorSet:
    """A set with a message of every kind of field, and one in the older syntax."""
    held = descriptor_pb2.FileDescriptorSet()
    file = held.file.add(name="a.proto", package="p", syntax="proto3")
    enum = file.enum_type.add(name="Suit")
    enum.value.add(name="HEARTS", number=0)
    enum.value.add(name="CLUBS", number=1)
    message = file.message_type.add(name="All")
    for kind in ("int32", "int64", "uint32", "uint64", "double", "float", "bool", "string", "bytes"):
        field(message, kind, kind)
    field(message, "suit", "enum", type_name=".p.Suit")
    field(message, "inner", "message", type_name=".p.Inner")
    field(message, "many", "int32", label=3)
    field(message, "inners", "message", label=3, type_name=".p.Inner")
    entry = message.nested_type.add(name="MapEntry")
    entry.options.map_entry = True
    field(entry, "key", "string")
    field(entry, "value", "int64")
    field(message, "map", "message", label=3, type_name=".p.All.MapEntry")
    inner = file.message_type.add(name="Inner")
    field(inner, "a", "string")
    field(inner, "next", "message", type_name=".p.Inner")
    old = held.file.add(name="b.proto", package="p", syntax="proto2", dependency=["a.proto"])
    person = old.message_type.add(name="Person")
    field(person, "name", "string", label=2)
    field(person, "age", "int32", default="42")
    person.extension_range.add(start=100, end=200)
    nick = old.extension.add(name="nick", number=100, label=1, type=KINDS["string"], extendee=".p.Person")
    assert nick.name == "nick"
    return held


@pytest.fixture(autouse=True)
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of resources, with the example in it."""
    monkeypatch.setenv("PENSTOCK_RESOURCES", str(tmp_path))
    (tmp_path / "x.desc").write_bytes(example().SerializeToString())
    return tmp_path


ALL = {"protoDescriptorFile": "x.desc", "messageType": "p.All"}
PERSON = {"protoDescriptorFile": "x.desc", "messageType": "p.Person"}
FULL: dict[str, FieldValue] = {
    "int32": -1,
    "int64": Long(1 << 40),
    "uint32": -2,
    "uint64": Long(-3),
    "double": 0.25,
    "float": Float(0.5),
    "bool": True,
    "string": "é",
    "bytes": b"\x00\xff",
    "suit": "CLUBS",
    "inner": ListMap(a="x", next=Null(FieldType.MAP)),
    "many": [1, 2],
    "inners": [ListMap(a="y", next=Null(FieldType.MAP))],
    "map": {"k": Long(9)},
}


def test_a_message_comes_back_with_its_types() -> None:
    """Several follow each other, each with its length before it; unsigned numbers wrap around."""
    data = written("PROTOBUF", FULL, FULL, **ALL)
    first, second = records("PROTOBUF", data, **ALL)
    assert (type(first.value), first.value) == (ListMap, FULL)
    assert isinstance(first.value, dict)
    assert [type(first.value[name]) for name in ("int64", "uint64", "float")] == [Long, Long, Float]
    assert starts("PROTOBUF", data, **ALL) == ["0", str(len(data) // 2)]
    assert second.value == FULL


def test_a_file_can_be_one_message() -> None:
    """Without a length."""
    more = {**ALL, "isDelimited": False}
    assert values("PROTOBUF", written("PROTOBUF", FULL, **more), **more) == [FULL]


def test_messages_can_be_packed_and_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The buffer limit for each of several, a limit of its own for one that is the whole file."""
    data = written("PROTOBUF", FULL, FULL, **ALL)
    assert values("PROTOBUF", gzip.compress(data), compression="COMPRESSED_FILE", **ALL) == [FULL, FULL]
    assert values("PROTOBUF", data, overrunLimit=len(data) // 2, **ALL) == [FULL, FULL]
    assert values("PROTOBUF", data, overrunLimit=len(data) // 2 - 1, **ALL) == ["DATA_PARSER_02"]
    more = {**ALL, "isDelimited": False}
    whole = written("PROTOBUF", FULL, **more)
    for most, wanted in ((len(whole), FULL), (len(whole) - 1, "PROTOBUF_08")):
        monkeypatch.setattr(proto, "LONGEST_MESSAGE", most)
        assert values("PROTOBUF", whole, **more) == [wanted]


def test_fields_that_were_not_sent_have_defaults_or_are_null() -> None:
    """Defaults for plain fields, nulls for messages, lists and maps."""
    (value,) = values("PROTOBUF", b"\x00", **ALL)
    assert value == {
        **dict.fromkeys(("int32", "int64", "uint32", "uint64", "double", "float"), 0),
        "bool": False,
        "string": "",
        "bytes": b"",
        "suit": "HEARTS",
        "inner": Null(FieldType.MAP),
        "many": Null(FieldType.INTEGER),
        "inners": Null(FieldType.MAP),
        "map": Null(FieldType.MAP),
    }
    assert values("PROTOBUF", written("PROTOBUF", {"name": "a"}, **PERSON), **PERSON) == [{"name": "a", "age": 42}]


def test_what_the_type_must_have_is_asked_for() -> None:
    """In a message that is read, and in a record that is written."""
    assert values("PROTOBUF", b"\x00", **PERSON) == ["DATA_PARSER_02"]
    with pytest.raises(FormatFault, match="PROTOBUF_04"):
        written("PROTOBUF", {"age": 1}, **PERSON)


def test_extensions_are_fields_where_they_were_sent() -> None:
    """Under their name."""
    value: FieldValue = {"name": "a", "age": 1, "nick": "n"}
    assert values("PROTOBUF", written("PROTOBUF", value, **PERSON), **PERSON) == [value]


def test_unknown_fields_are_kept_in_a_header_and_written_again() -> None:
    """By the path of the message that had them."""
    unknown = b"\xf8\x06\x05"  # field 111 is 5
    message = b"\x0a\x01x" + unknown
    data = bytes([len(message)]) + message
    more = {"protoDescriptorFile": "x.desc", "messageType": "p.Inner"}
    (record,) = records("PROTOBUF", data, **more)
    assert record.value == {"a": "x", "next": Null(FieldType.MAP)}
    assert record.attributes == {"protobuf.unknown.fields./": base64.b64encode(b"\x03" + unknown).decode()}
    assert written("PROTOBUF", record, **more) == data
    record.attributes["protobuf.unknown.fields./"] = "?"
    with pytest.raises(FormatFault, match="PROTOBUF_05"):
        written("PROTOBUF", record, **more)


def test_fields_of_other_types_are_converted() -> None:
    """By the rules of fields; an enum value that there is not is left out."""
    value: dict[str, FieldValue] = {"int32": "7", "int64": 1.9, "string": 5, "bool": "TRUE", "suit": "NO"}
    value["many"] = ListMap(a=1)
    (found,) = values("PROTOBUF", written("PROTOBUF", value, **ALL), **ALL)
    assert isinstance(found, dict)
    assert [found[name] for name in value] == [7, 1, "5", True, "HEARTS", [1]]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"int32": "x"}, "11"),
        ({"bytes": "x"}, "11"),
        ({"inner": "x"}, "11"),
        ({"many": "x"}, "11"),
        ({"map": ["x"]}, "02"),
        ("x", "11"),
    ],
)
def test_a_record_that_does_not_fit_has_a_code(value: FieldValue, code: str) -> None:
    """And the path of the field."""
    with pytest.raises(FormatFault, match=f"PROTOBUF_{code}"):
        written("PROTOBUF", value, **ALL)


def test_hostile_messages_end_in_a_fault() -> None:
    """Broken, cut, longer than is allowed, nested too deeply."""
    deep = b""
    for _ in range(2000):
        length, size = len(deep), b""
        while length > 0x7F:
            size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
        deep = b"\x12" + size + bytes([length]) + deep
    more = {"protoDescriptorFile": "x.desc", "messageType": "p.Inner"}
    for data in (b"\x05ab", b"\xff\xff\xff\xff\x7f", b"\xff" * 9, b"\x02\x0a\x05"):
        assert values("PROTOBUF", data, **more) == ["PROTOBUF_08"]
    assert values("PROTOBUF", deep, isDelimited=False, **more) == ["PROTOBUF_08"]
    value: FieldValue = {}
    for _ in range(200):
        value = {"next": value}
    with pytest.raises(FormatFault, match="PROTOBUF_11"):
        written("PROTOBUF", value, **more)


def incomplete() -> bytes:
    """A set without a file that another needs."""
    held = example()
    del held.file[0]
    return held.SerializeToString()


def invalid() -> bytes:
    """A set with a field of a type that there is not."""
    held = example()
    held.file[0].message_type[1].field[1].type_name = ".p.Nowhere"
    return held.SerializeToString()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"protoDescriptorFile": ""}, "DATA_FORMAT_07"),
        ({"messageType": ""}, "DATA_FORMAT_08"),
        ({"protoDescriptorFile": "none.desc"}, "DATA_FORMAT_09"),
        ({"protoDescriptorFile": "incomplete.desc"}, "PROTOBUF_01"),
        ({"protoDescriptorFile": "invalid.desc"}, "PROTOBUF_07"),
        ({"protoDescriptorFile": "text.desc"}, "PROTOBUF_08"),
        ({"protoDescriptorFile": "../outside.desc"}, "PENSTOCK_RESOURCES"),
        ({"messageType": "p.Al"}, "PROTOBUF_00.*p.All"),
    ],
)
def test_a_type_that_cannot_be_found_is_named(more: dict[str, object], code: str, resources: Path) -> None:
    """With the code of the original and the nearest name; no file outside of the folder is opened."""
    (resources / "incomplete.desc").write_bytes(incomplete())
    (resources / "invalid.desc").write_bytes(invalid())
    (resources / "text.desc").write_bytes(b"\xff\xff")
    with pytest.raises(InvalidValueError, match=code):
        items("PROTOBUF", b"", **{**ALL, **more})
    with pytest.raises(InvalidValueError, match=code):
        written("PROTOBUF", Record({}), **{**ALL, **more})


def test_the_folder_may_be_that_of_the_engine(resources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which an engine that has one hands on with the settings."""
    monkeypatch.setenv("PENSTOCK_RESOURCES", "/nowhere")
    given = with_access(settings(**ALL), Access(resources=str(resources)))
    assert message_type(given).descriptor.full_name == "p.All"
    with pytest.raises(InvalidValueError, match="DATA_FORMAT_09"):
        message_type(with_access(settings(**ALL), Access()))


def test_the_default_of_a_field_that_the_record_lacks_is_written() -> None:
    """Not that of one that is null."""
    bare = {**PERSON, "isDelimited": False}
    assert written("PROTOBUF", {"name": "x"}, **bare) == b"\x0a\x01x\x10\x2a"
    assert written("PROTOBUF", {"name": "x", "age": None}, **bare) == b"\x0a\x01x"
