"""HTTP Router."""

import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, Tools
from penstock.core.processors.routing import http_router
from penstock.core.records.record import Header, Record
from penstock.core.values import JsonMap, freeze

ROWS = [
    {"outputLane": "all", "httpMethod": "GET", "pathParam": "/"},
    {"outputLane": "users", "httpMethod": "GET", "pathParam": "/users"},
]


def routed(rows: list[dict[str, str]], **attributes: str) -> Out:
    """What becomes of a record with these attributes."""
    settings = freeze({"routerLaneConfigs": rows})
    assert isinstance(settings, JsonMap)
    plan = StagePlan("R_01", "kind", StageType.PROCESSOR, given=Given(settings), outputs=("all", "users"))
    out = Out(2)
    tools = Tools(plan, lambda: 0, lambda: 0.5, lambda: "id")
    http_router(plan, tools)([Record({"a": 1}, Header("r", attributes=attributes))], out)
    return out


@pytest.mark.parametrize(
    ("method", "path", "counts"),
    [("get", "/v1/users/7", [1, 1]), ("GET", "/other", [1, 0])],
    ids=["both", "one"],
)
def test_a_record_goes_to_every_lane_that_fits(method: str, path: str, counts: list[int]) -> None:
    """By its method, whatever the case, and by a part of its path."""
    out = routed(ROWS, method=method, path=path)
    assert [len(lane) for lane in out.lanes] == counts
    assert len({id(record) for lane in out.lanes for record in lane}) == sum(counts)


@pytest.mark.parametrize("attributes", [{"method": "POST", "path": "/"}, {"method": "GET"}, {}])
def test_a_record_that_fits_no_lane_is_refused(attributes: dict[str, str]) -> None:
    """Also one that came with no request."""
    (error,) = routed(ROWS, **attributes).errors
    assert (error.code, "HTTP_ROUTER_02" in error.message) == ("CONTAINER_0001", True)


def test_a_row_for_a_lane_that_is_not_there_leads_nowhere() -> None:
    """The others count."""
    out = routed([ROWS[0], {**ROWS[1], "outputLane": "gone"}], method="GET", path="/users")
    assert [len(lane) for lane in out.lanes] == [1, 0]


@pytest.mark.parametrize(("rows", "code"), [([], "HTTP_ROUTER_00"), (ROWS[:1], "HTTP_ROUTER_01")])
def test_rows_and_lanes_have_to_agree(rows: list[dict[str, str]], code: str) -> None:
    """Said at the start."""
    with pytest.raises(InvalidValueError, match=code):
        routed(rows)
