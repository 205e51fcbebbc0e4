"""Parameter sets."""

from starlette.responses import Response

from ....core.errors import NotFoundError
from ....core.project import ParameterSetId
from ....core.wire.parameter_sets import parameter_set_document, parameter_set_given
from ....core.wire.read import mapping
from ..answers import answer, nothing
from ..patching import patched
from ..table import NAME, NUMBER, OBJECT, OPTIONAL_TEXT, PATCH, PROJECT, TEXT, Call, Endpoint, Query, obj

BASE = "/v2/parameter_sets"


async def create(call: Call) -> Response:
    """Keeps a new set."""
    room = await call.room()
    value = parameter_set_given(call.body["parameter_set"], "request body")
    made = await room.ports.parameter_sets.create(value, ParameterSetId(call.service.new_id()))
    return answer(parameter_set_document(made, room.project_id), 201)


async def list_(call: Call) -> Response:
    """Every set."""
    room = await call.room()
    found = await room.ports.parameter_sets.list()
    start, limit = int(call.query.get("start") or 0), call.query.get("limit", 100)
    made: dict[str, object] = {
        "parameter_sets": [parameter_set_document(each, room.project_id) for each in found[start : start + limit]],
        "total_count": len(found),
    }
    if limit and start + limit < len(found):
        made["next"] = {"href": f"{BASE}?project_id={room.project_id}&limit={limit}&start={start + limit}"}
    return answer(made)


async def bulk(call: Call) -> Response:
    """Several sets by id."""
    room = await call.room()
    wanted = call.query["id"].split(",")
    found = {each.parameter_set_id: each for each in await room.ports.parameter_sets.list()}
    sets = [found[ParameterSetId(each)] for each in wanted if ParameterSetId(each) in found]
    return answer({"parameter_sets": [parameter_set_document(each, room.project_id) for each in sets]})


async def get(call: Call) -> Response:
    """One set."""
    room = await call.room()
    held = await room.ports.parameter_sets.get(ParameterSetId(call.path["parameter_set_id"]))
    return answer(parameter_set_document(held, room.project_id), etag=f'"{held.revision}"')


async def update(call: Call) -> Response:
    """A JSON Patch on a set; with If-Match only over the revision that it names."""
    room = await call.room()
    held = await room.ports.parameter_sets.get(ParameterSetId(call.path["parameter_set_id"]))
    document = patched(parameter_set_document(held, room.project_id), call.body)
    value = parameter_set_given(mapping(document, "/entity/parameter_set", "patched set"), "patched set")
    wanted = (call.request.headers.get("if-match") or "").strip('" ')
    expected = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else held.revision
    saved = await room.ports.parameter_sets.save(held.parameter_set_id, value, expected)
    return answer(parameter_set_document(saved, room.project_id), etag=f'"{saved.revision}"')


async def delete(call: Call) -> Response:
    """Forgets sets; all must be there."""
    room = await call.room()
    known = {each.parameter_set_id for each in await room.ports.parameter_sets.list()}
    ids = [ParameterSetId(each) for each in call.query["id"].split(",") if each]
    for each in ids:
        if each not in known:
            raise NotFoundError("parameter set", each[:80])
    for each in dict.fromkeys(ids):
        await room.ports.parameter_sets.delete(each)
    return nothing()


async def clone(call: Call) -> Response:
    """Copies a set under another name."""
    import attrs

    room = await call.room()
    held = await room.ports.parameter_sets.get(ParameterSetId(call.path["parameter_set_id"]))
    name = (call.body or {}).get("name") or f"{held.value.name}_copy"
    made = await room.ports.parameter_sets.create(
        attrs.evolve(held.value, name=name), ParameterSetId(call.service.new_id())
    )
    return answer(parameter_set_document(made, room.project_id), 201)


_PARAMETER = obj({"name": NAME, "type": TEXT}, {"description": OPTIONAL_TEXT})
_SET = obj(
    {"name": NAME},
    {
        "description": OPTIONAL_TEXT,
        "parameters": {"type": ["array", "null"], "items": _PARAMETER},
        "value_sets": {
            "type": ["array", "null"],
            "items": obj({"name": NAME}, {"values": {"type": ["array", "null"], "items": obj({"name": TEXT})}}),
        },
    },
)
ENDPOINTS = (
    Endpoint(
        "POST",
        BASE,
        create,
        "write",
        query=(PROJECT,),
        body=obj({"parameter_set": _SET}),
        answers={201: OBJECT},
        summary="Make a parameter set",
    ),
    Endpoint(
        "GET",
        BASE,
        list_,
        query=(PROJECT, Query("limit", NUMBER), Query("start", {"type": "string", "pattern": "^[0-9]{0,9}$"})),
        answers={200: OBJECT},
        summary="List parameter sets",
    ),
    Endpoint(
        "DELETE",
        BASE,
        delete,
        "write",
        query=(PROJECT, Query("id", NAME, required=True)),
        answers={204: None},
        summary="Delete parameter sets",
    ),
    Endpoint(
        "GET",
        f"{BASE}/bulk",
        bulk,
        query=(PROJECT, Query("id", TEXT, required=True)),
        answers={200: OBJECT},
        summary="Read parameter sets",
    ),
    Endpoint(
        "GET",
        f"{BASE}/{{parameter_set_id}}",
        get,
        query=(PROJECT,),
        answers={200: OBJECT},
        summary="Read a parameter set",
    ),
    Endpoint(
        "PATCH",
        f"{BASE}/{{parameter_set_id}}",
        update,
        "write",
        query=(PROJECT,),
        body=PATCH,
        answers={200: OBJECT},
        summary="Change a parameter set",
    ),
    Endpoint(
        "POST",
        f"{BASE}/{{parameter_set_id}}/clone",
        clone,
        "write",
        query=(PROJECT,),
        body=obj({}, {"name": NAME}),
        body_required=False,
        answers={201: OBJECT},
        summary="Copy a parameter set",
    ),
)
