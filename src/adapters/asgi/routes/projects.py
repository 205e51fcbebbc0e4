"""Projects."""

import attrs
from starlette.responses import PlainTextResponse, Response

from ....core.project import ProjectId, ProjectInfo
from ....core.wire.projects import project_document
from ..answers import answer, nothing
from ..table import NAME, NUMBER, OBJECT, OPTIONAL_TEXT, TEXT, TEXTS, Call, Endpoint, Query, obj

FILTERS = """\
paths:
  /v2/projects:
    get:
      parameters:
        - $ref: '#/components/parameters/limit'
        - $ref: '#/components/parameters/bookmark'
        - $ref: '#/components/parameters/include'
        - $ref: '#/components/parameters/name'
components:
  parameters:
    limit: {name: limit, in: query}
    bookmark: {name: bookmark, in: query}
    include: {name: include, in: query}
    name: {name: name, in: query}
"""


async def create(call: Call) -> Response:
    """Keeps a new project."""
    project = ProjectInfo(
        ProjectId(call.service.new_id()),
        call.body["name"],
        call.body.get("description") or "",
        tuple(call.body.get("tags") or ()),
        call.service.now_ms(),
    )
    made = await call.service.backend.projects.create(project)
    return answer({"location": f"/v2/projects/{made.project_id}"}, 201)


async def get(call: Call) -> Response:
    """One project."""
    return answer(project_document(await call.service.backend.projects.get(ProjectId(call.path["project_id"]))))


async def list_(call: Call) -> Response:
    """Projects, a page at a time; ``name`` exactly."""
    found = [each for each in await call.service.backend.projects.list() if call.query.get("name") in (None, each.name)]
    start, limit = call.query.get("bookmark", 0), call.query.get("limit", 100) or 100
    page = {"resources": [project_document(each) for each in found[start : start + limit]]}
    if start + limit < len(found):
        page["bookmark"] = str(start + limit)  # type: ignore[assignment]
    return answer(page)


async def total(call: Call) -> Response:
    """How many projects."""
    return answer({"total": len(await call.service.backend.projects.list())})


async def update(call: Call) -> Response:
    """Another name or description."""
    held = await call.service.backend.projects.get(ProjectId(call.path["project_id"]))
    changes = {key: call.body[key] for key in ("name", "description") if isinstance(call.body.get(key), str)}
    return answer(project_document(await call.service.backend.projects.save(attrs.evolve(held, **changes))))


async def tags(call: Call) -> Response:
    """Tags that come and go."""
    held = await call.service.backend.projects.get(ProjectId(call.path["project_id"]))
    kept = list(held.tags)
    for each in call.body:
        kept = [tag for tag in kept if tag not in each["tags"]]
        if each["op"] == "add":
            kept.extend(dict.fromkeys(each["tags"]))
    return answer(project_document(await call.service.backend.projects.save(attrs.evolve(held, tags=tuple(kept)))))


async def delete(call: Call) -> Response:
    """Forgets a project with everything in it."""
    await call.service.backend.projects.delete(ProjectId(call.path["project_id"]))
    return nothing()


async def filters(call: Call) -> Response:
    """The names of the parameters that the list understands."""
    return PlainTextResponse(FILTERS, media_type="text/yaml")


_INCLUDE = Query("include", TEXT)
ENDPOINTS = (
    Endpoint(
        "POST",
        "/transactional/v2/projects",
        create,
        "write",
        body=obj({"name": NAME}, {"description": OPTIONAL_TEXT, "tags": {"type": ["array", "null"], "items": TEXT}}),
        answers={201: obj({"location": TEXT})},
        summary="Make a project",
    ),
    Endpoint("GET", "/v2/projects/total", total, answers={200: obj({"total": NUMBER})}, summary="Count projects"),
    Endpoint(
        "GET",
        "/v2/projects/docs/schemas/v2-projects-api-openapi.yml",
        filters,
        answers={200: None},
        answer_media="text/yaml",
        summary="Filters of the project list",
    ),
    Endpoint(
        "GET",
        "/v2/projects",
        list_,
        query=(_INCLUDE, Query("limit", NUMBER), Query("bookmark", NUMBER), Query("name", TEXT)),
        answers={200: obj({"resources": {"type": "array"}})},
        summary="List projects",
    ),
    Endpoint(
        "GET", "/v2/projects/{project_id}", get, query=(_INCLUDE,), answers={200: OBJECT}, summary="Read a project"
    ),
    Endpoint(
        "PATCH",
        "/v2/projects/{project_id}",
        update,
        "write",
        body=obj({}, {"name": NAME, "description": OPTIONAL_TEXT}),
        answers={200: OBJECT},
        summary="Change a project",
    ),
    Endpoint(
        "PATCH",
        "/v2/projects/{project_id}/tags",
        tags,
        "write",
        body={"type": "array", "items": obj({"op": {"enum": ["add", "remove"]}, "tags": TEXTS})},
        answers={200: OBJECT},
        summary="Change the tags of a project",
    ),
    Endpoint(
        "DELETE",
        "/transactional/v2/projects/{project_id}",
        delete,
        "write",
        answers={204: None},
        summary="Delete a project",
    ),
)
