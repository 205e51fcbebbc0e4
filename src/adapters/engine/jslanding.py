"""Records between Python and the engine of JavaScript, and what a script did with them."""

import json
from collections.abc import Iterable, Iterator
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
from ...core.records.values import FieldType, FieldValue, FileRef, ListMap, Long, Null, Zoned
from .jskinds import INTEGERS, Kinds
from .scriptfile import Files
from .scriptmeter import ScriptMeter
from .scriptrecord import REFUSED, ScriptLog, header_facts, refused

NATIVE = "NATIVE_OBJECTS"


class Landing:
    """Turns what a script wrote into records, errors, events and lines of the log."""

    def __init__(self, plan: StagePlan, tools: Tools, log: ScriptLog, meter: ScriptMeter) -> None:
        self._plan, self._tools, self._log, self._meter = plan, tools, log, meter
        self._kinds = Kinds("\n;".join(plan.given.text(name) for name in ("initScript", "script", "destroyScript")))
        self._native = plan.given.text("scriptRecordType", NATIVE) == NATIVE
        self._files = Files(plan.given.text("script"))
        self._written: set[int] = set()
        self._locked_ms: list[float] = []

    def begin(self) -> None:
        """A record that was written before is written for the first time again."""
        self._written.clear()
        self._files.clear()

    def shown(self, record: Record) -> list[Any]:
        """A record as the script's engine can take it over."""
        value = encoded(record.value, self._files)
        return [value, dict(record.attributes), header_facts(record), _nulls(record.value), record.notes]

    def land(self, what: list[Any], batch: list[Record], out: Out) -> None:
        """Does what the script asked for."""
        if what[0] == "event":
            kind, version, value, attributes = what[1:]
            at_ms = self._tools.now_ms()
            made = event(f"event:{kind}:{version}:{at_ms}", kind, int(version), None, at_ms, json.loads(attributes))
            made.value = self._decoded(value, {})
            out.events.append(made)
        elif what[0] in ("output", "error"):
            record = self._record(what[1], batch, what[4])
            record = record.copy() if id(record) in self._written else record
            self._written.add(id(record))
            record.value = self._decoded(what[2], record.value)
            given = {name: java_string(text) for name, text in json.loads(what[3]).items() if text is not None}
            record.attributes.clear()
            record.attributes.update(given)
            notes = {path: held for path, held in json.loads(what[6]).items() if held}
            if notes or record.notes:
                record.header.field_attributes = notes
            if what[0] == "error":
                out.error(record, REFUSED, refused(what[5]))
                return
            out.emit(record)
        elif what[0] == "locked":
            self._locked_ms.append(what[1])
        elif what[0] == "unlocked" and self._locked_ms:
            self._meter.used((what[1] - self._locked_ms.pop()) / 1000)
        elif what[0] == "log":
            getattr(self._log, what[1])(*what[2])

    def _decoded(self, text: str, before: FieldValue) -> FieldValue:
        return Decoding(self._kinds, before, self._native, self._files).root(json.loads(text))

    def _record(self, at: int, batch: list[Record], source_id: str) -> Record:
        return batch[at] if at >= 0 else Record(None, Header(source_id, self._plan.instance))


def _nulls(value: FieldValue) -> dict[str, str]:
    """The types of the nulls in a value, by path."""
    found = {path: get(value, path) for path in all_paths(value)}
    return {path: held.type.name for path, held in found.items() if isinstance(held, Null)}


def encoded(value: FieldValue, files: Files | None = None) -> Any:
    """A field as the script's engine can take it over; ``files`` are those that it may read."""
    if isinstance(value, ListMap):
        return {"$listMap": [[name, encoded(item, files)] for name, item in value.items()]}
    if isinstance(value, dict):
        return {name: encoded(item, files) for name, item in value.items()}
    if isinstance(value, list):
        return [encoded(item, files) for item in value]
    if isinstance(value, FileRef) and files is not None:
        return {"$file": files.shown(value)}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return {"$date": to_millis(value)}
    if isinstance(value, bytes):
        return {"$bytes": list(value)}
    if value is None or isinstance(value, Null):
        return None
    return value if isinstance(value, (bool, int, float, str)) else java_string(value)


class Decoding:
    """What a script left of a record's value, as fields: what it did not touch keeps its type, nulls too.

    ``native`` is True for values that went through plain objects: dates come back as DATETIME then.
    """

    def __init__(self, kinds: Kinds, before: FieldValue, native: bool, files: Files) -> None:
        self._kinds, self._root, self._native, self._files = kinds, before, native, files

    def root(self, value: Any) -> FieldValue:
        """The root of the record."""
        return self._made(value, self._root, "value")

    def _made(self, value: Any, before: FieldValue, name: str) -> FieldValue:
        if value is None:
            return None if before is None else null_of(before)
        if isinstance(value, dict):
            return self._of_map(value, before, name)
        if isinstance(value, list):
            olds = before if isinstance(before, list) else []
            made = [
                self._made(item, olds[at] if at < len(olds) else None, f"{name}[]") for at, item in enumerate(value)
            ]
            return [float(each) for each in made] if _fractions(made) else made  # type: ignore[arg-type]
        plain = None if isinstance(before, (dict, list)) else encoded(before)
        same = plain == value and isinstance(plain, bool) == isinstance(value, bool)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if same and not (number and self._kinds.of(name).always):
            return before
        return self._number(value, name) if number else self._copied(value, name)

    def _of_map(self, value: dict[str, Any], before: FieldValue, name: str) -> FieldValue:
        if len(value) == 1:
            ((word, held),) = value.items()
            if (word, held) == ("$null", "STRING"):
                return None
            special = self._special(word, held, before, name)
            if special is not None:
                return special
        return self._items(value.items(), before)

    def _items(self, pairs: Iterable[tuple[str, Any]], before: FieldValue) -> dict[str, FieldValue]:
        old = before if isinstance(before, dict) else {}
        return {name: self._made(item, old.get(name), name) for name, item in pairs}

    def _number(self, value: int | float, name: str) -> FieldValue:
        sources = self._kinds.of(name)
        copied = self._copied(value, name)
        if copied is not value:
            return copied
        if isinstance(value, float):
            return value
        if value not in INTEGERS:
            return Long(value) if sources.java_long else float(value)
        whole = value in sources.literals or sources.whole or not sources.computed
        return Long(value) if sources.java_long and not sources.computed else value if whole else float(value)

    def _copied(self, value: Any, name: str) -> FieldValue:
        """The field that a value was passed on from, where there is one; else the value."""
        for source in self._kinds.of(name).copied:
            for held in _named(self._root, source.removesuffix("[]")):
                items = held if source.endswith("[]") and isinstance(held, list) else [held]
                for each in items:
                    if not isinstance(each, (dict, list)) and each is not None and encoded(each) == value:
                        return each
        return value  # type: ignore[no-any-return]

    def _special(self, word: str, held: Any, before: FieldValue, name: str) -> FieldValue:
        if word == "$date":
            if isinstance(before, datetime) and to_millis(before) == held:
                return self._date(before)
            return from_millis(int(held)) if held is not None else datetime.fromtimestamp(0, UTC)
        if word == "$bytes":
            return bytes(each & 0xFF for each in held)
        if word == "$file":
            return self._files[int(held)]
        if word == "$long":
            return Long(int(held))
        if word == "$double":
            return float(held.replace("Infinity", "inf"))
        if word == "$null":
            return None if held == "STRING" else Null(FieldType[held])
        if word == "$typed":
            kind, value = held
            made = self._made(value, None, name)
            return made if kind is None else convert(made, FieldType[kind])
        if word == "$listMap":
            return ListMap(self._items(((str(each), item) for each, item in held), before))
        return None

    def _date(self, before: datetime) -> FieldValue:
        if not self._native:
            return before
        return java_string(before) if isinstance(before, Zoned) else from_millis(to_millis(before))


def _fractions(made: list[FieldValue]) -> bool:
    """True for a list of numbers one of which is a fraction: its engine keeps them all as such."""
    return all(type(each) in (int, float) for each in made) and any(type(each) is float for each in made)


def _named(value: FieldValue, name: str) -> Iterator[FieldValue]:
    """The fields of a name, wherever they are."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _named(each, name)
    if isinstance(value, dict) and name in value:
        yield value[name]
