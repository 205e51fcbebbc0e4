"""JSON: values one after the other, or the elements of an array; and records as engines pass them on."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ....core.errors import FormatError
from ....core.plan.given import NOTHING_GIVEN, Given
from ....core.records.json_form import record_from_json
from ....core.records.json_next import BLANKS, another_begins, may_touch
from ....core.records.values import FieldValue
from .fault import FormatFault
from .item import Item
from .json_text import one_object
from .texts import CHUNK, LONGEST, Window, texts
from .writing import SDC_MAGIC

AHEAD = 64
"""How many characters tell whether another value begins."""
_WORD = re.compile(r"[-+.\w]+")
Found = tuple[int, int, FieldValue, str]


def read_json(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Every value. After what is no JSON, or longer than ``jsonMaxObjectLen``, nothing more is read.

    The parser looks for the next value before it gives one: of two values with something else behind them only the
    first is there. The offset of a value is where its parser stood before it: at 0 for the first one, in an array at
    the last sign that was read.
    """
    limit = given.integer("jsonMaxObjectLen", 4096)
    in_array = given.text("jsonContent") == "ARRAY_OBJECTS"
    for start, end, value, label in _values(
        Window(texts(opened, given)), limit if limit > 0 else LONGEST, in_array=in_array
    ):
        yield Item(start, end, value, label=label)


def read_records(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Records with their headers and types; those of another form than this engine writes cannot be read.

    Raises:
        FormatFault: no byte that tells their form (SDC_RECORD_PARSER_00), what is no record (02), no JSON.
    """
    if opened.read(1) != SDC_MAGIC:
        raise FormatFault("SDC_RECORD_PARSER_00", "the file does not begin as records of an engine in JSON do")
    for start, end, value, _ in _values(Window(texts(opened, NOTHING_GIVEN)), LONGEST, in_array=False):
        try:
            yield Item(start + 1, end + 1, record_from_json(value, "file"))
        except FormatError as error:
            raise FormatFault("SDC_RECORD_PARSER_02", str(error)) from None


def _values(window: Window, limit: int, *, in_array: bool) -> Iterator[Found]:
    """The values of a text, or the elements of one array, with the characters that they stand in and their offsets."""
    at = _behind(window, 0, BLANKS)
    if in_array:
        if not window.held.startswith("[", at):
            raise FormatFault("JSON_PARSER_00", "expected an array of objects")
        at = _behind(window, at + 1, BLANKS)
    elif at == len(window.held):
        return
    label, first = "0", True
    begun = 0  # from where the length of a value is counted
    while not (in_array and _ended(window, at, first=first)):
        at = at if first or not in_array else _behind(window, at + 1, BLANKS)
        value, end, at = _value(window, at, limit, at - (begun - window.base) if in_array or first else -1)
        found = window.base + at, window.base + end, value, label
        label = str(window.base + (end - 1 if window.held[end - 1] in "]}" else at)) if in_array else ""
        begun = window.base + end
        at, first = _behind(window, end, BLANKS), False
        if not in_array:
            at = _next(window, at, value, touching=window.base + at == begun)
        yield found
        if not in_array and at == len(window.held):
            return


def _next(window: Window, at: int, value: FieldValue, *, touching: bool) -> int:
    """Where the next value begins, or the text ends.

    Raises:
        FormatFault: there is something else.
    """
    while not window.over and len(window.held) - at < AHEAD and _WORD.fullmatch(window.held, at):
        window.more(at)
        at = 0
    if (touching and not may_touch(value, window.held, at)) or not another_begins(window.held, at):
        raise FormatFault("JSON_PARSER_00", f"no JSON at character {window.base + at}, behind a value")
    return at


def _behind(window: Window, at: int, signs: str) -> int:
    """The first character that is none of the signs, from a place on; the end of the text without one."""
    while True:
        held = window.held
        while at < len(held) and held[at] in signs:
            at += 1
        if at < len(held) or window.over:
            return at
        window.more(at)
        at = 0


def _ended(window: Window, at: int, *, first: bool) -> bool:
    """True at the end of an array; otherwise a comma stands there, save before the first element."""
    sign = window.held[at : at + 1]
    if sign == "]":
        return True
    if not sign or (not first and sign != ","):
        raise FormatFault("JSON_PARSER_00", "the array has no end" if not sign else "expected a comma between elements")
    return False


def _value(window: Window, at: int, limit: int, before: int) -> tuple[FieldValue, int, int]:
    """The value that begins at a place, where it ends, and where it begins in what is held then.

    What counts is what was read when the last thing in it was known, and ``before`` characters in front of it.
    """
    while True:
        held = window.held
        found = one_object(held, at, final=window.over)
        if found is None:
            inside = len(held) - at - CHUNK
        else:
            inside = (
                len(held[at : found[1] - 1].rstrip(BLANKS)) if found[0] and isinstance(found[0], (dict, list)) else 0
            )
        if inside + before > limit:
            raise FormatFault("JSON_PARSER_02", f"an object longer than {limit} characters")
        if found is not None:
            return found[0], found[1], at
        window.more(at)
        at = 0
