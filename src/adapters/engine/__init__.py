"""The engine that lives in this process."""

from typing import TYPE_CHECKING

from ...core.exports import exports

if TYPE_CHECKING:
    from .embedded import EmbeddedEngine

__all__ = ["EmbeddedEngine"]

__getattr__, __dir__ = exports(__name__, {"EmbeddedEngine": ".embedded"})
