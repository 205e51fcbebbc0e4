"""What a test double adds: a log of requests to look at, and answers that go wrong on purpose."""

import fnmatch
import threading
from collections import deque
from collections.abc import Iterator

import attrs

KINDS = ("status", "delay", "drop", "half", "stale_token")


@attrs.define
class Fault:
    """An answer that goes wrong: ``times`` requests (all, for None) whose method and path fit.

    ``status`` answers with that status (and ``retry_after_s``), ``delay`` waits ``seconds`` and goes on, ``drop`` ends
    the connection without an answer, ``half`` ends it in the middle of one, ``stale_token`` answers 401.
    """

    path: str = "*"
    kind: str = "status"
    method: str = "*"
    status: int = 503
    retry_after_s: float | None = None
    seconds: float = 0.0
    times: int | None = 1

    def __attrs_post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is not valid; expected {', '.join(KINDS)}")

    def fits(self, method: str, path: str) -> bool:
        """True for a request that it is meant for."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)


class Faults:
    """The faults that are waiting for their request, first come first served."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Lets a fault wait for its requests."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forgets every fault."""
        with self._lock:
            self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for a request, used up once."""
        with self._lock:
            for fault in self._waiting:
                if fault.fits(method, path):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._waiting.remove(fault)
                    return fault
        return None


@attrs.frozen
class Seen:
    """A request that was answered; headers and bodies with secrets are not kept."""

    method: str
    path: str
    query: str
    status: int
    request_id: str
    duration_s: float
    body_bytes: int = 0


class RequestLog:
    """The newest requests, oldest first."""

    def __init__(self, size: int = 10_000) -> None:
        self._seen: deque[Seen] = deque(maxlen=size)

    def add(self, seen: Seen) -> None:
        """Notes a request."""
        self._seen.append(seen)

    def clear(self) -> None:
        """Forgets everything."""
        self._seen.clear()

    def __iter__(self) -> Iterator[Seen]:
        return iter(tuple(self._seen))

    def __len__(self) -> int:
        return len(self._seen)

    def of(self, method: str = "*", path: str = "*") -> tuple[Seen, ...]:
        """The requests whose method and path (with wildcards) fit."""
        return tuple(each for each in self if method in ("*", each.method) and fnmatch.fnmatchcase(each.path, path))
