"""Fragments: resolved in place, nested, missing, in circles."""

import pytest

from penstock.core.errors import LimitError
from penstock.core.flow.fragments import resolve_fragments, unresolved
from penstock.core.flow.model import Flow, StageInstance
from penstock.core.flow.settings import Settings
from penstock.core.values import JsonMap

KIND = "com_streamsets_pipeline_stage_processor_fragment_FragmentProcessor"


def stage(name: str) -> StageInstance:
    """An ordinary stage."""
    return StageInstance(name, "kind", "1", "lib")


def placeholder(key: str) -> StageInstance:
    """A stage that stands for a fragment."""
    settings = Settings.of({"conf.fragmentId": key, "conf.fragmentInstanceId": f"{key}_1"})
    return StageInstance(f"{key}_placeholder", KIND, "1", "lib", settings)


def fragment(key: str, *stages: StageInstance, fragments: tuple[Flow, ...] = ()) -> Flow:
    """A fragment as a flow holds it."""
    extra = JsonMap({"fragmentId": key, "fragmentInstanceId": f"{key}_1"})
    return Flow(key, stages=stages, fragments=fragments, fragment=True, extra=extra)


def names(flow: Flow) -> list[str]:
    """The instance names of the resolved flow."""
    return [each.instance_name for each in resolve_fragments(flow).stages]


def test_placeholder_is_replaced_in_place() -> None:
    """The stages of the fragment stand where the placeholder stood; the flow itself keeps it."""
    flow = Flow(
        "f", stages=(stage("a"), placeholder("x"), stage("z")), fragments=(fragment("x", stage("b"), stage("c")),)
    )
    assert names(flow) == ["a", "b", "c", "z"]
    assert flow.stages[1].stage_name == KIND


def test_nested_fragments_are_resolved() -> None:
    """A placeholder inside a fragment is looked for in that fragment first, then outside."""
    inner = fragment("y", stage("c"))
    outer = fragment("x", stage("b"), placeholder("y"), fragments=(inner,))
    assert names(Flow("f", stages=(placeholder("x"),), fragments=(outer,))) == ["b", "c"]
    flat = Flow("f", stages=(placeholder("x"),), fragments=(fragment("x", placeholder("y")), inner))
    assert names(flat) == ["c"]


def test_missing_fragment_stands_for_nothing() -> None:
    """The engine leaves it out without a word; here it can be asked for."""
    flow = Flow("f", stages=(stage("a"), placeholder("x")))
    assert names(flow) == ["a"]
    assert [each.instance_name for each in unresolved(flow)] == ["x_placeholder"]


def test_fragment_inside_itself_ends() -> None:
    """A circle of fragments is cut where it closes."""
    flow = Flow("f", stages=(placeholder("x"),), fragments=(fragment("x", stage("b"), placeholder("x")),))
    assert names(flow) == ["b"]


def test_what_stands_for_nothing_is_named_in_fragments_too() -> None:
    """Missing fragments of fragments, and the placeholder that closes a circle."""
    outer = fragment("x", placeholder("y"), placeholder("x"))
    flow = Flow("f", stages=(placeholder("x"),), fragments=(outer,))
    assert [each.instance_name for each in unresolved(flow)] == ["y_placeholder", "x_placeholder"]


def test_growth_without_stages_is_bounded() -> None:
    """Fragments that double at every level and hold nothing but each other end as well."""
    levels = [fragment(f"l{at}", placeholder(f"l{at + 1}"), placeholder(f"l{at + 1}")) for at in range(60)]
    with pytest.raises(LimitError, match="20000 stages"):
        resolve_fragments(Flow("f", stages=(placeholder("l0"),), fragments=tuple(levels)))


def test_long_chains_of_fragments_are_resolved() -> None:
    """The depth of fragments in each other has no limit of its own."""
    levels = [fragment(f"l{at}", placeholder(f"l{at + 1}")) for at in range(3000)]
    assert names(Flow("f", stages=(placeholder("l0"),), fragments=(*levels, fragment("l3000", stage("a"))))) == ["a"]


def test_growth_is_bounded() -> None:
    """Fragments that double at every level are refused, not expanded."""
    levels = [fragment(f"l{at}", placeholder(f"l{at + 1}"), placeholder(f"l{at + 1}")) for at in range(20)]
    flow = Flow("f", stages=(placeholder("l0"),), fragments=(*levels, fragment("l20", stage("a"))))
    with pytest.raises(LimitError, match="20000 stages"):
        resolve_fragments(flow)


def test_flow_without_placeholders_comes_back_itself() -> None:
    """Nothing is copied when there is nothing to resolve."""
    flow = Flow("f", stages=(stage("a"),), fragments=(fragment("x", stage("b")),))
    assert resolve_fragments(flow) is flow
