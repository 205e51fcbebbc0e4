"""The flow handles: they feel mutable, while the flow behind them is a value that is swapped."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import attrs

from ..core import edit
from ..core.catalogue.definitions import Catalogue, StageDefinition
from ..core.catalogue.find import find_stage
from ..core.edit import raw
from ..core.edit import settings as setting_edits
from ..core.edit.parameters import use_parameter_constants
from ..core.edit.special import Slot, clear_special, slot_named, special_of
from ..core.errors import ClosedError, InvalidValueError
from ..core.flow.credentials import mask_credentials
from ..core.flow.document import decode_stage, encode_flow
from ..core.flow.model import Flow, StageInstance
from ..core.importing import renamed
from ..core.project import StoredFlow, StoredParameterSet
from ..core.values import EMPTY_MAP, Json
from .attributes import KnownAttributes
from .available import StageInfo, available_stages
from .configuration import Configuration
from .flow_document import DocumentEdits
from .flow_looks import FlowLooks
from .parameter_sets import ParameterSet, parameter_constants
from .results import SeekableList
from .stage import Stage, Stages

if TYPE_CHECKING:
    from .session import Session

KEEP_UNDO = 1000


class FlowHandle(KnownAttributes, DocumentEdits, FlowLooks):
    """Everything of a flow that needs no waiting: reading it and editing it.

    ``value`` is the frozen flow; each edit swaps in another one, so undo, comparing and keeping a state cost nothing.
    Handles are equal when they are about the same stored flow.
    """

    def __init__(
        self, session: "Session", stored: StoredFlow, catalogue: Catalogue, sets: Iterable[StoredParameterSet] = ()
    ) -> None:
        self._session = session
        self._stored = stored
        self._value = stored.flow
        self._catalogue = catalogue
        self._undo: list[Flow] = []
        self._redo: list[Flow] = []
        self._placed: set[str] = set()
        self._arranges = False
        self._sets: dict[str, StoredParameterSet] = {each.parameter_set_id: each for each in sets}
        self._deleted = False
        self._in_step = False

    # --- the value ----------------------------------------------------------------------------------------------------

    @property
    def value(self) -> Flow:
        """The flow as a frozen value, edits included."""
        return self._value

    @property
    def catalogue(self) -> Catalogue:
        """The stage definitions that the flow is edited and checked with."""
        return self._catalogue

    def _new_id(self) -> str:
        return self._session.ids.new_id()

    def _apply(self, change: Callable[[Flow], Flow]) -> None:
        self._swap(change(self._value))

    def _swap(self, flow: Flow) -> None:
        if flow is self._value:
            return
        if not self._in_step:
            self._remember(self._value)
        self._value = flow

    def _remember(self, before: Flow) -> None:
        self._undo.append(before)
        if len(self._undo) > KEEP_UNDO:
            del self._undo[0]
        self._redo.clear()

    @contextmanager
    def one_step(self) -> Iterator[Self]:
        """Edits inside are one step to undo; when one fails, none of them happened."""
        if self._in_step:
            yield self
            return
        before = self._value
        self._in_step = True
        try:
            yield self
        except BaseException:
            self._value = before
            raise
        finally:
            self._in_step = False
        if self._value is not before:
            self._remember(before)

    def undo(self) -> Self:
        """Takes the last edit back; without one, nothing happens."""
        if self._undo:
            self._redo.append(self._value)
            self._value = self._undo.pop()
        return self

    def redo(self) -> Self:
        """Repeats an edit that was taken back; without one, nothing happens."""
        if self._redo:
            self._undo.append(self._value)
            self._value = self._redo.pop()
        return self

    @property
    def dirty(self) -> bool:
        """True when there are edits that are not saved."""
        return self._value != self._stored.flow

    # --- facts --------------------------------------------------------------------------------------------------------

    @property
    def flow_id(self) -> str:
        """The id of the flow in its project."""
        return self._stored.flow_id

    @property
    def revision(self) -> int:
        """The stored revision that the edits started from, counted from 1."""
        return self._stored.revision

    @property
    def project_id(self) -> str:
        """The id of its project."""
        return self._session.project.project_id

    @property
    def flow_type(self) -> str:
        """Always ``streaming``."""
        return self._value.flow_type

    @property
    def engine_version(self) -> str:
        """The engine version that the flow was made for."""
        return self._value.engine_version

    @engine_version.setter
    def engine_version(self, version: str) -> None:
        if not isinstance(version, str):
            raise InvalidValueError("engine version", version, "a text such as '6.3.0'")
        self._apply(lambda flow: attrs.evolve(flow, engine_version=version))

    @property
    def engine_type(self) -> str:
        """The kind of engine, ``data_collector`` as a rule."""
        return self._value.engine_type

    @property
    def environment_id(self) -> str | None:
        """The id of the environment; None when there is none."""
        return self._value.environment_id

    @environment_id.setter
    def environment_id(self, environment_id: str | None) -> None:
        self._apply(lambda flow: attrs.evolve(flow, environment_id=environment_id))

    @property
    def connection_ids(self) -> list[str]:
        """The ids of the connections that the service says it uses (a copy)."""
        return list(self._value.connection_ids)

    @property
    def fragment_ids(self) -> list[str]:
        """The ids of the fragments that the service says it uses (a copy)."""
        return list(self._value.fragment_ids)

    @property
    def name(self) -> str:
        """The name, unique in the project; setting it renames the flow at the next save."""
        return self._value.name

    @name.setter
    def name(self, name: str) -> None:
        edit.stages.checked_name(name, "flow name")
        self._apply(lambda flow: renamed(flow, name))

    @property
    def description(self) -> str:
        """The description; setting it takes effect at the next save."""
        return self._value.description

    @description.setter
    def description(self, text: str) -> None:
        edit.stages.checked_description(text)
        self._apply(lambda flow: attrs.evolve(flow, description=text, document_description=text))

    @property
    def labels(self) -> list[str]:
        """The labels of the flow (a copy)."""
        held = (self._value.metadata or EMPTY_MAP).get("labels")
        return [str(each) for each in held] if isinstance(held, tuple) else []

    @property
    def pipeline_definition(self) -> Any:
        """The flow's document as plain JSON values, made afresh; reading it changes nothing."""
        from ..core.flow.document import pipeline_document

        return pipeline_document(self._value)

    def to_dict(self) -> Any:
        """The flow's document with its envelope, as an export holds it."""
        return encode_flow(self._value)

    # --- settings -----------------------------------------------------------------------------------------------------

    @property
    def configuration(self) -> Configuration:
        """The settings of the flow, by human-readable or raw name."""
        return Configuration(self._read_setting, self._write_settings, self._setting_names, self._masked_settings)

    def _read_setting(self, name: str) -> Json:
        return setting_edits.get_pipeline_setting(self._value, self._catalogue, name)

    def _masked_settings(self) -> Callable[[str], Json]:
        held = mask_credentials(self._value, self._catalogue)
        return lambda name: setting_edits.get_pipeline_setting(held, self._catalogue, name)

    def _write_settings(self, values: Mapping[str, object]) -> None:
        self._apply(lambda flow: setting_edits.set_pipeline_settings(flow, values, self._catalogue))

    def _setting_names(self) -> Iterable[str]:
        return setting_edits.pipeline_setting_names(self._value, self._catalogue)

    # --- stages -------------------------------------------------------------------------------------------------------

    @property
    def stages(self) -> Stages:
        """The stages of the canvas, in the order they were added."""
        return self._handles(self._value.stages)

    def _handles(self, stages: Iterable[StageInstance]) -> Stages:
        return Stages(Stage(self, stage.instance_name) for stage in stages)

    @property
    def available_stages(self) -> SeekableList[StageInfo]:
        """Every stage that can be added, with its settings; searchable by label, type, library, name."""
        return available_stages(self._catalogue)

    def add_stage(
        self,
        label: str | StageInfo | None = None,
        name: str | None = None,
        type: str | None = None,
        library: str | None = None,
        *,
        stage_info: StageInfo | None = None,
        instance_name: str | None = None,
    ) -> Stage:
        """Adds a stage by label, name of its kind, type and library, or by an entry of ``available_stages``.

        Beside ``stage_info`` the label is the one that the new stage gets. ``instance_name`` is the name of the stage
        inside the flow; without it one is made from the label.

        Raises:
            NotFoundError: no such stage; with the nearest labels.
            InvalidValueError: several stages fit; says which argument tells them apart. Or ``stage_info`` beside a
                name, type or library.
            NameInUseError: another stage has the instance name, or the label.
        """
        own_label = None
        if isinstance(label, StageInfo):
            label, stage_info = None, label
        if stage_info is not None:
            own_label = label
            label, name, library = None, *_meant_by(stage_info, name=name, type=type, library=library)
            type = None
        definition = find_stage(self._catalogue, label, name=name, type=type, library=library)
        flow, stage = edit.add_stage(
            self._value, definition, self._catalogue, new_id=self._new_id, instance_name=instance_name
        )
        if own_label is not None:
            flow = edit.relabel_stage(flow, stage.instance_name, own_label)
        self._swap(flow)
        return Stage(self, stage.instance_name)

    def add_raw_stage(self, document: Mapping[str, object]) -> Stage:
        """Adds a stage from its document object, unchecked: the way to stages that no catalogue knows.

        Raises:
            FormatError: the object is no stage.
            InvalidValueError: a stage with its instance name is there already.
        """
        stage = decode_stage(document, "stage document")
        if any(other.instance_name == stage.instance_name for other in self._value.all_stages()):
            raise InvalidValueError("instanceName", stage.instance_name, "a name that no other stage of the flow has")
        self._apply(lambda flow: attrs.evolve(flow, stages=(*flow.stages, stage)))
        return Stage(self, stage.instance_name)

    def add_unknown_stage(
        self,
        name: str,
        version: str,
        library: str,
        type: str = "PROCESSOR",
        *,
        outputs: int | None = None,
        slot: str | None = None,
        instance_name: str | None = None,
    ) -> Stage:
        """Adds a stage that the catalogue does not know, without settings; ``stage.update_raw`` gives it some.

        ``type`` is SOURCE, PROCESSOR, TARGET or EXECUTOR; origins and processors get one output lane unless
        ``outputs`` says how many. ``slot`` (``error``, ``stats``, ``start``, ``stop``, ``test_origin``) makes it a
        special stage instead of one of the canvas.

        Raises:
            InvalidValueError: another type or slot.
            NameInUseError: another stage has the instance name.
        """
        where = None if slot is None else slot_named(slot)
        flow, stage = raw.add_unknown_stage(
            self._value,
            name,
            version=version,
            library=library,
            type=type,
            outputs=outputs,
            slot=where,
            instance_name=instance_name,
            new_id=self._new_id,
        )
        self._swap(flow)
        return Stage(self, stage.instance_name)

    def remove_stage(self, stage: Stage, *stages: Stage) -> None:
        """Removes exactly these stages and the links to and from them."""
        with self.one_step():
            for each in (stage, *stages):
                name = self._own(each)
                self._apply(lambda flow, name=name: edit.remove_stage(flow, name))  # type: ignore[misc]

    def duplicate_stage(self, stage: Stage) -> Stage:
        """Adds a copy of a stage with its settings and without its links."""
        flow, copy = edit.duplicate_stage(self._value, self._own(stage), self._catalogue, new_id=self._new_id)
        self._swap(flow)
        return Stage(self, copy.instance_name)

    def _own(self, stage: Stage) -> str:
        if not isinstance(stage, Stage):
            raise InvalidValueError("stage", stage, "a stage of the flow, such as flow.stages[0]")
        if stage._flow is not self:
            raise InvalidValueError("stage", stage, f"a stage of the flow {self.name!r}")
        return stage.instance_name

    # --- special stages -----------------------------------------------------------------------------------------------

    @property
    def error_stage(self) -> Stage | None:
        """The stage that receives error records."""
        return self._special(Slot.ERROR)

    @property
    def stats_aggregator_stage(self) -> Stage | None:
        """The stage that receives statistics."""
        return self._special(Slot.STATS)

    @property
    def start_event(self) -> Stage | None:
        """The stage that receives the start event."""
        return self._special(Slot.START)

    @property
    def stop_event(self) -> Stage | None:
        """The stage that receives the stop event."""
        return self._special(Slot.STOP)

    @property
    def test_origin(self) -> Stage | None:
        """The origin that a preview can use in place of the real one."""
        return self._special(Slot.TEST_ORIGIN)

    start_event_stage, stop_event_stage, test_origin_stage = start_event, stop_event, test_origin

    def _special(self, slot: Slot) -> Stage | None:
        stage = special_of(self._value, slot)
        return None if stage is None else Stage(self, stage.instance_name)

    def set_error_stage(
        self,
        label: str | None = None,
        name: str | None = None,
        library: str | None = None,
        *,
        instance_name: str | None = None,
    ) -> Stage:
        """Puts an error stage in place, by label (``Discard``, ``Write to File`` …) or name, and gives it.

        Raises:
            NotFoundError: no such error stage; with the nearest.
            InvalidValueError: a stage of that name that is no error stage.
        """
        return self._set_special(Slot.ERROR, "error", label, name, library, instance_name)

    def set_stats_aggregator_stage(
        self,
        label: str | None = None,
        name: str | None = None,
        library: str | None = None,
        *,
        instance_name: str | None = None,
    ) -> Stage:
        """Puts a statistics stage in place, by label or name."""
        return self._set_special(Slot.STATS, "stats", label, name, library, instance_name)

    def set_start_event_stage(
        self,
        label: str | None = None,
        name: str | None = None,
        library: str | None = None,
        *,
        instance_name: str | None = None,
    ) -> Stage:
        """Puts the stage in place that receives the start event, by label or name."""
        return self._set_special(Slot.START, "start", label, name, library, instance_name)

    def set_stop_event_stage(
        self,
        label: str | None = None,
        name: str | None = None,
        library: str | None = None,
        *,
        instance_name: str | None = None,
    ) -> Stage:
        """Puts the stage in place that receives the stop event, by label or name."""
        return self._set_special(Slot.STOP, "stop", label, name, library, instance_name)

    def set_test_origin_stage(
        self,
        label: str | None = None,
        name: str | None = None,
        library: str | None = None,
        *,
        instance_name: str | None = None,
    ) -> Stage:
        """Puts the origin in place that a preview can use instead of the real one, by label or name."""
        return self._set_special(Slot.TEST_ORIGIN, "test_origin", label, name, library, instance_name)

    def _set_special(
        self,
        slot: Slot,
        role: Any,
        label: str | None,
        name: str | None,
        library: str | None,
        instance_name: str | None,
    ) -> Stage:
        definition: StageDefinition = find_stage(self._catalogue, label, name=name, library=library, role=role)
        flow, stage = edit.set_special(
            self._value, slot, definition, self._catalogue, new_id=self._new_id, instance_name=instance_name
        )
        self._swap(flow)
        return Stage(self, stage.instance_name)

    def clear_special_stage(self, slot: str) -> None:
        """Empties a slot: ``error``, ``stats``, ``start``, ``stop`` or ``test_origin``."""
        where = slot_named(slot)
        self._apply(lambda flow: clear_special(flow, where))

    # --- arranging ----------------------------------------------------------------------------------------------------

    def auto_arrange(self) -> Self:
        """Arranges the stages from left to right by their links, now."""
        self._apply(edit.auto_arrange)
        return self

    def use_auto_arrange(self, auto_arrange: bool = True) -> Self:
        """Whether every save arranges the stages first; off unless switched on, and remembered by this object.

        Stages that were placed by hand (``stage.position = …``) are never moved by a save.
        """
        self._arranges = bool(auto_arrange)
        return self

    def _arranged_for_save(self) -> Flow:
        if not self._arranges:
            return self._value
        arranged = edit.auto_arrange(self._value)
        kept = tuple(
            old if old.instance_name in self._placed else new
            for old, new in zip(self._value.stages, arranged.stages, strict=True)
        )
        return attrs.evolve(arranged, stages=kept)

    # --- parameter sets -----------------------------------------------------------------------------------------------

    @property
    def parameter_sets(self) -> list[ParameterSet]:
        """The parameter sets that the flow uses."""
        known = (self._sets.get(each) for each in self._value.parameter_sets)
        return [ParameterSet(self._session, each) for each in known if each is not None]

    def use_parameter_set(self, parameter_set: ParameterSet) -> Self:
        """Relates a parameter set to the flow and adds its parameters as constants ``set__parameter``.

        Using a set again takes over its present values. Value sets are not applied; a warning says so.

        Raises:
            UnsupportedError: the set has parameters that are not strings, or is PROJDEF.
        """
        if not isinstance(parameter_set, ParameterSet):
            raise InvalidValueError("parameter set", parameter_set, "an item of project.parameter_sets")
        constants = parameter_constants(parameter_set.value)
        self._sets[parameter_set.parameter_set_id] = attrs.evolve(parameter_set.stored, value=parameter_set.value)
        self._apply(lambda flow: use_parameter_constants(flow, parameter_set.parameter_set_id, constants))
        return self

    # --- identity -----------------------------------------------------------------------------------------------------

    def _took(self, stored: StoredFlow, sent: Flow) -> None:
        """Takes over what a save answered; edits made meanwhile stay."""
        if self._value is sent or self._value == sent:
            self._value = stored.flow
        self._stored = stored

    def _must_live(self) -> None:
        if self._deleted:
            raise ClosedError(f"the flow {self.name!r} was deleted; it")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FlowHandle) and other.flow_id == self.flow_id and other._session.same_place(self._session)
        )

    def __hash__(self) -> int:
        return hash(self.flow_id)

    def __repr__(self) -> str:
        return (
            f"StreamingFlow(name={self.name!r}, description={self.description!r}, "
            f"flow_id={self.flow_id!r}, engine_version={self.engine_version!r})"
        )


def _meant_by(info: object, **others: str | None) -> tuple[str, str]:
    """Name and library of the kind that an entry of ``available_stages`` stands for; it goes with no other of them."""
    if not isinstance(info, StageInfo):
        raise InvalidValueError("stage_info", info, "an item of flow.available_stages")
    for what, given in others.items():
        if given is not None:
            raise InvalidValueError(what, given, "nothing beside stage_info, which says it")
    return info.name, info.library
