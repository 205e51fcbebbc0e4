"""What to do about a status or a timeout: try again, wait longer each time, refuse the record, or end the run."""

from collections.abc import Callable

import attrs

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.processors.api import RecordFault, StopFault

KINDS = ("RETRY_LINEAR_BACKOFF", "RETRY_EXPONENTIAL_BACKOFF", "RETRY_IMMEDIATELY", "STAGE_ERROR", "ERROR_RECORD")
_WAITING = KINDS[:2]


@attrs.frozen
class Action:
    """One rule. ``most`` is how often to try again; 0 and less is without end."""

    kind: str
    wait_s: float = 1.0
    most: int = 10

    @property
    def retries(self) -> bool:
        """True when the request is to be sent again."""
        return self.kind.startswith("RETRY")


def _action(row: Given, default: str) -> Action:
    kind = row.text("action", default)
    if kind not in KINDS:
        raise InvalidValueError("Action for status", kind, ", ".join(KINDS))
    return Action(kind, row.integer("backoffInterval", 1000) / 1000, row.integer("maxNumRetries", 10))


def actions_of(given: Given, *, records: bool) -> dict[int, Action]:
    """The rules by status; ``records`` allows ERROR_RECORD.

    Raises:
        InvalidValueError: HTTP_15 no interval, HTTP_16 a status of success, HTTP_17 a status twice, HTTP_37.
    """
    made: dict[int, Action] = {}
    for row in given.rows("responseStatusActionConfigs"):
        status, action = row.integer("statusCode", 500), _action(row, "RETRY_EXPONENTIAL_BACKOFF")
        if status in made:
            raise InvalidValueError("Per-Status Actions", status, "each status once (HTTP_17)")
        if 200 <= status < 300:
            raise InvalidValueError("Per-Status Actions", status, "a status that is no success (HTTP_16)")
        if action.kind in _WAITING and action.wait_s <= 0:
            raise InvalidValueError("Base Backoff Interval", row.text("backoffInterval"), "more than 0 (HTTP_15)")
        if action.kind == "ERROR_RECORD" and not records:
            raise InvalidValueError("Per-Status Actions", action.kind, "an action without a record (HTTP_37)")
        made[status] = action
    return made


def timeout_action(given: Given) -> Action:
    """The rule for timeouts."""
    return _action(given.under("responseTimeoutActionConfig."), "RETRY_IMMEDIATELY")


class Tries:
    """How often the same thing went wrong in a row."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        self._wait = wait
        self._last: object = None
        self._count, self._pause_s = 0, 0.0

    def succeed(self) -> None:
        """Begins to count anew."""
        self._last, self._count = None, 0

    def apply(self, action: Action, what: object, fault: StopFault, reason: str) -> None:
        """Waits as the action says; ``what`` is the status or the timeout.

        Raises:
            StopFault: ``fault`` for STAGE_ERROR, HTTP_19 after too many tries.
            RecordFault: HTTP_100 with the reason, for ERROR_RECORD.
        """
        first = what != self._last
        self._last, self._count = what, 0 if first else self._count + 1
        if 0 < action.most < self._count:
            raise StopFault("HTTP_19", f"given up after {action.most} tries: {reason}")
        match action.kind:
            case "STAGE_ERROR":
                raise fault
            case "ERROR_RECORD":
                raise RecordFault("HTTP_100", reason)
            case "RETRY_EXPONENTIAL_BACKOFF":
                self._pause_s = action.wait_s if first else self._pause_s * 2
                self._wait(self._pause_s)
            case "RETRY_LINEAR_BACKOFF":
                self._pause_s = action.wait_s if first else self._pause_s + action.wait_s
                self._wait(self._pause_s)
