"""Records, outputs and logs as scripts see them; shared by the evaluators that run scripts."""

import logging
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from ...core.java import java_string
from ...core.processors.api import Out, StopFault
from ...core.processors.values import null_of
from ...core.records.paths import MISSING
from ...core.records.record import EVENT_TYPE, Record, copy_value, own_attributes
from ...core.records.values import FieldType, FieldValue, FileRef, ListMap, Null
from .oldtext import ByteText
from .python2 import LISTS, OldDict, OldListMap
from .scriptfile import ScriptFile
from .sdcapi import SdcRecord

NULLS = {f"NULL_{kind.name}": Null(kind) for kind in FieldType if kind not in (FieldType.FILE_REF, FieldType.LIST_MAP)}
"""The typed nulls of scripts. That of STRING is no plain None: None keeps the type that a field has."""
REFUSED = "SCRIPTING_04"
"""The code of records that a script refuses."""
_PLAIN = (str, bool, int, float, Decimal, bytes, FileRef)


class ScriptRecord:
    """A record: ``value`` is plain data that may be changed, ``attributes`` those of its header.

    Nothing of it reaches the record before it is written.
    """

    def __init__(self, record: Record, *, is_event: bool = False) -> None:
        self._record = record
        self.sdcRecord = SdcRecord(record)
        self._given = False
        self.is_event = is_event
        self.value: Any = to_script(record.value)
        self.attributes: Any = OldDict(record.header.attributes)
        self.__dict__.update(header_facts(record))

    def taken_back(self) -> Record:
        """The record with what the script made of it; what is done to it later shows in a further one only."""
        if self._given:
            self._record = self._record.copy()
            self.sdcRecord.goes_on_with(self._record)
        self._given = True
        made = self._record
        made.value = back(self.value, made.value)
        texts = {str(name): java_string(text) for name, text in self.attributes.items() if text is not None}
        given = own_attributes(texts)
        made.attributes.clear()
        made.attributes.update(given)
        held = made.header.field_attributes if made.notes else {}
        for path in [path for path, note in held.items() if not note]:
            del held[path]
        return made

    def here(self) -> FieldValue:
        """The value as it is now."""
        return back(self.value, self._record.value)


def header_facts(record: Record) -> dict[str, Any]:
    """What a script may read of a header beside the attributes; None for what is not known."""
    header, error = record.header, record.header.error
    return {
        "sourceId": header.source_id or None,
        "stageCreator": header.stage_creator or None,
        "stagesPath": header.stages_path or None,
        "trackingId": header.tracking_id or None,
        "previousTrackingId": header.previous_tracking_id,
        "errorDataCollectorId": None if error is None else error.engine or None,
        "errorPipelineName": None if error is None else error.pipeline or None,
        "errorCode": None if error is None else error.code,
        "errorMessage": None if error is None else error.message,
        "errorStage": None if error is None else error.stage or None,
        "errorStageLabel": None if error is None else error.stage_label or None,
        "errorTimestamp": 0 if error is None else error.timestamp_ms,
        "errorStackTrace": None,
        "errorJobId": None,
    }


class Output:
    """Takes the records that go on, each as it is when it is written."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def write(self, record: Any) -> None:
        """Puts a record out."""
        self._out.emit(record.taken_back())


def refused(reason: object) -> str:
    """What is said of a record that a script refuses."""
    return f"Script sent record to error: {reason}"


class Errors:
    """Takes the records that are refused."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def write(self, record: Any, message: object) -> None:
        """Refuses a record with a reason."""
        self._out.error(record.taken_back(), REFUSED, refused(message))


class ScriptLog:
    """A log whose messages have ``{}`` where their arguments go."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log

    def _say(self, level: int, message: object, arguments: tuple[object, ...]) -> None:
        text = str(message)
        for each in arguments:
            text = text.replace("{}", str(each), 1) if "{}" in text else f"{text} {each}"
        self._log.log(level, "%s", text)

    def trace(self, message: object, *arguments: object) -> None:
        """As ``debug``."""
        self._say(logging.DEBUG, message, arguments)

    def debug(self, message: object, *arguments: object) -> None:
        """Says something for those who look closely."""
        self._say(logging.DEBUG, message, arguments)

    def info(self, message: object, *arguments: object) -> None:
        """Says something."""
        self._say(logging.INFO, message, arguments)

    def warn(self, message: object, *arguments: object) -> None:
        """Says that something is odd."""
        self._say(logging.WARNING, message, arguments)

    warning = warn

    def error(self, message: object, *arguments: object) -> None:
        """Says that something went wrong."""
        self._say(logging.ERROR, message, arguments)


class ScriptFault(StopFault):
    """A script failed; ``trace`` says where."""

    def __init__(self, code: str, message: str, trace: str) -> None:
        super().__init__(code, message)
        self.trace = trace


def must_be_event(record: Any) -> Record:
    """The event of a script record.

    Raises:
        StopFault: it is a plain record (SCRIPTING_07).
    """
    made: Record = record.taken_back()
    if not record.is_event or EVENT_TYPE not in made.attributes:
        raise StopFault("SCRIPTING_07", "only what createEvent made can be sent as an event")
    return made


def to_script(value: FieldValue) -> Any:
    """A field as plain data of its own: typed nulls are None."""
    if isinstance(value, dict):
        made = {name: to_script(item) for name, item in value.items()}
        return OldListMap(made) if isinstance(value, ListMap) else OldDict(made)
    if isinstance(value, list):
        return [to_script(item) for item in value]
    if isinstance(value, FileRef):
        return ScriptFile(value)
    return None if isinstance(value, Null) else value


def back(value: Any, before: FieldValue) -> FieldValue:
    """What a script left behind, as a field: maps, lists and simple values; anything else becomes its text."""
    if value is None:
        return None if before is None else null_of(before)
    if isinstance(value, Null):
        return None if value.type is FieldType.STRING else value
    if isinstance(value, ScriptFile):
        return value.file
    if isinstance(value, ByteText):
        return value.text
    if isinstance(value, _PLAIN) or (isinstance(value, datetime) and value.tzinfo is not None):
        return copy_value(value)
    if isinstance(value, date):
        at = value if isinstance(value, datetime) else datetime.combine(value, time())
        return at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000)
    if isinstance(value, dict):
        held = before if isinstance(before, dict) else {}
        made = {str(name): back(item, held.get(str(name))) for name, item in value.items()}
        return ListMap(made) if isinstance(value, (ListMap, OldListMap)) else made
    if isinstance(value, LISTS):
        olds = before if isinstance(before, list) else []
        items: list[Any] = list(value)
        return [back(item, olds[at] if at < len(olds) else None) for at, item in enumerate(items)]
    return java_string(value) if value is not MISSING else None
