"""What to do about a status or a timeout: try again, wait longer each time, refuse the record, or end the run."""

from collections.abc import Callable

import attrs

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.processors.api import StopFault

KINDS = ("RETRY_LINEAR_BACKOFF", "RETRY_EXPONENTIAL_BACKOFF", "RETRY_IMMEDIATELY", "STAGE_ERROR", "ERROR_RECORD")
_WAITING = KINDS[:2]
TIMEOUT = "timeout"


@attrs.frozen
class Action:
    """One rule. ``most`` is how often to try again; 0 and less is without end. ``pass_record`` lets the record go on
    where it would be refused."""

    kind: str
    wait_s: float = 1.0
    most: int = 10
    pass_record: bool = False

    @property
    def retries(self) -> bool:
        """True when the request is to be sent again."""
        return self.kind.startswith("RETRY")


def _action(row: Given, default: str) -> Action:
    kind = row.text("action", default)
    if kind not in KINDS:
        raise InvalidValueError("Action for status", kind, ", ".join(KINDS))
    wait_s = row.integer("backoffInterval", 1000) / 1000
    return Action(kind, wait_s, row.integer("maxNumRetries", 10), row.flag("passRecord"))


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


class GivenUpError(Exception):
    """The tries are over, or the rule wants the record refused."""


class Tries:
    """How often a request was tried. A status begins anew when something else came in between, timeouts do not."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        self._wait = wait
        self._last: object = None
        self._counts: dict[object, int] = {}
        self._pauses: dict[object, float] = {}

    @property
    def any(self) -> bool:
        """True when something went wrong before."""
        return bool(self._counts)

    def succeed(self) -> None:
        """Begins to count anew."""
        self._last = None
        self._counts, self._pauses = {}, {}

    def apply(self, action: Action, what: object, fault: StopFault) -> None:
        """Waits as the action says; ``what`` is the status, or ``TIMEOUT``.

        Raises:
            StopFault: ``fault``, for STAGE_ERROR.
            GivenUpError: for ERROR_RECORD, and after too many tries.
        """
        if action.kind == "STAGE_ERROR":
            raise fault
        if action.kind == "ERROR_RECORD":
            raise GivenUpError("the rule for it refuses the record")
        if what not in (self._last, TIMEOUT):
            self._counts.pop(what, None)
            self._pauses.pop(what, None)
        self._last = what
        count = self._counts[what] = self._counts.get(what, 0) + 1
        if 0 < action.most < count:
            raise GivenUpError(f"given up after {action.most} tries")
        pause_s = self._pauses.get(what)
        match action.kind:
            case "RETRY_EXPONENTIAL_BACKOFF":
                pause_s = action.wait_s if pause_s is None else pause_s * 2
            case "RETRY_LINEAR_BACKOFF":
                pause_s = action.wait_s if pause_s is None else pause_s + action.wait_s
            case _:
                return
        self._pauses[what] = pause_s
        self._wait(pause_s)
