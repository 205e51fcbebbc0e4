"""Jython Scripting: a script that makes batches, run as Python beside the batches. Only where code is allowed."""

import json
import logging
import queue
import threading
from typing import Any

from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.records.record import Record
from .scripting import Bindings, compiled, may_run, names_of, trace_of
from .scriptrecord import REFUSED, ScriptFault, must_be_event, refused

log = logging.getLogger("penstock.script")
NAP_S = 0.1
END_S = 2.0
"""How long the end of a run waits for a script that was asked to stop."""


class JavaMap(dict[str, Any]):
    """A map with the verb of Java's that scripts use."""

    def containsKey(self, name: object) -> bool:
        """True for a key that is there."""
        return name in self


class ScriptBatch:
    """What a script puts together; ``process`` sends it through the flow and waits until its offset is safe."""

    def __init__(self, origin: "JythonOrigin") -> None:
        self._origin = origin
        self.offset: tuple[str, str | None] = ("", None)
        self._records: list[Record] = []
        self._errors: list[tuple[Record, str]] = []
        self._events: list[Record] = []
        self._responses: list[Record] = []
        self._through = threading.Event()
        self._good = False

    def size(self) -> int:
        """How many records it has."""
        return len(self._records)

    def errorCount(self) -> int:
        """How many refused records it has."""
        return len(self._errors)

    def eventCount(self) -> int:
        """How many events it has."""
        return len(self._events)

    def add(self, given: Any) -> None:
        """Adds a record, or several."""
        for each in given if isinstance(given, (list, tuple)) else [given]:
            self._records.append(each.taken_back())

    def addError(self, record: Any, message: object) -> None:
        """Adds a refused record."""
        self._errors.append((record.taken_back(), str(message)))

    def addEvent(self, event: Any) -> None:
        """Adds an event that ``createEvent`` made."""
        self._events.append(must_be_event(event))

    def process(self, entity: object, offset: object = None) -> bool:
        """True when it came through; the batch is empty then."""
        self.offset = (str(entity or ""), None if offset is None else str(offset))
        self._through.clear()
        self._origin.hand_over(self)
        self._through.wait()
        self._records, self._errors, self._events = [], [], []
        return self._good

    def getSourceResponseRecords(self) -> list[Any]:
        """What stages sent back for the newest batch."""
        return [self._origin.sdc.shown(each) for each in self._responses]

    def put_out(self, out: Out) -> None:
        """Puts everything out: a record to every lane."""
        for record in self._records:
            for lane in range(len(out.lanes)):
                out.emit(record.copy() if lane else record, lane)
        for record, message in self._errors:
            out.error(record, REFUSED, refused(message))
        out.events.extend(self._events)

    def answer(self, responses: list[Record]) -> None:
        """Keeps what stages sent back."""
        self._responses = responses

    def end(self, *, good: bool) -> None:
        """Lets the script go on."""
        self._good = good
        self._through.set()


class OriginBindings(Bindings):
    """What the script finds under the name ``sdc``."""

    def __init__(self, plan: StagePlan, tools: Tools, origin: "JythonOrigin") -> None:
        super().__init__(plan, tools)
        given = plan.given.under("scriptConf.")
        self.userParams = JavaMap(given.pairs("params"))
        self._native = given.text("scriptRecordType", "NATIVE_OBJECTS") != "SDC_RECORDS"
        self.numThreads = self.nThreads = max(1, given.integer("numThreads", 1))
        self.batchSize = max(1, given.integer("batchSize", 1000))
        self.lastOffsets = JavaMap()
        self._origin, self._stopped = origin, tools.stopped

    def createBatch(self) -> ScriptBatch:
        """An empty batch."""
        return ScriptBatch(self._origin)

    def isStopped(self) -> bool:
        """True when the run was asked to stop, or ended."""
        return self._origin.closed or self._stopped()

    def shown(self, record: Record) -> Any:
        """A record as the script sees it."""
        return self._shown(record)


class JythonOrigin:
    """The script runs in a thread of its own from the first batch on; the run ends with it. Offsets are kept by entity.

    Raises:
        UnsupportedError: code is not allowed here.
        InvalidValueError: the script is empty or no Python 3 (SCRIPTING_02, SCRIPTING_03).
    """

    pushes = True

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        may_run(plan, tools)
        self._script, self._tools = compiled(plan, "script", needed=True), tools
        self.sdc = OriginBindings(plan, tools, self)
        self.closed = False
        self._queue: queue.Queue[ScriptBatch] = queue.Queue(1)
        self._batch: ScriptBatch | None = None
        self._thread: threading.Thread | None = None
        self._fault: Exception | None = None

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """The next batch of the script; waits for it, and asks for the end of the run behind the last.

        Raises:
            StopFault: the script failed (SCRIPTING_10).
        """
        self._let_go(good=True)
        if self._thread is None:
            self._start(offset, max_records)
        while self._batch is None and not self._tools.stopped():
            try:
                self._batch = self._queue.get(timeout=NAP_S)
            except queue.Empty:
                if self._thread is not None and not self._thread.is_alive() and self._queue.empty():
                    self._finish(out)
                    break
        if self._batch is not None:
            self._batch.put_out(out)
            entity, reached = self._batch.offset
            if reached is not None:
                self.sdc.lastOffsets[entity] = reached
        self.sdc.meter.hand_out(out)
        return json.dumps(self.sdc.lastOffsets) if self.sdc.lastOffsets else offset or ""

    def respond(self, responses: list[Record]) -> None:
        """What stages sent back for the batch."""
        if self._batch is not None:
            self._batch.answer(responses)

    def committed(self) -> None:
        """The batch is safe: the script goes on."""
        self._let_go(good=True)

    def close(self) -> None:
        """Asks the script to end, and waits for it a little while."""
        self.closed = True
        self._let_go(good=False)
        if self._thread is not None:
            while self._thread.is_alive() and not self._queue.empty():
                self._queue.get().end(good=False)
            self._thread.join(END_S)
            if self._thread.is_alive():
                log.warning("the script of an origin goes on after the end of its run; it does not ask sdc.isStopped()")

    def hand_over(self, batch: ScriptBatch) -> None:
        """Called by the script: the batch is taken when the flow is ready for it."""
        while not self.closed:
            try:
                self._queue.put(batch, timeout=NAP_S)
                return
            except queue.Full:
                continue
        batch.end(good=False)

    def _let_go(self, *, good: bool) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.end(good=good)

    def _start(self, offset: str | None, max_records: int) -> None:
        self.sdc.batchSize = min(self.sdc.batchSize, max_records)
        self.sdc.lastOffsets.update(offsets_of(offset))
        self._thread = threading.Thread(target=self._run, name="penstock-script", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self.sdc.meter.running():
                exec(self._script, names_of(self.sdc))
        except StopFault as fault:
            self._fault = fault
        except Exception as error:
            text = f"the script failed: {type(error).__name__}: {error}"
            self._fault = ScriptFault("SCRIPTING_10", text, trace_of(error))

    def _finish(self, out: Out) -> None:
        if self._fault is not None:
            raise self._fault
        out.finish = True


def offsets_of(text: str | None) -> dict[str, str]:
    """The offsets by entity that were committed."""
    if not text:
        return {}
    held = json.loads(text)
    return {str(name): str(value) for name, value in held.items()} if isinstance(held, dict) else {"": str(held)}
