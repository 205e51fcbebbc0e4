"""What a processor is made of: a batch in, lanes, errors and events out."""

from collections.abc import Callable, Mapping

import attrs

from ..el import Scope, compile_text
from ..el.coerce import as_truth
from ..plan.model import StagePlan
from ..records.record import Header, Record, event
from ..records.rows import Lane, Rows
from ..records.values import FieldValue
from ..values import Json, JsonMap


class RecordFault(Exception):
    """One record cannot be handled; it goes where the stage's on-record-error setting says."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"{self.code} - {self.message}"


class StopFault(Exception):
    """The stage cannot go on: the run ends with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"{self.code} - {self.message}"


class RecordStop(StopFault):
    """A record failed in a stage that says that this ends the run."""


@attrs.frozen
class RecordError:
    """A record that was refused, with the reason; ``trace`` is where in a script it happened."""

    record: Record
    code: str
    message: str
    trace: str = ""


class Out:
    """What one stage makes of one batch. ``finish`` asks for the end of the run after this batch."""

    __slots__ = (
        "_now_ms",
        "errors",
        "events",
        "finish",
        "lanes",
        "notes",
        "reported",
        "reset_offset",
        "responses",
        "stage_errors",
        "took_s",
    )

    def __init__(self, lanes: int, now_ms: Callable[[], int] = lambda: 0) -> None:
        self.lanes: list[Lane] = [[] for _ in range(lanes)]
        self.errors: list[RecordError] = []
        self.stage_errors: list[tuple[str, str]] = []
        self.reported: list[tuple[str, str]] = []
        """Faults of the stage that nobody may drop, whatever it does about records that fail."""
        self.events: list[Record] = []
        self.responses: list[Record] = []
        """What goes back to whoever sent the batch to the origin."""
        self.finish = self.reset_offset = False
        self.took_s = 0.0
        """How long the stage worked on the batch, in seconds."""
        self.notes: list[tuple[str, str, Json]] = []
        """Metrics of the stage's own, as ``took`` and ``count`` note them."""
        self._now_ms = now_ms

    def emit(self, record: Record, lane: int = 0) -> None:
        """Puts a record out on a lane, counted from 0."""
        if lane < len(self.lanes):
            self.lanes[lane].append(record)

    def emit_rows(self, rows: Rows, lane: int = 0) -> None:
        """Puts many records out on a lane."""
        if lane >= len(self.lanes) or not rows:
            return
        if self.lanes[lane]:
            self.lanes[lane].extend(rows)
        else:
            self.lanes[lane] = rows

    def error(self, record: Record, code: str, message: str, trace: str = "") -> None:
        """Refuses a record."""
        self.errors.append(RecordError(record, code, message, trace))

    def stage_error(self, code: str, message: str) -> None:
        """Reports a fault that belongs to no record."""
        self.stage_errors.append((code, message))

    def report(self, code: str, message: str) -> None:
        """As ``stage_error``, also where the stage drops what fails."""
        self.reported.append((code, message))

    def took(self, name: str, seconds: float | None) -> None:
        """Notes a duration for a timer of the stage's own; None only makes the timer known."""
        self.notes.append((name, "", seconds))

    def count(self, name: str, key: str, by: int = 1) -> None:
        """Adds to one count of a gauge of the stage's own; 0 only makes it known."""
        self.notes.append((name, key, by))

    def say(self, name: str, key: str, text: str | tuple[Json, ...] | JsonMap) -> None:
        """Sets a text, or a list or map, in a gauge of the stage's own."""
        self.notes.append((name, key, text))

    def event(
        self,
        kind: str,
        version: int,
        fields: FieldValue,
        source_id: str = "",
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """Sends an event."""
        at_ms = self._now_ms()
        self.events.append(
            event(source_id or f"event:{kind}:{version}:{at_ms}", kind, version, fields, at_ms, attributes)
        )


Process = Callable[[list[Record], Out], None]
"""One batch through one stage."""


@attrs.frozen
class TwoForms:
    """A stage that handles batches in rows without making records of them. Both forms do the same.

    A stage may also be an object of its own with a method ``rows`` beside ``__call__``.
    """

    general: Process
    rows: Callable[[Rows, Out], None]

    def __call__(self, batch: list[Record], out: Out) -> None:
        """A batch of records."""
        self.general(batch, out)


@attrs.frozen
class Access:
    """What stages may touch. ``folders`` and ``hosts`` are None for everything, empty for nothing; ``code`` lets
    script and shell stages run."""

    code: bool = False
    folders: tuple[str, ...] | None = None
    hosts: tuple[str, ...] | None = None
    mail: str | None = attrs.field(default=None, repr=False)
    """The mail server, ``smtp://user:password@host:port``; None sends no mail."""
    resources: str | None = None
    """The folder that ``runtime:loadResource`` and ``runtime:conf`` read; None has neither files nor properties."""
    uris: bool = False
    """True where folders to write to may be URIs of object stores."""
    ways_out: str = attrs.field(default="", repr=False)
    """What to say beside the refusal of a host."""


@attrs.frozen
class Tools:
    """What a stage may use of the world: time, chance and new ids come from outside."""

    plan: StagePlan
    now_ms: Callable[[], int]
    random: Callable[[], float]
    new_id: Callable[[], str]
    preview: bool = False
    scope: Scope = attrs.field(factory=Scope, repr=False)
    """What the expressions of this stage see."""
    access: Access = Access()
    sleep: Callable[[float], None] = lambda seconds: None
    """Waits that many seconds, less when the run is asked to stop."""
    stopped: Callable[[], bool] = lambda: False
    """True when the run was asked to stop, or the time of a preview is over."""

    def evaluate(self, text: str) -> "Callable[[Record], FieldValue]":
        """What gives the value of a text with expressions for a record.

        Raises:
            ElError: the text cannot be parsed. The callable raises ``EvaluationError``.
        """
        compiled, scope = compile_text(text), self.scope

        def of(record: Record) -> FieldValue:
            scope.record = record
            value: FieldValue = compiled(scope)
            return value

        return of

    def predicate(self, text: str) -> "Callable[[Record], bool]":
        """As ``evaluate``, for a truth value."""
        value = self.evaluate(text)
        return lambda record: as_truth(value(record))


def each(handle: Callable[[Record], Record | None]) -> Process:
    """A processor that handles record by record: what ``handle`` gives goes to the first lane.

    A ``RecordFault`` sends the record, as it was when it failed, to error; the others go on.
    """

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            try:
                made = handle(record)
            except RecordFault as fault:
                out.error(record, fault.code, fault.message)
                continue
            if made is not None:
                out.emit(made)

    return process


def derived(record: Record, value: FieldValue, suffix: str) -> Record:
    """A copy of a record with another value: a suffix to its source id, its creator and attributes, an empty path."""
    made = record.header.copy()
    made.source_id += suffix
    made.stages_path, made.restarts = "", True
    return Record(value, made)


def fresh(record: Record, value: FieldValue, suffix: str) -> Record:
    """A new record because of another: a suffix to its source id, no attributes, an empty path."""
    held = record.header
    return Record(value, Header(held.source_id + suffix, tracking_id=held.tracking_id, restarts=True))
