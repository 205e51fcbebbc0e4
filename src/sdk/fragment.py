"""Handles of fragments: edited like a flow, kept inside of one."""

import attrs

from ..core.edit.fragments import with_fragment
from ..core.flow.model import Flow
from .flow import FlowHandle


class Fragment(FlowHandle):
    """A fragment of a flow. Every edit is one of the flow too, which is what is saved."""

    def __init__(self, parent: FlowHandle, at: int) -> None:
        value = parent.value.fragments[at]
        super().__init__(parent._session, attrs.evolve(parent._stored, flow=value), parent._catalogue)
        self._parent, self._at = parent, at

    def _swap(self, flow: Flow) -> None:
        super()._swap(flow)
        self._parent._apply(lambda held: with_fragment(held, self._at, flow))

    def __repr__(self) -> str:
        return f"Fragment(name={self.name!r}, of={self._parent.name!r})"
