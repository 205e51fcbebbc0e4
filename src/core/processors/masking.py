"""Field Masker: hides texts wholly or partly."""

from collections.abc import Callable

import regex

from ..errors import InvalidValueError
from ..plan.given import Given
from ..plan.model import StagePlan
from ..records.paths import MISSING, expand, get, put
from ..records.record import Record
from ..records.values import Null
from .api import Process, RecordFault, Tools, each
from .registry import processor

FIXED = "x" * 10
TIMEOUT_S = 1.0


@processor("com_streamsets_pipeline_stage_processor_fieldmask_FieldMaskDProcessor")
def field_masker(plan: StagePlan, tools: Tools) -> Process:
    """Texts are masked by length, by a pattern of one's own or by a regular expression; null and missing stay."""
    rules = [(row.texts("fields"), _mask(row)) for row in plan.given.rows("fieldMaskConfigs")]

    def handle(record: Record) -> Record:
        for patterns, mask in rules:
            for path in [path for pattern in patterns for path in expand(record.value, pattern)]:
                value = get(record.value, path)
                if value is MISSING or value is None or isinstance(value, Null):
                    continue
                if not isinstance(value, str):
                    raise RecordFault("MASK_00", f"field {path} is no text, so it cannot be masked")
                record.value = put(record.value, path, mask(value))
        return record

    return each(handle)


def _mask(row: Given) -> Callable[[str], str]:
    kind = row.text("maskType", "VARIABLE_LENGTH")
    if kind == "FIXED_LENGTH":
        return lambda _text: FIXED
    if kind == "CUSTOM":
        pattern = row.text("mask")
        return lambda text: "".join(char if sign == "#" else sign for char, sign in zip(text, pattern, strict=False))
    return _by_groups(row) if kind == "REGEX" else lambda text: "x" * len(text)


def _by_groups(row: Given) -> Callable[[str], str]:
    try:
        pattern = regex.compile(row.text("regex", "(.*)"))
    except regex.error as error:
        raise InvalidValueError("regex", row.text("regex"), f"a regular expression ({error})") from None
    shown = [int(part) for part in row.text("groupsToShow", "1").split(",") if part.strip().isdigit()]

    def mask(text: str) -> str:
        try:
            found = pattern.fullmatch(text, timeout=TIMEOUT_S)
        except TimeoutError:
            raise RecordFault("MASK_00", f"the regular expression took longer than {TIMEOUT_S:g} s") from None
        if found is None:
            return text
        masked = ["x"] * len(text)
        for group in shown:
            if group <= pattern.groups and found.start(group) >= 0:
                masked[found.start(group) : found.end(group)] = text[found.start(group) : found.end(group)]
        return "".join(masked)

    return mask
