"""Promises of expressions: values, errors, limits."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.el import ElError, EvaluationError, Scope, compile_text, interpret, parse, unparse
from penstock.core.el.nodes import Binary, Call, Choice, Item, Literal, Name, Node, Unary
from penstock.core.records.record import Header, Record
from penstock.core.records.values import Long

NOW_MS = 1_500_000_000_123


def scope(value: object = None, **parameters: object) -> Scope:
    record = Record(value, Header(source_id="id", attributes={"k": "v"}))  # type: ignore[arg-type]
    return Scope(parameters=parameters, now_ms=lambda: NOW_MS, record=record)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("$5", "$5"),
        ("${1 + 2}", 3),
        ("${'3' + 4}", 7),
        ("${7 / 2}", 3.5),
        ("${4 / 2}", 2.0),
        ("${1 / 0}", float("inf")),
        ("${7 % 3}", 1),
        ("${-7 mod 3}", -1),
        ("${1 + 2 * 3}", 7),
        ("${(1 + 2) * 3}", 9),
        ("${null + null}", 0),
        ("${1 < 2 && 2 <= 2}", True),
        ("${null < 1}", False),
        ("${null <= null}", True),
        ("${'5' == 5}", True),
        ("${not true or true}", True),
        ("${empty ''}", True),
        ("${true ? 1 : 2}", 1),
        ("${false ? 1 : true ? 2 : 3}", 2),
        ("a${1}b${null}c", "a1bc"),
        ("${'}'}", "}"),
        ('${"it\'s"}', "it's"),
        ("${'a\\\\b'}", "a\\b"),
        ("${'${'}", "${"),
        ("${1.5e3}", 1500.0),
        ("x=${p}", "x=7"),
        ("${record:value('/a')}", 1),
        ("${record:value('/b/c')}", "deep"),
        ("${record:value('/none')}", None),
        ("${record:valueOrDefault('/none', 'd')}", "d"),
        ("${record:exists('/n')}", True),
        ("${record:type('/s') == STRING}", True),
        ("${record:type('/a') == 'INTEGER'}", True),
        ("${record:attribute('k')}", "v"),
        ("${record:id()}", "id"),
        ("${str:toUpper('ab')}", "AB"),
        ("${str:substring('abc', 1, 9)}", "bc"),
        ("${str:replaceAll('a1b2', '([0-9])', '<$1>')}", "a<1>b<2>"),
        ("${str:regExCapture('ab12', '([0-9]+)', 1)}", "12"),
        ("${str:regExCapture('ab', '([0-9]+)', 1)}", None),
        ("${str:split(' a , ,b', ',')}", ["a", "b"]),
        ("${str:splitKV('a=1&b=2', '&', '=')}", {"a": "1", "b": "2"}),
        ("${str:urlEncode('a b', 'UTF-8')}", "a+b"),
        ("${list:join(record:value('/l'), '-')}", "1-2"),
        ("${math:round(2.5)}", 3),
        ("${math:max(2, 3)}", 3),
        ("${math:floor(2.7)}", 2.0),
        ("${time:extractStringFromDate(time:now(), 'yyyy-MM-dd')}", "2017-07-14"),
        ("${time:dateTimeToMilliseconds(time:now())}", NOW_MS),
        ("${YYYY()}-${MM()}", "2017-07"),
        ("${file:fileName('/a/b.txt')}", "b.txt"),
        ("${file:fileExtension('/a/b.txt')}", "txt"),
        ("${base64:decodeString(base64:encodeString('hé', false, 'UTF-8'), 'UTF-8')}", "hé"),
        ("${pipeline:id()}", "UNDEFINED"),
        ("${size(emptyMap())}", 0),
    ],
)
def test_expressions_have_the_value_of_the_original(text: str, expected: object) -> None:
    """Operators, coercions and functions give what the engine gives."""
    fields = {"a": 1, "s": "x", "n": None, "b": {"c": "deep"}, "l": [1, 2]}
    assert compile_text(text)(scope(fields, p=7)) == expected


def test_whole_numbers_are_long_and_decimals_keep_their_scale() -> None:
    """Arithmetic on whole numbers is LONG; decimals divide at the scale of the left one."""
    assert type(compile_text("${1 + 1}")(scope())) is Long
    assert compile_text("${d / 3}")(scope(d=Decimal("1.00"))) == Decimal("0.33")
    assert compile_text("${d == e}")(scope(d=Decimal("1.0"), e=Decimal("1.00"))) is False


def test_dates_are_moments_in_utc() -> None:
    """Dates are aware and have milliseconds."""
    found = compile_text("${time:extractDateFromString('2020-02-03', 'yyyy-MM-dd')}")(scope())
    assert found == datetime(2020, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize("text", ["${'a' + 1}", "${1 % 0}", "${unknown}", "${5 == 'abc'}", "${math:ceil(3)}"])
def test_what_has_no_value_is_an_error(text: str) -> None:
    """No value is made up."""
    with pytest.raises(EvaluationError):
        compile_text(text)(scope())


def test_an_unknown_function_names_the_nearest() -> None:
    """A typo in a function name is found before anything runs, with the place and what was meant."""
    with pytest.raises(ElError, match=r"character 2: there is no function str:toUper; did you mean str:toUpper"):
        compile_text("${str:toUper('a')}")
    for inside in ("str:trim({})", "-{}", "1 + {}", "{} ? 1 : 2", "true ? 1 : {}", "{}.a", "record:value('/l')[{}]"):
        with pytest.raises(ElError, match="there is no function nobody"):
            compile_text("${" + inside.format("nobody()") + "}")


def test_an_unknown_parameter_names_the_nearest() -> None:
    """A typo in a parameter name says which ones there are."""
    with pytest.raises(EvaluationError, match="did you mean directory"):
        compile_text("${directry}")(scope(directory="x"))


@pytest.mark.parametrize("text", ["${1 +}", "${", "${'a}", "${a b}", "${1 ? 2}", "${'\\x'}", "${()}"])
def test_broken_expressions_are_refused_with_their_place(text: str) -> None:
    """Every syntax error has a position inside the text."""
    with pytest.raises(ElError) as error:
        compile_text(text)
    assert 0 <= error.value.position <= len(text)


@pytest.mark.parametrize(
    "text", ["${" + "(" * 5000 + "1" + ")" * 5000 + "}", "${" + "-" * 3000 + "1}", "${" + "1+" * 3000 + "1}"]
)
def test_nesting_is_bounded(text: str) -> None:
    """Deep nesting ends in an error or a value, never in a crash."""
    try:
        compile_text(text)(scope())
    except ElError as error:
        assert "deep" in str(error)  # noqa: PT017


def test_regular_expressions_are_bounded_in_time() -> None:
    """A pattern that would run for hours ends in an error."""
    with pytest.raises(EvaluationError, match="took longer"):
        compile_text("${str:matches(p, r)}")(scope(p="a" * 3000, r=r"(?:(a+)(a+)(a+))+\3b"))


def test_functions_are_checked_for_their_number_of_arguments() -> None:
    """Too few or too many arguments are found before anything runs."""
    with pytest.raises(ElError, match="takes 2 argument"):
        compile_text("${str:concat('a')}")


NAMES = st.sampled_from(["a", "b", "order", "notes"])
LITERALS = st.one_of(
    st.integers(0, 99).map(lambda n: Literal(Long(n))),
    st.text(max_size=4).map(Literal),
    st.booleans().map(Literal),
    st.none().map(Literal),
    st.floats(0, 9, allow_nan=False).map(Literal),
)


def deeper(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    signs = st.sampled_from(["or", "and", "==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%"])
    return st.one_of(
        st.builds(Binary, signs, inner, inner),
        st.builds(Unary, st.sampled_from(["not", "-", "empty"]), inner),
        st.builds(Choice, inner, inner, inner),
        st.builds(Item, inner, inner),
        st.builds(lambda one, two: Call("str:concat", (one, two)), inner, inner),
    )


EXPRESSIONS: st.SearchStrategy[Node] = st.recursive(st.one_of(LITERALS, st.builds(Name, NAMES)), deeper, max_leaves=12)


@given(EXPRESSIONS)
def test_printing_and_parsing_is_the_identity(node: Node) -> None:
    """Every expression can be written so that it parses to the same."""
    assert parse(unparse(node)) == node


@given(EXPRESSIONS)
def test_compiled_and_interpreted_agree(node: Node) -> None:
    """Compiling changes nothing but the speed."""
    surroundings = scope(a=1, b="x", order=None, notes=2.5)
    results: list[str] = []
    compiled = compile_text("${" + unparse(node) + "}")
    for evaluate in (compiled, partial(interpret, node)):
        try:
            results.append(repr(evaluate(surroundings)))
        except EvaluationError as error:
            results.append(str(error))
    assert results[0] == results[1]
