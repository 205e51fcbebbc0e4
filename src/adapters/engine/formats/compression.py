"""Compressed data as plain data: piece by piece, with a limit on how much a little of it may become."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, Protocol

from ....core.errors import UnsupportedError
from .fault import FormatFault

STEP = 1 << 16
FREE_BYTES = 16 * 1024 * 1024
"""So much may come out of anything; beyond it the ratio counts."""
MOST_PER_BYTE = 500
XZ_MEMORY_BYTES = 128 * 1024 * 1024
LARGEST_BLOCK = 64 * 1024 * 1024
SNAPPY, SNAPPY_FRAMES = "snappy", "framed snappy"
BROKEN = "DATA_PARSER_02"
SNAPPY_BEGIN = b"\xff\x06\x00\x00sNaPpY"


class Unpack(Protocol):
    """A decompressor as ``bz2``, ``lzma`` and ``zstd`` have them."""

    @property
    def eof(self) -> bool:
        """True behind the end of what was compressed."""
        ...

    @property
    def needs_input(self) -> bool:
        """True when nothing more comes out without more input."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What stands behind the end."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """At most so many bytes more."""
        ...


class _Zlib:
    """``zlib`` in the form of the others. ``wbits`` 31 is gzip, 15 zlib, -15 bare deflate."""

    def __init__(self, wbits: int) -> None:
        self._held = zlib.decompressobj(wbits)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._held.eof

    @property
    def needs_input(self) -> bool:
        return not self._held.unconsumed_tail and not self._full

    @property
    def unused_data(self) -> bytes:
        return self._held.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        made = self._held.decompress(self._held.unconsumed_tail + data, max_length)
        self._full = len(made) == max_length
        return made


def _zstd() -> Unpack:
    try:
        from compression import zstd  # type: ignore[import-not-found]  # Python 3.14
    except ImportError:
        return _zstandard()
    made: Unpack = zstd.ZstdDecompressor()
    return made


def _zstandard() -> Unpack:
    try:
        import zstandard  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise UnsupportedError("reading zstd", "Install zstandard, or run Python 3.14 or newer.") from None
    held = zstandard.ZstdDecompressor(max_window_size=XZ_MEMORY_BYTES).decompressobj()

    class Held:
        """All of a piece at once: this library has no bound on what comes out of one."""

        needs_input = True

        @property
        def eof(self) -> bool:
            return bool(held.eof)

        @property
        def unused_data(self) -> bytes:
            return bytes(held.unused_data)

        def decompress(self, data: bytes, max_length: int = -1) -> bytes:
            return bytes(held.decompress(data))

    return Held()


def _cramjam() -> Any:
    try:
        import cramjam
    except ImportError:
        hint = "Install it with: pip install 'penstock[formats]'"
        raise UnsupportedError("Snappy without its library", hint) from None
    return cramjam


def snappy_frames(data: bytes) -> bytes:
    """Data in the frames of Snappy. Raises ``UnsupportedError`` without the library."""
    return bytes(_cramjam().snappy.compress(data))


class _SnappyFrames:
    """Frames of Snappy: each says what it is, how long, and has a checksum."""

    eof = False
    unused_data = b""

    def __init__(self) -> None:
        held = _cramjam()
        self._snappy, self._broken = held.snappy, held.DecompressionError
        self._held, self._known = b"", False
        self.needs_input = True

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """What the next frame becomes; nothing while it is not whole, or holds no data."""
        self._held += data
        if self._held and not self._begins():
            raise ValueError("no frames of Snappy")
        end = 4 + int.from_bytes(self._held[1:4], "little")
        self.needs_input = len(self._held) < max(4, end)
        if self.needs_input:
            self.eof = False
            return b""
        frame, self._held = self._held[:end], self._held[end:]
        self.eof, self._known = not self._held, True
        return self._made(frame) if frame[0] < 2 else b""

    def _begins(self) -> bool:
        """True when what is held can be a frame: the first one says what they are."""
        if not self._known or self._held[0] == SNAPPY_BEGIN[0]:
            return SNAPPY_BEGIN.startswith(self._held[: len(SNAPPY_BEGIN)])
        return not 2 <= self._held[0] < 0x80

    def _made(self, frame: bytes) -> bytes:
        try:
            size = len(frame) - 8 if frame[0] else self._snappy.decompress_raw_len(frame[8:])
            if size > STEP:
                raise ValueError("a frame that becomes too much")
            return bytes(self._snappy.decompress(SNAPPY_BEGIN + frame))
        except self._broken as error:
            raise ValueError(str(error)) from None


class _HadoopSnappy:
    """Blocks of Hadoop: the length of what is in it, then the length of packed bytes and they, until that is full."""

    eof = False
    unused_data = b""

    def __init__(self) -> None:
        held = _cramjam()
        self._snappy, self._broken = held.snappy, held.DecompressionError
        self._held, self._left = b"", 0
        self.needs_input = True

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """What the next packed bytes become; nothing while they are not whole."""
        self._held += data
        start = 0 if self._left else 4
        size = int.from_bytes(self._held[start : start + 4], "big")
        end = start + 4 + size
        if size > LARGEST_BLOCK:
            raise ValueError(f"a block of {size} bytes")
        self.needs_input = len(self._held) < end or len(self._held) < start + 4
        if self.needs_input:
            return b""
        packed = self._held[start + 4 : end]
        self._left = self._left or int.from_bytes(self._held[:4], "big")
        self._held = self._held[end:]
        self.eof = False
        try:
            if self._snappy.decompress_raw_len(packed) > LARGEST_BLOCK:
                raise ValueError("a block that becomes too much")
            made = bytes(self._snappy.decompress_raw(packed))
        except self._broken as error:
            raise ValueError(str(error)) from None
        if len(made) > self._left:
            raise ValueError("a block that becomes more than it says")
        self._left -= len(made)
        self.eof = not self._left and not self._held
        return made


MAKERS: dict[str, Callable[[], Unpack]] = {
    "gzip": lambda: _Zlib(31),
    "zlib": lambda: _Zlib(15),
    "deflate": lambda: _Zlib(-15),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=XZ_MEMORY_BYTES),
    "zstd": _zstd,
    SNAPPY: _HadoopSnappy,
    SNAPPY_FRAMES: _SnappyFrames,
}
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"]\x00\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)


def kind_of(head: bytes) -> str | None:
    """How the data that begins so was compressed; None when it does not look compressed."""
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def inflate(pieces: Iterable[bytes], kind: str) -> Iterator[bytes]:
    """What was compressed, in pieces of at most 64 KB; several members behind each other are one.

    Raises:
        FormatFault: it is broken, or more than 500 times as much comes out as went in.
        UnsupportedError: no library for the kind is installed.
    """
    make = MAKERS[kind]
    held, got, gave = make(), 0, 0
    for piece in pieces:
        got += len(piece)
        data = piece
        while True:
            try:
                made = held.decompress(data, STEP)
            except (zlib.error, OSError, lzma.LZMAError, EOFError, MemoryError, ValueError) as error:
                raise FormatFault(BROKEN, f"the {kind} data is broken: {error}") from None
            gave += len(made)
            if gave > FREE_BYTES and gave > got * MOST_PER_BYTE:
                raise FormatFault(BROKEN, f"more than {MOST_PER_BYTE} times the size of the {kind} data comes out")
            if made:
                yield made
            data = b""
            if held.eof:
                data = held.unused_data.lstrip(b"\0")
                if not data:
                    break
                held = make()
            elif held.needs_input:
                break
    if got and not held.eof:
        raise FormatFault(BROKEN, f"the {kind} data ends too early")


class Pieces(io.RawIOBase):
    """A file to read whose bytes come in pieces; a read gives what is there, the end only is empty."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fills the buffer as far as the next piece goes."""
        if not self._held:
            self._held = next(self._pieces, b"")
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._held))
        view[:count] = self._held[:count]
        self._held = self._held[count:]
        return count


def whole_reads(pieces: Iterator[bytes]) -> BinaryIO:
    """A file to read that gives as much as is asked for, unless it ends."""
    return io.BufferedReader(Pieces(pieces), STEP)


def pieces_of(opened: BinaryIO) -> Iterator[bytes]:
    """The rest of a file in pieces."""
    while data := opened.read(STEP):
        yield data
