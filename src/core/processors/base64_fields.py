"""Base64 Field Encoder and Decoder: bytes to base64 bytes and back."""

import base64
import re

from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.fields import set_field
from ..records.paths import MISSING, get
from ..records.record import Record
from ..records.values import FieldType, Null
from .api import Process, RecordFault, Tools, each
from .registry import processor

_NAME = "com_streamsets_pipeline_stage_processor_base64_Base64"
_ALPHABET = re.compile(rb"[A-Za-z0-9+/_\-= \t\r\n]*")


def _bytes_at(record: Record, path: str) -> bytes | Null | None:
    """The bytes of a field or its null; None for one that is not there."""
    held = get(record.value, path)
    if held is MISSING:
        return None
    if kind_of(held) is not FieldType.BYTE_ARRAY:
        raise RecordFault("CMN_0100", f"field {path} is no BYTE_ARRAY")
    return held  # type: ignore[return-value]


def _fields(plan: StagePlan, several: str) -> list[tuple[str, str]]:
    """Source and target. Newer engines take a list of such pairs, or of fields that are changed in their place."""
    source = plan.given.text("originFieldPath")
    if source:
        return [(source, plan.given.text("resultFieldPath") or source)]
    rows = [(row.text("originFieldPath"), row.text("resultFieldPath")) for row in plan.given.rows(several)]
    return [*((path, path) for path in plan.given.texts(several)), *((path, to or path) for path, to in rows if path)]


@processor(f"{_NAME}EncodingDProcessor")
def encoder(plan: StagePlan, tools: Tools) -> Process:
    """A missing field passes. The URL-safe form has no padding."""
    fields, safe = _fields(plan, "fieldsToEncode"), plan.given.flag("urlSafe")

    def handle(record: Record) -> Record:
        for source, target in fields:
            data = _bytes_at(record, source)
            if isinstance(data, bytes):
                coded = base64.urlsafe_b64encode(data).rstrip(b"=") if safe else base64.b64encode(data)
                set_field(record, target, coded)
            elif data is not None:
                set_field(record, target, data)
        return record

    return each(handle)


@processor(f"{_NAME}DecodingDProcessor")
def decoder(plan: StagePlan, tools: Tools) -> Process:
    """Both alphabets are understood; what follows the padding is passed over; a missing field passes."""
    fields = _fields(plan, "fieldsToDecode")

    def handle(record: Record) -> Record:
        for source, target in fields:
            data = _bytes_at(record, source)
            if data is None:
                continue
            if isinstance(data, bytes):
                if not _ALPHABET.fullmatch(data):
                    raise RecordFault("DATA_FORMAT_302", f"field {source} holds no base64")
                data = decoded(data)
            set_field(record, target, data)
        return record

    return each(handle)


def decoded(data: bytes) -> bytes:
    """The bytes that base64 of either alphabet tells; a single sign at the end tells none."""
    text = b"".join(data.split()).partition(b"=")[0].translate(bytes.maketrans(b"-_", b"+/"))
    text = text[: len(text) - 1] if len(text) % 4 == 1 else text
    return base64.b64decode(text + b"=" * (-len(text) % 4))
