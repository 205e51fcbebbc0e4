"""Stages in their two forms: a batch in rows gives what the same batch as records gives."""

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.java.kinds import kind_of
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, Tools, find
from penstock.core.records.record import Header, copy_value
from penstock.core.records.rows import Rows
from penstock.core.records.values import Byte, Char, FieldType, FieldValue, Float, ListMap, Long, Null
from penstock.core.values import JsonMap, freeze

PREFIX = "com_streamsets_pipeline_stage_processor_"
EXPRESSION = PREFIX + "expression_ExpressionDProcessor"
MASKER = PREFIX + "fieldmask_FieldMaskDProcessor"
SELECTOR = PREFIX + "selector_SelectorDProcessor"


@attrs.define
class Numbered:
    """A lineage that numbers its rows."""

    kept: list[FieldValue] = attrs.field(factory=list)

    def header(self, at: int) -> Header:
        """A header with an attribute."""
        return Header(f"raw::{at}", attributes={"offset": str(at)})

    def value(self, at: int) -> FieldValue:
        """What was kept."""
        return copy_value(self.kept[at])

    def keep(self, values: list[FieldValue]) -> None:
        """Keeps copies."""
        self.kept = [copy_value(value) for value in values]


PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.integers(-50, 50),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["12", "1.5", "true", "a"]),
)
TYPED = st.one_of(
    PLAIN,
    st.sampled_from([Null(FieldType.LONG), Long(3), Byte(1), Float(0.5), Char("7"), Decimal("1.20"), b"x", [1, 2], []]),
)
MAPS: st.SearchStrategy[FieldValue] = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.one_of(TYPED, st.dictionaries(st.sampled_from(["x", "y"]), TYPED, max_size=2))
)
ROOTS: st.SearchStrategy[FieldValue] = st.one_of(
    MAPS, MAPS, MAPS, MAPS, st.sampled_from([None, [1], "text", ListMap({"a": "x", "b": 2})])
)
BATCHES = st.lists(ROOTS, max_size=5).map(copy.deepcopy)

VALUES = ["record:value('/a')", "record:value('/b')", "record:value('/c/x')", "record:value('/a[0]')", "p", "NULL"]
WORDS = ["1", "0", "2.5", "'a'", "'x{y}'", "true", "40000000000", "9.0"]
SIGNS = ["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "and", "or"]


def deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions of expressions."""
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(SIGNS), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(SIGNS), st.sampled_from(WORDS)),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("str:toUpper({})".format, inner),
        st.builds("str:length({})".format, inner),
        st.builds("str:concat({}, {})".format, inner, inner),
        st.builds("math:abs({})".format, inner),
        st.builds("(not {})".format, inner),
        st.builds("(empty {})".format, inner),
        st.builds("(-{})".format, inner),
        st.builds("{}['x']".format, st.sampled_from(VALUES)),
        st.sampled_from(["record:exists('/c/x')", "record:exists('/a')", "record:attribute('offset')", "time:now()"]),
    )


EXPRESSIONS = st.recursive(st.sampled_from(VALUES + WORDS), deeper, max_leaves=6).map("${{{}}}".format)
TEXTS = st.one_of(EXPRESSIONS, EXPRESSIONS, st.builds("<{}|{}>".format, EXPRESSIONS, EXPRESSIONS), st.just("plain"))
PATHS = st.sampled_from(["/a", "/b", "/c/x", "/new", "/c/x/y", "/'a b'"])


def process(kind: str, given: dict[str, Any], lanes: tuple[str, ...] = ("out",)) -> tuple[Any, Tools]:
    """A built stage."""
    frozen = freeze(given)
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("S_01", kind, StageType.PROCESSOR, given=Given(frozen), outputs=lanes)
    ticks: Iterator[int] = iter(range(1000, 10**9))
    scope = Scope({"p": 5}, now_ms=lambda: next(ticks))
    tools = Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=scope)
    build = find(kind)
    assert build is not None
    return build(plan, tools), tools


def shown(value: FieldValue) -> Any:
    """A value with its types; NaN is itself."""
    if isinstance(value, dict):
        return kind_of(value), {name: shown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return kind_of(value), repr(value)


def told(out: Out) -> Any:
    """Everything that a stage made."""
    for lane in out.lanes:
        for record in lane:
            record.put_out("S_01")
    lanes = [[(shown(record.value), record.header) for record in lane] for lane in out.lanes]
    errors = [(shown(each.record.value), each.record.header, each.code, each.message) for each in out.errors]
    return lanes, errors


def is_usual(value: FieldValue) -> bool:
    """True where every number in a value is spelled by the library as by the original."""
    if isinstance(value, dict):
        return all(map(is_usual, value.values()))
    if isinstance(value, list):
        return all(map(is_usual, value))
    return not isinstance(value, (Byte, float)) or (type(value) is float and 1e-3 <= value < 1e7)


def same(kind: str, given: dict[str, Any], batch: list[FieldValue], lanes: tuple[str, ...] = ("out",)) -> None:
    """Both forms, from fresh stages."""
    results: list[Any] = []
    for rows in (False, True):
        values = [copy_value(value) for value in batch]
        stage, _ = process(kind, given, lanes)
        out = Out(len(lanes), lambda: 1000)
        held = Rows(values, Numbered(), path=("Origin",), usual=is_usual(values))
        try:
            stage.rows(held, out) if rows else stage(held.records(), out)
        except Exception as error:  # whatever it is, both forms end so
            results.append((type(error), str(error)))
        else:
            assert all(is_usual(lane.values) for lane in out.lanes if isinstance(lane, Rows) and lane.usual)
            results.append(told(out))
    assert results[1] == results[0]


@settings(max_examples=300, deadline=None)
@given(BATCHES, st.lists(st.tuples(PATHS, TEXTS), min_size=1, max_size=3))
@example(
    [{"a": 1}, {"a": 2}], [("/b", "${record:attribute('offset')}"), ("/c", "${time:now()}"), ("/d", "${time:now()}")]
)
def test_expressions_set_the_same_fields_in_rows(batch: list[FieldValue], fields: list[tuple[str, str]]) -> None:
    """Values, types, headers and refused records are those of the general form."""
    rows = [{"fieldToSet": path, "expression": text} for path, text in fields]
    same(EXPRESSION, {"expressionProcessorConfigs": rows}, batch)


@settings(max_examples=150, deadline=None)
@given(BATCHES, st.lists(EXPRESSIONS, max_size=3))
@example([{"a": 1}, {"a": 2}], ["${record:attribute('offset') == '1'}"])
@example([{"a": 1}, {"a": 2}, {}], ["${record:value('/a') > 1}", "${record:value('/a') == 1}"])
@example([{"a": 1}, {"a": "x"}], ["${record:value('/a') + 1 > 1}", "${record:value('/a') == 1}"])
def test_conditions_route_the_same_records_in_rows(batch: list[FieldValue], texts: list[str]) -> None:
    """Records of every lane and refused ones, in order."""
    lanes = tuple(f"lane{number}" for number in range(len(texts) + 1))
    rows = [{"outputLane": lane, "predicate": text} for lane, text in zip(lanes, [*texts, "default"], strict=True)]
    same(SELECTOR, {"lanePredicates": rows}, batch, lanes)


@settings(max_examples=150, deadline=None)
@given(BATCHES, st.lists(PATHS, min_size=1, max_size=3, unique=True), st.sampled_from(["VARIABLE_LENGTH", "CUSTOM"]))
@example([{"a": "secret", "c": {"x": "secret"}}, {"a": "other", "c": {"x": 5}}], ["/a", "/c/x"], "VARIABLE_LENGTH")
@example([{"a": "other", "c": {"x": "secret"}}, {"c": 1}], ["/c/x"], "CUSTOM")
@example([{"a": "secret"}, {"a": 5}, {"a": None}, {}], ["/a"], "VARIABLE_LENGTH")
@example([{"a": "secret"}, {"a": 5}, {"a": "x"}], ["/a"], "CUSTOM")
def test_masks_hide_the_same_in_rows(batch: list[FieldValue], paths: list[str], kind: str) -> None:
    """Texts, nulls and what cannot be masked."""
    given = {"fieldMaskConfigs": [{"fields": paths, "maskType": kind, "mask": "##x"}]}
    same(MASKER, given, batch)


@pytest.mark.parametrize("last", ["true", "record:attribute('offset') != 'x'"])
def test_a_row_for_several_lanes_is_a_row_of_its_own_in_each(last: str) -> None:
    """What a stage behind one lane does to it is not seen behind the others."""
    lanes = ("one", "two", "three", "rest")
    texts = ["${true}", "${true}", "${" + last + "}", "default"]
    rows = [{"outputLane": lane, "predicate": text} for lane, text in zip(lanes, texts, strict=True)]
    for in_rows in (True, False):
        stage, _ = process(SELECTOR, {"lanePredicates": rows}, lanes)
        held, out = Rows([{"a": [1]}], Numbered()), Out(4)
        stage.rows(held, out) if in_rows else stage(held.records(), out)
        values = [record.value for lane in out.lanes for record in lane]
        assert len({id(value) for value in values}) == len(values) == 3


SETS_A = {"expressionProcessorConfigs": [{"fieldToSet": "/a", "expression": "x"}]}


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        (SETS_A, True),
        ({"expressionProcessorConfigs": [{"fieldToSet": "/*"}]}, False),
        ({**SETS_A, "headerAttributeConfigs": [{"attributeToSet": "k"}]}, False),
        ({**SETS_A, "fieldAttributeConfigs": [{"fieldToSet": "/a", "attributeToSet": "k"}]}, False),
        ({}, False),
    ],
)
def test_a_stage_that_cannot_handle_rows_has_one_form(given: dict[str, Any], rows: bool) -> None:
    """Patterns are expanded record by record, and attributes belong to records."""
    stage, _ = process(EXPRESSION, given)
    assert hasattr(stage, "rows") is rows


@pytest.mark.parametrize("in_rows", [True, False])
def test_the_time_stands_still_for_a_record(in_rows: bool) -> None:
    """However long its expressions take."""
    fields = [{"fieldToSet": path, "expression": "${time:now()}"} for path in ("/a", "/b")]
    stage, _ = process(EXPRESSION, {"expressionProcessorConfigs": fields})
    held, out = Rows([{}, {}], Numbered()), Out(1)
    stage.rows(held, out) if in_rows else stage(held.records(), out)
    one, two = (record.value for record in out.lanes[0])
    assert isinstance(one, dict)
    assert isinstance(two, dict)
    assert (one["a"], two["a"]) == (one["b"], two["b"])


def test_a_record_of_rows_has_a_whole_header() -> None:
    """Lineage as if every stage had put it out by itself, however late somebody asks."""
    rows = Rows([{"a": 1}, {"a": 2}], Numbered())
    rows.put_out("One_01")
    rows.put_out("Two_01")
    made = rows.records()[1]
    made.put_out("Three_01")
    header = made.copy().header
    assert (header.stage_creator, header.stages_path) == ("One_01", "One_01:Two_01:Three_01")
    assert header.tracking_id == "raw::1::One_01:Two_01:Three_01"
    assert header.previous_tracking_id == "raw::1::One_01:Two_01"
    assert header.attributes == {"offset": "1"}
