"""``f:`` functions: the field in hand."""

from typing import Any

from ...java.kinds import kind_of
from ...records.paths import MISSING, get, parse_path, to_path
from ...records.values import FieldType
from ..coerce import plain
from ..errors import EvaluationError
from ..scope import Scope
from .registry import named


def _here(scope: Scope) -> tuple[str, Any]:
    if scope.field is None or scope.record is None:
        raise EvaluationError("there is no field in hand here")
    found = get(scope.record.value, scope.field)
    return scope.field, None if found is MISSING else plain(found)


@named("f:type", scoped=True)
def field_type(scope: Scope) -> FieldType:
    """Its type."""
    path, _ = _here(scope)
    held = None if scope.record is None else get(scope.record.value, path)
    return kind_of(None if held is MISSING else held)


named("f:path", scoped=True)(lambda scope: _here(scope)[0])
named("f:value", scoped=True)(lambda scope: _here(scope)[1])


@named("f:name", scoped=True)
def field_name(scope: Scope) -> str:
    """Its name; inside a list that of the list."""
    names = [part for part in parse_path(_here(scope)[0]) if isinstance(part, str)]
    return names[-1] if names else ""


@named("f:index", scoped=True)
def field_index(scope: Scope) -> int:
    """Its number in a list; -1 outside of one."""
    parts = parse_path(_here(scope)[0])
    return parts[-1] if parts and isinstance(parts[-1], int) else -1


@named("f:attribute", "S", scoped=True)
def field_attribute(scope: Scope, name: str) -> str | None:
    """One of its attributes."""
    path, _ = _here(scope)
    held = {} if scope.record is None else scope.record.notes
    return held.get(to_path(parse_path(path)), {}).get(name) if held else None


@named("f:parentPath", scoped=True)
def parent_path(scope: Scope) -> str:
    """The path of the field around it."""
    return to_path(parse_path(_here(scope)[0])[:-1])


@named("f:parent", scoped=True)
def parent(scope: Scope) -> Any:
    """The field around it; null for the root."""
    if not parse_path(_here(scope)[0]):
        return None
    path = parent_path(scope)
    found = None if scope.record is None else get(scope.record.value, path)
    return None if found is MISSING else found


@named("f:getSiblingWithName", "S", scoped=True)
def sibling(scope: Scope, name: str) -> Any:
    """The field of that name beside it; null without one."""
    around = parent(scope)
    return around.get(name) if isinstance(around, dict) else None


@named("f:hasSiblingWithName", "S", scoped=True)
def has_sibling(scope: Scope, name: str) -> bool:
    """True when there is a field of that name beside it."""
    around = parent(scope)
    return isinstance(around, dict) and name in around


@named("f:hasSiblingWithValue", "SO", scoped=True)
def has_sibling_with(scope: Scope, name: str, wanted: Any) -> bool:
    """True when the field of that name beside it has a value of the same type that is equal."""
    found = plain(sibling(scope, name))
    return found is not None and kind_of(found) is kind_of(wanted) and bool(found == wanted)
