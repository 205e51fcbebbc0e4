"""A file that is being written, under its temporary name, perhaps compressed."""

import bz2
import gzip
import io
from collections.abc import Callable
from typing import BinaryIO, cast

from ...core.errors import UnsupportedError
from ...core.records.record import Record
from ...core.records.values import FieldValue
from .formats.writing import Buffering, Writer
from .remotepath import Place


class HadoopSnappy(io.RawIOBase):
    """Snappy in the blocks of Hadoop: the length of what is in it, then the length of the packed bytes and they."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw, self._pack = raw, _snappy()

    def writable(self) -> bool:
        """It can be written."""
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """A block for every 256 KB."""
        for at in range(0, len(data), BLOCK_BYTES):
            piece = data[at : at + BLOCK_BYTES]
            packed = self._pack(piece)
            self._raw.write(len(piece).to_bytes(4, "big") + len(packed).to_bytes(4, "big") + packed)
        return len(data)


def _snappy() -> Callable[[bytes], bytes]:
    try:
        import cramjam
    except ImportError:
        hint = "Install it with: pip install 'penstock[formats]'"
        raise UnsupportedError("Snappy without its library", hint) from None
    return lambda data: bytes(cramjam.snappy.compress_raw(data))


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return io.BufferedWriter(raw, BLOCK_BYTES)


BLOCK_BYTES = 256 * 1024
CODECS: dict[str, tuple[str, Callable[[BinaryIO], BinaryIO]]] = {
    "NONE": ("", lambda raw: raw),
    "GZIP": (".gz", lambda raw: cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0))),
    "BZIP2": (".bz2", lambda raw: cast(BinaryIO, bz2.BZ2File(raw, "wb"))),
    "SNAPPY": (".snappy", lambda raw: _buffered(HadoopSnappy(raw))),
}
"""Compression codecs: how names end, and what compresses."""


def known_codec(name: str) -> str:
    """The codec, when it can be used.

    Raises:
        UnsupportedError: it cannot.
    """
    if name not in CODECS:
        raise UnsupportedError(f"the compression codec {name}", f"Codecs that work here: {', '.join(CODECS)}.")
    if name == "SNAPPY":
        _snappy()
    return name


class OutFile:
    """``size`` is in bytes before compression; ``used_ms`` when a record was written last."""

    def __init__(self, path: Place, writer: Writer, codec: str, expires_ms: int | None, now_ms: int) -> None:
        self.path, self.records, self.size = path, 0, 0
        self.expires_ms, self.used_ms = expires_ms, now_ms
        self._writer = writer
        self._held = writer if isinstance(writer, Buffering) else None
        self._raw: BinaryIO = path.open("wb")
        self._out = CODECS[codec][1](self._raw)

    def write(self, record: Record, now_ms: int) -> None:
        """Appends one record; the file is used even where that fails. Raises ``FormatFault``."""
        self.used_ms = now_ms
        self._append(self._writer.write(record), 1, now_ms)

    def write_many(self, values: list[FieldValue], now_ms: int, *, usual: bool) -> None:
        """Appends values, ``usual`` as those of ``Rows`` are. Raises ``FormatFault``, with nothing written."""
        self._append(self._writer.many(values, usual=usual), len(values), now_ms)  # type: ignore[attr-defined]

    def _append(self, data: bytes, records: int, now_ms: int) -> None:
        self._out.write(data)
        self.records += records
        self.size += len(data)
        self.used_ms = now_ms

    def finish(self, final: Place) -> None:
        """Ends the file and gives it its name."""
        self._out.write(self._writer.finish())
        self._out.close()
        self._raw.close()
        self.path.rename(final)  # type: ignore[arg-type]

    def flush(self) -> None:
        """Hands everything to the operating system, as far as the codec can."""
        if self._held is not None:
            self._append(self._held.flush(), 0, self.used_ms)
        self._out.flush()
        self._raw.flush()
