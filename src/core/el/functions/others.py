"""Functions about the run, the engine and collections."""

import hashlib
import io
import json
from typing import Any

from ...java.kinds import kind_of
from ...records.values import Long
from ..coerce import as_text, plain
from ..errors import EvaluationError
from ..scope import Scope
from .dates import moment
from .registry import PlainMap, named
from .strings import compiled_pattern, in_time

MEMORY_MB = 1024


@named("uuid:uuid", scoped=True)
def named_id(scope: Scope) -> str:
    """A UUID of version 3: the original makes a name by chance and gives the one of that name."""
    data = bytearray(hashlib.md5(scope.new_id().encode()).digest())
    data[6], data[8] = data[6] & 0x0F | 0x30, data[8] & 0x3F | 0x80
    text = data.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


named("uuid", scoped=True)(lambda scope: scope.new_id())
named("emptyMap")(PlainMap)
named("emptyList")(list)
named("size", "M")(lambda items: -1 if items is None else len(items))
named("length", "A")(lambda items: -1 if items is None else len(items))
named("isEmptyMap", "M")(lambda items: not items)
named("isEmptyList", "A")(lambda items: not items)

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


def _resource(scope: Scope, name: str, restricted: bool) -> str | None:
    if scope.resource is None or not name:
        return None
    try:
        return scope.resource(name, restricted).decode("utf-8", "replace")
    except OSError:
        return None


@named("runtime:loadResource", "SB", scoped=True)
def load_resource(scope: Scope, name: str, restricted: bool) -> str | None:
    """The trimmed text of a resource file; null when it cannot be read.

    Raises:
        EvaluationError: it is restricted, but others than its owner may read or write it.
    """
    text = _resource(scope, name, restricted)
    return None if text is None else text.strip()


@named("runtime:loadResourceRaw", "SB", scoped=True)
def load_resource_raw(scope: Scope, name: str, restricted: bool) -> str | None:
    """The text of a resource file as it is."""
    return _resource(scope, name, restricted)


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

named("collection:contains", "AO")(
    lambda items, wanted: any(kind_of(each) is kind_of(wanted) and plain(each) == wanted for each in items or ())
)
named("collection:size", "A")(lambda items: len(items or ()))
named("collection:get", "AI")(lambda items, at: items[at] if items and 0 <= at < len(items) else None)
named("alert:info", scoped=True)(lambda scope: scope.memory.get("alert"))


@named("collection:filterByRegExp", "AS")
def filtered(items: Any, pattern: str) -> list[Any]:
    """What of a collection has a text in which the pattern is found."""
    search = compiled_pattern(pattern).search
    return [each for each in items or () if in_time(search, as_text(each)) is not None]


@named("offset:column", "I", scoped=True)
def offset_column(scope: Scope, position: int) -> str:
    """The name of an offset column of the table in hand; only JDBC origins have one."""
    raise EvaluationError("there is no table in hand here")


@named("field:field", scoped=True)
def hive_field(scope: Scope) -> str | None:
    """The path of the field in hand."""
    return scope.field


@named("avro:decode", "SO")
def avro_decode(schema: str, data: Any) -> Any:
    """The value that bytes of Avro tell by a schema.

    Raises:
        EvaluationError: they do not, or the library for it is not installed.
    """
    if not isinstance(data, bytes):
        raise EvaluationError("expected a byte array")
    try:
        from fastavro import parse_schema, schemaless_reader
    except ImportError:
        raise EvaluationError("avro:decode needs a library: pip install 'penstock[formats]'") from None
    try:
        return schemaless_reader(io.BytesIO(data), parse_schema(json.loads(schema)), None)
    except Exception as error:  # the library has no root of its errors
        raise EvaluationError(f"the bytes are none of the schema: {error}") from None
