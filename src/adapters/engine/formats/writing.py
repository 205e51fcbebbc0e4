"""Records as text: what destinations write."""

import csv
import io
import json
from collections.abc import Callable

from ....core.errors import UnsupportedError
from ....core.java import java_string
from ....core.plan.given import Given
from ....core.records.json_form import data_json
from ....core.records.paths import MISSING, get
from ....core.records.values import FieldValue, Null
from .fault import FormatFault

Write = Callable[[FieldValue], str]
_DELIMITERS = {"TDF": "\t", "MYSQL": "\t", "POSTGRES_TEXT": "\t"}


def writer(data_format: str, given: Given) -> Write:
    """What turns the root field of a record into its text, line end included; ``given`` without prefix.

    Raises:
        UnsupportedError: a format that is not written here. The callable raises ``FormatFault``.
    """
    if data_format == "JSON":
        return lambda value: json.dumps(value, default=data_json, ensure_ascii=False, separators=(",", ":")) + "\n"
    if data_format == "TEXT":
        return _text_writer(given)
    if data_format == "DELIMITED":
        return _row_writer(given)
    raise UnsupportedError(f"writing the data format {data_format}", "Formats that are written: DELIMITED, JSON, TEXT.")


def _text_writer(given: Given) -> Write:
    path, end = given.text("textFieldPath", "/text"), given.text("textRecordSeparator", "\\n")
    end = end.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t")
    missing, empty_line = given.text("textFieldMissingAction", "ERROR"), given.flag("textEmptyLineIfNull")

    def write(value: FieldValue) -> str:
        found = get(value, path)
        if found is MISSING:
            if missing == "IGNORE":
                return end if empty_line else ""
            raise FormatFault("TEXT_GENERATOR_00", f"field {path} is not there")
        if found is None or isinstance(found, Null):
            return end if empty_line else ""
        return java_string(found) + end

    return write


def _row_writer(given: Given) -> Write:
    kind = given.text("csvFileFormat", "CSV")
    custom = kind == "CUSTOM"
    delimiter = given.text("csvCustomDelimiter", "|")[:1] if custom else _DELIMITERS.get(kind, ",")
    quote = given.text("csvCustomQuote", '"')[:1] if custom else '"'
    every = given.text("csvQuoteMode", "MINIMAL") == "ALL"
    new_line = given.text("csvReplaceNewLinesString", " ") if given.flag("csvReplaceNewLines", True) else None

    def cell(value: FieldValue) -> str:
        text = "" if value is None or isinstance(value, Null) else java_string(value)
        return text if new_line is None else text.replace("\r\n", new_line).replace("\n", new_line)

    def write(value: FieldValue) -> str:
        if not isinstance(value, (dict, list)):
            raise FormatFault("DELIMITED_GENERATOR_00", "the root field is neither a map nor a list")
        out = io.StringIO()
        items = value.values() if isinstance(value, dict) else value
        csv.writer(
            out,
            delimiter=delimiter,
            quotechar=quote,
            quoting=csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL,
            lineterminator="\r\n",
        ).writerow([cell(item) for item in items])
        return out.getvalue()

    return write
