"""What can differ between two flows."""

import attrs

from ..values import Json


@attrs.frozen
class SettingChange:
    """One setting with another value.

    ``stage`` is the instance name, empty for the flow itself; a stage of a fragment is named
    ``fragment instance/stage``. ``part`` says whose setting it is: empty for the settings of the stage or flow, the
    name of a service, or ``stage``, ``flow``, ``fragment``, ``picture``, ``metadata``, ``rules`` or ``other`` for what
    else a document says of it. Credentials are masked in ``old`` and ``new``.
    """

    stage: str
    name: str
    old: Json = None
    new: Json = None
    part: str = ""
    only_in: str = ""
    """``old`` or ``new`` when the other flow has no such setting at all."""


@attrs.frozen
class LinkChange:
    """A link that is in one of the flows only. ``event`` for event links."""

    source: str
    target: str
    event: bool = False
    output: int = 0
    """Which output of its source it leaves, from 1; 0 where that has one only."""


@attrs.frozen
class Renamed:
    """A stage with another name, ``stage`` is its instance name in the new flow."""

    stage: str
    old: str
    new: str
    what: str = "label"
    """``label`` for the name that people see, ``instance`` for the instance name under the same label."""


@attrs.frozen
class Diff:
    """Everything that changes from one flow to another; false when nothing does."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    settings: tuple[SettingChange, ...] = ()
    links_added: tuple[LinkChange, ...] = ()
    links_removed: tuple[LinkChange, ...] = ()
    moved: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(attrs.astuple(self, recurse=False))

    def _repr_html_(self) -> str:
        from .rendering import diff_html

        return diff_html(self)
