"""``record:`` functions."""

from collections.abc import Callable
from typing import Any

from ...java.kinds import kind_of
from ...records.paths import MISSING, get, has
from ...records.record import EVENT_CREATION, EVENT_TYPE, EVENT_VERSION, ErrorInfo
from ...records.values import FieldType, FieldValue, Long
from ..coerce import as_text, plain
from ..scope import Scope
from .registry import named


def type_of(value: FieldValue) -> FieldType:
    """The type of a field value."""
    return kind_of(value)


@named("record:value", "S", scoped=True)
def value(scope: Scope, path: str) -> Any:
    """The value of a field; null when it is absent."""
    if scope.record is None:
        return None
    found = get(scope.record.value, path)
    return None if found is MISSING else plain(found)


@named("record:valueOrDefault", "SO", scoped=True)
def value_or_default(scope: Scope, path: str, default: Any) -> Any:
    """The value of a field; the default when it is absent or null."""
    found = value(scope, path)
    return default if found is None else found


@named("record:type", "S", scoped=True)
def field_type(scope: Scope, path: str) -> FieldType | None:
    """The type of a field; null when it is absent."""
    if scope.record is None:
        return None
    found = get(scope.record.value, path)
    return None if found is MISSING else type_of(found)  # type: ignore[arg-type]


@named("record:exists", "S", scoped=True)
def exists(scope: Scope, path: str) -> bool:
    """True when there is a field, null or not."""
    return scope.record is not None and has(scope.record.value, path)


@named("record:attribute", "S", scoped=True)
def attribute(scope: Scope, name: str) -> str | None:
    """A header attribute."""
    return None if scope.record is None else scope.record.attributes.get(name)


@named("record:attributeOrDefault", "SS", scoped=True)
def attribute_or_default(scope: Scope, name: str, default: str) -> str:
    """A header attribute; the default when it is absent."""
    found = attribute(scope, name)
    return default if found is None else found


@named("record:fieldAttribute", "SS", scoped=True)
def field_attribute(scope: Scope, path: str, name: str) -> str | None:
    """An attribute of a field."""
    return None if scope.record is None else scope.record.header.field_attributes.get(path, {}).get(name)


@named("record:fieldAttributeOrDefault", "SSS", scoped=True)
def field_attribute_or_default(scope: Scope, path: str, name: str, default: str) -> str:
    """An attribute of a field; the default when it is absent."""
    found = field_attribute(scope, path, name)
    return default if found is None else found


def _header(read: Callable[[Any], Any]) -> Callable[[Scope], Any]:
    return lambda scope: None if scope.record is None else read(scope.record.header)


named("record:id", scoped=True)(_header(lambda header: header.source_id))
named("record:creator", scoped=True)(_header(lambda header: header.stage_creator))
named("record:path", scoped=True)(_header(lambda header: header.stages_path))


def _error(read: Callable[[ErrorInfo], Any], none: Any = None) -> Callable[[Scope], Any]:
    def look(scope: Scope) -> Any:
        error = None if scope.record is None else scope.record.header.error
        return none if error is None else read(error)

    return look


named("record:errorStage", scoped=True)(_error(lambda error: error.stage))
named("record:errorStageLabel", scoped=True)(_error(lambda error: error.stage_label))
named("record:errorCode", scoped=True)(_error(lambda error: error.code))
named("record:errorMessage", scoped=True)(_error(lambda error: error.message))
named("record:errorCollectorId", scoped=True)(_error(lambda error: error.engine))
named("record:errorPipeline", scoped=True)(_error(lambda error: error.pipeline))
named("record:errorStackTrace", scoped=True)(_error(lambda error: error.stack_trace or None))
named("record:errorJobId", scoped=True)(_error(lambda error: error.job_id or None))
named("record:errorJobName", scoped=True)(_error(lambda error: error.job_name or None))
named("record:errorTime", scoped=True)(_error(lambda error: Long(error.timestamp_ms), Long(0)))
named("record:eventType", scoped=True)(lambda scope: attribute(scope, EVENT_TYPE))
named("record:eventVersion", scoped=True)(lambda scope: attribute(scope, EVENT_VERSION))
named("record:eventCreation", scoped=True)(lambda scope: attribute(scope, EVENT_CREATION))


def _columns(scope: Scope) -> list[dict[str, Any]]:
    """The columns of a delimited record in list form."""
    root = None if scope.record is None else scope.record.value
    if not isinstance(root, list):
        return []
    return [column for column in root if isinstance(column, dict)]


def _headers(scope: Scope) -> list[str]:
    return [as_text(column.get("header")) for column in _columns(scope)]


@named("record:dIndex", "S", scoped=True)
def column_index(scope: Scope, header: str) -> int:
    """Where the first column with a header is; -1 without one."""
    names = _headers(scope)
    return names.index(header) if header in names else -1


@named("record:dValue", "S", scoped=True)
def column_value(scope: Scope, header: str) -> str:
    """The text of the first column with a header."""
    at = column_index(scope, header)
    return "" if at < 0 else as_text(_columns(scope)[at].get("value"))


@named("record:dValueAt", "I", scoped=True)
def column_value_at(scope: Scope, index: int) -> str:
    """The text of a column by its number."""
    columns = _columns(scope)
    return as_text(columns[index].get("value")) if 0 <= index < len(columns) else ""


named("record:dExists", "S", scoped=True)(lambda scope, header: column_index(scope, header) >= 0)
named("record:dIsDupHeader", "S", scoped=True)(lambda scope, header: _headers(scope).count(header) > 1)
named("record:dHasDupHeaders", scoped=True)(lambda scope: len(set(_headers(scope))) < len(_headers(scope)))


@named("record:dToMap", scoped=True)
def columns_map(scope: Scope) -> dict[str, Any]:
    """Header -> value; columns without a header go by their number."""
    made: dict[str, Any] = {}
    for at, column in enumerate(_columns(scope)):
        made[as_text(column["header"]) if "header" in column else str(at)] = column.get("value")
    return made
