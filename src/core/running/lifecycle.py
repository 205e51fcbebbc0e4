"""The event of a start or an end of a run, handed to the stage that waits for it."""

from ..plan.model import StagePlan
from ..processors.api import Out, StopFault, Tools
from ..processors.registry import find
from ..records.record import event
from ..records.values import FieldValue
from .stages import DROPS_ERRORS, close_process

ENTITY = "$com.streamsets.datacollector.pollsource.offset$"
"""The name that the offset of an origin is kept under."""


def tell(stage: StagePlan | None, tools: Tools, kind: str, fields: dict[str, FieldValue]) -> None:
    """Builds the stage, gives it one event and closes it; nothing for one that drops everything.

    Raises:
        StopFault: it cannot take the event.
    """
    if stage is None or stage.kind.endswith(DROPS_ERRORS):
        return
    build = find(stage.kind)
    if build is None:
        raise StopFault("PENSTOCK_0101", f"there is no code for {stage.label} ({stage.kind})")
    process, out, at_ms = build(stage, tools), Out(0, tools.now_ms), tools.now_ms()
    process([event(f"{kind}:{at_ms}", kind, 1, fields, at_ms)], out)
    close_process(process, out)
    if out.errors:
        raise StopFault(out.errors[0].code, f"{stage.label}: {out.errors[0].message}")
