"""JSON objects that stand one to a line, many at a time; whatever is no such line the reader of JSON texts gets."""

import io
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Annotated, Any, BinaryIO

import attrs
import msgspec

from ....core.plan.given import Given
from ....core.records.json_data import LEAST_LARGE, LEAST_USUAL
from ....core.records.values import FieldValue
from .fault import FormatFault
from .item import Item
from .reading import LONGEST_LINE, read_items
from .texts import buffer_limit

BLOCK = 1 << 15
DEPTH = 6
PAUSE = 16
"""How many blocks are read with all numbers behind one that had others than the usual ones."""


@cache
def _decoder(*, usual: bool = False) -> "msgspec.json.Decoder[Any]":
    """For values with whole numbers of 64 bits and few levels; others are of another type, or rare.

    ``usual`` refuses floating-point numbers that are not spelled by all alike; that costs nothing.
    """
    whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    point: Any = Annotated[float, msgspec.Meta(ge=LEAST_USUAL, lt=LEAST_LARGE)] if usual else float
    kind: Any = whole | point | str | bool | None
    for _ in range(DEPTH):
        kind = whole | point | str | bool | None | dict[str, kind] | list[kind]  # type: ignore[valid-type, unused-ignore]
    return msgspec.json.Decoder(kind)


_REFUSED = (msgspec.MsgspecError, ValueError, RecursionError)
_CLOSED = frozenset((dict, list, str))
"""What ends with a sign of its own. Behind numbers and words must stand a blank, which the decoder does not ask for."""
_BLANK = b" \t\r"
_BEGINS = re.compile(rb'[ \t\r\n]*[{\["]')
"""Where another value begins, for all that its first sign tells; the reader of texts knows the other cases."""


@attrs.define
class Taken:
    """The values of some lines, in order, and what stands in the place of others. Characters are counted."""

    values: list[FieldValue]
    text: bytes
    """What the values were read from; empty where that is not known."""
    start: int
    end: int
    faults: list[Item] = attrs.field(factory=list)
    usual: bool = False
    """True where all floating-point numbers are those that all spell alike."""
    _places: list[tuple[int, bytes]] | None = None

    def add(self, item: Item, base: int, line: bytes = b"") -> None:
        """Adds what stands behind all others, as counted from ``base``."""
        if item.fault is not None:
            self.faults.append(attrs.evolve(item, start=base + item.start, end=base + item.end))
        else:
            self.values.append(item.value)  # type: ignore[arg-type]
            self._places = self._places or []
            self._places.append((base + item.start, line))
        self.end = base + item.end

    @property
    def can_repeat(self) -> bool:
        """True when a value can be had again."""
        return bool(self.text)

    def start_of(self, number: int) -> int:
        """Where a value begins. Cost: the first question looks at every line."""
        return self._found()[number][0]

    def value_of(self, number: int) -> FieldValue:
        """A fresh value, where ``can_repeat`` is True."""
        line = self._found()[number][1]
        try:
            value: FieldValue = _decoder().decode(line)
        except _REFUSED:
            value = next(read_items(io.BytesIO(line), "JSON", Given())).value  # type: ignore[assignment]
        return value

    def _found(self) -> list[tuple[int, bytes]]:
        if self._places is None:
            places = list(_places(self.start, self.text.split(b"\n")))
            if len(places) == len(self.values) and all(_is_whole(line) for _, line in places):
                self._places = places
            else:  # a value goes over lines, or a line has several
                characters = self.text.decode("utf-8", "replace")
                items = read_items(io.BytesIO(self.text), "JSON", Given())
                self._places = [(self.start + item.start, characters[item.start : item.end].encode()) for item in items]
        return self._places


def in_lines(data_format: str, given: Given) -> bool:
    """True for settings under which a file may be read by lines."""
    plain = given.text("charset", "UTF-8").upper() in ("UTF-8", "UTF8") and not given.flag("removeCtrlChars")
    uncompressed = given.text("compression", "NONE") == "NONE"
    bounded = buffer_limit(given) >= given.integer("jsonMaxObjectLen", 4096)
    return data_format == "JSON" and given.text("jsonContent") != "ARRAY_OBJECTS" and plain and uncompressed and bounded


class JsonLines:
    """The values of an open file from a character on; ``base`` is the number of its first one.

    Values and faults are those of ``read_items``; it takes over at the first line that is not one value.
    """

    def __init__(self, opened: BinaryIO, given: Given, at: int = 0, base: int = 0) -> None:
        self._opened, self._given = opened, given
        limit = given.integer("jsonMaxObjectLen", 4096)
        self._limit = limit if limit > 0 else LONGEST_LINE
        self._text = self._rest = b""
        """Lines that were not taken yet, and the beginning of one behind them."""
        self._over = False
        self._at = base
        self._usual = BLOCK
        """How many lines stood in what was read at once."""
        self._pause, self._plain = 0, False
        """How many blocks are still read with all numbers; whether those of the newest were the usual ones."""
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
        self._fill()
        if not self._text:
            return None if self._over else self._hand_over(b"", count)
        text, lines = self._cut(count)
        values = self._values(text)
        if not lines and (not values or len(values) > count):  # shorter lines than those before, or others
            self._text = b"\n".join([text, self._text])
            text, lines = self._cut(count, sure=True)
            values = self._values(text)
        if not values or len(values) != (lines or len(values)):
            return self._each(text, count)
        if not self._is_followed():
            return self._hand_over(b"\n".join([text, self._text]), count)
        start = self._at
        return Taken(values, text, start, self._pass(text), usual=self._plain)

    def _values(self, text: bytes) -> list[FieldValue]:
        """All values, line ends or not between them; none where that is not so simple."""
        if not self._are_short(text):
            return []
        values = self._decoded(text)
        return values if _CLOSED.issuperset(map(type, values)) else []

    def _decoded(self, text: bytes) -> list[FieldValue]:
        if self._pause == 0:
            try:
                values, self._plain = _decoder(usual=True).decode_lines(text), True
            except _REFUSED:
                self._pause = PAUSE
            else:
                return values
        self._pause, self._plain = self._pause - 1, False
        try:
            return _decoder().decode_lines(text)
        except _REFUSED:
            return []

    def _is_followed(self) -> bool:
        """True where another value begins behind what was cut, or the file ends; a value needs that."""
        self._fill()
        return _BEGINS.match(self._text or self._rest) is not None or (self._over and not self._text.strip())

    def _fill(self) -> None:
        """Reads on where no whole line is left."""
        while not self._text and not self._over and len(self._rest) <= LONGEST_LINE:
            data = self._opened.read(BLOCK)
            if not data:
                self._text, self._rest, self._over = self._rest, b"", True
                return
            data = self._rest + data
            end = data.rfind(b"\n")
            self._text, self._rest = data[: end + 1], data[end + 1 :]

    def _cut(self, count: int, *, sure: bool = False) -> tuple[bytes, int]:
        """At most so many lines, without the last line end, and how many they are.

        Counting costs a fifth of parsing: 0 where there are fewer for all that is known of those before.
        """
        text = self._text
        if sure or count < 2 * self._usual:
            lines = text.count(b"\n") + (not text.endswith(b"\n"))
            self._usual = max(lines, self._usual // 2)
            if lines > count:
                end = -1
                for _ in range(count):
                    end = text.index(b"\n", end + 1)
                self._text = text[end + 1 :]
                return text[:end], count
        else:
            lines = 0
        self._text = b""
        return text.removesuffix(b"\n"), lines

    def _are_short(self, text: bytes) -> bool:
        """True when no line is longer than an object may be."""
        at, step = 0, self._limit + 1
        while len(text) - at >= step:
            at = text.rfind(b"\n", at, at + step) + 1
            if not at:
                return False
        return True

    def _pass(self, text: bytes) -> int:
        """Goes behind lines; where the last of them ends, without the blanks at its end."""
        end = self._at + _characters(text)
        self._at = end + 1
        return end - (len(text) - len(text.rstrip(_BLANK)))

    def _each(self, text: bytes, count: int) -> Taken | None:
        """Line by line, as far as each is one value and another follows it."""
        made = Taken([], text, self._at, self._at)
        lines = text.split(b"\n")
        held: tuple[Item, int, int] | None = None
        for number, line in enumerate(lines):
            if line.strip(_BLANK):
                item = self._one(line)
                if item is None:
                    first, self._at = (number, self._at) if held is None else held[1:]
                    return self._left(made, b"\n".join([*lines[first:], self._text]), count)
                if held is not None:
                    made.add(held[0], held[2], lines[held[1]])
                held = item, number, self._at
            self._pass(line)
        if held is not None:
            if not self._is_followed():
                self._at = held[2]
                return self._left(made, b"\n".join([*lines[held[1] :], self._text]), count)
            made.add(held[0], held[2], lines[held[1]])
        return made

    def _left(self, made: Taken, left: bytes, count: int) -> Taken | None:
        """What was taken, and then the text of others; those are for the other reader when nothing was."""
        if not made.values and not made.faults:
            return self._hand_over(left, count)
        self._text = left
        return made

    def _one(self, line: bytes) -> Item | None:
        """What stands in a line; None when that is not one value, or not a whole one."""
        if len(line) <= self._limit:
            try:
                value: FieldValue = _decoder().decode(line)
            except _REFUSED:
                pass
            else:
                start = len(line) - len(line.lstrip(_BLANK))
                return Item(start, _characters(line.rstrip(_BLANK)), value)
        try:
            items = list(read_items(io.BytesIO(line), "JSON", self._given))
        except Exception:  # the reader will say so when it gets there
            return None
        return items[0] if len(items) == 1 else None

    def _hand_over(self, text: bytes, count: int) -> Taken | None:
        text += self._rest
        self._text = self._rest = b""
        self._exact = read_items(_Behind(text, self._opened), "JSON", self._given)  # type: ignore[arg-type]
        return self._items(self._exact, count)

    def _items(self, items: Iterator[Item], count: int) -> Taken | None:
        if self._fault is not None:
            raise self._fault
        made = Taken([], b"", self._at, self._at)
        try:
            for item in islice(items, count):
                made.add(item, self._at)
        except FormatFault as fault:
            self._fault = fault  # after what came before it
        if not made.values and not made.faults and self._fault is not None:
            raise self._fault
        return made if made.values or made.faults else None

    def _skip(self, at: int) -> None:
        """Goes to a character, counting those before it."""
        while self._at < at:
            self._fill()
            if not self._text:
                return
            characters = _characters(self._text)
            if self._at + characters > at:
                self._text = self._text.decode("utf-8", "replace")[at - self._at :].encode()
                self._at = at
                return
            self._text, self._at = b"", self._at + characters


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


def _characters(text: bytes) -> int:
    return len(text) if text.isascii() else len(text.decode("utf-8", "replace"))


def _places(at: int, lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    for line in lines:
        if line.strip(_BLANK):
            yield at + len(line) - len(line.lstrip(_BLANK)), line
        at += _characters(line) + 1


def _is_whole(line: bytes) -> bool:
    try:
        _decoder().decode(line)
    except _REFUSED:
        return False
    return True
