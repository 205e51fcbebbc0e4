"""Differences as lines for people and as JSON for machines."""

import json
from collections.abc import Iterator
from html import escape

import attrs

from ..values import Json, PlainJson, thaw
from .changes import Diff, LinkChange, SettingChange

LONGEST = 100


def render_diff(found: Diff) -> Iterator[str]:
    """Lines in the manner of diff: ``-`` is only in the first flow, ``+`` only in the second, ``~`` changed."""
    for name in found.removed:
        yield f"- stage {name}"
    for name in found.added:
        yield f"+ stage {name}"
    for renamed in found.renamed:
        yield f"~ stage {renamed.stage}: label {renamed.old!r} -> {renamed.new!r}"
    for link in found.links_removed:
        yield f"- {_link(link)}"
    for link in found.links_added:
        yield f"+ {_link(link)}"
    for change in found.settings:
        yield _setting(change)
    for name in found.moved:
        yield f"~ stage {name}: moved"


def _link(link: LinkChange) -> str:
    return f"{'event link' if link.event else 'link'} {link.source} -> {link.target}"


def _setting(change: SettingChange) -> str:
    place = f"{change.stage or 'flow'}: {change.name}"
    if change.only_in == "old":
        return f"- {place} = {_value(change.old)}"
    if change.only_in == "new":
        return f"+ {place} = {_value(change.new)}"
    return f"~ {place}: {_value(change.old)} -> {_value(change.new)}"


def _value(value: Json) -> str:
    text = json.dumps(thaw(value), ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


_COLOURS = {"+": "#1a7f37", "-": "#cf222e", "~": "#9a6700"}


def diff_html(found: Diff) -> str:
    """The lines for a notebook, coloured by their kind."""
    lines = [f'<span style="color:{_COLOURS[line[0]]}">{escape(line)}</span>' for line in render_diff(found)]
    return f'<pre style="white-space:pre-wrap">{chr(10).join(lines) or "no differences"}</pre>'


def diff_document(found: Diff) -> dict[str, PlainJson]:
    """The whole difference as plain JSON."""
    return {
        "added": list(found.added),
        "removed": list(found.removed),
        "renamed": [{"stage": each.stage, "old": each.old, "new": each.new} for each in found.renamed],
        "settings": [
            {**attrs.asdict(each, recurse=False), "old": thaw(each.old), "new": thaw(each.new)}
            for each in found.settings
        ],
        "links_added": [attrs.asdict(each) for each in found.links_added],
        "links_removed": [attrs.asdict(each) for each in found.links_removed],
        "moved": list(found.moved),
    }
