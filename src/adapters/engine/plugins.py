"""Stages of other distributions: entry points of the group ``penstock.stages``, loaded when a flow has them."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from ...core.errors import UnsupportedError
from ...core.processors.registry import Build, look_outside

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "penstock.stages"


@cache
def _entries() -> dict[str, "EntryPoint"]:
    from importlib.metadata import entry_points  # takes as long as all the rest of a start of a worker

    return {each.name: each for each in entry_points(group=GROUP)}


def lookup(name: str) -> Callable[[], Build] | None:
    """What loads the builder of a stage; None when no distribution names it."""
    entry = _entries().get(name)
    if entry is None:
        return None

    def load() -> Build:
        try:
            build: Build = entry.load()
        except Exception as error:
            text = f"the stage {name} of {entry.value} cannot be loaded"
            raise UnsupportedError(text, f"{type(error).__name__}: {error}") from None
        return build

    return load


look_outside(lookup)
