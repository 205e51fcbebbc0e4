"""Who listens on which port of this process for the records of other flows."""

import hmac
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Sequence
from weakref import WeakValueDictionary

from ...core.processors.api import StopFault
from ...core.records.record import Record

NAP_S = 0.1


class Listener:
    """Takes one batch at a time. It listens until it is closed or forgotten."""

    def __init__(self, port: int, rpc_id: str) -> None:
        self.port, self._rpc_id = port, rpc_id
        self._turn = threading.Lock()
        self._changed = threading.Condition()
        self._offered: Sequence[Record] | None = None
        self._taken = self._done = self._closed = False
        self._ends: Callable[[], object] | None = None

    @property
    def closed(self) -> bool:
        """True when nothing is taken any more."""
        return self._closed

    def on_close(self, end: Callable[[], object]) -> None:
        """What is ended when it is closed."""
        self._ends = end

    def refusal(self, rpc_id: str) -> str | None:
        """Why it takes nothing from this sender; None when it does."""
        if self._closed:
            return "it is shutting down"
        return None if hmac.compare_digest(rpc_id.encode(), self._rpc_id.encode()) else "the RPC ID is another one"

    def offer(
        self,
        rpc_id: str,
        records: Sequence[Record],
        wait_s: float,
        stopped: Callable[[], bool],
        commit_s: float | None = None,
    ) -> str | None:
        """Hands over a batch and waits until it is committed; why it was not, None when it was.

        A batch that nobody took in time is taken back; one that was taken but not committed may come twice. With
        ``commit_s``, one that was taken has that time, and not what is left of ``wait_s``.
        """
        reason = self.refusal(rpc_id)
        if reason is not None:
            return reason
        if not self._turn.acquire(timeout=wait_s):
            return "it is busy with another batch"
        try:
            return self._handed(records, time.monotonic() + wait_s, stopped, commit_s)
        finally:
            self._turn.release()

    def _handed(
        self, records: Sequence[Record], until_s: float, stopped: Callable[[], bool], commit_s: float | None
    ) -> str | None:
        with self._changed:
            self._offered, self._taken, self._done = records, False, False
            self._changed.notify_all()
            while not (self._done or self._closed or stopped()) and time.monotonic() < until_s:
                self._changed.wait(min(NAP_S, max(0.0, until_s - time.monotonic())))
                if self._taken and commit_s is not None:
                    until_s, commit_s = time.monotonic() + commit_s, None
            self._offered = None
            if self._done:
                return None
            return "it is shutting down" if self._closed else "the batch was not committed in time"

    def take(self, wait_s: float, stopped: Callable[[], bool]) -> list[Record]:
        """Copies of the records of a batch; empty when none came in time."""
        until_s = time.monotonic() + wait_s
        with self._changed:
            while (self._offered is None or self._taken) and not stopped() and time.monotonic() < until_s:
                self._changed.wait(min(NAP_S, max(0.0, until_s - time.monotonic())))
            if self._offered is None or self._taken:
                return []
            self._taken = True
            return [record.copy() for record in self._offered]

    def committed(self) -> None:
        """Tells the sender that its batch is safe."""
        with self._changed:
            self._done = self._done or self._taken
            self._changed.notify_all()

    def close(self) -> None:
        """Lets go of the port, and of a sender that waits."""
        with _LOCK:
            if _LISTENERS.get(self.port) is self:
                del _LISTENERS[self.port]
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._ends is not None:
            self._ends()


_LOCK = threading.Lock()
_LISTENERS: "WeakValueDictionary[int, Listener]" = WeakValueDictionary()
"""Ports belong to the process, as those of the machine do; weak, so that a run that never began holds none."""


def listen(port: int, rpc_id: str) -> Listener:
    """Begins to listen.

    Raises:
        StopFault: another flow of this process does already (IPC_ORIG_01).
    """
    with _LOCK:
        if port in _LISTENERS:
            raise StopFault("IPC_ORIG_01", f"another flow of this process listens on port {port}")
        made = _LISTENERS[port] = Listener(port, rpc_id)
        return made


def listener_on(port: int) -> Listener | None:
    """Who listens on a port of this process."""
    with _LOCK:
        return _LISTENERS.get(port)


def is_here(host: str) -> bool:
    """True for a name or number of this machine. Asks no name server."""
    try:
        address = ipaddress.ip_address(host)
        return address.is_loopback or address.is_unspecified
    except ValueError:
        own = socket.gethostname().lower()
        return host.lower() in ("localhost", own, own.partition(".")[0])
