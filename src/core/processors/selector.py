"""Stream Selector: every record to the lanes whose condition is true."""

from ..el import EvaluationError
from ..plan.model import StagePlan
from ..records.record import Record
from .api import Out, Process, Tools
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_selector_SelectorDProcessor")
def stream_selector(plan: StagePlan, tools: Tools) -> Process:
    """A copy to every lane whose condition is true; to the last lane, the default, only when none is."""
    lane_of = {lane: at for at, lane in enumerate(plan.outputs)}
    rows = [(row.text("outputLane"), row.text("predicate")) for row in plan.given.rows("lanePredicates")]
    conditions = [
        (lane_of[lane], text, tools.predicate(text)) for lane, text in rows if text != "default" and lane in lane_of
    ]
    default = next((lane_of[lane] for lane, text in rows if text == "default" and lane in lane_of), None)

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            taken = 0
            for lane, text, condition in conditions:
                try:
                    fits = condition(record)
                except EvaluationError as error:
                    out.error(record, "SELECTOR_09", f"the condition {text[:80]} cannot be evaluated: {error}")
                    taken += 1
                    break
                if fits:
                    out.emit(record.copy() if taken else record, lane)
                    taken += 1
            if not taken and default is not None:
                out.emit(record, default)

    return process
