"""JavaScript Evaluator: scripts of a flow in an engine without files and network. Only where code is allowed."""

import json
import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ...core.errors import InvalidValueError, UnsupportedError
from ...core.java import java_string
from ...core.java.calendar import from_millis, to_millis
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Tools
from ...core.processors.registry import processor
from ...core.processors.values import null_of
from ...core.records.convert import convert
from ...core.records.paths import all_paths, get
from ...core.records.record import Header, Record, event
from ...core.records.values import FieldType, FieldValue, ListMap, Long, Null
from .jsfields import FIELDS
from .scripting import may_run
from .scriptmeter import ScriptMeter
from .scriptrecord import ScriptFault, ScriptLog, header_facts

MAX_MEMORY = 512 * 1024 * 1024
TIMEOUT_S = 60.0
_KINDS = [kind.name for kind in FieldType if kind.name not in ("FILE_REF", "LIST_MAP")]
PRELUDE = """
var sdc = {}, state = {}, log = {}, NULLS = __KINDS__;
(function () {
  function out(value) {
    return JSON.stringify(value, function (key, item) {
      var raw = this[key];
      if (raw instanceof Date) return {"$date": raw.getTime()};
      if (raw instanceof Uint8Array) return {"$bytes": Array.prototype.slice.call(raw)};
      if (raw instanceof __Typed) return {"$typed": [raw.type, raw.held]};
      if (raw && raw.$null) return {"$null": raw.$null};
      if (raw && raw.$listMap) return {"$listMap": Object.keys(raw).filter(function (name) {
        return name !== "$listMap"; }).map(function (name) { return [name, raw[name]]; })};
      if (typeof item === "bigint") return {"$long": String(item)};
      if (typeof item === "number" && !isFinite(item)) return {"$double": String(item)};
      if (typeof item === "number" && Math.floor(item) === item && Math.abs(item) > 9007199254740991)
        return {"$double": String(item)};
      return item === undefined ? null : item;
    });
  }
  function back(key, item) {
    if (item && typeof item === "object") {
      if ("$date" in item) return new Date(item.$date);
      if ("$bytes" in item) return new Uint8Array(item.$bytes);
      if ("$listMap" in item) {
        var made = {};
        item.$listMap.forEach(function (pair) { made[pair[0]] = pair[1]; });
        Object.defineProperty(made, "$listMap", {value: true, enumerable: false});
        return made;
      }
    }
    return item;
  }
  var made = [], made_nulls = [];
  function record(id, value, attributes, header, notes) {
    var made = Object.assign({id: id, value: value, attributes: attributes, notes: notes || {}}, header);
    made.sdcRecord = new __SdcRecord(made);
    return made;
  }
  function say(level) { return function () {
    made.push(["log", level, Array.prototype.map.call(arguments, String)]); }; }
  ["trace", "debug", "info", "warn", "error"].forEach(function (level) { log[level] = say(level); });
  NULLS.forEach(function (name) {
    sdc["NULL_" + name] = {"$null": name}; globalThis["NULL_" + name] = sdc["NULL_" + name]; });
  sdc.state = state; sdc.log = log;
  sdc.createRecord = function (id) { return record(-1, null, {}, {sourceId: String(id)}); };
  sdc.createEvent = function (type, version) {
    var made = record(-2, {}, {}, {}); made.type = String(type); made.version = Number(version); return made; };
  sdc.toEvent = function (event) {
    if (event.id !== -2) throw new Error("SCRIPTING_07: only what createEvent made can be sent as an event");
    made.push(["event", event.type, event.version, out(event.value), out(event.attributes)]); };
  sdc.createMap = function (listMap) {
    var map = {};
    if (listMap) Object.defineProperty(map, "$listMap", {value: true, enumerable: false});
    return map; };
  sdc.isStopped = function () { return false; };
  sdc.getFieldNull = function (record, path) {
    var at = record.value;
    var nulls = made_nulls[record.id] || {};
    path.split(/[\\/\\[\\]]+/).forEach(function (name) { if (name) at = at == null ? undefined : at[name]; });
    if (at === undefined) return null;
    return at === null ? sdc["NULL_" + (nulls[path] || "STRING")] : at; };
  sdc.importLock = function () { made.push(["locked", Date.now()]); };
  sdc.importUnlock = function () { made.push(["unlocked", Date.now()]); };
  sdc.output = {write: function (record) {
    made.push(["output", record.id, out(record.value), out(record.attributes), record.sourceId, "",
      out(record.notes)]); }};
  sdc.error = {write: function (record, message) {
    made.push(["error", record.id, out(record.value), out(record.attributes), record.sourceId, String(message),
      out(record.notes)]); }};
  globalThis.output = sdc.output; globalThis.error = sdc.error; globalThis.sdcFunctions = sdc;
  globalThis.__turn = function (text, facts) {
    facts = JSON.parse(facts); made = [];
    sdc.isPreview = function () { return facts.preview; };
    sdc.pipelineParameters = function () { return facts.parameters; };
    sdc.userParams = globalThis.sdcUserParams = facts.user;
    sdc.records = globalThis.records = JSON.parse(text, back).map(function (item, at) {
      return record(at, item[0], item[1], item[2], item[4]); });
    made_nulls = JSON.parse(text).map(function (item) { return item[3]; });
  };
  globalThis.__made = function () { return JSON.stringify(made); };
})();
""".replace("__KINDS__", json.dumps(_KINDS))


@processor("com_streamsets_pipeline_stage_processor_javascript_JavaScriptDProcessor")
class JavaScript:
    """The script sees ``sdc`` and the names of older versions; what it does not write to the output is dropped.

    Raises:
        UnsupportedError: code is not allowed here, or the engine for it is not installed.
        InvalidValueError: the script is empty (SCRIPTING_02).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        may_run(plan, tools)
        try:
            from py_mini_racer import MiniRacer
        except ImportError:
            raise UnsupportedError(
                "JavaScript without its engine", "Install it with: pip install 'penstock[javascript]'"
            ) from None
        given = plan.given
        if not given.text("script").strip():
            raise InvalidValueError("Script", "", "a script (SCRIPTING_02)")
        self._plan, self._tools = plan, tools
        self._by_record = given.text("processingMode", "BATCH") == "RECORD"
        self._script, self._end = given.text("script"), given.text("destroyScript")
        self._as_record_error = given.flag("scriptErrorAsRecordError")
        self._facts = json.dumps(
            {
                "preview": tools.preview,
                "parameters": {name: java_string(value) for name, value in tools.scope.parameters.items()},
                "user": given.pairs("userParams"),
            }
        )
        self._written: set[int] = set()
        self._log = ScriptLog(logging.getLogger("penstock.script"))
        self._meter, self._locked_ms = ScriptMeter(), list[float]()
        self._engine = MiniRacer()
        self._engine.eval(FIELDS + PRELUDE)
        if given.text("initScript").strip():
            self._run(given.text("initScript"), [], Out(0, tools.now_ms), "SCRIPTING_08")

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Runs the script for the batch, or for each of its records."""
        if self._by_record:
            for record in batch:
                self._guarded([record], out, "SCRIPTING_05", as_record_error=True)
        else:
            self._guarded(batch, out, "SCRIPTING_06", as_record_error=self._as_record_error)

    def _guarded(self, batch: list[Record], out: Out, code: str, *, as_record_error: bool) -> None:
        try:
            self._run(self._script, batch, out, code)
        except ScriptFault as fault:
            if not as_record_error:
                raise
            for record in batch:
                out.error(record, fault.code, fault.message, fault.trace)

    def close(self, out: Out) -> None:
        """Runs the script for the end, and frees the engine; that the script fails changes nothing any more."""
        try:
            if self._end.strip():
                self._run(self._end, [], out, "SCRIPTING_09")
        except ScriptFault as fault:
            self._log.error("{}", fault)
        finally:
            self._engine.close()

    def _run(self, script: str, batch: list[Record], out: Out, failure: str) -> None:
        from py_mini_racer import JSEvalException

        self._written.clear()
        given = [
            [encoded(each.value), dict(each.attributes), header_facts(each), _nulls(each.value), each.notes]
            for each in batch
        ]
        try:
            self._engine.eval(f"__turn({json.dumps(json.dumps(given))}, {json.dumps(self._facts)})")
            with self._meter.running():
                self._engine.eval(f"{{\n{script}\n}}", timeout_sec=TIMEOUT_S, max_memory=MAX_MEMORY)
            made = json.loads(str(self._engine.eval("__made()")))
        except JSEvalException as error:
            lines = str(error).strip().splitlines()
            reason = next((line for line in lines if "Error" in line), lines[0] if lines else type(error).__name__)
            raise ScriptFault(failure, f"the script failed: {reason.strip()}", str(error)) from None
        for what in made:
            self._landed(what, batch, out)
        self._meter.hand_out(out)

    def _landed(self, what: list[Any], batch: list[Record], out: Out) -> None:
        if what[0] == "event":
            kind, version, value, attributes = what[1:]
            at_ms = self._tools.now_ms()
            made = event(f"event:{kind}:{version}:{at_ms}", kind, int(version), None, at_ms, json.loads(attributes))
            made.value = decoded(json.loads(value), {})
            out.events.append(made)
        elif what[0] in ("output", "error"):
            record = self._record(what[1], batch, what[4])
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
            out.emit(record.copy() if id(record) in self._written else record)
            self._written.add(id(record))
        elif what[0] == "locked":
            self._locked_ms.append(what[1])
        elif what[0] == "unlocked" and self._locked_ms:
            self._meter.used((what[1] - self._locked_ms.pop()) / 1000)
        elif what[0] == "log":
            getattr(self._log, what[1])(*what[2])

    def _record(self, at: int, batch: list[Record], source_id: str) -> Record:
        return batch[at] if at >= 0 else Record(None, Header(source_id, self._plan.instance))


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


__all__ = ["JavaScript", "decoded", "encoded"]
