"""Field Splitter: one text into several fields."""

import regex

from ..errors import InvalidValueError
from ..plan.model import StagePlan
from ..records.paths import MISSING, delete, get
from ..records.record import Record
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import place, text_of

SPLIT_S = 1.0


@processor("com_streamsets_pipeline_stage_processor_splitter_SplitterDProcessor")
def field_splitter(plan: StagePlan, tools: Tools) -> Process:
    """What is left over goes to the last field, or piece by piece to a list.

    Raises:
        InvalidValueError: a separator that is no regular expression.
    """
    given = plan.given
    source, targets = given.text("fieldPath"), given.texts("fieldPathsForSplits")
    to_list = given.text("tooManySplitsAction", "TO_LAST_FIELD") == "TO_LIST"
    strict = given.text("onStagePreConditionFailure", "TO_ERROR") == "TO_ERROR"
    removes = given.text("originalFieldAction", "REMOVE") == "REMOVE"
    rest_path = given.text("remainingSplitsPath")
    try:
        separator = regex.compile(given.text("separator", " "))
    except regex.error as error:
        raise InvalidValueError("Separator", given.text("separator"), f"a regular expression ({error})") from None

    def pieces(text: str) -> list[str]:
        try:
            found: list[str] = separator.split(text, 0 if to_list else max(0, len(targets) - 1), timeout=SPLIT_S)
        except TimeoutError:
            raise RecordFault("SPLITTER_04", f"splitting {source} takes too long") from None
        if separator.groups:  # groups of the separator are no pieces
            found = found[:: separator.groups + 1]
        if not to_list and len(targets) == 1:
            return [text]
        while to_list and len(found) > 1 and found[-1] == "":
            found.pop()
        return found

    def handle(record: Record) -> Record:
        held = get(record.value, source)
        text = None if held is MISSING else text_of(held, source)  # type: ignore[arg-type]
        if text is None:
            if strict:
                raise RecordFault("SPLITTER_01", f"field {source} is not there, or null")
            for path in targets:
                place(record, path, None, "SPLITTER_05")
            return record
        found = pieces(text)
        if len(found) < len(targets) and strict:
            raise RecordFault("SPLITTER_02", f"{len(found)} pieces for {len(targets)} fields")
        for at, path in enumerate(targets):
            place(record, path, found[at] if at < len(found) else None, "SPLITTER_05")
        if to_list and rest_path and len(found) > len(targets):
            place(record, rest_path, list(found[len(targets) :]), "SPLITTER_05")
        if removes and source not in targets:
            delete(record.value, source)
        return record

    return each(handle)
