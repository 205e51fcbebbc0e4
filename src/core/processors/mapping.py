"""Field Mapper: one expression over the values, names or paths of many fields."""

from collections.abc import Callable, Iterator
from typing import Any

from ..el import ElError, EvaluationError
from ..el.coerce import as_text
from ..el.functions.aggregates import Mapped
from ..errors import InvalidValueError
from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.fields import Notes, move_field, notes_of, remove_field, set_field
from ..records.paths import MISSING, NoPlaceError, Parts, UnreachablePathError, get, parse_path, quoted, to_path
from ..records.record import Record, copy_value
from ..records.values import FieldType, FieldValue
from .api import Process, RecordFault, StopFault, Tools, each
from .registry import processor
from .values import as_field

_AROUND = (FieldType.MAP, FieldType.LIST_MAP, FieldType.LIST)
Evaluate = Callable[[Record], Any]


@processor("com_streamsets_pipeline_stage_processor_mapper_FieldMapperDProcessor")
def field_mapper(plan: StagePlan, tools: Tools) -> Process:
    """Values and paths are mapped for leaves, names for every field that has one. ``f:`` functions see the field.

    Fields are visited before what is around them. Old paths are removed when all new ones are set.

    Raises:
        ElError: an expression that cannot be parsed (INVALID_EXPRESSION_04).
    """
    given = plan.given.under("fieldMapperConfig.")
    operate = given.text("operateOn", "FIELD_VALUES")
    condition = given.text("conditionalExpression")
    with_fields = _Fields(tools)
    test = with_fields.expression(condition, truth=True) if condition else None
    mapping = with_fields.expression(given.text("mappingExpression", "${f:value()}"))
    aggregate = given.text("aggregationExpression", "${fields}")
    land = _Landing(plan, tools, with_fields.expression(aggregate) if aggregate else None)
    keeps = given.flag("maintainOriginalPaths")

    def chosen(record: Record, *, names: bool) -> Iterator[str]:
        for path in list(_visited(record.value, "")):
            if not names and kind_of(get(record.value, path)) in _AROUND:
                continue
            if test is not None and not test(record, path):
                continue
            parts = parse_path(path)
            if not names or (parts and not isinstance(_around(record, parts), list)):
                yield path

    def values(record: Record) -> Record:
        for path in chosen(record, names=False):
            set_field(record, path, as_field(mapping(record, path)), {"": _own(record, path)})
        return record

    def renamed(record: Record) -> Record:
        new = [(path, as_text(mapping(record, path))) for path in chosen(record, names=True)]
        for path, name in new:
            parts = parse_path(path)
            if name == parts[-1]:
                continue
            if not name:
                _call_nothing(record, parts, keeps=keeps)
                continue
            target = to_path((*parts[:-1], name))
            if keeps:
                set_field(record, target, copy_value(_at(record, path)), notes_of(record, path))
            else:
                _rename(record, parts, name)
        return record

    def moved(record: Record) -> Record:
        groups: dict[str, list[str]] = {}
        old: list[str] = []
        for path in chosen(record, names=False):
            groups.setdefault(as_text(mapping(record, path)), []).append(path)
            old.append(path)
        for target, paths in groups.items():
            land(record, target, paths)
        if not keeps:
            for path in reversed(old):
                remove_field(record, path)
        return record

    return each({"FIELD_PATHS": moved, "FIELD_NAMES": renamed}.get(operate, values))


class _Fields:
    """Expressions over one field."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def expression(self, text: str, *, truth: bool = False) -> Callable[[Record, str | None], Any]:
        """What evaluates a text for a field of a record."""
        try:
            evaluate: Evaluate = self._tools.predicate(text) if truth else self._tools.evaluate(text)
        except ElError as error:
            raise ElError(error.text, error.position, f"{error.reason} (INVALID_EXPRESSION_04)", error.near) from None

        def of(record: Record, path: str | None) -> Any:
            self._tools.scope.field = path
            try:
                return evaluate(record)
            except EvaluationError as error:
                reason = f"the expression {text[:80]} cannot be evaluated for {path}: {error}"
                raise RecordFault("EXPRESSION_EVALUATION_FAILURE_03", reason) from None

        return of


class _Landing:
    """Puts what was mapped to one path there: an aggregate, or else a single field, or a list."""

    def __init__(self, plan: StagePlan, tools: Tools, gather: Callable[[Record, str | None], Any] | None) -> None:
        given = plan.given.under("fieldMapperConfig.")
        self._tools, self._gather = tools, gather
        self._appends, self._changes = given.flag("appendListValues"), given.flag("structureChangeAllowed", True)

    def __call__(self, record: Record, target: str, paths: list[str]) -> None:
        held = [_at(record, path) for path in paths]
        try:
            if self._gather is not None:
                value, notes = self._aggregate(record, target, paths, held)
                set_field(record, target, value, notes)
            else:
                self._put(record, target, paths, held)
        except (UnreachablePathError, NoPlaceError) as error:
            raise StopFault("FIELD_MAPPER_05", f"{target!r} cannot be reached: {error}") from None
        except InvalidValueError as error:
            reason = f"{target!r} cannot be a field's path: {error}"
            raise RecordFault("INVALID_EVALUATED_FIELD_PATH_02", reason) from None

    def _aggregate(
        self, record: Record, target: str, paths: list[str], held: list[FieldValue]
    ) -> tuple[FieldValue, Notes]:
        assert self._gather is not None
        fields = Mapped(held, paths)
        scope = self._tools.scope
        outside = scope.parameters
        scope.parameters = {**outside, "fields": fields}
        try:
            made = self._gather(record, target)
        finally:
            scope.parameters = outside
        notes = _list_notes(record, paths) if made is fields else {}
        return as_field(list(made) if isinstance(made, Mapped) else made), notes

    def _put(self, record: Record, target: str, paths: list[str], held: list[FieldValue]) -> None:
        there = get(record.value, target)
        notes = _list_notes(record, paths)
        if isinstance(there, list):
            start = len(there) if self._appends else 0
            if not self._appends:
                for at in reversed(range(len(there))):
                    remove_field(record, f"{target}[{at}]")
            for at, value in enumerate(held):
                below = f"[{at}]"
                own = {key[len(below) :]: note for key, note in notes.items() if key.startswith(below)}
                set_field(record, f"{target}[{start + at}]", copy_value(value), own)
        elif self._changes and len(held) == 1:
            set_field(record, target, copy_value(held[0]), notes_of(record, paths[0]))
        elif self._changes:
            set_field(record, target, copy_value(held), notes)


def _list_notes(record: Record, paths: list[str]) -> Notes:
    """The attributes of fields that become the elements of a list."""
    if not record.notes:
        return {}
    return {f"[{at}]{below}": note for at, path in enumerate(paths) for below, note in notes_of(record, path).items()}


def _own(record: Record, path: str) -> dict[str, str]:
    return dict(record.notes.get(to_path(parse_path(path)), {})) if record.notes else {}


def _at(record: Record, path: str) -> FieldValue:
    return get(record.value, path)  # type: ignore[return-value]


def _around(record: Record, parts: Parts) -> object:
    return get(record.value, to_path(parts[:-1]))


def _rename(record: Record, parts: Parts, name: str) -> None:
    around = _around(record, parts)
    old = to_path(parts)
    if get(record.value, old) is MISSING or not isinstance(around, dict):
        return
    move_field(record, old, to_path((*parts[:-1], name)))


def _call_nothing(record: Record, parts: Parts, *, keeps: bool) -> None:
    """Gives a field the empty name, which no path can tell."""
    around, held = _around(record, parts), get(record.value, to_path(parts))
    if held is MISSING or not isinstance(around, dict):
        return
    if not keeps:
        remove_field(record, to_path(parts))
    around[""] = copy_value(held)  # type: ignore[arg-type]


def _visited(value: FieldValue, path: str) -> Iterator[str]:
    """Every path, what is in a field before the field itself."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _visited(item, f"{path}/{quoted(name)}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _visited(item, f"{path}[{at}]")
    yield path
