"""Workbooks of the kind before 2007 (.xls), cell by cell as those of today are."""

import io
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any, BinaryIO

import attrs

from ....core.errors import UnsupportedError
from .fault import FormatFault

MAX_SIZE = 64 * 1024 * 1024
Row = tuple[int, "tuple[OldCell | Nothing, ...]"]
_READING: dict[str, Any] = {"formatting_info": True, "on_demand": True, "ragged_rows": True}


class Nothing:
    """The place of a cell that is not there."""

    value = None


@attrs.frozen
class OldCell:
    """A cell; ``data_type`` is ``e`` for an error, ``value`` None for a blank."""

    row: int
    column: int
    value: "str | bool | int | float | datetime | time | None"
    data_type: str
    number_format: str

    @property
    def coordinate(self) -> str:
        """Where it is, for instance ``B3``."""
        letters, left = "", self.column + 1
        while left:
            left, digit = divmod(left - 1, 26)
            letters = chr(65 + digit) + letters
        return f"{letters}{self.row + 1}"


def old_sheets(opened: BinaryIO) -> Iterator[tuple[str, Iterator[Row]]]:
    """The sheets of a workbook by name, each with its rows and their numbers, counted from 1.

    Raises:
        FormatFault: it cannot be read (EXCEL_PARSER_02), or is longer than 64 MB (01).
        UnsupportedError: the library is missing.
    """
    try:
        import xlrd
    except ImportError:
        raise UnsupportedError(
            "workbooks before 2007 (.xls) without their library", "Install it with: pip install 'penstock[formats]'"
        ) from None
    data = opened.read(MAX_SIZE + 1)
    if len(data) > MAX_SIZE:
        raise FormatFault("EXCEL_PARSER_01", f"a workbook before 2007 of more than {MAX_SIZE} bytes")
    try:
        book = xlrd.open_workbook(file_contents=data, **_READING, logfile=io.StringIO())
        for at in range(book.nsheets):
            sheet = book.sheet_by_index(at)
            yield sheet.name, _rows(book, sheet)
            book.unload_sheet(at)
    except FormatFault:
        raise
    except Exception as error:  # of every kind, for every way in which a file can be broken
        raise FormatFault("EXCEL_PARSER_02", f"the file is no workbook: {error}") from None


def _rows(book: Any, sheet: Any) -> Iterator[Row]:
    for at in range(sheet.nrows):
        cells = tuple(_cell(book, at, column, cell) for column, cell in enumerate(sheet.row(at)))
        if cells:
            yield at + 1, cells


def _cell(book: Any, row: int, column: int, cell: Any) -> OldCell | Nothing:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_EMPTY:
        return Nothing()
    shown = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    form = "General" if shown is None else str(shown.format_str)
    kind, value = cell.ctype, cell.value
    if kind == xlrd.XL_CELL_DATE:
        value = xlrd.xldate_as_datetime(value, book.datemode)
        value = value.time() if cell.value < 1 else value
    elif kind == xlrd.XL_CELL_NUMBER:
        value = int(value) if value.is_integer() else value
    elif kind == xlrd.XL_CELL_BOOLEAN:
        value = bool(value)
    elif kind == xlrd.XL_CELL_ERROR:
        value = xlrd.error_text_from_code.get(value, "#ERROR!")
    elif kind == xlrd.XL_CELL_BLANK:
        value = None
    return OldCell(row, column, value, "e" if kind == xlrd.XL_CELL_ERROR else "", form)
