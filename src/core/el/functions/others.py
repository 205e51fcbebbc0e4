"""Functions about the run, the engine and collections."""

from typing import Any

from ...records.values import Long
from ..errors import EvaluationError
from ..scope import Scope
from .dates import moment
from .registry import named

MEMORY_MB = 1024

named("uuid:uuid", scoped=True)(lambda scope: scope.new_id())
named("uuid", scoped=True)(lambda scope: scope.new_id())
named("emptyMap")(dict)
named("emptyList")(list)
named("size", "C")(lambda items: Long(-1) if items is None else Long(len(items)))
named("length", "C")(lambda items: Long(-1) if items is None else Long(len(items)))
named("isEmptyMap", "C")(lambda items: not items)
named("isEmptyList", "C")(lambda items: not items)

named("pipeline:id", scoped=True)(lambda scope: scope.facts.pipeline_id)
named("pipeline:name", scoped=True)(lambda scope: scope.facts.pipeline_id)
named("pipeline:title", scoped=True)(lambda scope: scope.facts.title)
named("pipeline:user", scoped=True)(lambda scope: scope.facts.user)
named("pipeline:version", scoped=True)(lambda scope: scope.facts.version)
named("job:id", scoped=True)(lambda scope: scope.facts.job_id)
named("job:name", scoped=True)(lambda scope: scope.facts.job_name)
named("job:user", scoped=True)(lambda scope: scope.facts.job_user)
named("sdc:id", scoped=True)(lambda scope: scope.facts.engine_id)
named("sdc:hostname", scoped=True)(lambda scope: scope.facts.hostname)
named("sdc:authToken")(lambda: "")
named("jvm:maxMemoryMB")(lambda: Long(MEMORY_MB))
named("runtime:availableProcessors")(lambda: 1)
named("runtime:resourcesDirPath", scoped=True)(lambda scope: scope.properties.get("resourcesDirPath", ""))


def _started(scope: Scope) -> Any:
    return moment(scope.now_ms() if scope.facts.start_ms is None else scope.facts.start_ms)


named("pipeline:startTime", scoped=True)(_started)
named("job:startTime", scoped=True)(_started)


@named("runtime:conf", "S", scoped=True)
def runtime_conf(scope: Scope, key: str) -> str:
    """A property of the engine.

    Raises:
        EvaluationError: it is not set.
    """
    found = scope.properties.get(key)
    if found is None:
        raise EvaluationError(f"the engine has no runtime property {key!r}")
    return found


def _resource(scope: Scope, name: str) -> str | None:
    if scope.resource is None:
        return None
    try:
        return scope.resource(name).decode("utf-8", "replace")
    except OSError:
        return None


@named("runtime:loadResource", "SB", scoped=True)
def load_resource(scope: Scope, name: str, restricted: bool) -> str | None:
    """The trimmed text of a resource file; null when it cannot be read."""
    text = _resource(scope, name)
    return None if text is None else text.strip()


@named("runtime:loadResourceRaw", "SB", scoped=True)
def load_resource_raw(scope: Scope, name: str, restricted: bool) -> str | None:
    """The text of a resource file as it is."""
    return _resource(scope, name)


def _secret(scope: Scope, store: str, group: str, name: str) -> str:
    if scope.secret is None:
        raise EvaluationError(f"there is no credential store {store!r}")
    return scope.secret(store, group, name)


named("credential:get", "SSS", scoped=True)(_secret)
named("credential:getWithOptions", "SSSS", scoped=True)(
    lambda scope, store, group, name, options: _secret(scope, store, group, name)
)
named("vault:read", "SS", scoped=True)(lambda scope, path, key: _secret(scope, "vault", path, key))
named("vault:readWithDelay", "SSL", scoped=True)(lambda scope, path, key, ms: _secret(scope, "vault", path, key))

named("collection:contains", "CO")(lambda items, wanted: wanted in (items or ()))
named("collection:size", "C")(lambda items: len(items or ()))
named("collection:get", "CI")(lambda items, at: items[at] if items and 0 <= at < len(items) else None)
named("alert:info")(lambda: "")
