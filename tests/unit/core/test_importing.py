"""Importing as a pure plan."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.errors import InvalidValueError
from penstock.core.flow.document import decode_flow, encode_flow
from penstock.core.flow.model import Flow, FlowId
from penstock.core.importing import Create, Replace, Resolution, Skip, outgoing, plan_import

EXISTING = {"orders": FlowId("1")}


def steps(names: list[str], resolution: Resolution) -> list[object]:
    """The steps of importing flows with these names."""
    return list(plan_import([Flow(name) for name in names], EXISTING, resolution).steps)


def test_free_names_are_created() -> None:
    """Without a conflict every resolution creates."""
    for resolution in Resolution:
        assert steps(["new"], resolution) == [Create(Flow("new"))]


def test_skip_leaves_the_existing_flow() -> None:
    """A name in use stays out of the project."""
    assert steps(["orders"], Resolution.SKIP) == [Skip(Flow("orders"), FlowId("1"))]


def test_replace_names_the_flow_that_is_replaced() -> None:
    """The stored flow keeps its id."""
    assert steps(["orders"], Resolution.REPLACE) == [Replace(FlowId("1"), Flow("orders"))]


def test_rename_finds_a_free_name_and_says_the_old_one() -> None:
    """Numbers in brackets count up past names of the project and of the archive."""
    made = steps(["orders", "orders", "orders (2)"], Resolution.RENAME)
    names = [step.flow.name for step in made if isinstance(step, Create)]
    assert names == ["orders (2)", "orders (3)", "orders (2) (2)"]
    assert isinstance(made[0], Create)
    assert made[0].renamed_from == "orders"


def test_two_flows_of_one_archive_never_overwrite_each_other() -> None:
    """replace takes the first of a name; the second is renamed."""
    first, second = steps(["orders", "orders"], Resolution.REPLACE)
    assert isinstance(first, Replace)
    assert isinstance(second, Create)


@given(st.lists(st.sampled_from(["a", "b", "a (2)", "orders"]), max_size=8), st.sampled_from(list(Resolution)))
def test_no_plan_creates_a_name_twice(names: list[str], resolution: Resolution) -> None:
    """Whatever the archive holds, created names are new and unique, and no flow is lost."""
    made = steps(names, resolution)
    created = [step.flow.name for step in made if isinstance(step, Create)]
    assert len(set(created)) == len(created)
    assert EXISTING.keys().isdisjoint(created)
    assert len(made) == len(names)


@pytest.mark.parametrize("word", ["renam", "", None, 5])
def test_an_unknown_resolution_is_refused(word: object) -> None:
    """Only the three words are resolutions."""
    with pytest.raises(InvalidValueError):
        Resolution.of(word)


@pytest.mark.parametrize(
    "document",
    [
        {"stages": [], "pipelineId": "p", "description": None},
        {"stages": [], "title": None, "info": {"title": "T"}},
        {"pipelineConfig": {"stages": []}, "pipelineRules": None},
        {"pipelineFragmentConfig": {"stages": [], "fragmentId": "f"}},
    ],
    ids=["id", "info", "envelope", "fragment"],
)
def test_a_flow_that_was_not_edited_leaves_as_it_came(document: dict[str, object]) -> None:
    """A document that gives the flow its name and description needs no title or text beside them."""
    flow = decode_flow(document)
    assert outgoing(flow) is flow


def test_a_name_that_the_document_does_not_give_goes_along() -> None:
    """The flow comes back under the name and with the description that the project knows."""
    flow = attrs.evolve(decode_flow({"pipelineConfig": {"stages": [], "pipelineId": "p"}}), name="N", description="D")
    back = decode_flow(encode_flow(outgoing(flow)))
    assert (back.name, back.description) == ("N", "D")
