"""The memory adapter: the written model of every promise that a backend makes."""

from .backend import MemoryBackend

__all__ = ["MemoryBackend"]
