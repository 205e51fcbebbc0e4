"""Published flows: what is raised on them is what the documentation says, and nothing else."""

import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.flow.document import decode_flow
from penstock.core.flow.model import Flow
from penstock.core.validation import Report, Strictness, validate

ROOT = Path(__file__).parents[4]
CORPUS = ROOT.parent / "shared" / "corpus"
DOCS = ROOT / "docs" / "validation.md"
ROW = re.compile(r"\| `([A-Z]+_\d+)` \| (\d+) \| (\d+) \|")

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the published flows are not here (../shared/corpus)")


def _flows() -> Iterator[tuple[str, Flow]]:
    for path in sorted(CORPUS.iterdir()):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".json") and "connections_metadata" not in name:
                        yield f"{path.name}/{name}", decode_flow(json.loads(archive.read(name)))
        elif path.suffix == ".json" and path.name != "INDEX.json":
            yield path.name, decode_flow(json.loads(path.read_text("utf-8-sig")))


@lru_cache(maxsize=1)
def _reports() -> dict[str, Report]:
    return {name: validate(flow, packaged_catalogue()) for name, flow in _flows()}


def test_issues_on_published_flows_are_those_of_the_documentation() -> None:
    """Every code with its number of flows and issues stands in docs/validation.md, with the reason."""
    issues, flows = Counter[str](), defaultdict[str, set[str]](set)
    for name, report in _reports().items():
        for issue in report.issues:
            issues[issue.code] += 1
            flows[issue.code].add(name)
    written = {code: (int(in_flows), int(in_all)) for code, in_flows, in_all in ROW.findall(DOCS.read_text())}
    assert {code: (len(flows[code]), issues[code]) for code in issues} == written


def test_number_of_valid_published_flows_is_that_of_the_documentation() -> None:
    """The documentation says how many are valid."""
    valid = sum(report.valid for report in _reports().values())
    assert f"{len(_reports())} flows that other people published" in DOCS.read_text()
    assert f"{valid} are valid" in DOCS.read_text()


def test_every_finding_names_its_place_in_words() -> None:
    """Whatever is found has a sentence without gaps, and one that is not the same for all."""
    for report in _reports().values():
        for issue in (*report.issues, *report.remarks):
            assert issue.text
            assert not re.search(r"\{\w*\}", issue.text.replace("${", "")) or "${" in issue.text


def test_validating_changes_nothing() -> None:
    """The flow that was validated is equal to what it was, and gives the same report again."""
    catalogue = packaged_catalogue()
    for name, flow in _flows():
        assert validate(flow, catalogue) == _reports()[name]


def test_engines_strictness_lets_nothing_through_that_the_tolerant_one_stops() -> None:
    """A flow that is invalid stays so when remarks about versions count as issues, and no such remark is left."""
    catalogue = packaged_catalogue()
    for name, flow in _flows():
        strict = validate(flow, catalogue, strictness=Strictness.ENGINE)
        assert _reports()[name].valid or not strict.valid
        assert {remark.code for remark in strict.remarks} <= {"PENSTOCK_0003"}
