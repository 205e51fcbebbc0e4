"""Flows on the wire: what the project knows of a flow, and its pipeline document."""

from collections.abc import Mapping
from typing import Any

import attrs

from ..errors import FormatError
from ..flow.document import decode_flow, export_document, pipeline_document
from ..flow.model import Flow, FlowId
from ..project import FlowSummary, StoredFlow
from ..values import PlainJson
from .projects import OWNER
from .read import integer, look, mapping, text, texts
from .times import epoch_ms, iso

ENTITY = "/entity/streamsets_flow"
OURS = "penstock"
"""The key under which penstock tells itself what the protocol has no word for."""


def flow_document(summary: FlowSummary, project_id: str) -> dict[str, PlainJson]:
    """A flow without its pipeline document, as listings show it."""
    modified = iso(summary.modified_ms)
    return {
        "metadata": {
            "name": summary.name,
            "description": summary.description,
            "asset_id": summary.flow_id,
            "project_id": project_id,
            "asset_type": "streamsets_flow",
            "owner_id": OWNER,
            "create_time": iso(summary.created_ms),
            "usage": {
                "last_updater_id": OWNER,
                "last_update_time": modified,
                "access_count": 0,
                "last_access_time": modified,
                "last_updated_at": modified,
                "last_accessed_at": modified,
                "last_accessor_id": OWNER,
            },
        },
        "entity": {
            "streamsets_flow": {
                "engine_type": summary.engine_type,
                "engine_version": summary.engine_version,
                "environment_id": summary.environment_id or "",
                "connection_ids": list(summary.connection_ids),
                "fragment_ids": list(summary.fragment_ids),
            },
            OURS: {
                "revision": summary.revision,
                "created_ms": summary.created_ms,
                "modified_ms": summary.modified_ms,
                "parameter_sets": list(summary.parameter_sets),
                "environment": summary.environment_id is not None,
            },
        },
    }


def whole_document(stored: StoredFlow, project_id: str, *, pipeline: bool = True) -> dict[str, PlainJson]:
    """A flow with its pipeline document, as a single read answers it."""
    made: dict[str, PlainJson] = {"flow": flow_document(FlowSummary.of(stored), project_id)}
    if pipeline:
        made["pipeline_definition"] = answered_pipeline(stored.flow)
        made["pipeline_envelope"] = _envelope(stored.flow)
    return made


# what a client cannot do without, where a file leaves it out
_NEEDED: Mapping[str, PlainJson] = {
    "schemaVersion": 6,
    "version": 1,
    "pipelineId": "",
    "title": "",
    "description": "",
    "uuid": "",
    "uiInfo": {},
    "info": {},
    "issues": {},
    "fragments": [],
    "valid": True,
    "previewable": True,
    "configuration": [],
    "stages": [],
}


def answered_pipeline(flow: Flow) -> dict[str, PlainJson]:
    """The pipeline document, filled up with what every client needs in it."""
    made = pipeline_document(flow)
    filled = {key: made.get(key) for key in _NEEDED if made.get(key) is None}
    if not filled:
        return made
    own = sorted(filled)
    document: dict[str, PlainJson] = {**made, **{key: _NEEDED[key] for key in own}}
    document[FILLED] = [[key, key in made] for key in own]
    return document


FILLED = "penstockFilled"


def _unfilled(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A pipeline document without the parts that only an answer needed, where they came back as they went."""
    made = dict(raw)
    noted = made.pop(FILLED, None)
    if not isinstance(noted, list):
        return made
    for row in noted:
        if isinstance(row, list) and len(row) == 2 and row[0] in _NEEDED and made.get(row[0]) == _NEEDED[row[0]]:
            if row[1]:
                made[row[0]] = None
            else:
                del made[row[0]]
    return made


def _envelope(flow: Flow) -> dict[str, PlainJson] | None:
    if flow.envelope is None:
        return None
    made = export_document(flow)
    made[flow.envelope.body_key] = None
    return made


def update_body(flow: Flow) -> dict[str, PlainJson]:
    """The body that replaces a flow."""
    return {
        "name": flow.name,
        "description": flow.description,
        "connection_ids": list(flow.connection_ids),
        "environment_id": flow.environment_id or "",
        "engine_version": flow.engine_version,
        "fragment_ids": list(flow.fragment_ids),
        "pipeline_definition": answered_pipeline(flow),
    }


def own_parts(flow: Flow) -> dict[str, PlainJson]:
    """What a penstock server keeps beyond the protocol."""
    return {
        "pipeline_envelope": _envelope(flow),
        "engine_type": flow.engine_type,
        OURS: {
            "parameter_sets": list(flow.parameter_sets),
            "environment": flow.environment_id is not None,
            "fragment": flow.fragment,
        },
    }


def updated_flow(old: Flow, body: Mapping[str, Any], source: str) -> Flow:
    """The flow after a request to replace it; what the body does not name stays as it was.

    Raises:
        FormatError: the pipeline document cannot be read.
    """
    flow = old
    if body.get("pipeline_definition") is not None:
        given = body.get("pipeline_envelope")
        envelope = old.envelope
        flow = decode_flow(_unfilled(mapping(body, "/pipeline_definition", source)), source)
        if isinstance(given, Mapping):
            envelope = _read_envelope(given, source)
        elif "pipeline_envelope" in body:
            envelope = None
        flow = attrs.evolve(flow, envelope=envelope)
    environment: str | None = old.environment_id
    if isinstance(body.get("environment_id"), str):
        kept = look(body, f"/{OURS}/environment")
        environment = body["environment_id"] if body["environment_id"] or kept is True else None
    sets = old.parameter_sets
    if look(body, f"/{OURS}/parameter_sets") is not None:
        sets = texts(body, f"/{OURS}/parameter_sets", source)
    is_fragment = look(body, f"/{OURS}/fragment")
    return attrs.evolve(
        flow,
        name=text(body, "/name", source, old.name),
        description=text(body, "/description", source, old.description),
        environment_id=environment,
        engine_version=text(body, "/engine_version", source, old.engine_version),
        engine_type=text(body, "/engine_type", source, old.engine_type),
        parameter_sets=sets,
        connection_ids=texts(body, "/connection_ids", source) if "connection_ids" in body else old.connection_ids,
        fragment_ids=texts(body, "/fragment_ids", source) if "fragment_ids" in body else old.fragment_ids,
        fragment=is_fragment if isinstance(is_fragment, bool) else old.fragment,
    )


def _read_envelope(given: Mapping[str, Any], source: str) -> Any:
    keys = [key for key in ("pipelineConfig", "pipelineFragmentConfig") if key in given]
    if not keys:
        raise FormatError(source, "/pipeline_envelope", "expected pipelineConfig or pipelineFragmentConfig")
    body = {"schemaVersion": 6, "configuration": [], "stages": []}
    return decode_flow({**given, keys[0]: body}, source).envelope


def flow_from(answer: Mapping[str, Any], source: str, token: str = "") -> StoredFlow:
    """A stored flow from the answer to a single read (or from a row of a listing that holds the document too).

    Raises:
        FormatError: the answer has not the shape of one.
    """
    raw = mapping(answer, "/flow", source)
    summary = summary_from(raw, source)
    ours = mapping(raw, f"/entity/{OURS}", source)
    entity = mapping(raw, ENTITY, source)
    blank = Flow(name=summary.name, description=summary.description)
    body = {
        "name": summary.name,
        "description": summary.description,
        "environment_id": text(entity, "/environment_id", source, ""),
        "engine_version": summary.engine_version,
        "engine_type": text(entity, "/engine_type", source, "data_collector"),
        "connection_ids": list(texts(entity, "/connection_ids", source)),
        "fragment_ids": list(texts(entity, "/fragment_ids", source)),
        "pipeline_definition": answer.get("pipeline_definition"),
        "pipeline_envelope": answer.get("pipeline_envelope"),
        OURS: ours,
    }
    return StoredFlow(
        flow_id=summary.flow_id,
        flow=updated_flow(blank, body, source),
        revision=summary.revision,
        created_ms=summary.created_ms,
        modified_ms=summary.modified_ms,
        token=token,
    )


def summary_from(raw: Mapping[str, Any], source: str) -> FlowSummary:
    """A row of a listing. Raises ``FormatError``."""
    ours = f"/entity/{OURS}"
    environment = text(raw, f"{ENTITY}/environment_id", source, "")
    return FlowSummary(
        flow_id=FlowId(text(raw, "/metadata/asset_id", source)),
        name=text(raw, "/metadata/name", source),
        description=text(raw, "/metadata/description", source, ""),
        engine_version=text(raw, f"{ENTITY}/engine_version", source, ""),
        revision=integer(raw, f"{ours}/revision", source, 1),
        modified_ms=integer(raw, f"{ours}/modified_ms", source)
        or epoch_ms(look(raw, "/metadata/usage/last_update_time"), source, "/metadata/usage/last_update_time"),
        created_ms=integer(raw, f"{ours}/created_ms", source)
        or epoch_ms(look(raw, "/metadata/create_time"), source, "/metadata/create_time"),
        environment_id=environment if environment or look(raw, f"{ours}/environment") is True else None,
        engine_type=text(raw, f"{ENTITY}/engine_type", source, "data_collector"),
        parameter_sets=texts(raw, f"{ours}/parameter_sets", source),
        connection_ids=texts(raw, f"{ENTITY}/connection_ids", source),
        fragment_ids=texts(raw, f"{ENTITY}/fragment_ids", source),
    )
