"""Running: batches through the stages of a plan, and the counts of what happened."""

from .batch import MOST_RECORDS, Batch
from .lifecycle import ENTITY, EVENT_FAILED, START, STOP, Lifecycle, tell
from .stages import Stages, error_stage
from .starting import InvalidFlowError, Starting, placed, refusal, refusing
from .states import Status, following, moved, starts_again, wait_s
from .tally import Tally, metrics_document

__all__ = [
    "ENTITY",
    "EVENT_FAILED",
    "MOST_RECORDS",
    "START",
    "STOP",
    "Batch",
    "InvalidFlowError",
    "Lifecycle",
    "Stages",
    "Starting",
    "Status",
    "Tally",
    "error_stage",
    "following",
    "metrics_document",
    "moved",
    "placed",
    "refusal",
    "refusing",
    "starts_again",
    "tell",
    "wait_s",
]
