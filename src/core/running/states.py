"""The states of a pipeline on an engine, which may follow which, and when a failed one starts again."""

from enum import Enum

from ..errors import UsageError
from ..plan.model import Plan

WAITS_S = (15, 30, 60, 120, 240, 300)
"""Seconds before the first, second, … new start; the last one goes for all that follow."""


class Status(Enum):
    """Where a pipeline is."""

    EDITED = "EDITED"
    STARTING = "STARTING"
    STARTING_ERROR = "STARTING_ERROR"
    START_ERROR = "START_ERROR"
    RUNNING = "RUNNING"
    RUNNING_ERROR = "RUNNING_ERROR"
    RUN_ERROR = "RUN_ERROR"
    RETRY = "RETRY"
    FINISHING = "FINISHING"
    FINISHED = "FINISHED"
    KILLED = "KILLED"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    STOPPING_ERROR = "STOPPING_ERROR"
    STOP_ERROR = "STOP_ERROR"
    DISCONNECTING = "DISCONNECTING"
    DISCONNECTED = "DISCONNECTED"
    CONNECTING = "CONNECTING"
    CONNECT_ERROR = "CONNECT_ERROR"
    DELETED = "DELETED"

    @property
    def active(self) -> bool:
        """True while something goes on."""
        return self not in _AT_REST


def _of(words: str) -> frozenset[Status]:
    return frozenset(Status(word) for word in words.split())


_AT_REST = _of("EDITED START_ERROR RUN_ERROR FINISHED KILLED STOPPED STOP_ERROR DELETED")
_NEXT = {
    **dict.fromkeys(_of("EDITED START_ERROR RUN_ERROR STOP_ERROR FINISHED STOPPED"), _of("STARTING")),
    Status.STARTING: _of("START_ERROR STARTING_ERROR RUNNING DISCONNECTING STOPPING"),
    Status.STARTING_ERROR: _of("START_ERROR STOPPING_ERROR RETRY"),
    Status.RUNNING: _of("RUNNING_ERROR FINISHING STOPPING DISCONNECTING"),
    Status.RUNNING_ERROR: _of("RETRY STOPPING_ERROR RUN_ERROR"),
    Status.RETRY: _of("STARTING STOPPING DISCONNECTING"),
    Status.FINISHING: _of("FINISHED STOPPING_ERROR"),
    Status.STOPPING: _of("STOPPED STOPPING_ERROR"),
    Status.STOPPING_ERROR: _of("START_ERROR RUN_ERROR STOP_ERROR RETRY"),
    Status.DISCONNECTING: _of("DISCONNECTED"),
    Status.DISCONNECTED: _of("CONNECTING STARTING RETRY"),
    Status.CONNECTING: _of("STARTING DISCONNECTING RETRY"),
}


class TransitionError(UsageError):
    """A state that cannot follow another."""

    def __init__(self, before: Status, after: Status) -> None:
        super().__init__(before, after)
        self.before, self.after = before, after

    def __str__(self) -> str:
        allowed = ", ".join(sorted(each.value for each in following(self.before))) or "nothing"
        return f"CONTAINER_0102 - {self.after.value} cannot follow {self.before.value}; that is followed by {allowed}"


def following(status: Status) -> frozenset[Status]:
    """The states that may come next."""
    return _NEXT.get(status, frozenset())


def moved(before: Status, after: Status) -> Status:
    """The next state.

    Raises:
        TransitionError: it cannot follow.
    """
    if after not in following(before):
        raise TransitionError(before, after)
    return after


def wait_s(attempt: int) -> int:
    """How long to wait before a new start; attempts count from 1. Units: seconds."""
    return WAITS_S[min(attempt, len(WAITS_S)) - 1]


def starts_again(plan: Plan, attempt: int, *, from_outside: bool) -> bool:
    """True when a failed run is to start anew, for the ``attempt``-th time.

    As often as the flow says. Where it sets no limit, only what may go away by itself (``from_outside``: the network
    and other services) is tried again, because anything else would fail for ever.
    """
    if not plan.retry:
        return False
    return from_outside if plan.retry_attempts < 0 else attempt <= plan.retry_attempts
