"""The part of the original's Java interface that scripts over SDC records use: ``Field`` and the record itself."""

import builtins
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from ...core.java.kinds import kind_of
from ...core.records.convert import convert
from ...core.records.fields import Notes, notes_of, remove_field, set_field
from ...core.records.paths import MISSING, all_paths, get, parse_path, to_path
from ...core.records.record import Record, own_attributes
from ...core.records.values import FieldType, FieldValue, ListMap, Long, Null

PACKAGE = "com.streamsets.pipeline.api"


class Field:
    """A field: its type, value and attributes; ``Field.create(type, value)`` makes one."""

    Type = FieldType

    def __init__(self, value: FieldValue, attributes: dict[str, str] | None = None) -> None:
        self._value = value
        self._attributes = {} if attributes is None else attributes

    @classmethod
    def create(cls, *given: Any) -> "Field":
        """The field of a type and a value, or of a value alone: a whole number is LONG then."""
        kind, value = given if len(given) == 2 else (None, given[0])
        plain = _plain(value)
        if kind is not None:
            return cls(convert(plain, kind))
        return cls(Long(plain) if type(plain) is int else plain)

    @classmethod
    def createDate(cls, value: Any) -> "Field":
        """A DATE field."""
        return cls.create(FieldType.DATE, value)

    @classmethod
    def createDatetime(cls, value: Any) -> "Field":
        """A DATETIME field."""
        return cls.create(FieldType.DATETIME, value)

    @classmethod
    def createTime(cls, value: Any) -> "Field":
        """A TIME field."""
        return cls.create(FieldType.TIME, value)

    @classmethod
    def createListMap(cls, value: Mapping[str, Any]) -> "Field":
        """A LIST_MAP field."""
        return cls.create(FieldType.LIST_MAP, value)

    def getType(self) -> FieldType:
        """Its type."""
        return kind_of(self._value)

    def getValue(self) -> Any:
        """Its value; fields in maps and lists."""
        value = self._value
        if isinstance(value, dict):
            return {name: Field(item) for name, item in value.items()}
        if isinstance(value, list):
            return [Field(item) for item in value]
        return None if isinstance(value, Null) else value

    @property
    def value(self) -> Any:
        """As ``getValue``."""
        return self.getValue()

    def getAttribute(self, name: str) -> str | None:
        """One of its attributes."""
        return self._attributes.get(name)

    def getAttributes(self) -> dict[str, str]:
        """All of its attributes."""
        return dict(self._attributes)

    def setAttribute(self, name: str, value: object) -> None:
        """Sets an attribute."""
        self._attributes[str(name)] = str(value)

    def deleteAttribute(self, name: str) -> None:
        """Removes an attribute."""
        self._attributes.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        kind = name.removeprefix("getValueAs").upper()
        kinds = {"BYTEARRAY": "BYTE_ARRAY", "LISTMAP": "LIST_MAP", "ZONEDDATETIME": "ZONED_DATETIME"}
        kind = kinds.get(kind, kind)
        if not name.startswith("getValueAs") or kind not in FieldType.__members__:
            raise AttributeError(name)
        return lambda: Field(convert(self._value, FieldType[kind])).getValue()


def _plain(value: Any) -> FieldValue:
    if isinstance(value, Field):
        return value._value
    if isinstance(value, Mapping):
        made = {str(name): _plain(item) for name, item in value.items()}
        return ListMap(made) if isinstance(value, ListMap) else made
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [_plain(item) for item in value]
    found: FieldValue = value
    return found


class SdcHeader:
    """The header of a record."""

    def __init__(self, record: Record) -> None:
        self._header = record.header

    def getSourceId(self) -> str:
        """Where the record comes from."""
        return self._header.source_id

    def getStageCreator(self) -> str:
        """The stage that made it."""
        return self._header.stage_creator

    def getAttributeNames(self) -> set[str]:
        """The names of its attributes."""
        return set(self._header.attributes)

    def getAttribute(self, name: str) -> str | None:
        """One of its attributes."""
        return self._header.attributes.get(name)

    def setAttribute(self, name: str, value: object) -> None:
        """Sets an attribute."""
        self._header.attributes.update(own_attributes({str(name): str(value)}))

    def deleteAttribute(self, name: str) -> None:
        """Removes an attribute."""
        self._header.attributes.pop(name, None)


class SdcRecord:
    """A record with the verbs of the original's."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def goes_on_with(self, record: Record) -> None:
        """What is done from now on is done to another record."""
        self._record = record

    def getHeader(self) -> SdcHeader:
        """Its header."""
        return SdcHeader(self._record)

    def get(self, path: str = "") -> Field | None:
        """The field at a path; None where there is none."""
        held = get(self._record.value, path)
        if held is MISSING:
            return None
        notes = self._record.header.field_attributes.setdefault(to_path(parse_path(path)), {})
        return Field(held, notes)  # type: ignore[arg-type]

    def set(self, *given: Any) -> None:
        """Sets the field at a path, or the root."""
        path, field = given if len(given) == 2 else ("", given[0])
        notes: Notes = {"": field.getAttributes()} if field.getAttributes() else {}
        set_field(self._record, path, _plain(field), notes)

    def has(self, path: str) -> bool:
        """True when there is a field."""
        return get(self._record.value, path) is not MISSING

    def delete(self, path: str) -> Field | None:
        """Removes a field, and gives it back."""
        held, notes = self.get(path), notes_of(self._record, path)
        remove_field(self._record, path)
        return None if held is None else Field(_plain(held), notes.get("", {}))

    def getEscapedFieldPaths(self) -> list[str]:
        """Every path."""
        return list(all_paths(self._record.value))


class SdcScriptRecord:
    """What a script over SDC records sees of a record."""

    def __init__(self, record: Record, *, is_event: bool = False) -> None:
        self._record, self.is_event = record, is_event
        self.sdcRecord = SdcRecord(record)

    def taken_back(self) -> Record:
        """The record, which was changed in its place; the script goes on with a copy."""
        given = self._record
        held = given.header.field_attributes
        for path in [path for path, note in held.items() if not note]:
            del held[path]
        self._record = given.copy()
        self.sdcRecord.goes_on_with(self._record)
        return given


def importer(name: str, *rest: Any) -> Any:
    """Python's import, with the package of ``Field`` in it."""
    if not name.startswith(PACKAGE):
        return builtins.__import__(name, *rest)
    package = ModuleType(PACKAGE)
    package.Field = Field  # type: ignore[attr-defined]
    return package
