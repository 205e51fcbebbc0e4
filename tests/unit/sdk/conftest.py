"""A project in memory and a flow in it."""

from collections.abc import Iterator

import pytest

import penstock


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A fresh project in memory."""
    with penstock.open_project() as opened:
        yield opened


@pytest.fixture
def flow(project: penstock.Project) -> penstock.StreamingFlow:
    """A flow Dev Raw Data Source -> Trash, not saved since it was created."""
    made = project.create_flow(name="orders")
    made.add_stage("Dev Raw Data Source").connect_output_to(made.add_stage("Trash"))
    return made
