"""Comparing flows: two-way differences and three-way merges, as values."""

from .changes import Diff, LinkChange, Renamed, SettingChange
from .diffing import diff
from .merging import Conflict, Merge, merge
from .rendering import diff_document, render_diff
from .several import FlowsDiff, diff_flows, flows_diff_document, render_flows_diff

__all__ = [
    "Conflict",
    "Diff",
    "FlowsDiff",
    "LinkChange",
    "Merge",
    "Renamed",
    "SettingChange",
    "diff",
    "diff_document",
    "diff_flows",
    "flows_diff_document",
    "merge",
    "render_diff",
    "render_flows_diff",
]
