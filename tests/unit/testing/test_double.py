"""The test double: fixtures, seeding, a log of requests, a world that stands still."""

import subprocess
import sys
from pathlib import Path

import pytest

from penstock import UnreachableError, open_project
from penstock.testing import Fault, TestServer

APPLICATION = """
import pytest
from penstock import open_project

def names(url, token):
    with open_project(url, token=token) as project:
        return [flow.name for flow in project.flows]

def test_the_application_lists_flows(penstock_server, penstock_project):
    flow = penstock_project.create_flow(name="seeded")
    penstock_project.export_flow(flow=flow, destination="seed.zip")
    assert penstock_server.seed("seed.zip") == ["seeded"]
    assert names(penstock_server.url, penstock_server.token) == ["seeded"]
    assert penstock_server.requests.of("GET", "*/streamsets_flows")
"""


def test_the_fixtures_of_the_plugin_serve_an_application(tmp_path: Path) -> None:
    """A test file of somebody else, run by pytest with the plugin."""
    (tmp_path / "test_application.py").write_text(APPLICATION)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "penstock.testing.plugin", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_servers_answer_the_same_to_the_same() -> None:
    """Ids count and the clock is fixed, so answers can be compared with kept ones."""
    shown = []
    for _ in range(2):
        with TestServer() as server, server.project() as project:
            shown.append(repr(project.create_flow(name="same")))
    assert shown[0] == shown[1]
    assert "00000000-0000-4000-8000-" in shown[0]


def test_an_application_can_be_shown_what_goes_wrong() -> None:
    """Faults reach the client as errors, and the log says what was asked."""
    with TestServer() as server, server.project() as project:
        project.create_flow(name="one")
        server.requests.clear()
        server.faults.add(Fault("*/streamsets_flows*", kind="drop", times=None))
        with pytest.raises(UnreachableError):
            project.flows.get(name="one")
        assert server.requests.of("GET", "*/streamsets_flows")
        server.faults.clear()
        assert project.flows.get(name="one").name == "one"


def test_a_stale_token_is_refused() -> None:
    """As the service does with one that has ended."""
    with TestServer(token="fresh-token") as server:
        with pytest.raises(Exception, match="401"):
            open_project(server.url, token="stale-token")
        with open_project(server.url, token="fresh-token") as project:
            assert list(project.flows) == []
