"""One HTML page: the picture to move and zoom, settings, issues and records of a stage on a click."""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from ..catalogue.definitions import Catalogue
from ..flow.credentials import masked_rows
from ..flow.model import Flow, StageInstance
from ..java import java_string
from ..records.record import Record
from ..validation.issues import Issue
from ..values import Json, JsonMap, PlainJson, thaw
from ..words import stage_settings, targets_of
from .page_text import PAGE, SCRIPT, STYLE
from .scene import scene_of
from .svg import describe, draw

if TYPE_CHECKING:
    from ..preview import Preview, StageOutput

MOST_RECORDS = 50
MOST_COLUMNS = 40
MOST_LETTERS = 2_000
"""How much of one value is shown."""
_SCHEMES = {"auto": "light dark", "light": "light", "dark": "dark"}


def page(
    flow: Flow,
    preview: "Preview | None" = None,
    *,
    issues: Sequence[Issue] = (),
    theme: str = "auto",
    catalogue: Catalogue | None = None,
) -> str:
    """The page as HTML text; it loads nothing and sends nothing. Secrets are masked.

    A click on a stage (or Enter) shows its settings and issues, and its first records when there is a preview. With a
    catalogue, the settings that differ from their defaults come first, under their human-readable names.

    Raises:
        InvalidValueError: an unknown theme.
    """
    svg = draw(flow, issues=issues, theme=theme)
    told: dict[str, list[str]] = {}
    for issue in issues:
        told.setdefault(issue.instance_name or "", []).append(issue.message)
    outputs = _outputs(preview)
    stages: dict[str, PlainJson] = {}
    for stage in _stages(flow):
        name = stage.instance_name
        stages[name] = {
            **_stage(stage, catalogue),
            "to": list[PlainJson](targets_of(flow, stage, catalogue)) if catalogue is not None else [],
            "issues": list[PlainJson](told.get(name, [])),
            "tables": _tables(outputs.get(name, [])),
        }
    facts = {"flow": _flow(flow, told.get("", [])), "stages": stages}
    # "<" would let a text end the script element
    text = json.dumps(facts, ensure_ascii=True).replace("<", "\\u003c")
    style = STYLE.replace("SCHEME", _SCHEMES[theme])
    return PAGE.format(title=escape(flow.name), style=style, svg=svg, facts=text, script=SCRIPT)


def _stages(flow: Flow) -> list[StageInstance]:
    beside = (flow.error_stage, flow.stats_stage, flow.test_origin, *flow.start_stages, *flow.stop_stages)
    return [*flow.stages, *(stage for stage in beside if stage is not None)]


def _flow(flow: Flow, issues: list[str]) -> dict[str, PlainJson]:
    constants = flow.configuration.get("constants")
    rows = [row for row in (constants if isinstance(constants, tuple) else ()) if isinstance(row, JsonMap)]
    parameters = [(str(row.get("key")), masked_rows(str(row.get("key")), row.get("value"))) for row in rows]
    return {
        "name": flow.name,
        "description": flow.description,
        "words": describe(scene_of(flow)),
        "issues": list[PlainJson](issues),
        "parameters": _pairs(parameters),
        "settings": [],
        "every": _pairs((name, value) for name, value in flow.configuration.items() if name != "constants"),
    }


def _stage(stage: StageInstance, catalogue: Catalogue | None) -> dict[str, PlainJson]:
    held = (stage.configuration, *(service.configuration for service in stage.services))
    known = catalogue.stage(stage.stage_name) if catalogue is not None else None
    changed = stage_settings(stage, catalogue) if catalogue is not None else ()
    return {
        "label": stage.label,
        "kind": known.label if known is not None else stage.stage_name,
        "place": f"{stage.instance_name}, {stage.stage_name} {stage.stage_version}, {stage.library}",
        "settings": _pairs(changed),
        "every": _pairs((name, value) for values in held for name, value in values.items()),
    }


def _pairs(settings: Iterable[tuple[str, Json]]) -> list[PlainJson]:
    return [[name, _shown(name, value)] for name, value in settings if value not in (None, "", ())]


def _shown(name: str, value: Json) -> str:
    plain = thaw(masked_rows(name, value))
    return _short(plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False, indent=1))


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}… ({len(text)} characters)"


# --- records ----------------------------------------------------------------------------------------------------------


def _outputs(preview: "Preview | None") -> "dict[str, list[StageOutput]]":
    found: dict[str, list[StageOutput]] = {}
    for batch in preview.batches if preview is not None else ():
        for output in batch:
            found.setdefault(output.instance_name, []).append(output)
    return found


def _tables(outputs: "list[StageOutput]") -> list[PlainJson]:
    """What came in, what went out on each lane, what was refused, what happened: each a title and a table."""
    groups: dict[str, list[Record]] = {}
    for output in outputs:
        groups.setdefault("In", []).extend(output.input or ())
        for number, records in enumerate(output.lanes.values(), 1):
            title = "Out" if len(output.lanes) == 1 else f"Out, lane {number}"
            groups.setdefault(title, []).extend(records)
        groups.setdefault("Refused", []).extend(output.error_records)
        groups.setdefault("Events", []).extend(output.event_records)
    return [[f"{title} ({len(records)})", _table(records)] for title, records in groups.items() if records]


def _table(records: list[Record]) -> dict[str, PlainJson]:
    shown = records[:MOST_RECORDS]
    refused = any(record.header.error is not None for record in shown)
    rows = [record.value for record in shown]
    columns: dict[str, None] = {}
    for row in rows:
        columns.update(dict.fromkeys(map(str, row) if isinstance(row, Mapping) else [""]))
    named = list(columns)[:MOST_COLUMNS]
    cells = [[_cell(row, name) for name in named] for row in rows]
    if refused:
        named = ["error", *named]
        errors = [record.header.error for record in shown]
        cells = [[f"{why.code} - {why.message}" if why else "", *row] for why, row in zip(errors, cells, strict=True)]
    return {
        "columns": list[PlainJson](named),
        "rows": [list[PlainJson](row) for row in cells],
        "more": len(records) - len(shown),
    }


def _cell(row: object, name: str) -> str:
    value = row.get(name) if isinstance(row, Mapping) else row if name == "" else None
    if value is None:
        return ""
    return _short(value if isinstance(value, str) else json.dumps(value, default=java_string, ensure_ascii=False))
