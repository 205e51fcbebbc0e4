"""Records out of XML, piece by piece: no more of a document is held than the record that is being read.

An element is a map. Its text is under ``value`` when there is nothing else in it; child elements are lists of maps
under their names; attributes are ``attr|name`` and namespace declarations ``ns|…``, or attributes of the field.
"""

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import cast
from xml.parsers import expat

import attrs

from ..records.paths import quoted
from ..records.values import FieldValue
from .safe import MAX_DEPTH, XmlFault, pairs, safe_parser, said
from .xpath import Matcher, parse_steps

__all__ = ["XmlFault", "XmlRecord", "XmlRecords"]
VALUE = "value"
_WIDEST = 4
"""So many bytes a character has at the most."""
XMLNS = "http://www.w3.org/2000/xmlns/"
"""The namespace of declarations: the original counts it among those that it met."""


@attrs.frozen
class XmlRecord:
    """A record, the bytes that it stands in, field attributes by path, and the namespaces met so far by prefix.

    ``offset`` is the character where the parser of the original stands before it: behind the tag, or the first sign of
    one, that follows the record before. ``too_long`` is True where it is further than the limit from there to where
    that parser stands behind the record; it has no value then.
    """

    start: int
    end: int
    value: FieldValue = None
    attributes: Mapping[str, dict[str, str]] = attrs.field(factory=dict)
    namespaces: Mapping[str, str] = attrs.field(factory=dict)
    offset: int = 0
    too_long: bool = False


class _Peeked(Enum):
    """What stands behind a record, as far as it is known."""

    NOTHING = auto()
    TAG = auto()
    TEXT = auto()


class _Open:
    """An element of the record that is being read."""

    __slots__ = ("attributes", "children", "declared", "name", "parts", "text")

    def __init__(self, name: str, attributes: dict[str, str], declared: dict[str, str]) -> None:
        self.name, self.attributes, self.declared = name, attributes, declared
        self.text: list[str] = []
        self.parts: list[str] = []
        """Texts before comments and instructions."""
        self.children: dict[str, list[tuple[FieldValue, dict[str, dict[str, str]]]]] = {}


class XmlRecords:
    """Feed it the UTF-8 bytes of a document, take the records out.

    ``record_element`` says which elements are records ("" is the whole document), ``namespaces`` are the prefixes in
    it. ``field_attributes`` puts attributes beside fields instead of into them, ``keep_root`` wraps a record in a map
    with the name of its element, ``with_xpath`` notes where a value stood.

    Raises:
        InvalidValueError: a record element that cannot be read.
    """

    def __init__(
        self,
        record_element: str = "",
        namespaces: Mapping[str, str] | None = None,
        *,
        field_attributes: bool = False,
        keep_root: bool = False,
        with_xpath: bool = False,
        limit: int = 0,
    ) -> None:
        self._matcher = Matcher(parse_steps(record_element, namespaces or {}))
        self._beside, self._keep_root, self._with_xpath, self._limit = field_attributes, keep_root, with_xpath, limit
        self._parser = safe_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.CommentHandler = self._parser.ProcessingInstructionHandler = self._aside
        self._names: list[str] = []
        self._known: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
        self._prefixes: dict[str, str] = {}
        self._made_up = 0
        self._open: list[_Open] = []
        self._begin = 0
        self._skipped = False
        self._ready: list[XmlRecord] = []
        self._last: tuple[XmlRecord, int] | None = None
        """The record whose length is not known yet, and where the parser of the original stood before it."""
        self._first, self._whole = True, not record_element
        self._data = b""
        self._fed = self._wide = 0
        """How many bytes were fed before these, and how many of those were not the first of their character."""
        self._offset, self._peeked = 0, cast("_Peeked | None", None)

    def feed(self, data: bytes, *, final: bool = False) -> Iterator[XmlRecord]:
        """The records that end in these bytes.

        Raises:
            XmlFault: no XML, entities of its own, or nested too deeply.
        """
        self._fed, self._wide = self._fed + len(self._data), self._wide + _later(self._data)
        self._data = data
        fault: str = ""
        try:
            self._parser.Parse(data, final)
        except (expat.ExpatError, XmlFault) as error:
            fault = str(error) if isinstance(error, XmlFault) else said(error)
        if (final or fault) and self._last is not None:
            self._offset = self._character(self._fed + len(data))
            self._measure()
        self._ready, ready = [], self._ready
        yield from ready
        if fault:
            raise XmlFault(fault)

    def _prefixed(self, name: str, *, attribute: bool = False) -> tuple[str, str, str]:
        """Namespace, local name, and the name with the prefix under which the namespace was first met."""
        prefix, colon, local = name.rpartition(":")
        if not colon and attribute:
            return "", name, name
        uri = self._known[-1].get(prefix, "")
        if not uri:
            return "", name, name
        if uri not in self._prefixes:
            if not prefix:
                self._made_up += 1
            self._prefixes[uri] = prefix or f"ns{self._made_up}"
        return uri, local, f"{self._prefixes[uri]}:{local}"

    def _character(self, byte: int) -> int:
        """How many characters stand before a byte, which is among those that were fed last or right before them."""
        return byte - self._wide - _later(self._data[: max(0, byte - self._fed)])

    def _peek(self, text: str = "") -> None:
        """Looks at what follows a record, texts or tags, until it is known where the original then stands."""
        if self._peeked is _Peeked.NOTHING:
            self._peeked = _Peeked.TEXT if text else _Peeked.TAG
            return
        if self._peeked is _Peeked.TAG:  # texts are told when the next tag begins
            self._offset, self._peeked = self._character(self._parser.CurrentByteIndex - len(text.encode())), None
        elif self._peeked is _Peeked.TEXT and not text:
            self._offset, self._peeked = self._character(self._parser.CurrentByteIndex) + 1, None
        if self._peeked is None:
            self._measure()

    def _measure(self) -> None:
        """The last record is as long as the way from where the original stood before it to where it stands now."""
        if self._last is None:
            return
        record, stood = self._last
        too_long = 0 < self._limit < self._offset - stood
        self._ready.append(
            XmlRecord(record.start, record.end, offset=record.offset, too_long=True) if too_long else record
        )
        self._last = None

    def _start(self, name: str, flat: list[str]) -> None:
        if self._peeked is not None:
            self._peek()
        if len(self._names) >= MAX_DEPTH:
            raise XmlFault(f"elements nested deeper than {MAX_DEPTH}")
        every = pairs(flat)
        declared = {key: value for key, value in every.items() if key == "xmlns" or key.startswith("xmlns:")}
        known = self._known[-1]
        if declared:
            known = {**known, **{key[6:]: value for key, value in declared.items()}}
        self._known.append(known)
        uri, local, shown = self._prefixed(name)
        attributes = {key: value for key, value in every.items() if key not in declared}
        self._names.append(shown)
        if len(self._names) == 1:
            self._peeked = _Peeked.TAG if self._whole else _Peeked.NOTHING
        matches = self._matcher.opens(uri, local, attributes)
        if self._open:
            self._check_text()
            self._open.append(_Open(shown, attributes, declared))
        elif matches:
            self._begin, self._skipped = self._parser.CurrentByteIndex, False
            root = name if self._keep_root else shown
            self._open.append(_Open(root, attributes, declared))
        self._skip()

    def _check_text(self) -> None:
        """A text that goes on behind a comment or instruction is a fault, as the original takes none for its value.

        Raises:
            XmlFault: it does, and no element stands before it.
        """
        element = self._open[-1]
        seen = element.parts if any(element.text) else element.parts[:-1]
        if not element.children and any(map(str.strip, seen)):
            raise XmlFault(f"a comment or an instruction within the text of {element.name}")

    def _skip(self) -> None:
        """Keeps nothing of a record that is too long for sure."""
        if self._open and 0 < _WIDEST * self._limit < self._parser.CurrentByteIndex - self._begin:
            self._skipped = True

    def _text(self, data: str) -> None:
        if self._peeked is not None:
            self._peek(data)
        if self._open and not self._skipped:
            self._open[-1].text.append(data)
            self._skip()

    def _aside(self, *said: str) -> None:
        """A comment or an instruction parts the text of an element."""
        if self._open and self._open[-1].text and not self._open[-1].children:
            self._open[-1].parts.append("".join(self._open[-1].text))
            self._open[-1].text.clear()

    def _end(self, name: str) -> None:
        if self._peeked is not None:
            self._peek()
        if self._open:
            self._check_text()
            element = self._open.pop()
            if self._skipped:
                element.children, element.text = {}, []
            made = self._field(element)
            if self._open:
                self._open[-1].children.setdefault(element.name, []).append(made)
            else:
                label = 0 if self._first else self._offset
                self._last = attrs.evolve(self._record(element, *made), offset=label), self._offset
                self._first, self._peeked = False, _Peeked.NOTHING
        self._matcher.closes()
        self._names.pop()
        self._known.pop()

    def _field(self, element: _Open) -> tuple[FieldValue, dict[str, dict[str, str]]]:
        value: dict[str, FieldValue] = {}
        notes: dict[str, dict[str, str]] = {}
        beside: dict[str, str] = {}
        for name, text in element.attributes.items():
            shown = self._prefixed(name, attribute=True)[2]
            if self._beside:
                beside[f"xmlAttr:{shown}"] = text
            else:
                value[f"attr|{shown}"] = text
        for name, text in element.declared.items():
            if self._beside:
                beside[name if ":" in name else "xmlns:"] = text
            else:
                value[f"ns|{name if ':' in name else 'xmlns:'}"] = text
        if element.declared:
            self._prefixes.setdefault(XMLNS, "xmlns")
        if beside:
            notes[""] = beside
        if element.children:
            for name, held in element.children.items():
                value[name] = [each for each, _ in held]
                for at, (_, inner) in enumerate(held):
                    notes.update({f"/{quoted(name)}[{at}]{path}": note for path, note in inner.items()})
        else:
            text = "".join(element.text) or "".join(element.parts[-1:])
            if text.strip():
                value[VALUE] = text
        return value, notes

    def _record(self, element: _Open, value: FieldValue, notes: dict[str, dict[str, str]]) -> XmlRecord:
        start, end = self._begin, self._parser.CurrentByteIndex + len(f"</{element.name}>")
        if self._skipped:
            return XmlRecord(start, end, too_long=True)
        if self._keep_root:
            root = quoted(element.name)
            notes = {f"/{root}{path}": note for path, note in notes.items()}
            value = {element.name: value}
        if not self._with_xpath:
            return XmlRecord(start, end, value, notes)
        above = self._names[:-1] if self._keep_root else self._names
        prefix = "/" + "/".join(above) if above else ""
        for path, where in _xpaths(value, "", prefix):
            if not self._keep_root or "[" in path:  # what stands in the record's own element gets none
                notes.setdefault(path, {})["xpath"] = where
        return XmlRecord(start, end, value, notes, {name: uri for uri, name in self._prefixes.items()})


def _later(data: bytes) -> int:
    """How many bytes of UTF-8 are not the first of their character."""
    return 0 if data.isascii() else sum(1 for byte in data if byte & 0xC0 == 0x80)


def _xpaths(value: FieldValue, path: str, where: str) -> Iterator[tuple[str, str]]:
    """The path and the XPath of every text and attribute; the index of a lone element is left out."""
    if not isinstance(value, dict):
        return
    for name, held in value.items():
        below = f"{path}/{quoted(name)}"
        if isinstance(held, list):
            for at, each in enumerate(held):
                index = f"[{at}]" if len(held) > 1 else ""
                yield from _xpaths(each, f"{below}[{at}]", f"{where}/{name}{index}")
        elif isinstance(held, dict):
            yield from _xpaths(held, below, f"{where}/{name}")
        elif name == VALUE:
            yield below, where
        elif name.startswith("attr|"):
            yield below, f"{where}/@{name[5:]}"
