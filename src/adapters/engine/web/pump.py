"""The records of an answer, parsed in a thread of their own, so that a slow answer holds up nothing else."""

import io
import queue
import threading
from collections import deque
from collections.abc import Iterator

from ....core.plan.given import Given
from ..formats.compression import Pieces
from ..formats.item import Item
from ..formats.reading import check_reader, read_items
from .answer import Answer

STREAMED = ("DELIMITED", "JSON", "LOG", "SDC_JSON", "TEXT", "XML")
"""Formats whose records are there before the end; the others are read whole."""
MOST_ITEMS = 500
MOST_LISTS = 4
NAP_S = 0.1


def known_format(data_format: str, given: Given) -> str:
    """The format, when it can be read.

    Raises:
        UnsupportedError: it cannot.
        InvalidValueError: not with these settings.
    """
    check_reader(data_format, given)
    return data_format


def parsed(answer: Answer, data_format: str, given: Given, pieces: Iterator[bytes] | None = None) -> Iterator[Item]:
    """The records of a body. Raises what reading and parsing raise."""
    if data_format in STREAMED:
        return read_items(Pieces(answer.pieces() if pieces is None else pieces), data_format, given)  # type: ignore[arg-type]
    return read_items(io.BytesIO(answer.content()), data_format, given)


class Pump:
    """Hands on what was parsed whenever the parser has to wait for the server."""

    def __init__(self, answer: Answer, data_format: str, given: Given) -> None:
        self.answer = answer
        self._format, self._given = data_format, given
        self._queue: queue.Queue[list[Item] | Exception | None] = queue.Queue(MOST_LISTS)
        self._made: list[Item] = []
        self._held: deque[Item] = deque()
        self._closed = threading.Event()
        self.ended = False
        """True when everything was taken."""
        self._thread = threading.Thread(target=self._work, name="penstock-http", daemon=True)
        self._thread.start()

    def take(self, wait_s: float) -> Item | None:
        """The next item; None when there is none yet, or no more.

        Raises:
            FormatFault, TookTooLongError, NoAnswerError, UnsupportedError: in place of the rest.
        """
        if not self._held and not self.ended:
            try:
                got = self._queue.get(timeout=max(0.0, min(wait_s, NAP_S)))
            except queue.Empty:
                return None
            if isinstance(got, list):
                self._held.extend(got)
            else:
                self.ended = True
                if got is not None:
                    raise got
        return self._held.popleft() if self._held else None

    def close(self) -> None:
        """Ends the thread and the connection."""
        self._closed.set()
        if not self.ended:
            self.answer.abort()
        self._thread.join(timeout=1.0)
        self.answer.close()

    def _work(self) -> None:
        last: Exception | None = None
        try:
            for item in parsed(self.answer, self._format, self._given, self._pieces()):
                self._made.append(item)
                if len(self._made) >= MOST_ITEMS:
                    self._flush()
                if self._closed.is_set():
                    return
        except Exception as error:  # it is raised where the items are taken
            last = error
        self._flush()
        self._put(last)

    def _pieces(self) -> Iterator[bytes]:
        """The body; before each wait for more of it, what was parsed is handed on."""
        pieces = self.answer.pieces()
        while True:
            self._flush()
            piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def _flush(self) -> None:
        if self._made:
            self._put(self._made)
            self._made = []

    def _put(self, what: "list[Item] | Exception | None") -> None:
        while not self._closed.is_set():
            try:
                self._queue.put(what, timeout=NAP_S)
                return
            except queue.Full:
                continue
