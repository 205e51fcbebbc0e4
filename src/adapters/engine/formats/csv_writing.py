"""Delimited text: a header from the first record where one is wanted, then a row per record."""

from collections.abc import Iterable

from ....core.errors import InvalidValueError
from ....core.java import java_string
from ....core.plan.given import Given
from ....core.records.record import Record
from ....core.records.values import FieldValue, ListMap, Null
from .charsets import Encoder, charset_of
from .csv_dialect import Dialect, dialect_of
from .fault import FormatFault


class RowWriter:
    """Writes rows as commons-csv 1.8 does; ``csvFileFormat`` MULTI_CHARACTER, which newer engines have, in its way.

    Raises:
        InvalidValueError: a delimiter that is a line break, or the same as the quote or escape.
    """

    def __init__(self, given: Given) -> None:
        self._dialect = dialect_of(given)
        _possible(self._dialect)
        self._header = given.text("csvHeader", "NO_HEADER") == "WITH_HEADER"
        replaced = given.text("csvReplaceNewLinesString", " ")
        self._new_line = replaced if given.flag("csvReplaceNewLines", True) else None
        self._encode = Encoder(charset_of(given))

    def write(self, record: Record) -> bytes:
        """A row; before the first one the header, where there is one."""
        made = ""
        if self._header:
            made, self._header = self._row(map(self._text, _columns(record.value, "header"))), False
        made += self._row(map(self._text, _columns(record.value, "value")))
        return self._encode(made)

    def finish(self) -> bytes:
        """Nothing: rows end themselves."""
        return b""

    def _text(self, value: FieldValue) -> str:
        if value is None or isinstance(value, Null):
            return ""
        if isinstance(value, (dict, list, bytes)):
            raise FormatFault("API_18", "a column that is a map, a list or bytes has no text")
        text = java_string(value)
        if self._new_line is not None:
            text = text.replace("\n", self._new_line).replace("\r", self._new_line)
        return text

    def _row(self, cells: Iterable[str]) -> str:
        dialect = self._dialect
        written = (cell_text(dialect, text, first=at == 0) for at, text in enumerate(cells))
        return dialect.delimiter.join(written) + dialect.end


def cell_text(dialect: Dialect, text: str, *, first: bool) -> str:
    """A cell as it is written; ``first`` is True for the first of a row, which is quoted when it is empty."""
    if not dialect.quote or dialect.quoting == "NONE":
        return _escaped(dialect, text) if dialect.escape else text
    if dialect.quoting == "MINIMAL" and not _needs_quotes(dialect, text, first=first):
        return text
    escape = dialect.escape or dialect.quote
    if escape != dialect.quote:
        text = text.replace(escape, escape * 2)
    return dialect.quote + text.replace(dialect.quote, escape + dialect.quote) + dialect.quote


def _needs_quotes(dialect: Dialect, text: str, *, first: bool) -> bool:
    if not text:
        return first
    if text[0] <= "#" or text[-1] <= " ":
        return True
    signs = ("\n", "\r", dialect.quote, dialect.delimiter, dialect.escape or dialect.quote)
    return any(sign in text for sign in signs) or (dialect.end not in ("\n", "\r\n") and dialect.end in text)


def _escaped(dialect: Dialect, text: str) -> str:
    escape = dialect.escape
    text = text.replace(escape, escape * 2).replace("\n", escape + "n").replace("\r", escape + "r")
    return text.replace(dialect.delimiter, escape + dialect.delimiter)


def _columns(value: FieldValue, key: str) -> list[FieldValue]:
    """Names or values of the columns: of a LIST_MAP by name, or of a list of ``{header, value}``."""
    if isinstance(value, ListMap):
        return list(value) if key == "header" else list(value.values())
    if not isinstance(value, list):
        kind = "a map" if isinstance(value, dict) else "no collection"
        hint = "; a Field Order processor makes a list-map of it" if isinstance(value, dict) else ""
        raise FormatFault("DELIMITED_GENERATOR_00", f"the root field is {kind}, expected a list or a list-map{hint}")
    columns: list[FieldValue] = []
    for at, each in enumerate(value):
        if not isinstance(each, dict) or key not in each:
            raise FormatFault("DELIMITED_GENERATOR_01", f"column {at} of the root is no map with {key!r} in it")
        columns.append(each[key])
    return columns


def _possible(dialect: Dialect) -> None:
    if dialect.delimiter in ("\n", "\r"):
        raise InvalidValueError(
            "delimiter", dialect.delimiter, "something else than a line break (DELIMITED_GENERATOR_02)"
        )
    if dialect.quote == dialect.delimiter:
        raise InvalidValueError("quote", dialect.quote, "another character than the delimiter (DELIMITED_GENERATOR_03)")
    if dialect.escape == dialect.delimiter:
        raise InvalidValueError(
            "escape", dialect.escape, "another character than the delimiter (DELIMITED_GENERATOR_04)"
        )
