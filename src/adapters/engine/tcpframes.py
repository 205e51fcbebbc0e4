"""Messages in a stream of bytes: behind a separator each, or with their length in front."""

from collections.abc import Iterable, Iterator

MOST_DIGITS = 10


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


def counted(pieces: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """Messages with their length in bytes and a blank in front. Raises ``FrameFault``."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while (blank := held.find(b" ")) >= 0 or len(held) > MOST_DIGITS:
            size = _size(bytes(held[:blank]) if blank >= 0 else bytes(held), most_bytes)
            if len(held) < blank + 1 + size:
                break
            yield bytes(held[blank + 1 : blank + 1 + size])
            del held[: blank + 1 + size]


def _size(text: bytes, most_bytes: int) -> int:
    if not text.isdigit() or len(text) > MOST_DIGITS:
        raise FrameFault(f"the length of a message is no number: {text[:20]!r}")
    if int(text) > most_bytes:
        raise FrameFault(f"a message of more than {most_bytes} bytes")
    return int(text)
