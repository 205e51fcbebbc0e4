"""Jython Evaluator: scripts of a flow, run as Python. Only where the operator allows code."""

import builtins
import logging
import traceback
from collections.abc import Mapping
from typing import Any

from ...core.errors import InvalidValueError, UnsupportedError
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Tools
from ...core.processors.registry import processor
from ...core.records.paths import MISSING, get
from ...core.records.record import Header, Record, event
from ...core.records.values import FieldType, Null
from .python2 import NAMES, OldDict, OldListMap, parsed
from .scriptmeter import ScriptMeter
from .scriptrecord import NULLS, Errors, Output, ScriptFault, ScriptLog, ScriptRecord, must_be_event
from .sdcapi import SdcScriptRecord, importer

log = logging.getLogger("penstock.script")


class Bindings:
    """What a script finds under the name ``sdc``."""

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        self._plan, self._tools = plan, tools
        self.state: dict[str, Any] = {}
        self.userParams = plan.given.pairs("userParams")
        self.records: list[Any] = []
        self._native = plan.given.text("scriptRecordType", "NATIVE_OBJECTS") != "SDC_RECORDS"
        self.output = self.error = None  # type: Any
        self.log = ScriptLog(log)
        self.meter = ScriptMeter()
        self._out: Out | None = None
        for name, null in NULLS.items():
            setattr(self, name, null)

    def turn(self, batch: list[Record], out: Out) -> None:
        """Prepares for some records."""
        self._out = out
        self.records = [self._shown(record) for record in batch]
        self.output, self.error = Output(out), Errors(out)

    def _shown(self, record: Record, *, is_event: bool = False) -> Any:
        kind: Any = ScriptRecord if self._native else SdcScriptRecord
        return kind(record, is_event=is_event)

    def createRecord(self, source_id: object) -> Any:
        """A new record without a value."""
        return self._shown(Record(None, Header(str(source_id), self._plan.instance)))

    def createEvent(self, kind: object, version: object) -> Any:
        """A new event; ``toEvent`` sends it."""
        at_ms = self._tools.now_ms()
        number = int(str(version))
        made = event(f"event:{kind}:{number}:{at_ms}", str(kind), number, {}, at_ms)
        return self._shown(made, is_event=True)

    def toEvent(self, record: Any) -> None:
        """Sends an event."""
        assert self._out is not None
        self._out.events.append(must_be_event(record))

    def createMap(self, list_map: bool = False) -> dict[str, Any]:
        """A new map, or list-map."""
        return OldListMap() if list_map else OldDict()

    def isPreview(self) -> bool:
        """True in a preview."""
        return self._tools.preview

    def isStopped(self) -> bool:
        """Scripts here run batch by batch and are never asked to stop in the middle of one."""
        return False

    def importLock(self) -> None:
        """Takes the lock of all scripts. Python's imports do not need it, scripts may."""
        self.meter.lock()

    def importUnlock(self) -> None:
        """Lets go of it."""
        self.meter.unlock()

    def pipelineParameters(self) -> Mapping[str, object]:
        """The parameters of the run."""
        return dict(self._tools.scope.parameters)

    def getFieldNull(self, record: Any, path: str) -> Any:
        """The value of a field, or its null with its type; None where it is not there."""
        value = record.here() if isinstance(record, ScriptRecord) else record.taken_back().value
        found = get(value, path)
        if found is MISSING:
            return None
        kind = FieldType.STRING if found is None else found.type if isinstance(found, Null) else None
        return found if kind is None else NULLS.get(f"NULL_{kind.name}", found)


@processor("com_streamsets_pipeline_stage_processor_jython_JythonDProcessor")
class Jython:
    """The script sees ``sdc`` and the names of older versions; what it does not write to the output is dropped.

    Raises:
        UnsupportedError: code is not allowed here.
        InvalidValueError: the script is empty or no Python 3 (SCRIPTING_02, SCRIPTING_03).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        may_run(plan, tools)
        given = plan.given
        self._by_record = given.text("processingMode", "BATCH") == "RECORD"
        self._as_record_error = given.flag("scriptErrorAsRecordError")
        self._script = compiled(plan, "script", needed=True)
        self._end = compiled(plan, "destroyScript")
        self._sdc = Bindings(plan, tools)
        self._names = names_of(self._sdc)
        start = compiled(plan, "initScript")
        if start is not None:
            self._run(start, [], Out(0, tools.now_ms), "SCRIPTING_08")

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Runs the script for the batch, or for each of its records."""
        assert self._script is not None
        if not self._by_record:
            try:
                self._run(self._script, batch, out, "SCRIPTING_06")
            except ScriptFault as fault:
                if not self._as_record_error:
                    raise
                for record in batch:
                    out.error(record, fault.code, fault.message, fault.trace)
            return
        for record in batch:
            try:
                self._run(self._script, [record], out, "SCRIPTING_05")
            except ScriptFault as fault:
                out.error(self._changed(record), fault.code, fault.message, fault.trace)

    def _changed(self, record: Record) -> Record:
        """The record of the script that failed, with what the script had made of it."""
        try:
            taken: Record = self._sdc.records[0].taken_back()
        except Exception:
            return record
        return taken

    def _run(self, code: Any, batch: list[Record], out: Out, failure: str) -> None:
        sdc = self._sdc
        sdc.turn(batch, out)
        names = {
            "records": sdc.records,
            "output": sdc.output,
            "error": sdc.error,
            "log": sdc.log,
            "state": sdc.state,
            "sdcFunctions": sdc,
            "sdcUserParams": sdc.userParams,
            **NULLS,
        }
        self._names.update(names)
        try:
            with sdc.meter.running():
                exec(code, self._names)
        except Exception as error:
            raise ScriptFault(failure, f"the script failed: {type(error).__name__}: {error}", trace_of(error)) from None
        finally:
            sdc.meter.hand_out(out)

    def close(self, out: Out) -> None:
        """Runs the script for the end; that it fails is noted and changes nothing any more."""
        if self._end is not None:
            try:
                self._run(self._end, [], out, "SCRIPTING_09")
            except ScriptFault as fault:
                log.error("%s", fault)


def trace_of(error: Exception) -> str:
    """Where in the script, without the lines of this program."""
    inner = error.__traceback__.tb_next if error.__traceback__ is not None else None
    return "".join(traceback.format_exception(type(error), error, inner))


def may_run(plan: StagePlan, tools: Tools) -> None:
    """Nothing where code is allowed.

    Raises:
        UnsupportedError: it is not.
    """
    if not tools.access.code:
        raise UnsupportedError(
            f"running the script of {plan.label or plan.instance}",
            "Scripts can do whatever the program can. Allow them with allow_code=True or --allow-code.",
        )


def names_of(sdc: Bindings) -> dict[str, Any]:
    """What a script finds at its start."""
    return {"sdc": sdc, "__builtins__": {**vars(builtins), "__import__": importer, **NAMES}}


def compiled(plan: StagePlan, name: str, *, needed: bool = False) -> Any:
    """The code of a script; None for an empty one that is not needed.

    Raises:
        InvalidValueError: it is no Python, or needed and empty.
    """
    text = plan.given.text(name)
    if not text.strip():
        if needed:
            raise InvalidValueError("Script", text, "a script (SCRIPTING_02)")
        return None
    try:
        file = f"<{name} of {plan.instance}>"
        return compile(parsed(text, file), file, "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        reason = getattr(error, "msg", None) or str(error)
        raise InvalidValueError(name, f"line {line}", f"Python 3: {reason} (SCRIPTING_03)") from None
