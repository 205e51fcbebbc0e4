"""Flow documents: pipeline, fragment and envelope, decoded to values and encoded again without loss."""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from ..errors import FormatError
from ..values import EMPTY_MAP, JsonMap, PlainJson, freeze, kind_word, thaw
from .codec import (
    Key,
    Odd,
    decode_object,
    encode_object,
    read_int,
    read_map,
    read_optional_int,
    read_optional_map,
    read_optional_text,
    read_text,
    read_texts,
    table,
    write_plain,
    write_texts,
)
from .json_text import json_text, parse_json
from .model import Envelope, Flow, Opaque, Service, StageInstance
from .settings import EMPTY_SETTINGS, Settings, decode_settings, encode_settings

MAX_STAGES = 20_000
BODY_KEYS = ("pipelineConfig", "pipelineFragmentConfig")


def _read_settings(raw: object, path: str) -> Settings:
    if raw is None:
        raise Odd(EMPTY_SETTINGS)
    return decode_settings(raw, path)


def _write_settings(value: Settings) -> PlainJson:
    return encode_settings(value)


def _read_services(raw: object, path: str) -> tuple[Service, ...]:
    if raw is None:
        raise Odd(())
    if not isinstance(raw, (list, tuple)):
        raise ValueError(f"expected a list of services, found {kind_word(raw)}")
    made = (decode_object(item, SERVICE_KEYS, "", f"{path}/{index}") for index, item in enumerate(raw))
    return tuple(Service(**{"service": "", "version": 1, **values}) for values in made)


def _write_services(value: tuple[Service, ...]) -> PlainJson:
    return [encode_object(service, SERVICE_KEYS, SERVICE_ORDER) for service in value]


SERVICE_KEYS: dict[str, Key[Any]] = table(
    Key("service", "service", read_text, write_plain, ""),
    Key("serviceVersion", "version", read_int, write_plain, 1),
    Key("configuration", "configuration", _read_settings, _write_settings, EMPTY_SETTINGS),
)
SERVICE_ORDER = tuple(SERVICE_KEYS)

STAGE_KEYS: dict[str, Key[Any]] = table(
    Key("instanceName", "instance_name", read_text, write_plain, ""),
    Key("library", "library", read_text, write_plain, ""),
    Key("stageName", "stage_name", read_text, write_plain, ""),
    Key("stageVersion", "stage_version", read_text, write_plain, ""),
    Key("configuration", "configuration", _read_settings, _write_settings, EMPTY_SETTINGS),
    Key("uiInfo", "ui", read_map, write_plain, EMPTY_MAP),
    Key("inputLanes", "input_lanes", read_texts, write_texts, ()),
    Key("outputLanes", "output_lanes", read_texts, write_texts, ()),
    Key("eventLanes", "event_lanes", read_texts, write_texts, ()),
    Key("services", "services", _read_services, _write_services, ()),
)
STAGE_ORDER = tuple(STAGE_KEYS)


def decode_stage(raw: object, source: str = "stage", path: str = "") -> StageInstance:
    """A stage instance from its document object.

    Raises:
        FormatError: naming file and path.
    """
    values = decode_object(raw, STAGE_KEYS, source, path)
    for attribute in ("instance_name", "stage_name"):
        values.setdefault(attribute, "")
    values.setdefault("stage_version", "")
    values.setdefault("library", "")
    return StageInstance(**values)


def encode_stage(stage: StageInstance) -> dict[str, PlainJson]:
    """The document object of a stage instance."""
    return encode_object(stage, STAGE_KEYS, STAGE_ORDER)


def _read_stage(raw: object, path: str) -> StageInstance | None:
    """A stage beside the canvas; null or an empty object: there is none."""
    if raw == {}:
        raise Odd(None)
    return None if raw is None else decode_stage(raw, "", path)


def _write_stage(value: StageInstance | None) -> PlainJson:
    return None if value is None else encode_stage(value)


def _read_stages(raw: object, path: str) -> tuple[StageInstance, ...]:
    if raw is None:
        raise Odd(())
    if not isinstance(raw, (list, tuple)):
        raise ValueError(f"expected a list of stages, found {kind_word(raw)}")
    if len(raw) > MAX_STAGES:
        raise ValueError(f"{len(raw)} stages; at most {MAX_STAGES} are read")
    return tuple(decode_stage(item, "", f"{path}/{index}") for index, item in enumerate(raw))


def _write_stages(value: tuple[StageInstance, ...]) -> PlainJson:
    return [encode_stage(stage) for stage in value]


def _read_fragments(raw: object, path: str) -> tuple[Flow, ...]:
    if raw is None:
        raise Odd(())
    if not isinstance(raw, (list, tuple)):
        raise ValueError(f"expected a list of fragments, found {kind_word(raw)}")
    return tuple(_decode_body(item, "", f"{path}/{index}", fragment=True) for index, item in enumerate(raw))


def _write_fragments(value: tuple[Flow, ...]) -> PlainJson:
    return [_encode_body(fragment) for fragment in value]


PIPELINE_KEYS: dict[str, Key[Any]] = table(
    Key("schemaVersion", "schema_version", read_int, write_plain, 6),
    Key("version", "version", read_optional_int, write_plain, None),
    Key("pipelineId", "pipeline_id", read_optional_text, write_plain, None),
    Key("title", "title", read_optional_text, write_plain, None),
    Key("description", "document_description", read_optional_text, write_plain, None),
    Key("uuid", "uuid", read_optional_text, write_plain, None),
    Key("configuration", "configuration", _read_settings, _write_settings, EMPTY_SETTINGS),
    Key("uiInfo", "ui", read_map, write_plain, EMPTY_MAP),
    Key("fragments", "fragments", _read_fragments, _write_fragments, ()),
    Key("stages", "stages", _read_stages, _write_stages, ()),
    Key("errorStage", "error_stage", _read_stage, _write_stage, None),
    Key("info", "info", read_map, write_plain, EMPTY_MAP),
    Key("metadata", "metadata", read_optional_map, write_plain, None),
    Key("statsAggregatorStage", "stats_stage", _read_stage, _write_stage, None),
    Key("startEventStages", "start_stages", _read_stages, _write_stages, ()),
    Key("stopEventStages", "stop_stages", _read_stages, _write_stages, ()),
    Key("testOriginStage", "test_origin", _read_stage, _write_stage, None),
)
PIPELINE_ORDER = tuple(PIPELINE_KEYS)
FRAGMENT_ORDER = tuple(
    key
    for key in PIPELINE_ORDER
    if key not in ("pipelineId", "errorStage", "statsAggregatorStage", "startEventStages", "stopEventStages")
)


def _decode_body(raw: object, source: str, path: str, *, fragment: bool = False) -> Flow:
    values = decode_object(raw, PIPELINE_KEYS, source, path)
    return Flow(name=_name(values), description=values.get("document_description") or "", fragment=fragment, **values)


def _name(values: Mapping[str, Any]) -> str:
    info: JsonMap = values.get("info", EMPTY_MAP)
    for candidate in (values.get("title"), info.get("title"), values.get("pipeline_id"), info.get("name")):
        if isinstance(candidate, str) and candidate:
            return candidate
    extra: JsonMap = values.get("extra", EMPTY_MAP)
    fragment_id = extra.get("fragmentId")
    return fragment_id if isinstance(fragment_id, str) and fragment_id else "unnamed"


def document_name(flow: Flow) -> str:
    """The name that the document of a flow gives it, which a flow has that was read from it."""
    facts = {"title": flow.title, "info": flow.info, "pipeline_id": flow.pipeline_id, "extra": flow.extra}
    return _name(facts)


def _encode_body(flow: Flow) -> dict[str, PlainJson]:
    return encode_object(flow, PIPELINE_KEYS, FRAGMENT_ORDER if flow.fragment else PIPELINE_ORDER)


def decode_flow(raw: object, source: str = "document") -> Flow:
    """A flow from a plain JSON document: an export envelope, a bare pipeline, or a fragment.

    Shape: what the flow does not know of the document stays in ``extra`` of the part that it stood in, so that
    ``encode_flow`` gives back every key and number as it came.

    Raises:
        FormatError: naming the file, the path in it and what was expected.
    """
    if not isinstance(raw, Mapping):
        raise FormatError(source, "", f"expected an object, found {kind_word(raw)}")
    body_key = next((key for key in BODY_KEYS if key in raw), None)
    if body_key is None:
        if "stages" not in raw:
            expected = "a pipeline document (key stages) or an export (key pipelineConfig or pipelineFragmentConfig)"
            raise FormatError(source, "", f"expected {expected}, found the keys {', '.join(list(raw)[:8]) or 'none'}")
        return _decode_body(raw, source, "", fragment="fragmentId" in raw)
    body = _decode_body(raw[body_key], source, f"/{body_key}", fragment=body_key == BODY_KEYS[1])
    return attrs.evolve(body, envelope=_decode_envelope(raw, body_key, source))


def _decode_envelope(raw: Mapping[str, Any], body_key: str, source: str) -> Envelope:
    rules = raw.get("pipelineRules")
    definitions = raw.get("libraryDefinitions")
    known = {body_key, "libraryDefinitions"}
    if rules is None or isinstance(rules, Mapping):
        known.add("pipelineRules")
    frozen = freeze(rules) if "pipelineRules" in known else None
    return Envelope(
        body_key=body_key,
        rules=frozen if isinstance(frozen, JsonMap) else None,
        library_definitions=None if definitions is None else Opaque(json.dumps(definitions, separators=(",", ":"))),
        extra=JsonMap((key, freeze(value)) for key, value in raw.items() if key not in known),
        keys=tuple(raw),
    )


def encode_flow(flow: Flow) -> dict[str, PlainJson]:
    """The document of a flow, as it came: with its envelope when it had one, bare when it had none.

    Shape: plain dicts, lists, texts and numbers; a new one at each call, which the caller may change.
    """
    body = _encode_body(flow)
    if flow.envelope is None:
        return body
    envelope = flow.envelope
    definitions = envelope.library_definitions
    rules = envelope.extra.get("pipelineRules") if envelope.rules is None else envelope.rules
    parts: dict[str, PlainJson] = {
        envelope.body_key: body,
        "pipelineRules": thaw(rules),
        "libraryDefinitions": None if definitions is None else json.loads(definitions.text),
    }
    keys = envelope.keys or tuple(parts)
    made: dict[str, PlainJson] = {}
    for key in (*keys, *envelope.extra):
        made.setdefault(key, parts[key] if key in parts else thaw(envelope.extra[key]))
    return made


def export_document(flow: Flow) -> dict[str, PlainJson]:
    """The document of a flow, always inside an envelope, as export files hold it.

    Shape: as ``encode_flow``. Credentials are those of the flow: ``Project.export_flow`` blanks them, this does not.
    """
    if flow.envelope is None:
        body_key = BODY_KEYS[1] if flow.fragment else BODY_KEYS[0]
        flow = attrs.evolve(flow, envelope=Envelope(body_key=body_key))
    return encode_flow(flow)


def pipeline_document(flow: Flow) -> dict[str, PlainJson]:
    """The bare pipeline document of a flow, without envelope."""
    return _encode_body(flow)


def load_flow(data: bytes | str, source: str = "document") -> Flow:
    """The flow of a document, from its JSON text.

    Shape: as ``decode_flow``; ``source`` is the name of the file for errors.

    Raises:
        FormatError: no JSON, or no flow; with the place.
        LimitError: larger or deeper than allowed.

    Cost: linear in the text; touches nothing.
    """
    return decode_flow(parse_json(data, source), source)


def dump_flow(flow: Flow, *, indent: int | None = None) -> str:
    """The JSON text of a flow's document, keys in the order they came.

    Shape: one line without ``indent``; as ``encode_flow``, so a text that was loaded comes out with the same content.
    Halves of surrogate pairs, which no text file can hold, are escaped.
    """
    return json_text(encode_flow(flow), indent=indent)
