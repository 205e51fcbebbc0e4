"""Stream Selector: every record to the lanes whose condition is true."""

from collections.abc import Callable
from functools import cache

from ..el import EvaluationError, parse_template
from ..el.source import Source, function_of
from ..plan.model import StagePlan
from ..records.record import Record, copy_value
from ..records.rows import Rows
from ..records.values import FieldValue
from .api import Out, Process, Tools, TwoForms
from .in_rows import Refused
from .registry import processor


@processor("com_streamsets_pipeline_stage_processor_selector_SelectorDProcessor")
def stream_selector(plan: StagePlan, tools: Tools) -> Process:
    """A copy to every lane whose condition is true; to the last lane, the default, only when none is."""
    lane_of = {lane: at for at, lane in enumerate(plan.outputs)}
    rows = [(row.text("outputLane"), row.text("predicate")) for row in plan.given.rows("lanePredicates")]
    conditions = [
        (lane_of[lane], text, tools.predicate(text)) for lane, text in rows if text != "default" and lane in lane_of
    ]
    default = next((lane_of[lane] for lane, text in rows if text == "default" and lane in lane_of), None)

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
            if not taken and default is not None:
                out.emit(record, default)

    return TwoForms(process, _in_rows([(lane, text) for lane, text, _ in conditions], default, tools, process))


def _in_rows(
    conditions: list[tuple[int, str]], default: int | None, tools: Tools, general: Process
) -> Callable[[Rows, Out], None]:
    """The same for rows, by a function that is compiled at the first batch."""

    @cache
    def compiled() -> Callable[..., list[Refused]]:
        return _function(conditions, default)

    def process(rows: Rows, out: Out) -> None:
        if not rows.are_maps:
            general(rows.records(), out)
            return
        lanes: list[list[FieldValue]] = [[] for _ in out.lanes]
        numbers: list[list[int]] = [[] for _ in out.lanes]
        refused = compiled()(rows.values, rows.at, lanes, numbers, rows.record, tools.scope)
        for number, code, message in refused:
            out.error(rows.record(number).copy(), code, message)  # a lane may have it too
        for lane, values in enumerate(lanes):
            if values:
                out.emit_rows(Rows(values, rows.lineage, numbers[lane], rows.path, are_maps=True), lane)

    return process


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
