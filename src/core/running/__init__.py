"""Running: batches through the stages of a plan, and the counts of what happened."""

from .batch import Batch
from .lifecycle import tell
from .stages import Stages
from .states import Status, following, moved, starts_again, wait_s
from .tally import Tally, metrics_document

__all__ = [
    "Batch",
    "Stages",
    "Status",
    "Tally",
    "following",
    "metrics_document",
    "moved",
    "starts_again",
    "tell",
    "wait_s",
]
