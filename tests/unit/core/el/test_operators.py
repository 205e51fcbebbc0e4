"""Promises of operators, coercions and constants: what binds closer, what becomes of operands, and what is an error."""

from decimal import Decimal

import pytest

from penstock.core.el import ElError, EvaluationError
from penstock.core.records.values import Float, Long

from .test_functions import value

LISTED = "[Field[INTEGER:1], Field[STRING:null], Field[STRING:x]]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 - 3 - 2", 5),
        ("100 / 10 / 5", 2.0),
        ("2 + 3 * 4 % 5", 4),
        ("true || false && false", True),
        ("true or false and false", True),
        ("1 < 2 == true", True),
        ("1 + 2 == 3 and 2 < 3", True),
        ("true and false", False),
        ("true && 'TRUE'", True),
        ("false or null", False),
        ("false || true", True),
        ("not empty ''", False),
        ("!empty 'a'", True),
        ("-2 + 3", 1),
        ("empty null ? 1 : 2", 1),
        ("false ? 1 : false ? 2 : 3", 3),
        ("true ? false ? 1 : 2 : 3", 2),
        ("\t1\r\n+ 1", 2),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ('"it\\"s"', 'it"s'),
        ("record:value('/m').k.value", "v"),
        ("record:value('/m').über", None),
    ],
)
def test_operators_bind_as_in_the_original(text: str, expected: object) -> None:
    """From the choice to the sign; of equals the left one first. Literals have the types that they look like."""
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("record:value('/dec') - 1", Decimal("0.50")),
        ("record:value('/dec') * '2'", Decimal("3.00")),
        ("record:value('/dec') / 4", Decimal("0.38")),
        ("record:value('/dec') % 1", 0.5),
        ("'1e2' + 1", 101.0),
        ("9223372036854775807 + 1", Long(-(2**63))),
        ("7 % 2.5", 2.0),
        ("-7 / 2", -3.5),
        ("-1 / 0", float("-inf")),
        ("-'3.5'", -3.5),
        ("-record:value('/dec')", Decimal("-1.50")),
        ("-record:value('/f')", Float(-2.5)),
        ("-record:value('/i')", -5),
    ],
)
def test_numbers_keep_the_kind_that_the_original_gives_them(text: str, expected: object) -> None:
    """Decimals round at the scale of the left one; whole numbers wrap round; a sign changes no type."""
    found = value(text)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("record:value('/dec') < 2", True),
        ("record:value('/date') < time:now()", False),
        ("record:value('/date') <= time:now()", True),
        ("record:value('/date') == time:now()", True),
        ("true < false", False),
        ("'10' > 9", True),
        ("'10' < '9'", True),
        ("2 > null", False),
        ("1 == 1.0", True),
        ("'1.0' == 1.0", True),
        ("true == 'TRUE'", True),
        ("record:value('/dec') == '1.50'", True),
        ("record:value('/dec') == '1.5'", False),
        ("empty record:value('/none')", True),
        ("empty record:value('/m')", False),
    ],
)
def test_values_are_compared_by_the_wider_type(text: str, expected: object) -> None:
    """Decimals with their scale, dates by their moment, texts letter by letter where there is no number."""
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("record:value('/list')['0'].value", 1),
        ("record:value('/list')[-1]", None),
        ("record:value('/m')[null]", None),
        ("record:value('/m')['none']", None),
        ("null.any", None),
    ],
)
def test_what_is_not_there_is_null(text: str, expected: object) -> None:
    """Of lists by number, of maps by name, of null anything."""
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("str:truncate('abc', null)", ""),
        ("str:truncate('abc', '2')", "ab"),
        ("str:truncate('abc', 2.9)", "ab"),
        ("str:concat(1, true)", "1true"),
        ("str:concat(record:value('/d'), record:value('/l'))", "2.55"),
        ("str:length(record:value('/date'))", 28),
        ("str:concat(record:value('/list'), record:value('/m'))", LISTED + "{k=Field[STRING:v]}"),
        ("str:concat(record:value('/dec'), record:type('/b'))", "1.50BYTE_ARRAY"),
        ("str:truncate('abcdef', record:value('/dec'))", "a"),
        ("str:truncate('abcdef', 4294967298)", "ab"),
        ("time:dateTimeToMilliseconds(time:millisecondsToDateTime(record:value('/dec')))", 1),
        ("record:value('/date').time", 1_500_000_000_123),
        ("base64:encodeString('a?>', null, 'UTF-8')", "YT8+"),
        ("base64:encodeString('a?>', 'TRUE', 'UTF-8')", "YT8-"),
        ("base64:encodeString('a?>', 'yes', 'UTF-8')", "YT8+"),
        ("time:millisecondsToDateTime('0') == time:millisecondsToDateTime(null)", True),
    ],
)
def test_arguments_become_what_the_parameter_is(text: str, expected: object) -> None:
    """Before the call: null is an empty text, nought or false."""
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "str:truncate('abc', '2.5')",
        "str:truncate('abc', true)",
        "base64:encodeString('a', 1, 'UTF-8')",
        "size(1)",
        "size(record:value('/list'))",
        "length(record:value('/m'))",
        "isEmptyMap(record:value('/list'))",
        "isEmptyList(record:value('/m'))",
        "list:join(record:value('/m'), ',')",
        "map:join(record:value('/list'), ',', '=')",
        "collection:get(record:value('/lm'), 0)",
        "collection:size(record:value('/m'))",
        "sum(record:value('/i'))",
        "min(record:value('/m'))",
        "max('text')",
        "asFields(1)",
        "map(1, previousPath())",
        "time:trimDate('2020-01-01')",
        "record:value('/dec') / 0",
        "record:value('/dec') * (0 / 0)",
        "base64:encodeBytes('text', false)",
        "-true",
        "record:value('/m') < record:value('/list')",
        "record:value('/list')['']",
        "record:value('/s').length",
        "1 and true",
        "INTEGER",
        "ZONED_DATETIME",
        "FILE_REF",
    ],
)
def test_what_fits_no_parameter_or_operator_is_an_error(text: str) -> None:
    """Nor is there a constant for every type."""
    with pytest.raises(EvaluationError):
        value(text)


@pytest.mark.parametrize(
    "text", ["uri:scheme('a')", "error:code()", "str:concat('a', 'b', 'c')", "1 +* 2", "a.1", "١", "1.١"]
)
def test_what_is_no_expression_is_told_before_it_is_evaluated(text: str) -> None:
    """Unknown functions, too many arguments, signs that do not belong together."""
    with pytest.raises(ElError):
        value(text)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/i", "NUMBER"),
        ("/s", "STRING"),
        ("/m", "MAP"),
        ("/lm", "LIST_MAP"),
        ("/list", "LIST"),
        ("/short", "SHORT"),
        ("/f", "FLOAT"),
        ("/d", "DOUBLE"),
        ("/l", "LONG"),
        ("/dec", "DECIMAL"),
        ("/date", "DATETIME"),
        ("/b", "BYTE_ARRAY"),
    ],
)
def test_types_have_constants(path: str, name: str) -> None:
    """A field has the type of one of them, and of no other."""
    names = "NUMBER STRING MAP LIST_MAP LIST SHORT FLOAT DOUBLE LONG DECIMAL DATETIME BYTE_ARRAY BOOLEAN CHAR DATE TIME"
    assert [each for each in [*names.split(), "BYTE"] if value(f"record:type('{path}') == {each}")] == [name]


@pytest.mark.parametrize(("text", "number"), [("MB", 10**6), ("SECOND", 1), ("MINUTE", 60), ("MINUTES", 60)])
def test_units_are_constants(text: str, number: int) -> None:
    """Of data and of time."""
    assert value(text) == number


@pytest.mark.parametrize("name", ["_a", "$a", "a$1", "#a", "a_b", "über", "#ü", "名前", "a١"])
def test_names_of_parameters(name: str) -> None:
    """Letters and digits of any script, underscores and dollars; a hash may begin one."""
    assert value(name, parameters={name: "here"}) == "here"


@pytest.mark.parametrize("held", ["5", 5, 2.5, True, None])
def test_parameters_stay_as_they_are_typed(held: object) -> None:
    """A text of digits is no number."""
    found = value("p", parameters={"p": held})
    assert (found, type(found)) == (held, type(held))
