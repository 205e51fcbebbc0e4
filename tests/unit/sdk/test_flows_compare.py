"""Promises of comparing a flow with its revisions and with other flows."""

import pytest

import penstock
from penstock.core.errors import InvalidValueError


def test_a_flow_is_compared_with_a_revision_of_itself() -> None:
    """From the flow as it is, edits included, to what it was then."""
    with penstock.open_project() as project:
        flow = project.create_flow(name="Orders")
        flow.add_stage("Trash")
        project.update_flow(flow)
        flow.stages[0].stage_name = "Bin"
        assert [each.new for each in flow.diff(flow.at_revision(2)).renamed] == ["Trash 1"]
        assert flow.diff(flow.at_revision(1)).removed == ("Trash_01",)
        assert not flow.diff(flow)


def test_what_is_no_flow_cannot_be_compared() -> None:
    """The error says what is meant by the other flow."""
    with penstock.open_project() as project:
        flow = project.create_flow(name="Orders")
        for other in ("Orders", 1, None, flow.configuration):
            with pytest.raises(InvalidValueError, match="at_revision"):
                flow.diff(other)  # type: ignore[arg-type]
