"""What a stage that calls servers tells of its requests: durations, statuses, faults, tries."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ....core.processors.api import Out

PROCESSING = "Record Processing"
REQUEST = "Request"
SUCCESS = "Successful Request"
FIRST_PAGE = "Initial Page Resolution"
NEXT_PAGES = "Subsequent Pages Resolution"
STATUSES = "Http Status"
FAULTS = "Communication Errors"
RETRIES = "Retries"
READ_TIMEOUT = "Timeout Read"
CONNECT_TIMEOUT = "Timeout Connection"
NO_ANSWER = "Connection"
BAD_STATUS = "Http status"
TIMEOUT_RETRIES = "Retries for timeout"


class Meter:
    """Notes that go out with the next batch; the timers are known from the first one on. Safe for threads."""

    def __init__(self) -> None:
        self._notes: list[tuple[str, str, float | None]] = [
            (name, "", None) for name in (PROCESSING, REQUEST, SUCCESS, FIRST_PAGE, NEXT_PAGES)
        ]

    def took(self, name: str, seconds: float) -> None:
        """Notes a duration."""
        self._notes.append((name, "", seconds))

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Notes how long the block takes, however it ends."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.took(name, time.perf_counter() - began)

    def count(self, name: str, key: str) -> None:
        """Adds one."""
        self._notes.append((name, key, 1))

    def hand_out(self, out: Out) -> None:
        """The notes since the last time."""
        count = len(self._notes)
        out.notes.extend(self._notes[:count])
        del self._notes[:count]
