"""JSON: one array of objects, or objects one after the other."""

import json
from collections.abc import Iterator

from ....core.plan.given import Given
from ....core.records.values import FieldValue, Long
from .fault import FormatFault

INT_MAX = (1 << 31) - 1
LONG_MAX = (1 << 63) - 1
MAX_DEPTH = 200
_BLANK = " \t\r\n"


def _whole(digits: str) -> FieldValue:
    if len(digits) > 400:
        raise FormatFault("JSON_PARSER_00", "a number with more than 400 digits")
    value = int(digits)
    return value if -INT_MAX - 1 <= value <= INT_MAX or abs(value) > LONG_MAX else Long(value)


_DECODER = json.JSONDecoder(parse_int=_whole)


def parse_json_text(text: str, given: Given) -> Iterator[FieldValue]:
    """The root fields of a JSON text.

    ``jsonContent`` ARRAY_OBJECTS reads one array, anything else objects one after the other; ``jsonMaxObjectLen``
    bounds the characters of one object.
    """
    limit = given.integer("jsonMaxObjectLen", 4096)
    at = _skip(text, 0)
    if given.text("jsonContent") == "ARRAY_OBJECTS":
        if at < len(text) and text[at] != "[":
            raise FormatFault("JSON_PARSER_00", "expected an array of objects")
        at = _skip(text, at + 1)
        while at < len(text) and text[at] != "]":
            value, at = _one(text, at, limit)
            yield value
            at = _skip(text, at)
            if at < len(text) and text[at] == ",":
                at = _skip(text, at + 1)
        return
    while at < len(text):
        value, at = _one(text, at, limit)
        yield value
        at = _skip(text, at)


def _one(text: str, at: int, limit: int) -> tuple[FieldValue, int]:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise FormatFault("JSON_PARSER_00", f"no JSON at character {at}: {reason}") from None
    if 0 < limit < end - at:
        raise FormatFault("JSON_PARSER_02", f"an object of {end - at} characters; the limit is {limit}")
    return value, end


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def one_object(text: str, at: int, *, final: bool) -> tuple[FieldValue, int] | None:
    """The JSON value that begins at a place and where it ends; None when more text is needed.

    Raises:
        FormatFault: what stands there is no JSON, or its end is missing when the text is final.
    """
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        # a fault near the end may be the end of what was read so far
        if not final and (error.pos >= len(text) - 16 or error.msg.startswith("Unterminated")):
            return None
        raise FormatFault("JSON_PARSER_00", f"no JSON at character {error.pos}: {error.msg}") from None
    except RecursionError:
        raise FormatFault("JSON_PARSER_00", "nested too deeply") from None
    # a number may go on behind what was read
    return None if end == len(text) and not final and text[end - 1].isdigit() else (value, end)
