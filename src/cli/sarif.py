"""Findings as SARIF 2.1.0, the format that code-scanning tools read."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from .. import __version__
from ..core.validation.issues import Issue
from ..core.validation.texts import TEXTS

if TYPE_CHECKING:
    from .checking import Checked

UNREADABLE = "UNREADABLE"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(checked: "Iterable[Checked]") -> dict[str, object]:
    """One run with a result per finding; a file that cannot be read is a finding too."""
    results: list[dict[str, object]] = []
    rules: dict[str, None] = {}
    for each in checked:
        if each.error:
            rules[UNREADABLE] = None
            results.append(_result(UNREADABLE, "error", each.error, each.path, each.member))
        for issue in (*each.report.issues, *each.report.remarks):
            rules[issue.code] = None
            results.append(
                _result(issue.code, "note" if issue.advice else "error", _text(issue), each.path, each.member)
            )
    told = [{"id": code, "shortDescription": {"text": _about(code)}} for code in sorted(rules)]
    driver = {"name": "penstock", "version": __version__, "rules": told}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _about(code: str) -> str:
    """What a rule finds, with words in angle brackets where its findings have names."""
    text = "A file that cannot be read as a flow" if code == UNREADABLE else TEXTS.get(code, code)
    return re.sub(r"\{(\w+)[^}]*\}", r"<\1>", text)


def _text(issue: Issue) -> str:
    return f"{issue.instance_name}: {issue.text}" if issue.instance_name else issue.text


def _result(code: str, level: str, text: str, path: str, member: str) -> dict[str, object]:
    # tools that show findings beside the file want a line, and a place within the repository
    artifact = {"uri": _relative(path)}
    place: dict[str, object] = {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": 1}}}
    if member:
        place["logicalLocations"] = [{"name": member}]
    return {"ruleId": code, "level": level, "message": {"text": text}, "locations": [place]}


def _relative(path: str) -> str:
    """The address of a file as SARIF has it: relative to here where it is below."""
    held = Path(path)
    if held.is_absolute() and held.is_relative_to(Path.cwd()):
        held = held.relative_to(Path.cwd())
    return quote(held.as_posix(), safe="/:<>")
