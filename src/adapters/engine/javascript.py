"""JavaScript Evaluator: scripts of a flow in an engine without files and network. Only where code is allowed."""

import json
import logging

from ...core.errors import InvalidValueError
from ...core.java import java_string
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Tools
from ...core.processors.registry import processor
from ...core.records.record import Record
from ...core.records.values import FieldType
from .jsengine import Engine, engine_faults
from .jsfields import FIELDS
from .jslanding import Landing
from .scripting import may_run
from .scriptmeter import ScriptMeter
from .scriptrecord import ScriptFault, ScriptLog

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
      if (raw instanceof Int8Array || raw instanceof Uint8Array) return {"$bytes": Array.prototype.slice.call(raw)};
      if (raw instanceof __File) return {"$file": raw.number};
      if (raw instanceof __Typed) return {"$typed": [raw.type, raw.held]};
      if (raw && raw.$null) return {"$null": raw.$null};
      if (typeof raw === "function" && "$text" in raw) return raw.$text;
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
      if ("$file" in item) return new __File(item.$file[0], item.$file[1]);
      if ("$bytes" in item) return new Int8Array(item.$bytes);
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
    var made = Object.assign(
      {id: id, value: value, attributes: __withVerbs(attributes), notes: notes || {}}, header);
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
    if (at !== null) return at;
    var named = sdc["NULL_" + (nulls[path] || "STRING")];
    return /^(BYTE|TIME|ZONED_DATETIME)$/.test(nulls[path]) ? null : named; };
  sdc.importLock = function () { made.push(["locked", Date.now()]); };
  sdc.importUnlock = function () { made.push(["unlocked", Date.now()]); };
  function own(attributes) {
    for (var name in attributes) if (name.startsWith("_.")) throw new Error("a header attribute cannot be " + name);
    return out(attributes);
  }
  sdc.output = {write: function (record) {
    made.push(["output", record.id, out(record.value), own(record.attributes), record.sourceId, "",
      out(record.notes)]); }};
  sdc.error = {write: function (record, message) {
    made.push(["error", record.id, out(record.value), own(record.attributes), record.sourceId, String(message),
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
  globalThis.__out = out; globalThis.__back = back; globalThis.__record = record;
  globalThis.__made = function () { var text = JSON.stringify(made); made = []; return text; };
})();
""".replace("__KINDS__", json.dumps(_KINDS))


def new_engine() -> Engine:
    """A JavaScript engine of its own that knows ``sdc``.

    Raises:
        UnsupportedError: none is installed.
    """
    return Engine(FIELDS + PRELUDE)


def fault_of(code: str, error: Exception) -> ScriptFault:
    """Why a script failed, in a line and with where it was."""
    lines = str(error).strip().splitlines()
    reason = next((line for line in lines if "Error" in line), lines[0] if lines else type(error).__name__)
    return ScriptFault(code, f"the script failed: {reason.strip()}", str(error))


@processor("com_streamsets_pipeline_stage_processor_javascript_JavaScriptDProcessor")
class JavaScript:
    """The script sees ``sdc`` and the names of older versions; what it does not write to the output is dropped.

    Raises:
        UnsupportedError: code is not allowed here, or the engine for it is not installed.
        InvalidValueError: the script is empty (SCRIPTING_02).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        may_run(plan, tools)
        self._engine = new_engine()
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
        self._log = ScriptLog(logging.getLogger("penstock.script"))
        self._meter = ScriptMeter()
        self._landing = Landing(plan, tools, self._log, self._meter)
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
        self._landing.begin()
        given = [self._landing.shown(each) for each in batch]
        try:
            self._engine.eval(f"__turn({json.dumps(json.dumps(given))}, {json.dumps(self._facts)})")
            with self._meter.running():
                self._engine.eval(f"{{\n{script}\n}}", timeout_sec=TIMEOUT_S, max_memory=MAX_MEMORY)
            made = json.loads(str(self._engine.eval("__made()")))
        except engine_faults() as error:
            raise fault_of(failure, error) from None
        for what in made:
            self._landing.land(what, batch, out)
        self._meter.hand_out(out)
