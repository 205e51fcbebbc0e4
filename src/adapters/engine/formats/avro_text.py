"""The text of an Avro schema as the original writes it into headers: short, its parts in one order."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_NAMED = {"record": "fields", "error": "fields", "enum": "symbols", "fixed": "size"}
_HELD = {"array": "items", "map": "values"}
_PLAIN = {"null", "boolean", "int", "long", "float", "double", "string", "bytes"}
_OF_SCHEMAS = {"doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"}
_OF_FIELDS = {"default", "doc", "name", "order", "type", "aliases"}


@lru_cache(maxsize=64)
def text_of(text: str) -> str:
    """The text that stands for that of a schema that is one."""
    return json.dumps(_schema(json.loads(text), "", set()), separators=(",", ":"), ensure_ascii=False)


def _schema(schema: Any, space: str, known: set[str]) -> Any:
    """A schema within a namespace; ``known`` are the names that were written before."""
    if isinstance(schema, str):
        return schema if schema in _PLAIN else _short(schema, space)
    if isinstance(schema, list):
        return [_schema(each, space, known) for each in schema]
    kind = schema["type"]
    if not isinstance(kind, str):
        return _schema(kind, space, known)
    more = {key: value for key, value in schema.items() if key not in _OF_SCHEMAS}
    if kind in _HELD:
        return {"type": kind, _HELD[kind]: _schema(schema[_HELD[kind]], space, known), **more}
    if kind not in _NAMED:
        return {"type": kind, **more} if more and kind in _PLAIN else _schema(kind, space, known)
    above, _, name = schema["name"].rpartition(".")
    own = above or schema.get("namespace", space)
    full = f"{own}.{name}" if own else name
    if full in known:
        return _short(full, space)
    known.add(full)
    made: dict[str, Any] = {"type": kind, "name": name}
    if own != space:
        made["namespace"] = own
    if schema.get("doc") is not None:
        made["doc"] = schema["doc"]
    held = schema[_NAMED[kind]]
    made[_NAMED[kind]] = [_field(each, own, known) for each in held] if kind in ("record", "error") else held
    aliases = [_short(each, own) for each in schema.get("aliases") or ()]
    return {**made, **more, **({"aliases": aliases} if aliases else {})}


def _field(field: Mapping[str, Any], space: str, known: set[str]) -> dict[str, Any]:
    made = {"name": field["name"], "type": _schema(field["type"], space, known)}
    if field.get("doc") is not None:
        made["doc"] = field["doc"]
    if "default" in field:
        made["default"] = field["default"]
    if field.get("order", "ascending").lower() != "ascending":
        made["order"] = field["order"].lower()
    if field.get("aliases"):
        made["aliases"] = field["aliases"]
    return {**made, **{key: value for key, value in field.items() if key not in _OF_FIELDS}}


def _short(name: str, space: str) -> str:
    """A name without the namespace that it stands in."""
    above, _, own = name.rpartition(".")
    return own if above == space else name
