"""Field Remover: removes fields, or keeps only some."""

from ..java.text import java_string
from ..plan.model import StagePlan
from ..records.fields import remove_field
from ..records.paths import MISSING, all_paths, expand, get
from ..records.record import Record
from ..records.values import FileRef, Null
from .api import Process, Tools, each
from .registry import processor
from .selecting import selector


@processor("com_streamsets_pipeline_stage_processor_fieldfilter_FieldFilterDProcessor")
def field_remover(plan: StagePlan, tools: Tools) -> Process:
    """What goes is removed from the end to the front, so that indexes stay right; missing fields are passed over.

    A constant is compared with the text form of numbers and other scalars too, as engines from 5.11 on do it.
    """
    action, constant = plan.given.text("filterOperation", "REMOVE"), plan.given.text("constant")
    selects = [(pattern, selector(tools, pattern)) for pattern in plan.given.texts("fields")]

    def wanted(value: object) -> bool:
        null = value is None or isinstance(value, Null)
        if action == "REMOVE_NULL":
            return null
        if action == "REMOVE_EMPTY":
            return value == ""
        if action == "REMOVE_NULL_EMPTY":
            return null or value == ""
        return not null and _text(value) == constant if action == "REMOVE_CONSTANT" else True

    def kept(record: Record) -> list[str]:
        """The paths that go when some are kept with their parents and what is below them."""
        doomed = dict.fromkeys(all_paths(record.value))
        for pattern, select in selects:
            chosen = [path for parent in _parents(pattern) for path in expand(record.value, parent)]
            matched = select(record)
            for path in [*chosen, *matched]:
                doomed.pop(path, None)
            for path in [other for other in doomed if any(_is_below(other, path) for path in matched)]:
                del doomed[path]
        return list(doomed)

    def handle(record: Record) -> Record:
        if action == "KEEP":
            doomed = kept(record)
        else:
            listed = dict.fromkeys(path for _, select in selects for path in select(record))
            doomed = [path for path in listed if wanted(get(record.value, path))]
        for path in reversed(doomed):
            remove_field(record, path)
        return record

    return each(handle)


def _text(value: object) -> str | None:
    """The text form of a scalar; None for what holds others, and for bytes and files."""
    around = isinstance(value, (dict, list, bytes, FileRef)) or value is MISSING
    return None if around else java_string(value)


def _parents(pattern: str) -> list[str]:
    """What stands before every slash and bracket of a selector, as the original takes it apart."""
    return [pattern[:at] for at, char in enumerate(pattern) if char in "/["]


def _is_below(path: str, kept: str) -> bool:
    """True for a path that begins with a kept one and is deeper."""
    return (path.count("/"), path.count("[")) != (kept.count("/"), kept.count("[")) and path.startswith(kept)
