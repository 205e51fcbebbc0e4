"""Findings as SARIF 2.1.0, the format that code-scanning tools read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .. import __version__
from ..core.validation.issues import Issue

if TYPE_CHECKING:
    from .checking import Checked

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(checked: "Iterable[Checked]") -> dict[str, object]:
    """One run with a result per finding; a file that cannot be read is a finding too."""
    results: list[dict[str, object]] = []
    rules: dict[str, None] = {}
    for each in checked:
        if each.error:
            rules["UNREADABLE"] = None
            results.append(_result("UNREADABLE", "error", each.error, each.path, each.member))
        for issue in (*each.report.issues, *each.report.remarks):
            rules[issue.code] = None
            results.append(
                _result(issue.code, "note" if issue.advice else "error", _text(issue), each.path, each.member)
            )
    driver = {"name": "penstock", "version": __version__, "rules": [{"id": code} for code in sorted(rules)]}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _text(issue: Issue) -> str:
    return f"{issue.instance_name}: {issue.text}" if issue.instance_name else issue.text


def _result(code: str, level: str, text: str, path: str, member: str) -> dict[str, object]:
    place: dict[str, object] = {"physicalLocation": {"artifactLocation": {"uri": path.replace("\\", "/")}}}
    if member:
        place["logicalLocations"] = [{"name": member}]
    return {"ruleId": code, "level": level, "message": {"text": text}, "locations": [place]}
