"""The engine that lives in this process."""

from .embedded import EmbeddedEngine
from .runs import InvalidFlowError

__all__ = ["EmbeddedEngine", "InvalidFlowError"]
