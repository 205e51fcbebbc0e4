"""Promises about the types of numbers that scripts in JavaScript make; the expected ones are Nashorn's."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from penstock.adapters.engine.javascript import JavaScript
from penstock.core.records.values import Byte, Char, Date, FieldType, FieldValue, Float, Long, Null, Short, Zoned

from .test_bindings import Played

NOON = datetime(2024, 5, 6, 12, 0, 0, tzinfo=UTC)
HELD: dict[str, FieldValue] = {
    "i": 7,
    "j": 2,
    "l": Long(5),
    "far": Long(5_000_000_000),
    "d": 2.5,
    "w": 4.0,
    "f": Float(1.5),
    "b": Byte(3),
    "sh": Short(4),
    "c": Char("x"),
    "s": "str",
    "bd": Decimal("1.50"),
    "dt": NOON,
    "by": b"\x01\xff",
    "list": [1, 2, 3],
}


def landed(script: str, times: int = 1, **held: FieldValue) -> Any:
    """What is in the field ``r`` behind a script that knows the record's value as ``v``."""
    played = Played(JavaScript, f"var v = records[0].value;\n{script}\n;output.write(records[0])")
    for _ in range(times):
        played({**HELD, **held})
    value = played.values[-1]
    assert isinstance(value, dict)
    return value["r"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("v.r = 5", 5),
        ("v.r = 5.0", 5.0),
        ("v.r = -5", -5),
        ("v.r = 1e3", 1000),
        ("v.r = 2147483647", 2147483647),
        ("v.r = 2147483648", 2147483648.0),
        ("v.r = 2147483647 + 1", 2147483648.0),
        ("v.r = 2 + 3", 5),
        ("v.r = 6 / 2", 3),
        ("v.r = 2 * 3.0", 6.0),
        ("v.r = 7 % 2", 1),
        ("v.r = v.i", 7),
        ("v['r'] = v['i']", 7),
        ("v.r = v.i + 1", 8.0),
        ("v.r = v.i * v.j", 14.0),
        ("v.r = v.i % v.j", 1.0),
        ("v.r = v.i | 0", 7),
        ("v.r = v.i >>> 0", 7.0),
        ("v.r = ~~2.7", 2),
        ("v.r = v.i << 2", 28),
        ("v.r = -v.i", -7.0),
        ("v.r = +'5'", 5.0),
        ("v.r = parseInt('5', 10)", 5.0),
        ("v.r = Number('5')", 5.0),
        ("v.r = Math.floor(2.5)", 2.0),
        ("v.r = Math.max(1, 2)", 2),
        ("v.r = Math.max(v.i, v.j)", 7.0),
        ("v.r = 'abc'.length", 3),
        ("v.r = 'abc'.indexOf('c')", 2),
        ("v.r = 'abc'.charCodeAt(0)", 97.0),
        ("v.r = v.list.size()", 3),
        ("v.r = v.l", Long(5)),
        ("v.r = v.l + 1", 6.0),
        ("v.r = v.far", Long(5_000_000_000)),
        ("v.r = v.far + 1", 5_000_000_001.0),
        ("v.r = v.w", 4.0),
        ("v.r = v.f", Float(1.5)),
        ("v.r = v.sh", Short(4)),
        ("v.r = v.sh + 1", 5.0),
        ("v.r = v.bd", Decimal("1.50")),
        ("v.r = v.c", Char("x")),
        ("v.r = v.c + 'y'", "xy"),
        ("v.r = v.s + v.i", "str7"),
        ("var x = 1; x++; v.r = x", 2.0),
        ("var x = 0; for (var k = 0; k < 4; k++) x += 0.5; v.r = x", 2.0),
        ("v.i++; v.r = v.i", 8.0),
        ("function f(a, b) { return a * b; } v.r = f(v.i, v.j)", 14.0),
        ("var f = function (a) { return 3; }; v.r = f()", 3),
        ("var f = (a) => a + 1; v.r = f(1)", 2.0),
        ("v.r = v.i > 2 ? 1 : 2.5", 1.0),
        ("v.r = v.i > 2 ? 1 : 2", 1),
        ("v.r = v.i > 2 ? v.i + 1 : 0", 8.0),
        ("v.r = new Date(5).getTime()", 5.0),
        ("v.r = v.dt.getTime()", Long(1_714_996_800_000)),
        ("v.r = [1, 2]", [1, 2]),
        ("v.r = [1, 2.5, 3]", [1.0, 2.5, 3.0]),
        ("v.r = [1, 'a', 2.0]", [1, "a", 2.0]),
        ("var o = []; o.push(v.i + 1); v.r = o", [8.0]),
        ("v.r = {a: 1, b: 2.0, c: v.i + v.j}", {"a": 1, "b": 2.0, "c": 9.0}),
        ("var o = {a: 1}; o.a = o.a + 1; v.r = o", {"a": 2.0}),
        ('v.r = JSON.parse(\'{"p": 1, "q": 3000000000}\')', {"p": 1, "q": 3e9}),
        ("v.put('r', v.i + 1)", 8.0),
        ("v.r = v.by[1]", -1),
        ("v.r = v.by", b"\x01\xff"),
        ("v.r = sdc.NULL_LONG", Null(FieldType.LONG)),
        ("v.r = null", None),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_numbers_have_the_types_that_nashorn_gives(script: str, expected: FieldValue) -> None:
    """Literals, bit operators and lengths are whole, the rest is computed in doubles, copies keep their type."""
    made = landed(script)
    assert (made, typed(made)) == (expected, typed(expected))


def typed(value: FieldValue) -> object:
    """The type of a value, and of those in it."""
    if isinstance(value, dict):
        return {name: typed(item) for name, item in value.items()}
    return [typed(item) for item in value] if isinstance(value, list) else type(value)


def test_counts_in_the_state_are_doubles_whatever_their_value() -> None:
    """From the first record on, as they are computed."""
    count = "if (!state.t) state.t = 0; state.t = state.t + 1; v.r = state.t"
    made = [landed(count, times) for times in (1, 2)]
    assert [(each, type(each)) for each in made] == [(1.0, float), (2.0, float)]


def test_a_field_that_every_record_computes_has_one_type() -> None:
    """Also where its value stays the same; a field that a script leaves alone keeps its type."""
    made = landed("records[0].value.r = records[0].value.r * v.one", r=3, one=1)
    assert (made, type(made)) == (3.0, float)
    kept = landed("state.r = 0; state.r += 1; if (v.i > 100) records[0].value.r = v.i * 2", r=3)
    assert (kept, type(kept)) == (3, int)


@pytest.mark.parametrize("old", [Date(2024, 5, 6, 12, tzinfo=UTC), NOON])
def test_dates_go_on_as_datetimes(old: datetime) -> None:
    """DATE and TIME too, as one class of Java stands for all three; in SDC records they stay what they are."""
    assert type(landed("", r=old)) is datetime
    kept = Played(JavaScript, "output.write(records[0])", scriptRecordType="SDC_RECORDS")
    kept({"r": old})
    assert kept.values == [{"r": old}]
    assert isinstance(kept.values[0], dict)
    assert type(kept.values[0]["r"]) is type(old)


def test_dates_with_a_zone_go_on_as_text() -> None:
    """They are none of the classes that are known on the way back."""
    assert landed("", r=Zoned(2024, 5, 6, 12, tzinfo=UTC)) == "2024-05-06T12:00:00Z"


def test_types_of_nulls_that_have_no_word_are_not_told() -> None:
    """``getFieldNull`` knows no word for the null of a TIME or a BYTE."""
    for kind, known in ((FieldType.TIME, False), (FieldType.BYTE, False), (FieldType.LONG, True)):
        assert landed("v.r = sdc.getFieldNull(records[0], '/n') !== null", n=Null(kind)) is known


def test_expressions_of_any_depth_are_no_reason_to_stop() -> None:
    """Nothing is known of them then."""
    assert landed("v.r = " + "(" * 400 + "5" + ")" * 400) == 5
    assert landed("v.r = 1" + " + v.i - v.i" * 600) == 1
