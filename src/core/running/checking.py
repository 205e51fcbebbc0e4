"""What is looked at before a record enters a stage: required fields and preconditions."""

from collections.abc import Callable, Sequence

from ..el import EvaluationError
from ..plan.model import StagePlan
from ..processors.api import Out, Tools
from ..records.paths import has
from ..records.record import Record

Admit = Callable[[Sequence[Record], Out], list[Record]]
Tests = list[tuple[str, Callable[[Record], bool]]]


def admission(stage: StagePlan, tools: Tools) -> Admit | None:
    """What gives the records that have every required field and fulfil the preconditions, and refuses the others.

    None where a stage asks for nothing.

    Raises:
        ElError: a precondition cannot be parsed.
    """
    if not stage.required and not stage.preconditions:
        return None
    tests = [(text, tools.predicate(text)) for text in stage.preconditions]

    def admit(batch: Sequence[Record], out: Out) -> list[Record]:
        kept: list[Record] = []
        for record in batch:
            reason = _missing(stage.required, record) or _failing(tests, record)
            if reason is None:
                kept.append(record)
            else:
                out.error(record, "COMMON_0001", f"Stage precondition: {reason}")
        return kept

    return admit


def _missing(required: tuple[str, ...], record: Record) -> str | None:
    missing = [path for path in required if not has(record.value, path)]
    return f"CONTAINER_0050 - the required fields {', '.join(missing)} are missing" if missing else None


def _failing(tests: Tests, record: Record) -> str | None:
    """Why a record does not fulfil the preconditions, all of them that fail; None when it does."""
    failing: list[str] = []
    fault: EvaluationError | None = None
    for text, test in tests:
        try:
            fulfilled = test(record)
        except EvaluationError as error:
            fulfilled, fault = False, error
        if not fulfilled:
            failing.append(text)
    if not failing:
        return None
    told = ", ".join(failing)
    if fault is not None:
        return f"CONTAINER_0052 - {told} cannot be evaluated: {fault}"
    return f"CONTAINER_0051 - {told} is not fulfilled"
