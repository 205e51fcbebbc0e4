"""The pytest plugin: a project in memory, and a server that is the test double of the service.

Everything is imported when a test asks for it, so that the plugin costs nothing where it is not used.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..sdk.project import Project
    from .double import TestServer
    from .flowtest import CaseResult


@pytest.fixture
def penstock_project() -> "Iterator[Project]":
    """An empty project in memory."""
    from ..sdk.platform import open_project

    with open_project() as project:
        yield project


@pytest.fixture
def penstock_server() -> "Iterator[TestServer]":
    """A server on a real port, with a token and a fresh store; a project ``default`` is there."""
    from .double import TestServer

    with TestServer() as server:
        yield server


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "pytest.Collector | None":
    """Takes the tests of flows as tests of pytest."""
    if file_path.name.endswith((".flowtest.yaml", ".flowtest.yml")):
        return FlowTestFile.from_parent(parent, path=file_path)
    return None


class FlowTestFile(pytest.File):
    """A file with cases."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each case."""
        from .flowtest import load_test, run_test

        test = load_test(self.path)
        for result in run_test(test):
            yield FlowTestCase.from_parent(self, name=result.name, result=result)


class FlowTestCase(pytest.Item):
    """One case."""

    def __init__(self, *, result: "CaseResult", **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self._result = result

    def runtest(self) -> None:
        """Fails with the problems of the case."""
        if not self._result.passed:
            pytest.fail("\n".join(self._result.problems), pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the case stands."""
        return self.path, None, f"{self.path.name}: {self.name}"
