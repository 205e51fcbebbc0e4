"""The verbs of a flow handle: blocking, and the same ones async."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

import attrs

from ..core.errors import InvalidValueError
from ..core.flow.model import Flow
from ..core.preview import PreviewOptions
from ..core.project import EngineInfo, Revision, StoredFlow, StoredParameterSet
from .environments import AsyncEnvironment, Environment, environment_value, first_online
from .flow import FlowHandle
from .preview import PreviewResult, checked
from .results import SeekableList, ValidationResult

if TYPE_CHECKING:
    from ..core.catalogue.definitions import Catalogue
    from .session import Session

T = TypeVar("T")
Inputs = Mapping[Any, Sequence[object]]
Outputs = Mapping[Any, Mapping[str, Sequence[object]] | Sequence[object]]


def preview_options(
    batch_size: int,
    timeout_ms: int,
    run_through_stage: object,
    write_to_destination: bool,
    execute_lifecycle_events: bool,
    test_origin: bool,
    inputs: "Inputs | None",
    batches: int,
    outputs: "Outputs | None" = None,
    call_out: bool = False,
) -> PreviewOptions:
    """The options of a preview, checked.

    Raises:
        InvalidValueError: a size, a count or a time that makes no sense.
    """
    for what, value, most in (("batch_size", batch_size, 1000), ("batches", batches, 10)):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise InvalidValueError(what, value, f"a whole number from 1 to {most}")
    switches = {
        "write_to_destination": write_to_destination,
        "execute_lifecycle_events": execute_lifecycle_events,
        "test_origin": test_origin,
        "call_out": call_out,
    }
    for what, switch in switches.items():
        if not isinstance(switch, bool):
            raise InvalidValueError(what, switch, "true or false")
    if isinstance(timeout_ms, bool) or not isinstance(timeout_ms, (int, float)) or timeout_ms <= 0:
        raise InvalidValueError("timeout_ms", timeout_ms, "milliseconds above 0")
    through = getattr(run_through_stage, "instance_name", run_through_stage)
    word = getattr(through, "value", through)
    if word is not None and not isinstance(word, str):
        raise InvalidValueError("run_through_stage", run_through_stage, "'all', a stage or its instance name")
    return PreviewOptions(
        batch_size=batch_size,
        batches=batches,
        timeout_ms=int(timeout_ms),
        through=None if word is None or word.lower() == "all" else word,
        write_to_destinations=write_to_destination,
        execute_lifecycle_events=execute_lifecycle_events,
        test_origin=test_origin,
        inputs=_by_name(inputs),
        outputs=_by_name(outputs),
        call_out=call_out,
    )


def _by_name(given: Mapping[Any, T] | None) -> dict[str, T]:
    """By instance name, where stages may be keys too."""
    return {getattr(stage, "instance_name", stage): held for stage, held in (given or {}).items()}


class AsyncStreamingFlow(FlowHandle):
    """A flow of an async project: edits as on ``StreamingFlow``, awaited verbs for what touches the world."""

    async def environment(self) -> AsyncEnvironment | None:
        """The environment; None when there is none. ``environment_id`` can be set."""
        if not self.environment_id:
            return None
        return AsyncEnvironment(self._session, await self._session.environment(self.environment_id))

    async def engine(self) -> EngineInfo | None:
        """The first engine of its environment that is online; None when there is none."""
        environment = await self.environment()
        return None if environment is None else first_online(await environment.engines())

    async def validate(self) -> ValidationResult:
        """Checks the flow as it is now, edits included: structure and settings, and by its engine where it has one."""
        report, note = await self._session.validate(self._value, self._stored.flow_id, self._catalogue)
        return ValidationResult(report, note)

    async def preview(
        self,
        batch_size: int = 10,
        timeout_ms: int = 30_000,
        run_through_stage: object = "all",
        write_to_destination: bool = False,
        execute_lifecycle_events: bool = False,
        test_origin: bool = False,
        *,
        inputs: "Inputs | None" = None,
        outputs: "Outputs | None" = None,
        batches: int = 1,
        call_out: bool = False,
        time_zone: str = "BROWSER",
        show_field_type: bool = True,
        push_limit_down: bool = True,
        remote: bool = True,
    ) -> PreviewResult:
        """Runs a few batches through the flow as it is now and gives the records of every stage.

        Nothing is written, called or committed unless asked for. ``inputs`` gives a stage (or its instance name)
        records of your own; ``outputs`` takes the place of what a stage puts out, which is not run then.
        ``call_out`` lets HTTP stages that make records call. ``time_zone``, ``show_field_type``, ``push_limit_down``
        and ``remote`` are there for programs of the official client and change nothing.

        Raises:
            PreviewError: it did not finish; with the issues that stood in its way.
        """
        options = preview_options(
            batch_size,
            timeout_ms,
            run_through_stage,
            write_to_destination,
            execute_lifecycle_events,
            test_origin,
            inputs,
            batches,
            outputs,
            call_out,
        )
        return checked(await self._session.preview(self._value, self._stored.flow_id, options), self._value)

    async def refresh(self) -> Self:
        """Loads the newest revision; edits that are not saved are dropped (``undo`` brings them back)."""
        self._take(await self._session.get(self.flow_id))
        return self

    async def revisions(self) -> SeekableList[Revision]:
        """Every kept save of the flow, oldest first."""
        return SeekableList(await self._session.revisions(self._stored.flow_id), "revision")

    def _take(self, stored: StoredFlow) -> None:
        self._stored = stored
        self._swap(stored.flow)


class StreamingFlow(FlowHandle):
    """A flow of a project: its settings and stages, edited in memory and saved with ``project.update_flow``."""

    def __init__(
        self,
        session: "Session",
        stored: StoredFlow,
        catalogue: "Catalogue",
        sets: "Sequence[StoredParameterSet]" = (),
        *,
        call: Callable[..., Any],
    ) -> None:
        super().__init__(session, stored, catalogue, sets)
        self._call = call

    @property
    def environment(self) -> Environment | None:
        """The environment; None when there is none. Another one brings its engine version."""
        if not self.environment_id:
            return None
        return Environment(self._session, self._call(self._session.environment, self.environment_id), self._call)

    @environment.setter
    def environment(self, environment: Environment | None) -> None:
        value = environment_value(environment, self._session)
        if value is None:
            self.environment_id = None
            return
        version = value.engine_version
        self._catalogue = self._call(self._session.catalogue, version)
        self._apply(lambda flow: attrs.evolve(flow, environment_id=value.environment_id, engine_version=version))

    @property
    def engine(self) -> EngineInfo | None:
        """The first engine of its environment that is online; None when there is none."""
        environment = self.environment
        return None if environment is None else first_online(environment.engines)

    def validate(self) -> ValidationResult:
        """Checks the flow as it is now, edits included: structure and settings, and by its engine where it has one."""
        report, note = self._call(self._session.validate, self._value, self._stored.flow_id, self._catalogue)
        return ValidationResult(report, note)

    def preview(
        self,
        batch_size: int = 10,
        timeout_ms: int = 30_000,
        run_through_stage: object = "all",
        write_to_destination: bool = False,
        execute_lifecycle_events: bool = False,
        test_origin: bool = False,
        *,
        inputs: "Inputs | None" = None,
        outputs: "Outputs | None" = None,
        batches: int = 1,
        call_out: bool = False,
        time_zone: str = "BROWSER",
        show_field_type: bool = True,
        push_limit_down: bool = True,
        remote: bool = True,
    ) -> PreviewResult:
        """Runs a few batches through the flow as it is now and gives the records of every stage.

        Nothing is written, called or committed unless asked for. ``inputs`` gives a stage (or its instance name)
        records of your own; ``outputs`` takes the place of what a stage puts out, which is not run then.
        ``call_out`` lets HTTP stages that make records call. ``time_zone``, ``show_field_type``, ``push_limit_down``
        and ``remote`` are there for programs of the official client and change nothing.

        Raises:
            PreviewError: it did not finish; with the issues that stood in its way.
        """
        options = preview_options(
            batch_size,
            timeout_ms,
            run_through_stage,
            write_to_destination,
            execute_lifecycle_events,
            test_origin,
            inputs,
            batches,
            outputs,
            call_out,
        )
        return checked(self._call(self._session.preview, self._value, self._stored.flow_id, options), self._value)

    def refresh(self) -> Self:
        """Loads the newest revision; edits that are not saved are dropped (``undo`` brings them back)."""
        stored: StoredFlow = self._call(self._session.get, self.flow_id)
        self._stored = stored
        self._swap(stored.flow)
        return self

    @property
    def revisions(self) -> SeekableList[Revision]:
        """Every kept save of the flow, oldest first; fetched at each look."""
        return SeekableList(self._call(self._session.revisions, self._stored.flow_id), "revision")

    def at_revision(self, number: int) -> Flow:
        """The frozen flow as it was saved then, to compare with: ``flow.diff(flow.at_revision(1))``."""
        found: Flow = self._call(self._session.at_revision, self._stored.flow_id, number)
        return found
