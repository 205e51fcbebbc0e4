"""The lock that scripts may take around imports, and what is measured of it and of the scripts."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ...core.processors.api import Out

SCRIPT = "Script Execution Time (in seconds)"
USAGE = "Lock Usage Time (in seconds)"
WAIT = "Lock Wait Time (in seconds)"
STATUS = "Lock Status"
_LOCK = threading.RLock()
"""One for all scripts of the process, as in the original."""


class ScriptMeter:
    """Takes the lock for one script, and notes durations until they are handed out with a batch."""

    def __init__(self) -> None:
        self._notes: list[tuple[str, float | None]] = [(name, None) for name in (SCRIPT, USAGE, WAIT)]
        self._since: list[float] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measures a script; a lock that it forgot is let go behind it."""
        began = time.perf_counter()
        try:
            yield
        finally:
            while self._since:
                self.unlock()
            self.ran(time.perf_counter() - began)

    def ran(self, seconds: float) -> None:
        """Notes how long a script took."""
        self._notes.append((SCRIPT, seconds))

    def lock(self) -> None:
        """Takes the lock, once more where the script has it."""
        began = time.perf_counter()
        _LOCK.acquire()
        now = time.perf_counter()
        self._since.append(now)
        self._notes.append((WAIT, now - began))

    def unlock(self) -> None:
        """Lets go of it; nothing for a script that does not have it."""
        if self._since:
            self._notes.append((USAGE, time.perf_counter() - self._since.pop()))
            _LOCK.release()

    def used(self, seconds: float) -> None:
        """Notes a lock that another engine took and let go of."""
        self._notes += [(WAIT, 0.0), (USAGE, seconds)]

    def hand_out(self, out: Out) -> None:
        """What was noted since the last time."""
        count = len(self._notes)
        for name, seconds in self._notes[:count]:
            out.took(name, seconds)
        del self._notes[:count]
        out.say(STATUS, STATUS, "Locked" if self._since else "Unlocked")
