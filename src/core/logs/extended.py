"""CEF and LEEF: a header between bars, then keys and values."""

import re

from ..records.values import FieldValue

_BAR = re.compile(r"(?<!\\)\|")
_EQUALS = re.compile(r"(?<!\\)=")
_CEF = ("vendor", "product", "version", "signature", "name", "severity")
_LEEF = ("vendor", "product", "version", "eventId")


class HeaderError(ValueError):
    """A line whose header is not whole."""


def cef_fields(line: str) -> dict[str, FieldValue]:
    """The fields of a line such as ``CEF:0|vendor|product|1.0|100|name|10|src=10.0.0.1``.

    Raises:
        HeaderError: fewer than seven parts, or a version that is no number.
    """
    version, made, rest = _header(line, "CEF", _CEF)
    try:
        held: dict[str, FieldValue] = {"cefVersion": int(version), **made}
    except ValueError:
        raise HeaderError(f"the version {version[:20]!r} is no whole number") from None
    held["extensions"] = _extensions(rest, " ")
    return held


def leef_fields(line: str) -> dict[str, FieldValue]:
    """The fields of a line such as ``LEEF:2.0|vendor|product|1.0|id|^|cat=a^sev=6``.

    The separator of keys and values is a tab, or what stands behind the header: a sign, or its number in hex.

    Raises:
        HeaderError: fewer than five parts, or a version that is no number.
    """
    version, made, rest = _header(line, "LEEF", _LEEF)
    try:
        held: dict[str, FieldValue] = {"leefVersion": float(version), **made}
    except ValueError:
        raise HeaderError(f"the version {version[:20]!r} is no number") from None
    separator = "\t"
    bar = _BAR.search(rest)
    if bar is not None and (named := _separator(rest[: bar.start()])):
        separator, rest = named, rest[bar.end() :]
    held["extensions"] = _extensions(rest, separator)
    return held


def _separator(text: str) -> str:
    """The separator that a text names; empty for a text that names none."""
    if len(text) == 1:
        return text
    found = re.fullmatch(r"(?:0?x)?([0-9A-Fa-f]{1,4})", text)
    return chr(int(found.group(1), 16)) if found else ""


def _header(line: str, kind: str, names: tuple[str, ...]) -> tuple[str, dict[str, FieldValue], str]:
    parts = _BAR.split(line, maxsplit=len(names) + 1)
    if len(parts) < len(names) + 2:
        raise HeaderError(f"a {kind} header has {len(names) + 1} fields, this one has {len(parts) - 1}")
    return parts[0].partition(":")[2], dict(zip(names, parts[1:-1], strict=True)), parts[-1]


def _extensions(text: str, separator: str) -> dict[str, FieldValue]:
    """Keys and values. A value ends at the last separator before the next key; labels name the keys they belong to."""
    pieces = _EQUALS.split(text)
    offset = 0 if separator.isspace() else 1
    made: dict[str, FieldValue] = {}
    labels: dict[str, str] = {}
    key = pieces[0]
    for at, piece in enumerate(pieces[1:], 1):
        value, following = piece, ""
        if at < len(pieces) - 1:
            cut = piece.rfind(separator)
            if cut < 0:
                continue
            value, following = piece[:cut].strip(), piece[cut + offset :].strip()
        if key.endswith("Label"):
            labels[key.removesuffix("Label")] = value
        else:
            made[key] = value
        key = following
    for name, label in labels.items():
        if name in made:
            made[label] = made.pop(name)
    return made
