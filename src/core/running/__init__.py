"""Running: batches through the stages of a plan, and the counts of what happened."""

from .batch import Batch
from .lifecycle import ENTITY, tell
from .stages import Stages
from .starting import InvalidFlowError, Starting, placed
from .states import Status, following, moved, starts_again, wait_s
from .tally import Tally, metrics_document

__all__ = [
    "ENTITY",
    "Batch",
    "InvalidFlowError",
    "Stages",
    "Starting",
    "Status",
    "Tally",
    "following",
    "metrics_document",
    "moved",
    "placed",
    "starts_again",
    "tell",
    "wait_s",
]
