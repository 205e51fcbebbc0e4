"""``record:`` functions."""

from collections.abc import Callable
from typing import Any

from ...errors import InvalidValueError
from ...java.kinds import kind_of
from ...records.paths import MISSING, get, parse_path, to_path
from ...records.record import EVENT_CREATION, EVENT_TYPE, EVENT_VERSION, ErrorInfo
from ...records.values import FieldType, FieldValue, Long
from ..coerce import plain
from ..errors import EvaluationError
from ..scope import Scope
from .registry import named


def type_of(value: FieldValue) -> FieldType:
    """The type of a field value."""
    return kind_of(value)


def field_at(scope: Scope, path: str) -> Any:
    """The field at a path, or ``MISSING``, as it is without a record.

    Raises:
        EvaluationError: it is no path.
    """
    try:
        return MISSING if scope.record is None else get(scope.record.value, path)
    except InvalidValueError as error:
        raise EvaluationError(str(error)) from None


@named("record:value", "S", scoped=True)
def value(scope: Scope, path: str) -> Any:
    """The value of a field; null when it is absent."""
    found = field_at(scope, path)
    return None if found is MISSING else plain(found)


@named("record:valueOrDefault", "SO", scoped=True)
def value_or_default(scope: Scope, path: str, default: Any) -> Any:
    """The value of a field; the default when it is absent or null. Without a record, null."""
    found = value(scope, path)
    return default if found is None and scope.record is not None else found


@named("record:type", "S", scoped=True)
def field_type(scope: Scope, path: str) -> FieldType | None:
    """The type of a field; null when it is absent."""
    found = field_at(scope, path)
    return None if found is MISSING else type_of(found)


@named("record:exists", "S", scoped=True)
def exists(scope: Scope, path: str) -> bool:
    """True when there is a field, null or not."""
    return field_at(scope, path) is not MISSING


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
    if field_at(scope, path) is MISSING or scope.record is None or not scope.record.notes:
        return None
    return scope.record.notes.get(to_path(parse_path(path)), {}).get(name)


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


def _columns(scope: Scope) -> list[Any]:
    """The columns of a delimited record in list form."""
    root = None if scope.record is None else scope.record.value
    return root if isinstance(root, list) else []


def _text(column: Any, name: str) -> str | None:
    """A text of a column, ``header`` or ``value``; None where there is none."""
    held = column.get(name) if type(column) is dict else None
    return held if type(held) is str else None


def _headers(scope: Scope) -> list[str | None]:
    return [_text(column, "header") for column in _columns(scope)]


@named("record:dIndex", "S", scoped=True)
def column_index(scope: Scope, header: str) -> int:
    """Where the first column with a header is; -1 without one."""
    names = _headers(scope)
    return names.index(header) if header in names else -1


@named("record:dValue", "S", scoped=True)
def column_value(scope: Scope, header: str) -> str | None:
    """The text of the first column with a header that has one; null without."""
    found = (_text(column, "value") for column in _columns(scope) if _text(column, "header") == header)
    return next((text for text in found if text is not None), None)


@named("record:dValueAt", "I", scoped=True)
def column_value_at(scope: Scope, index: int) -> str | None:
    """The text of a column by its number; null without one."""
    columns = _columns(scope)
    return _text(columns[index], "value") if 0 <= index < len(columns) else None


named("record:dExists", "S", scoped=True)(lambda scope, header: column_value(scope, header) is not None)
named("record:dIsDupHeader", "S", scoped=True)(lambda scope, header: _headers(scope).count(header) > 1)


@named("record:dHasDupHeaders", scoped=True)
def has_doubled_headers(scope: Scope) -> bool:
    """True when two columns have the same header."""
    names = [name for name in _headers(scope) if name is not None]
    return len(set(names)) < len(names)


@named("record:dToMap", scoped=True)
def columns_map(scope: Scope) -> dict[str, Any]:
    """Header -> value; columns without a header go by their number."""
    made: dict[str, Any] = {}
    for at, column in enumerate(_columns(scope)):
        if type(column) is dict:
            header = _text(column, "header")
            made[str(at) if header is None else header] = column.get("value")
    return made
