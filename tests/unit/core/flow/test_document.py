"""Decoding and encoding flow documents."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.errors import FormatError
from penstock.core.flow.document import decode_flow, dump_flow, encode_flow, load_flow
from penstock.core.flow.json_text import parse_json
from penstock.core.values import PlainJson

CORPUS = Path(__file__).parents[5] / "shared" / "corpus"
SMALL = {
    "schemaVersion": 6,
    "title": "small",
    "stages": [
        {
            "instanceName": "A_01",
            "library": "lib",
            "stageName": "a",
            "stageVersion": "1",
            "configuration": [{"name": "one", "value": 1}, {"name": "float", "value": 1.0}],
            "uiInfo": {"label": "A"},
            "inputLanes": [],
            "outputLanes": ["x"],
        }
    ],
    "configuration": [],
    "unknown": {"kept": [True, None]},
}


def identical(left: object, right: object) -> bool:
    """Equal JSON with equal key order and equal kinds of numbers."""
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and list(left) == list(right)
            and all(identical(left[key], right[key]) for key in left)
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(identical, left, right))
    return type(left) is type(right) and left == right


def corpus() -> Iterator[tuple[str, bytes]]:
    """Every flow document of the corpus, if it is there."""
    for path in sorted(CORPUS.glob("*")) if CORPUS.is_dir() else ():
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    if "connections_metadata" not in member:
                        yield f"{path.name}!{member}", archive.read(member)
        elif path.name != "INDEX.json":
            yield path.name, path.read_bytes()


def test_a_document_goes_out_as_it_came() -> None:
    """Key order, unknown keys and the kind of numbers survive."""
    assert identical(encode_flow(decode_flow(SMALL)), SMALL)


def test_published_documents_go_out_as_they_came() -> None:
    """Every document of the corpus survives decoding and encoding."""
    documents = list(corpus())
    if not documents:
        pytest.skip("the corpus of published flows is not beside this checkout")
    for name, data in documents:
        plain = parse_json(data, name)
        assert identical(encode_flow(decode_flow(plain, name)), plain), name
    assert len(documents) >= 171


def test_one_and_one_point_zero_are_different_content() -> None:
    """Flows that differ in the kind of a number are not equal."""
    other = json.loads(json.dumps(SMALL).replace("1.0", "1"))
    assert decode_flow(other) != decode_flow(SMALL)


def test_key_order_is_no_content() -> None:
    """The same document with its keys the other way round is the equal flow."""
    turned = dict(reversed(list(SMALL.items())))
    assert decode_flow(turned) == decode_flow(SMALL)
    assert hash(decode_flow(turned)) == hash(decode_flow(SMALL))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"stages": 5}, "/stages"),
        ({"stages": [5]}, "/stages/0"),
        ({"stages": [{"inputLanes": "x"}]}, "/stages/0/inputLanes"),
        ({"configuration": [{"name": "a", "value": 1}, {"nome": 1}]}, "/configuration/1/name"),
        ({"configuration": [7]}, "/configuration/0"),
        ({"stages": [{"outputLanes": ["x", {}]}]}, "/stages/0/outputLanes/1"),
        ({"schemaVersion": "six"}, "/schemaVersion"),
        ({"uiInfo": []}, "/uiInfo"),
    ],
)
def test_a_broken_part_is_named_with_its_path(change: dict[str, object], path: str) -> None:
    """The error says which file and where in it."""
    with pytest.raises(FormatError) as broken:
        decode_flow({**SMALL, **change}, "orders.json")
    assert (broken.value.source, broken.value.path) == ("orders.json", path)


@pytest.mark.parametrize("document", [{}, {"pipelineRules": {}}, {"hello": 1}, [], "text", None])
def test_what_is_no_flow_is_refused(document: object) -> None:
    """A document without stages and without an envelope is no flow, whatever else it holds."""
    with pytest.raises(FormatError):
        decode_flow(document)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"schemaVersion": None}, "expected a whole number, found null"),
        ({"schemaVersion": True}, "expected a whole number, found true"),
        ({"title": []}, "expected text, found a list"),
        ({"uiInfo": 5}, "expected an object, found a number"),
        ({"stages": "x"}, "expected a list of stages, found text"),
        ({"configuration": {}}, "expected a list of {name, value}, found an object"),
    ],
)
def test_what_was_found_is_told_in_the_words_of_json(change: dict[str, object], found: str) -> None:
    """Whoever wrote the file need not know what Python calls its values."""
    with pytest.raises(FormatError) as broken:
        decode_flow({**SMALL, **change})
    assert broken.value.reason == found


def test_rules_of_an_unknown_form_go_out_as_they_came() -> None:
    """An envelope whose rules are no object keeps them."""
    odd = {"pipelineConfig": SMALL, "pipelineRules": ["later"], "libraryDefinitions": None}
    assert identical(encode_flow(decode_flow(odd)), odd)


def test_an_empty_slot_holds_no_stage() -> None:
    """An empty object for a stage beside the canvas means none, and goes out as it came."""
    odd = {**SMALL, "statsAggregatorStage": {}, "errorStage": {}}
    flow = decode_flow(odd)
    assert (flow.stats_stage, flow.error_stage) == (None, None)
    assert identical(encode_flow(flow), odd)


def test_a_service_that_says_nothing_is_kept() -> None:
    """A service without its name and version is read, and goes out as it came."""
    odd = json.loads(json.dumps(SMALL))
    odd["stages"][0]["services"] = [{}, {"configuration": [{"name": "a", "value": 1}]}]
    assert identical(encode_flow(decode_flow(odd)), odd)


@pytest.mark.parametrize("place", [10**400, -(10**12), "Infinity", "NaN", "1e999", True, []])
def test_a_place_that_cannot_be_is_none(place: object) -> None:
    """A position that no canvas has is kept in the file and counts as none."""
    odd = json.loads(json.dumps(SMALL))
    odd["stages"][0]["uiInfo"] = {"xPos": place, "yPos": 50}
    flow = decode_flow(odd)
    assert flow.stages[0].position is None
    assert identical(encode_flow(flow), odd)


def test_odd_forms_go_out_as_they_came_and_mean_what_they_say() -> None:
    """A null list, a numeric version and an entry with more keys are read and kept."""
    odd = json.loads(json.dumps(SMALL))
    odd["stages"][0].update({"services": None, "stageVersion": 3, "eventLanes": None})
    odd["configuration"] = [{"value": 1, "name": "turned", "more": 2}]
    flow = decode_flow(odd)
    assert flow.stages[0].stage_version == "3"
    assert flow.configuration["turned"] == 1
    assert identical(encode_flow(flow), odd)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), plain, max_size=5), st.lists(st.tuples(st.text(), plain), max_size=6))
def test_any_settings_and_unknown_keys_survive(
    unknown: dict[str, PlainJson], settings: list[tuple[str, PlainJson]]
) -> None:
    """Whatever JSON a document carries, decoding and encoding gives it back."""
    body = {key: value for key, value in unknown.items() if key not in SMALL and not key.endswith("Config")}
    document = {
        **SMALL,
        "configuration": [{"name": name, "value": value} for name, value in settings],
        **{f"x{key}": value for key, value in body.items()},
    }
    assert identical(encode_flow(decode_flow(document)), document)


def test_text_and_value_are_two_faces_of_one_flow() -> None:
    """Dumping and loading gives the equal flow."""
    flow = decode_flow(SMALL)
    assert load_flow(dump_flow(flow)) == flow


def test_equal_settings_of_flows_are_held_once_and_keep_their_kinds() -> None:
    """Thousands of flows fit into memory, as what they have in common is one thing; 0.0 is not -0.0, 1 not 1.0."""
    values: list[PlainJson] = [1, 1.0, True, 0, 0.0, -0.0, False, "1", None, [], {}, "a longer text than this" * 9]
    document = {"stages": [], "configuration": [{"name": "x", "value": value} for value in values]}
    flow, other = decode_flow(document), decode_flow(json.loads(json.dumps(document)))
    assert json.dumps(encode_flow(flow)["configuration"]) == json.dumps(document["configuration"])
    held = zip(flow.configuration.entries, other.configuration.entries, strict=True)
    assert [one is same for one, same in held].count(True) == 6


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_texts_are_read_in_every_encoding_that_json_has(encoding: str) -> None:
    """What a program on Windows writes is read as well."""
    text = json.dumps({"stages": [], "title": "T\u00e9"}, ensure_ascii=False)
    assert load_flow(text.encode(encoding)).name == "T\u00e9"
