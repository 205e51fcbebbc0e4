"""Excel workbooks: a record per row."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.plan.given import Given
from ....core.records.record import Header, Record
from ....core.records.values import Date, FieldValue, ListMap, Time
from .fault import FormatFault
from .item import Item

MAX_UNPACKED = 1 << 30
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def read_excel(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Rows of all sheets, or of those that are named; blank rows are passed over."""
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        raise UnsupportedError(
            "the data format EXCEL without its library", "Install it with: pip install 'penstock[formats]'"
        ) from None
    _bounded(opened)
    try:
        book = openpyxl.load_workbook(opened, read_only=True, data_only=True)
    except (
        ValueError,
        KeyError,
        OSError,
        TypeError,
        BadZipFile,
        InvalidFileException,
    ) as error:
        raise FormatFault("EXCEL_PARSER_00", f"the file is no workbook: {error}") from None
    wanted = None if given.flag("excelReadAllSheets", True) else given.texts("excelSheetNames")
    missing = [name for name in wanted or () if name not in book.sheetnames]
    if missing:
        raise InvalidValueError("Worksheets", missing[0], "a sheet of the workbook", tuple(book.sheetnames))
    at = 0
    for sheet in book.worksheets:
        if wanted is None or sheet.title in wanted:
            for item in _rows(sheet, given, at):
                at = item.end
                yield item


def _bounded(opened: BinaryIO) -> None:
    try:
        with ZipFile(opened) as held:
            size = sum(each.file_size for each in held.infolist())
    except BadZipFile:
        raise FormatFault("EXCEL_PARSER_00", "the file is no workbook (.xlsx)") from None
    if size > MAX_UNPACKED:
        raise FormatFault(
            "EXCEL_PARSER_00", f"the workbook has {size} bytes when unpacked; the limit is {MAX_UNPACKED}"
        )
    opened.seek(0)


def _rows(sheet: Any, given: Given, at: int) -> Iterator[Item]:
    mode, skips = given.text("excelHeader", "WITH_HEADER"), given.flag("excelSkipCellsWithNoHeader")
    names: list[str] | None = None
    first = True
    for row in sheet.iter_rows():
        cells = [cell for cell in row if cell.value is not None]
        if not cells:
            continue
        if first and mode != "NO_HEADER":
            first = False
            if mode == "WITH_HEADER":
                names = ["" if cell.value is None else str(cell.value) for cell in row]
            continue
        first = False
        number = cells[0].row
        low, high = cells[0].column - 1, cells[-1].column - 1
        made = ListMap()
        fault = None
        for index, cell in enumerate(row[: high + 1]):
            name = names[index] if names is not None and index < len(names) else ""
            if not name:
                if names is not None and skips:
                    continue
                name = str(index)
            try:
                made[name] = _value(cell)
            except ValueError:
                fault = FormatFault("EXCEL_PARSER_05", f"cell {cell.coordinate} of {sheet.title} has no readable value")
        attributes = {"worksheet": sheet.title, "row": str(number - 1), "firstCol": str(low), "lastCol": str(high + 1)}
        label = f"{sheet.title}::{number - 1}"
        yield Item(at, at + 1, Record(made, Header(attributes=attributes)), fault, label)
        at += 1


def _value(cell: Any) -> FieldValue:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, (bool, str)):
        if cell.data_type == "e":
            raise ValueError(value)
        return value
    if isinstance(value, (int, float)):
        return Decimal(repr(value) if isinstance(value, float) else value)
    if isinstance(value, datetime):
        return Date(value.year, value.month, value.day, value.hour, value.minute, value.second, tzinfo=UTC)
    if isinstance(value, date):
        return Date(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, time):
        return Time(1970, 1, 1, value.hour, value.minute, value.second, tzinfo=UTC)
    if isinstance(value, timedelta):
        moment = _FIRST + value
        return Time(1970, 1, 1, moment.hour, moment.minute, moment.second, tzinfo=UTC)
    raise ValueError(value)
