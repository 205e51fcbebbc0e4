"""Stream Selector: every record to the lanes whose condition is true."""

from collections.abc import Callable
from functools import cache
from operator import not_

from ..el import ElError, EvaluationError, parse_template
from ..el.source import Source, function_of
from ..plan.model import StagePlan
from ..plan.unfit import Checks
from ..records.record import Record, copy_value
from ..records.rows import Rows
from ..records.values import FieldValue
from .api import Out, Process, Tools, TwoForms
from .in_rows import Refused
from .registry import processor

_SETTING = "lanePredicates"


@processor("com_streamsets_pipeline_stage_processor_selector_SelectorDProcessor")
def stream_selector(plan: StagePlan, tools: Tools) -> Process:
    """A copy to every lane whose condition is true; to the last lane, the default, only when none is.

    Raises:
        UnfitError: no condition (SELECTOR_00), more or fewer than lanes (01), a lane that there is not (02), a
            condition that cannot be read (03) or is no expression (08), or not the default at the end (07).
    """
    rows = [(row.text("outputLane"), row.text("predicate")) for row in plan.given.rows("lanePredicates")]
    checks = Checks()
    lanes = _lanes(rows, plan.outputs, checks)
    tests = _tests([text for _, text in rows[:-1]], tools, checks)
    checks.done()
    conditions = [(lane, text, test) for lane, (_, text), test in zip(lanes[:-1], rows, tests, strict=False)]
    default = lanes[-1]

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            taken = 0
            for lane, text, condition in conditions:
                try:
                    fits = condition(record)
                except EvaluationError as error:
                    out.error(record.copy() if taken else record, "SELECTOR_09", _unevaluated(text, error))
                    taken += 1
                    break
                if fits:
                    out.emit(record.copy() if taken else record, lane)
                    taken += 1
            if not taken:
                out.emit(record, default)

    return TwoForms(process, _in_rows([(lane, text) for lane, text, _ in conditions], default, tools, process))


def _lanes(rows: list[tuple[str, str]], outputs: tuple[str, ...], checks: Checks) -> list[int]:
    """The number of every condition's lane; in a flow that came from a fragment a lane has more before its name."""
    if checks.that(bool(rows), "SELECTOR_00", _SETTING, "there is no condition, not even the default"):
        text = f"there are {len(rows)} conditions for {len(outputs)} output lanes"
        checks.that(len(rows) == len(outputs), "SELECTOR_01", _SETTING, text)
    checks.done()
    found = [_lane(name, outputs) for name, _ in rows]
    for at, (name, text) in zip(found, rows, strict=True):
        checks.that(
            at >= 0, "SELECTOR_02", _SETTING, f"there is no output lane {name!r} for the condition {text[:80]!r}"
        )
    last = rows[-1][1]
    if not checks.that(last == "default", "SELECTOR_07", _SETTING, f"the last condition is {last[:80]!r}, not default"):
        checks.done()
    return found


def _lane(name: str, outputs: tuple[str, ...]) -> int:
    if name in outputs:
        return outputs.index(name)
    return next((at for at, lane in enumerate(outputs) if lane.endswith(name)), -1)


def _tests(texts: list[str], tools: Tools, checks: Checks) -> list[Callable[[Record], bool]]:
    tests: list[Callable[[Record], bool]] = []
    for text in texts:
        whole = text.startswith("${") and text.endswith("}")
        if checks.that(whole, "SELECTOR_08", _SETTING, f"the condition {text[:80]!r} does not have the form ${{...}}"):
            try:
                tests.append(tools.predicate(text))
            except ElError as error:
                checks.that(False, "SELECTOR_03", _SETTING, f"the condition {text[:80]!r} cannot be read: {error}")
    return tests


def _in_rows(
    conditions: list[tuple[int, str]], default: int, tools: Tools, general: Process
) -> Callable[[Rows, Out], None]:
    """The same for rows, by a function that is compiled at the first batch."""

    @cache
    def compiled() -> tuple[Callable[..., list[Refused]], Callable[..., list[list[bool]]] | None]:
        return _function(conditions, default), _flags(conditions)

    def process(rows: Rows, out: Out) -> None:
        if not rows.are_maps:
            general(rows.records(), out)
            return
        one_by_one, at_once = compiled()
        if at_once is None or not _to_one_lane_each(rows, at_once, out):
            _to_lanes(rows, one_by_one, out)

    def _to_one_lane_each(rows: Rows, at_once: Callable[..., list[list[bool]]], out: Out) -> bool:
        """False, with nothing done, where a condition has no value or a row goes to several lanes."""
        try:
            flags = at_once(rows.values, tools.scope)
        except EvaluationError:
            return False
        if len(flags) > 1 and any(sum(each) > 1 for each in zip(*flags, strict=True)):
            return False
        for (lane, _), held in zip(conditions, flags, strict=True):
            out.emit_rows(rows.picked(held), lane)
        if default is not None:
            none = (
                list(map(not_, flags[0])) if len(flags) == 1 else [not any(each) for each in zip(*flags, strict=True)]
            )
            out.emit_rows(rows.picked(none), default)
        return True

    def _to_lanes(rows: Rows, one_by_one: Callable[..., list[Refused]], out: Out) -> None:
        lanes: list[list[FieldValue]] = [[] for _ in out.lanes]
        numbers: list[list[int]] = [[] for _ in out.lanes]
        for number, code, message in one_by_one(rows.values, rows.at, lanes, numbers, rows.record, tools.scope):
            out.error(rows.record(number).copy(), code, message)  # a lane may have it too
        for lane, values in enumerate(lanes):
            out.emit_rows(Rows(values, rows.lineage, numbers[lane], rows.path, are_maps=True, usual=rows.usual), lane)

    return process


def _flags(conditions: list[tuple[int, str]]) -> Callable[..., list[list[bool]]] | None:
    """All conditions of all rows, which fails with the first that has no value; None where records are needed."""
    source = Source()
    tests = [source.condition(parse_template(text)) for _, text in conditions]
    if source.scoped or not tests or len({lane for lane, _ in conditions}) < len(conditions):
        return None
    lists = ", ".join(f"[{test} for v in values]" for test in tests)
    return function_of("flags", f"def flags(values, scope):\n return [{lists}]", source.names)


def _function(conditions: list[tuple[int, str]], default: int | None) -> Callable[..., list[Refused]]:
    source = Source()
    lanes = sorted({lane for lane, _ in conditions} | ({default} if default is not None else set()))
    tests = [(lane, source.condition(parse_template(text))) for lane, text in conditions]
    lines = [
        "def select(values, at, lanes, numbers, record, scope):",
        " refused = []",
        *(f" v{lane} = lanes[{lane}].append; n{lane} = numbers[{lane}].append" for lane in lanes),
        " for i, v in enumerate(values):",
        *(["  scope.record = record(i)"] if source.scoped else []),
        "  taken = False",
        "  try:",
        "   s = 0",
    ]
    for number, (lane, test) in enumerate(tests):
        lines += [
            f"   s = {number}",
            f"   if {test}:",
            f"    v{lane}(copy_value(v) if taken else v); n{lane}(at[i])",
            "    taken = True",
        ]
    lines += [
        "  except EvaluationError as error:",
        "   refused.append((i, 'SELECTOR_09', unevaluated(conditions[s][1], error)))",
        "   continue",
        *([f"  if not taken: v{default}(v); n{default}(at[i])"] if default is not None else []),
        " return refused",
    ]
    names = {
        "conditions": conditions,
        "copy_value": copy_value,
        "unevaluated": _unevaluated,
        "EvaluationError": EvaluationError,
    }
    return function_of("select", "\n".join(lines), source.names | names)


def _unevaluated(condition: str, error: EvaluationError) -> str:
    return f"the condition {condition[:80]} cannot be evaluated: {error}"
