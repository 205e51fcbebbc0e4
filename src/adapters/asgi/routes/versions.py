"""Engine versions and their definitions."""

import gzip
import hashlib

import orjson
from starlette.responses import Response

from ....core.catalogue.definitions import Catalogue
from ....core.errors import NotFoundError, nearest
from ....core.wire.definitions import definitions_document
from ..answers import answer
from ..service import Service
from ..table import NUMBER, OBJECT, TEXT, Call, Endpoint, Query, obj

BASES = ("/sset/engine_manager/v2/streamsets_engine_versions", "/sset/engine_manager/v1/streamsets_engine_versions")


def _version_document(catalogue: Catalogue, *, libraries: bool) -> dict[str, object]:
    made: dict[str, object] = {
        "engine_version_id": catalogue.version,
        "image_tag": catalogue.version,
        "engine_type": "data_collector",
        "disabled": False,
        "release": True,
        "tunneling_supported": False,
    }
    if libraries:
        stages: dict[str, list[dict[str, str]]] = {}
        for each in catalogue.summaries():
            row = {
                "name": each.name,
                "label": each.label,
                "type": each.type.value,
                "subtype": each.type.word,
                "description": each.label,
            }
            for library in each.libraries:
                stages.setdefault(library, []).append(row)
        labels = catalogue.library_labels()
        made["stage_libs"] = [
            {"stage_lib_id": library, "label": labels.get(library, library), "image_location": "", "stages": rows}
            for library, rows in stages.items()
        ]
    return made


async def list_(call: Call) -> Response:
    """Every engine version; another family than Data Collector has none."""
    if call.path["family"] != "data_collector":
        return answer({"streamsets_engine_versions": [], "total_count": 0})
    found = [
        await call.service.parts.catalogues.catalogue(each) for each in await call.service.parts.catalogues.versions()
    ]
    rows = [_version_document(each, libraries=call.flag("include_stagelibs")) for each in found]
    if call.whole and call.service.parts.catalogue_digest:
        for row in rows:
            row["penstock"] = call.service.parts.catalogue_digest
    return answer({"streamsets_engine_versions": rows, "total_count": len(rows)})


async def _known(call: Call) -> Catalogue:
    version = call.path["version"]
    known = await call.service.parts.catalogues.versions()
    if call.path["family"] != "data_collector" or version not in known:
        raise NotFoundError("engine version", version, nearest(version, known))
    return await call.service.parts.catalogues.catalogue(version)


async def get(call: Call) -> Response:
    """One engine version."""
    return answer(_version_document(await _known(call), libraries=True))


async def definitions(call: Call) -> Response:
    """Every stage and setting of a version."""
    return definitions_answer(call, call.service, await _known(call))


def definitions_answer(call: Call, service: Service, catalogue: Catalogue, libraries: tuple[str, ...] = ()) -> Response:
    """The definitions, made and packed once, with a tag: who has them already is told so."""
    key = " ".join((catalogue.version, *sorted(set(libraries))))
    held = service.definitions.get(key)
    if held is None:
        data = orjson.dumps(definitions_document(catalogue, libraries))
        held = (data, gzip.compress(data, 6), f'"{hashlib.sha256(data).hexdigest()[:32]}"')
        service.definitions.put(key, held)
    plain, packed, etag = held
    headers = {"etag": etag, "cache-control": "private, max-age=3600", "vary": "accept-encoding"}
    if call.request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in call.request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "content-encoding": "gzip"}, media_type="application/json")
    return Response(plain, headers=headers, media_type="application/json")


_FILTERS = tuple(
    Query(name, TEXT) for name in ("include_stagelibs", "releases", "start", "disabled", "release", "engine_type")
)
ENDPOINTS = tuple(
    row
    for base in BASES
    for row in (
        Endpoint(
            "GET",
            f"{base}/{{family}}",
            list_,
            query=_FILTERS,
            answers={200: obj({"streamsets_engine_versions": {"type": "array"}, "total_count": NUMBER})},
            summary="List engine versions",
        ),
        Endpoint("GET", f"{base}/{{family}}/{{version}}", get, answers={200: OBJECT}, summary="Read an engine version"),
        Endpoint(
            "GET",
            f"{base}/{{family}}/{{version}}/definitions",
            definitions,
            answers={200: OBJECT, 304: None},
            summary="Stages and settings of an engine version",
        ),
    )
)
