"""What a preview asks for and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from .validation.issues import Issue, Report

if TYPE_CHECKING:
    from .records.record import Record


@attrs.frozen
class PreviewOptions:
    """How to preview. ``through`` is the instance name of the last stage that is run, None for all.

    ``inputs`` gives records (plain values or ``Record``) to a stage in place of what its producers would send;
    for an origin they are its output. ``outputs`` takes the place of what a stage puts out, by lane or for its first
    lane: the stage is not run. ``call_out`` lets HTTP origins and processors call any host; without it, and without
    ``write_to_destinations``, they call only hosts that whoever opened the engine has named.
    """

    batch_size: int = 10
    batches: int = 1
    timeout_ms: int = 30_000
    through: str | None = None
    write_to_destinations: bool = False
    execute_lifecycle_events: bool = False
    test_origin: bool = False
    call_out: bool = False
    inputs: Mapping[str, Sequence[object]] = attrs.field(factory=dict, repr=False)
    outputs: Mapping[str, Mapping[str, Sequence[object]] | Sequence[object]] = attrs.field(factory=dict, repr=False)
    now_ms: int | None = None
    """A fixed time for expressions; None takes the engine's clock."""


@attrs.frozen
class StageError:
    """An error that a stage reported without a record."""

    code: str
    message: str
    timestamp_ms: int = 0


@attrs.frozen
class StageOutput:
    """What one stage did in one batch. ``lanes`` maps every output lane to its records, in order."""

    instance_name: str
    lanes: Mapping[str, tuple[Record, ...]] = attrs.field(factory=dict)
    input: tuple[Record, ...] | None = None
    error_records: tuple[Record, ...] = ()
    stage_errors: tuple[StageError, ...] = ()
    event_records: tuple[Record, ...] = ()


@attrs.frozen
class Preview:
    """The outcome of a preview: batches of stage outputs in execution order.

    ``status`` is a word of the engine: FINISHED, INVALID, START_ERROR, RUN_ERROR, TIMED_OUT …
    """

    status: str
    batches: tuple[tuple[StageOutput, ...], ...] = ()
    report: Report = attrs.field(factory=Report)
    message: str | None = None
    duration_s: float = 0.0
    skipped: tuple[str, ...] = ()
    """Stages that were left out (destinations and executors, unless asked for)."""

    @property
    def finished(self) -> bool:
        """True when it ran to its end."""
        return self.status == "FINISHED"

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Findings that kept it from running."""
        return self.report.issues
