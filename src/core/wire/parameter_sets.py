"""Parameter sets on the wire."""

from collections.abc import Mapping
from typing import Any

from ..project import Parameter, ParameterSet, ParameterSetId, StoredParameterSet, ValueSet
from ..values import JsonMap, PlainJson, freeze, thaw
from .projects import OWNER
from .read import integer, mapping, rows, text

_ENTITY = "/entity/parameter_set"
_KNOWN = ("name", "type", "value", "description")


def parameter_set_document(stored: StoredParameterSet, project_id: str) -> dict[str, PlainJson]:
    """A parameter set as the service answers it."""
    return {
        "metadata": {
            "asset_id": stored.parameter_set_id,
            "name": stored.value.name,
            "description": stored.value.description,
            "asset_type": "parameter_set",
            "project_id": project_id,
            "owner_id": OWNER,
            "revision": stored.revision,
        },
        "entity": {"parameter_set": parameter_set_body(stored.value)},
    }


def parameter_set_body(value: ParameterSet) -> dict[str, PlainJson]:
    """The content of a set, as requests and answers hold it."""
    return {
        "name": value.name,
        "description": value.description,
        "parameters": [
            {
                "name": each.name,
                "type": each.type,
                "value": thaw(each.value),
                "description": each.description,
                **{key: thaw(item) for key, item in each.extra.items()},
            }
            for each in value.parameters
        ],
        "value_sets": [
            {"name": each.name, "values": [{"name": key, "value": thaw(item)} for key, item in each.values.items()]}
            for each in value.value_sets
        ],
    }


def parameter_set_given(raw: Mapping[str, Any], source: str) -> ParameterSet:
    """The content of a set from a request or an answer. Raises ``FormatError``."""
    return ParameterSet(
        name=text(raw, "/name", source),
        description=text(raw, "/description", source, ""),
        parameters=tuple(_parameter(each, f"{source} parameter") for each in rows(raw, "/parameters", source)),
        value_sets=tuple(_value_set(each, f"{source} value set") for each in rows(raw, "/value_sets", source)),
    )


def _parameter(raw: object, source: str) -> Parameter:
    held = mapping({"": raw}, "/", source)
    extra = freeze({key: value for key, value in held.items() if key not in _KNOWN})
    assert isinstance(extra, JsonMap)
    return Parameter(
        name=text(held, "/name", source),
        type=text(held, "/type", source, "string"),
        value=freeze(held.get("value", "")),
        description=text(held, "/description", source, ""),
        extra=extra,
    )


def _value_set(raw: object, source: str) -> ValueSet:
    held = mapping({"": raw}, "/", source)
    values = {text(each, "/name", source): freeze(each.get("value")) for each in rows(held, "/values", source)}
    return ValueSet(text(held, "/name", source), JsonMap(values))


def parameter_set_from(raw: Mapping[str, Any], source: str) -> StoredParameterSet:
    """A stored set from an answer. Raises ``FormatError``."""
    return StoredParameterSet(
        ParameterSetId(text(raw, "/metadata/asset_id", source)),
        parameter_set_given(mapping(raw, _ENTITY, source), source),
        integer(raw, "/metadata/revision", source, 1),
    )
