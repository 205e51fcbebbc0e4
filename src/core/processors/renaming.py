"""Field Renamer: fields whose path fits a pattern get another path."""

import regex

from ..el import EvaluationError
from ..errors import InvalidValueError
from ..plan.model import StagePlan
from ..records.paths import UnreachablePathError, all_paths, delete, get, has, parse_path, put
from ..records.record import Record
from .api import Process, RecordFault, Tools, each
from .registry import processor

MATCH_S = 1.0


@processor("com_streamsets_pipeline_stage_processor_fieldrenamer_FieldRenamerDProcessor")
def field_renamer(plan: StagePlan, tools: Tools) -> Process:
    """``$1`` in the target is what the first group found; expressions in it are evaluated per field.

    Raises:
        InvalidValueError: a pattern that cannot be read (FIELD_RENAMER_02).
    """
    rows = plan.given.rows("renameMapping")
    pairs = [(_pattern(row.text("fromFieldExpression")), row.text("toFieldExpression")) for row in rows]
    handling = plan.given.under("errorHandler.")
    strict = handling.text("nonExistingFromFieldHandling", "TO_ERROR") == "TO_ERROR"
    existing = handling.text("existingToFieldHandling", "TO_ERROR")
    multiple = handling.text("multipleFromFieldsMatching", "TO_ERROR")

    def targets(record: Record) -> dict[str, str]:
        found: dict[str, str] = {}
        twice: set[str] = set()
        for pattern, target in pairs:
            fits = [(path, match) for path in all_paths(record.value) if (match := _match(pattern, path)) is not None]
            if not fits and strict:
                raise RecordFault("FIELD_RENAMER_00", f"no field fits {pattern.pattern}")
            for path, match in fits:
                if path in found:
                    twice.add(path)
                found[path] = _filled(target, match, record, tools)
        if twice and multiple == "TO_ERROR":
            raise RecordFault("FIELD_RENAMER_03", f"several patterns fit {', '.join(sorted(twice))}")
        return {path: target for path, target in found.items() if path not in twice}

    def handle(record: Record) -> Record:
        wanted = targets(record)
        taken: list[str] = []
        # list elements from the end, so that indexes stay right
        for path in sorted(wanted, key=lambda each: _order(each), reverse=True):
            target = wanted[path]
            if target == path:
                continue
            if has(record.value, target):
                if existing == "TO_ERROR":
                    taken.append(target)
                    continue
                if existing == "CONTINUE":
                    continue
                if existing == "APPEND_NUMBERS":
                    target = _numbered(record, target)
            _move(record, path, target)
        if taken:
            raise RecordFault("FIELD_RENAMER_01", f"there is a field {', '.join(reversed(taken))} already")
        return record

    return each(handle)


def _order(path: str) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (-1, "") for part in parse_path(path))


def _move(record: Record, path: str, target: str) -> None:
    value = get(record.value, path)
    try:
        parse_path(target)
        if parse_path(target)[: len(parse_path(path))] == parse_path(path):
            raise UnreachablePathError(target)
        record.value = put(record.value, target, value)  # type: ignore[arg-type]
    except InvalidValueError as error:
        raise RecordFault("FIELD_RENAMER_04", f"{path} cannot be moved to {target}: {error}") from None
    delete(record.value, path)


def _numbered(record: Record, target: str) -> str:
    number = 1
    while has(record.value, f"{target}{number}"):
        number += 1
    return f"{target}{number}"


def _pattern(text: str) -> "regex.Pattern[str]":
    """A pattern over whole paths: ``/*`` is one name, ``[*]`` any index, ``[(n)]`` an index that is a group."""
    pieces = regex.split(r"(\[\*\]|\[\(\*\)\]|\[\(?\d+\)?\]|/\(\*\)|/\*(?=/|\[|$)|'[^']*')", text)
    made: list[str] = []
    for piece in pieces:
        if piece == "[*]":
            made.append(r"\[\d+\]")
        elif piece == "[(*)]":
            made.append(r"\[(\d+)\]")
        elif piece == "/(*)":
            made.append(r"/([^/\[]+)")
        elif regex.fullmatch(r"\[\(\d+\)\]", piece):
            made.append(rf"\[({piece[2:-2]})\]")
        elif regex.fullmatch(r"\[\d+\]", piece):
            made.append(rf"\[{piece[1:-1]}\]")
        elif piece == "/*":
            made.append(r"/[^/\[]+")
        elif piece.startswith("'"):
            made.append(piece.replace("|", r"\|"))
        else:
            made.append(piece)
    try:
        return regex.compile("".join(made))
    except regex.error as error:
        raise InvalidValueError("Source Field Expression", text, f"a regular expression ({error})") from None


def _match(pattern: "regex.Pattern[str]", path: str) -> "regex.Match[str] | None":
    try:
        return pattern.fullmatch(path, timeout=MATCH_S)
    except TimeoutError:
        raise RecordFault("FIELD_RENAMER_02", f"the pattern {pattern.pattern} takes too long on {path}") from None


def _filled(target: str, match: "regex.Match[str]", record: Record, tools: Tools) -> str:
    groups = [match.group(0), *match.groups()]
    for number in range(len(groups) - 1, -1, -1):
        target = target.replace(f"${number}", groups[number] or "")
    if "${" not in target:
        return target
    try:
        return str(tools.evaluate(target)(record))
    except EvaluationError as error:
        raise RecordFault("FIELD_RENAMER_04", f"the target {target} cannot be evaluated: {error}") from None
