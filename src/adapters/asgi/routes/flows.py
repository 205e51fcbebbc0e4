"""Flows: create, read, replace, duplicate, export, import."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import Any, BinaryIO
from urllib.parse import urlencode

import anyio.to_thread
import attrs
from starlette.responses import Response, StreamingResponse

from ....core.archive import read_archive, write_archive
from ....core.errors import ConflictError, FormatError, InvalidValueError, LimitError, NotFoundError
from ....core.flow.credentials import blank_credentials
from ....core.flow.model import Flow, FlowId
from ....core.importing import Create, Replace, Resolution, plan_import, renamed, settled
from ....core.importing import outgoing as leaving
from ....core.project import FlowSummary, StoredFlow
from ....core.wire.flows import flow_document, updated_flow, whole_document
from ....core.wire.read import texts
from ....ports.stores import FlowQuery, Page
from ..answers import answer, nothing
from ..service import Room, checked_start
from ..table import FLAG, NAME, NUMBER, OBJECT, OPTIONAL_TEXT, PROJECT, TEXT, Call, Endpoint, Query, obj

BASE = "/sset/streamsets_flows/v1/streamsets_flows"
REPLACE = "/sset/streamsets_flows/v2/streamsets_flows"
CHUNK = 1 << 16


def etag(stored: StoredFlow) -> str:
    """The tag of a revision."""
    return f'"{stored.revision}"'


def _whole(call: Call, room: Room, stored: StoredFlow, status: int = 200, *, saved: bool = True) -> Response:
    shows = saved or call.whole
    return answer(whole_document(stored, room.project_id, pipeline=shows), status, etag(stored))


def _was_saved(stored: StoredFlow) -> bool:
    """False for a flow that a client made and never filled: its document is the client's to make."""
    return stored.revision > 1 or bool(stored.flow.stages)


async def create(call: Call) -> Response:
    """Keeps a new flow; without a document it has no stages yet."""
    room = await call.room()
    body = call.body
    version = body.get("engine_version") or None
    environment = await room.environment(body.get("environment_id"))
    if body.get("environment_id") and environment is None and "penstock" not in body:
        raise NotFoundError("environment", str(body["environment_id"]))
    if body.get("pipeline_definition") is not None:
        blank = Flow(name=body["name"])
    else:
        blank = await room.new_flow(body["name"], body.get("description") or "", version)
        if environment is not None:
            blank = attrs.evolve(blank, engine_version=environment.engine_version or blank.engine_version)
    flow = updated_flow(blank, {**body, "engine_version": version or blank.engine_version}, "request body")
    stored = await room.ports.flows.create(flow, FlowId(call.service.new_id()), call.service.now_ms())
    return _whole(call, room, stored, 201, saved=_was_saved(stored))


async def list_(call: Call) -> Response:
    """Flows without their documents, a page at a time, oldest first."""
    room = await call.room()
    query = FlowQuery(
        **{key: call.query[key] for key in ("name", "text", "engine_version", "environment_id") if key in call.query}
    )
    limit = call.query.get("limit") or call.service.limits.page
    limit = min(limit, call.service.limits.page)
    start = checked_start(call.query.get("start"))
    rows: list[Any]
    page: Page[StoredFlow] | Page[FlowSummary]
    if call.whole and call.flag("whole"):
        page = whole = await room.ports.flows.page(query, start, limit)
        rows = [{**whole_document(each, room.project_id), "etag": etag(each)} for each in whole.items]
    else:
        page = short = await room.ports.flows.summaries(query, start, limit)
        rows = [flow_document(each, room.project_id) for each in short.items]
    made: dict[str, Any] = {"streamsets_flows": rows, "total_count": page.total}
    if page.next is not None and rows:
        kept = {key: call.query[key] for key in ("project_id", "name", "limit") if key in call.query}
        made["next"] = {"href": f"{BASE}?{urlencode({**kept, 'start': page.next})}"}
    return answer(made)


async def get(call: Call) -> Response:
    """One flow; its document too, once it was saved."""
    room = await call.room()
    stored = await room.ports.flows.get(FlowId(call.path["flow_id"]))
    if call.request.headers.get("if-none-match") == etag(stored):
        return Response(status_code=304, headers={"etag": etag(stored)})
    return _whole(call, room, stored, saved=_was_saved(stored))


async def update(call: Call) -> Response:
    """Keeps the next revision; with If-Match only over the revision that it names."""
    room = await call.room()
    stored = await room.ports.flows.get(FlowId(call.path["flow_id"]))
    body = call.body
    if isinstance(body.get("flow"), dict):
        body = _flat(body)
    flow = updated_flow(stored.flow, body, "request body")
    expected = _expected(stored, call.request.headers.get("if-match"))
    saved = await room.ports.flows.save(stored.flow_id, flow, call.service.now_ms(), expected)
    return _whole(call, room, saved)


def _expected(stored: StoredFlow, header: str | None) -> StoredFlow | None:
    """The revision that an If-Match names, as the store compares it; None for no header, or any revision.

    Raises:
        ConflictError: a tag that no revision has.
    """
    if header is None or header.strip() == "*":
        return None
    tags = [each.strip() for each in header.split(",")]
    if etag(stored) in tags:
        return stored
    number = tags[0].strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise ConflictError("flow", stored.flow.name, number[:40], str(stored.revision))
    return attrs.evolve(stored, revision=int(number))


def _flat(body: dict[str, Any]) -> dict[str, Any]:
    """The body of an update from what a read answered."""
    entity = (body["flow"].get("entity") or {}).get("streamsets_flow") or {}
    metadata = body["flow"].get("metadata") or {}
    named = {key: metadata[key] for key in ("name", "description") if isinstance(metadata.get(key), str)}
    parts = {
        key: entity[key]
        for key in ("connection_ids", "environment_id", "engine_version", "fragment_ids")
        if key in entity
    }
    if not all(isinstance(part, (str, list)) for part in parts.values()):
        raise FormatError("request body", "/flow/entity/streamsets_flow", "expected texts and lists of texts")
    return {**named, **parts, "pipeline_definition": body.get("pipeline_definition")}


async def delete(call: Call) -> Response:
    """Takes a flow out; it stays in the history."""
    room = await call.room()
    await room.ports.flows.delete(FlowId(call.path["flow_id"]), call.service.now_ms())
    return nothing()


async def duplicate(call: Call) -> Response:
    """Copies a flow under another name."""
    room = await call.room()
    stored = await room.ports.flows.get(FlowId(call.path["flow_id"]))
    description = call.body.get("description")
    text = stored.flow.description if description is None else description
    name = call.body["name"]
    copy = attrs.evolve(renamed(stored.flow, name), title=name, description=text, document_description=text)
    copy = attrs.evolve(copy, uuid=call.service.new_id() if copy.uuid is not None else None)
    made = await room.ports.flows.create(copy, FlowId(call.service.new_id()), call.service.now_ms())
    return _whole(call, room, made, 201)


async def export(call: Call) -> Response:
    """One ZIP of flows, streamed from a file that is gone afterwards."""
    room = await call.room()
    ids = list(dict.fromkeys(call.query["flow_ids"]))
    known = set((await room.ports.flows.names()).values())
    for each in ids:
        if each not in known:
            raise NotFoundError("flow", each[:80])
    plain = call.flag("with_plain_text_credentials")
    loop = asyncio.get_running_loop()
    catalogues: dict[str, Any] = {}

    def outgoing(flow_id: str) -> tuple[str, Flow]:
        async def load() -> tuple[str, Flow]:
            stored = await room.ports.flows.get(FlowId(flow_id))
            version = stored.flow.engine_version
            if version not in catalogues:
                catalogues[version] = await call.service.catalogue(version)
            flow = leaving(stored.flow)
            return stored.flow_id, flow if plain else blank_credentials(flow, catalogues[version])[0]

        return asyncio.run_coroutine_threadsafe(load(), loop).result(60)

    # it has no name, so nothing of it is left over, whoever ends before the answer does
    made = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        await anyio.to_thread.run_sync(lambda: write_archive((outgoing(each) for each in ids), made))
        size = made.tell()
        made.seek(0)
    except BaseException:
        made.close()
        raise
    headers = {"content-disposition": 'attachment; filename="flows.zip"', "content-length": str(size)}
    return StreamingResponse(_chunks(made), headers=headers, media_type="application/zip")


async def _chunks(opened: BinaryIO) -> AsyncIterator[bytes]:
    with opened:
        while chunk := await anyio.to_thread.run_sync(opened.read, CHUNK):
            yield chunk


async def import_(call: Call) -> Response:
    """Imports every flow of an archive, or none."""
    room = await call.room()
    resolution = Resolution.of(call.query["conflict_resolution"])
    with tempfile.TemporaryFile() as held:
        limits = call.service.limits
        total = 0
        try:
            async with asyncio.timeout(limits.upload_s):
                async for chunk in call.request.stream():
                    total += len(chunk)
                    if total > limits.upload_bytes:
                        raise LimitError("upload", "", f"more than {limits.upload_bytes} bytes")
                    await anyio.to_thread.run_sync(held.write, chunk)
        except TimeoutError:
            raise LimitError("upload", "", f"it took longer than {limits.upload_s:g} s") from None
        if not total:
            raise FormatError("upload", "", "it is empty")
        held.seek(0)

        def read() -> list[Flow]:
            return [member.flow for member in read_archive(held, "upload")]

        flows = await anyio.to_thread.run_sync(read)
    if not flows:
        raise FormatError("upload", "", "there is no flow in it")
    plan = plan_import(flows, await room.ports.flows.names(), resolution)
    replaced = [step.flow_id for step in plan.steps if isinstance(step, Replace)]
    old = {flow_id: (await room.ports.flows.get(flow_id)).flow for flow_id in replaced}
    plan = settled(plan, old, (await call.service.catalogue()).version)
    ids = [FlowId(call.service.new_id()) for step in plan.steps if isinstance(step, Create)]
    stored = await room.ports.flows.apply(plan, ids, call.service.now_ms())
    rows = [{"type": "streamsets_flow", "name": each.flow.name, "asset_id": each.flow_id} for each in stored]
    return answer({"imported_assets": rows})


async def set_relationships(call: Call) -> Response:
    """Notes which parameter sets flows use."""
    uses: dict[tuple[str, str], list[str]] = {}
    for each in call.body["relationships"]:
        if each.get("relationship_name", "uses") != "uses":
            raise InvalidValueError("relationship_name", each.get("relationship_name"), "uses")
        source = (each["source"]["project_id"], each["source"]["asset_id"])
        uses.setdefault(source, []).append(each["target"]["asset_id"])
    for (project_id, flow_id), sets in uses.items():
        room = await call.service.room(project_id)  # type: ignore[arg-type]
        stored = await room.ports.flows.get(FlowId(flow_id))
        known = {each.parameter_set_id for each in await room.ports.parameter_sets.list()}
        for each in sets:
            if each not in known:
                raise NotFoundError("parameter set", each[:80])
        together = tuple(dict.fromkeys([*stored.flow.parameter_sets, *sets]))
        if together != stored.flow.parameter_sets:
            flow = attrs.evolve(stored.flow, parameter_sets=together)
            await room.ports.flows.save(stored.flow_id, flow, call.service.now_ms())
    return answer({})


async def get_relationships(call: Call) -> Response:
    """Which parameter sets a flow uses."""
    room = await call.room()
    stored = await room.ports.flows.get(FlowId(call.query["asset_id"]))
    known = {each.parameter_set_id for each in await room.ports.parameter_sets.list()}
    rows = [
        {
            "project_id": room.project_id,
            "asset_id": each,
            "relationship_name": "uses",
            "asset_type": "parameter_set",
            "href": f"/v2/parameter_sets/{each}",
            "created": stored.created_ms,
            "updated": stored.modified_ms,
            "creator_id": "penstock",
            "updater_id": "penstock",
        }
        for each in texts({"ids": list(stored.flow.parameter_sets)}, "/ids", "flow")
        if each in known
    ]
    return answer({"options": {}, "resources": rows})


_FLOW = obj(
    {},
    {
        "name": NAME,
        "description": OPTIONAL_TEXT,
        "environment_id": OPTIONAL_TEXT,
        "engine_type": OPTIONAL_TEXT,
        "engine_version": OPTIONAL_TEXT,
        "connection_ids": {"type": ["array", "null"], "items": TEXT},
        "fragment_ids": {"type": ["array", "null"], "items": TEXT},
        "pipeline_definition": {"type": ["object", "null"]},
        "pipeline_envelope": {"type": ["object", "null"]},
    },
)
_SIDE = obj({"project_id": TEXT, "asset_id": TEXT})
ENDPOINTS = (
    Endpoint(
        "POST",
        BASE,
        create,
        "write",
        query=(PROJECT,),
        body={**_FLOW, "required": ["name"]},
        answers={201: obj({"flow": OBJECT})},
        summary="Make a flow",
    ),
    Endpoint(
        "GET",
        BASE,
        list_,
        query=(
            PROJECT,
            Query("limit", NUMBER),
            Query("start", {"type": "string", "pattern": "^[0-9]{0,18}$"}),
            Query("name", TEXT),
            Query("text", TEXT),
            Query("engine_version", TEXT),
            Query("environment_id", TEXT),
            Query("whole", FLAG),
        ),
        answers={200: obj({"streamsets_flows": {"type": "array"}, "total_count": {"type": "integer"}})},
        summary="List flows",
    ),
    Endpoint(
        "GET",
        f"{BASE}/export/flows",
        export,
        query=(
            PROJECT,
            Query("flow_ids", NAME, required=True, repeated=True),
            Query("with_plain_text_credentials", FLAG),
        ),
        answers={200: None},
        answer_media="application/zip",
        summary="Export flows as a ZIP",
    ),
    Endpoint(
        "POST",
        f"{BASE}/import",
        import_,
        "write",
        query=(
            PROJECT,
            Query("conflict_resolution", {"type": "string", "enum": ["skip", "replace", "rename"]}, required=True),
            Query("import_dependencies", TEXT, repeated=True),
        ),
        stream=True,
        media="application/octet-stream",
        answers={200: obj({"imported_assets": {"type": "array"}})},
        summary="Import flows from a ZIP",
    ),
    Endpoint(
        "GET",
        f"{BASE}/{{flow_id}}",
        get,
        query=(PROJECT,),
        answers={200: obj({"flow": OBJECT}), 304: None},
        summary="Read a flow",
    ),
    *(
        Endpoint(
            "PUT",
            f"{base}/{{flow_id}}",
            update,
            "write",
            query=(PROJECT,),
            body=_FLOW,
            answers={200: obj({"flow": OBJECT, "pipeline_definition": OBJECT})},
            summary="Replace a flow",
        )
        for base in (BASE, REPLACE)
    ),
    Endpoint(
        "DELETE", f"{BASE}/{{flow_id}}", delete, "write", query=(PROJECT,), answers={204: None}, summary="Delete a flow"
    ),
    Endpoint(
        "POST",
        f"{BASE}/{{flow_id}}/duplicate",
        duplicate,
        "write",
        query=(PROJECT,),
        body=obj({"name": NAME}, {"description": OPTIONAL_TEXT}),
        answers={201: obj({"flow": OBJECT})},
        summary="Copy a flow",
    ),
    Endpoint(
        "POST",
        "/v2/assets/set_relationships",
        set_relationships,
        "write",
        body=obj(
            {"relationships": {"type": "array", "maxItems": 1000, "items": obj({"source": _SIDE, "target": _SIDE})}}
        ),
        answers={200: OBJECT},
        summary="Let flows use parameter sets",
    ),
    Endpoint(
        "POST",
        "/v2/assets/get_relationships",
        get_relationships,
        query=(PROJECT, Query("asset_id", NAME, required=True)),
        answers={200: OBJECT},
        summary="Parameter sets of a flow",
    ),
)
