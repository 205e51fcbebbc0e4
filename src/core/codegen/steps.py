"""The steps that build a flow: each can be applied to a flow and is what one statement of a script does."""

from collections.abc import Mapping
from typing import Protocol

import attrs

from ..catalogue.definitions import Catalogue
from ..catalogue.find import find_stage
from ..edit import raw
from ..edit.arrange import auto_arrange
from ..edit.basics import NewId, with_stage
from ..edit.fragments import as_fragment
from ..edit.links import LinkKind, connect
from ..edit.parameters import use_parameter_constants
from ..edit.predicates import set_predicates
from ..edit.settings import set_pipeline_settings, set_stage_settings
from ..edit.special import Slot, clear_special, set_special
from ..edit.stages import add_stage, relabel_stage
from ..flow.model import Flow, StageInstance
from ..values import Json, JsonMap, freeze

FLOW = ""
"""Stands for the flow itself where a step names a stage."""


class Step(Protocol):
    """Something that is done to a flow."""

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow after it."""
        ...


@attrs.frozen
class Finding:
    """The arguments that find a kind of stage; None is left out."""

    label: str | None = None
    name: str | None = None
    type: str | None = None
    library: str | None = None

    def arguments(self) -> list[tuple[str, Json]]:
        """What stands between the brackets."""
        first: list[tuple[str, Json]] = [] if self.label is None else [("", self.label)]
        rest = (("name", self.name), ("type", self.type), ("library", self.library))
        return first + [(name, value) for name, value in rest if value is not None]


@attrs.frozen
class AddStage:
    """A stage of the canvas; ``named`` when its instance name has to be said."""

    stage: str
    finding: Finding
    named: bool

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it."""
        found = self.finding
        definition = find_stage(catalogue, found.label, name=found.name, type=found.type, library=found.library)
        name = self.stage if self.named else None
        return add_stage(flow, definition, catalogue, new_id=new_id, instance_name=name)[0]


@attrs.frozen
class AddUnknown:
    """A stage that cannot be found in the catalogue; ``slot`` is None on the canvas."""

    stage: str
    name: str
    version: str
    library: str
    type: str
    outputs: int | None
    slot: Slot | None

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it."""
        return raw.add_unknown_stage(
            flow,
            self.name,
            version=self.version,
            library=self.library,
            type=self.type,
            outputs=self.outputs,
            slot=self.slot,
            instance_name=self.stage,
            new_id=new_id,
        )[0]


@attrs.frozen
class SetSpecial:
    """A special stage."""

    stage: str
    slot: Slot
    finding: Finding
    named: bool

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it."""
        found, role = self.finding, self.slot.name.lower()
        definition = find_stage(catalogue, found.label, name=found.name, library=found.library, role=role)  # type: ignore[arg-type]
        name = self.stage if self.named else None
        return set_special(flow, self.slot, definition, catalogue, new_id=new_id, instance_name=name)[0]


@attrs.frozen
class ClearSpecial:
    """A slot without stage."""

    slot: Slot

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with an empty slot."""
        return clear_special(flow, self.slot)


@attrs.frozen
class Label:
    """The label of a stage."""

    stage: str
    text: str

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it."""
        return relabel_stage(flow, self.stage, self.text)


@attrs.frozen
class Set:
    """A setting, checked; ``name`` is the human-readable or raw name that is written.

    ``attribute`` says that it can be an attribute of the stage, ``mapping`` that its rows can be a mapping.
    """

    stage: str
    name: str
    value: Json
    raw_name: str
    attribute: bool = False
    mapping: bool = False

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it."""
        if self.stage == FLOW:
            return set_pipeline_settings(flow, {self.name: self.value}, catalogue)
        return set_stage_settings(flow, self.stage, {self.name: self.value}, catalogue)


@attrs.frozen
class Raw:
    """Raw settings, unchecked."""

    stage: str
    values: JsonMap
    service: str = ""

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with them."""
        return raw.update_raw(flow, self.stage or None, self.values, self.service)


@attrs.frozen
class Drop:
    """Raw settings that go away; ``conf.*`` for all below ``conf``."""

    stage: str
    patterns: tuple[str, ...]
    service: str = ""

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow without them."""
        return raw.drop_raw(flow, self.stage or None, self.patterns, self.service)


@attrs.frozen
class SetService:
    """A service of a stage and its version."""

    stage: str
    service: str
    version: int

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it."""
        return raw.set_service(flow, self.stage, self.service, self.version)


@attrs.frozen
class DropService:
    """A service that a stage does not have."""

    stage: str
    service: str

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow without it."""
        return raw.drop_service(flow, self.stage, self.service)


@attrs.frozen
class Predicates:
    """The conditions of a stage with their lanes."""

    stage: str
    rows: tuple[JsonMap, ...]

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with them."""
        return set_predicates(flow, self.stage, self.rows, catalogue, new_id=new_id)


@attrs.frozen
class Lanes:
    """Lanes of a stage by name; None leaves them."""

    stage: str
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None
    events: tuple[str, ...] | None = None

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with them."""
        return raw.set_lanes(flow, self.stage, inputs=self.inputs, outputs=self.outputs, events=self.events)


@attrs.frozen
class Link:
    """Links from one lane (or all: None) of a stage to others; ``predicated`` when the lane follows a condition."""

    stage: str
    targets: tuple[str, ...]
    event: bool = False
    output: int | None = None
    predicated: bool = False

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with them."""
        kind = LinkKind.EVENT if self.event else LinkKind.DATA
        for target in self.targets:
            flow = connect(flow, self.stage, target, catalogue, kind=kind, output=self.output)
        return flow


@attrs.frozen
class Kind:
    """The version and library that a stage is of."""

    stage: str
    version: str | None = None
    library: str | None = None

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with them."""
        return raw.set_kind(flow, self.stage, version=self.version, library=self.library)


@attrs.frozen
class Ui:
    """What the canvas keeps of a stage or the flow."""

    stage: str
    values: JsonMap

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it."""
        return raw.update_ui(flow, self.stage or None, self.values)


@attrs.frozen
class DropUi:
    """What the canvas does not keep of a stage or the flow."""

    stage: str
    keys: tuple[str, ...]

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow without it."""
        return raw.drop_ui(flow, self.stage or None, self.keys)


@attrs.frozen
class Arrange:
    """Every stage where its links put it."""

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow arranged."""
        return auto_arrange(flow)


@attrs.frozen
class Position:
    """A stage that was placed by hand."""

    stage: str
    x: float
    y: float

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it there."""
        stage = stage_named(flow, self.stage)
        return with_stage(flow, attrs.evolve(stage, ui=stage.ui.set("xPos", self.x).set("yPos", self.y)))


@attrs.frozen
class UseSet:
    """A parameter set; ``rows`` are its parameters as name, value, description."""

    set_id: str
    name: str
    description: str
    rows: tuple[tuple[str, Json, str], ...]

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with its constants."""
        constants: Mapping[str, object] = {f"{self.name}__{name}": value for name, value, _ in self.rows}
        return use_parameter_constants(flow, self.set_id, constants)


@attrs.frozen
class Facts:
    """Facts of the document: engine, schema and pipeline version, metadata; None leaves one as it is."""

    engine_version: str | None = None
    schema_version: int | None = None
    version: int | None = None
    metadata: JsonMap | None = None

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with them."""
        said = {name: value for name, value in attrs.asdict(self, recurse=False).items() if value is not None}
        return attrs.evolve(flow, **said)


@attrs.frozen
class AsFragment:
    """The flow is a fragment."""

    fragment_id: str
    instance_id: str

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow as one."""
        return as_fragment(flow, self.fragment_id, self.instance_id)


@attrs.frozen
class AddFragment:
    """A fragment that the flow holds, built by a function of its own."""

    function: str
    fragment: Flow

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with the fragment."""
        return attrs.evolve(flow, fragments=(*flow.fragments, self.fragment))


def stage_named(flow: Flow, instance_name: str) -> StageInstance:
    """The stage with this instance name, canvas or special."""
    return flow.find(instance_name) or next(s for s in flow.special_stages() if s.instance_name == instance_name)


def rows_as_mapping(value: Json) -> JsonMap | None:
    """Key and value rows as the mapping that means them; None when they are not exactly that."""
    if not isinstance(value, tuple) or not value:
        return None
    made: dict[str, Json] = {}
    for row in value:
        if not isinstance(row, JsonMap) or set(row) != {"key", "value"} or not isinstance(row["key"], str):
            return None
        if row["key"] in made:
            return None
        made[row["key"]] = row["value"]
    return freeze(made)  # type: ignore[return-value]
