"""The edits of a flow handle below the catalogue: raw settings, canvas facts, facts of the document, fragments."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import attrs

from ..core.edit import fragments, raw
from ..core.errors import InvalidValueError
from ..core.flow.model import Flow
from ..core.values import EMPTY_MAP, JsonMap, freeze
from .results import shown

if TYPE_CHECKING:
    from .flow import FlowHandle
    from .fragment import Fragment


class DocumentEdits:
    """What a flow handle can do to the document beyond what definitions know; nothing here is checked by them."""

    _value: Flow
    _apply: Callable[[Callable[[Flow], Flow]], None]

    def update_raw(self, values: Mapping[str, object]) -> None:
        """Sets settings of the flow by raw name, without any check: the way to those that no definition knows."""
        self._apply(lambda flow: raw.update_raw(flow, None, values))

    def drop_raw(self, *names: str) -> None:
        """Takes settings of the flow out of its document; ``conf.*`` means all names below ``conf``."""
        self._apply(lambda flow: raw.drop_raw(flow, None, names))

    def update_ui(self, values: Mapping[str, object]) -> None:
        """Sets what the canvas keeps of the flow."""
        self._apply(lambda flow: raw.update_ui(flow, None, values))

    def set_document_version(self, schema: int | None = None, pipeline: int | None = None) -> None:
        """Notes another schema of the document, or version of the pipeline settings; nothing else is changed.

        Raises:
            InvalidValueError: something that is no whole number.
        """
        for what, number in (("schema", schema), ("pipeline version", pipeline)):
            if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
                raise InvalidValueError(what, number, "a whole number")
        self._apply(
            lambda flow: attrs.evolve(
                flow,
                schema_version=flow.schema_version if schema is None else schema,
                version=flow.version if pipeline is None else pipeline,
            )
        )

    @property
    def metadata(self) -> Any:
        """What Control Hub keeps with the flow, its labels too (a copy)."""
        return shown(self._value.metadata or EMPTY_MAP)

    @metadata.setter
    def metadata(self, values: Mapping[str, object]) -> None:
        if not isinstance(values, Mapping):
            raise InvalidValueError("metadata", values, "a mapping")
        made = JsonMap({key: freeze(value) for key, value in values.items()})
        self._apply(lambda flow: attrs.evolve(flow, metadata=made))

    def make_fragment(self, fragment_id: str, instance_id: str) -> None:
        """Turns the flow into a fragment: what only a pipeline has (settings, error stage …) goes."""
        self._apply(lambda flow: fragments.as_fragment(flow, fragment_id, instance_id))

    def add_fragment(self, name: str, fragment_id: str, instance_id: str, description: str = "") -> "Fragment":
        """Adds an empty fragment, to be edited like a flow; placeholder stages name both ids."""
        from .fragment import Fragment

        made = fragments.new_fragment(name, fragment_id, instance_id, description)
        self._apply(lambda flow: fragments.add_fragment(flow, made))
        return Fragment(cast("FlowHandle", self), len(self._value.fragments) - 1)

    @property
    def fragments(self) -> "list[Fragment]":
        """The fragments that the flow holds, each edited like a flow; edits take effect in this flow."""
        from .fragment import Fragment

        return [Fragment(cast("FlowHandle", self), at) for at in range(len(self._value.fragments))]
