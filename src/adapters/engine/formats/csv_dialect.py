"""The dialects of delimited text: separators, quotes, escapes, and what is done with empty lines."""

import attrs

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from .texts import unescaped


@attrs.frozen
class Dialect:
    """How a row is written. ``quote``, ``escape`` and ``comment`` are one character, or empty for none.

    ``null`` is the text that stands for a null, None when there is none; ``trims`` takes blanks around cells away.
    Source: the presets of commons-csv 1.8.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    comment: str = ""
    null: str | None = None
    skips_empty: bool = True
    trims: bool = False
    end: str = "\r\n"
    quoting: str = "MINIMAL"


PRESETS = {
    "CSV": Dialect(),
    "RFC4180": Dialect(skips_empty=False),
    "EXCEL": Dialect(skips_empty=False),
    "TDF": Dialect(delimiter="\t", trims=True),
    "MYSQL": Dialect("\t", "", "\\", null="\\N", skips_empty=False, end="\n", quoting="ALL"),
    # the original names the quote as the escape too, with which it cannot read a quoted cell back
    "POSTGRES_CSV": Dialect(null="", skips_empty=False, end="\n", quoting="ALL"),
    "POSTGRES_TEXT": Dialect("\t", '"', "\\", null="\\N", skips_empty=False, end="\n", quoting="ALL"),
}


def dialect_of(given: Given) -> Dialect:
    """The dialect that settings describe, for reading with the legacy parser and for writing.

    Raises:
        InvalidValueError: a format that there is not, or a separator, quote or escape that cannot be.
    """
    kind = given.text("csvFileFormat", "CSV")
    if kind in PRESETS:
        return PRESETS[kind]
    if kind not in ("CUSTOM", "MULTI_CHARACTER"):
        raise InvalidValueError("Delimiter Format Type", kind, "a delimiter format", (*PRESETS, "CUSTOM"))
    made = Dialect(
        quote=_character(given, "csvCustomQuote", '"'),
        escape=_character(given, "csvCustomEscape", "\\"),
        quoting=given.text("csvQuoteMode", "MINIMAL"),
    )
    if kind == "MULTI_CHARACTER":
        return attrs.evolve(
            made,
            delimiter=_several(given, "multiCharacterFieldDelimiter", "||"),
            end=_several(given, "multiCharacterLineDelimiter", "\n"),
        )
    comments = given.flag("csvEnableComments")
    return attrs.evolve(
        made,
        delimiter=_character(given, "csvCustomDelimiter", "|", needed=True),
        comment=_character(given, "csvCommentMarker", "#") if comments else "",
        skips_empty=given.flag("csvIgnoreEmptyLines", True),
        end=unescaped(_several(given, "csvCustomSeparator", "\\r\\n")),
    )


def _character(given: Given, name: str, default: str, *, needed: bool = False) -> str:
    text = given.text(name, default)
    if len(text) > 1:
        text = unescaped(text)
    if len(text) > 1 or (needed and not text):
        raise InvalidValueError(name, text, "one character")
    return "" if text == "\0" else text


def _several(given: Given, name: str, default: str) -> str:
    """Characters as they are given: only an expression turns ``\\n`` into a line break."""
    text = given.text(name, default)
    text = unescaped(text) if "${" in text else text
    if not text:
        raise InvalidValueError(name, text, "at least one character")
    return text
