"""The stage handle: stateless, it looks its stage up in the flow at every access."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union, cast, overload

import attrs

from ..core import edit
from ..core.edit import links as link_edits
from ..core.edit import raw
from ..core.edit import settings as setting_edits
from ..core.edit.basics import definition_of, type_of, with_stage
from ..core.edit.links import LinkKind, consumers, producers
from ..core.errors import (
    InvalidValueError,
    LinkError,
    NotFoundError,
    UnknownAttributeError,
    UnknownSettingError,
    nearest,
)
from ..core.flow.credentials import mask_credentials
from ..core.flow.model import Flow, StageInstance
from ..core.values import Json, freeze
from .attributes import public_names, settable_names
from .configuration import Configuration
from .results import SeekableList, shown

if TYPE_CHECKING:
    from .flow import FlowHandle


class Stage:
    """One stage of a flow. Every real attribute is listed here; every other name is a setting of the stage.

    It stays true after any edit or save of its flow, and says so when its stage was removed.
    """

    __slots__ = ("_flow", "_name")

    _flow: "FlowHandle"
    _name: str

    def __init__(self, flow: "FlowHandle", instance_name: str) -> None:
        object.__setattr__(self, "_flow", flow)
        object.__setattr__(self, "_name", instance_name)

    # --- what it is ---------------------------------------------------------------------------------------------------

    @property
    def value(self) -> StageInstance:
        """The frozen stage as it is now.

        Raises:
            NotFoundError: the stage was removed from its flow.
        """
        try:
            return edit.basics.stage_of(self._flow.value, self._name)
        except NotFoundError as error:
            where = f"flow {self._flow.name!r} any more (it was removed or undone)"
            raise NotFoundError("stage", self._name, error.near, where) from None

    @property
    def instance_name(self) -> str:
        """The name of the stage inside the flow, such as ``Trash_01``; setting it renames the stage and its links."""
        return self._name

    @instance_name.setter
    def instance_name(self, name: str) -> None:
        self._flow._apply(lambda flow: edit.rename_stage(flow, self._name, name))
        object.__setattr__(self, "_name", name)

    @property
    def stage_name(self) -> str:
        """The label that people see, such as ``Trash 1``; no two stages of the canvas share one."""
        return self.value.label

    @stage_name.setter
    def stage_name(self, label: str) -> None:
        self._flow._apply(lambda flow: edit.relabel_stage(flow, self._name, label))

    label = name = stage_name

    @property
    def stage_id(self) -> str:
        """The kind of the stage: the name of its definition. Two stages of one kind have the same."""
        return self.value.stage_name

    kind = stage_id

    @property
    def stage_version(self) -> str:
        """The version of the definition that the settings follow; setting it changes nothing else."""
        return self.value.stage_version

    @stage_version.setter
    def stage_version(self, version: str) -> None:
        self._flow._apply(lambda flow: raw.set_kind(flow, self._name, version=version))

    @property
    def library(self) -> str:
        """The stage library; setting it changes nothing else."""
        return self.value.library

    @library.setter
    def library(self, library: str) -> None:
        self._flow._apply(lambda flow: raw.set_kind(flow, self._name, library=library))

    @property
    def type(self) -> str:
        """SOURCE, PROCESSOR, TARGET or EXECUTOR."""
        found = type_of(self.value, self._flow._catalogue)
        return found.value if found is not None else self.value.type_word

    @property
    def ui_info(self) -> Any:
        """What the canvas keeps of the stage (read-only)."""
        return shown(self.value.ui)

    @property
    def position(self) -> tuple[float, float] | None:
        """The upper left corner in pixels, y downwards. A position that was set by hand is kept by arranging saves."""
        return self.value.position

    @position.setter
    def position(self, place: tuple[float, float]) -> None:
        try:
            x, y = place
            fits = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (x, y))
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise InvalidValueError(f"position of {self._name}", place, "two numbers (x, y) in pixels")
        stage = self.value
        moved = attrs.evolve(stage, ui=stage.ui.set("xPos", freeze(x)).set("yPos", freeze(y)))
        self._flow._apply(lambda flow: with_stage(flow, moved))
        self._flow._placed.add(self._name)

    @property
    def input_lanes(self) -> list[str]:
        """Names of the lanes that it reads, in order (a copy)."""
        return list(self.value.input_lanes)

    @property
    def output_lanes(self) -> list[str]:
        """Names of its output lanes, in order (a copy)."""
        return list(self.value.output_lanes)

    @property
    def event_lanes(self) -> list[str]:
        """Names of its event lanes (a copy); at most one in a sound flow."""
        return list(self.value.event_lanes)

    # --- settings -----------------------------------------------------------------------------------------------------

    @property
    def configuration(self) -> Configuration:
        """The settings of the stage and its services, by human-readable or raw name."""
        return Configuration(self._read, self._write, self._names, self._masked)

    def _read(self, name: str) -> Json:
        return setting_edits.get_stage_setting(self.value, self._flow._catalogue, name)

    def _masked(self) -> Callable[[str], Json]:
        catalogue = self._flow._catalogue
        held = edit.basics.stage_of(mask_credentials(self._flow.value, catalogue), self.value.instance_name)
        return lambda name: setting_edits.get_stage_setting(held, catalogue, name)

    def _write(self, values: Mapping[str, object]) -> None:
        catalogue, new_id = self._flow._catalogue, self._flow._new_id
        driving = self._drives_lanes(values)
        if driving is not None and not edit.has_lane_rows(self._flow.value, self._name, catalogue):
            raise InvalidValueError(
                f"{self._name}.{driving}",
                "an assignment",
                "stage.predicates = [...] or stage.add_predicates([...]), which keep the lanes in step",
            )

        def change(flow: Flow) -> Flow:
            changed = setting_edits.set_stage_settings(flow, self._name, values, catalogue)
            if driving is None:
                return changed
            return edit.follow_lane_rows(changed, self._name, catalogue, new_id=new_id)

        self._flow._apply(change)

    def _drives_lanes(self, values: Mapping[str, object]) -> str | None:
        definition = definition_of(self.value, self._flow._catalogue)
        if definition is None or not definition.driven_by:
            return None
        meant = {
            place.name: name
            for name in values
            for place in setting_edits.stage_places(self.value, self._flow._catalogue, name)
        }
        return meant.get(definition.driven_by)

    def _names(self) -> Iterable[str]:
        return setting_edits.setting_names(self.value, self._flow._catalogue)

    def set_raw(self, name: str, value: object, *, service: str = "") -> None:
        """Sets a raw setting without any check: the way to settings that no definition knows.

        ``service`` is the interface name of a service of the stage; empty for the stage itself.
        """
        self.update_raw({name: value}, service=service)

    def update_raw(self, values: Mapping[str, object], *, service: str = "") -> None:
        """Sets several raw settings without any check, of the stage or of a service of it.

        Raises:
            NotFoundError: the stage has no such service.
        """
        self._flow._apply(lambda flow: raw.update_raw(flow, self._name, values, service))

    def drop_raw(self, *names: str, service: str = "") -> None:
        """Takes settings out of the document of the stage; ``conf.*`` means all names below ``conf``."""
        self._flow._apply(lambda flow: raw.drop_raw(flow, self._name, names, service))

    def set_service(self, service: str, version: int) -> None:
        """Gives a service another version; one that the stage does not have comes in, without settings."""
        self._flow._apply(lambda flow: raw.set_service(flow, self._name, service, version))

    def drop_service(self, service: str) -> None:
        """Takes a service out of the stage."""
        self._flow._apply(lambda flow: raw.drop_service(flow, self._name, service))

    def update_ui(self, values: Mapping[str, object]) -> None:
        """Sets what the canvas keeps of the stage, unchecked; ``ui_info`` shows it."""
        self._flow._apply(lambda flow: raw.update_ui(flow, self._name, values))

    def drop_ui(self, *keys: str) -> None:
        """Takes out what the canvas keeps of the stage."""
        self._flow._apply(lambda flow: raw.drop_ui(flow, self._name, keys))

    def set_lanes(
        self,
        *,
        inputs: Sequence[str] | None = None,
        outputs: Sequence[str] | None = None,
        events: Sequence[str] | None = None,
    ) -> None:
        """Names the lanes of the stage, unchecked: the way to lanes that linking does not make.

        Stages that read an output or event lane read the one that takes its place.
        """
        self._flow._apply(lambda flow: raw.set_lanes(flow, self._name, inputs=inputs, outputs=outputs, events=events))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.configuration[name]
        except UnknownSettingError as error:
            near = nearest(name, [*error.near, *public_names(Stage)])
            raise UnknownAttributeError("attribute or setting", name, near, f"stage {self._name}") from None

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_") or isinstance(getattr(type(self), name, None), property):
            object.__setattr__(self, name, value)
            return
        if hasattr(type(self), name):
            raise UnknownAttributeError("settable attribute", name, (), f"stage {self._name}")
        try:
            self._write({name: value})
        except UnknownSettingError as error:
            near = nearest(name, [*error.near, *settable_names(Stage)])
            raise UnknownAttributeError("attribute or setting", name, near, f"stage {self._name}") from None

    def __dir__(self) -> list[str]:
        names = [name for name in self._names() if name.isidentifier()]
        return sorted({*(each for each in super().__dir__()), *names})

    def set_attributes(self, **values: object) -> "Stage":
        """Sets several settings at once, all or none; gives the stage back.

        Raises:
            UnknownAttributeError: a name that the stage does not have; with the nearest.
            InvalidValueError: a value that does not fit.
        """
        try:
            self.configuration.update(values)
        except UnknownSettingError as error:
            raise UnknownAttributeError(
                "attribute or setting", error.wanted, error.near, f"stage {self._name}"
            ) from None
        return self

    # --- links --------------------------------------------------------------------------------------------------------

    @overload
    def __rshift__(self, others: "Stage") -> "Stage": ...
    @overload
    def __rshift__(self, others: "Sequence[Stage]") -> "Stages": ...
    def __rshift__(self, others: "Stage | Sequence[Stage]") -> "Stage | Stages":
        """``a >> b`` and ``a >> [b, c]``: one output lane to each of them, the first lane that nobody reads yet.

        Raises:
            LinkError: the stage has no output lane.
        """
        lanes = self.value.output_lanes
        read = {lane for stage in self._flow.value.stages for lane in stage.input_lanes}
        free = (at for at, lane in enumerate(lanes) if lane not in read)
        self.connect_output_to(*_listed(others), output_idx=next(free, len(lanes) - 1) if lanes else None)
        return others if isinstance(others, Stage) else Stages(others)

    def __ge__(self, others: "Stage | Sequence[Stage]") -> bool:
        """``a >= b``: the events of a go to b."""
        self.connect_event_to(*_listed(others))
        return True

    @property
    def outputs(self) -> "Stages":
        """The stages that read an output lane of this one."""
        return self._flow._handles(consumers(self._flow.value, self.value))

    @property
    def inputs(self) -> "Stages":
        """The stages whose output or event lanes this one reads."""
        return self._flow._handles(producers(self._flow.value, self.value))

    @property
    def events(self) -> "Stages":
        """The stages that read the event lane of this one."""
        return self._flow._handles(consumers(self._flow.value, self.value, kind=LinkKind.EVENT))

    def connect_output_to(
        self, *stages: "Stage", predicate: object = None, output_idx: int | None = None
    ) -> "Stage | Stages":
        """Links an output lane to each stage; gives the stage(s) back for chaining.

        Without ``predicate`` and ``output_idx`` all output lanes are linked. ``predicate`` is one of ``predicates``,
        or a condition: one that the stage does not have yet is added.

        Raises:
            LinkError: to itself, into an origin, out of a destination or executor, or through a lane that is not there.
        """
        return self._connect(stages, predicate=predicate, output_idx=output_idx)

    def connect_input_to(
        self, *stages: "Stage", predicate: object = None, output_idx: int | None = None
    ) -> "Stage | Stages":
        """Links an output lane of each stage to this one; gives the stage(s) back for chaining."""
        targets = self._others(stages)
        for stage in targets:
            stage.connect_output_to(self, predicate=predicate, output_idx=output_idx)
        return _one_or_many(targets)

    def connect_event_to(self, *stages: "Stage") -> "Stage | Stages":
        """Links the event lane to each stage, making it on first use; gives the stage(s) back.

        Raises:
            LinkError: this stage produces no events.
        """
        return self._connect(stages, kind=LinkKind.EVENT)

    def _connect(
        self,
        stages: tuple["Stage", ...],
        *,
        predicate: object = None,
        output_idx: int | None = None,
        kind: LinkKind = LinkKind.DATA,
    ) -> "Stage | Stages":
        targets = self._others(stages)
        if predicate is not None and output_idx is not None:
            raise InvalidValueError("connect_output_to", output_idx, "either predicate or output_idx, not both")
        catalogue, new_id = self._flow._catalogue, self._flow._new_id
        flow = self._flow.value
        lane: str | None = None
        if predicate is not None:
            flow, lane = _lane_of(flow, self._name, predicate, catalogue, new_id)
        for stage in targets:
            flow = link_edits.connect(flow, self._name, stage._name, catalogue, kind=kind, lane=lane, output=output_idx)
        self._flow._swap(flow)
        return _one_or_many(targets)

    def disconnect_output_from(self, *stages: "Stage") -> "Stage | Stages":
        """Removes every link from an output lane to each stage; gives the stage(s) back."""
        return self._disconnect(stages, LinkKind.DATA)

    def disconnect_event_from(self, *stages: "Stage") -> "Stage | Stages":
        """Removes the link from the event lane to each stage; gives the stage(s) back."""
        return self._disconnect(stages, LinkKind.EVENT)

    def disconnect_input_from(self, *stages: "Stage") -> "Stage | Stages":
        """Removes every link from an output lane of each stage to this one; gives the stage(s) back."""
        targets = self._others(stages)
        for stage in targets:
            stage.disconnect_output_from(self)
        return _one_or_many(targets)

    def _disconnect(self, stages: tuple["Stage", ...], kind: LinkKind) -> "Stage | Stages":
        targets = self._others(stages)
        flow = self._flow.value
        for stage in targets:
            flow = link_edits.disconnect(flow, self._name, stage._name, kind=kind)
        self._flow._swap(flow)
        return _one_or_many(targets)

    def _others(self, stages: tuple["Stage", ...]) -> list["Stage"]:
        """The stages of a call, lists of stages unpacked, all of them from this flow."""
        flat: list[Stage] = []
        for each in cast("tuple[object, ...]", stages):
            flat.extend(each if isinstance(each, (list, tuple)) else [each])  # type: ignore[list-item]
        if not flat:
            raise InvalidValueError(f"stages to link with {self._name}", (), "at least one stage")
        for stage in flat:
            if not isinstance(stage, Stage):
                raise InvalidValueError(f"stage to link with {self._name}", stage, "a stage of the flow")
            if stage._flow is not self._flow:
                raise LinkError(self._name, stage._name, "the stages belong to different flows")
        return flat

    # --- predicates ---------------------------------------------------------------------------------------------------

    @property
    def predicates(self) -> list[dict[str, str]]:
        """The predicates in order as ``{'outputLane': …, 'predicate': …}``, the default last (a copy)."""
        found = edit.predicates_of(self._flow.value, self._name, self._flow._catalogue)
        return [{"outputLane": each.output_lane, "predicate": each.predicate} for each in found]

    @predicates.setter
    def predicates(self, predicates: "list[str | Mapping[str, object]]") -> None:
        catalogue, new_id = self._flow._catalogue, self._flow._new_id
        self._flow._apply(lambda flow: edit.set_predicates(flow, self._name, predicates, catalogue, new_id=new_id))

    def add_predicates(self, predicates: "list[str | Mapping[str, object]]") -> None:
        """Puts more predicates in front; one that is there already is left as it is."""
        catalogue, new_id = self._flow._catalogue, self._flow._new_id
        self._flow._apply(lambda flow: edit.add_predicates(flow, self._name, predicates, catalogue, new_id=new_id))

    def remove_predicate(self, predicate: "str | Mapping[str, object]") -> None:
        """Removes one predicate, its lane and the links through it; the default cannot be removed."""
        catalogue = self._flow._catalogue
        self._flow._apply(lambda flow: edit.remove_predicate(flow, self._name, predicate, catalogue))

    # --- identity -----------------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stage) and other._flow is self._flow and other._name == self._name

    def __hash__(self) -> int:
        return hash((id(self._flow), self._name))

    def __repr__(self) -> str:
        found = self._flow.value.find(self._name) or next(
            (each for each in self._flow.value.special_stages() if each.instance_name == self._name), None
        )
        return f"{self._name}(removed)" if found is None else f"{self._name}(stage_name={found.label!r})"

    def _facts_(self) -> dict[str, object]:
        return {
            "instance_name": self._name,
            "stage_name": self.stage_name,
            "type": self._kind_word(),
            "kind": self.stage_id,
            "to": ", ".join(each.stage_name for each in self.outputs),
        }

    def _repr_html_(self) -> str:
        """Where its records go, and the settings that differ from their defaults; credentials masked."""
        from ..core import words
        from .showing import html_table

        catalogue = self._flow._catalogue
        flow = mask_credentials(self._flow.value, catalogue)
        stage = edit.basics.stage_of(flow, self.value.instance_name)
        rows = [(name, words.short_value(value)) for name, value in words.stage_settings(stage, catalogue)]
        rows += [("->", line) for line in words.targets_of(flow, stage, catalogue)]
        return html_table(("setting", "value"), rows, f"{stage.label} [{self._kind_word()}: {self.stage_id}]")

    def _kind_word(self) -> str:
        found = type_of(self.value, self._flow._catalogue)
        return found.word if found is not None else "stage"

    def to_dict(self) -> Any:
        """The document object of the stage."""
        from ..core.flow.document import encode_stage

        return encode_stage(self.value)


def _lane_of(flow: Any, instance_name: str, wanted: Any, catalogue: Any, new_id: Any) -> tuple[Any, str]:
    """The lane of a predicate; a condition given as text that is not there yet is added first."""
    now = edit.predicates_of(flow, instance_name, catalogue)
    try:
        return flow, edit.predicates.find_predicate(now, wanted, instance_name).output_lane
    except NotFoundError:
        if not isinstance(wanted, str):
            raise
    flow = edit.add_predicates(flow, instance_name, [wanted], catalogue, new_id=new_id)
    now = edit.predicates_of(flow, instance_name, catalogue)
    return flow, edit.predicates.find_predicate(now, wanted, instance_name).output_lane


def _listed(stages: "Stage | Sequence[Stage]") -> Sequence[Stage]:
    return [stages] if isinstance(stages, Stage) else stages


class Stages(SeekableList[Stage]):
    """Several stages; linking and setting work on all of them at once."""

    def __init__(self, stages: Iterable[Stage] = ()) -> None:
        super().__init__(stages, "stage")

    def get_all(self, **wanted: object) -> "Stages":
        """The stages whose attributes (or settings) have these values."""
        return Stages(super().get_all(**wanted))

    def connect_output_to(
        self, *stages: Stage, predicate: object = None, output_idx: int | None = None
    ) -> "Stage | Stages":
        """Links every one of these stages to each given stage."""
        return self._each("connect_output_to", stages, predicate=predicate, output_idx=output_idx)

    def connect_input_to(
        self, *stages: Stage, predicate: object = None, output_idx: int | None = None
    ) -> "Stage | Stages":
        """Links each given stage to every one of these stages."""
        return self._each("connect_input_to", stages, predicate=predicate, output_idx=output_idx)

    def connect_event_to(self, *stages: Stage) -> "Stage | Stages":
        """Links the event lane of every one of these stages to each given stage."""
        return self._each("connect_event_to", stages)

    def disconnect_output_from(self, *stages: Stage) -> "Stage | Stages":
        """Removes the links from these stages to the given ones."""
        return self._each("disconnect_output_from", stages)

    def disconnect_input_from(self, *stages: Stage) -> "Stage | Stages":
        """Removes the links from the given stages to these."""
        return self._each("disconnect_input_from", stages)

    def disconnect_event_from(self, *stages: Stage) -> "Stage | Stages":
        """Removes the event links from these stages to the given ones."""
        return self._each("disconnect_event_from", stages)

    def configure(self, **values: object) -> "Stages":
        """Sets the same settings on every stage, all or none."""
        if self:
            with self[0]._flow.one_step():
                for stage in self:
                    stage.configuration.update(values)
        return self

    def _each(self, verb: str, stages: tuple[Stage, ...], **options: Any) -> "Stage | Stages":
        if not self:
            raise InvalidValueError(verb, [], "at least one stage to start from")
        with self[0]._flow.one_step():
            for stage in self:
                result = getattr(stage, verb)(*stages, **options)
        return result  # type: ignore[no-any-return]


def _one_or_many(stages: list[Stage]) -> Union[Stage, "Stages"]:
    return stages[0] if len(stages) == 1 else Stages(stages)
