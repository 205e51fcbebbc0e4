"""Editing: functions from a flow to a flow. Nothing is changed in place; ids are arguments."""

from .arrange import auto_arrange, next_position
from .links import connect, disconnect
from .predicates import (
    Predicate,
    add_predicates,
    follow_lane_rows,
    has_lane_rows,
    predicates_of,
    remove_predicate,
    set_predicates,
)
from .settings import set_pipeline_settings, set_stage_settings
from .special import Slot, set_special, special_of
from .stages import add_stage, duplicate_stage, new_flow, relabel_stage, remove_stage, rename_stage

__all__ = [
    "Predicate",
    "Slot",
    "add_predicates",
    "add_stage",
    "auto_arrange",
    "connect",
    "disconnect",
    "follow_lane_rows",
    "has_lane_rows",
    "duplicate_stage",
    "new_flow",
    "next_position",
    "predicates_of",
    "relabel_stage",
    "remove_predicate",
    "remove_stage",
    "rename_stage",
    "set_pipeline_settings",
    "set_predicates",
    "set_special",
    "set_stage_settings",
    "special_of",
]
