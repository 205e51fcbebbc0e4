"""Records from an open file, one after the other: no more of it is held than one record needs."""

import io
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.plan.given import Given
from ....core.plan.unfit import Unfit, UnfitError
from ..later import later
from .archives import is_packed, read_packed
from .fault import FormatFault
from .item import Item
from .json_reading import read_json, read_records
from .texts import LONGEST, buffer_limit, data_of, overrun

LONGEST_LINE = LONGEST


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
    if data_format in _COUNTED:
        reader = _within(reader)
    if is_packed(data_format, given):
        return read_packed(opened, given, lambda file: reader(file, given))
    return reader(opened, given)


_COUNTED = frozenset(("JSON", "LOG", "PROTOBUF", "TEXT", "XML"))
"""Where what a record takes is counted here; for rows and blocks of Avro that is done where they are read."""


def _within(read: Read) -> Read:
    """Reads until a record takes more than the buffer limit lets it."""

    def limited(opened: BinaryIO, given: Given) -> Iterator[Item]:
        limit = buffer_limit(given)
        for item in read(opened, given):
            if item.end - item.start > limit:
                raise overrun(limit)
            yield item

    return limited


def check_reader(data_format: str, given: Given) -> None:
    """Nothing, for settings with which files can be read. Cost: an empty file is read.

    Raises:
        UnsupportedError: a format that is not read here, or whose library is missing.
        UnfitError: settings that cannot be.
    """
    found = unfit_for_reading(data_format, given, "")
    if found:
        raise UnfitError(*found)


LENGTHS = {
    "DELIMITED": ("csvMaxObjectLen", 1024),
    "JSON": ("jsonMaxObjectLen", 4096),
    "TEXT": ("textMaxLineLen", 1024),
    "WHOLE_FILE": ("wholeFileMaxObjectLen", 8192),
    "XML": ("xmlMaxObjectLen", 4096),
}
"""How long an object may be, by format: the setting, and what it is without one."""
_ABOUT = {
    "DATA_FORMAT_03": "xmlRecordElement",
    "DATA_FORMAT_05": "charset",
    "DATA_FORMAT_07": "protoDescriptorFile",
    "DATA_FORMAT_08": "messageType",
    "DATA_FORMAT_09": "protoDescriptorFile",
    "DATA_FORMAT_200": "customDelimiter",
    "DATA_FORMAT_304": "xmlRecordElement",
    "DATA_FORMAT_500": "csvUnivocityLineSeparator",
    "LOG_PARSER_04": "logMaxObjectLen",
    "LOG_PARSER_07": "regex",
    "LOG_PARSER_08": "fieldPathsToGroupName",
    "LOG_PARSER_09": "grokPattern",
    "LOG_PARSER_10": "maxStackTraceLines",
    "LOG_PARSER_11": "grokPatternDefinition",
}
"""The setting that a code is about."""


def unfit_for_reading(data_format: str, given: Given, prefix: str) -> tuple[Unfit, ...]:
    """What is wrong with the settings of a format; ``prefix`` stands before their names where a stage has them.

    Raises:
        UnsupportedError: a format that is not read here, or whose library is missing.
    """
    found: list[Unfit] = []
    name, usual = LENGTHS.get(data_format, ("", 1))
    if name and given.integer(name, usual) < 1:
        found.append(Unfit("DATA_FORMAT_01", prefix + name, f"{given.integer(name)} is below 1"))
    try:
        next(read_items(io.BytesIO(), data_format, given), None)
    except FormatFault as fault:
        if fault.code.startswith("DATA_FORMAT_"):
            found.append(Unfit(fault.code, prefix + _ABOUT.get(fault.code, "dataFormat"), fault.message))
    except InvalidValueError as error:
        in_text = CODE.search(str(error))
        code = in_text[1] if in_text else "DATA_FORMAT_06"
        setting = _ABOUT.get(code, error.what if error.what in given else "")
        told = Unfit(code, prefix + setting if setting else error.what, CODE.sub("", str(error)))
        if not found or code != "DATA_FORMAT_01":
            found.append(told)
    return tuple(found)


CODE = re.compile(r" ?\(([A-Z][A-Z0-9_]*_\d+)\)")


def _binary(opened: BinaryIO, given: Given) -> Iterator[Item]:
    limit = given.integer("binaryMaxObjectLen", 1024)
    data = data_of(opened, limit)
    if len(data) > limit:
        raise FormatFault("BINARY_PARSER_00", f"more than {limit} bytes")
    if data:
        yield Item(0, len(data), data)


READERS: dict[str, Read] = {
    "AVRO": later("formats.avro_reading", "read_avro"),
    "BINARY": _binary,
    "DATAGRAM": later("formats.syslog", "read_datagram"),
    "DELIMITED": later("formats.delimited", "read_delimited"),
    "EXCEL": later("formats.excel", "read_excel"),
    "JSON": read_json,
    "LOG": later("formats.lines", "read_log"),
    "NETFLOW": later("formats.netflow", "read_netflow"),
    "PARQUET": later("formats.parquet", "read_parquet"),
    "PROTOBUF": later("formats.proto", "read_protobuf"),
    "SDC_JSON": read_records,
    "SYSLOG": later("formats.syslog", "read_syslog"),
    "TEXT": later("formats.lines", "read_text"),
    "WHOLE_FILE": later("formats.whole_file", "read_whole_file"),
    "XML": later("formats.marked_up", "read_xml"),
}
