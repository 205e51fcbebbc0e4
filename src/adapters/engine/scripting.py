"""Jython Evaluator: scripts of a flow, run as Python. Only where the operator allows code."""

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core.errors import InvalidValueError, UnsupportedError
from ...core.java import java_string
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.processors.registry import processor
from ...core.processors.values import null_of
from ...core.records.paths import MISSING, get
from ...core.records.record import Header, Record, event
from ...core.records.values import FieldType, FieldValue, ListMap, Null

log = logging.getLogger("penstock.script")
NULLS = {
    f"NULL_{kind.name}": Null(kind)
    for kind in FieldType
    if kind not in (FieldType.FILE_REF, FieldType.STRING, FieldType.LIST_MAP)
}
_PLAIN = (Null, str, bool, int, float, Decimal, bytes)


class ScriptRecord:
    """A record as scripts see it: ``value`` is plain data that may be changed, ``attributes`` the header's."""

    def __init__(self, record: Record) -> None:
        self.sdcRecord = record
        self.value: Any = record.value
        self.attributes = record.attributes

    @property
    def sourceId(self) -> str:
        """Where the record comes from."""
        return self.sdcRecord.header.source_id

    @property
    def stageCreator(self) -> str:
        """The stage that made it."""
        return self.sdcRecord.header.stage_creator


class Output:
    """Takes the records that go on."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def write(self, record: ScriptRecord) -> None:
        """Puts a record out."""
        made = record.sdcRecord
        made.value = back(record.value, made.value)
        self._out.emit(made)


class Errors:
    """Takes the records that are refused."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def write(self, record: ScriptRecord, message: object) -> None:
        """Refuses a record with a reason."""
        self._out.error(record.sdcRecord, "SCRIPTING_04", str(message))


class Bindings:
    """What a script finds under the name ``sdc``."""

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        self._plan, self._tools = plan, tools
        self.state: dict[str, Any] = {}
        self.userParams = plan.given.pairs("userParams")
        self.records: list[ScriptRecord] = []
        self.output = self.error = None  # type: Any
        self.log = log
        self._out: Out | None = None
        for name, null in NULLS.items():
            setattr(self, name, null)
        self.NULL_STRING = None

    def turn(self, batch: list[Record], out: Out) -> None:
        """Prepares for some records."""
        self._out = out
        self.records = [ScriptRecord(record) for record in batch]
        self.output, self.error = Output(out), Errors(out)

    def createRecord(self, source_id: object) -> ScriptRecord:
        """A new record without a value."""
        return ScriptRecord(Record(None, Header(str(source_id), self._plan.instance)))

    def createEvent(self, kind: object, version: object) -> ScriptRecord:
        """A new event; ``toEvent`` sends it."""
        at_ms = self._tools.now_ms()
        number = int(str(version))
        return ScriptRecord(event(f"event:{kind}:{number}:{at_ms}", str(kind), number, {}, at_ms))

    def toEvent(self, record: ScriptRecord) -> None:
        """Sends an event."""
        if "sdc.event.type" not in record.attributes:
            raise StopFault("SCRIPTING_07", "only what createEvent made can be sent as an event")
        assert self._out is not None
        record.sdcRecord.value = back(record.value, None)
        self._out.events.append(record.sdcRecord)

    def createMap(self, list_map: bool = False) -> dict[str, Any]:
        """A new map, or list-map."""
        return ListMap() if list_map else {}

    def isPreview(self) -> bool:
        """True in a preview."""
        return self._tools.preview

    def isStopped(self) -> bool:
        """Scripts here run batch by batch and are never asked to stop in the middle of one."""
        return False

    def importLock(self) -> None:
        """Nothing to lock: Python's imports are safe in threads."""

    def importUnlock(self) -> None:
        """As ``importLock``."""

    def pipelineParameters(self) -> Mapping[str, object]:
        """The parameters of the run."""
        return dict(self._tools.scope.parameters)

    def getFieldNull(self, record: ScriptRecord, path: str) -> Any:
        """The null of a field, with its type; None where the field has a value or is not there."""
        held = get(record.value, path)
        return held if isinstance(held, Null) else None


def back(value: Any, before: FieldValue) -> FieldValue:
    """What a script left behind, as a field: maps, lists and simple values; anything else becomes its text."""
    if value is None:
        return None if before is None else null_of(before)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, dict):
        held = before if isinstance(before, dict) else {}
        made = {str(name): back(item, held.get(str(name))) for name, item in value.items()}
        return ListMap(made) if isinstance(value, ListMap) else made
    if isinstance(value, (list, tuple)):
        return [back(item, None) for item in value]
    if hasattr(value, "isoformat") and hasattr(value, "tzinfo"):
        return value  # type: ignore[no-any-return]
    return java_string(value) if value is not MISSING else None


@processor("com_streamsets_pipeline_stage_processor_jython_JythonDProcessor")
class Jython:
    """The script sees ``sdc`` and the names of older versions; what it does not write to the output is dropped.

    Raises:
        UnsupportedError: code is not allowed here.
        InvalidValueError: the script is empty or no Python 3 (SCRIPTING_02, SCRIPTING_03).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        if not tools.access.code:
            raise UnsupportedError(
                f"running the script of {plan.label or plan.instance}",
                "Scripts can do whatever the program can. Allow them with allow_code=True or --allow-code.",
            )
        given = plan.given
        self._by_record = given.text("processingMode", "BATCH") == "RECORD"
        self._as_record_error = given.flag("scriptErrorAsRecordError")
        self._script = _compiled(plan, "script", needed=True)
        self._end = _compiled(plan, "destroyScript")
        self._sdc = Bindings(plan, tools)
        self._names: dict[str, Any] = {"sdc": self._sdc}
        start = _compiled(plan, "initScript")
        if start is not None:
            self._run(start, [], Out(0, tools.now_ms), "SCRIPTING_08")

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Runs the script for the batch, or for each of its records."""
        assert self._script is not None
        if not self._by_record:
            try:
                self._run(self._script, batch, out, "SCRIPTING_06")
            except StopFault as fault:
                if not self._as_record_error or fault.code != "SCRIPTING_06":
                    raise
                for record in batch:
                    out.error(record, fault.code, fault.message)
            return
        for record in batch:
            try:
                self._run(self._script, [record], out, "SCRIPTING_05")
            except StopFault as fault:
                if fault.code != "SCRIPTING_05":
                    raise
                out.error(record, fault.code, fault.message)

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
            "NULL_STRING": None,
            **NULLS,
        }
        self._names.update(names)
        try:
            exec(code, self._names)
        except StopFault:
            raise
        except Exception as error:
            raise StopFault(failure, f"the script failed: {type(error).__name__}: {error}") from None

    def close(self, out: Out) -> None:
        """Runs the script for the end."""
        if self._end is not None:
            self._run(self._end, [], out, "SCRIPTING_09")


def _compiled(plan: StagePlan, name: str, *, needed: bool = False) -> Any:
    text = plan.given.text(name)
    if not text.strip():
        if needed:
            raise InvalidValueError("Script", text, "a script (SCRIPTING_02)")
        return None
    try:
        return compile(text, f"<{name} of {plan.instance}>", "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        reason = getattr(error, "msg", None) or str(error)
        raise InvalidValueError(name, f"line {line}", f"Python 3: {reason} (SCRIPTING_03)") from None
