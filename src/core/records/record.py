"""Records: a field value with a header that is made when somebody asks for it."""

from collections.abc import Mapping
from typing import Protocol, TypeAlias

import attrs

from ..errors import InvalidValueError
from .values import FieldValue, ListMap

EVENT_TYPE = "sdc.event.type"
EVENT_VERSION = "sdc.event.version"
EVENT_CREATION = "sdc.event.creation_timestamp"
RESERVED = "_."
"""How names of header attributes begin that an engine keeps for itself."""


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
    job_id: str = ""
    job_name: str = ""
    stack_trace: str = ""


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


class Lineage(Protocol):
    """What an origin knows of the rows of a batch, by their numbers."""

    def header(self, at: int) -> Header:
        """A fresh header, as the origin made it."""
        ...

    def value(self, at: int) -> FieldValue:
        """A fresh value, as the origin made it; ``keep`` was called before."""
        ...

    def keep(self, values: list[FieldValue]) -> None:
        """Sees to it that ``value`` will have an answer, before anybody changes the values."""
        ...


Trace: TypeAlias = "tuple[Lineage, int, tuple[str, ...]]"
"""Where a record comes from: lineage, number, and the stages that put it out."""


class Record:
    """One record. ``value`` is its root field; with a ``trace`` the header is made when somebody asks for it."""

    __slots__ = ("_header", "trace", "value")

    def __init__(self, value: FieldValue = None, header: Header | None = None, trace: "Trace | None" = None) -> None:
        self.value = value
        self._header = header
        self.trace = trace

    @property
    def header(self) -> Header:
        """The header; made at the first look."""
        if self._header is None:
            self._header = Header() if self.trace is None else _traced(self.trace)
        return self._header

    def put_out(self, instance: str) -> None:
        """Notes that a stage put the record out."""
        if self._header is None and self.trace is not None:
            lineage, at, path = self.trace
            self.trace = (lineage, at, (*path, instance))
        else:
            _put_out(self.header, instance)

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
        return Record(copy_value(self.value), None if self._header is None else self._header.copy(), self.trace)

    def __reduce__(self) -> "tuple[type[Record], tuple[FieldValue, Header]]":
        return (Record, (self.value, self.header))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self.value == other.value and self.header == other.header

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Source id and value: records are data, not settings."""
        return f"Record({self.header.source_id!r}, {self.value!r})"


def own_attributes(given: Mapping[str, str]) -> Mapping[str, str]:
    """Header attributes that a user may set: those that were given.

    Raises:
        InvalidValueError: a name begins as those do that an engine keeps for itself.
    """
    for name in given:
        if name.startswith(RESERVED):
            raise InvalidValueError("header attribute", name, f"a name that does not begin with {RESERVED!r}")
    return given


def copy_value(value: FieldValue) -> FieldValue:
    """The value with fresh maps and lists; everything else is immutable and shared."""
    if isinstance(value, dict):
        made = {name: copy_value(item) if isinstance(item, (dict, list)) else item for name, item in value.items()}
        return ListMap(made) if isinstance(value, ListMap) else made
    if isinstance(value, list):
        return [copy_value(item) for item in value]
    return value


def _traced(trace: Trace) -> Header:
    lineage, at, path = trace
    header = lineage.header(at)
    for instance in path:
        _put_out(header, instance)
    return header


def _put_out(header: Header, instance: str) -> None:
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
