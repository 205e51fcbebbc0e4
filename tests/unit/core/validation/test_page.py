"""The example of the service's page about validation."""

from itertools import count

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.catalogue.find import find_stage
from penstock.core.edit import add_stage, new_flow
from penstock.core.validation import validate


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
