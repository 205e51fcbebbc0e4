"""Field Splitter: one text into several fields."""

from ..errors import InvalidValueError
from ..java.patterns import java_pattern, java_split
from ..plan.model import StagePlan
from ..records.convert import text_code
from ..records.fields import remove_field, set_field
from ..records.paths import MISSING, get
from ..records.record import Record
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import place, text_of


@processor("com_streamsets_pipeline_stage_processor_splitter_SplitterDProcessor")
def field_splitter(plan: StagePlan, tools: Tools) -> Process:
    """What is left over goes to the last field, or piece by piece to a list.

    Raises:
        InvalidValueError: a separator that is no regular expression, no target (SPLITTER_00), an empty one
            (SPLITTER_03).
    """
    given = plan.given
    source, targets = given.text("fieldPath"), given.texts("fieldPathsForSplits")
    to_list = given.text("tooManySplitsAction", "TO_LAST_FIELD") == "TO_LIST"
    strict = given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"
    removes = given.text("originalFieldAction", "REMOVE") == "REMOVE"
    rest_path = given.text("remainingSplitsPath")
    if not targets and not to_list:
        raise InvalidValueError("New Split Fields", (), "at least one field (SPLITTER_00)")
    if not all(path.strip() for path in targets):
        raise InvalidValueError("New Split Fields", targets, "no empty path (SPLITTER_03)")
    separator = java_pattern(given.text("separator", " "))

    def pieces(record: Record) -> list[str] | None:
        held = get(record.value, source)
        if held is MISSING:
            return None
        if text_code(held) is not None:  # type: ignore[arg-type]
            raise RecordFault("SPLITTER_04", f"field {source} cannot be read as text")
        text = text_of(held, source)  # type: ignore[arg-type]
        if text is None:
            return None
        try:
            return java_split(separator, text, 0 if to_list else len(targets))
        except TimeoutError:
            raise RecordFault("SPLITTER_04", f"splitting {source} takes too long") from None

    def handle(record: Record) -> Record:
        found = pieces(record)
        if found is None and strict:
            raise RecordFault("SPLITTER_01", f"field {source} is not there, or null")
        if found is not None and len(found) < len(targets) and strict:
            raise RecordFault("SPLITTER_02", f"{len(found)} pieces for {len(targets)} fields")
        got = found or []
        for at, path in enumerate(targets):
            place(record, path, got[at] if at < len(got) else None, "SPLITTER_05")
        if to_list and len(got) > len(targets):
            set_field(record, rest_path, list(got[len(targets) :]))
        if removes:
            remove_field(record, source)
        return record

    return each(handle)
