"""Avro files and messages: records with their schema in a header attribute."""

import io
import struct
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.records.record import Header, Record
from .avro_container import CODECS, MAX_BLOCK, Source, facts_of
from .avro_decoding import Cursor, Decode, compiled
from .avro_registry import Registry, RegistryError, id_of, registry_of, without_id
from .avro_schema import library, schema_of
from .avro_text import text_of
from .fault import FormatFault
from .item import Item
from .texts import OVERRUN

MAGIC = b"Obj\x01"
MAX_EMPTY = 1_000_000
"""Records without any bytes, of which a few bytes may claim any number."""


def read_avro(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """The records of a container file; with a schema that is given, of messages without a container.

    A message may begin with the id of its schema where there is a registry.

    Raises:
        FormatFault: no Avro (AVRO_PARSER_01), a message whose schema nobody gives (AVRO_PARSER_00), or a schema that
            the registry does not give (DATA_FORMAT_06, DATA_PARSER_03 for that of a message).
    """
    source = given.text("avroSchemaSource", "SOURCE")
    library()
    registry = registry_of(given, "schemaRegistryUrls", "basicAuth") if source == "REGISTRY" else None
    inline = given.text("avroSchema") if source == "INLINE" else ""
    if registry is not None:
        inline = _chosen(registry, given)
    schema = schema_of(inline) if inline else None
    skip = given.flag("avroSkipUnionIndex")
    try:
        head = opened.read(4)
        if head == MAGIC:
            yield from _container(Source(opened, given.integer(OVERRUN) or MAX_BLOCK), inline, schema, skip=skip)
        elif registry is not None and (number := id_of(data := head + opened.read(MAX_BLOCK))) is not None:
            text = _registered(registry, number)
            yield from _messages(without_id(data), text, schema_of(text), skip=skip)
        elif registry is not None and schema is not None:
            yield from _messages(data, inline, schema, skip=skip)
        elif schema is not None:
            yield from _messages(head + opened.read(MAX_BLOCK), inline, schema, skip=skip)
        elif head:
            raise FormatFault("AVRO_PARSER_00", "the data is no Avro file, and no schema is given")
    except (
        ValueError,
        EOFError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        OSError,
        OverflowError,
        struct.error,
        RecursionError,
    ) as error:
        if isinstance(error, InvalidValueError):
            raise
        raise FormatFault("AVRO_PARSER_01", f"the data is no Avro: {type(error).__name__}: {error}") from None


def _chosen(registry: Registry, given: Given) -> str:
    """The schema that the settings name; empty where every message names its own."""
    try:
        match given.text("schemaLookupMode", "AUTO"):
            case "SUBJECT":
                return registry.newest(given.text("subject"))[1]
            case "ID":
                return registry.schema(given.integer("schemaId"))
    except RegistryError as error:
        raise FormatFault("DATA_FORMAT_06", f"the schema cannot be had from the registry: {error}") from None
    return ""


def _registered(registry: Registry, number: int) -> str:
    try:
        text = registry.schema(number)
        schema_of(text)
    except (RegistryError, InvalidValueError) as error:
        raise FormatFault("DATA_PARSER_03", f"the schema {number} cannot be had from the registry: {error}") from None
    return text


def _container(source: Source, given: str, wanted: Any, *, skip: bool) -> Iterator[Item]:
    facts = facts_of(source)
    text = facts.get("avro.schema", b"").decode("utf-8", "replace")
    try:
        written = schema_of(text, "avro.schema")
    except InvalidValueError as error:
        raise FormatFault("AVRO_PARSER_01", f"the schema in the file cannot be read: {error}") from None
    unpack = CODECS.get(facts.get("avro.codec", b"null").decode("ascii", "replace"))
    if unpack is None:
        raise ValueError(f"the codec {facts['avro.codec'][:20]!r} is not known; known: {', '.join(CODECS)}")
    sync = source.take(16)
    same = wanted is None or text_of(given) == text_of(text)
    schema, text = (written, text_of(text)) if same else (wanted, text_of(given))
    convert = None if same else _resolved(written, schema)
    decode = compiled(schema, skip=skip)
    at = 0
    while first := source.more():
        count, begun = source.long(first), source.at
        data = unpack(source.take(source.long()))
        if source.take(16) != sync:
            raise ValueError("a block does not end with the mark of the file")
        for nth, record in enumerate(_records(data, count, decode, text, convert), 1):
            yield Item(at, at + 1, record, label=f"{begun}::{nth}")
            at += 1


def _records(
    data: bytes, count: int, decode: Decode, text: str, convert: "Callable[[io.BytesIO], bytes] | None"
) -> Iterator[Record]:
    if count < 0 or count > len(data) + MAX_EMPTY:
        raise ValueError(f"a block of {len(data)} bytes that claims {count} records")
    if convert is None:
        cursor = Cursor(data)
        for _ in range(count):
            yield _record(cursor, decode, text)
        return
    held = io.BytesIO(data)
    for _ in range(count):
        yield _record(Cursor(convert(held)), decode, text)


def _messages(data: bytes, given: str, schema: Any, *, skip: bool) -> Iterator[Item]:
    decode, text = compiled(schema, skip=skip), text_of(given)
    cursor = Cursor(data)
    while cursor.at < len(data):
        start = cursor.at
        record = _record(cursor, decode, text)
        if cursor.at == start:
            raise ValueError("a message without any bytes")
        yield Item(start, cursor.at, record)


def _record(cursor: Cursor, decode: Decode, text: str) -> Record:
    cursor.header = Header(attributes={"avroSchema": text})
    return Record(decode(cursor, ""), cursor.header)


def _resolved(written: Any, wanted: Any) -> "Callable[[io.BytesIO], bytes]":
    """What reads a value as it was written and gives its bytes as they are wanted."""
    held = library()

    def convert(data: io.BytesIO) -> bytes:
        try:
            value = held.schemaless_reader(data, written, wanted, return_record_name=True)
            out = io.BytesIO()
            held.schemaless_writer(out, wanted, value)
        except (held.read.SchemaResolutionError, RecursionError) as error:
            raise ValueError(f"the file does not fit the schema that is given: {error}") from None
        return out.getvalue()

    return convert
