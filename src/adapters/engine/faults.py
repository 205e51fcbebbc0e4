"""Errors of a stage that belong to no record."""

from ...core.plan.model import OnError, StagePlan
from ...core.processors.api import Out, StopFault


def stage_fault(plan: StagePlan, out: Out, code: str, message: str) -> None:
    """Reports an error without a record.

    Raises:
        StopFault: with STOP_PIPELINE it ends the run.
    """
    if plan.on_error is OnError.STOP:
        raise StopFault(code, message)
    out.stage_error(code, message)
