"""Promises about delimited text: presets, dialects of one's own, the second parser, and writing."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.core.errors import InvalidValueError
from penstock.core.records.values import FieldValue, ListMap

from .using import Slow, items, starts, values, written

NAMED = {"csvHeader": "WITH_HEADER"}
CUSTOM = {"csvFileFormat": "CUSTOM", "csvCustomDelimiter": ","}
SEVERAL = {"csvFileFormat": "MULTI_CHARACTER"}
SECOND = {"csvParser": "UNIVOCITY"}


def rows(data: str, **more: object) -> list[list[object]]:
    """The cells of every row, without names."""
    found = values("DELIMITED", data, **more)
    return [list(each.values()) if isinstance(each, dict) else [each] for each in found]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("parser", [{}, SEVERAL | {"multiCharacterFieldDelimiter": ","}], ids=["legacy", "several"])
def test_rows_are_list_maps_by_position_or_by_header(end: str, parser: dict[str, object]) -> None:
    """All values are texts; every line end counts."""
    data = f"A,B{end}a,b{end}"
    assert values("DELIMITED", data, **parser) == [{"0": "A", "1": "B"}, {"0": "a", "1": "b"}]
    assert values("DELIMITED", data, csvHeader="IGNORE_HEADER", **parser) == [{"0": "a", "1": "b"}]
    (row,) = values("DELIMITED", data, **NAMED, **parser)
    assert (type(row), row) == (ListMap, {"A": "a", "B": "b"})


def test_rows_can_be_lists_of_headers_and_values() -> None:
    """Without a header there are only values."""
    data, kind = "A,B\na,b", {"csvRecordType": "LIST"}
    assert values("DELIMITED", data, **NAMED, **kind) == [
        [{"header": "A", "value": "a"}, {"header": "B", "value": "b"}]
    ]
    assert values("DELIMITED", "a,b", **kind) == [[{"value": "a"}, {"value": "b"}]]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, ["0", "4"]),
        (NAMED, ["4"]),
        ({"csvHeader": "IGNORE_HEADER"}, ["4"]),
        (SEVERAL | NAMED, ["0"]),
        (SECOND, ["0", "4"]),
        (SECOND | NAMED, ["4"]),
    ],
    ids=["plain", "header", "ignored", "several", "second", "second with header"],
)
def test_offsets_are_characters_of_the_file(more: dict[str, object], wanted: list[str]) -> None:
    """With separators of several characters they are counted from behind the header."""
    assert starts("DELIMITED", "A,B\na,b", **more) == wanted


COMMAS = 'x\r\na,b\r\n"c ""x"" ",  \r\n\r\n"d\r\ne",f\r\n\r1,\n,2'
TABS = 'x\r\na\tb \r\n"c" \td\\te\\\\\r\n\r\n"d\r\ne"\tf\r\n\r1\t\n\\N\t2'
BARS = 'x\r\na||"b||c"\r\n"d\r\ne"||f\\||g\r\r\n1||\n||2'
CUT: list[tuple[str, Mapping[str, object]]] = [
    *((COMMAS, {"csvFileFormat": kind}) for kind in ("CSV", "RFC4180", "POSTGRES_CSV")),
    *((TABS, {"csvFileFormat": kind}) for kind in ("MYSQL", "POSTGRES_TEXT", "TDF")),
    (COMMAS, CUSTOM | {"csvIgnoreEmptyLines": False, "csvEnableComments": True, "csvCommentMarker": "1"}),
    (BARS, SEVERAL),
    (BARS, SEVERAL | {"multiCharacterLineDelimiter": "\r\r\n"}),
    (COMMAS, SECOND | {"csvUnivocityLineSeparator": "\\r\\n", "csvUnivocitySkipEmptyLines": False}),
    (BARS, SECOND | {"csvUnivocityFieldSeparator": "||"}),
]


@pytest.mark.parametrize(("data", "more"), CUT)
def test_rows_are_the_same_however_the_file_is_cut(
    data: str, more: Mapping[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a read ends: between quotes, signs of a separator, or the two of a line end."""
    monkeypatch.setattr(Slow, "most", 1 << 16)
    wanted = items("DELIMITED", data, csvSkipStartLines=1, **more)
    assert wanted
    for size in range(1, len(data)):
        monkeypatch.setattr(Slow, "most", size)
        assert items("DELIMITED", data, csvSkipStartLines=1, **more) == wanted


def test_a_row_ends_where_the_next_begins() -> None:
    """So empty lines belong to the row behind them, at the end of the file to the one before."""
    found = items("DELIMITED", "a\n\n\nb\n\n")
    assert [(item.start, item.end) for item in found] == [(0, 2), (2, 7)]


PRESETS = [
    ("CSV", 'a,"b,1"\n\n c ,"d""e"', [["a", "b,1"], [" c ", 'd"e']]),
    ("CSV", '"two\nlines",x', [["two\nlines", "x"]]),
    ("CSV", '"a" ,b', [["a", "b"]]),
    ("CSV", 'a"b,c\\d', [['a"b', "c\\d"]]),
    ("CSV", "a,\n", [["a", ""]]),
    ("RFC4180", "a\n\nb", [["a"], [""], ["b"]]),
    ("EXCEL", "a\n\nb\n", [["a"], [""], ["b"]]),
    ("TDF", ' a\tb \t"c d" \n', [["a", "b", "c d"]]),
    ("MYSQL", 'a\\tb\t\\N\t"q"\\\\\n', [["a\tb", None, '"q"\\']]),
    ("POSTGRES_CSV", 'a,,"b""c"\n', [["a", None, 'b"c']]),
    ("POSTGRES_TEXT", '"a\tb"\t\\N\tc\\nd\n', [["a\tb", None, "c\nd"]]),
]


@pytest.mark.parametrize(("kind", "data", "wanted"), PRESETS)
def test_presets_read_quotes_escapes_blanks_and_nulls_in_their_way(
    kind: str, data: str, wanted: list[list[object]]
) -> None:
    """As the presets of commons-csv 1.8 do."""
    assert rows(data, csvFileFormat=kind) == wanted


@pytest.mark.parametrize(
    ("more", "data", "wanted"),
    [
        ({"csvCustomDelimiter": ";"}, "a;b", [["a", "b"]]),
        ({"csvCustomDelimiter": "\\t"}, "a\tb", [["a", "b"]]),
        ({"csvCustomQuote": ";"}, ";1,Z;,2", [["1,Z", "2"]]),
        ({}, r'a\,b,"c\"d",\x,e\\', [["a,b", 'c"d', "\\x", "e\\"]]),
        ({}, r'"a\nb\\,\x"', [["a\nb\\,\\x"]]),
        ({"csvEnableComments": True}, "#x\na\n#y,z\nb\n#", [["a"], ["b"]]),
        ({"csvEnableComments": True, "csvCommentMarker": "%"}, "%x\n#a", [["#a"]]),
        ({}, "#a", [["#a"]]),
        ({"csvIgnoreEmptyLines": False}, "a\n\nb\n\n", [["a"], [""], ["b"], [""]]),
    ],
    ids=[
        "delimiter",
        "tab",
        "quote",
        "escape",
        "escapes in quotes",
        "comments",
        "marker",
        "no comments",
        "empty lines",
    ],
)
def test_a_custom_dialect_has_its_own_signs(more: dict[str, object], data: str, wanted: list[list[object]]) -> None:
    """Delimiter, quote, escape, comments and empty lines."""
    assert rows(data, **CUSTOM | more) == wanted


@pytest.mark.parametrize(
    ("more", "data", "wanted"),
    [
        ({}, "a||b||c", [["a", "b", "c"]]),
        ({"multiCharacterLineDelimiter": "xxx"}, 'a||b||cxxx"dexxxf"||g||h', [["a", "b", "c"], ["dexxxf", "g", "h"]]),
        ({}, '"de\\||f"||g\\||h', [["de||f", "g||h"]]),
        ({}, '"a\\"b\\\\c"||d', [['a"b\\c', "d"]]),
        ({}, "a\n\nb", [["a"], [""], ["b"]]),
        ({"multiCharacterFieldDelimiter": "${str:unescapeJava('\\\\t')}"}, "a\tb", [["a", "b"]]),
        ({"multiCharacterFieldDelimiter": "_/-\\_"}, "a_/-\\_b", [["a", "b"]]),
        ({"csvMaxObjectLen": 5}, "abcdefgh||x\nab||c", [["abcde"], ["ab", "c"]]),
    ],
    ids=[
        "plain",
        "line delimiter",
        "escaped delimiter",
        "escaped quote",
        "empty line",
        "expression",
        "as it is",
        "cut",
    ],
)
def test_separators_can_have_several_characters(more: dict[str, object], data: str, wanted: list[list[object]]) -> None:
    """Quotes hold both kinds together; a row above the limit is cut."""
    assert rows(data, **SEVERAL | more) == wanted


def test_lines_are_skipped_before_the_header_but_behind_it_with_several_characters() -> None:
    """As the original does; the second parser is as the first."""
    data, more = "junk\nA\n1\n2", NAMED | {"csvSkipStartLines": 1}
    assert values("DELIMITED", data, **more) == [{"A": "1"}, {"A": "2"}]
    assert values("DELIMITED", data, **more, **SECOND) == [{"A": "1"}, {"A": "2"}]
    assert values("DELIMITED", data, **more, **SEVERAL) == [{"junk": "1"}, {"junk": "2"}]


def test_files_that_are_shorter_than_the_lines_to_skip_are_read_to_their_end() -> None:
    """With the first parser that is a fault."""
    assert values("DELIMITED", "a\nb", csvSkipStartLines=2) == ["DELIMITED_PARSER_00"]
    assert values("DELIMITED", "a\nb\n", csvSkipStartLines=2) == []
    assert values("DELIMITED", "a\nb", csvSkipStartLines=3, **SECOND) == []
    assert values("DELIMITED", "a\nb", csvSkipStartLines=3, **SEVERAL) == []
    for parser in ({}, SECOND, SEVERAL):
        assert values("DELIMITED", "", **NAMED, **parser) == values("DELIMITED", "a,b", **NAMED, **parser) == []


def test_empty_header_names_get_their_position_and_double_ones_the_later_value() -> None:
    """Short rows have only the columns that are there."""
    assert values("DELIMITED", "a,,,d\n1,2,3,4\n5", **NAMED) == [
        {"a": "1", "empty-1": "2", "empty-2": "3", "d": "4"},
        {"a": "5"},
    ]
    assert values("DELIMITED", "a,b,a\n1,2,3", **NAMED) == [{"a": "3", "b": "2"}]


def test_a_row_with_too_many_columns_is_refused_with_its_columns() -> None:
    """Unless extra columns are allowed: they get names that are counted through the file."""
    bad, good = items("DELIMITED", "A,B\na,b,c\nd,e", **NAMED)
    assert bad.fault is not None
    assert (bad.fault.code, good.value) == ("DELIMITED_PARSER_01", {"A": "d", "B": "e"})
    assert bad.value == {"columns": ["a", "b", "c"], "headers": ["A", "B"]}
    more = NAMED | {"csvAllowExtraColumns": True}
    assert values("DELIMITED", "A\n1,2\n3,4,5", **more) == [
        {"A": "1", "_extra_01": "2"},
        {"A": "3", "_extra_01": "4", "_extra_02": "5"},
    ]
    assert values("DELIMITED", "A\n1,2", **more, csvExtraColumnPrefix="_x") == [{"A": "1", "_x01": "2"}]
    assert values("DELIMITED", "A\n1,2", **more, csvRecordType="LIST") == [
        [{"header": "A", "value": "1"}, {"header": "_extra_01", "value": "2"}]
    ]
    assert values("DELIMITED", "A\n1,2", csvAllowExtraColumns=True) == [{"0": "A"}, {"0": "1", "1": "2"}]


@pytest.mark.parametrize("parser", [{}, SECOND], ids=["legacy", "second"])
def test_a_constant_can_stand_for_null(parser: dict[str, object]) -> None:
    """Only where nulls are asked for; the default is two backslashes and N."""
    assert values("DELIMITED", "null,b", parseNull=True, nullConstant="null", **parser) == [{"0": None, "1": "b"}]
    assert values("DELIMITED", "null,b", nullConstant="null", **parser) == [{"0": "null", "1": "b"}]
    assert values("DELIMITED", "\\\\N", parseNull=True, **parser) == [{"0": None}]


def test_a_row_that_is_too_long_is_a_fault_and_the_rest_goes_on() -> None:
    """Its length counts to where the next row begins."""
    found = items("DELIMITED", "a,b,c\naa,bb,cc\ne,f,g\n", csvMaxObjectLen=6)
    assert [item.fault and (item.fault.code, item.fault.too_long) for item in found] == [
        None,
        ("DATA_PARSER_02", True),
        None,
    ]
    assert found[2].value == {"0": "e", "1": "f", "2": "g"}
    assert len(items("DELIMITED", "x" * 5000, csvMaxObjectLen=-1)) == 1


@pytest.mark.parametrize(
    ("data", "more", "kept"),
    [
        ('"a"b,c', {}, 1),
        ('0,"020"1', {}, 1),
        ('"never closed', {}, 1),
        ('"never closed,\\', CUSTOM, 1),
        ("nothing behind\\", CUSTOM, 1),
        ('"a"b||c', SEVERAL, 2),
        ('"never closed', SEVERAL, 2),
    ],
)
def test_broken_quotes_and_escapes_end_the_file(data: str, more: dict[str, object], kept: int) -> None:
    """The legacy parser of the original looks ahead and loses the row before; those before that are there."""
    assert rows("1\n2\n" + data, **more) == [*[["1"], ["2"]][:kept], ["DATA_PARSER_04"]]


def test_a_byte_order_mark_and_control_characters_are_taken_away() -> None:
    """The latter where it is asked for."""
    assert values("DELIMITED", b"\xef\xbb\xbfa,b") == [{"0": "a", "1": "b"}]
    assert values("DELIMITED", "a\0b\x7f,c\x01", removeCtrlChars=True) == [{"0": "ab", "1": "c"}]
    assert values("DELIMITED", "é".encode("latin-1"), charset="ISO-8859-1") == [{"0": "é"}]
    assert values("DELIMITED", "a", charset="nowhere") == ["DATA_FORMAT_05"]


@pytest.mark.parametrize(
    ("more", "data", "wanted"),
    [
        ({}, 'a, b ,"c,d"', [["a", "b", "c,d"]]),
        ({}, ',"",x', [[None, None, "x"]]),
        ({}, '"2,\\"Z",3', [['2,"Z', "3"]]),
        ({"csvUnivocityQuote": "a", "csvUnivocityEscape": "x"}, "1,a2,xaZa,3", [["1", "2,aZ", "3"]]),
        ({}, '"a"b,c', [['"a"b', "c"]]),
        ({"csvUnivocityFieldSeparator": ";;;"}, "A;;;B", [["A", "B"]]),
        ({"csvUnivocityLineSeparator": ";;"}, "a,b;;1,2;;", [["a", "b"], ["1", "2"]]),
        ({"csvUnivocityLineSeparator": ";;"}, 'a,b\n1,"2;;3"\n', [["a", "b"], ["1", "2\n3"]]),
        ({"csvUnivocityLineSeparator": "\\r\\n"}, '"a\r\nb"\nc\rd\r\n', [["a\nb"], ["c\rd"]]),
        ({}, "a\r\n\r\nb\r\n", [["a"], ["b"]]),
        ({"csvUnivocitySkipEmptyLines": False}, "a\n\nb\n\n", [["a"], [None], ["b"], [None]]),
        ({"csvUnivocityAllowComments": True}, "#C\na\n#C\nb\n#C", [["a"], ["b"]]),
        ({"csvUnivocityAllowComments": True, "csvUnivocityCommentMarker": "%"}, "%C\n#a", [["#a"]]),
        ({}, "#C\na", [["#C"], ["a"]]),
        ({}, '"a\nb",c', [["a\nb", "c"]]),
        ({"csvUnivocityMaxColumns": 2}, "1,2\n1,2,3", [["1", "2"], ["DATA_PARSER_04"]]),
        ({"csvUnivocityMaxCharsPerColumn": 1}, "1,2\nlong", [["1", "2"], ["DATA_PARSER_04"]]),
    ],
)
def test_the_second_parser_has_limits_and_is_lenient(
    more: dict[str, object], data: str, wanted: list[list[object]]
) -> None:
    """Blanks are taken away, empty cells are null, a limit that is broken ends the file."""
    assert rows(data, **SECOND | more) == wanted


def test_the_second_parser_reads_nothing_behind_an_empty_header_line() -> None:
    """Where empty lines count."""
    more = SECOND | NAMED
    assert values("DELIMITED", "\nA\n1", **more) == [{"A": "1"}]
    assert values("DELIMITED", "\nA\n1", csvUnivocitySkipEmptyLines=False, **more) == []


@pytest.mark.parametrize(
    "more",
    [
        SECOND | {"csvUnivocityLineSeparator": "abc"},
        {"csvFileFormat": "NONE"},
        CUSTOM | {"csvCustomDelimiter": "ab"},
        SEVERAL | {"multiCharacterFieldDelimiter": ""},
        {"csvSkipStartLines": -1},
    ],
)
def test_settings_that_cannot_be_are_named(more: dict[str, object]) -> None:
    """With what was expected."""
    with pytest.raises(InvalidValueError, match="expected"):
        items("DELIMITED", "a", **more)


@hypothesis_settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3), max_size=4))
def test_what_is_written_comes_back(cells: list[list[str]]) -> None:
    """In every preset with quotes, whatever the cells hold; empty cells of PostgreSQL are nulls."""
    for kind in ("CSV", "RFC4180", "EXCEL", "POSTGRES_CSV"):
        roots: list[FieldValue] = [ListMap({str(at): cell for at, cell in enumerate(row)}) for row in cells]
        data = written("DELIMITED", *roots, csvFileFormat=kind, csvReplaceNewLines=False)
        found = [[cell or "" for cell in row] for row in rows(data.decode(), csvFileFormat=kind, csvMaxObjectLen=-1)]
        if not any(row[0].startswith("\ufeff") for row in cells):
            assert found == cells


WRITTEN = [
    ({}, 'x\r\ny|None|q"', b'x  y,,"q"""\r\n'),
    ({}, "|b", b'"",b\r\n'),
    ({}, "a| c|#|z ", b'a," c","#","z "\r\n'),
    ({"csvReplaceNewLines": False}, "a\n\r|b", b'"a\n\r",b\r\n'),
    ({"csvReplaceNewLinesString": "BRNO"}, "a\n\rb", b"aBRNOBRNOb\r\n"),
    ({"csvFileFormat": "TDF"}, "a|b,c", b"a\tb,c\r\n"),
    ({"csvFileFormat": "MYSQL"}, 'None|a\tb|"|\\', b'\ta\\\tb\t"\t\\\\\n'),
    ({"csvFileFormat": "POSTGRES_CSV"}, 'None|a"b', b'"","a""b"\n'),
    ({"csvFileFormat": "POSTGRES_TEXT"}, 'a"b|c', b'"a\\"b"\t"c"\n'),
    ({"csvFileFormat": "CUSTOM", "csvQuoteMode": "ALL"}, "a|b| c", b'"a"|"b"|" c"\r\n'),
    ({"csvFileFormat": "CUSTOM", "csvQuoteMode": "MINIMAL"}, "a|b| c", b'a|b|" c"\r\n'),
    ({"csvFileFormat": "CUSTOM", "csvQuoteMode": "NONE"}, "a|b| c", b"a|b| c\r\n"),
    (
        {"csvFileFormat": "CUSTOM", "csvCustomDelimiter": "^", "csvCustomEscape": "!", "csvCustomQuote": "'"},
        "a|b|!^",
        b"a^b^'!!^'\r\n",
    ),
    ({"csvFileFormat": "CUSTOM", "csvCustomSeparator": "X42X"}, "a|b", b"a|bX42X"),
    (SEVERAL, ' d|\\e| "f"', b'" d"||"\\\\e"||" \\"f\\""\n'),
    (SEVERAL | {"csvQuoteMode": "NONE"}, ' d|\\e| "f"', b' d||\\\\e|| "f"\n'),
    (SEVERAL | {"csvCustomEscape": '"'}, ' d|\\e| "f"', b'" d"||\\e||" ""f"""\n'),
]


@pytest.mark.parametrize(("more", "cells", "wanted"), WRITTEN)
def test_cells_are_quoted_and_escaped_as_their_dialect_wants(
    more: dict[str, object], cells: str, wanted: bytes
) -> None:
    """Nulls are empty in every preset; line breaks are replaced unless they may stay."""
    row = ListMap({str(at): None if cell == "None" else cell for at, cell in enumerate(cells.split("|"))})
    assert written("DELIMITED", row, **more) == wanted


def test_the_header_comes_once_from_the_first_record() -> None:
    """From the names of a list-map, or the headers of a list; IGNORE_HEADER writes none."""
    row = ListMap(a="1", b=20)
    assert written("DELIMITED", row, row, **NAMED) == b"a,b\r\n1,20\r\n1,20\r\n"
    cells: FieldValue = [{"header": "A", "value": "a"}, {"header": "B", "value": None}]
    assert written("DELIMITED", cells, **NAMED) == b"A,B\r\na,\r\n"
    assert written("DELIMITED", cells, csvHeader="IGNORE_HEADER") == b"a,\r\n"


@pytest.mark.parametrize(
    ("root", "code"),
    [
        (1, "DELIMITED_GENERATOR_00"),
        ({"a": 1}, "DELIMITED_GENERATOR_00"),
        (["x"], "DELIMITED_GENERATOR_01"),
        ([{"header": "x"}], "DELIMITED_GENERATOR_01"),
        (ListMap(a={}), "API_18"),
    ],
)
def test_what_is_no_row_is_refused(root: FieldValue, code: str) -> None:
    """A map too: its order means nothing."""
    with pytest.raises(FormatFault, match=code):
        written("DELIMITED", root)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"multiCharacterFieldDelimiter": "\n"}, "02"),
        ({"multiCharacterFieldDelimiter": ",", "csvCustomQuote": ","}, "03"),
        ({"multiCharacterFieldDelimiter": "&", "csvCustomEscape": "&"}, "04"),
    ],
)
def test_separators_that_cannot_be_told_apart_are_refused(more: dict[str, object], code: str) -> None:
    """With the codes of newer engines."""
    with pytest.raises(InvalidValueError, match=f"DELIMITED_GENERATOR_{code}"):
        written("DELIMITED", **SEVERAL | more)


@pytest.mark.parametrize("parser", ["LEGACY_PARSER", "UNIVOCITY"])
def test_columns_of_the_same_name_are_told_once(parser: str) -> None:
    """With the first record; the last of them counts."""
    found = items("DELIMITED", b"a,b,a\n1,2,3\n4,5,6\n", csvHeader="WITH_HEADER", csvParser=parser)
    assert [row.warning and row.warning.code for row in found] == ["DELIMITED_PARSER_02", None]
    assert [row.value for row in found] == [{"a": "3", "b": "2"}, {"a": "6", "b": "5"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a,b\n', [{"0": "a,b\n"}]),
        ('x,"a ""b', [{"0": "x", "1": 'a "b'}]),
        ('"a\nb"x,c\nd', [{"0": '"a\nb"x', "1": "c"}, {"0": "d"}]),
        ('"a""b"c,d', [{"0": '"a"b"c', "1": "d"}]),
    ],
)
def test_the_second_parser_makes_the_best_of_quotes_that_do_not_fit(text: str, expected: list[object]) -> None:
    """One that is not closed holds the rest; signs behind a closed one make plain text of it all."""
    assert values("DELIMITED", text, csvParser="UNIVOCITY", csvUnivocityEscape='"') == expected


def test_the_second_parser_keeps_blanks_around_names() -> None:
    """Those around cells it takes away; a column without a name has none."""
    assert values("DELIMITED", " A ,,B\r\n 1 , 2,3\r\n", csvParser="UNIVOCITY", csvHeader="WITH_HEADER") == [
        {" A ": "1", "": "2", "B\r": "3"}
    ]


def test_lines_to_skip_must_be_there() -> None:
    """Each with its end; the second parser does not mind."""
    assert values("DELIMITED", "a\n", csvSkipStartLines=1) == []
    assert values("DELIMITED", "a", csvSkipStartLines=1) == ["DELIMITED_PARSER_00"]
    assert values("DELIMITED", "a", csvSkipStartLines=1, csvParser="UNIVOCITY") == []
