"""JSON: values one after the other, or the elements of an array; and records as engines pass them on."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ....core.errors import FormatError
from ....core.plan.given import NOTHING_GIVEN, Given
from ....core.records.json_form import record_from_json
from ....core.records.values import FieldValue
from .fault import FormatFault
from .item import Item
from .json_text import one_object
from .texts import CHUNK, LONGEST, Window, texts
from .writing import SDC_MAGIC

Found = tuple[int, int, "FieldValue | FormatFault"]
_SIGN = re.compile(r'["\\{}\[\]]')


def read_json(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Every value; one longer than ``jsonMaxObjectLen`` is passed over and a fault in its place.

    After what is no JSON nothing more can be read.
    """
    limit = given.integer("jsonMaxObjectLen", 4096)
    in_array = given.text("jsonContent") == "ARRAY_OBJECTS"
    for start, end, value in _values(Window(texts(opened, given)), limit if limit > 0 else LONGEST, in_array=in_array):
        yield Item(start, end, fault=value) if isinstance(value, FormatFault) else Item(start, end, value)


def read_records(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Records with their headers and types; those of another form than this engine writes cannot be read."""
    magic = opened.read(1)
    if not magic:
        return
    if magic != SDC_MAGIC:
        raise FormatFault("SDC_RECORD_PARSER_01", "the file does not begin as records of an engine in JSON do")
    for start, end, value in _values(Window(texts(opened, NOTHING_GIVEN)), LONGEST, in_array=False):
        if isinstance(value, FormatFault):
            yield Item(start + 1, end + 1, fault=value)
            continue
        try:
            yield Item(start + 1, end + 1, record_from_json(value, "file"))
        except FormatError as error:
            yield Item(start + 1, end + 1, fault=FormatFault("SDC_RECORD_PARSER_02", str(error)))


def _values(window: Window, limit: int, *, in_array: bool) -> Iterator[Found]:
    """The values of a text, or the elements of one array, with the characters that they stand in."""
    at, opened = 0, not in_array
    skipped = " \t\r\n," if in_array else " \t\r\n"
    while True:
        held = window.held
        while at < len(held) and held[at] in skipped:
            at += 1
        if at == len(held):
            if window.over:
                return
        elif not opened:
            if held[at] != "[":
                raise FormatFault("JSON_PARSER_00", "expected an array of objects")
            at, opened = at + 1, True
            continue
        elif in_array and held[at] == "]":
            return
        elif (found := one_object(held, at, final=window.over)) is not None:
            value, end = found
            yield window.base + at, window.base + end, _too_long(limit) if end - at > limit else value
            at = end
            continue
        elif len(held) - at > limit + CHUNK and held[at] in '{["':
            start = window.base + at
            at = _passed(window, at)
            yield start, window.base + at, _too_long(limit)
            continue
        window.more(at)
        at = 0


def _too_long(limit: int) -> FormatFault:
    return FormatFault("JSON_PARSER_02", f"an object longer than {limit} characters", too_long=True)


def _passed(window: Window, at: int) -> int:
    """Where the value that begins at ``at`` ends; nothing of it is kept."""
    depth, quoted = 0, False
    while True:
        for found in _SIGN.finditer(window.held, at):
            if found.start() < at:
                continue  # what an escape stands before
            sign = found.group()
            if sign == "\\":
                at = found.end() + 1
                continue
            if sign == '"':
                quoted = not quoted
            elif not quoted:
                depth += 1 if sign in "{[" else -1
            at = found.end()
            if depth <= 0 and not quoted:
                return at
        if window.over:
            raise FormatFault("JSON_PARSER_00", "the text ends inside of a value")
        behind = max(0, at - len(window.held))
        window.more(len(window.held))
        at = behind
