"""Processors: pure functions from a batch to lanes, errors and events, found by their stage name."""

from .api import Out, Process, RecordFault, StopFault, Tools, each
from .registry import can_run, find, processor

__all__ = ["Out", "Process", "RecordFault", "StopFault", "Tools", "can_run", "each", "find", "processor"]
