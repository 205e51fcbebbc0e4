"""Running: batches through the stages of a plan, and the counts of what happened."""

from .stages import Batch, Stages
from .tally import Tally, metrics_document

__all__ = ["Batch", "Stages", "Tally", "metrics_document"]
