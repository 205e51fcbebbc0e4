"""Parts whose module is loaded when a flow has them, so that a start costs only what is used."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def later(module: str, name: str) -> Callable[..., Any]:
    """A stand-in for ``name`` of a module of this package, such as ``formats.excel``: loads it when called."""

    def call(*given: Any) -> Any:
        return getattr(import_module(f".{module}", __package__), name)(*given)

    return call
