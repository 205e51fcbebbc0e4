"""Differences as lines for people and as JSON for machines."""

from collections.abc import Iterator
from html import escape

import attrs

from ..values import PlainJson, thaw
from .changes import Diff, LinkChange, Renamed, SettingChange
from .details import clean, detailed, value_text

_TOLD = ("picture", "metadata", "rules", "other")
"""Parts that are named beside the stage or flow, as the names of their settings do not tell."""


def render_diff(found: Diff) -> Iterator[str]:
    """Lines in the manner of diff: ``-`` is only in the first flow, ``+`` only in the second, ``~`` changed.

    Values that are long or have several lines follow in lines of their own, indented: what is the same in both is
    left out of them.
    """
    for name in found.removed:
        yield f"- stage {clean(name)}"
    for name in found.added:
        yield f"+ stage {clean(name)}"
    for renamed in found.renamed:
        yield _renamed(renamed)
    for link in found.links_removed:
        yield f"- {_link(link)}"
    for link in found.links_added:
        yield f"+ {_link(link)}"
    for change in found.settings:
        yield from _setting(change)
    for name in found.moved:
        yield f"~ stage {clean(name)}: moved"


def _renamed(renamed: Renamed) -> str:
    what = "label" if renamed.what == "label" else "instance name"
    return f"~ stage {clean(renamed.stage)}: {what} {value_text(renamed.old)} -> {value_text(renamed.new)}"


def _link(link: LinkChange) -> str:
    output = f" output {link.output}" if link.output else ""
    return f"{'event link' if link.event else 'link'} {clean(link.source)}{output} -> {clean(link.target)}"


def _setting(change: SettingChange) -> Iterator[str]:
    part = f" {change.part}" if change.part in _TOLD else ""
    place = f"{clean(change.stage or 'flow')}{part}: {clean(change.name)}"
    if change.part == "fragment":
        place = f"fragment {clean(change.name)}"
    if change.only_in == "old":
        yield f"- {place} = {value_text(change.old)}"
    elif change.only_in == "new":
        yield f"+ {place} = {value_text(change.new)}"
    else:
        yield from detailed(f"~ {place}", change.old, change.new)


_COLOURS = {"+": "#1a7f37", "-": "#cf222e", "~": "#9a6700"}


def diff_html(found: Diff) -> str:
    """The lines for a notebook, coloured by their kind."""
    lines = "\n".join(_coloured(line) for line in render_diff(found))
    return f'<pre style="white-space:pre-wrap">{lines or "no differences"}</pre>'


def _coloured(line: str) -> str:
    colour = _COLOURS.get(line.lstrip()[:1])
    return f'<span style="color:{colour}">{escape(line)}</span>' if colour else escape(line)


def diff_document(found: Diff) -> dict[str, PlainJson]:
    """The whole difference as plain JSON: the fields of ``Diff``, and under each the fields of its changes."""
    return {
        "added": list(found.added),
        "removed": list(found.removed),
        "renamed": [attrs.asdict(each) for each in found.renamed],
        "settings": [
            {**attrs.asdict(each, recurse=False), "old": thaw(each.old), "new": thaw(each.new)}
            for each in found.settings
        ],
        "links_added": [attrs.asdict(each) for each in found.links_added],
        "links_removed": [attrs.asdict(each) for each in found.links_removed],
        "moved": list(found.moved),
    }
