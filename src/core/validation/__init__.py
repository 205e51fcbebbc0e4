"""Validation: every rule by which the engine judges a flow, as a pure function from a flow to a report."""

from .flows import validate
from .issues import Issue, Report, report_of
from .order import running_order, sort_stages
from .rules import RuleIssue, check_rules
from .session import Strictness

__all__ = [
    "Issue",
    "Report",
    "RuleIssue",
    "Strictness",
    "check_rules",
    "report_of",
    "running_order",
    "sort_stages",
    "validate",
]
