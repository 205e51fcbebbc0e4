"""Findings as SARIF 2.1.0, the format that code-scanning tools read."""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from .. import __version__
from ..core.validation.issues import Issue
from ..core.validation.texts import TEXTS
from .lines import Lines

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
            results.append(_result(UNREADABLE, "error", each.error, _place(each, (1, 1))))
        found = (*each.report.issues, *each.report.remarks)
        lines = Lines(_source(each) if found else "")
        for issue in found:
            rules[issue.code] = None
            place = _place(each, lines.region(issue.instance_name, issue.config_name))
            results.append(_result(issue.code, "note" if issue.advice else "error", _text(issue), place))
    told = [{"id": code, "shortDescription": {"text": _about(code)}} for code in sorted(rules)]
    driver = {"name": "penstock", "version": __version__, "rules": told}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _about(code: str) -> str:
    """What a rule finds, with words in angle brackets where its findings have names."""
    text = "A file that cannot be read as a flow" if code == UNREADABLE else TEXTS.get(code, code)
    return re.sub(r"\{(\w+)[^}]*\}", r"<\1>", text)


def _text(issue: Issue) -> str:
    return f"{issue.instance_name}: {issue.text}" if issue.instance_name else issue.text


def _result(code: str, level: str, text: str, place: dict[str, object]) -> dict[str, object]:
    return {"ruleId": code, "level": level, "message": {"text": text}, "locations": [place]}


def _place(each: "Checked", region: tuple[int, int]) -> dict[str, object]:
    """Where a finding is: tools that show it beside the file want a line, for the member of a ZIP too."""
    line, column = region
    physical = {"artifactLocation": {"uri": _uri(each.path)}, "region": {"startLine": line, "startColumn": column}}
    place: dict[str, object] = {"physicalLocation": physical}
    if each.member:
        place["logicalLocations"] = [{"name": each.member}]
    return place


def _source(each: "Checked") -> str:
    """The text of a JSON file; empty for archives and standard input."""
    path = Path(each.path)
    if path.suffix.lower() != ".json" or not path.is_file():
        return ""
    data = path.read_bytes()
    return data.decode(json.detect_encoding(data), errors="replace")


def _uri(path: str) -> str:
    """The address of a file as SARIF has it: relative to here where it is below."""
    held = Path(path)
    if held.is_absolute() and held.is_relative_to(Path.cwd()):
        held = held.relative_to(Path.cwd())
    elif held.is_absolute():
        return held.as_uri()
    return quote(os.fsencode(held.as_posix()))
