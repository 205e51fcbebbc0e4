"""The example of the service's page about validation."""

from itertools import count

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.catalogue.find import find_stage
from penstock.core.edit import add_stage, new_flow
from penstock.core.validation import Strictness, validate

OPEN = {f"VALIDATION_{number}" for number in ("0003", "0007", "0011", "0014", "0094", "0104")}
"""What is open in a flow that has one stage: no origin, no links, and settings without a value."""
OF_CONTROL_HUB = ("Aggregates Pipeline Metrics", "Http Destination")
"""Stages whose defaults name parameters of the one flow that they are made for."""


def test_new_flow_with_one_trash_has_the_two_issues_of_the_page() -> None:
    """A flow made here, with the Discard error stage and a Trash, has these findings in this order and no other."""
    catalogue, numbers = packaged_catalogue(), count(1)
    discard = find_stage(catalogue, "Discard", role="error")
    flow = new_flow("My flow", "", catalogue, new_id=lambda: f"id{next(numbers)}", error_definition=discard)
    flow, trash = add_stage(flow, find_stage(catalogue, "Trash"), catalogue, new_id=lambda: f"id{next(numbers)}")
    report = validate(flow, catalogue)
    assert [(issue.instance_name, issue.text) for issue in report.issues] == [
        (trash.instance_name, "The first stage must be an origin"),
        (trash.instance_name, "Target must have input streams"),
    ]
    assert not report.remarks


@pytest.mark.parametrize("strictness", Strictness)
def test_no_new_stage_has_an_issue_that_its_author_did_not_make(strictness: Strictness) -> None:
    """A stage at its defaults lacks links and values that only its author knows, and nothing else."""
    catalogue, numbers = packaged_catalogue(), count(1)
    discard = find_stage(catalogue, "Discard", role="error")
    empty = new_flow("My flow", "", catalogue, new_id=lambda: f"id{next(numbers)}", error_definition=discard)
    found: set[tuple[str, str]] = set()
    for row in catalogue.summaries():
        definition = catalogue.stage(row.name)
        if (
            definition is None
            or row.hidden
            or "Fragment" in row.label
            or "STANDALONE" not in definition.execution_modes
        ):
            continue
        flow, _ = add_stage(empty, definition, catalogue, new_id=lambda: f"id{next(numbers)}")
        report = validate(flow, catalogue, strictness=strictness)
        found.update((issue.code, row.label) for issue in report.issues if issue.code not in OPEN)
    assert found == {("CREATION_005", label) for label in OF_CONTROL_HUB}
