"""JSON objects that stand one to a line, many at a time; whatever is no such line the reader of JSON texts gets."""

import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import attrs
import msgspec

from ....core.plan.given import Given
from ....core.records.values import FieldValue
from .fault import FormatFault
from .item import Item
from .reading import LONGEST_LINE, read_items

BLOCK = 1 << 18
_DECODER = msgspec.json.Decoder()
_REFUSED = (msgspec.MsgspecError, ValueError, RecursionError)
_BLANK = b" \t\r"


@attrs.define
class Taken:
    """The values of some lines, in order, and what stands in the place of others."""

    values: list[FieldValue]
    lines: "list[bytes]"
    """A line per value."""
    starts: "list[int] | int"
    """Where values begin, or where the first of lines that follow each other does. In characters, as ``end``."""
    faults: list[Item]
    end: int

    def start_of(self, number: int) -> int:
        """Where a value begins. Cost: the first question looks at every line."""
        return self._settled()[number]

    def value_of(self, number: int) -> FieldValue:
        """A fresh value, where there are lines."""
        self._settled()
        value: FieldValue = _DECODER.decode(self.lines[number])
        return value

    def _settled(self) -> list[int]:
        if isinstance(self.starts, int):
            if all(map(_is_whole, self.lines)):
                self.starts = list(_starts(self.starts, self.lines))
            else:  # one line has several values and another none: as many values as lines by chance
                text = b"\n".join(self.lines)
                items = list(read_items(io.BytesIO(text), "JSON", Given()))
                characters = text.decode("utf-8", "replace")
                self.lines = [characters[item.start : item.end].encode() for item in items]
                self.starts = [self.starts + item.start for item in items]
        return self.starts


def in_lines(data_format: str, given: Given) -> bool:
    """True for settings under which a file may be read by lines."""
    plain = given.text("charset", "UTF-8").upper() in ("UTF-8", "UTF8") and not given.flag("removeCtrlChars")
    uncompressed = given.text("compression", "NONE") == "NONE"
    return data_format == "JSON" and given.text("jsonContent") != "ARRAY_OBJECTS" and plain and uncompressed


class JsonLines:
    """The values of an open file from a character on.

    Values and faults are those of ``read_items``; it takes over at the first line that is not one value.
    """

    def __init__(self, opened: BinaryIO, given: Given, at: int = 0) -> None:
        self._opened, self._given = opened, given
        limit = given.integer("jsonMaxObjectLen", 4096)
        self._limit = limit if limit > 0 else LONGEST_LINE
        self._pending: list[bytes] = []
        self._rest = b""
        self._over = False
        self._at, self._ascii = 0, True
        self._exact: Iterator[Item] | None = None
        self._fault: FormatFault | None = None
        self._skip(at)

    def take(self, count: int) -> Taken | None:
        """The values of at most ``count`` lines; None at the end of the file.

        Raises:
            FormatFault: the rest cannot be read.
        """
        if self._exact is not None:
            return self._items(self._exact, count)
        self._fill(count)
        lines = self._pending[:count]
        if not lines:
            return None if self._over else self._hand_over(0, count)
        try:
            values = _DECODER.decode_lines(b"\n".join(lines)) if max(map(len, lines)) <= self._limit else []
        except _REFUSED:
            values = []
        if len(values) != len(lines):
            return self._each(lines, count)
        start = self._at
        return Taken(values, lines, start, [], self._pass(lines))

    def _fill(self, count: int) -> None:
        while len(self._pending) < count and not self._over and len(self._rest) <= LONGEST_LINE:
            data = self._opened.read(BLOCK)
            if not data:
                self._over = True
                if self._rest:
                    self._pending.append(self._rest)
                    self._rest = b""
                return
            self._ascii = self._ascii and data.isascii()
            lines = (self._rest + data).split(b"\n")
            self._rest = lines.pop()
            self._pending += lines

    def _pass(self, lines: list[bytes]) -> int:
        """Goes behind lines; where the last of them ends, without the blanks at its end."""
        self._at += (sum(map(len, lines)) if self._ascii else sum(map(_characters, lines))) + len(lines)
        self._pending = self._pending[len(lines) :]
        last = lines[-1]
        blanks = len(last) - len(last.rstrip(_BLANK))
        return self._at - 1 - (blanks if blanks < len(last) else -1)

    def _each(self, lines: list[bytes], count: int) -> Taken | None:
        """Line by line, as far as each is one value."""
        made = Taken([], [], [], [], self._at)
        assert isinstance(made.starts, list)
        for number, line in enumerate(lines):
            start = self._at + _characters(line) - _characters(line.lstrip(_BLANK))
            if line.strip(_BLANK):
                item = self._one(line)
                if item is None:
                    return made if made.values or made.faults else self._hand_over(0, count)
                if item.fault is not None:
                    made.faults.append(attrs.evolve(item, start=self._at + item.start, end=self._at + item.end))
                else:
                    made.values.append(item.value)  # type: ignore[arg-type]
                    made.lines.append(line)
                    made.starts.append(start)
            made.end = self._pass(lines[number : number + 1])
        return made

    def _one(self, line: bytes) -> Item | None:
        """What stands in a line; None when that is not one value, or not a whole one."""
        if len(line) <= self._limit:
            try:
                return Item(0, 0, _DECODER.decode(line))
            except _REFUSED:
                pass
        try:
            items = list(read_items(io.BytesIO(line), "JSON", self._given))
        except Exception:  # the reader will say so when it gets there
            return None
        return items[0] if len(items) == 1 else None

    def _hand_over(self, number: int, count: int) -> Taken | None:
        text = b"\n".join([*self._pending[number:], self._rest])
        self._pending, self._rest = [], b""
        self._exact = read_items(_Behind(text, self._opened), "JSON", self._given)  # type: ignore[arg-type]
        return self._items(self._exact, count)

    def _items(self, items: Iterator[Item], count: int) -> Taken | None:
        made = Taken([], [], [], [], self._at)
        assert isinstance(made.starts, list)
        if self._fault is not None:
            raise self._fault
        try:
            for item in islice(items, count):
                if item.fault is None:
                    made.values.append(item.value)  # type: ignore[arg-type]
                    made.starts.append(self._at + item.start)
                else:
                    made.faults.append(attrs.evolve(item, start=self._at + item.start, end=self._at + item.end))
                made.end = self._at + item.end
        except FormatFault as fault:
            self._fault = fault  # after what came before it
        if not made.values and not made.faults and self._fault is not None:
            raise self._fault
        return made if made.values or made.faults else None

    def _skip(self, at: int) -> None:
        """Goes to a character, counting those before it line by line."""
        while self._at < at:
            self._fill(1)
            if not self._pending:
                return
            line = self._pending[0]
            length = _characters(line)
            if self._at + length >= at:
                left = line.decode("utf-8", "replace")[at - self._at :]
                self._pending[0], self._at = left.encode(), at
                return
            self._at += length + 1
            del self._pending[0]


class _Behind(io.RawIOBase):
    """A file behind a piece of it that was read before."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first, self._rest = first, rest

    def read(self, size: int = -1) -> bytes:
        if not self._first:
            return self._rest.read(size)
        cut = len(self._first) if size < 0 else size
        made, self._first = self._first[:cut], self._first[cut:]
        return made


def _characters(line: bytes) -> int:
    return len(line) if line.isascii() else len(line.decode("utf-8", "replace"))


def _starts(at: int, lines: list[bytes]) -> Iterator[int]:
    for line in lines:
        yield at + len(line) - len(line.lstrip(_BLANK))
        at += _characters(line) + 1


def _is_whole(line: bytes) -> bool:
    try:
        _DECODER.decode(line)
    except _REFUSED:
        return False
    return True
