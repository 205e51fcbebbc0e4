"""Records: a field value with a header that is made when somebody asks for it."""

from collections.abc import Mapping

import attrs

from .values import FieldValue, ListMap

EVENT_TYPE = "sdc.event.type"
EVENT_VERSION = "sdc.event.version"
EVENT_CREATION = "sdc.event.creation_timestamp"


@attrs.frozen
class ErrorInfo:
    """Why a record was sent to error, and by which stage. ``timestamp_ms`` is epoch milliseconds."""

    code: str
    message: str
    stage: str = ""
    stage_label: str = ""
    timestamp_ms: int = 0
    pipeline: str = ""
    engine: str = ""


@attrs.define
class Header:
    """What is known of a record beside its value.

    ``stages_path`` is the instances that put it out, joined with ``:``; ``attributes`` are the user's own.
    """

    source_id: str = ""
    stage_creator: str = ""
    stages_path: str = ""
    tracking_id: str = ""
    previous_tracking_id: str | None = None
    error: ErrorInfo | None = None
    attributes: dict[str, str] = attrs.field(factory=dict)
    field_attributes: dict[str, dict[str, str]] = attrs.field(factory=dict)
    restarts: bool = False
    """True for a record that a processor made from another: its path begins with a colon, as in the original."""

    def copy(self) -> "Header":
        """A header that can be changed without touching this one."""
        return attrs.evolve(
            self,
            attributes=dict(self.attributes),
            field_attributes={path: dict(held) for path, held in self.field_attributes.items()},
        )


class Record:
    """One record. ``value`` is its root field."""

    __slots__ = ("_header", "value")

    def __init__(self, value: FieldValue = None, header: Header | None = None) -> None:
        self.value = value
        self._header = header

    @property
    def header(self) -> Header:
        """The header; an empty one is made at the first look."""
        if self._header is None:
            self._header = Header()
        return self._header

    @property
    def attributes(self) -> dict[str, str]:
        """The user's header attributes."""
        return self.header.attributes

    @property
    def notes(self) -> dict[str, dict[str, str]]:
        """The attributes of fields by path; not for writing, as a record without a header has none yet."""
        return {} if self._header is None else self._header.field_attributes

    def copy(self) -> "Record":
        """A record that can be changed without touching this one."""
        return Record(copy_value(self.value), None if self._header is None else self._header.copy())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self.value == other.value and self.header == other.header

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Source id and value: records are data, not settings."""
        return f"Record({self.header.source_id!r}, {self.value!r})"


def copy_value(value: FieldValue) -> FieldValue:
    """The value with fresh maps and lists; everything else is immutable and shared."""
    if isinstance(value, dict):
        made = {name: copy_value(item) if isinstance(item, (dict, list)) else item for name, item in value.items()}
        return ListMap(made) if isinstance(value, ListMap) else made
    if isinstance(value, list):
        return [copy_value(item) for item in value]
    return value


def put_out(record: Record, instance: str) -> None:
    """Notes in the header that a stage put the record out."""
    header = record.header
    if not header.stage_creator:
        header.stage_creator = instance
    path = f"{header.stages_path}:{instance}" if header.stages_path or header.restarts else instance
    header.stages_path = path
    header.previous_tracking_id = header.tracking_id or None
    header.tracking_id = f"{header.source_id}::{path}"


def event(
    source_id: str, kind: str, version: int, fields: FieldValue, at_ms: int, attributes: Mapping[str, str] | None = None
) -> Record:
    """An event record of a kind, for instance ``new-file``."""
    made = Record(fields, Header(source_id=source_id, attributes=dict(attributes or {})))
    made.attributes.update({EVENT_TYPE: kind, EVENT_VERSION: str(version), EVENT_CREATION: str(at_ms)})
    return made
