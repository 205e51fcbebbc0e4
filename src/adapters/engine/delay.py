"""Delay: batches wait before they go on. It lives here because core knows no clock."""

from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Process, Tools
from ...core.processors.registry import processor
from ...core.records.record import Record


@processor("com_streamsets_pipeline_stage_processor_delay_DelayProcessor")
def delay(plan: StagePlan, tools: Tools) -> Process:
    """Waits ``delay`` milliseconds per batch; previews do not wait, as no record would change by it."""
    seconds = max(0, plan.given.integer("delay", 1000)) / 1000
    skips_empty = plan.given.flag("skipDelayOnEmptyBatch")

    def process(batch: list[Record], out: Out) -> None:
        if not tools.preview and (batch or not skips_empty):
            tools.sleep(seconds)
        for record in batch:
            out.emit(record)

    return process
