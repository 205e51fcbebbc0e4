"""Jobs and their runs."""

import attrs
from starlette.responses import PlainTextResponse, Response

from ....core.errors import InvalidValueError
from ....core.project import Job, JobId, RunId
from ....core.values import thaw
from ....core.wire.jobs import job_document, job_from, job_given, run_document
from ..answers import answer, nothing
from ..patching import patched
from ..service import Room
from ..table import FLAG, NAME, NUMBER, OBJECT, OPTIONAL_TEXT, PATCH, PROJECT, TEXT, Call, Endpoint, Query, obj

BASE = "/v2/jobs"
OFFSET = "/entity/job/configuration/offset"
FILTERS = """\
paths:
  /v2/jobs:
    get:
      parameters:
        - {name: project_id, in: query}
        - {name: limit, in: query}
        - {name: next, in: query}
        - {name: asset_ref, in: query}
  /v2/jobs/{job_id}/runs:
    get:
      parameters:
        - {name: project_id, in: query}
        - {name: limit, in: query}
        - {name: next, in: query}
"""


async def filters(call: Call) -> Response:
    """The names of the parameters that the lists understand."""
    return PlainTextResponse(FILTERS, media_type="text/yaml")


async def _document(room: Room, job: Job) -> object:
    return job_document(job, room.project_id, await room.ports.jobs.runs(job.job_id))


async def create(call: Call) -> Response:
    """Keeps a new job for a flow that is there."""
    room = await call.room()
    job = job_given(call.body["job"], JobId(call.service.new_id()), call.service.now_ms(), "request body")
    await room.ports.flows.get(job.flow_id)
    made = await room.ports.jobs.create(job)
    return answer(await _document(room, made), 201)


async def list_(call: Call) -> Response:
    """Every job, or those of a flow."""
    room = await call.room()
    found = [each for each in await room.ports.jobs.list() if call.query.get("asset_ref") in (None, each.flow_id)]
    start, limit = _start(call), call.query.get("limit", 100)
    rows = [await _document(room, each) for each in found[start : start + limit]]
    return _page(rows, len(found), start, limit)


def _start(call: Call) -> int:
    digits = "".join(char for char in str(call.query.get("next") or "") if char.isascii() and char.isdigit())[:9]
    return int(digits or 0)


def _page(rows: list[object], total: int, start: int, limit: int) -> Response:
    made: dict[str, object] = {"results": rows, "total_rows": total}
    if limit and start + limit < total:
        made["next"] = {"start": start + limit}
    return answer(made)


async def get(call: Call) -> Response:
    """One job."""
    room = await call.room()
    return answer(await _document(room, await room.ports.jobs.get(JobId(call.path["job_id"]))))


async def update(call: Call) -> Response:
    """A JSON Patch on a job; setting its offset to null forgets how far it has got."""
    room = await call.room()
    held = await room.ports.jobs.get(JobId(call.path["job_id"]))
    rest = [each for each in call.body if each["path"] != OFFSET]
    changed = job_from(patched(job_document(held, room.project_id), rest), "patched job")
    for each in call.body:
        if each["path"] == OFFSET and each["op"] != "test":
            if each.get("value") is not None:
                raise InvalidValueError(OFFSET, each.get("value"), "null: an offset can be forgotten, not made")
            await room.ports.offsets.reset(held.job_id)
    kept = attrs.evolve(changed, job_id=held.job_id, created_ms=held.created_ms)
    return answer(await _document(room, await room.ports.jobs.save(kept)))


async def delete(call: Call) -> Response:
    """Forgets a job with its runs; runs that go on are stopped first."""
    room = await call.room()
    job = await room.ports.jobs.get(JobId(call.path["job_id"]))
    for run in await room.ports.jobs.runs(job.job_id):
        active = call.service.runs.pop(run.run_id, None)
        if active is not None:
            await active.stop()
            await active.wait()
    await room.ports.jobs.delete(job.job_id)
    return nothing()


async def start(call: Call) -> Response:
    """Starts a run from where the last one got to."""
    room = await call.room()
    job = await room.ports.jobs.get(JobId(call.path["job_id"]))
    given = (call.body or {}).get("job_run") or {}
    run = await room.start(job, given.get("name") or f"{job.name} {len(await room.ports.jobs.runs(job.job_id)) + 1}")
    return answer(run_document(run, job, room.project_id), 201)


async def runs(call: Call) -> Response:
    """Every run of a job."""
    room = await call.room()
    job = await room.ports.jobs.get(JobId(call.path["job_id"]))
    found = await room.ports.jobs.runs(job.job_id)
    at, limit = _start(call), call.query.get("limit", 100)
    rows: list[object] = [
        run_document(await room.run(job, each.run_id), job, room.project_id) for each in found[at : at + limit]
    ]
    return _page(rows, len(found), at, limit)


async def run(call: Call) -> Response:
    """One run, as it is now."""
    room = await call.room()
    job = await room.ports.jobs.get(JobId(call.path["job_id"]))
    return answer(run_document(await room.run(job, call.path["run_id"]), job, room.project_id))


async def cancel(call: Call) -> Response:
    """Asks a run to end after its batch."""
    room = await call.room()
    job = await room.ports.jobs.get(JobId(call.path["job_id"]))
    await room.run(job, call.path["run_id"])
    active = call.service.runs.get(call.path["run_id"])
    if active is not None:
        await active.stop()
    return nothing()


async def delete_run(call: Call) -> Response:
    """Forgets a run; one that goes on is stopped first."""
    room = await call.room()
    job = await room.ports.jobs.get(JobId(call.path["job_id"]))
    await room.run(job, call.path["run_id"])
    active = call.service.runs.pop(call.path["run_id"], None)
    if active is not None:
        await active.stop()
        await active.wait()
    await room.ports.jobs.delete_run(job.job_id, RunId(call.path["run_id"]))
    return nothing()


async def run_logs(call: Call) -> Response:
    """The log of a run."""
    room = await call.room()
    job = await room.ports.jobs.get(JobId(call.path["job_id"]))
    found = await room.run(job, call.path["run_id"])
    lines = await room.ports.jobs.log(found.run_id)
    return answer({"results": [f"{at} {severity} {text}" for at, severity, text in lines], "total_rows": len(lines)})


async def run_metrics(call: Call) -> Response:
    """The metrics of a run."""
    room = await call.room()
    job = await room.ports.jobs.get(JobId(call.path["job_id"]))
    return answer(thaw((await room.run(job, call.path["run_id"])).metrics))


_JOB = obj(
    {"name": NAME, "asset_ref": NAME},
    {
        "description": OPTIONAL_TEXT,
        "configuration": obj({}, {"streamsets_env_id": OPTIONAL_TEXT}),
        "job_parameters": {"type": ["array", "null"], "items": obj({"name": TEXT})},
    },
)
_LIST = (Query("limit", NUMBER), Query("next", TEXT))
_RUN = f"{BASE}/{{job_id}}/runs/{{run_id}}"
_RUN_BODY = obj({}, {"job_run": obj({}, {"name": OPTIONAL_TEXT, "description": OPTIONAL_TEXT})})
ENDPOINTS = (
    Endpoint(
        "GET",
        f"{BASE}/docs/schemas/v2-swagger.yaml",
        filters,
        answers={200: None},
        answer_media="text/yaml",
        summary="Filters of the job lists",
    ),
    Endpoint(
        "POST",
        BASE,
        create,
        "write",
        query=(PROJECT,),
        body=obj({"job": _JOB}),
        answers={201: OBJECT},
        summary="Make a job",
    ),
    Endpoint(
        "GET",
        BASE,
        list_,
        query=(PROJECT, *_LIST, Query("asset_ref", TEXT)),
        answers={200: OBJECT},
        summary="List jobs",
    ),
    Endpoint("GET", f"{BASE}/{{job_id}}", get, query=(PROJECT,), answers={200: OBJECT}, summary="Read a job"),
    Endpoint(
        "PATCH",
        f"{BASE}/{{job_id}}",
        update,
        "write",
        query=(PROJECT,),
        body=PATCH,
        answers={200: OBJECT},
        summary="Change a job",
    ),
    Endpoint(
        "DELETE", f"{BASE}/{{job_id}}", delete, "write", query=(PROJECT,), answers={204: None}, summary="Delete a job"
    ),
    Endpoint(
        "POST",
        f"{BASE}/{{job_id}}/runs",
        start,
        "run",
        query=(PROJECT,),
        body=_RUN_BODY,
        body_required=False,
        answers={201: OBJECT},
        summary="Start a run",
    ),
    Endpoint(
        "GET", f"{BASE}/{{job_id}}/runs", runs, query=(PROJECT, *_LIST), answers={200: OBJECT}, summary="List runs"
    ),
    Endpoint("GET", _RUN, run, query=(PROJECT,), answers={200: OBJECT}, summary="Read a run"),
    Endpoint("DELETE", _RUN, delete_run, "write", query=(PROJECT,), answers={204: None}, summary="Delete a run"),
    Endpoint(
        "POST",
        f"{_RUN}/refresh_state",
        run,
        query=(PROJECT, Query("userfs", FLAG)),
        answers={200: OBJECT},
        summary="Read the state of a run",
    ),
    Endpoint("POST", f"{_RUN}/cancel", cancel, "run", query=(PROJECT,), answers={204: None}, summary="Stop a run"),
    Endpoint("GET", f"{_RUN}/logs", run_logs, query=(PROJECT,), answers={200: OBJECT}, summary="Log of a run"),
    Endpoint(
        "GET", f"{_RUN}/metrics", run_metrics, query=(PROJECT,), answers={200: OBJECT}, summary="Metrics of a run"
    ),
)
