"""Records between Python and the engine of JavaScript, and what a script did with them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ...core.java import java_string
from ...core.java.calendar import from_millis, to_millis
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Tools
from ...core.processors.values import null_of
from ...core.records.convert import convert
from ...core.records.paths import all_paths, get
from ...core.records.record import Header, Record, event
from ...core.records.values import FieldType, FieldValue, ListMap, Long, Null
from .scriptmeter import ScriptMeter
from .scriptrecord import ScriptLog, header_facts


class Landing:
    """Turns what a script wrote into records, errors, events and lines of the log."""

    def __init__(self, plan: StagePlan, tools: Tools, log: ScriptLog, meter: ScriptMeter) -> None:
        self._plan, self._tools, self._log, self._meter = plan, tools, log, meter
        self._written: set[int] = set()
        self._locked_ms: list[float] = []

    def begin(self) -> None:
        """A record that was written before is written for the first time again."""
        self._written.clear()

    def land(self, what: list[Any], batch: list[Record], out: Out) -> None:
        """Does what the script asked for."""
        if what[0] == "event":
            kind, version, value, attributes = what[1:]
            at_ms = self._tools.now_ms()
            made = event(f"event:{kind}:{version}:{at_ms}", kind, int(version), None, at_ms, json.loads(attributes))
            made.value = decoded(json.loads(value), {})
            out.events.append(made)
        elif what[0] in ("output", "error"):
            record = self._record(what[1], batch, what[4])
            record = record.copy() if id(record) in self._written else record
            self._written.add(id(record))
            record.value = decoded(json.loads(what[2]), record.value)
            given = {name: java_string(text) for name, text in json.loads(what[3]).items() if text is not None}
            record.attributes.clear()
            record.attributes.update(given)
            notes = {path: held for path, held in json.loads(what[6]).items() if held}
            if notes or record.notes:
                record.header.field_attributes = notes
            if what[0] == "error":
                out.error(record, "SCRIPTING_04", what[5])
                return
            out.emit(record)
        elif what[0] == "locked":
            self._locked_ms.append(what[1])
        elif what[0] == "unlocked" and self._locked_ms:
            self._meter.used((what[1] - self._locked_ms.pop()) / 1000)
        elif what[0] == "log":
            getattr(self._log, what[1])(*what[2])

    def _record(self, at: int, batch: list[Record], source_id: str) -> Record:
        return batch[at] if at >= 0 else Record(None, Header(source_id, self._plan.instance))


def shown(record: Record) -> list[Any]:
    """A record as the script's engine can take it over."""
    return [encoded(record.value), dict(record.attributes), header_facts(record), _nulls(record.value), record.notes]


def _nulls(value: FieldValue) -> dict[str, str]:
    """The types of the nulls in a value, by path."""
    found = {path: get(value, path) for path in all_paths(value)}
    return {path: held.type.name for path, held in found.items() if isinstance(held, Null)}


def encoded(value: FieldValue) -> Any:
    """A field as the script's engine can take it over."""
    if isinstance(value, ListMap):
        return {"$listMap": [[name, encoded(item)] for name, item in value.items()]}
    if isinstance(value, dict):
        return {name: encoded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [encoded(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return {"$date": to_millis(value)}
    if isinstance(value, bytes):
        return {"$bytes": list(value)}
    if value is None or isinstance(value, Null):
        return None
    return value if isinstance(value, (bool, int, float, str)) else java_string(value)


def decoded(value: Any, before: FieldValue) -> FieldValue:
    """What the script left, as a field; what it did not change keeps its type."""
    if value is None:
        return None if before is None else null_of(before)
    if isinstance(value, dict):
        if len(value) == 1:
            ((word, held),) = value.items()
            if (word, held) == ("$null", "STRING"):
                return None
            special = _special(word, held, before)
            if special is not None:
                return special
        old = before if isinstance(before, dict) else {}
        return {name: decoded(item, old.get(name)) for name, item in value.items()}
    if isinstance(value, list):
        olds = before if isinstance(before, list) else []
        return [decoded(item, olds[at] if at < len(olds) else None) for at, item in enumerate(value)]
    plain = None if isinstance(before, (dict, list)) else encoded(before)
    if plain == value and isinstance(plain, bool) == isinstance(value, bool):
        return before
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**31 - 1:
        return Long(value)
    return value  # type: ignore[no-any-return]


def _special(word: str, held: Any, before: FieldValue) -> FieldValue:
    if word == "$date":
        if isinstance(before, datetime) and to_millis(before) == held:
            return before
        return from_millis(int(held)) if held is not None else datetime.fromtimestamp(0, UTC)
    if word == "$bytes":
        return bytes(held)
    if word == "$long":
        return Long(int(held))
    if word == "$double":
        return float(held.replace("Infinity", "inf"))
    if word == "$null":
        return None if held == "STRING" else Null(FieldType[held])
    if word == "$typed":
        kind, value = held
        return decoded(value, None) if kind is None else convert(decoded(value, None), FieldType[kind])
    if word == "$listMap":
        old = before if isinstance(before, dict) else {}
        return ListMap({name: decoded(item, old.get(name)) for name, item in held})
    return None
