"""The container of Avro files: facts of the file, then packed blocks, each with the mark of the file behind it."""

import bz2
import zlib
from collections.abc import Callable
from typing import BinaryIO

from ....core.errors import UnsupportedError

MAX_BLOCK = 64 * 1024 * 1024


class Source:
    """The bytes of a file, with how many were read; none of its parts has more than ``most``."""

    def __init__(self, opened: BinaryIO, most: int = MAX_BLOCK) -> None:
        self._opened, self._most, self.at = opened, most, 4

    def take(self, size: int) -> bytes:
        """So many bytes. Raises ``ValueError`` for more than ``most``, ``EOFError`` where there are fewer."""
        if not 0 <= size <= self._most:
            raise ValueError(f"a part of {size} bytes; the limit is {self._most}")
        data = b""
        while len(data) < size:
            more = self._opened.read(size - len(data))
            if not more:
                raise EOFError("the file ends inside of a part")
            data += more
        self.at += size
        return data

    def more(self) -> bytes:
        """The next byte; empty at the end."""
        data = self._opened.read(1)
        self.at += len(data)
        return data

    def long(self, first: bytes = b"") -> int:
        """A number; ``first`` is its first byte, if that was read."""
        shift = value = 0
        while shift < 70:
            byte = (first or self.take(1))[0]
            first = b""
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return (value >> 1) ^ -(value & 1)
            shift += 7
        raise ValueError("a number with more than ten bytes")


def facts_of(source: Source) -> dict[str, bytes]:
    """What the file says of itself.

    Raises:
        ValueError: more than a thousand facts.
    """
    facts: dict[str, bytes] = {}
    while (count := source.long()) != 0:
        if count < 0:
            count = -count
            source.long()
        if count > 1000:
            raise ValueError(f"{count} facts of the file")
        for _ in range(count):
            name = source.take(source.long()).decode("utf-8", "replace")
            facts[name] = source.take(source.long())
    return facts


def _deflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj(-15)
    try:
        made = inflater.decompress(data, MAX_BLOCK + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    return _bounded(made)


def _bounded(made: bytes) -> bytes:
    if len(made) > MAX_BLOCK:
        raise ValueError(f"a block that unpacks to more than {MAX_BLOCK} bytes")
    return made


def _bzipped(data: bytes) -> bytes:
    return _bounded(bz2.BZ2Decompressor().decompress(data, MAX_BLOCK + 1))


def _snapped(data: bytes) -> bytes:
    try:
        import cramjam
    except ImportError:
        hint = "Install it with: pip install 'penstock[formats]'"
        raise UnsupportedError("the codec snappy without its library", hint) from None
    body, sum_ = data[:-4], data[-4:]
    if not body or cramjam.snappy.decompress_raw_len(body) > MAX_BLOCK:
        raise ValueError(f"a block that unpacks to more than {MAX_BLOCK} bytes, or none")
    try:
        made = bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError as error:
        raise ValueError(str(error)) from None
    if zlib.crc32(made).to_bytes(4, "big") != sum_:
        raise ValueError("a block whose checksum is wrong")
    return made


CODECS: dict[str, Callable[[bytes], bytes]] = {
    "null": lambda data: data,
    "deflate": _deflated,
    "bzip2": _bzipped,
    "snappy": _snapped,
}
"""What unpacks a block, by the name of the codec."""
