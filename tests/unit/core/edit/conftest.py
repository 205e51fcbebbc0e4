"""A catalogue, ids that count, and a flow to edit."""

from collections.abc import Callable
from itertools import count

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core import edit
from penstock.core.catalogue.definitions import Catalogue
from penstock.core.catalogue.find import find_stage
from penstock.core.flow.model import Flow


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The catalogue that ships."""
    return packaged_catalogue()


@pytest.fixture
def new_id() -> Callable[[], str]:
    """Ids that count: id-1, id-2 …"""
    numbers = count(1)
    return lambda: f"id-{next(numbers)}"


class Builder:
    """Adds stages by label and keeps the flow."""

    def __init__(self, catalogue: Catalogue, new_id: Callable[[], str]) -> None:
        self.catalogue, self.new_id = catalogue, new_id
        error = find_stage(catalogue, "Discard", role="error")
        self.flow: Flow = edit.new_flow("orders", "", catalogue, new_id=new_id, error_definition=error)

    def add(self, label: str, **choice: str) -> str:
        """Adds a stage and gives its instance name."""
        definition = find_stage(self.catalogue, label, **choice)  # type: ignore[arg-type]
        self.flow, stage = edit.add_stage(self.flow, definition, self.catalogue, new_id=self.new_id)
        return stage.instance_name

    def connect(self, source: str, target: str, **how: object) -> None:
        """Links two stages."""
        self.flow = edit.connect(self.flow, source, target, self.catalogue, **how)  # type: ignore[arg-type]


@pytest.fixture
def build(catalogue: Catalogue, new_id: Callable[[], str]) -> Builder:
    """A builder with an empty flow."""
    return Builder(catalogue, new_id)
