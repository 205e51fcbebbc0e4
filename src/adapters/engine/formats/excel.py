"""Excel workbooks: a record per row."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from ....core.errors import UnsupportedError
from ....core.java import java_string
from ....core.plan.given import Given
from ....core.records.record import Header, Record
from ....core.records.values import Date, FieldValue, ListMap, Time
from .excel_old import old_sheets
from .fault import FormatFault
from .item import Item
from .texts import twice

MAX_UNPACKED = 256 * 1024 * 1024
MAX_PARTS = 10_000
MAX_ROWS = 1_048_576
Row = tuple[int, tuple[Any, ...]]
_FIRST = datetime(1899, 12, 31, tzinfo=UTC)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FORM = re.compile(r"(?P<thousands>#,##)?0(?:\.(?P<places>0{1,30}))?(?P<power>E\+0+)?")
_LEAST_SHOWN, _MOST_SHOWN = Decimal("1E-10"), Decimal("1E+11")
_ONE, _THOUSAND, _WIDE = Decimal(1), Decimal(1000), Context(prec=400)


def read_excel(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Rows of all sheets, or of those that are named; blank rows are passed over.

    Raises:
        FormatFault: no workbook (EXCEL_PARSER_02), an encrypted one (03), one without rows (04), a header that is an
            error (05).
        UnsupportedError: the library is missing.
    """
    wanted = () if given.flag("excelReadAllSheets", True) else given.texts("excelSheetNames")
    at = 0
    rows = False
    try:
        for title, sheet in _sheets(opened):
            held = _Rows(sheet)
            if wanted and title not in wanted:
                rows = rows or next(held, None) is not None
                continue
            for item in _Sheet(title, given).items(held, at):
                at = item.end
                yield item
            rows = rows or held.found
    except (FormatFault, UnsupportedError):
        raise
    except Exception as error:  # of every kind, for every way in which a file can be broken
        raise FormatFault("EXCEL_PARSER_01", f"the workbook cannot be read: {type(error).__name__}: {error}") from None
    if not rows:
        raise FormatFault("EXCEL_PARSER_04", "the workbook has no rows")


class _Rows:
    """The rows of a sheet; ``found`` tells whether there was one."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows, self.found = rows, False

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        row = next(self._rows)
        self.found = True
        return row


def _sheets(opened: BinaryIO) -> Iterator[tuple[str, Iterator[Row]]]:
    """The sheets by name, each with its rows."""
    whole = opened if opened.seekable() else io.BytesIO(opened.read(MAX_UNPACKED + 1))
    head = whole.read(len(_COMPOUND))
    if head == _COMPOUND and _ENCRYPTED in whole.read(1 << 20):
        raise FormatFault("EXCEL_PARSER_03", "the workbook is encrypted")
    whole.seek(0)
    if head == _COMPOUND:
        yield from old_sheets(whole)
        return
    for sheet in _book(whole).worksheets:
        sheet.reset_dimensions()  # what a file says of its width is not believed
        yield sheet.title, _numbered(sheet)


def _numbered(sheet: Any) -> Iterator[Row]:
    """The rows that are there, with their numbers."""
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > MAX_ROWS:
            raise FormatFault("EXCEL_PARSER_01", f"the sheet {sheet.title} has more than {MAX_ROWS} rows")
        if row:
            yield number, row


def _book(opened: BinaryIO) -> Any:
    try:
        import openpyxl
    except ImportError:
        raise UnsupportedError(
            "the data format EXCEL without its library", "Install it with: pip install 'penstock[formats]'"
        ) from None
    _bounded(opened)
    try:
        return openpyxl.load_workbook(opened, read_only=True, data_only=True)
    except Exception as error:  # of every kind, for every way in which a file can be broken
        raise FormatFault("EXCEL_PARSER_02", f"the file is no workbook: {error}") from None


def _bounded(opened: BinaryIO) -> None:
    try:
        with ZipFile(opened) as held:
            parts = held.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        raise FormatFault("EXCEL_PARSER_02", "the file is no workbook (.xlsx)") from None
    size = sum(each.file_size for each in parts)
    if size > MAX_UNPACKED or len(parts) > MAX_PARTS:
        message = f"the workbook has {len(parts)} parts of {size} bytes when unpacked; the limit is {MAX_UNPACKED}"
        raise FormatFault("EXCEL_PARSER_01", message)
    opened.seek(0)


class _Sheet:
    """The rows of one sheet."""

    def __init__(self, title: str, given: Given) -> None:
        self._title, self._mode = title, given.text("excelHeader", "WITH_HEADER")
        self._skips = given.flag("excelSkipCellsWithNoHeader")

    def items(self, rows: Iterator[Row], at: int) -> Iterator[Item]:
        """A record, or a fault, for every row that is not blank."""
        names: list[str] | None = None
        warning: FormatFault | None = None
        headed, after = self._mode == "NO_HEADER", False
        for number, row in rows:
            if names is None and self._mode == "WITH_HEADER":  # those of the first row, though it may be blank
                names = self._names(row)
                warning = twice(list(filter(None, names)), "EXCEL_PARSER_07")
            there = [index for index, cell in enumerate(row) if hasattr(cell, "row")]
            if not after and all(row[index].value is None for index in there):
                continue
            if not headed:
                headed = after = True  # the row after the header counts even when it is blank
                continue
            after = False
            if not there:
                continue
            cells = row[there[0] : there[-1] + 1]
            value, faults = self._record(cells, there[0], names)
            attributes = {
                "worksheet": self._title,
                "row": str(number - 1),
                "firstCol": str(there[0]),
                "lastCol": str(there[-1] + 1),
            }
            fault = FormatFault("EXCEL_PARSER_05", f"unsupported cells: {', '.join(faults)}") if faults else None
            place = f"{self._title}::{number - 1}"
            yield Item(at, at + 1, Record(value, Header(place, attributes=attributes)), fault, place, warning)
            warning = None
            at += 1

    def _names(self, row: tuple[Any, ...]) -> list[str]:
        try:
            return ["" if cell.value is None else java_string(_value(cell)) for cell in row]
        except _UnsupportedCellError as error:
            raise FormatFault("EXCEL_PARSER_05", f"the header of {self._title} has an error: {error}") from None

    def _record(self, cells: tuple[Any, ...], first: int, names: list[str] | None) -> tuple[ListMap, list[str]]:
        made, faults = ListMap(), []
        for index, cell in enumerate(cells, first):
            name = names[index] if names is not None and index < len(names) else ""
            if not name:
                if names is not None and self._skips:
                    continue
                name = str(index)
            try:
                made[name] = _value(cell)
            except _UnsupportedCellError as error:
                made[name] = str(error)
                faults.append(f"{cell.coordinate} ({error})")
        return made, faults


class _UnsupportedCellError(Exception):
    """A cell with an error such as ``#DIV/0!``."""


def _value(cell: Any) -> FieldValue:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, (bool, str)):
        if cell.data_type == "e":
            raise _UnsupportedCellError(value)
        return value
    if isinstance(value, (int, float)):
        return _number(value, str(cell.number_format))
    if isinstance(value, datetime):
        return Date(
            value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond, tzinfo=UTC
        )
    if isinstance(value, date):
        return Date(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, time):
        return Time(1899, 12, 31, value.hour, value.minute, value.second, value.microsecond, tzinfo=UTC)
    if isinstance(value, timedelta):
        return _moment(value)
    raise _UnsupportedCellError(str(value)[:80])


def _moment(value: timedelta) -> Time | Date:
    """A cell that shows hours as a moment: the first day is 1900-01-01, and 1900 has a February 29."""
    if value < timedelta(0):
        raise _UnsupportedCellError(str(value))
    at = _FIRST + value - timedelta(days=value >= timedelta(days=61))
    kind = Time if value < timedelta(days=1) else Date
    return kind(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=UTC)


def _number(value: int | float, form: str) -> FieldValue:
    """The number as it is shown where that loses nothing; else as Java writes a double."""
    if value != value or value in (float("inf"), float("-inf")):
        raise _UnsupportedCellError(str(value))
    exact = Decimal(java_string(float(value)))
    shown = _shown(exact, form)
    return shown if shown == exact else exact


def _shown(exact: Decimal, form: str) -> Decimal | None:
    """The number that a format shows; None for text that is no number, such as ``$1`` and ``1,000``."""
    size = abs(exact)
    if form in ("General", "@"):
        if size and not _LEAST_SHOWN < size < _MOST_SHOWN:
            digits, _, power = f"{exact:.5E}".partition("E")
            return Decimal(f"{digits.rstrip('0').rstrip('.')}E{power}")
        return Decimal(f"{exact:.10f}".rstrip("0").rstrip("."))
    known = _FORM.fullmatch(form)
    if known is None or (known["thousands"] and size >= _THOUSAND):
        return None
    places = len(known["places"] or "")
    return Decimal(f"{exact:.{places}E}") if known["power"] else _WIDE.quantize(exact, _ONE.scaleb(-places))
