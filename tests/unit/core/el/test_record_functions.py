"""Promises of the functions that read records and fields, beyond the table of functions."""

import uuid
from typing import Any

import pytest

from penstock.core.el import EvaluationError, Scope, compile_text
from penstock.core.records.record import ErrorInfo, Header, Record, event
from penstock.core.records.values import FieldValue, Float, ListMap, Long

from .test_functions import ROWS, value

ERROR = ErrorInfo("C_01", "C_01 - bad", "Stage_01", "Stage 1", 5, "flow", "engine", "job", "Job 1", "trace")


def of(record: Record | None, text: str, **more: Any) -> Any:
    """The value of an expression for a record."""
    return compile_text(f"${{{text}}}")(Scope(record=record, **more))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("errorStage", "Stage_01"),
        ("errorStageLabel", "Stage 1"),
        ("errorCode", "C_01"),
        ("errorMessage", "C_01 - bad"),
        ("errorStackTrace", "trace"),
        ("errorCollectorId", "engine"),
        ("errorPipeline", "flow"),
        ("errorJobId", "job"),
        ("errorJobName", "Job 1"),
        ("errorTime", 5),
        ("path", "A_01:B_01"),
    ],
)
def test_a_refused_record_tells_why(name: str, expected: object) -> None:
    """One that was not refused tells nothing."""
    assert of(Record(1, Header("id", stages_path="A_01:B_01", error=ERROR)), f"record:{name}()") == expected
    assert not of(Record(1, Header("id")), f"record:{name}()")


@pytest.mark.parametrize(
    ("number", "whole"),
    [
        (2.5, Long(3)),
        (float("nan"), Long(0)),
        (1e300, Long(2**63 - 1)),
        (float("-inf"), Long(-(2**63))),
        (Float(2.5), 3),
        (Float("nan"), 0),
        (Float("inf"), 2**31 - 1),
        (Float(-1e20), -(2**31)),
    ],
)
def test_numbers_are_rounded_as_far_as_their_kind_goes(number: float, whole: int) -> None:
    """A double becomes a LONG, a float an INTEGER; no number is nought."""
    found = of(Record({"a": number}), "math:round(record:value('/a'))")
    assert (found, type(found)) == (whole, type(whole))


@pytest.mark.parametrize(
    ("name", "text", "made"),
    [
        ("escapeXML10", "<a b='c' d=\"e\">&</a>", "&lt;a b=&apos;c&apos; d=&quot;e&quot;&gt;&amp;&lt;/a&gt;"),
        ("escapeXML10", "a\x00\x01\x0b\x1f\ufffe\ud800b\t\n\x7f\x85\x9f", "ab\t\n&#127;\x85&#159;"),
        ("escapeXML11", "a\x00\x01\x0b\x1f\ufffe\ud800b\t\n\x7f\x85\x9f", "a&#1;&#11;&#31;b\t\n&#127;\x85&#159;"),
        ("unescapeXML", "&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#X43;", "<>&\"'ABC"),
        ("unescapeXML", "&#1114111;&#1114112;&nbsp;&#;&amp;lt;", "\U0010ffff&#1114112;&nbsp;&#;&lt;"),
    ],
)
def test_signs_of_xml_are_written_and_read(name: str, text: str, made: str) -> None:
    """Characters that XML does not know are left out, or numbered where the version allows it."""
    assert of(Record({"t": text}), f"str:{name}(record:value('/t'))") == made


@pytest.mark.parametrize(("name", "text"), [("eventType", "told"), ("eventVersion", "2"), ("eventCreation", "7")])
def test_an_event_tells_what_it_is(name: str, text: str) -> None:
    """As texts; a record that is none has null."""
    assert of(event("id", "told", 2, {}, 7), f"record:{name}()") == text
    assert of(Record(), f"record:{name}()") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("record:value('/a')", None),
        ("record:valueOrDefault('/a', 'x')", None),
        ("record:exists('/a')", False),
        ("record:type('/a')", None),
        ("record:attribute('a')", None),
        ("record:id()", None),
        ("record:dExists('a')", False),
    ],
)
def test_without_a_record_there_is_nothing(text: str, expected: object) -> None:
    """Null, or false."""
    assert of(None, text) == expected


def test_cells_become_a_map() -> None:
    """By header; one without a header by its number. Rows that are list-maps have no cells."""
    assert value("record:dToMap()", ROWS) == {"a": "3", "b": "2"}
    assert value("record:dToMap()", [{"value": "x"}]) == {"0": "x"}
    assert value("record:dValue('a')", ListMap(a="1")) is None


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("/m/k", "f:parent()", {"k": "v"}),
        ("/list[0]", "f:name()", "list"),
        ("/list[2]", "f:parentPath()", "/list"),
        ("/i", "f:attribute('none')", None),
        ("/m/k", "f:hasSiblingWithName('k')", True),
        ("/m", "f:type() == MAP", True),
    ],
)
def test_a_field_knows_what_it_is_in(path: str, text: str, expected: object) -> None:
    """Elements of lists have the name of their list."""
    assert value(text, field=path) == expected


def test_without_a_field_in_hand_its_functions_are_an_error() -> None:
    """There is nothing to tell of."""
    with pytest.raises(EvaluationError):
        value("f:value()")


NUMBERS: FieldValue = {"w": [3, Long(1) + 0], "d": [-2.5, -1.0], "m": [1, 2.5], "n": [1, None], "s": ["a"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(record:value('/w'))", Long(4)),
        ("min(record:value('/w'))", Long(1)),
        ("max(record:value('/w'))", Long(3)),
        ("sum(record:value('/d'))", -3.5),
        ("min(record:value('/d'))", -2.5),
        ("max(record:value('/d'))", 5e-324),
        ("sum(emptyList())", Long(0)),
        ("max(null)", Long(0)),
        ("asFields(record:value('/n'))", [1]),
    ],
)
def test_fields_are_aggregated(text: str, expected: object) -> None:
    """Whole numbers to LONG; the most of negative doubles is the least positive one, as in the original."""
    found = value(text, NUMBERS)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("text", ["sum(record:value('/m'))", "sum(record:value('/s'))", "sum(record:value('/n'))"])
def test_what_has_no_sum_is_an_error(text: str) -> None:
    """Numbers of several types, texts, nulls."""
    with pytest.raises(EvaluationError):
        value(text, NUMBERS)


def test_bytes_of_avro_are_read() -> None:
    """With their schema; what is none of it is an error."""
    schema = '{"type":"record","name":"r","fields":[{"name":"a","type":"string"}]}'
    fields: FieldValue = {"b": b"\x04hi", "s": schema}
    assert value("avro:decode(record:value('/s'), record:value('/b'))", fields) == {"a": "hi"}
    for broken in (b"\xff", "text"):
        with pytest.raises(EvaluationError):
            value("avro:decode(record:value('/s'), record:value('/b'))", {"b": broken, "s": schema})


@pytest.mark.parametrize(("text", "version"), [("uuid:uuid()", 3), ("uuid()", 4)])
def test_every_id_is_another(text: str, version: int) -> None:
    """In the form of a UUID: made of a name, or by chance, as the original's are."""
    made = {of(None, text, new_id=lambda: str(uuid.uuid4())) for _ in range(9)}
    assert len(made) == 9
    assert {uuid.UUID(each).version for each in made} == {version}
