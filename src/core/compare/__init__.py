"""Comparing flows: two-way differences and three-way merges, as values."""

from .changes import Diff, LinkChange, Renamed, SettingChange
from .diffing import diff
from .merging import Conflict, Merge, merge
from .rendering import diff_document, render_diff

__all__ = [
    "Conflict",
    "Diff",
    "LinkChange",
    "Merge",
    "Renamed",
    "SettingChange",
    "diff",
    "diff_document",
    "merge",
    "render_diff",
]
