"""Records as bytes: what destinations write."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import orjson

from ....core.errors import UnsupportedError
from ....core.java import java_string
from ....core.plan.given import Given
from ....core.records.json_data import OPTIONS, NoJson, has_controls, is_usual, json_bytes, special
from ....core.records.json_form import record_to_json
from ....core.records.paths import MISSING, get
from ....core.records.record import Record
from ....core.records.values import FieldValue, FileRef, Null
from ..later import later
from .charsets import Encoder, charset_of
from .fault import FormatFault
from .texts import unescaped

_LINES = OPTIONS | orjson.OPT_APPEND_NEWLINE
SDC_MAGIC = b"\xa1"


class Writer(Protocol):
    """Writes the records of one file or message, one after the other."""

    def write(self, record: Record) -> bytes:
        """What a record adds.

        Raises:
            FormatFault: it cannot be written.
        """
        ...

    def finish(self) -> bytes:
        """What stands behind the last record."""
        ...


class ManyWriter(Writer, Protocol):
    """One that writes values of rows, without their records."""

    def many(self, values: list[FieldValue], *, usual: bool = False) -> bytes | bytearray:
        """What they add; ``usual`` as in ``Rows``; no BYTE is in them, as rows have none.

        Raises:
            FormatFault: one of them cannot be written.
        """
        ...


@runtime_checkable
class Buffering(Writer, Protocol):
    """A writer that holds records back, to make blocks of them."""

    def flush(self) -> bytes:
        """What it holds back."""
        ...


def writers(data_format: str, given: Given) -> Callable[[], Writer]:
    """What begins a file; ``given`` are the settings of the format without their prefix.

    Raises:
        UnsupportedError: a format that is not written here.
    """
    make = _WRITERS.get(data_format)
    if make is None:
        known = ", ".join(_WRITERS)
        raise UnsupportedError(f"writing the data format {data_format}", f"Formats that are written: {known}.")
    make(given)  # what is wrong with the settings shows at the start
    return lambda: make(given)


def whole(make: Callable[[], Writer], record: Record) -> bytes:
    """A record as a file of its own."""
    writer = make()
    return writer.write(record) + writer.finish()


class _Json:
    """Objects with line ends between them, none behind the last, or in one array."""

    def __init__(self, given: Given) -> None:
        self._array = given.text("jsonMode", "MULTIPLE_OBJECTS") == "ARRAY_OBJECTS"
        self._begun = False
        charset = charset_of(given)
        self._encode = None if charset in ("utf-8", "utf8") else Encoder(charset)

    def _coded(self, made: bytes | bytearray) -> bytes | bytearray:
        return made if self._encode is None else self._encode(made.decode("utf-8", "replace"))

    def write(self, record: Record) -> bytes:
        first, between = (b"[", b",") if self._array else (b"", b"\n")
        before, self._begun = (between if self._begun else first), True
        return bytes(self._coded(before + json_text(record.value)))

    def many(self, values: list[FieldValue], *, usual: bool = False) -> bytes | bytearray:
        """What values add."""
        if self._array:
            return b"".join([self.write(Record(value)) for value in values])
        made = json_line_texts(values, b"\n" if self._begun else b"", usual=usual)
        self._begun = True
        return self._coded(made)

    def finish(self) -> bytes:
        return bytes(self._coded(b"]" if self._begun else b"[]")) if self._array else b""


def json_text(value: FieldValue) -> bytes:
    """A field as JSON: dates as milliseconds, bytes as base64, decimals as numbers.

    Raises:
        FormatFault: a file (JSON_GENERATOR_01).
    """
    try:
        return json_bytes(value)
    except NoJson as error:
        code = "JSON_GENERATOR_01" if "file" in str(error) else "JSON_GENERATOR_00"
        raise FormatFault(code, str(error)) from None


def json_line_texts(values: list[FieldValue], before: bytes = b"", *, usual: bool = False) -> bytes | bytearray:
    """The texts of values, with line ends between them; ``usual`` as in ``Rows``. Raises ``FormatFault``."""
    dumps, made = orjson.dumps, bytearray(before)
    try:
        for value in values:
            made += dumps(value, special, _LINES)
    except (TypeError, ValueError, RecursionError):
        return before + b"\n".join(map(json_text, values))
    if has_controls(made) if usual else not is_usual(made, values):
        return before + b"\n".join(map(json_text, values))
    del made[-1:]
    return made


class _Text:
    """One field of every record, with a separator behind it."""

    def __init__(self, given: Given) -> None:
        self._path = given.text("textFieldPath", "/text")
        self._end = unescaped(given.text("textRecordSeparator", "\\n"))
        self._missing = given.text("textFieldMissingAction", "ERROR")
        self._empty_line = given.flag("textEmptyLineIfNull")
        self._encode = Encoder(charset_of(given))

    def write(self, record: Record) -> bytes:
        found = get(record.value, self._path)
        if found is MISSING or found is None or isinstance(found, Null):
            if self._missing != "IGNORE":
                raise FormatFault("TEXT_GENERATOR_01", f"field {self._path} is not there, or null")
            return self._encode(self._end) if self._empty_line else b""
        if isinstance(found, (dict, list, bytes, FileRef)):
            raise FormatFault("TEXT_GENERATOR_00", f"field {self._path} has no text")
        return self._encode(java_string(found) + self._end)

    def finish(self) -> bytes:
        return b""


class _Records:
    """Records with their headers and types, as engines pass them on."""

    def __init__(self, given: Given) -> None:
        self._begun = False

    def write(self, record: Record) -> bytes:
        before, self._begun = (b" " if self._begun else SDC_MAGIC), True
        return before + orjson.dumps(record_to_json(record)) + b"\n"

    def finish(self) -> bytes:
        return b""


class _Binary:
    """The bytes of one field."""

    def __init__(self, given: Given) -> None:
        self._path = given.text("binaryFieldPath", "/")

    def write(self, record: Record) -> bytes:
        found = get(record.value, self._path)
        if found is MISSING or found is None or isinstance(found, Null):
            return b""
        if not isinstance(found, bytes):
            raise FormatFault("BINARY_GENERATOR_00", f"field {self._path} holds no bytes")
        return found

    def finish(self) -> bytes:
        return b""


_WRITERS: dict[str, Callable[[Given], Writer]] = {
    "AVRO": later("formats.avro_writing", "AvroWriter"),
    "BINARY": _Binary,
    "DELIMITED": later("formats.csv_writing", "RowWriter"),
    "JSON": _Json,
    "PARQUET": later("formats.parquet", "ParquetWriter"),
    "PROTOBUF": later("formats.proto", "ProtobufWriter"),
    "SDC_JSON": _Records,
    "TEXT": _Text,
    "XML": later("formats.marked_up", "XmlWriter"),
}
