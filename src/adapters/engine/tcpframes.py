"""Messages in a stream of bytes: behind a separator each, or with their length in front."""

from collections.abc import Iterable, Iterator

from .formats.charsets import Decoder, Encoder

MOST_DIGITS = 10
"""Of a length, with what stands around it."""


class FrameFault(Exception):
    """A message is too long, or its length is no number: the rest of the stream means nothing."""


def separated(pieces: Iterable[bytes], separator: bytes, most_bytes: int) -> Iterator[bytes]:
    """What stands before each separator; what has none at the end is no message.

    Raises:
        FrameFault: a message of more than ``most_bytes``.
    """
    held = bytearray()
    for piece in pieces:
        looked_from = max(0, len(held) - len(separator) + 1)
        held += piece
        while (end := held.find(separator, looked_from)) >= 0:
            if end > most_bytes:
                raise FrameFault(f"a message of more than {most_bytes} bytes")
            yield bytes(held[:end])
            del held[: end + len(separator)]
            looked_from = 0
        if len(held) > most_bytes + len(separator):
            raise FrameFault(f"a message of more than {most_bytes} bytes")


def counted(pieces: Iterable[bytes], most_bytes: int, charset: str = "utf-8") -> Iterator[bytes]:
    """Messages with their length in bytes and a blank in front; line ends before a length do not count.

    ``charset`` is that of the length, one that ``known_charset`` gives.

    Raises:
        FrameFault: a length that is none, or is more than ``most_bytes``.
    """
    blank, held = Encoder(charset)(" "), bytearray()
    for piece in pieces:
        held += piece
        while (end := held.find(blank)) >= 0:
            start = end + len(blank)
            size = _size(Decoder(charset)(bytes(held[:end]), final=True), most_bytes)
            if len(held) < start + size:
                break
            yield bytes(held[start : start + size])
            del held[: start + size]
        if end < 0 and len(held) > MOST_DIGITS * len(blank):
            raise FrameFault(f"no length of a message, but {bytes(held[:20])!r}")


def _size(text: str, most_bytes: int) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or len(text) > MOST_DIGITS:
        raise FrameFault(f"the length of a message is no number: {text[:20]!r}")
    if int(digits) > most_bytes:
        raise FrameFault(f"a message of more than {most_bytes} bytes")
    return int(digits)
