"""Stages whose lanes follow a list setting, by their handle."""

from typing import Any

import pytest

import penstock
from penstock.core.errors import PenstockError


@pytest.fixture
def router() -> Any:
    """A new HTTP Router in a project of its own."""
    with penstock.open_project() as project:
        yield project.create_flow(name="routes").add_stage("HTTP Router")


def test_setting_the_rows_sets_the_lanes(router: Any) -> None:
    """As an attribute, under the raw name, and with other settings at once."""
    router.router_lane_configs = [{"httpMethod": "GET", "pathParam": "/a"}, {"httpMethod": "POST", "pathParam": "/b"}]
    assert [row["outputLane"] for row in router.configuration["routerLaneConfigs"]] == router.output_lanes
    assert len(router.output_lanes) == 2
    router.set_attributes(routerLaneConfigs=[{"pathParam": "/c"}], on_record_error="DISCARD")
    assert len(router.output_lanes) == 1


def test_setting_something_else_leaves_the_lanes(router: Any) -> None:
    """Odd lanes of a document stay as they are, too."""
    router.set_lanes(outputs=["odd"])
    router.on_record_error = "DISCARD"
    assert router.output_lanes == ["odd"]


def test_a_router_has_no_predicates(router: Any) -> None:
    """The error says what to do instead."""
    with pytest.raises(PenstockError, match="follow their settings"):
        router.add_predicates(["${1 == 1}"])
