"""Text and logs: a record per line, or per piece between delimiters of one's own."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ....core.errors import InvalidValueError
from ....core.logs import Line, line_parser, log_records
from ....core.plan.given import Given
from ....core.records.values import FieldValue
from .fault import FormatFault
from .item import Item
from .texts import LONGEST, texts, unescaped

_LINE_END = r"\r\n|\n|\r"


def read_text(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """A map with the text of every line; one that is too long is cut and has ``truncated``.

    Raises:
        InvalidValueError: a length below 1 (DATA_FORMAT_01), or an empty delimiter (DATA_FORMAT_200).
    """
    limit = given.integer("textMaxLineLen", 1024)
    if limit < 1:
        raise InvalidValueError("textMaxLineLen", limit, "1 or more (DATA_FORMAT_01)")
    delimiter, kept = None, False
    if given.flag("useCustomDelimiter"):
        delimiter = unescaped(given.text("customDelimiter", "\\r\\n"))
        kept = given.flag("includeCustomDelimiterInTheText")
        if not delimiter:
            raise InvalidValueError("Custom Delimiter", "", "at least one character (DATA_FORMAT_200)")
    for line in lines(opened, given, delimiter, limit, keep=kept):
        fields: dict[str, FieldValue] = {"text": line.text}
        if line.cut:
            fields["truncated"] = True
        yield Item(line.start, line.end, fields)


def read_log(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """The fields of every line; one that does not fit belongs to the line before, or nothing is read behind it.

    The offset of a record is where the line of the record before ends, whatever belongs to that one beside its line.

    Raises:
        FormatFault: while iterating, for a line that does not fit (as the original does, which leaves the file then).
    """
    parser, limit = line_parser(given), given.integer("logMaxObjectLen", 1024)
    held = lines(opened, given, None, limit if limit > 0 else LONGEST)
    label = "0"
    for found in log_records(held, parser, keep_line=given.flag("retainOriginalLine")):
        if found.fault is not None:
            raise FormatFault(found.fault.code, found.fault.message)
        yield Item(found.start, found.end, found.fields, label=label)
        label = str(found.line_end)


def lines(opened: BinaryIO, given: Given, delimiter: str | None, limit: int, *, keep: bool = False) -> Iterator[Line]:
    """Every piece between delimiters (line ends for None), cut at ``limit`` characters; ``keep`` leaves the delimiter
    at its end. Of a longer piece no more is held than that."""
    between = re.compile(_LINE_END if delimiter is None else re.escape(delimiter))
    spare = len(delimiter or "\r\n")
    held, start, dropped, searched = "", 0, 0, 0
    for text in texts(opened, given):
        held += text
        over, at = not text, 0
        for found in between.finditer(held, searched):
            if found.end() == len(held) and not over and found.group() == "\r":
                break  # a line feed may belong to it
            stop = found.end() if keep else found.start()
            length, size = dropped + stop - at, dropped + found.end() - at
            yield Line(start, start + size, held[at : min(stop, at + limit)], length > limit)
            start, at, dropped = start + size, found.end(), 0
        held = held[at:]
        if len(held) > limit + spare:
            # the beginning is all that is wanted of a long piece, the end may be half of a delimiter
            gone = len(held) - limit - spare
            held, dropped = held[:limit] + held[limit + gone :], dropped + gone
        searched = max(0, len(held) - spare)
        if over and held:
            yield Line(start, start + dropped + len(held), held[:limit], dropped + len(held) > limit)
