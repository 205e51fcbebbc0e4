"""Plans: what an engine needs to know of a flow."""

from typing import TYPE_CHECKING

from ..exports import exports
from .given import Given
from .model import Delivery, ErrorPolicy, OnError, Plan, StagePlan

if TYPE_CHECKING:
    from .compile import bare_stages, compile_flow

__all__ = ["Delivery", "ErrorPolicy", "Given", "OnError", "Plan", "StagePlan", "bare_stages", "compile_flow"]

__getattr__, __dir__ = exports(__name__, {"bare_stages": ".compile", "compile_flow": ".compile"})
