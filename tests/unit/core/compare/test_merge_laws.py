"""What holds for every merge, of published flows with edits anywhere in them."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from penstock.core import decode_flow, dump_flow, merge
from penstock.core.errors import FormatError
from penstock.core.flow.model import Flow
from penstock.sdk.transfer import read_source

BESIDE = [each / "shared" / "corpus" for each in Path(__file__).parents[5:]]
CORPUS = next((each for each in BESIDE if each.is_dir()), None)
EXAMPLES = Path(str(files("penstock.examples")))

FLOWS = [
    flow
    for folder in (EXAMPLES, CORPUS)
    if folder is not None
    for path in sorted(folder.rglob("*.json"))[:60]
    if path.name != "INDEX.json"
    for flow in read_source(path)
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document; the definitions beside it are left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [place for key, item in items if key != "libraryDefinitions" for place in places(item, (*path, key))]
    return [path, *below] if path else below


@st.composite
def edited(draw: st.DrawFn, base: Flow) -> Flow:
    """The flow after one to three edits anywhere in its document that leave it a flow."""
    document: Any = json.loads(dump_flow(base))
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(places(document)))
        held = document
        for key in path:
            held = held[key]
        held[last] = _edited(draw, held[last])
    try:
        return decode_flow(document)
    except FormatError:
        return base


def _edited(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, (bool, type(None))):
        return not value
    if isinstance(value, (int, float)):
        return value + draw(st.integers(1, 3))
    if isinstance(value, str):
        return value + draw(st.sampled_from("xyz"))
    if isinstance(value, list):
        return draw(st.permutations(value))[: draw(st.integers(0, len(value)))]
    return {**value, draw(st.sampled_from("xyz")): draw(st.integers(1, 3))}


@st.composite
def three(draw: st.DrawFn) -> tuple[Flow, Flow, Flow]:
    """A flow, and what two people made of it."""
    base = draw(st.sampled_from(FLOWS))
    return base, draw(edited(base)), draw(edited(base))


@tries(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(three())
def test_laws_of_merges(sides: tuple[Flow, Flow, Flow]) -> None:
    """A side that changed nothing, or the same, adds nothing; mirrored sides give the mirrored outcome."""
    base, ours, theirs = sides
    for merged in (merge(base, base, ours), merge(base, ours, base), merge(base, ours, ours)):
        assert dump_flow(attrs.evolve(merged.flow or base)) == dump_flow(ours)
        assert merged.flow == ours
    forth, back = merge(base, ours, theirs), merge(base, theirs, ours)
    mirrored = {(each.path, each.theirs, each.ours) for each in back.conflicts}
    assert {(each.path, each.ours, each.theirs) for each in forth.conflicts} == mirrored
    if forth.flow is not None:
        for side in (ours, theirs):
            assert merge(base, forth.flow, side).flow == forth.flow
            assert merge(side, forth.flow, side).flow == forth.flow
