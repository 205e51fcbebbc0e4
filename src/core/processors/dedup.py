"""Record Deduplicator: records that were seen before go to the second lane."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from ..errors import InvalidValueError
from ..plan.model import StagePlan
from ..records.paths import expand
from ..records.record import Record
from .api import Out, Process, Tools
from .hashing import content_hash
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_dedup_DeDupDProcessor")
def deduplicator(plan: StagePlan, tools: Tools) -> Process:
    """Lane 0 gets new records, lane 1 those seen among the last ``recordCountWindow`` or within ``timeWindowSecs``.

    The digest of a record stands in one of its header attributes.

    Raises:
        InvalidValueError: a window below its least size (DEDUP_00, DEDUP_01), no fields to compare (DEDUP_02).
    """
    window, seconds = plan.given.integer("recordCountWindow", 1_000_000), plan.given.integer("timeWindowSecs")
    if window <= 0:
        raise InvalidValueError("Max. Records to Compare", window, "at least 1 (DEDUP_00)")
    if seconds < 0:
        raise InvalidValueError("Time to Compare", seconds, "at least 0 (DEDUP_01)")
    key_of = compared(plan)
    attribute = f"Info[instance='{plan.instance}' name='{plan.kind}' version='{plan.version}'].hash"
    seen: OrderedDict[Hashable, int] = OrderedDict()

    def is_new(key: Hashable) -> bool:
        now = tools.now_ms()
        while seen and seconds and next(iter(seen.values())) <= now - seconds * 1000:
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
            record.attributes[attribute] = str(key)
            out.emit(record, 0 if is_new(key) else 1)

    return process


def compared(plan: StagePlan) -> Callable[[Record], Hashable | None]:
    """What gives the part of a record that must not come twice; None when one of the fields is not there.

    Raises:
        InvalidValueError: fields are to be compared, but none is named.
    """
    if plan.given.text("compareFields", "ALL_FIELDS") != "SPECIFIED_FIELDS":
        return lambda record: content_hash(record, None)
    patterns = plan.given.texts("fieldsToCompare")
    if not patterns:
        raise InvalidValueError("Fields to Compare", (), "at least one field (DEDUP_02)")

    def paths(record: Record) -> list[str]:
        return [path for pattern in patterns for path in sorted(expand(record.value, pattern))]

    return lambda record: content_hash(record, paths)
