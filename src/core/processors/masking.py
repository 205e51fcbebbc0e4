"""Field Masker: hides texts wholly or partly."""

from collections.abc import Callable
from itertools import groupby

from ..errors import InvalidValueError
from ..java.patterns import bounded, java_pattern
from ..plan.given import Given
from ..plan.model import StagePlan
from ..records.fields import set_field
from ..records.paths import MISSING, get
from ..records.record import Record
from ..records.rows import Rows
from ..records.values import Char, FieldValue
from .api import Out, Process, RecordFault, Tools, TwoForms, each
from .in_rows import Refused, names_of, parent_of, put_out_kept
from .registry import processor
from .selecting import selectors

FIXED = "x" * 10


@processor("com_streamsets_pipeline_stage_processor_fieldmask_FieldMaskDProcessor")
def field_masker(plan: StagePlan, tools: Tools) -> Process:
    """Texts are masked by length, by a pattern of one's own or by a regular expression; null and missing stay."""
    given = [(row.texts("fields"), _mask(row)) for row in plan.given.rows("fieldMaskConfigs") if row.texts("fields")]
    rules = [(selectors(tools, patterns), mask) for patterns, mask in given]

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

    general = each(handle)
    known = [(names_of(pattern), mask) for patterns, mask in given for pattern in patterns]
    paths = {names: mask for names, mask in known if names is not None}
    return TwoForms(general, _in_rows(paths, handle, general)) if len(paths) == len(known) else general


def _in_rows(
    paths: dict[tuple[str, ...], Callable[[str], str]], handle: Callable[[Record], Record], general: Process
) -> Callable[[Rows, Out], None]:
    """The same for rows; one in which a field is no text is handled as a record."""
    rules = [(names, names[-1], mask) for names, mask in paths.items()]

    def one(value: FieldValue) -> bool:
        found: list[tuple[dict[str, FieldValue], str, str]] = []
        for names, name, mask in rules:
            parent = value if len(names) == 1 else parent_of(value, names)
            held = parent.get(name) if isinstance(parent, dict) else None
            if type(held) is str:
                found.append((parent, name, mask(held)))  # type: ignore[arg-type]
            elif held is not None:
                return False
        for parent, name, masked in found:
            parent[name] = masked
        return True

    def several(rows: Rows, refused: list[Refused]) -> None:
        for number, value in enumerate(rows.values):
            try:
                done = one(value)
            except RecordFault:
                done = False
            if not done:
                _refusable(handle, rows, number, refused)

    def single(rows: Rows, refused: list[Refused]) -> None:
        _, name, mask = rules[0]
        by_length = mask is _crossed_out
        for number, value in enumerate(rows.values):
            held = value.get(name)  # type: ignore[union-attr]
            try:
                if type(held) is str:
                    value[name] = "x" * len(held) if by_length else mask(held)  # type: ignore[index, call-overload]
                elif held is not None:
                    handle(rows.record(number))
            except RecordFault as fault:
                refused.append((number, fault.code, fault.message))

    go_through = single if len(rules) == 1 and len(rules[0][0]) == 1 else several

    def process(rows: Rows, out: Out) -> None:
        if not rows.are_maps:
            general(rows.records(), out)
            return
        refused: list[Refused] = []
        go_through(rows, refused)
        put_out_kept(rows, refused, out)

    return process


def _refusable(handle: Callable[[Record], Record], rows: Rows, number: int, refused: list[Refused]) -> None:
    try:
        handle(rows.record(number))
    except RecordFault as fault:
        refused.append((number, fault.code, fault.message))


def _mask(row: Given) -> Callable[[str], str]:
    kind = row.text("maskType", "VARIABLE_LENGTH")
    if kind == "FIXED_LENGTH":
        return lambda _text: FIXED
    if kind == "CUSTOM":
        return _by_signs(row.text("mask"))
    return _by_groups(row) if kind == "REGEX" else _crossed_out


def _crossed_out(text: str) -> str:
    return "x" * len(text)


def _by_signs(pattern: str) -> Callable[[str], str]:
    """Every ``#`` shows the character in its place, every other sign stands for itself; what is longer is cut."""
    parts: list[slice | str] = []
    at = 0
    for shows, run in groupby(pattern, lambda sign: sign == "#"):
        signs = "".join(run)
        parts.append(slice(at, at + len(signs)) if shows else signs)
        at += len(signs)

    def mask(text: str) -> str:
        masked = "".join([part if type(part) is str else text[part] for part in parts])  # type: ignore[index]
        return masked[: len(text)]

    return mask


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
