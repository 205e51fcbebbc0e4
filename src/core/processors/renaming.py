"""Field Renamer: fields whose path fits a pattern get another path."""

import re
from collections import OrderedDict

import attrs

from ..el import EvaluationError
from ..el.coerce import as_text
from ..errors import InvalidValueError
from ..java.patterns import Match, Pattern, bounded, java_pattern
from ..plan.model import StagePlan
from ..records.fields import move_field
from ..records.paths import UnreachablePathError, all_paths, has, parse_path, to_path
from ..records.record import Record
from .api import Process, RecordFault, StopFault, Tools, each
from .registry import processor

KNOWN_SHAPES = 500


@attrs.frozen
class _Found:
    """What the patterns mean for records with the same paths."""

    moves: tuple[tuple[str, str], ...]
    unmatched: tuple[str, ...]
    ambiguous: tuple[str, ...]
    entangled: bool
    """True when a move changes where the source of another one is."""


@processor("com_streamsets_pipeline_stage_processor_fieldrenamer_FieldRenamerDProcessor")
def field_renamer(plan: StagePlan, tools: Tools) -> Process:
    """``$1`` in the target is what the first group found; expressions in it are evaluated per field.

    Sources are the fields as they are in the record that comes in, wherever earlier moves have taken them. The
    renaming is done before faults are told, so a refused record shows how far it came.

    Raises:
        InvalidValueError: a pattern that cannot be read (FIELD_RENAMER_02).
    """
    rows = plan.given.rows("renameMapping")
    pairs = [(_pattern(row.text("fromFieldExpression")), row.text("toFieldExpression")) for row in rows]
    handling = plan.given.under("errorHandler.")
    strict = handling.text("nonExistingFromFieldHandling", "TO_ERROR") == "TO_ERROR"
    existing = handling.text("existingToFieldHandling", "TO_ERROR")
    multiple = handling.text("multipleFromFieldsMatching", "TO_ERROR")
    known: OrderedDict[tuple[str, ...], _Found] = OrderedDict()

    def found(record: Record) -> _Found:
        paths = tuple(all_paths(record.value))
        if paths not in known:
            known[paths] = _find(pairs, paths, tools)
            if len(known) > KNOWN_SHAPES:
                known.popitem(last=False)
        return known[paths]

    def handle(record: Record) -> Record:
        what = found(record)
        taken: list[str] = []
        done: list[tuple[str, str]] = []
        for source, wanted in what.moves:
            path, target = _now(source, done), wanted
            if _is_there(record, target):
                if existing == "TO_ERROR":
                    taken.append(target)
                    continue
                if existing == "CONTINUE":
                    continue
                if existing == "APPEND_NUMBERS":
                    target = _numbered(record, target)
            if target != path:
                _move(record, path, target)
                if what.entangled:
                    done.append((path, target))
        if what.unmatched and strict:
            raise RecordFault("FIELD_RENAMER_00", f"no field fits {', '.join(what.unmatched)}")
        if what.ambiguous and multiple == "TO_ERROR":
            fields = ", ".join(what.ambiguous)
            raise RecordFault("FIELD_RENAMER_03", f"Same fields matched by multiple expressions: {fields}")
        if taken:
            raise RecordFault("FIELD_RENAMER_01", f"there is a field {', '.join(taken)} already")
        return record

    return each(handle)


def _find(pairs: list[tuple[Pattern, str]], paths: tuple[str, ...], tools: Tools) -> _Found:
    moves: dict[str, str] = {}
    twice: dict[str, None] = {}
    unmatched: list[str] = []
    for pattern, target in pairs:
        fits = [(path, match) for path in paths if (match := _match(pattern, path)) is not None]
        if not fits:
            unmatched.append(pattern.pattern)
        for path, match in _ordered(fits):
            to = _filled(target, match, tools)
            if path in moves:
                twice[path] = None
            else:
                moves[path] = to
    left = tuple(each for each in moves.items() if each[0] not in twice)
    return _Found(left, tuple(unmatched), tuple(twice), _entangled([path for path, _ in left]))


def _entangled(sources: list[str]) -> bool:
    steps = {parse_path(path) for path in sources}
    return len(steps) > 1 and any(
        isinstance(parts[-1], int) or any(parts[:at] in steps for at in range(len(parts))) for parts in steps if parts
    )


def _now(path: str, done: list[tuple[str, str]]) -> str:
    """Where a field is after some moves: it went with its parent, and elements before it in its list are gone."""
    if not done:
        return path
    parts = parse_path(path)
    for source, target in done:
        gone = parse_path(source)
        last = len(gone) - 1
        if parts[: last + 1] == gone:
            parts = (*parse_path(target), *parts[last + 1 :])
        elif parts[:last] == gone[:last] and len(parts) > last and _is_behind(parts[last], gone[last]):
            parts = (*parts[:last], int(parts[last]) - 1, *parts[last + 1 :])
    return to_path(parts)


def _is_behind(part: str | int, gone: str | int) -> bool:
    return isinstance(part, int) and isinstance(gone, int) and part > gone


def _ordered(fits: list[tuple[str, Match]]) -> list[tuple[str, Match]]:
    """Elements of a list from the last to the first, so that indexes stay right; others as they come."""
    ranks: dict[tuple[str | int, ...], int] = {}

    def key(path: str) -> tuple[int, ...]:
        parts = parse_path(path)
        return tuple(
            -part if isinstance(part, int) else ranks.setdefault(parts[: at + 1], len(ranks))
            for at, part in enumerate(parts)
        )

    keys = {path: key(path) for path, _ in fits}
    return sorted(fits, key=lambda each: keys[each[0]])


def _is_there(record: Record, target: str) -> bool:
    try:
        return has(record.value, target)
    except InvalidValueError as error:
        raise StopFault("FIELD_RENAMER_04", f"{target!r} is no field path: {error}") from None


def _move(record: Record, path: str, target: str) -> None:
    try:
        if parse_path(target)[: len(parse_path(path))] == parse_path(path):
            raise UnreachablePathError(target)
        move_field(record, path, target)
    except UnreachablePathError as error:
        raise RecordFault("FIELD_RENAMER_04", f"Cannot set value in field {target} from {path}: {error}") from None


def _numbered(record: Record, target: str) -> str:
    number = 1
    while _is_there(record, f"{target}{number}"):
        number += 1
    return f"{target}{number}"


def _pattern(text: str) -> Pattern:
    """A pattern over whole paths: ``/*`` is one name, ``[*]`` any index, ``[(n)]`` an index that is a group.

    A ``|`` inside single quotes is no alternative.
    """
    made = re.sub(r"\[(\(?)\*(\)?)\]", r"\\[\1\\d+\2\\]", text)
    made = re.sub(r"\[(\(?)(\d+)(\)?)\]", r"\\[\1\2\3\\]", made)
    made = re.sub(r"(/\(?)\*(\)?)", r"\1[^\\/\\[]+\2", made)
    pieces = made.split("'")
    for at in range(1, len(pieces), 2):
        pieces[at] = pieces[at].replace("|", r"\|")
    try:
        return java_pattern("'".join(pieces))
    except InvalidValueError as error:
        raise InvalidValueError("Source Field Expression", text, f"{error.expected} (FIELD_RENAMER_02)") from None


def _match(pattern: Pattern, path: str) -> Match | None:
    try:
        return bounded(pattern.fullmatch, path)
    except TimeoutError:
        raise StopFault("FIELD_RENAMER_05", f"the pattern {pattern.pattern} takes too long on {path}") from None


def _filled(target: str, match: Match, tools: Tools) -> str:
    for number in range(len(match.groups()) + 1):
        target = target.replace(f"${number}", match.group(number) or "")
    if "${" not in target:
        return target
    tools.scope.record = tools.scope.field = None
    try:
        return as_text(tools.evaluate(target)(Record()))
    except EvaluationError as error:
        raise StopFault("FIELD_RENAMER_05", f"the target {target} cannot be evaluated: {error}") from None
