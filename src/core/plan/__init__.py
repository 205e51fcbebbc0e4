"""Plans: what an engine needs to know of a flow."""

from .compile import compile_flow
from .given import Given
from .model import Delivery, ErrorPolicy, OnError, Plan, StagePlan

__all__ = ["Delivery", "ErrorPolicy", "Given", "OnError", "Plan", "StagePlan", "compile_flow"]
