"""Field Remover: removes fields, or keeps only some."""

from ..plan.model import StagePlan
from ..records.paths import all_paths, delete, expand, get, parse_path, to_path
from ..records.record import Record
from ..records.values import FieldValue, Null
from .api import Process, Tools, each
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_fieldfilter_FieldFilterDProcessor")
def field_remover(plan: StagePlan, tools: Tools) -> Process:
    """What goes is removed from the end to the front, so that indexes stay right; missing fields are passed over."""
    action, fields = plan.given.text("filterOperation", "REMOVE"), plan.given.texts("fields")
    constant = plan.given.text("constant")

    def wanted(value: object) -> bool:
        null = value is None or isinstance(value, Null)
        if action == "REMOVE_NULL":
            return null
        if action == "REMOVE_EMPTY":
            return value == ""
        if action == "REMOVE_NULL_EMPTY":
            return null or value == ""
        return isinstance(value, str) and value == constant if action == "REMOVE_CONSTANT" else True

    def handle(record: Record) -> Record:
        listed = [path for pattern in fields for path in expand(record.value, pattern)]
        if action == "KEEP":
            doomed = _not_kept(record.value, listed)
        else:
            doomed = {to_path(parse_path(path)) for path in listed}
        for path in [path for path in all_paths(record.value) if path in doomed and path][::-1]:
            if wanted(get(record.value, path)):
                delete(record.value, path)
        return record

    return each(handle)


def _not_kept(value: FieldValue, listed: list[str]) -> set[str]:
    """Every path that is neither listed, nor around a listed one, nor below one."""
    kept = {parse_path(path) for path in listed}
    around = {parts[:count] for parts in kept for count in range(len(parts))}
    doomed: set[str] = set()
    for path in all_paths(value):
        parts = parse_path(path)
        below = any(parts[:count] in kept for count in range(len(parts) + 1))
        if not below and parts not in around:
            doomed.add(path)
    return doomed
