"""Promises of scripts that were written for Python 2."""

from datetime import UTC, datetime

import pytest

from penstock.adapters.engine.oldtext import recoded
from penstock.adapters.engine.python2 import NAMES, OldDict, parsed
from penstock.adapters.engine.scriptrecord import ScriptRecord
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue, Long


def ran(script: str) -> dict[str, object]:
    """The names that a script leaves behind."""
    names: dict[str, object] = dict(NAMES)
    exec(compile(parsed(script, "script"), "script", "exec"), names)
    return names


@pytest.mark.parametrize(
    ("script", "made"),
    [
        ("x = 7 / 2", 3),
        ("x = -7 / 2", -4),
        ("x = 7 / 2.0", 3.5),
        ("x = 7\nx /= 2", 3),
        ("y = {'a': 9}\ny['a'] /= 2\nx = y['a']", 4),
        ("from __future__ import division\nx = 7 / 2", 3.5),
        ("x = round(2.5)", 3.0),
        ("x = round(-1.25, 1)", -1.3),
        ("x = map(str, [1])", ["1"]),
        ("x = map(None, [1], [2, 3])", [(1, 2), (None, 3)]),
        ("x = zip([1], [2])[0]", (1, 2)),
        ("x = filter(None, [0, 1])", [1]),
        ("x = range(2) + [2]", [0, 1, 2]),
        ("x = cmp(1, 2)", -1),
        ("x = reduce(lambda a, b: a + b, [1, 2, 3])", 6),
        ("x = unichr(97) + unicode('b')", "ab"),
    ],
)
def test_scripts_mean_what_they_meant(script: str, made: object) -> None:
    """Quotients of whole numbers are whole, what gave lists gives lists."""
    found = ran(script)["x"]
    assert (found, type(found)) == (made, type(made))


@pytest.mark.parametrize(
    ("script", "made"),
    [
        ("x = 'abc'.decode('utf-8').encode('utf-8') + '!'", "abc!"),
        ("x = 'a' + u'é'.encode('utf-8')", "aÃ©"),
        ("x = '%s' % 'abc'.encode('ascii')", "abc"),
        ("x = 'abc'.encode('base64')", "YWJj\n"),
        ("x = 'YWJj'.decode('base64')", "abc"),
        ("x = 'abc'.encode('hex')", "616263"),
        ("x = 'abc'.encode('rot13')", "nop"),
        ("import hashlib\nx = hashlib.md5('abc'.encode('utf-8')).hexdigest()[:4]", "9001"),
        ("x = 'abc'.encode('utf-8') == 'abc' and {'abc': 1}['abc'.encode('utf-8')]", 1),
        ("class C:\n  def encode(self, n): return n\nx = C().encode(5)", 5),
    ],
)
def test_texts_are_encoded_to_texts(script: str, made: object) -> None:
    """What comes out can be joined with texts, and still be hashed; codecs that are no charsets are known."""
    assert ran(script)["x"] == made


@pytest.mark.parametrize("script", ["'a'.encode('nosuch')", "u'é'.encode('ascii')"])
def test_what_cannot_be_encoded_fails(script: str) -> None:
    """As any script fails."""
    with pytest.raises((LookupError, ValueError)):
        ran(script)


def test_an_encoded_text_is_a_text_in_a_field() -> None:
    """As it was in Python 2."""
    record = ScriptRecord(Record({}, Header("id")))
    record.value["a"] = recoded("abc", "encode", "utf-8")
    assert record.taken_back().value == {"a": "abc"}


@pytest.mark.parametrize(
    ("script", "made"),
    [
        ("x = 5L", Long(5)),
        ("x = 0777", 511),
        ("x = 1 <> 2", True),
        ("print 'seen'\nx = 1", 1),
        ("try:\n  1 / 0\nexcept Exception, e:\n  x = type(e).__name__", "ZeroDivisionError"),
        ("try:\n  raise ValueError, 'no'\nexcept ValueError as e:\n  x = str(e)", "no"),
    ],
)
def test_the_older_syntax_is_read(script: str, made: object) -> None:
    """Numbers, prints and exceptions as they were written."""
    found = ran(script)["x"]
    assert (found, type(found)) == (made, type(made))


def test_what_is_no_python_at_all_is_told_as_such() -> None:
    """With the fault that today's Python finds."""
    with pytest.raises(SyntaxError, match="never closed"):
        parsed("x = (", "script")


def test_maps_have_the_verbs_that_they_had() -> None:
    """Those of Python 2 and those of Java."""
    held = OldDict(a=1)
    assert (held.keys(), held.values(), held.items()) == (["a"], [1], [("a", 1)])
    assert (list(held.iterkeys()), list(held.itervalues()), list(held.iteritems())) == (["a"], [1], [("a", 1)])
    assert (held.has_key("a"), held.containsKey("b"), held.put("b", 2), held.size()) == (True, False, None, 2)
    assert (held.remove("a"), held.remove("a"), held.isEmpty()) == (1, None, False)


@pytest.mark.parametrize(
    ("left", "field"),
    [
        (datetime(2020, 1, 2, 3, 4, 5, 678900), datetime(2020, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        (datetime(2020, 1, 2).date(), datetime(2020, 1, 2, tzinfo=UTC)),
        ({"a": 1}.keys(), ["a"]),
        (range(2), [0, 1]),
    ],
    ids=["datetime", "date", "keys", "range"],
)
def test_values_of_scripts_become_fields(left: object, field: FieldValue) -> None:
    """Dates without a zone are UTC, to the millisecond."""
    record = ScriptRecord(Record({}, Header()))
    record.value["x"] = left
    assert record.taken_back().value == {"x": field}


def test_attributes_of_fields_are_read_through_the_record_itself() -> None:
    """Beside native values too; asking for them leaves no trace."""
    record = ScriptRecord(Record({"a": 1, "b": 2}, Header(field_attributes={"/a": {"k": "v"}})))
    found = [record.sdcRecord.get(path) for path in ("/a", "/b")]
    assert [field.getAttributes() for field in found if field is not None] == [{"k": "v"}, {}]
    assert record.taken_back().notes == {"/a": {"k": "v"}}
