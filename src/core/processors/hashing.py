"""Field Hasher: digests of fields, in their place, in another field, or of the whole record."""

import hashlib
import struct
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

import attrs
import mmh3

from ..errors import InvalidValueError
from ..java.calendar import to_millis
from ..java.hashset import hash_order
from ..java.kinds import kind_of
from ..java.text import java_string
from ..plan.given import Given
from ..plan.model import StagePlan
from ..records.fields import set_field
from ..records.paths import MISSING, all_paths, get, has_wildcards
from ..records.record import Record, own_attributes
from ..records.values import Char, FieldType, FieldValue, Null
from .api import Process, RecordFault, StopFault, Tools, each
from .registry import processor
from .selecting import Select, selectors
from .values import place

_AROUND = (FieldType.MAP, FieldType.LIST_MAP, FieldType.LIST)
_NUMBERS = {
    FieldType.BYTE: "<b",
    FieldType.SHORT: "<h",
    FieldType.INTEGER: "<i",
    FieldType.LONG: "<q",
    FieldType.FLOAT: "<f",
    FieldType.DOUBLE: "<d",
}


@attrs.frozen
class Task:
    """What is done with one digest."""

    kind: str
    target: str = ""
    header: str = ""


@processor("com_streamsets_pipeline_stage_processor_fieldhasher_FieldHasherDProcessor")
def field_hasher(plan: StagePlan, tools: Tools) -> Process:
    """Digests are lower-case hexadecimal texts of the values only: names are no part of them.

    Several fields of one task are taken in the order in which the original's set of their paths is walked.

    Raises:
        InvalidValueError: nothing to hash (HASH_04), nowhere to put it (HASH_03), a wildcard in a target (HASH_02).
    """
    given = plan.given.under("hasherConfig.")
    whole = given.under("recordHasherConfig.")
    separator = given.text("separatorCharacter", "\0").encode("utf-8", "surrogatepass")
    between = separator if given.flag("useSeparator") else b""
    in_place, into = (
        [(selectors(tools, row.texts("sourceFieldsToHash")), _task(row)) for row in given.rows(name)]
        for name in ("inPlaceFieldHasherConfigs", "targetFieldHasherConfigs")
    )
    entire = _task(whole) if whole.flag("hashEntireRecord") else None
    strict = plan.given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"
    _check([task for _, task in into] + ([entire] if entire else []), bool(in_place or into or entire))

    def handle(record: Record) -> Record:
        wrong: dict[str, None] = {}
        for select, task in in_place:
            for path in _paths(record, hash_order(select(record)), wrong):
                digest = _digest(task.kind, [_bytes(get(record.value, path)) + between])
                set_field(record, path, digest)
        for select, task in into:
            good = _paths(record, hash_order(select(record)), wrong)
            _keep(record, task, [_bytes(get(record.value, path)) + between for path in good])
        if entire is not None:
            _keep(record, entire, _all(record, whole, separator))
        if wrong and strict:
            raise RecordFault("HASH_01", f"these fields cannot be hashed: {', '.join(wrong)}")
        return record

    return each(handle)


def _task(row: Given) -> Task:
    return Task(row.text("hashType", "MD5"), row.text("targetField"), row.text("headerAttribute"))


def _check(tasks: list[Task], any_task: bool) -> None:
    if not any_task:
        raise InvalidValueError("Fields to Hash", (), "fields to hash, or the whole record (HASH_04)")
    for task in tasks:
        if not task.target and not task.header:
            raise InvalidValueError("Target Field", "", "a target field or a header attribute (HASH_03)")
        for name in (task.target, task.header):
            if has_wildcards(name):
                raise InvalidValueError("Target Field", name, "no wildcards (HASH_02)")


def _paths(record: Record, paths: Iterable[str], wrong: dict[str, None]) -> list[str]:
    """The fields that have a value that can be hashed; the others are noted."""
    found: list[str] = []
    for path in paths:
        value = get(record.value, path)
        if value is MISSING or value is None or isinstance(value, Null) or kind_of(value) in _AROUND:
            wrong[path] = None
        else:
            found.append(path)
    return hash_order(found)


def _all(record: Record, whole: Given, separator: bytes) -> list[bytes]:
    between = separator if whole.flag("useSeparator") else b""
    good = _paths(record, all_paths(record.value), {})
    parts = [_bytes(get(record.value, path)) + between for path in good]
    if parts and whole.flag("includeRecordHeaderForHashing"):
        names = hash_order(record.attributes)
        parts += [record.attributes[name].encode("utf-8", "surrogatepass") + between for name in names]
    return parts


def _keep(record: Record, task: Task, parts: list[bytes]) -> None:
    if not parts:
        return
    digest = _digest(task.kind, parts)
    if task.target:
        place(record, task.target, digest, "HASH_05")
    if task.header:
        record.attributes.update(own_attributes({task.header: digest}))


def _digest(kind: str, parts: Iterable[bytes]) -> str:
    data = b"".join(parts)
    if kind == "MURMUR3_128":
        return mmh3.hash_bytes(data).hex()
    made: Callable[[bytes], hashlib._Hash] | None = {
        "MD5": hashlib.md5,
        "SHA1": hashlib.sha1,
        "SHA256": hashlib.sha256,
        "SHA512": hashlib.sha512,
    }.get(kind)
    if made is None:
        raise RecordFault("HASH_00", f"there is no digest {kind}")
    return made(data).hexdigest()


def _bytes(value: object) -> bytes:
    """A value as the digests see it: numbers little-endian, texts as UTF-8, moments as milliseconds."""
    if value is None or isinstance(value, Null):
        return b"\x01"
    if isinstance(value, bool):
        return bytes([value])
    kind = kind_of(value)
    if kind in _NUMBERS:
        return struct.pack(_NUMBERS[kind], value)
    if isinstance(value, Char):
        return value.encode("utf-16-le", "surrogatepass")[:2]
    if isinstance(value, datetime):
        return b"" if kind is FieldType.ZONED_DATETIME else struct.pack("<q", to_millis(value))
    if isinstance(value, bytes):
        return value
    if isinstance(value, (str, Decimal)):
        return (java_string(value) if isinstance(value, Decimal) else value).encode("utf-8", "surrogatepass")
    if kind is FieldType.FILE_REF:
        raise StopFault("HASH_00", "files cannot be hashed")
    return b""


def content_hash(record: Record, select: Select | None) -> str | None:
    """The digest by which the Record Deduplicator knows a record; None when a selected field is not there.

    Without a selection it is that of all values in the order of their paths, without anything between them.
    """
    between = b"" if select is None else b"\0"
    paths = sorted(all_paths(record.value)) if select is None else select(record)
    values: list[FieldValue] = []
    for path in paths:
        value = get(record.value, path)
        if value is MISSING:
            return None
        values.append(value)  # type: ignore[arg-type]
    return _digest("MURMUR3_128", [_bytes(value) + between for value in values])
