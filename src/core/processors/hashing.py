"""Field Hasher: digests of fields, in their place, in another field, or of the whole record."""

import hashlib
import struct
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

import attrs
import mmh3

from ..java.calendar import to_millis
from ..java.kinds import kind_of
from ..java.text import java_string
from ..plan.given import Given
from ..plan.model import StagePlan
from ..records.paths import MISSING, UnreachablePathError, all_paths, expand, get, put
from ..records.record import Record
from ..records.values import FieldType, Null
from .api import Process, RecordFault, Tools, each
from .registry import processor

_MAPS = (FieldType.MAP, FieldType.LIST_MAP, FieldType.LIST)
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
    """Fields that are hashed together, and where the digest goes."""

    fields: tuple[str, ...]
    kind: str
    target: str = ""
    header: str = ""


@processor("com_streamsets_pipeline_stage_processor_fieldhasher_FieldHasherDProcessor")
def field_hasher(plan: StagePlan, tools: Tools) -> Process:
    """Digests are lower-case hexadecimal texts of the values only: names are no part of them.

    Several fields of one task are taken in the order of their paths; the original has no defined order there.
    """
    given = plan.given.under("hasherConfig.")
    whole = given.under("recordHasherConfig.")
    separator = given.text("separatorCharacter", "\0").encode()
    between = separator if given.flag("useSeparator") else b""
    in_place = [_task(row) for row in given.rows("inPlaceFieldHasherConfigs")]
    into = [_task(row) for row in given.rows("targetFieldHasherConfigs")]
    strict = plan.given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"

    def handle(record: Record) -> Record:
        if whole.flag("hashEntireRecord"):
            _hash_record(record, whole, separator)
        wrong: list[str] = []
        for task in in_place:
            for path in _paths(record, task, wrong):
                record.value = put(record.value, path, _digest(task.kind, [_bytes(get(record.value, path)) + between]))
        for task in into:
            good = _paths(record, task, wrong)
            if good:
                digest = _digest(task.kind, (_bytes(get(record.value, path)) + between for path in sorted(good)))
                _keep(record, task, digest)
        if wrong and strict:
            raise RecordFault("HASH_01", f"these fields cannot be hashed: {', '.join(wrong)}")
        return record

    return each(handle)


def _task(row: Given) -> Task:
    return Task(
        row.texts("sourceFieldsToHash"),
        row.text("hashType", "MD5"),
        row.text("targetField"),
        row.text("headerAttribute"),
    )


def _paths(record: Record, task: Task, wrong: list[str]) -> list[str]:
    """The fields of a task that have a value; the others are noted."""
    found: list[str] = []
    for path in dict.fromkeys(path for pattern in task.fields for path in expand(record.value, pattern)):
        value = get(record.value, path)
        if value is MISSING or value is None or isinstance(value, Null) or kind_of(value) in _MAPS:
            wrong.append(path)
        else:
            found.append(path)
    return found


def _hash_record(record: Record, whole: Given, separator: bytes) -> None:
    between = separator if whole.flag("useSeparator") else b""
    leaves = [path for path in all_paths(record.value) if path and kind_of(get(record.value, path)) not in _MAPS]
    parts = [_bytes(get(record.value, path)) + between for path in sorted(leaves)]
    if whole.flag("includeRecordHeaderForHashing"):
        parts += [record.attributes[name].encode() + between for name in sorted(record.attributes)]
    task = Task((), whole.text("hashType", "MD5"), whole.text("targetField"), whole.text("headerAttribute"))
    _keep(record, task, _digest(task.kind, parts))


def _keep(record: Record, task: Task, digest: str) -> None:
    if task.target:
        try:
            record.value = put(record.value, task.target, digest)
        except UnreachablePathError:
            raise RecordFault("HASH_05", f"the parent of field {task.target} is not there") from None
    if task.header:
        record.attributes[task.header] = digest


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
    if isinstance(value, datetime):
        return java_string(value).encode() if kind is FieldType.ZONED_DATETIME else struct.pack("<q", to_millis(value))
    if isinstance(value, bytes):
        return value
    return (java_string(value) if isinstance(value, Decimal) else str(value)).encode("utf-8", "surrogatepass")
