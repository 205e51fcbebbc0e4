"""What ``preview`` gives back: a list of stages with their records, as tuples, tables or whole records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

from ..core.errors import UsageError
from ..core.preview import Preview, StageOutput

if TYPE_CHECKING:
    from ..core.flow.model import Flow
    from ..core.records.record import Record
    from .stage import Stage


class PreviewError(UsageError):
    """A preview that did not finish: the engine's ``status`` and ``message``, and the issues that stood in its way."""

    def __init__(self, status: str, message: str, issues: tuple[str, ...] = ()) -> None:
        super().__init__(status, message, issues)
        self.status, self.message, self.issues = status, message, issues

    def __str__(self) -> str:
        head = f"the preview ended with {self.status}" + (f": {self.message}" if self.message else "")
        return "\n".join([head, *(f"  - {issue}" for issue in self.issues)])


class PreviewStage:
    """One stage of a preview, all batches together.

    ``outputs`` holds what it did in each batch, ``stage_name`` is its label.
    """

    def __init__(self, outputs: Sequence[StageOutput], duration_s: float = 0.0, stage_name: str = "") -> None:
        self.outputs = tuple(outputs)
        self.duration_s = duration_s
        self.stage_name = stage_name

    @property
    def instance_name(self) -> str:
        """The stage."""
        return self.outputs[0].instance_name

    @property
    def input(self) -> list[Any] | None:
        """The records that came in, a tuple of field values each; None for an origin."""
        if all(each.input is None for each in self.outputs):
            return None
        return [_row(record) for each in self.outputs for record in each.input or ()]

    @property
    def output(self) -> list[Any] | None:
        """The records that went out, lane after lane, a tuple of field values each; None for a stage without lanes."""
        if all(not each.lanes for each in self.outputs):
            return None
        return [_row(record) for records in self.records.values() for record in records]

    @property
    def records(self) -> dict[str, list[Record]]:
        """The whole records per output lane; nothing for a stage without lanes (see ``input_records``)."""
        lanes: dict[str, list[Record]] = {}
        for each in self.outputs:
            for lane, records in each.lanes.items():
                lanes.setdefault(lane, []).extend(records)
        return lanes

    @property
    def input_records(self) -> list[Record]:
        """The whole records that came in."""
        return [record for each in self.outputs for record in each.input or ()]

    @property
    def errors(self) -> list[Record]:
        """The records that this stage sent to error, with the error in their header."""
        return [record for each in self.outputs for record in each.error_records]

    @property
    def stage_errors(self) -> list[Any]:
        """Errors that the stage reported without a record."""
        return [error for each in self.outputs for error in each.stage_errors]

    @property
    def events(self) -> list[Record]:
        """The event records that this stage made."""
        return [record for each in self.outputs for record in each.event_records]

    def to_rows(self) -> list[dict[str, Any]]:
        """The outgoing records (for a destination: the incoming ones) as plain dicts."""
        records = [record for found in self.records.values() for record in found] or self.input_records
        return [_plain(record) for record in records]

    def __repr__(self) -> str:
        return f"PreviewStage(instance_name={self.instance_name!r})"

    def _repr_html_(self) -> str:
        from .showing import html_records

        rows = self.to_rows()
        shown = html_records(rows, f"{self.instance_name}: {len(rows)} record(s)")
        errors = [{"error": _reason(record), "record": record.value} for record in self.errors]
        events = [{"event": record.value} for record in self.events]
        failed = [{"stage error": str(each)} for each in self.stage_errors]
        return shown + "".join(html_records(each) for each in (errors, failed, events))


class PreviewResult(list[PreviewStage]):
    """The stages of a preview in the order they ran."""

    def __init__(self, preview: Preview, labels: Mapping[str, str] | None = None) -> None:
        grouped: dict[str, list[StageOutput]] = {}
        for batch in preview.batches:
            for output in batch:
                grouped.setdefault(output.instance_name, []).append(output)
        super().__init__(
            PreviewStage(outputs, preview.duration_s, (labels or {}).get(name, "")) for name, outputs in grouped.items()
        )
        self.preview = preview

    @property
    def status(self) -> str:
        """FINISHED, or what stood in its way."""
        return self.preview.status

    @property
    def duration_s(self) -> float:
        """How long it took, in seconds."""
        return self.preview.duration_s

    @property
    def skipped(self) -> tuple[str, ...]:
        """Stages that did not do their work because previews do not write."""
        return self.preview.skipped

    @overload
    def __getitem__(self, key: SupportsIndex | str | Stage) -> PreviewStage: ...
    @overload
    def __getitem__(self, key: slice) -> list[PreviewStage]: ...
    def __getitem__(self, key: SupportsIndex | slice | str | Stage) -> PreviewStage | list[PreviewStage]:
        """By position, by instance name, or by the stage of the flow."""
        if isinstance(key, slice):
            return super().__getitem__(key)
        name = getattr(key, "instance_name", key)
        return self.get(name) if isinstance(name, str) else super().__getitem__(name)

    def get(self, instance_name: str) -> PreviewStage:
        """The stage with this instance name. Raises NotFoundError with the nearest."""
        from .results import first_match

        return first_match(self, {"instance_name": instance_name}, "previewed stage")

    def _repr_html_(self) -> str:
        return "".join(stage._repr_html_() for stage in self)


def checked(preview: Preview, flow: Flow) -> PreviewResult:
    """The result of a preview of a flow that finished.

    Raises:
        PreviewError: it did not; with the engine's message and the issues.
    """
    if preview.finished:
        return PreviewResult(preview, {stage.instance_name: stage.label for stage in flow.all_stages()})
    issues = tuple(f"{each.instance_name or 'flow'}: {each.message}" for each in preview.issues)
    raise PreviewError(preview.status, preview.message or "", issues)


def _row(record: Record) -> Any:
    """A record as the page shows it: the tuple of its top-level field values."""
    value = record.value
    if isinstance(value, Mapping):
        return tuple(value.values())
    if isinstance(value, list):
        return tuple(value)
    return (value,)


def _plain(record: Record) -> dict[str, Any]:
    value = record.value
    if isinstance(value, Mapping):
        return dict(value)
    return {"": value}


def _reason(record: Record) -> str:
    return "" if record.header.error is None else record.header.error.message
