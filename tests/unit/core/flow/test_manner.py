"""Promises of texts in the manner of others."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.flow.manner import manner_of, written

BESIDE = [each / "shared" / "corpus" for each in Path(__file__).parents[5:]]
CORPUS = next((each for each in BESIDE if each.is_dir()), None)
ENGINE = """{
  "stages" : [ {
    "instanceName" : "A: [ ] {1}",
    "lanes" : [ "a", "b" ],
    "none" : [ ],
    "nothing" : { }
  }, {
    "x" : 1.0
  } ],
  "title" : null
}"""
VALUE: Any = {"a": [1, {"b": [[], {}, [2]]}, "é"], "c": {}, "d": {"e": None}}


@pytest.mark.parametrize(
    "text",
    [
        ENGINE,
        ENGINE.replace("\n", "\r\n") + "\r\n",
        "\ufeff" + ENGINE,
        json.dumps(VALUE),
        json.dumps(VALUE, separators=(",", ":")),
        json.dumps(VALUE, indent=2) + "\n",
        json.dumps(VALUE, indent=4, ensure_ascii=False),
        json.dumps(VALUE, indent="\t"),
        "{}",
        '{"a": { }}\n',
        '{"see": "[1], {x: 2} \\" : [ 3"}',
    ],
    ids=range(11),
)
def test_a_text_is_written_as_it_was(text: str) -> None:
    """Byte for byte: indentation, line ends, blanks, escapes."""
    assert written(json.loads(text.lstrip("\ufeff")), manner_of(text)) == text


def test_only_the_edit_differs() -> None:
    """A new value in a text of the engine's."""
    value = json.loads(ENGINE)
    value["stages"][0]["lanes"] = []
    value["stages"][0]["none"] = [{"n": 1}]
    wanted = ENGINE.replace('"none" : [ ]', '"none" : [ {\n      "n" : 1\n    } ]').replace('[ "a", "b" ]', "[ ]")
    assert written(value, manner_of(ENGINE)) == wanted


def test_halves_of_surrogate_pairs_are_escaped() -> None:
    """No file could hold them otherwise."""
    text = written({"a": "\ud800é"}, manner_of('{"a": "é"}'))
    assert text == '{"a": "\\ud800é"}'
    assert text.encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from([ENGINE, "{}", "", '{\n\t"a":1}', '{"a" :[ 1]}', '"\\u00e9"', "[1, 2]", '{\r\n "a": [\r\n  1]}']),
)
def test_every_value_in_every_manner_is_that_value(value: Any, text: str) -> None:
    """Whatever the text was, or was not."""
    assert json.loads(written(value, manner_of(text)).lstrip("\ufeff")) == value


def test_published_flows_are_written_as_they_were() -> None:
    """All but those that were edited by hand, which mix two manners."""
    if CORPUS is None:
        pytest.skip("the published flows are not here (../shared/corpus)")
    texts = [path.read_bytes().decode() for path in sorted(CORPUS.rglob("*.json")) if path.name != "INDEX.json"]
    same = [text for text in texts if written(json.loads(text), manner_of(text)) == text]
    assert len(same) > 0.85 * len(texts)
