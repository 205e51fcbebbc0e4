"""Running: batches through the stages of a plan, and the counts of what happened."""

from .batch import Batch
from .stages import Stages
from .tally import Tally, metrics_document

__all__ = ["Batch", "Stages", "Tally", "metrics_document"]
