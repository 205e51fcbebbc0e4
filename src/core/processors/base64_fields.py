"""Base64 Field Encoder and Decoder: bytes to base64 bytes and back."""

import base64
import binascii

from ..plan.model import StagePlan
from ..records.paths import MISSING, get
from ..records.record import Record
from ..records.values import Null
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import place

_NAME = "com_streamsets_pipeline_stage_processor_base64_Base64"


def _bytes_at(record: Record, path: str) -> bytes | None:
    """The bytes of a field; None for one that is not there, or null."""
    held = get(record.value, path)
    if held is MISSING or held is None or isinstance(held, Null):
        return None
    if not isinstance(held, bytes):
        raise RecordFault("CMN_0100", f"field {path} is no BYTE_ARRAY")
    return held


def _fields(plan: StagePlan, several: str) -> list[tuple[str, str]]:
    """Source and target; newer engines take a list of fields that are changed in their place."""
    source = plan.given.text("originFieldPath")
    if source:
        return [(source, plan.given.text("resultFieldPath") or source)]
    return [(path, path) for path in plan.given.texts(several)]


@processor(f"{_NAME}EncodingDProcessor")
def encoder(plan: StagePlan, tools: Tools) -> Process:
    """A missing field passes."""
    fields = _fields(plan, "fieldsToEncode")
    encode = base64.urlsafe_b64encode if plan.given.flag("urlSafe") else base64.b64encode

    def handle(record: Record) -> Record:
        for source, target in fields:
            data = _bytes_at(record, source)
            if data is not None:
                place(record, target, encode(data), "CMN_0100")
        return record

    return each(handle)


@processor(f"{_NAME}DecodingDProcessor")
def decoder(plan: StagePlan, tools: Tools) -> Process:
    """Both alphabets are understood; a missing field passes."""
    fields = _fields(plan, "fieldsToDecode")

    def handle(record: Record) -> Record:
        for source, target in fields:
            data = _bytes_at(record, source)
            if data is None:
                continue
            text = b"".join(data.split()).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
            try:
                decoded = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
            except binascii.Error:
                raise RecordFault("DATA_FORMAT_302", f"field {source} holds no base64") from None
            place(record, target, decoded, "CMN_0100")
        return record

    return each(handle)
