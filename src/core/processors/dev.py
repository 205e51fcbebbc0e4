"""Stages for development: pass through, clone, fail by chance."""

from ..plan.model import StagePlan
from ..records.record import Record, copy_value
from .api import Out, Process, Tools, derived, each
from .registry import processor

REDRAW_EVERY = 500
"""After this many batches Dev Random Error draws new chances."""


@processor("com_streamsets_pipeline_stage_processor_identity_IdentityProcessor")
def identity(plan: StagePlan, tools: Tools) -> Process:
    """Dev Identity: every record goes on as it is."""
    return each(lambda record: record)


@processor("com_streamsets_pipeline_stage_devtest_RecordCreatorProcessor")
def record_creator(plan: StagePlan, tools: Tools) -> Process:
    """Dev Record Creator: two clones of every record, numbered in the attribute ``expanded``."""

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            for number in ("1", "2"):
                clone = derived(record, copy_value(record.value), f"_clone_{number}")
                clone.attributes["expanded"] = number
                out.emit(clone)

    return process


@processor("com_streamsets_pipeline_stage_devtest_RandomErrorProcessor")
def random_error(plan: StagePlan, tools: Tools) -> Process:
    """Dev Random Error: some records pass, some fail with RANDOM_01, some are dropped when that is switched on."""
    discards = plan.given.flag("discardSomeRecords")
    chances = [0.0, 0.0]
    seen = 0

    def process(batch: list[Record], out: Out) -> None:
        nonlocal seen
        if seen % REDRAW_EVERY == 0:
            first = tools.random()
            chances[:] = first, first * (1 + tools.random())
        seen += 1
        for record in batch:
            drawn = tools.random()
            if drawn < chances[0]:
                out.emit(record)
            elif drawn < chances[1] or not discards:
                out.error(record, "RANDOM_01", "this record was chosen to fail")
        if tools.random() < 0.5:
            out.report("RANDOM_02", "this batch was chosen to report a fault")

    return process
