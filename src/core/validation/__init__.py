"""Validation: every rule by which the engine judges a flow, as a pure function from a flow to a report."""

from typing import TYPE_CHECKING

from ..exports import exports
from .issues import Issue, Report, report_of

if TYPE_CHECKING:
    from .flows import validate
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

__getattr__, __dir__ = exports(
    __name__,
    {
        "RuleIssue": ".rules",
        "Strictness": ".session",
        "check_rules": ".rules",
        "running_order": ".order",
        "sort_stages": ".order",
        "validate": ".flows",
    },
)
