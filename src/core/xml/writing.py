"""Fields as XML: maps are elements, lists are elements that come again."""

import base64
import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from ..java import java_string
from ..records.paths import quoted
from ..records.values import FieldValue, Null
from .safe import XmlFault

Notes = Mapping[str, Mapping[str, str]]
_ATTRIBUTE, _DECLARED = "xmlAttr:", "xmlns"
_FIRST = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = f"[{_FIRST}][-.0-9\u00b7\u0300-\u036f\u203f\u2040{_FIRST}]*"
_QUALIFIED = re.compile(f"{_PART}(?::{_PART})?")


def write_xml(value: FieldValue, notes: Notes, *, pretty: bool = True) -> str:
    """The document of a root field that is a map with one entry; ``notes`` are field attributes by path.

    Every note becomes an attribute, but for the declarations of namespaces; those of the root field and of a list stand
    on the elements that they are for.

    Raises:
        XmlFault: another root (XML_GENERATOR_00, 03, 04, 05), fields that are nested too deeply (01), or a prefix that
            is declared nowhere (07, 08).
    """
    if value is None:
        raise XmlFault("XML_GENERATOR_03 - the record has no root field")
    if not isinstance(value, dict):
        raise XmlFault("XML_GENERATOR_00 - the root field must be a map")
    if len(value) != 1:
        raise XmlFault(f"XML_GENERATOR_04 - the root field must have exactly one field, it has {len(value)}")
    ((name, root),) = value.items()
    if isinstance(root, list):
        raise XmlFault("XML_GENERATOR_05 - the one field of the root must not be a list")
    break_, indent = ("\n", "  ") if pretty else ("", "")
    notes = {**notes, f"/{quoted(name)}": {**_declared(notes.get("", {})), **notes.get(f"/{quoted(name)}", {})}}
    try:
        body = "".join(_element(name, root, f"/{quoted(name)}", notes, {}, break_, indent, 0))
    except RecursionError:
        raise XmlFault("XML_GENERATOR_01 - the fields are nested too deeply") from None
    return f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>{break_}{body}{break_}'


def _element(
    name: str,
    value: FieldValue,
    path: str,
    notes: Notes,
    known: Mapping[str, str],
    break_: str,
    indent: str,
    depth: int,
) -> Iterator[str]:
    held = notes.get(path, {})
    declared = {**_above(path, notes), **_declared(held)}
    if declared:
        known = {**known, **{key[6:]: text for key, text in declared.items()}}
    written = {**declared, **{key.removeprefix(_ATTRIBUTE): text for key, text in held.items() if key not in declared}}
    written = {(key.rstrip(":") if key.startswith(_DECLARED) else key): text for key, text in written.items()}
    for each in (name, *(key for key in written if not key.startswith(_DECLARED))):
        prefix = each.partition(":")[0] if ":" in each else ""
        if prefix and prefix != "xml" and prefix not in known:
            code = "XML_GENERATOR_08" if each == name else "XML_GENERATOR_07"
            raise XmlFault(f"{code} - the prefix {prefix} of {each} is declared nowhere (field {path})")
    head = "".join(f" {_name(key)}={quoteattr(text)}" for key, text in written.items())
    tag, pad = _name(name), indent * depth
    inside = "".join(_content(value, path, notes, known, break_, indent, depth))
    if not inside:
        yield f"{pad}<{tag}{head}/>"
    elif isinstance(value, dict):
        yield f"{pad}<{tag}{head}>{break_}{inside}{break_}{pad}</{tag}>"
    else:
        yield f"{pad}<{tag}{head}>{inside}</{tag}>"


def _declared(held: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in held.items() if key == _DECLARED or key.startswith(_DECLARED + ":")}


def _above(path: str, notes: Notes) -> dict[str, str]:
    """The namespaces that the lists around an element declare."""
    around: dict[str, str] = {}
    while path.endswith("]"):
        path = path[: path.rindex("[")]
        around = {**_declared(notes.get(path, {})), **around}
    return around


def _content(
    value: FieldValue, path: str, notes: Notes, known: Mapping[str, str], break_: str, indent: str, depth: int
) -> Iterator[str]:
    if isinstance(value, dict):
        made: list[str] = []
        for name, held in value.items():
            below = f"{path}/{quoted(name)}"
            for where, each in _single(held, below):
                made.append("".join(_element(name, each, where, notes, known, break_, indent, depth + 1)))
        yield break_.join(made)
    elif isinstance(value, bytes):
        yield base64.b64encode(value).decode()
    elif value is not None and not isinstance(value, Null):
        yield escape(java_string(value))


def _single(value: FieldValue, path: str) -> Iterator[tuple[str, FieldValue]]:
    """What is written as one element each, with its path: the elements of lists, however deep."""
    if not isinstance(value, list):
        yield path, value
        return
    for at, each in enumerate(value):
        yield from _single(each, f"{path}[{at}]")


def _name(name: str) -> str:
    """The name of an element or attribute, when it can be one."""
    if not _QUALIFIED.fullmatch(name):
        raise XmlFault(f"XML_GENERATOR_02 - {name[:60]!r} can be no name in XML")
    return name
