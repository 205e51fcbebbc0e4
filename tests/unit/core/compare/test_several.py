"""Promises of comparing many flows with many."""

import json

from penstock.core.compare import diff_flows, flows_diff_document, render_flows_diff
from penstock.core.flow.model import Flow

from .making import flow, settings, stage


def named(name: str, value: int = 0) -> Flow:
    """A flow with a stage whose setting has this value."""
    return flow(stage("A", configuration=settings(a=value)), title=name)


def test_flows_are_known_by_their_name_then_by_their_place() -> None:
    """Wherever they moved, and whatever they are called now."""
    old = [("a", named("moved")), ("b", named("old name")), ("c", named("gone")), ("d", named("same"))]
    new = [("e", named("moved", 1)), ("b", named("new name")), ("f", named("come")), ("d", named("same"))]
    found = diff_flows(old, new)
    assert (found.added, found.removed) == (("come",), ("gone",))
    assert [name for name, _ in found.changed] == ["moved", "new name"]
    assert list(render_flows_diff(found)) == [
        "- flow gone",
        "+ flow come",
        "~ flow moved",
        "  ~ A: a: 0 -> 1",
        "~ flow new name",
        '  ~ flow: name: "old name" -> "new name"',
    ]
    document = flows_diff_document(found)
    assert json.loads(json.dumps(document)) == document


def test_flows_of_the_same_name_are_known_by_their_place() -> None:
    """Two of them are never taken for one."""
    old = [("a", named("twin")), ("b", named("twin", 1))]
    assert not diff_flows(old, old)
    found = diff_flows(old, [("b", named("twin", 1)), ("c", named("twin"))])
    assert (found.added, found.removed, found.changed) == (("twin",), ("twin",), ())
    assert diff_flows(old, [("b", named("twin", 2))]).changed


def test_a_name_that_became_unique_is_matched_by_place() -> None:
    """One of two twins is left."""
    old = [("a", named("twin")), ("b", named("twin", 1))]
    found = diff_flows(old, [("b", named("twin", 1))])
    assert (found.added, found.removed, found.changed) == ((), ("twin",), ())
