"""Stages whose output lanes each have a row of settings: HTTP Router."""

from collections.abc import Callable
from typing import Any

import pytest

from penstock.core import edit
from penstock.core.catalogue.definitions import Catalogue
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.flow.model import Flow, StageInstance
from penstock.core.values import thaw

from .conftest import Builder

ROWS = "routerLaneConfigs"


def router_of(flow: Flow) -> StageInstance:
    """The one router of a flow."""
    return next(stage for stage in flow.stages if ROWS in stage.configuration)


def test_a_new_router_has_one_row_at_its_defaults(build: Builder) -> None:
    """With the lane of the stage, and no key that the engine does not know."""
    build.add("HTTP Router")
    stage = router_of(build.flow)
    assert thaw(stage.configuration[ROWS]) == [
        {"outputLane": stage.output_lanes[0], "httpMethod": "GET", "pathParam": "/"}
    ]


def routed(build: Builder, *rows: dict[str, Any]) -> Flow:
    """The flow of a builder, with these rows on its router."""
    name = router_of(build.flow).instance_name
    flow = edit.set_stage_settings(build.flow, name, {ROWS: list(rows)}, build.catalogue)
    return edit.follow_lane_rows(flow, name, build.catalogue, new_id=build.new_id)


def test_every_row_has_a_lane(build: Builder) -> None:
    """A row without one takes that at its place, or a new one; links through a lane that stays are kept."""
    router, target = build.add("HTTP Router"), build.add("Trash")
    build.connect(router, target)
    first = router_of(build.flow).output_lanes[0]
    build.flow = routed(build, {"pathParam": "/a"}, {"pathParam": "/b"})
    stage = router_of(build.flow)
    assert stage.output_lanes[0] == first
    assert len(set(stage.output_lanes)) == 2
    assert [row["outputLane"] for row in thaw(stage.configuration[ROWS])] == list(stage.output_lanes)  # type: ignore[union-attr,index,call-overload]
    assert edit.basics.stage_of(build.flow, target).input_lanes == (first,)


def test_rows_may_change_places_with_their_lanes(build: Builder) -> None:
    """A lane that a row names is that row's, wherever it stands; one that is named by none goes, with its links."""
    router, target = build.add("HTTP Router"), build.add("Trash")
    build.flow = routed(build, {"pathParam": "/a"}, {"pathParam": "/b"})
    one, two = router_of(build.flow).output_lanes
    build.connect(router, target, output=0)
    build.flow = routed(build, {"pathParam": "/b", "outputLane": two}, {"pathParam": "/a", "outputLane": one})
    assert router_of(build.flow).output_lanes == (two, one)
    build.flow = routed(build, {"pathParam": "/c", "outputLane": one}, {"pathParam": "/d"})
    kept, new = router_of(build.flow).output_lanes
    assert kept == one
    assert new not in (one, two)
    build.flow = routed(build, {"pathParam": "/d", "outputLane": new})
    assert edit.basics.stage_of(build.flow, target).input_lanes == ()


def test_a_lane_of_two_rows_is_refused(build: Builder) -> None:
    """Records cannot leave by one lane for two paths."""
    build.add("HTTP Router")
    with pytest.raises(InvalidValueError, match="each lane once"):
        routed(build, {"outputLane": "a"}, {"outputLane": "a"})


def test_a_router_has_no_predicates(build: Builder, catalogue: Catalogue, new_id: Callable[[], str]) -> None:
    """Its lanes follow its settings; those of a selector follow conditions."""
    router, selector = build.add("HTTP Router"), build.add("Stream Selector")
    with pytest.raises(UnsupportedError):
        edit.set_predicates(build.flow, router, ["${1 == 1}"], catalogue, new_id=new_id)
    assert edit.has_lane_rows(build.flow, router, catalogue)
    assert not edit.has_lane_rows(build.flow, selector, catalogue)
    assert edit.follow_lane_rows(build.flow, selector, catalogue, new_id=new_id) == build.flow
