"""The engine's own interface: definitions, the flow that is worked on, validation, preview, logs, metrics."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
from starlette.responses import Response

from ....core.errors import NotFoundError
from ....core.flow.document import decode_flow
from ....core.flow.model import Flow, FlowId
from ....core.preview import PreviewOptions
from ....core.project import EnvironmentId, JobRun, ProjectId, RunId
from ....core.values import Json, JsonMap, thaw
from ....core.wire.given import given_from
from ....core.wire.previews import preview_document, report_document
from ....ports.engine import Engine
from ..answers import answer, nothing
from ..service import Outcome, Room
from ..table import FLAG, NAME, NUMBER, OBJECT, TEXT, Call, Endpoint, Query, obj
from .environments import NO_ENVIRONMENT
from .versions import definitions_answer

BASE = "/engines/{project_id}/{environment_id}/rest/v1"
PREFIX = "testRun__"
_TIME = {"type": "integer", "minimum": 0, "maximum": 99_999_999}


async def _place(call: Call) -> tuple[Room, Engine]:
    room = await call.service.room(ProjectId(call.path["project_id"]))
    if call.path["environment_id"] == NO_ENVIRONMENT:
        return room, await call.service.engine(None)
    environment = await room.ports.environments.get(EnvironmentId(call.path["environment_id"]))
    return room, await call.service.engine(environment)


def _key(call: Call) -> str:
    return f"{call.path['project_id']}/{call.path['name']}"


async def definitions(call: Call) -> Response:
    """Every stage and setting that the engine knows."""
    room, _ = await _place(call)
    environment = await room.environment(call.path["environment_id"])
    if environment is None:
        return definitions_answer(call, call.service, await call.service.catalogue())
    catalogue = await call.service.catalogue(environment.engine_version)
    return definitions_answer(call, call.service, catalogue, environment.stage_libs)


async def get(call: Call) -> Response:
    """The flow under this name; made when it is missing, so that nobody waits for it in vain."""
    await _place(call)
    return answer(_held(call))


def _held(call: Call) -> dict[str, Any]:
    held = call.service.pipelines.get(_key(call))
    if held is None:
        name = call.path["name"]
        held = {"uuid": call.service.new_id(), "pipelineId": name, "title": name, "issues": {}}
        call.service.pipelines.put(_key(call), held)
    return held


async def create(call: Call) -> Response:
    """Makes an empty flow."""
    await _place(call)
    return answer(_held(call), 201)


async def save(call: Call) -> Response:
    """Takes the flow that is to be validated or previewed."""
    await _place(call)
    decode_flow(call.body, "request body")
    uuid = call.body.get("uuid") or _held(call)["uuid"]
    held = {**call.body, "uuid": uuid, "pipelineId": call.path["name"], "issues": {}}
    call.service.pipelines.put(_key(call), held)
    return answer(held)


async def delete(call: Call) -> Response:
    """Forgets the flow."""
    await _place(call)
    call.service.pipelines.pop(_key(call))
    return nothing()


async def _flow(call: Call, room: Room) -> tuple[Flow, FlowId | None]:
    held = call.service.pipelines.get(_key(call))
    if held is None or "stages" not in held:
        raise NotFoundError("saved flow", call.path["name"], (), "the engine")
    flow = decode_flow(held, "saved flow")
    flow_id = FlowId(call.path["name"].removeprefix(PREFIX))
    try:
        stored = (await room.ports.flows.get(flow_id)).flow
    except NotFoundError:
        return flow, None
    kept = attrs.evolve(
        flow,
        name=stored.name,
        environment_id=stored.environment_id,
        engine_version=stored.engine_version,
        parameter_sets=stored.parameter_sets,
    )
    return kept, flow_id


async def _begin(call: Call, kind: str, work: Callable[[], Awaitable[dict[str, Any]]]) -> Response:
    """Starts the work and waits a moment for it, so that the first look finds the result."""
    call.service.enter_preview()

    async def counted() -> dict[str, Any]:
        try:
            return await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # the result says so: nobody waits for the task itself
            message = f"CONTAINER_0001 - {type(error).__name__}: {error}"
            return {"status": "RUN_ERROR", "message": message, "issues": {}, "batchesOutput": None}
        finally:
            call.service.leave_preview()

    task = asyncio.ensure_future(counted())
    previewer = call.service.new_id()
    call.service.outcomes.put(previewer, Outcome(task, kind))
    await asyncio.wait([task], timeout=call.request.app.state.settings.first_answer_s)
    return answer({"previewerId": previewer, "id": previewer, "status": _status(call.service.outcomes.get(previewer))})


async def validate(call: Call) -> Response:
    """Validates the saved flow."""
    room, engine = await _place(call)
    flow, flow_id = await _flow(call, room)

    async def work() -> dict[str, Any]:
        report = await room.validate(flow, flow_id, engine)
        status = "VALID" if report.valid else "INVALID"
        return {"status": status, "message": None, "issues": report_document(report), "batchesOutput": None}

    return await _begin(call, "VALIDATING", work)


async def preview(call: Call) -> Response:
    """Previews the saved flow."""
    room, engine = await _place(call)
    flow, flow_id = await _flow(call, room)
    limits = call.service.limits
    config = flow.ui.get("previewConfig")
    chosen = config if isinstance(config, JsonMap) else JsonMap()
    end, source = chosen.get("endStage"), chosen.get("previewSource")
    inputs, outputs = given_from(call.body)
    options = PreviewOptions(
        batch_size=call.query.get("batchSize", 10) or 10,
        batches=call.query.get("batches", 1) or 1,
        timeout_ms=min(call.query.get("timeout", 30_000) or 30_000, limits.preview_timeout_ms),
        through=_through(flow, call.query.get("endStage") or end),
        write_to_destinations=not call.flag("skipTargets", True),
        execute_lifecycle_events=not call.flag("skipLifecycleEvents", True),
        test_origin=call.flag("testOrigin") or source == "TEST_ORIGIN",
        inputs=inputs,
        outputs=outputs,
    )

    async def work() -> dict[str, Any]:
        return preview_document(await room.preview(flow, flow_id, engine, options))

    return await _begin(call, "RUNNING", work)


def _through(flow: Flow, wanted: Json) -> str | None:
    if not isinstance(wanted, str) or wanted in ("", "RUN_ALL", "all"):
        return None
    return wanted if flow.find(wanted) is not None else None


def _status(outcome: Outcome | None) -> str:
    if outcome is None:
        return "TIMED_OUT"
    return str(outcome.task.result()["status"]) if outcome.task.done() else outcome.kind


def _outcome(call: Call) -> Outcome:
    found = call.service.outcomes.get(call.path["previewer_id"])
    if found is None:
        raise NotFoundError("preview", call.path["previewer_id"][:80])
    return found


async def status(call: Call) -> Response:
    """How far a validation or preview is."""
    outcome = _outcome(call)
    if not outcome.task.done():
        await asyncio.wait([outcome.task], timeout=call.request.app.state.settings.first_answer_s)
    message = outcome.task.result().get("message") if outcome.task.done() else None
    return answer({"status": _status(outcome), "message": message})


async def result(call: Call) -> Response:
    """The result of a validation or preview."""
    outcome = _outcome(call)
    if not outcome.task.done():
        return answer({"status": outcome.kind, "issues": {}, "batchesOutput": None, "message": None})
    return answer(outcome.task.result())


async def cancel(call: Call) -> Response:
    """Gives up a validation or preview."""
    outcome = _outcome(call)
    call.service.outcomes.pop(call.path["previewer_id"])
    outcome.task.cancel()
    return nothing()


async def _run_of(call: Call, room: Room, run_id: str) -> JobRun:
    active = call.service.runs.get(run_id)
    if active is not None:
        return active.state
    for job in await room.ports.jobs.list():
        for run in await room.ports.jobs.runs(job.job_id):
            if run.run_id == run_id:
                return run
    raise NotFoundError("run", run_id[:80])


async def logs(call: Call) -> Response:
    """The log of a run."""
    room, _ = await _place(call)
    wanted = call.query.get("pipeline")
    if not wanted:
        return answer([])
    run = await _run_of(call, room, wanted)
    lines = await room.ports.jobs.log(RunId(run.run_id))
    return answer([{"timestamp": at, "severity": severity, "message": text} for at, severity, text in lines])


async def metrics(call: Call) -> Response:
    """The metrics of a run."""
    room, _ = await _place(call)
    return answer(thaw((await _run_of(call, room, call.path["name"])).metrics))


_NAMED = f"{BASE}/pipeline/{{name}}"
ENDPOINTS = (
    Endpoint(
        "GET",
        f"{BASE}/definitions",
        definitions,
        query=(Query("schemaVersion", TEXT),),
        answers={200: OBJECT, 304: None},
        summary="Stages and settings of the engine",
    ),
    Endpoint(
        "GET",
        f"{BASE}/system/logs",
        logs,
        query=(Query("project_id", TEXT), Query("pipeline", TEXT)),
        answers={200: {"type": "array"}},
        summary="Log of a run",
    ),
    Endpoint("GET", _NAMED, get, "run", answers={200: OBJECT}, summary="The flow the engine works on"),
    Endpoint(
        "PUT",
        _NAMED,
        create,
        "run",
        query=(Query("description", TEXT), Query("draft", FLAG), Query("autoGeneratePipelineId", FLAG)),
        answers={201: OBJECT},
        summary="Make a flow on the engine",
    ),
    Endpoint("POST", _NAMED, save, "run", body=OBJECT, answers={200: OBJECT}, summary="Save a flow on the engine"),
    Endpoint("DELETE", _NAMED, delete, "run", answers={204: None}, summary="Delete a flow on the engine"),
    Endpoint(
        "GET",
        f"{_NAMED}/validate",
        validate,
        "run",
        query=(Query("timeout", _TIME),),
        answers={200: obj({"previewerId": TEXT})},
        summary="Validate",
    ),
    Endpoint(
        "POST",
        f"{_NAMED}/preview",
        preview,
        "run",
        query=(
            Query("batchSize", NUMBER),
            Query("batches", NUMBER),
            Query("timeout", _TIME),
            *(
                Query(name, FLAG)
                for name in ("skipTargets", "skipLifecycleEvents", "pushLimitDown", "remote", "testOrigin")
            ),
            Query("endStage", NAME),
        ),
        body={"type": ["object", "array", "null"]},
        body_required=False,
        answers={200: obj({"previewerId": TEXT})},
        summary="Preview",
    ),
    Endpoint(
        "GET",
        f"{_NAMED}/preview/{{previewer_id}}/status",
        status,
        "run",
        answers={200: obj({"status": TEXT})},
        summary="State of a preview",
    ),
    Endpoint(
        "GET", f"{_NAMED}/preview/{{previewer_id}}", result, "run", answers={200: OBJECT}, summary="Result of a preview"
    ),
    Endpoint(
        "DELETE", f"{_NAMED}/preview/{{previewer_id}}", cancel, "run", answers={204: None}, summary="Give up a preview"
    ),
    Endpoint(
        "GET",
        f"{_NAMED}/metrics",
        metrics,
        query=(Query("edge", FLAG),),
        answers={200: OBJECT},
        summary="Metrics of a run",
    ),
)
