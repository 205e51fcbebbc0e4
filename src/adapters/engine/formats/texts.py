"""The text of a file, piece by piece."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ....core.el import Scope, compile_text
from ....core.plan.given import Given
from ....core.processors.values import without_controls
from .charsets import Decoder, charset_of
from .fault import FormatFault

CHUNK = 1 << 16
LONGEST = 16 * 1024 * 1024
"""More characters than this one record never has: the rest of such a file is not read."""
OVERRUN = "overrunLimit"
"""The setting for how many characters, or bytes, of a file a record may take: behind one that takes more nothing is
read. 0 or nothing for ``BUFFER``."""
BUFFER = 1024 * 1024
_ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "b": "\b", "f": "\f", "0": "\0"}


def buffer_limit(given: Given) -> int:
    """How many characters, or bytes, a record may take."""
    limit = given.integer(OVERRUN)
    return limit if limit > 0 else BUFFER


def overrun(limit: int) -> FormatFault:
    """What is raised in place of a record that takes more of a file than it may."""
    return FormatFault("DATA_PARSER_02", f"a record of more than {limit} characters, the buffer limit")


def texts(opened: BinaryIO, given: Given) -> Iterator[str]:
    """The text of a file in pieces; an empty piece is the end, and only that."""
    decode = Decoder(charset_of(given))
    controls = given.flag("removeCtrlChars")
    while True:
        data = opened.read(CHUNK)
        text = decode(data, not data)
        if controls:
            text = without_controls(text)
        if text:
            yield text
        if not data:
            yield ""
            return


def unescaped(text: str) -> str:
    """A separator: an expression is evaluated, ``\\n`` and its like are what they stand for."""
    if "${" in text:
        return str(compile_text(text)(Scope()))
    return re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|(.))",
        lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPES.get(found[2], found[2]),
        text,
    )


class Window:
    """The part of a text that is looked at: ``held`` begins at character ``base`` of the text.

    ``over`` is True when there is nothing behind it.
    """

    __slots__ = ("_pieces", "base", "held", "over")

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self.held, self.base, self.over = "", 0, False

    def more(self, at: int) -> None:
        """Forgets what stands before ``at`` and reads on: at least as much as is kept, so that no text is looked at
        more often than a few times.

        Raises:
            FormatFault: one record would be longer than ``LONGEST``.
        """
        kept = self.held[at:]
        if len(kept) > LONGEST:
            raise FormatFault("DATA_PARSER_02", f"a record longer than {LONGEST} characters", too_long=True)
        read: list[str] = [kept]
        wanted = len(kept) + 1
        while wanted > 0:
            piece = next(self._pieces, "")
            if not piece:
                self.over = True
                break
            read.append(piece)
            wanted -= len(piece)
        self.held, self.base = "".join(read), self.base + at


def twice(names: Iterable[str], code: str) -> FormatFault | None:
    """The fault of a header with a name that comes twice: the last column of that name is the one that counts."""
    found = sorted({name for name, count in Counter(names).items() if count > 1})
    return FormatFault(code, f"columns of the same name: {', '.join(found)}") if found else None


def data_of(opened: BinaryIO, most: int) -> bytes:
    """All bytes of a file; one more than ``most`` where there are more."""
    data = b""
    while len(data) <= most and (more := opened.read(most + 1 - len(data))):
        data += more
    return data
