"""Delimited text: the usual dialects, with or without a header line."""

import csv
from collections.abc import Iterable, Iterator

from ....core.plan.given import Given
from ....core.records.values import FieldValue, ListMap
from .fault import FormatFault

_DELIMITERS = {"TDF": "\t", "MYSQL": "\t", "POSTGRES_TEXT": "\t"}


def delimited_fields(lines: Iterable[str], given: Given) -> "Iterator[FieldValue | FormatFault]":
    """One field per line; a row that does not fit is a fault among the fields.

    Shape: a LIST_MAP by header (by position without one), or with ``csvRecordType`` LIST a list of ``{header, value}``.
    """
    rows = _rows(lines, given)
    for _ in range(given.integer("csvSkipStartLines")):
        next(rows, None)
    mode = given.text("csvHeader", "NO_HEADER")
    header = next(rows, []) if mode in ("WITH_HEADER", "IGNORE_HEADER") else []
    names = header if mode == "WITH_HEADER" else []
    null = given.text("nullConstant") if given.flag("parseNull") else None
    as_list = given.text("csvRecordType", "LIST_MAP") == "LIST"
    extra = given.text("csvExtraColumnPrefix", "_extra_") if given.flag("csvAllowExtraColumns") else None
    for row in rows:
        if not row and given.flag("csvIgnoreEmptyLines", True):
            continue
        if names and len(row) > len(names) and extra is None:
            yield FormatFault("DELIMITED_PARSER_01", f"{len(row)} columns, but the header has {len(names)}")
            continue
        values: list[FieldValue] = [None if value == null else value for value in row]
        yield _as_list(values, names) if as_list else _as_map(values, names, extra or "_extra_")


def _rows(lines: Iterable[str], given: Given) -> Iterator[list[str]]:
    kind = given.text("csvFileFormat", "CSV")
    custom = kind == "CUSTOM"
    delimiter = given.text("csvCustomDelimiter", "|") if custom else _DELIMITERS.get(kind, ",")
    quote = given.text("csvCustomQuote", '"') if custom else '"'
    escape = given.text("csvCustomEscape") if custom else ""
    reader = csv.reader(
        lines,
        delimiter=delimiter[:1] or ",",
        quotechar=quote[:1] or None,
        escapechar=escape[:1] or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    try:
        yield from reader
    except csv.Error as error:
        raise FormatFault("DELIMITED_PARSER_00", f"line {reader.line_num}: {error}") from None


def _as_map(values: list[FieldValue], names: list[str], extra: str) -> ListMap:
    made = ListMap()
    for at, value in enumerate(values):
        name = names[at] if at < len(names) else (f"{extra}{at - len(names) + 1:02d}" if names else str(at))
        made[name] = value
    return made


def _as_list(values: list[FieldValue], names: list[str]) -> FieldValue:
    return [
        {"header": names[at], "value": value} if at < len(names) else {"value": value}
        for at, value in enumerate(values)
    ]
