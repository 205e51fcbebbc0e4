"""HTTP Client processor: a request per record or per batch, its answer in a field."""

import time

from ....core.plan.model import StagePlan
from ....core.processors.api import Out, RecordFault, StopFault, Tools, fresh
from ....core.records.paths import MISSING, get
from ....core.records.record import Record
from ....core.records.values import FieldValue
from ..access import with_access
from ..faults import stage_fault
from ..formats.fault import FormatFault
from ..formats.writing import writers
from .asking import Asking, Got, PassedOn
from .meter import PROCESSING
from .origin import STATUS

NO_BODY = ("GET", "HEAD")


class HttpProcessor:
    """The first value of an answer goes to ``outputField``, or all as a list, or a record for each.

    With ``singleRequestPerBatch`` the first record says where the request goes, all are its body, and its answer is a
    record of its own. The path of a field to write is one name at the root, its slashes left out. What was not answered
    ``maxWaitTime`` after the batch came is refused.

    Raises:
        InvalidValueError, UnsupportedError: settings that cannot be fulfilled here.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("conf.")
        self._plan, self._given = plan, given
        self._output = given.text("outputField")
        self._several = given.text("multipleValuesBehavior", "FIRST_ONLY")
        self._missing = given.text("missingValuesBehavior", "PASS_RECORD_ON")
        self._location = given.text("headerOutputLocation", "HEADER")
        self._wait_s = given.integer("basic.maxWaitTime", 100_000) / 1000
        self._together = given.flag("singleRequestPerBatch")
        self._batch: list[Record] = []
        if self._together:
            sent = given.under("dataFormatRequest.")
            self._writers = writers(
                sent.text("dataFormat", "JSON"), with_access(sent.under("dataGeneratorFormatConfig."), tools.access)
            )
        self._asking = Asking(plan, tools, self._written if self._together else None)

    def __call__(self, batch: list[Record], out: Out) -> None:
        """One request, or several, per record; or for the batch."""
        until_s = time.monotonic() + self._wait_s
        try:
            if not self._together:
                for record in batch:
                    self._one(record, until_s, out)
            elif batch:
                self._all(batch, until_s, out)
        finally:
            self._asking.meter.hand_out(out)

    def close(self, out: Out) -> None:
        """Closes the connections."""
        self._asking.close()

    def _one(self, record: Record, until_s: float, out: Out) -> None:
        try:
            with self._asking.meter.timed(PROCESSING):
                made = self._placed(record, self._asking.ask(record, until_s))
        except PassedOn as reason:
            stage_fault(self._plan, out, reason.code, reason.message)
            made = [record]
        except RecordFault as fault:
            out.error(record, fault.code, fault.message)
            return
        for each in made:
            out.emit(each)

    # one request for all

    def _all(self, batch: list[Record], until_s: float, out: Out) -> None:
        self._batch = batch
        made: list[Record] = []
        try:
            with self._asking.meter.timed(PROCESSING):
                got = self._asking.ask(batch[0], until_s, batch)
                if got.refused:
                    made = [each for record in batch for each in self._placed(record, got)]
                else:
                    made = self._placed(fresh(batch[0], {}, ""), got) if got.values else self._without(batch, got)
        except PassedOn as reason:
            stage_fault(self._plan, out, reason.code, reason.message)
            made = batch
        except RecordFault as fault:
            for record in batch:
                out.error(record, fault.code, fault.message)
        finally:
            self._batch = []
        for each in made:
            out.emit(each)

    def _written(self, record: Record, method: str) -> bytes | None:
        if method in NO_BODY:
            return None
        writer = self._writers()
        try:
            return b"".join([*(writer.write(each) for each in self._batch), writer.finish()])
        except FormatFault as fault:
            raise RecordFault("HTTP_41", f"the batch cannot be written: {fault}") from None

    # where values go

    def _without(self, records: list[Record], got: Got) -> list[Record]:
        """What goes on of an answer without values."""
        if self._missing == "SEND_TO_ERROR":
            raise RecordFault("HTTP_68", f"status {got.status}: the answer holds no value")
        return records

    def _placed(self, record: Record, got: Got) -> list[Record]:
        if not isinstance(record.value, dict):
            raise RecordFault("HTTP_61", f"status {got.status}: {self._output} cannot be set, the record is no map")
        if not got.values:
            return self._without([record], got)
        if self._several == "SPLIT_INTO_MULTIPLE_RECORDS":
            return [self._with(record.copy(), value, got) for value in got.values]
        return [self._with(record, got.values if self._several == "ALL_AS_LIST" else got.values[0], got)]

    def _with(self, record: Record, value: FieldValue, got: Got) -> Record:
        assert isinstance(record.value, dict)
        held: dict[str, FieldValue] = dict(record.value)
        if self._location != "NONE":
            record.attributes[STATUS] = str(got.status)
        if self._location == "HEADER":
            prefix = self._given.text("headerAttributePrefix")
            record.attributes.update({prefix + name: text for name, text in got.headers.items()})
        elif self._location == "FIELD":
            target = self._given.text("headerOutputField")
            if get(record.value, target) is not MISSING:
                raise StopFault("HTTP_11", f"status {got.status}: the record has a field {target} already")
            held[_name(target)] = dict(got.headers)
        held[_name(self._output)] = value
        record.value = held
        return record


def _name(path: str) -> str:
    return path.replace("/", "")
