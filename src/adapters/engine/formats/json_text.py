"""JSON values in a text that may go on."""

import json
from decimal import Decimal

from ....core.records.values import FieldValue, Long
from .fault import FormatFault

INT_MAX = (1 << 31) - 1
LONG_MAX = (1 << 63) - 1


def _whole(digits: str) -> FieldValue:
    if len(digits) > 400:
        raise FormatFault("JSON_PARSER_00", "a number with more than 400 digits")
    value = int(digits)
    if -INT_MAX - 1 <= value <= INT_MAX:
        return value
    return Long(value) if -LONG_MAX - 1 <= value <= LONG_MAX else Decimal(value)


def _no_number(text: str) -> FieldValue:
    raise json.JSONDecodeError(f"{text} is no number in JSON", text, 0)


_NUMBER_GOES_ON = frozenset({"", ".", "e", "E", "e-", "E-", "e+", "E+"})
"""What may stand behind the digits of a number, at the end of what was read, and belong to it."""
_DECODER = json.JSONDecoder(parse_int=_whole, parse_constant=_no_number)


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
    if not final and text[end - 1].isdigit() and text[end:] in _NUMBER_GOES_ON:
        return None
    return value, end
