"""Field Masker: hides texts wholly or partly."""

from collections.abc import Callable

from ..errors import InvalidValueError
from ..java.patterns import bounded, java_pattern
from ..plan.given import Given
from ..plan.model import StagePlan
from ..records.fields import set_field
from ..records.paths import MISSING, get
from ..records.record import Record
from ..records.values import Char
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .selecting import selectors

FIXED = "x" * 10


@processor("com_streamsets_pipeline_stage_processor_fieldmask_FieldMaskDProcessor")
def field_masker(plan: StagePlan, tools: Tools) -> Process:
    """Texts are masked by length, by a pattern of one's own or by a regular expression; null and missing stay."""
    rules = [
        (selectors(tools, row.texts("fields")), _mask(row))
        for row in plan.given.rows("fieldMaskConfigs")
        if row.texts("fields")
    ]

    def handle(record: Record) -> Record:
        wrong: list[str] = []
        for select, mask in rules:
            for path in select(record):
                value = get(record.value, path)
                if isinstance(value, str) and not isinstance(value, Char):
                    set_field(record, path, mask(value))
                elif value is not MISSING and value is not None:
                    wrong.append(path)
        if wrong:
            raise RecordFault("MASK_00", f"these fields are no texts, so they cannot be masked: {', '.join(wrong)}")
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
    pattern = java_pattern(row.text("regex", "(.*)"))
    if not pattern.groups:
        raise InvalidValueError("Regular Expression", row.text("regex"), "at least one group (MASK_03)")
    shown = _shown(row.text("groupsToShow", "1"), pattern.groups)

    def mask(text: str) -> str:
        try:
            found = bounded(pattern.fullmatch, text)
        except TimeoutError:
            raise RecordFault("MASK_00", "the regular expression takes too long") from None
        if found is None:
            return text
        masked = ["x"] * len(text)
        for group in shown:
            if found.start(group) >= 0:
                masked[found.start(group) : found.end(group)] = text[found.start(group) : found.end(group)]
        return "".join(masked)

    return mask


def _shown(text: str, groups: int) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not text.strip():
        raise InvalidValueError("Groups to Show", text, "at least one group (MASK_02)")
    if any(not part.isascii() or not part.isdigit() or not 0 < int(part) <= groups for part in parts):
        raise InvalidValueError("Groups to Show", text, f"groups from 1 to {groups} (MASK_01)")
    return sorted(map(int, parts))
