"""JavaScript Scripting: a script that makes batches, run up to the next one whenever one is wanted."""

import json
import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from ...core.errors import InvalidValueError
from ...core.java import java_string
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Tools
from ...core.records.record import Record
from .javascript import MAX_MEMORY, TIMEOUT_S, fault_of, new_engine
from .jsengine import engine_faults
from .jslanding import Landing
from .scripting import may_run
from .scriptmeter import ScriptMeter
from .scriptorigin import offsets_of
from .scriptrecord import ScriptLog

_PROCESS = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]*)\.process\s*\(")
"""Where a script sends a batch and waits for it; it goes on there at the next read."""
PRELUDE = """
(function () {
  function javaMap(held) {
    Object.defineProperty(held, "containsKey", {value: function (name) { return name in held; }});
    Object.defineProperty(held, "get", {value: function (name) { return name in held ? held[name] : null; }});
    return held;
  }
  var responses = [];
  sdc.createBatch = function () {
    var records = [], errors = [], events = [];
    function entry(word, each, message) {
      return [word, -1, __out(each.value), __out(each.attributes), each.sourceId, String(message), __out(each.notes)];
    }
    return {
      size: function () { return records.length; },
      errorCount: function () { return errors.length; },
      eventCount: function () { return events.length; },
      add: function (given) {
        (Array.isArray(given) ? given : [given]).forEach(function (each) { records.push(entry("output", each, "")); });
      },
      addError: function (each, message) { errors.push(entry("error", each, message)); },
      addEvent: function (each) {
        if (each.id !== -2) throw new Error("SCRIPTING_07: only what createEvent made can be sent as an event");
        events.push(["event", each.type, each.version, __out(each.value), __out(each.attributes)]);
      },
      process: function (entity, offset) {
        var made = {entity: entity == null ? "" : String(entity), offset: offset == null ? null : String(offset),
          made: records.concat(errors, events)};
        records = []; errors = []; events = [];
        return made;
      },
      getSourceResponseRecords: function () { return responses; }
    };
  };
  globalThis.__begin = function (facts) {
    facts = JSON.parse(facts);
    sdc.userParams = javaMap(facts.user);
    sdc.lastOffsets = javaMap(facts.offsets);
    sdc.batchSize = facts.batchSize;
    sdc.numThreads = sdc.nThreads = facts.threads;
  };
  globalThis.__step = function (facts) {
    facts = JSON.parse(facts);
    sdc.isStopped = function () { return facts.stopped; };
    responses = JSON.parse(facts.responses, __back).map(function (item) {
      return __record(-1, item[0], item[1], item[2], item[4]); });
    var found = __script.next(true);
    return JSON.stringify({done: found.done, batch: found.done ? null : found.value});
  };
})();
"""


class JavaScriptOrigin:
    """The run ends with the script. Offsets are kept by entity.

    ``process`` has to be called on a variable, outside of the script's own functions.

    Raises:
        UnsupportedError: code is not allowed here, or the engine for it is not installed.
        InvalidValueError: the script is empty, or cannot be read (SCRIPTING_02, SCRIPTING_03).
    """

    pushes = True

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        may_run(plan, tools)
        given, text = plan.given.under("scriptConf."), plan.given.text("script")
        if not text.strip():
            raise InvalidValueError("Script", "", "a script (SCRIPTING_02)")
        self._tools, self._given = tools, given
        self._engine = new_engine()
        self._meter, log = ScriptMeter(), ScriptLog(logging.getLogger("penstock.script"))
        self._landing = Landing(plan, tools, log, self._meter)
        self._offsets: dict[str, str] = {}
        self._responses: list[Record] = []
        self._began = self._done = False
        self._seconds = 0.0
        try:
            self._engine.eval(PRELUDE)
            self._engine.eval(f"function* __main() {{\n{_PROCESS.sub(_yielding, text)}\n}}\nvar __script = __main();")
        except engine_faults() as error:
            raise InvalidValueError("script", "…", f"{fault_of('', error).message} (SCRIPTING_03)") from None

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """Runs the script until it sends the next batch; asks for the end of the run behind the last.

        Raises:
            StopFault: the script failed (SCRIPTING_10).
        """
        try:
            if not self._began:
                self._begin(offset, max_records)
            found = {"done": True} if self._done else self._step()
        except engine_faults() as error:
            raise fault_of("SCRIPTING_10", error) from None
        self._landing.begin()
        for what in json.loads(str(self._engine.eval("__made()"))):
            self._landing.land(what, [], out)
        batch = found.get("batch")
        if isinstance(batch, Mapping):
            for what in batch["made"]:
                self._landing.land(what, [], out)
            if batch["offset"] is not None:
                self._offsets[batch["entity"]] = batch["offset"]
        if found["done"] and not self._done:
            self._meter.ran(self._seconds)
        self._done = out.finish = bool(found["done"])
        self._meter.hand_out(out)
        return json.dumps(self._offsets) if self._offsets else offset or ""

    def respond(self, responses: list[Record]) -> None:
        """What stages sent back for the batch."""
        self._responses = responses

    def close(self) -> None:
        """Frees the engine."""
        self._engine.close()

    def _begin(self, offset: str | None, max_records: int) -> None:
        self._began = True
        self._offsets = offsets_of(offset)
        parameters = {name: java_string(value) for name, value in self._tools.scope.parameters.items()}
        facts = {"preview": self._tools.preview, "parameters": parameters, "user": self._given.pairs("params")}
        more = {
            "user": facts["user"],
            "offsets": self._offsets,
            "batchSize": max(1, min(self._given.integer("batchSize", 1000), max_records)),
            "threads": max(1, self._given.integer("numThreads", 1)),
        }
        self._call("__turn", "[]", json.dumps(facts))
        self._call("__begin", json.dumps(more))

    def _step(self) -> dict[str, Any]:
        responses, self._responses = [self._landing.shown(each) for each in self._responses], []
        facts = {"stopped": self._tools.stopped(), "responses": json.dumps(responses)}
        began = time.perf_counter()
        made = self._call("__step", json.dumps(facts))
        self._seconds += time.perf_counter() - began
        found: dict[str, Any] = json.loads(made)
        return found

    def _call(self, name: str, *texts: str) -> str:
        given = ", ".join(json.dumps(each) for each in texts)
        return str(self._engine.eval(f"{name}({given})", timeout_sec=TIMEOUT_S, max_memory=MAX_MEMORY))


def _yielding(found: re.Match[str]) -> str:
    return f"yield {found[0]}"
