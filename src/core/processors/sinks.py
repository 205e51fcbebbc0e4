"""Ends of a flow that touch nothing: Trash, Discard, To Error, To Event, Pipeline Finisher."""

from ..el import EvaluationError
from ..plan.model import StagePlan
from ..records.record import EVENT_TYPE, Record
from .api import Out, Process, StopFault, Tools, TwoForms
from .registry import processor

_NULLS = ("NullDTarget", "ToErrorNullDTarget", "StatsNullDTarget", "StatsDpmDirectlyDTarget")
UNSATISFIED = "Unsatisfied stage condition:"
TO_ERROR = "Sent to error by previous stage"


def _drop(batch: list[Record], out: Out) -> None:
    return


def trash(plan: StagePlan, tools: Tools) -> Process:
    """Trash, Discard and the statistics stages without a receiver: records end here."""
    return TwoForms(_drop, lambda rows, out: None)


for _name in _NULLS:
    processor(f"com_streamsets_pipeline_stage_destination_devnull_{_name}")(trash)


@processor("com_streamsets_pipeline_stage_destination_toerror_ToErrorDTarget")
def to_error(plan: StagePlan, tools: Tools) -> Process:
    """To Error: every record is refused; with ``stopPipelineOnError`` the first one ends the run."""
    stops = plan.given.flag("stopPipelineOnError")
    message = tools.evaluate(plan.given.text("errorMessage", TO_ERROR))

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            out.error(record, "TOERROR_00", TO_ERROR)
            if stops:
                try:
                    raise StopFault("TOERROR_01", str(message(record)))
                except EvaluationError as error:
                    raise StopFault("TOERROR_01", f"the message cannot be evaluated: {error}") from None

    return process


@processor("com_streamsets_pipeline_stage_destination_ToEventTarget")
def to_event(plan: StagePlan, tools: Tools) -> Process:
    """To Event: the root of every record becomes an ``event-target`` event."""

    def process(batch: list[Record], out: Out) -> None:
        for number, record in enumerate(batch, 1):
            out.event("event-target", 1, record.value, f"event:event-target:1:{number}")

    return process


@processor("com_streamsets_pipeline_stage_executor_finishpipeline_PipelineFinisherDExecutor")
def finisher(plan: StagePlan, tools: Tools) -> Process:
    """Pipeline Finisher: the first record asks for the end of the run after its batch.

    One that reacts to events refuses everything but events of its type.
    """
    resets = plan.given.flag("config.resetOffset")
    wanted = wanted_event(plan)

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            kind = record.attributes.get(EVENT_TYPE)
            if wanted is None or kind == wanted:
                out.finish, out.reset_offset = True, resets
            elif kind is None:
                out.error(record, "PIPELINE_FINISHER_001", f"{UNSATISFIED} The record is not an event")
            else:
                out.error(record, "PIPELINE_FINISHER_002", f"{UNSATISFIED} The event is not of type '{wanted}'")

    return process


def wanted_event(plan: StagePlan) -> str | None:
    """The type of the events that an executor reacts to; None when it reacts to every record."""
    return plan.given.text("config.eventType") if plan.given.flag("config.reactToEvents") else None
