"""Records from an open file, one after the other: no more of it is held than one record needs."""

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ....core.errors import FormatError, UnsupportedError
from ....core.plan.given import Given
from ....core.records.json_form import record_from_json
from ....core.records.values import FieldValue
from .archives import is_packed, read_packed
from .avro_reading import read_avro
from .delimited import read_delimited
from .excel import read_excel
from .fault import FormatFault
from .item import Item
from .json_text import one_object
from .lines import read_log, read_text
from .marked_up import read_xml
from .proto import read_protobuf
from .texts import texts
from .writing import SDC_MAGIC

CHUNK = 1 << 16
LONGEST_LINE = 16 * 1024 * 1024


Read = Callable[[BinaryIO, Given], Iterator[Item]]


def read_items(opened: BinaryIO, data_format: str, given: Given) -> Iterator[Item]:
    """The records of a file; ``given`` are the settings of the format without their prefix.

    A fault in one record is an item; one after which nothing can be read is raised. Compressed files and archives are
    unpacked where the settings say so.

    Raises:
        UnsupportedError: a format that is not read here.
        FormatFault: while iterating.
    """
    reader = READERS.get(data_format)
    if reader is None:
        raise UnsupportedError(f"the data format {data_format}", f"Formats that are read: {', '.join(READERS)}.")
    if is_packed(data_format, given):
        return read_packed(opened, given, lambda file: reader(file, given))
    return reader(opened, given)


def _json(opened: BinaryIO, given: Given) -> Iterator[Item]:
    limit = given.integer("jsonMaxObjectLen", 4096)
    in_array = given.text("jsonContent") == "ARRAY_OBJECTS"
    for start, end, value in _objects(texts(opened, given), limit if limit > 0 else LONGEST_LINE, in_array=in_array):
        yield Item(start, end, fault=value) if isinstance(value, FormatFault) else Item(start, end, value)


def _objects(
    texts: Iterator[str], limit: int, *, in_array: bool
) -> "Iterator[tuple[int, int, FieldValue | FormatFault]]":
    """The values of a JSON text, or the elements of one array; an object that is too long is passed over."""
    held, at, base, over = "", 0, 0, False
    skipped = " \t\r\n," if in_array else " \t\r\n"
    opened = not in_array
    while True:
        while at < len(held) and held[at] in skipped:
            at += 1
        if at < len(held) and not opened:
            if held[at] != "[":
                raise FormatFault("JSON_PARSER_00", "expected an array of objects")
            at, opened = at + 1, True
            continue
        if at < len(held) and in_array and held[at] == "]":
            return
        found = None if at >= len(held) else one_object(held, at, final=over)
        if found is not None:
            value, end = found
            if end - at > limit:
                yield base + at, base + end, FormatFault("JSON_PARSER_02", f"an object longer than {limit} characters")
            else:
                yield base + at, base + end, value
            at = end
            continue
        if over:
            return
        if len(held) - at > max(limit, CHUNK) + LONGEST_LINE:
            raise FormatFault("JSON_PARSER_02", f"an object longer than {LONGEST_LINE} characters")
        text = next(texts, "")
        over = not text
        base += at
        held, at = held[at:] + text, 0


def _records(opened: BinaryIO, given: Given) -> Iterator[Item]:
    magic = opened.read(1)
    if not magic:
        return
    if magic != SDC_MAGIC:
        raise FormatFault("SDC_RECORD_PARSER_01", "the file does not begin as records of an engine do")
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def texts() -> Iterator[str]:
        while data := opened.read(CHUNK):
            text = decode(data)
            if text:
                yield text

    for start, end, value in _objects(texts(), LONGEST_LINE, in_array=False):
        if isinstance(value, FormatFault):
            yield Item(start + 1, end + 1, fault=value)
            continue
        try:
            yield Item(start + 1, end + 1, record_from_json(value, "file"))
        except FormatError as error:
            yield Item(start + 1, end + 1, fault=FormatFault("SDC_RECORD_PARSER_02", str(error)))


def _binary(opened: BinaryIO, given: Given) -> Iterator[Item]:
    limit = given.integer("binaryMaxObjectLen", 1024)
    data = b""
    while len(data) <= limit and (more := opened.read(limit + 1 - len(data))):
        data += more
    if len(data) > limit:
        raise FormatFault("BINARY_PARSER_00", f"more than {limit} bytes")
    if data:
        yield Item(0, len(data), data)


READERS: dict[str, Read] = {
    "AVRO": read_avro,
    "BINARY": _binary,
    "DELIMITED": read_delimited,
    "EXCEL": read_excel,
    "JSON": _json,
    "LOG": read_log,
    "PROTOBUF": read_protobuf,
    "SDC_JSON": _records,
    "TEXT": read_text,
    "XML": read_xml,
}
