"""Environments and the engines in them."""

import attrs
from starlette.responses import PlainTextResponse, Response

from ....core.errors import NotFoundError
from ....core.project import EngineInfo, EnvironmentId
from ....core.values import JsonMap, freeze
from ....core.wire.environments import engine_document, environment_document, environment_from, environment_given
from ..answers import answer, nothing
from ..patching import patched
from ..service import Room
from ..table import FLAG, NAME, NUMBER, OBJECT, OPTIONAL_TEXT, PATCH, PROJECT, TEXT, Call, Endpoint, Query, obj

BASE = "/sset/engine_manager/v1/streamsets_environments"
ENGINES = "/sset/engine_manager/v1/streamsets_engines"
NO_ENVIRONMENT = "default"
"""Stands in an address for the engine of flows without an environment."""


async def create(call: Call) -> Response:
    """Keeps a new environment."""
    room = await call.room()
    options = freeze(call.body["streamsets_environment"])
    assert isinstance(options, JsonMap)
    made = environment_given(
        EnvironmentId(call.service.new_id()),
        call.body["name"],
        call.body.get("description") or "",
        options,
        "request body",
    )
    if not made.engine_version:
        made = attrs.evolve(made, engine_version=(await call.service.catalogue()).version)
    made = await room.ports.environments.create(attrs.evolve(made, created_ms=call.service.now_ms()))
    return answer(environment_document(made, room.project_id), 201)


async def list_(call: Call) -> Response:
    """Environments; the start of a page is a number."""
    room = await call.room()
    found = await room.ports.environments.list()
    rows = [environment_document(each, room.project_id) for each in found]
    return _page(call, rows, "streamsets_environments", BASE)


def _page(call: Call, rows: list[dict[str, object]] | list, key: str, base: str) -> Response:  # type: ignore[type-arg]
    start, limit = call.query.get("start") or "0", call.query.get("limit", 100)
    at = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    page: dict[str, object] = {key: rows[at : at + limit], "total_count": len(rows)}
    if limit and at + limit < len(rows):
        page["next"] = {"href": f"{base}?project_id={call.query['project_id']}&limit={limit}&start={at + limit}"}
    return answer(page)


async def get(call: Call) -> Response:
    """One environment."""
    room = await call.room()
    held = await room.ports.environments.get(EnvironmentId(call.path["environment_id"]))
    return answer(environment_document(held, room.project_id))


async def update(call: Call) -> Response:
    """A JSON Patch on an environment."""
    room = await call.room()
    held = await room.ports.environments.get(EnvironmentId(call.path["environment_id"]))
    document = environment_document(held, room.project_id)
    changed = environment_from(patched(document, call.body), "patched environment")
    saved = await room.ports.environments.save(
        attrs.evolve(changed, environment_id=held.environment_id, created_ms=held.created_ms)
    )
    return answer(environment_document(saved, room.project_id))


async def delete(call: Call) -> Response:
    """Forgets an environment."""
    room = await call.room()
    await room.ports.environments.delete(EnvironmentId(call.path["environment_id"]))
    return nothing()


async def delete_many(call: Call) -> Response:
    """Forgets several environments; all must be there."""
    room = await call.room()
    ids = [EnvironmentId(each) for each in call.query["asset_ids"].split(",") if each]
    for each in ids:
        await room.ports.environments.get(each)
    for each in ids:
        await room.ports.environments.delete(each)
    return nothing()


async def engines_of(call: Call) -> Response:
    """The engines of one environment."""
    room = await call.room()
    await room.ports.environments.get(EnvironmentId(call.path["environment_id"]))
    return _engines(call, room, await room.engines(call.path["environment_id"]))


async def engines(call: Call) -> Response:
    """Every engine, or the one with an id."""
    room = await call.room()
    wanted = call.query.get("engine_id")
    found = await room.engines()
    if call.whole:
        found.append((await call.service.engine(None)).info)
    return _engines(call, room, [each for each in found if wanted in (None, each.engine_id)])


def _engines(call: Call, room: Room, found: list[EngineInfo]) -> Response:
    rows = [
        engine_document(each, room.project_id, engine_url(call, room, each), room.info.created_ms) for each in found
    ]
    return _page(call, rows, "streamsets_engines", ENGINES)


def engine_url(call: Call, room: Room, engine: EngineInfo) -> str:
    """Where the engine's own interface is: on this server, below the project and the environment."""
    return f"{call.base_url}/engines/{room.project_id}/{engine.environment_id or NO_ENVIRONMENT}"


_STATES = {"restart": None, "shutdown": "offline", "delete": "gone"}


async def _engine_word(call: Call, engine_ids: list[str], word: str) -> None:
    """Stops, deletes or brings back engines. They live as long as the server: only what is told of them changes."""
    room = await call.room()
    known = {(await call.service.engine(each)).info.engine_id for each in await room.ports.environments.list()}
    for each in engine_ids:
        if each not in known:
            raise NotFoundError("engine", each[:80])
    for each in engine_ids:
        state = _STATES[word]
        if state is None:
            call.service.engine_states.pop(each, None)
        else:
            call.service.engine_states[each] = state


async def restart_engine(call: Call) -> Response:
    """Brings an engine back."""
    await _engine_word(call, [call.path["engine_id"]], "restart")
    return answer({})


async def stop_engine(call: Call) -> Response:
    """An engine is offline until it is restarted."""
    await _engine_word(call, [call.path["engine_id"]], "shutdown")
    return answer({})


async def delete_engine(call: Call) -> Response:
    """An engine is in no listing until it is restarted."""
    await _engine_word(call, [call.path["engine_id"]], "delete")
    return nothing()


def _listed(call: Call) -> list[str]:
    return [each for each in call.query["asset_ids"].split(",") if each]


async def restart_engines(call: Call) -> Response:
    """Brings engines back."""
    await _engine_word(call, _listed(call), "restart")
    return answer({})


async def stop_engines(call: Call) -> Response:
    """Engines are offline until they are restarted."""
    await _engine_word(call, _listed(call), "shutdown")
    return answer({})


async def delete_engines(call: Call) -> Response:
    """Engines are in no listing until they are restarted."""
    await _engine_word(call, _listed(call), "delete")
    return nothing()


async def restart_environment(call: Call) -> Response:
    """Brings every engine of an environment back."""
    return await _environment_word(call, "restart")


async def stop_environment(call: Call) -> Response:
    """Every engine of an environment is offline until it is restarted."""
    return await _environment_word(call, "shutdown")


async def _environment_word(call: Call, word: str) -> Response:
    room = await call.room()
    held = await room.ports.environments.get(EnvironmentId(call.path["environment_id"]))
    await _engine_word(call, [(await call.service.engine(held)).info.engine_id], word)
    return answer({})


async def install_text(call: Call) -> Response:
    """How to add an engine: here it is part of the server."""
    room = await call.room()
    held = await room.ports.environments.get(EnvironmentId(call.path["environment_id"]))
    return PlainTextResponse(f"# the engine of environment {held.name!r} is part of this server; nothing to install\n")


async def communication(call: Call) -> Response:
    """Engines are reached directly."""
    return answer({"mode": "direct"})


async def config(call: Call) -> Response:
    """Tunnelling is off."""
    return answer({"tunneling.enabled": {"value": False}})


_LIMIT, _START = Query("limit", NUMBER), Query("start", TEXT)
_IDS = Query("asset_ids", TEXT, required=True)
_ENVIRONMENTS = {200: obj({"streamsets_environments": {"type": "array"}, "total_count": NUMBER})}
_ENGINES = {200: obj({"streamsets_engines": {"type": "array"}, "total_count": NUMBER})}
ENDPOINTS = (
    Endpoint(
        "POST",
        BASE,
        create,
        "write",
        query=(PROJECT,),
        body=obj(
            {
                "name": NAME,
                "streamsets_environment": obj(
                    {},
                    {
                        "engine_version": OPTIONAL_TEXT,
                        "engine_type": OPTIONAL_TEXT,
                        "stage_libs": {"type": ["array", "null"], "items": TEXT},
                    },
                ),
            },
            {"description": OPTIONAL_TEXT},
        ),
        answers={201: OBJECT},
        summary="Make an environment",
    ),
    Endpoint("GET", BASE, list_, query=(PROJECT, _LIMIT, _START), answers=_ENVIRONMENTS, summary="List environments"),
    Endpoint(
        "DELETE",
        f"{BASE}/bulk_delete",
        delete_many,
        "write",
        query=(PROJECT, _IDS),
        answers={204: None},
        summary="Delete environments",
    ),
    Endpoint(
        "GET", f"{BASE}/{{environment_id}}", get, query=(PROJECT,), answers={200: OBJECT}, summary="Read an environment"
    ),
    Endpoint(
        "PATCH",
        f"{BASE}/{{environment_id}}",
        update,
        "write",
        query=(PROJECT,),
        body=PATCH,
        media="application/json-patch+json",
        answers={200: OBJECT},
        summary="Change an environment",
    ),
    Endpoint(
        "DELETE",
        f"{BASE}/{{environment_id}}",
        delete,
        "write",
        query=(PROJECT,),
        answers={204: None},
        summary="Delete an environment",
    ),
    Endpoint(
        "GET",
        f"{BASE}/{{environment_id}}/engines",
        engines_of,
        query=(PROJECT, _LIMIT, _START, Query("asset_id", TEXT)),
        answers=_ENGINES,
        summary="Engines of an environment",
    ),
    Endpoint(
        "GET",
        f"{BASE}/{{environment_id}}/engine_docker_run_command",
        install_text,
        query=(PROJECT, Query("pretty", FLAG), Query("foreground", FLAG)),
        answers={200: None},
        answer_media="text/plain",
        summary="How to add an engine",
    ),
    *(
        Endpoint(
            "POST",
            f"{BASE}/{{environment_id}}/{word}",
            handler,
            "run",
            query=(PROJECT,),
            answers={200: OBJECT},
            summary=words,
        )
        for word, handler, words in (
            ("engines_restart", restart_environment, "Restart engines"),
            ("engines_shutdown", stop_environment, "Stop engines"),
        )
    ),
    Endpoint(
        "GET",
        ENGINES,
        engines,
        query=(PROJECT, _LIMIT, _START, Query("engine_id", TEXT)),
        answers=_ENGINES,
        summary="List engines",
    ),
    *(
        Endpoint(
            method,
            f"{ENGINES}/{path}",
            handler,
            "run",
            query=(PROJECT, *((_IDS,) if path.startswith("bulk") else ())),
            answers={204: None} if method == "DELETE" else {200: OBJECT},
            summary=words,
        )
        for method, path, handler, words in (
            ("POST", "bulk_restart", restart_engines, "Restart engines"),
            ("POST", "bulk_shutdown", stop_engines, "Stop engines"),
            ("DELETE", "bulk_delete", delete_engines, "Delete engines"),
            ("POST", "{engine_id}/restart", restart_engine, "Restart an engine"),
            ("POST", "{engine_id}/shutdown", stop_engine, "Stop an engine"),
            ("DELETE", "{engine_id}", delete_engine, "Delete an engine"),
        )
    ),
    Endpoint(
        "GET",
        "/sset/engine_gateway_rest/tunneling_meta/v1/state/v1/engine/{engine_id}",
        communication,
        query=(Query("project_id", TEXT),),
        answers={200: OBJECT},
        summary="How an engine is reached",
    ),
    Endpoint("GET", "/sset/config/v1/configs", config, answers={200: OBJECT}, summary="Settings of the service"),
)
