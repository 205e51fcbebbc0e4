"""Record Deduplicator: records that were seen before go to the second lane."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from ..plan.model import StagePlan
from ..records.paths import MISSING, get
from ..records.record import Record
from ..records.values import FieldValue
from .api import Out, Process, Tools
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_dedup_DeDupDProcessor")
def deduplicator(plan: StagePlan, tools: Tools) -> Process:
    """Lane 0 gets new records, lane 1 those seen among the last ``recordCountWindow`` or within ``timeWindowSecs``."""
    window = max(1, plan.given.integer("recordCountWindow", 1_000_000))
    seconds = plan.given.integer("timeWindowSecs")
    key_of = compared(plan)
    seen: OrderedDict[Hashable, int] = OrderedDict()

    def is_new(key: Hashable) -> bool:
        now = tools.now_ms()
        while seen and seconds and next(iter(seen.values())) < now - seconds * 1000:
            seen.popitem(last=False)
        if key in seen:
            return False
        seen[key] = now
        if len(seen) > window:
            seen.popitem(last=False)
        return True

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            key = key_of(record)
            if key is None:
                paths = plan.given.texts("fieldsToCompare")
                out.error(record, "DEDUP_04", f"one of the fields {', '.join(paths)} is not there")
                continue
            out.emit(record, 0 if is_new(key) else 1)

    return process


def compared(plan: StagePlan) -> Callable[[Record], Hashable | None]:
    """What gives the part of a record that must not come twice; None when one of the fields is not there."""
    chosen = plan.given.text("compareFields", "ALL_FIELDS") == "SPECIFIED_FIELDS"
    paths = plan.given.texts("fieldsToCompare") if chosen else ()

    def key_of(record: Record) -> Hashable | None:
        values = [get(record.value, path) for path in paths] if chosen else [record.value]
        if any(value is MISSING for value in values):
            return None
        return tuple(_key(value) for value in values)  # type: ignore[arg-type]

    return key_of


def _key(value: FieldValue) -> Hashable:
    if isinstance(value, dict):
        return tuple(_key(value[name]) for name in sorted(value))
    if isinstance(value, list):
        return tuple(map(_key, value))
    return (type(value).__name__, value)
