"""The examples of the documentation, executed."""

import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import penstock

DOCS = Path(__file__).parents[2] / "docs"
REQUIRES = {"conflicts", "revisions"}
BACKENDS = ("memory", "sqlite", "http")


class Parser(doctest.DocTestParser):
    """Understands ``+REQUIRES(power)``: the example runs only where the backend has that power."""

    def __init__(self, powers: frozenset[str]) -> None:
        self.powers = powers

    def parse(self, string: str, name: str = "<string>") -> list[str | doctest.Example]:
        """Turns the requirement into running or skipping."""
        for power in REQUIRES:
            word = "+ELLIPSIS" if power in self.powers else "+SKIP"
            string = string.replace(f"+REQUIRES({power})", word)
        # the closing fence of a code block is no output
        return super().parse(string.replace("\n```", "\n\n"), name)


@pytest.fixture(params=BACKENDS)
def project(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[penstock.Project]:
    """A project of each backend, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    if request.param == "http":
        with penstock.serve() as server, penstock.open_project(server.url, token=server.token) as opened:
            yield opened
        return
    with penstock.open_project(tmp_path / "flows.db" if request.param == "sqlite" else None) as opened:
        yield opened


def test_the_flows_page_does_what_it_shows(project: penstock.Project) -> None:
    """Every example of the page gives exactly what stands under it, on every backend."""
    run_page(DOCS / "flows.md", {"project": project}, project._session.backend.powers)


def test_the_page_on_scripts_does_what_it_shows() -> None:
    """Every example of the page gives exactly what stands under it."""
    with penstock.open_project() as opened:
        run_page(DOCS / "codegen.md", {"project": opened}, opened._session.backend.powers)


def run_page(page: Path, names: dict[str, object], powers: frozenset[str]) -> None:
    """Runs the examples of a page and fails with what differed."""
    test = Parser(powers).get_doctest(page.read_text(), names, page.name, str(page), 0)
    report: list[str] = []
    options = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL * 0 | doctest.NORMALIZE_WHITESPACE
    outcome = doctest.DocTestRunner(optionflags=options).run(test, out=report.append)
    assert outcome.attempted > 0
    assert not outcome.failed, "".join(report)


def test_the_page_on_testing_does_what_it_shows(tmp_path: Path) -> None:
    """The application and its test are written out and run by pytest, as a reader would."""
    pytest.importorskip("ibm_watsonx_data_integration", reason="the official client is not installed")
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "testing.md").read_text(), re.DOTALL)
    for block in blocks:
        name = block.splitlines()[0].removeprefix("# ")
        (tmp_path / name).write_text(block)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "penstock.testing.plugin", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
