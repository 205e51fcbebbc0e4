"""What a server answered: status, headers, and a body that is read as it comes."""

import contextlib
import socket
import time
from collections.abc import Iterator
from http import HTTPStatus

import httpx

from ..formats.compression import SNAPPY_FRAMES, inflate
from ..formats.fault import FormatFault

LARGEST_BYTES = 64 * 1024 * 1024
"""A body that is wanted whole may be so large."""
SHOWN_CHARS = 2000
_ENCODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "zlib", "zstd": "zstd", "snappy": SNAPPY_FRAMES}


class TookTooLongError(Exception):
    """Nothing came within the time limits."""


class NoAnswerError(Exception):
    """Nobody answered, or not in HTTP."""


class Answer:
    """An answer whose body was not read yet. Whoever has it closes it."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
        self._chunks = self._decoded()
        self._first: bytes | None = None

    @property
    def good(self) -> bool:
        """True for a status of success."""
        return 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """The word for the status."""
        if self._response.reason_phrase:
            return self._response.reason_phrase
        return HTTPStatus(self.status).phrase if self.status in {each.value for each in HTTPStatus} else ""

    def first_headers(self) -> dict[str, str]:
        """Every header with its first value, named as the server wrote it."""
        made: dict[str, str] = {}
        known: set[str] = set()
        for name, value in self.headers:
            if name.lower() not in known:
                known.add(name.lower())
                made[name] = value
        return made

    def next_link(self) -> str | None:
        """The address of the next page that the link header names."""
        try:
            found = self._response.links.get("next", {}).get("url")
            return None if found is None else str(self._response.url.join(found))
        except (httpx.InvalidURL, ValueError):
            return None

    def has_body(self) -> bool:
        """True when there is at least one byte; waits for it.

        Raises:
            TookTooLongError, NoAnswerError: while waiting.
        """
        if self._first is None:
            self._first = next(self._chunks, b"")
        return bool(self._first)

    def pieces(self) -> Iterator[bytes]:
        """The body, unpacked, as it comes. Raises what ``has_body`` raises, and ``FormatFault``."""
        if self.has_body():
            assert self._first is not None
            yield self._first
            self._first = b""
            yield from self._chunks

    def content(self, ends_s: float | None = None) -> bytes:
        """The whole body.

        Raises:
            TookTooLongError: it is not there at that moment of the steady clock.
            FormatFault: more than 64 MB.
        """
        made = bytearray()
        for piece in self.pieces():
            made += piece
            if len(made) > LARGEST_BYTES:
                raise FormatFault("HTTP_00", f"the answer is larger than {LARGEST_BYTES} bytes")
            if ends_s is not None and time.monotonic() > ends_s:
                raise TookTooLongError("the answer did not end in time")
        return bytes(made)

    def text(self) -> str:
        """The beginning of the body, for a message; what can be read of it."""
        made = bytearray()
        try:
            for piece in self.pieces():
                made += piece
                if len(made) > 4 * SHOWN_CHARS:
                    break
        except (TookTooLongError, NoAnswerError, FormatFault):
            pass
        return made.decode("utf-8", "replace")[:SHOWN_CHARS]

    def close(self) -> None:
        """Lets go of the connection."""
        self._response.close()

    def abort(self) -> None:
        """Ends the connection, so that a thread that waits for it goes on."""
        stream = self._response.extensions.get("network_stream")
        held = stream.get_extra_info("socket") if stream is not None else None
        if held is not None:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def _decoded(self) -> Iterator[bytes]:
        raw = self._raw()
        for name in reversed([each.strip().lower() for each in self._encoding().split(",") if each.strip()]):
            if name == "identity":
                continue
            if name not in _ENCODINGS:
                raise FormatFault("HTTP_00", f"the answer is packed with {name[:40]!r}, which nobody asked for")
            raw = inflate(raw, _ENCODINGS[name])
        yield from raw

    def _encoding(self) -> str:
        found: str = self._response.headers.get("content-encoding", "")
        return found

    def _raw(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_raw()
        except httpx.TimeoutException as error:
            raise TookTooLongError(type(error).__name__) from None
        except (httpx.TransportError, httpx.StreamError) as error:
            raise NoAnswerError(f"{type(error).__name__}: {error}") from None
