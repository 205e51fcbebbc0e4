"""``drift:`` functions: true when what is remembered of a field changed. The scope remembers."""

from collections.abc import Callable
from typing import Any

from ...java.kinds import kind_of
from ...records.paths import MISSING
from ...records.values import FieldType
from ..coerce import plain
from ..scope import Scope
from .records import field_at
from .registry import named

_MAPS = (FieldType.MAP, FieldType.LIST_MAP)


def _drifted(what: str, kinds: tuple[FieldType, ...] | None, read: Callable[[Any], Any]) -> Callable[..., bool]:
    def detect(scope: Scope, path: str, ignores_missing: bool) -> bool:
        held = field_at(scope, path)
        if held is not MISSING and kinds is not None and kind_of(held) not in kinds:
            named_kinds = ", ".join(kind.name for kind in kinds)
            scope.memory["alert"] = f"field {path} is a {kind_of(held).name}, not one of {named_kinds}"
            return False
        missing = held is MISSING or plain(held) is None
        now = None if missing else read(held)
        key = f"drift:{what}:{path}"
        known, before = key in scope.memory, scope.memory.get(key)
        changed = known and (before is not None and not ignores_missing if missing else before != now)
        if changed:
            scope.memory["alert"] = f"the {what} of field {path} changed from {before} to {now}"
        if changed or (not known and not (missing and ignores_missing)):
            scope.memory[key] = now
        return changed

    return detect


named("drift:size", "SB", scoped=True)(_drifted("size", (FieldType.LIST, *_MAPS), len))
named("drift:names", "SB", scoped=True)(_drifted("names", _MAPS, lambda held: frozenset(held)))
named("drift:order", "SB", scoped=True)(_drifted("order", (FieldType.LIST_MAP,), lambda held: tuple(held)))
named("drift:type", "SB", scoped=True)(_drifted("type", None, kind_of))
