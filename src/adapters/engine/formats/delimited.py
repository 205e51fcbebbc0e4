"""Delimited text: a record per row, with or without a header line."""

from collections.abc import Iterator
from typing import BinaryIO

import attrs

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.records.values import FieldValue, ListMap
from .charsets import charset_of
from .csv_dialect import dialect_of
from .csv_multi import MultiReader
from .csv_rows import Cells, RowReader
from .csv_univocity import UnivocityReader, univocity_of
from .fault import FormatFault
from .item import Item
from .texts import Window, buffer_limit, texts, twice

Reader = RowReader | MultiReader | UnivocityReader
BOM = "\ufeff"


def read_delimited(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """One record per row; a row that does not fit is a fault among them.

    Shape: a LIST_MAP by header (by position without one), or with ``csvRecordType`` LIST a list of ``{header, value}``.
    """
    univocity = given.text("csvParser", "LEGACY_PARSER") == "UNIVOCITY"
    several = not univocity and given.text("csvFileFormat", "CSV") == "MULTI_CHARACTER"
    reader = _reader(opened, given, univocity=univocity, several=several)
    names, shift = _begun(reader, given, several=several)
    if names is not None and isinstance(reader, UnivocityReader) and names == [None]:
        return  # an empty first line as a header: the original reads nothing then
    shape = _shape(given, names, legacy=not univocity and not several)
    warning = twice(shape.names or (), "DELIMITED_PARSER_02")
    limit = -1 if univocity else given.integer("csvMaxObjectLen", 1024)
    for row in reader.rows():
        start, end = row.start - shift, row.end - shift
        if 0 <= limit < end - start and not several:
            message = f"the row at {start} is longer than {limit} characters"
            yield Item(start, end, fault=FormatFault("DATA_PARSER_02", message, too_long=True))
            continue
        fault = shape.fault(row.cells, start)
        yield Item(start, end, shape.refused(row.cells) if fault else shape.record(row.cells), fault, warning=warning)
        warning = None


def _reader(opened: BinaryIO, given: Given, *, univocity: bool, several: bool) -> Reader:
    pieces = texts(opened, given)
    if charset_of(given) in ("utf-8", "utf8"):
        pieces = _without_mark(pieces)
    window = Window(pieces)
    if univocity:
        return UnivocityReader(window, univocity_of(given))
    if several:
        return MultiReader(window, dialect_of(given), given.integer("csvMaxObjectLen", 1024))
    return RowReader(window, dialect_of(given), buffer_limit(given))


def _without_mark(pieces: Iterator[str]) -> Iterator[str]:
    first = next(pieces, "")
    if first == BOM:
        yield from pieces
        return
    yield first.removeprefix(BOM)
    yield from pieces


def _begun(reader: Reader, given: Given, *, several: bool) -> tuple[Cells | None, int]:
    """Past the lines to skip and the header: its names, and from which character on offsets are counted.

    The parser for several characters takes the header before the lines to skip, and counts from behind both.
    """
    mode, skipped = given.text("csvHeader", "NO_HEADER"), given.integer("csvSkipStartLines")
    if skipped < 0:
        raise InvalidValueError("Lines to Skip", skipped, "0 or more")
    headed = mode in ("WITH_HEADER", "IGNORE_HEADER")
    if not several:
        reader.skip_lines(skipped)
    row = None
    if headed:
        row = reader.header() if isinstance(reader, UnivocityReader) else reader.row()
    if several:
        reader.skip_lines(skipped)
    names = row.cells if row is not None and mode == "WITH_HEADER" else None
    return names, reader.position if several else 0


@attrs.define
class _Shape:
    """How a row becomes a field. Names grow where extra columns are allowed, through the whole file."""

    names: list[str] | None
    extra: str | None
    null: str | None
    as_list: bool
    _added: int = 0

    def fault(self, cells: Cells, at: int) -> FormatFault | None:
        """The fault of a row with more columns than the header, where they are not allowed."""
        if self.names is None or len(cells) <= len(self.names):
            return None
        if self.extra is not None:
            while len(self.names) < len(cells):
                self._added += 1
                self.names.append(f"{self.extra}{self._added:02d}")
            return None
        message = f"the row at {at} has {len(cells)} columns, but the header has {len(self.names)}"
        return FormatFault("DELIMITED_PARSER_01", message)

    def refused(self, cells: Cells) -> FieldValue:
        """What is known of a row that does not fit."""
        return {"columns": list(cells), "headers": list(self.names or ())}

    def record(self, cells: Cells) -> FieldValue:
        """The root field of a row."""
        values: list[FieldValue] = list(cells)
        if self.null is not None:
            values = [None if value == self.null else value for value in values]
        if self.as_list:
            names = self.names
            return [
                {"value": value} if names is None else {"header": names[at], "value": value}
                for at, value in enumerate(values)
            ]
        if self.names is None:
            return ListMap({str(at): value for at, value in enumerate(values)})
        return ListMap(zip(self.names, values, strict=False))


def _shape(given: Given, names: Cells | None, *, legacy: bool) -> _Shape:
    return _Shape(
        None if names is None else [name or (f"empty-{at}" if legacy else "") for at, name in enumerate(names)],
        given.text("csvExtraColumnPrefix", "_extra_") if given.flag("csvAllowExtraColumns") else None,
        given.text("nullConstant", "\\\\N") if given.flag("parseNull") else None,
        given.text("csvRecordType", "LIST_MAP") == "LIST",
    )
