"""The events of a start and an end of a run, handed to the stages that wait for them."""

from ..plan.model import OnError, Plan, StagePlan
from ..processors.api import Out, StopFault, Tools
from ..processors.registry import find
from ..records.record import event
from ..records.values import FieldValue
from ..validation.issues import Issue
from .stages import DROPS_ERRORS, MakeTools, close_process
from .starting import Starting

ENTITY = "$com.streamsets.datacollector.pollsource.offset$"
"""The name that the offset of an origin is kept under."""
START, STOP = "pipeline-start", "pipeline-stop"
EVENT_FAILED = "CONTAINER_0791"


class Receiver:
    """A built stage that waits for one of these events. Its preconditions are not looked at, as in the original."""

    def __init__(self, stage: StagePlan, tools: Tools) -> None:
        build = find(stage.kind)
        if build is None:
            raise StopFault("PENSTOCK_0101", f"there is no code for {stage.label} ({stage.kind})")
        self._stage, self._now_ms = stage, tools.now_ms
        self._process = build(stage, tools)

    def take(self, kind: str, fields: dict[str, FieldValue]) -> None:
        """Hands over the event.

        Raises:
            StopFault: the stage failed, or refused the event and its records are not to be discarded.
        """
        now_ms = self._now_ms()
        told, out = event("", kind, 1, fields, now_ms), Out(0, self._now_ms)
        told.header.stage_creator = self._stage.instance
        try:
            self._process([told], out)
        except Exception as error:
            reason = str(error) if isinstance(error, StopFault) else f"{type(error).__name__}: {error}"
            raise StopFault(EVENT_FAILED, f"{self._name} failed at the event {kind}: {reason}") from error
        if out.errors and self._stage.on_error is not OnError.DISCARD:
            refusals = ", ".join(f"{each.code} - {each.message}" for each in out.errors)
            why = f"CONTAINER_0792 - it refused the event {kind}: {refusals}"
            raise StopFault(EVENT_FAILED, f"{self._name} failed: {why}")

    @property
    def _name(self) -> str:
        return self._stage.label or self._stage.instance

    def close(self) -> None:
        """Lets it finish what it holds open."""
        close_process(self._process, Out(0, self._now_ms))


class Lifecycle:
    """The start and the stop event of one attempt to run.

    Source: the start event goes out while the stages are being built, ahead of the origin; the stop event behind the
    end of everything else, unless something stood in the way before its own stage was built.
    """

    def __init__(self, plan: Plan, tools: MakeTools, about: dict[str, FieldValue]) -> None:
        self._plan, self._tools, self._about = plan, tools, about
        self._start: Receiver | None = None
        self._stop: Receiver | None = None

    def begin(self, starting: Starting, facts: dict[str, FieldValue]) -> None:
        """Builds both stages and hands over the start event; what fails is told to ``starting``."""
        self._start = self._built(self._plan.start_stage, starting)
        if self._start is not None and self._plan.start_stage is not None:
            try:
                self._start.take(START, {**self._about, **facts})
            except StopFault as fault:
                issue = Issue(fault.code, fault.message, self._plan.start_stage.instance)
                starting.refuse(fault, issue)
        built = self._built(self._plan.stop_stage, starting)
        self._stop = None if starting.issues else built

    def _built(self, stage: StagePlan | None, starting: Starting) -> Receiver | None:
        if not waits(stage):
            return None
        assert stage is not None
        return starting.build(stage, lambda: Receiver(stage, self._tools(stage)))

    def close_start(self) -> None:
        """Lets the stage of the start event finish."""
        held, self._start = self._start, None
        if held is not None:
            held.close()

    def end(self, reason: str) -> None:
        """Hands over the stop event, once.

        Raises:
            StopFault: its stage cannot take it.
        """
        held, self._stop = self._stop, None
        if held is None:
            return
        about = {name: value for name, value in self._about.items() if name != "user"}
        try:
            held.take(STOP, {"reason": reason, **about})
        finally:
            held.close()


def waits(stage: StagePlan | None) -> bool:
    """True for a stage that does something with events; the usual one drops them."""
    return stage is not None and not stage.kind.endswith(DROPS_ERRORS)


def tell(stage: StagePlan | None, tools: Tools, kind: str, fields: dict[str, FieldValue]) -> None:
    """Builds the stage, gives it one event and closes it; nothing for one that drops everything.

    Raises:
        StopFault: it cannot take the event.
    """
    if not waits(stage):
        return
    assert stage is not None
    receiver = Receiver(stage, tools)
    receiver.take(kind, fields)
    receiver.close()
