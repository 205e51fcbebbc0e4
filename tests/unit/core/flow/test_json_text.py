"""Reading JSON text from outside."""

import json

import pytest

from penstock.core.errors import FormatError, LimitError
from penstock.core.flow.json_text import parse_json


@pytest.mark.parametrize("text", ["{", "[1,", '{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}', "", "\x00"])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    """The error names the source; numbers that JSON does not have are refused too."""
    with pytest.raises(FormatError) as broken:
        parse_json(text, "x.json")
    assert broken.value.source == "x.json"


def test_deep_nesting_is_refused_before_it_hurts() -> None:
    """A document nested a hundred thousand deep is an error, not a crash."""
    with pytest.raises(LimitError):
        parse_json("[" * 100_000 + "]" * 100_000)


def test_brackets_inside_texts_do_not_count_as_nesting() -> None:
    """A long text full of brackets is fine."""
    assert parse_json(json.dumps({"text": "[" * 5000})) == {"text": "[" * 5000}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"stages": [], "title": "a", "stages": [1]}', "/"),
        ('{"stages": [{}, {"uiInfo": {"x": 1, "x": 1}}]}', "/stages/1/uiInfo"),
        ('{"uiInfo": {"x": 1, "x": 1}, "stages": [}', ""),
    ],
)
def test_a_key_that_stands_twice_is_refused(text: str, path: str) -> None:
    """One of the two values would be lost without a word; the error says where."""
    with pytest.raises(FormatError, match="twice") as broken:
        parse_json(text, "x.json")
    assert (broken.value.source, broken.value.path) == ("x.json", path)


def test_of_doubled_keys_in_each_other_the_inner_one_is_named_with_its_own_place() -> None:
    """The place and the key belong together."""
    with pytest.raises(FormatError, match="/a/0: the key 'x'"):
        parse_json('{"a": [{"x": 1, "x": 2}], "a": {}}', "x.json")


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    """The reason is told without the interpreter's own advice."""
    with pytest.raises(LimitError, match="a number has thousands of digits"):
        parse_json("9" * 10_000, "x.json")
