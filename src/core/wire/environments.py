"""Environments and engines on the wire."""

from collections.abc import Mapping
from typing import Any

import attrs

from ..project import EngineId, EngineInfo, Environment, EnvironmentId
from ..values import JsonMap, PlainJson, thaw
from .projects import OWNER
from .read import frozen, look, text, texts
from .times import epoch_ms, iso

# every option is always answered: a client patches an option in its place only when it has seen it there
DEFAULTS: Mapping[str, PlainJson] = {
    "engine_properties": {},
    "log4j2_properties": {},
    "jvm_options": [],
    "external_resource_asset": None,
    "max_cpu_load": None,
    "max_memory_used": None,
    "max_jobs_running": None,
    "engine_heartbeat_interval": None,
    "custom_cert": None,
    "container_provider": None,
}
_TYPED = ("engine_version", "engine_type", "stage_libs", "cpus_to_allocate")


def environment_document(value: Environment, project_id: str) -> dict[str, PlainJson]:
    """An environment as the service answers it."""
    options: dict[str, PlainJson] = {
        **DEFAULTS,
        **{name: thaw(option) for name, option in value.options.items()},
        "engine_version": value.engine_version,
        "engine_type": value.engine_type,
        "stage_libs": list(value.stage_libs),
        "cpus_to_allocate": value.cpus_to_allocate,
    }
    return {
        "metadata": {
            "name": value.name,
            "description": value.description,
            "owner_id": OWNER,
            "create_time": iso(value.created_ms),
            "project_id": project_id,
            "asset_id": value.environment_id,
            "asset_attributes": ["streamsets_environment"],
            "asset_state": "available",
            "asset_type": "streamsets_environment",
            "catalog_id": project_id,
            "version": 1,
        },
        "entity": {"streamsets_environment": options},
    }


def environment_from(raw: Mapping[str, Any], source: str) -> Environment:
    """An environment from an answer. Raises ``FormatError``."""
    made = environment_given(
        EnvironmentId(text(raw, "/metadata/asset_id", source)),
        text(raw, "/metadata/name", source),
        text(raw, "/metadata/description", source, ""),
        frozen(raw, "/entity/streamsets_environment", source),
        source,
    )
    return attrs.evolve(made, created_ms=epoch_ms(look(raw, "/metadata/create_time"), source, "/metadata/create_time"))


def environment_given(
    environment_id: EnvironmentId, name: str, description: str, options: JsonMap, source: str
) -> Environment:
    """An environment from its name and options; options at their default are left out."""
    plain = {key: thaw(value) for key, value in options.items()}
    kept = {key: options[key] for key in options if key not in _TYPED and plain[key] != DEFAULTS.get(key, _NEVER)}
    cpus = plain.get("cpus_to_allocate")
    return Environment(
        environment_id=environment_id,
        name=name,
        description=description,
        engine_version=text(plain, "/engine_version", source, ""),
        engine_type=text(plain, "/engine_type", source, "data_collector"),
        stage_libs=texts(plain, "/stage_libs", source),
        cpus_to_allocate=cpus if isinstance(cpus, (int, float)) and not isinstance(cpus, bool) else None,
        options=JsonMap(kept),
    )


_NEVER = object()


def environment_request(value: Environment) -> dict[str, PlainJson]:
    """The body that creates an environment."""
    made = environment_document(value, "")["entity"]
    assert isinstance(made, dict)
    options = made["streamsets_environment"]
    assert isinstance(options, dict)
    given = {key: option for key, option in options.items() if key not in DEFAULTS or option != DEFAULTS[key]}
    return {"name": value.name, "description": value.description, "streamsets_environment": given}


def engine_document(value: EngineInfo, project_id: str, url: str, at_ms: int) -> dict[str, PlainJson]:
    """An engine as the service answers it."""
    return {
        "metadata": {
            "name": value.name,
            "description": "",
            "owner_id": OWNER,
            "created": at_ms,
            "created_at": iso(at_ms),
            "project_id": project_id,
            "asset_id": value.engine_id,
            "catalog_id": project_id,
            "sandbox_id": project_id,
            "creator_id": OWNER,
            "rating": 0,
            "size": 0,
            "rov": None,
            "usage": None,
            "version": 1,
            "asset_attributes": ["streamsets_engine"],
            "asset_state": "available",
            "asset_type": "streamsets_engine",
        },
        "entity": {
            "streamsets_engine": {
                "registration_status": "registered",
                "registration_time": at_ms,
                "engine_type": value.engine_type,
                "engine_version": value.version,
                "streamsets_environment_asset_id": value.environment_id,
                "url": url,
                "health": {"status": value.status, "metrics": {"cpu_load": 0.0, "memory_load": 0.0, "job_count": 0}},
            }
        },
    }


def engine_from(raw: Mapping[str, Any], source: str) -> EngineInfo:
    """An engine from an answer. Raises ``FormatError``."""
    entity = "/entity/streamsets_engine"
    return EngineInfo(
        engine_id=EngineId(text(raw, "/metadata/asset_id", source)),
        environment_id=EnvironmentId(text(raw, f"{entity}/streamsets_environment_asset_id", source, "")),
        name=text(raw, "/metadata/name", source, ""),
        version=text(raw, f"{entity}/engine_version", source, ""),
        engine_type=text(raw, f"{entity}/engine_type", source, "data_collector"),
        status=text(raw, f"{entity}/health/status", source, "offline"),
        url=text(raw, f"{entity}/url", source, ""),
    )
