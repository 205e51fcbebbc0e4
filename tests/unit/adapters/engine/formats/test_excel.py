"""Promises about workbooks: headers, cells, sheets, and files that are none."""

import base64
import io
import zipfile
import zlib
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from penstock.adapters.engine.formats import excel, excel_old
from penstock.adapters.engine.formats.fault import FormatFault
from penstock.core.java import java_string
from penstock.core.records.record import Record
from penstock.core.records.values import Date, ListMap, Time

from .using import items, records, starts, values

ALL = {"excelHeader": "WITH_HEADER", "excelReadAllSheets": True}


def book(**sheets: list[list[Any]]) -> bytes:
    """A workbook."""
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return saved(made)


def saved(made: Any) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_rows_are_records_by_header_of_their_sheet() -> None:
    """Numbers are decimals; blank rows are passed over; the record knows its sheet, row and columns."""
    data = book(a=[["n", "d"], [1, datetime(2024, 1, 2, 3, 4, 5)], [None, None], [2.5, None]], b=[["x"], [True]])
    rows = records("EXCEL", data, **ALL)
    assert [row.value for row in rows] == [
        {"n": Decimal(1), "d": Date(2024, 1, 2, 3, 4, 5, tzinfo=UTC)},
        {"n": Decimal("2.5")},
        {"x": True},
    ]
    assert isinstance(rows[0].value, ListMap)
    assert rows[0].attributes == {"worksheet": "a", "row": "1", "firstCol": "0", "lastCol": "2"}
    assert starts("EXCEL", data, **ALL) == ["a::1", "a::3", "b::1"]


def test_headers_can_be_ignored_or_missing() -> None:
    """Columns are then named by their number."""
    data = book(a=[["n"], [1]])
    assert values("EXCEL", data, excelHeader="IGNORE_HEADER", excelReadAllSheets=True) == [{"0": Decimal(1)}]
    assert values("EXCEL", data, excelHeader="NO_HEADER", excelReadAllSheets=True) == [{"0": "n"}, {"0": Decimal(1)}]


def test_only_the_named_sheets_are_read() -> None:
    """A name that is not there gives nothing."""
    data = book(a=[["n"], [1]], b=[["x"], [True]])
    more = {"excelHeader": "WITH_HEADER", "excelReadAllSheets": False}
    assert values("EXCEL", data, excelSheetNames=["b"], **more) == [{"x": True}]
    assert values("EXCEL", data, excelSheetNames=["c"], **more) == []


def test_cells_without_a_header_are_named_by_column_or_left_out() -> None:
    """Blank cells between others are empty texts; columns before the first cell are not there."""
    data = book(a=[["n", None, "m"], [1, 2, None, 4], [None, 5]])
    assert values("EXCEL", data, **ALL) == [
        {"n": Decimal(1), "1": Decimal(2), "m": "", "3": Decimal(4)},
        {"1": Decimal(5)},
    ]
    found = values("EXCEL", data, excelSkipCellsWithNoHeader=True, **ALL)
    assert found == [{"n": Decimal(1), "m": ""}, {}]


def test_times_dates_and_formats_of_numbers() -> None:
    """Below a day it is a time; decimals that are shown are kept."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append([time(1, 2, 3), 1.5, 1.25, 3])
    sheet["B1"].number_format = "0.00"
    sheet["C1"].number_format = "0.0"
    (row,) = values("EXCEL", saved(made), excelHeader="NO_HEADER", excelReadAllSheets=True)
    assert isinstance(row, dict)
    assert (type(row["0"]), row["0"]) == (Time, Time(1899, 12, 31, 1, 2, 3, tzinfo=UTC))
    assert [str(row[name]) for name in "123"] == ["1.50", "1.25", "3"]


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (12, "General", "12"),
        (0.5, "General", "0.5"),
        (0.0001, "General", "0.0001"),
        (731.9399999999999, "General", "731.9399999999999"),
        (99999999999, "General", "99999999999"),
        (1_230_000_000_000, "General", "1.23E+12"),
        (1_234_567_890_123, "General", "1234567890123"),
        (2.5e-11, "General", "2.5E-11"),
        (12, "@", "12"),
        (12, "$#,##0", "12.0"),
        (12, "#,##0.00", "12.00"),
        (1234, "#,##0", "1234.0"),
        (0.25, "0%", "0.25"),
        (12, "0.00E+00", "12.0"),
        (1e30, "0", "1" + "0" * 30),
        (-0.0, "0.0", "0.0"),
        (-0.0, "General", "0"),
    ],
)
def test_a_number_is_that_which_its_cell_shows(number: float, form: str, expected: str) -> None:
    """Where that is the same number; else it is written as a double, as where a sign or comma is shown."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append([number])
    sheet["A1"].number_format = form
    (row,) = values("EXCEL", saved(made), excelHeader="NO_HEADER", excelReadAllSheets=True)
    assert isinstance(row, dict)
    assert java_string(row["0"]) == expected


def test_a_cell_with_an_error_is_a_fault_with_the_rest_of_its_row() -> None:
    """In a header it ends the file."""
    data = book(a=[["n", "m"], ["#DIV/0!", 1], [2, 3]])
    bad, good = items("EXCEL", data, **ALL)
    assert bad.fault is not None
    assert (bad.fault.code, good.fault) == ("EXCEL_PARSER_05", None)
    assert bad.value.value == {"n": "#DIV/0!", "m": Decimal(1)}  # type: ignore[union-attr]
    assert values("EXCEL", book(a=[["#DIV/0!"], [1]]), **ALL) == ["EXCEL_PARSER_05"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no workbook", "02"),
        (b"PK\x03\x04broken", "02"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "03"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "02"),
    ],
    ids=["text", "broken", "encrypted", "old"],
)
def test_what_is_no_workbook_has_a_code(data: bytes, code: str) -> None:
    """Encrypted ones and those of before 2007 as well."""
    assert values("EXCEL", data, **ALL) == [f"EXCEL_PARSER_{code}"]
    assert values("EXCEL", book(a=[]), **ALL) == ["EXCEL_PARSER_04"]


def changed(data: bytes, name: str, part: bytes) -> bytes:
    """A workbook with another part of this name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as held, zipfile.ZipFile(out, "w") as made:
        for each in held.namelist():
            made.writestr(each, part if each == name else held.read(each))
    return out.getvalue()


def test_a_workbook_whose_parts_are_broken_has_a_code() -> None:
    """One for what is no workbook, one for a sheet that cannot be read to its end."""
    good = book(a=[["n"], [1], [2]])
    assert values("EXCEL", changed(good, "xl/workbook.xml", b"<x"), **ALL) == ["EXCEL_PARSER_02"]
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="b"><v>1</v></c></row></sheetData></wrong>'
    )
    found = values("EXCEL", changed(good, "xl/worksheets/sheet1.xml", sheet), excelHeader="NO_HEADER")
    assert found == [{"0": True}, "EXCEL_PARSER_01"]


def test_a_sheet_has_no_more_rows_than_a_program_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes before them is there; a workbook before 2007 has a size."""
    monkeypatch.setattr(excel, "MAX_ROWS", 2)
    monkeypatch.setattr(excel_old, "MAX_SIZE", 1000)
    assert values("EXCEL", book(a=[["n"], [1], [2]]), **ALL) == [{"n": Decimal(1)}, "EXCEL_PARSER_01"]
    assert values("EXCEL", zlib.decompress(base64.b64decode(_OLD)), **ALL) == ["EXCEL_PARSER_01"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any of it is unpacked."""
    monkeypatch.setattr(excel, "MAX_UNPACKED", 1_000_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("xl/sharedStrings.xml", b"0" * 2_000_000)
    assert len(out.getvalue()) < 10_000
    assert values("EXCEL", out.getvalue(), **ALL) == ["EXCEL_PARSER_01"]
    monkeypatch.setattr(excel, "MAX_PARTS", 3)
    assert values("EXCEL", book(a=[["n"]]), **ALL) == ["EXCEL_PARSER_01"]


_OLD = (
    "eNrtWE1IVFEU/u57b5wfnHGcNNJgECEr00W0CUGngnKVWJuigpppBgybMUYX2aIss1VB0KpoI1jQxmpjRQVFm6DAqEUQBDO5bBUUtFBf55x3Zx"
    "pHAwdK0N73OOfdc+45956599yfee+ma3PjDxvzKEMXTMzbflSV6BSRvyCEQfW2zcXC20dku1hV8PtoIqs8eBp86+U55PnOw8AD6yVx4AvRMZxB"
    "z0Am1bSC2CMxxBXH0Kksyj0Dt4lCaJC4IsJPCl8n/L7YPhO+SzTXhHeSbU4dwXSsp3WnzuPDRrPUhYgrPBKfT6LZjnq85jy+cF05th7szp6Kn1"
    "7zFVGrGhOgJOhOZVJZlmtwBwFgmNCeTrcnk1EriLu8zPv6OtLpjsHBHOooYybww24Cvhe2hhdNrn5l9Qqk/7lQ7/2D3ic5v1jvp9leSh+gKS/X"
    "3zAsYAT2CcVtjZHvFctJpjgLV6scITFLfl69q1C2ZYiSRENECaKzRMMBPlVkFwov2IWCEmc18SRqpFwrKzRMv2D23rf3+xO9seOiGZGTxzmfNn"
    "FksHGRPcg5JDUSHCU60Coe24RfklY3SrlReB3Z0Lult14X9o2KzWWpbaF+dgg+xDaXlLdQeezrgcfRsZnYVipPdufP1U1+jI2jmQYjSf78jKJN"
    "talbNxlPYoW30jvZZ+ENi3Y1nxHWsdv6EK7BHK9KQq1wR+LRUUXJ0GPlSCZJZlGytB+3rMpafo4NoovgqMERTL0yaEzeSIsew0d1pvRz3ggQ55"
    "aiuiVTbBbGaEqMPPbsa0qMXtVlRDDFwdEu/RsrkQVGsX61ZoFaMgs8JbNZauHMEluwpYw7lhp3Fy5cuHDhwsX/BaXvRaa+JXv0vcurv+vMEc27"
    "n0nWLA5igJ4h+p+2Fxl6ZzFcUf6sh0cV2lLL9Cl8L2Qcot6z6EdC4uivOH/p3qxKf8+yHcN/bwlV2v98JXH+4/5/AZRyFWI="
)
"""A workbook before 2007 as a spreadsheet program writes it, packed: sheet a with a header, a row, and behind a blank
row one with an error; sheet b with a header and a number."""


def test_workbooks_before_2007_are_read_as_those_of_today() -> None:
    """With the types of cells, the decimals that are shown, and errors as faults; of two columns of a name the last."""
    data = zlib.decompress(base64.b64decode(_OLD))
    rows = items("EXCEL", data, **ALL)
    assert [row.value.value for row in rows if isinstance(row.value, Record)] == [
        {"n": Decimal(7), "d": Date(2024, 1, 2, tzinfo=UTC), "t": Time(1899, 12, 31, 12, tzinfo=UTC), "b": True},
        {"n": "x", "d": "#DIV/0!"},
        {"y": Decimal(2)},
    ]
    assert [str(row.fault) for row in rows if row.fault] == ["EXCEL_PARSER_05 - unsupported cells: B4 (#DIV/0!)"]
    assert [row.warning is not None for row in rows] == [True, False, False]
    assert [row.label for row in rows] == ["a::1", "a::3", "b::1"]


@pytest.mark.parametrize("cut", [8, 512, 1024, 3000])
def test_a_broken_workbook_before_2007_is_a_fault(cut: int) -> None:
    """Wherever it ends."""
    data = zlib.decompress(base64.b64decode(_OLD))[:cut]
    with pytest.raises(FormatFault, match="EXCEL_PARSER_0"):
        items("EXCEL", data, **ALL)


def test_columns_of_the_same_name_are_told_once() -> None:
    """With the first record; the last of them counts."""
    found = items("EXCEL", book(a=[["x", "y", "x"], [1, 2, 3], [4, 5, 6]]), **ALL)
    assert [row.warning and row.warning.code for row in found] == ["EXCEL_PARSER_07", None]
    assert found[0].value.value == {"x": Decimal(3), "y": Decimal(2)}  # type: ignore[union-attr]


def test_hours_beyond_a_day_are_dates_from_1900_on() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append([timedelta(hours=5), timedelta(days=1), timedelta(days=61, hours=1)])
    (row,) = values("EXCEL", saved(made), excelHeader="NO_HEADER", excelReadAllSheets=True)
    assert isinstance(row, dict)
    assert list(row.values()) == [
        Time(1899, 12, 31, 5, tzinfo=UTC),
        Date(1900, 1, 1, tzinfo=UTC),
        Date(1900, 3, 1, 1, tzinfo=UTC),
    ]
    assert [type(each) for each in row.values()] == [Time, Date, Date]


def test_hours_before_the_first_day_are_no_moment() -> None:
    """A cell with them is refused, and the rest of its row kept."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append([-0.5, "x"])
    sheet["A1"].number_format = "[h]:mm"
    (row,) = items("EXCEL", saved(made), excelHeader="NO_HEADER", excelReadAllSheets=True)
    assert row.fault is not None
    assert (row.fault.code, row.value.value["1"]) == ("EXCEL_PARSER_05", "x")  # type: ignore[union-attr,index,call-overload]


def test_the_id_of_a_row_is_its_sheet_and_number() -> None:
    (row,) = records("EXCEL", book(a=[["n"], [1]]), **ALL)
    assert row.header.source_id == "a::1"


def test_the_row_after_the_header_counts_though_it_is_blank() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["n", "m"], [None, None], [None, None], [1, 2]):
        sheet.append(row)
    for place in ("A2", "B2", "A3", "B3"):
        sheet[place].number_format = "0.00"
    found = [{"n": "", "m": ""}, {"n": Decimal(1), "m": Decimal(2)}]
    assert values("EXCEL", saved(made), **ALL) == found


def test_a_row_without_a_cell_behind_the_header_is_passed_over() -> None:
    """It has nothing that could be blank."""
    assert values("EXCEL", book(a=[["n"], [None], [1]]), **ALL) == [{"n": Decimal(1)}]


def test_a_blank_first_row_names_no_column() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in ([None], ["n"], [1]):
        sheet.append(row)
    sheet["A1"].number_format = "0.00"
    assert values("EXCEL", saved(made), **ALL) == [{"0": Decimal(1)}]
