"""What an expression sees: the record, parameters, time and the facts of the run."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from ..records.record import Record

UNDEFINED = "UNDEFINED"


def known(fact: str) -> str:
    """A fact; empty where it is not known."""
    return "" if fact == UNDEFINED else fact


@attrs.frozen
class Facts:
    """What is known of the pipeline, the job and the engine; ``UNDEFINED`` outside a run."""

    pipeline_id: str = UNDEFINED
    title: str = UNDEFINED
    version: str = UNDEFINED
    user: str = UNDEFINED
    job_id: str = UNDEFINED
    job_name: str = UNDEFINED
    job_user: str = UNDEFINED
    start_ms: int | None = None
    engine_id: str = "penstock"
    hostname: str = "localhost"


@attrs.define
class Scope:
    """The surroundings of an evaluation. One per stage; ``record`` and ``field`` change from record to record.

    ``secret`` answers credential functions, ``resource`` reads a resource file; without them these functions fail.
    """

    parameters: Mapping[str, object] = attrs.field(factory=dict, repr=False)
    now_ms: Callable[[], int] = lambda: 0
    random: Callable[[], float] = lambda: 0.5
    new_id: Callable[[], str] = lambda: "00000000-0000-0000-0000-000000000000"
    facts: Facts = Facts()
    record: "Record | None" = None
    field: str | None = None
    """The path of the field in hand, for the ``f:`` functions."""
    calendar_ms: int | None = None
    """The time of the unprefixed date parts; None takes now."""
    now_ns: Callable[[], int] | None = None
    """The time in nanoseconds; None takes ``now_ms``."""
    parameters_first: bool = False
    """True where no constant stands for a parameter of its name: in settings that are evaluated at start."""
    memory: dict[str, object] = attrs.field(factory=dict, repr=False)
    """What the ``drift:`` functions remember."""
    properties: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    secret: Callable[[str, str, str], str] | None = attrs.field(default=None, repr=False)
    resource: Callable[[str, bool], bytes] | None = attrs.field(default=None, repr=False)
    """Reads a resource file; where it is restricted only when it is its owner's alone."""


EMPTY_SCOPE = Scope()
