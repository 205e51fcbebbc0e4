"""HTTP Router: records of requests by their method and path."""

from ..errors import InvalidValueError
from ..plan.model import StagePlan
from ..records.record import Record
from .api import Out, Process, Tools
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_httprouter_HttpRouterDProcessor")
def http_router(plan: StagePlan, tools: Tools) -> Process:
    """A copy to every lane whose method and part of a path fit the attributes ``method`` and ``path``.

    A record that fits none is refused.

    Raises:
        InvalidValueError: no lane (HTTP_ROUTER_00), or not one for each row (HTTP_ROUTER_01).
    """
    rows = plan.given.rows("routerLaneConfigs")
    if not rows:
        raise InvalidValueError("HTTP Router", "no row", "at least one method and path (HTTP_ROUTER_00)")
    if len(rows) != len(plan.outputs):
        raise InvalidValueError(
            "HTTP Router", len(rows), f"a row for each of {len(plan.outputs)} lanes (HTTP_ROUTER_01)"
        )
    lane_of = {lane: at for at, lane in enumerate(plan.outputs)}
    lanes = [
        (lane_of[row.text("outputLane")], row.text("httpMethod", "GET").upper(), row.text("pathParam", "/"))
        for row in rows
        if row.text("outputLane") in lane_of
    ]

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            method, path = (record.attributes.get(name, "") for name in ("method", "path"))
            found = [lane for lane, wanted, part in lanes if wanted == method.upper() and path and part in path]
            for number, lane in enumerate(found):
                out.emit(record.copy() if number else record, lane)
            if not found:
                text = f"{record.header.source_id}: no lane fits the method {method!r} and the path {path!r}"
                out.error(record, "CONTAINER_0001", f"HTTP_ROUTER_02 - {text}")

    return process
