"""States of a pipeline, and when a failed one starts again."""

import attrs
import pytest

from penstock.core.plan import Plan
from penstock.core.running.states import Status, TransitionError, following, moved, starts_again, wait_s

LEGAL = {
    "EDITED": "STARTING",
    "START_ERROR": "STARTING",
    "RUN_ERROR": "STARTING",
    "STOP_ERROR": "STARTING",
    "FINISHED": "STARTING",
    "STOPPED": "STARTING",
    "KILLED": "",
    "DELETED": "",
    "STARTING": "START_ERROR STARTING_ERROR RUNNING DISCONNECTING STOPPING",
    "STARTING_ERROR": "START_ERROR STOPPING_ERROR RETRY",
    "RUNNING": "RUNNING_ERROR FINISHING STOPPING DISCONNECTING",
    "RUNNING_ERROR": "RETRY STOPPING_ERROR RUN_ERROR",
    "RETRY": "STARTING STOPPING DISCONNECTING",
    "FINISHING": "FINISHED STOPPING_ERROR",
    "STOPPING": "STOPPED STOPPING_ERROR",
    "STOPPING_ERROR": "START_ERROR RUN_ERROR STOP_ERROR RETRY",
    "DISCONNECTING": "DISCONNECTED",
    "DISCONNECTED": "CONNECTING STARTING RETRY",
    "CONNECTING": "STARTING DISCONNECTING RETRY",
}


@pytest.mark.parametrize(("before", "after"), LEGAL.items(), ids=LEGAL)
def test_states_follow_each_other_as_on_an_engine(before: str, after: str) -> None:
    """What may come next is exactly what an engine allows."""
    assert following(Status(before)) == {Status(word) for word in after.split()}


def test_a_state_that_cannot_follow_is_refused_with_those_that_can() -> None:
    """The error has the code of the engine and names the states that are allowed."""
    with pytest.raises(TransitionError, match=r"CONTAINER_0102 - RUNNING cannot follow FINISHED.*STARTING"):
        moved(Status.FINISHED, Status.RUNNING)


def test_states_at_rest_are_not_active() -> None:
    """Stopped and finished pipelines are at rest; one that waits for its next attempt is not."""
    at_rest = {status.name for status in Status if not status.active}
    assert at_rest == set("EDITED START_ERROR RUN_ERROR FINISHED KILLED STOPPED STOP_ERROR DELETED".split())  # noqa: SIM905


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 300), (7, 300), (99, 300)]
)
def test_waits_get_longer_up_to_five_minutes(attempt: int, seconds: int) -> None:
    """15, 30, 60, 120, 240 and then always 300 seconds."""
    assert wait_s(attempt) == seconds


@pytest.mark.parametrize(
    ("retry", "limit", "attempt", "outside", "again"),
    [
        (False, 3, 1, True, False),
        (True, 3, 3, False, True),
        (True, 3, 4, True, False),
        (True, 0, 1, True, False),
        (True, -1, 50, True, True),
        (True, -1, 1, False, False),
    ],
    ids=["off", "within", "beyond", "none", "no limit, network", "no limit, own fault"],
)
def test_a_failed_run_starts_again_as_often_as_the_flow_says(
    retry: bool, limit: int, attempt: int, outside: bool, again: bool
) -> None:
    """A number of attempts is kept; without one, only faults from outside are worth another attempt."""
    plan = attrs.evolve(Plan("flow", ()), retry=retry, retry_attempts=limit)
    assert starts_again(plan, attempt, from_outside=outside) is again
