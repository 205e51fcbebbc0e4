"""The pytest plugin: a project in memory, and a server that is the test double of the service.

Everything is imported when a test asks for it, so that the plugin costs nothing where it is not used.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..sdk.project import Project
    from .double import TestServer


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
