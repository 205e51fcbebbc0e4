"""How values look in notebooks: tables as HTML, everything escaped, long lists and texts cut."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from itertools import islice

import attrs

from ..core.flow.credentials import MASK, looks_secret
from ..core.project import FlowSummary, Parameter, Revision
from ..core.values import JsonMap, thaw

MOST_ROWS = 100
LONGEST = 300


def html_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> str:
    """A table with a title over it; at most a hundred rows, and how many more there are."""
    held = list(rows)
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(_row(row) for row in held[:MOST_ROWS])
    more = f"<p>… and {len(held) - MOST_ROWS} more</p>" if len(held) > MOST_ROWS else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if held else ""
    return (f"<p><b>{escape(title)}</b></p>" if title else "") + table + more


def _row(cells: Sequence[object]) -> str:
    return "<tr>" + "".join(f'<td style="text-align:left">{escape(_text(cell))}</td>' for cell in cells) + "</tr>"


def _text(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def html_records(rows: Iterable[Mapping[str, object]], title: str = "") -> str:
    """A table whose columns are the names that occur, in the order that they do."""
    held = list(rows)
    names = list(dict.fromkeys(name for row in held for name in row))
    return html_table(names, ([row.get(name, "") for name in names] for row in held), title)


def html_list(items: Iterable[object], what: str) -> str:
    """A table of items, by what each says of itself."""
    held = list(items)
    return html_records(map(facts_of, held)) if held else f"<p>no {escape(what)}</p>"


def facts_of(item: object) -> Mapping[str, object]:
    """What a list shows of an item: its own ``_facts_``, the attributes of a value, or how it prints."""
    if hasattr(type(item), "_facts_"):
        facts: Mapping[str, object] = item._facts_()  # type: ignore[attr-defined]
        return facts
    if isinstance(item, Parameter):
        secret = item.type == "encrypted" or looks_secret(item.name)
        value = MASK if secret and item.value else _plain(item.value)
        return {"name": item.name, "type": item.type, "value": value, "description": item.description}
    if isinstance(item, Revision):
        return {"revision": item.number, "saved (UTC)": moment(item.saved_ms), "name": item.name}
    if isinstance(item, FlowSummary):
        names = ("name", "description", "revision", "flow_id")
        return {**{name: getattr(item, name) for name in names}, "saved (UTC)": moment(item.modified_ms)}
    kind: type = type(item)
    if attrs.has(kind):
        return {each.name: _plain(getattr(item, each.name)) for each in attrs.fields(kind) if each.repr}
    return {"": repr(item)}


def moment(at_ms: int) -> str:
    """A time for people, in UTC."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"


def _plain(value: object) -> object:
    return thaw(value) if isinstance(value, (JsonMap, tuple)) else value


def first_of(items: Iterable[object], most: int) -> tuple[list[object], bool]:
    """The first items, and whether there are more."""
    held = list(islice(items, most + 1))
    return held[:most], len(held) > most
