"""JSON Parser and JSON Generator: a field from JSON text, and to it."""

import json
from decimal import Decimal

from ..plan.model import StagePlan
from ..records.fields import set_field
from ..records.json_data import NoJson, json_bytes
from ..records.json_next import BLANKS, another_begins, may_touch
from ..records.paths import MISSING, get
from ..records.record import Record
from ..records.values import FieldValue, Null
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import text_of, without_controls

MAX_DIGITS = 4000
_LONG = 1 << 63


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no number in JSON")


def _whole(digits: str) -> object:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of more than {MAX_DIGITS} digits")
    value = int(digits)
    return value if -_LONG <= value < _LONG else Decimal(value)


_DECODER = json.JSONDecoder(parse_constant=_no_number, parse_int=_whole)


def _first(text: str) -> FieldValue:
    """The first value of a text. What follows is looked at as far as it tells whether another value begins."""
    value, end = _DECODER.raw_decode(text)
    behind = len(text) - len(text[end:].lstrip(BLANKS))
    if (behind == end and not may_touch(value, text, end)) or not another_begins(text, behind):
        raise ValueError(f"{text[end : end + 10]!r} behind a value")
    found: FieldValue = value
    return found


@processor("com_streamsets_pipeline_stage_processor_jsonparser_JsonParserDProcessor")
def json_parser(plan: StagePlan, tools: Tools) -> Process:
    """The first JSON value of a text field goes to the target field; an empty text changes nothing."""
    source, target = plan.given.text("fieldPathToParse"), plan.given.text("parsedFieldPath")
    controls = plan.given.flag("removeCtrlChars")

    def handle(record: Record) -> Record:
        held = get(record.value, source)
        if held is MISSING:
            raise RecordFault("JSONP_00", f"field {source} is not there")
        text = text_of(held, source)  # type: ignore[arg-type]
        if text is None:
            raise RecordFault("JSONP_01", f"field {source} is null")
        if controls:
            text = without_controls(text)
        if not text.strip():
            return record
        try:
            parsed = _first(text.lstrip())
        except (ValueError, RecursionError) as error:
            raise RecordFault("JSONP_03", f"field {source} holds no JSON: {error}") from None
        set_field(record, target, parsed)
        return record

    return each(handle)


@processor("com_streamsets_pipeline_stage_processor_jsongenerator_JsonGeneratorDProcessor")
def json_generator(plan: StagePlan, tools: Tools) -> Process:
    """A map or list goes as JSON text to the target field, numbers in the digits of the original."""
    source, target = plan.given.text("fieldPathToSerialize"), plan.given.text("outputFieldPath")

    def handle(record: Record) -> Record:
        held = get(record.value, source)
        if held is MISSING:
            raise RecordFault("JSON_00", f"field {source} is not there")
        if held is None or isinstance(held, Null):
            raise RecordFault("JSON_01", f"field {source} is null")
        if not isinstance(held, (dict, list)):
            raise RecordFault("JSON_02", f"field {source} is neither a map nor a list")
        try:
            text = json_bytes(held).decode("utf-8", "replace")
        except NoJson as error:
            raise RecordFault("JSON_03", f"field {source}: {error}") from None
        set_field(record, target, text)
        return record

    return each(handle)
