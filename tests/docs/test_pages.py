"""The examples of the documentation, executed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import penstock

from .pages import DOCS, PAGES, PLAIN, ROOT, RUNNABLE, Page, blocks_of

BACKENDS = ("memory", "sqlite", "http")
WITH_CODE = [page for page in PAGES if any(not each.why_not and each.kind in RUNNABLE for each in blocks_of(page))]
GIVEN_A_PROJECT = (DOCS / "flows.md", DOCS / "codegen.md")
NEEDS_THE_CLIENT = (DOCS / "testing.md", DOCS / "server.md", DOCS / "migration.md")


def name_of(page: Path) -> str:
    """A page as people know it."""
    return str(page.relative_to(ROOT))


@pytest.fixture(params=BACKENDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[penstock.Project]:
    """A project of each backend, in a folder of its own."""
    if request.param == "http":
        with penstock.serve() as server, penstock.open_project(server.url, token=server.token) as opened:
            yield opened
        return
    with penstock.open_project(tmp_path / "flows.db" if request.param == "sqlite" else None) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    place = tmp_path_factory.mktemp("page")
    monkeypatch.chdir(place)
    monkeypatch.syspath_prepend(place)
    return place


def test_the_flows_page_does_what_it_shows(project: penstock.Project, folder: Path) -> None:
    """Every example of the page gives exactly what stands under it, on every backend."""
    Page(DOCS / "flows.md", folder, {"project": project}, project._session.backend.powers).run()


def test_the_page_on_scripts_does_what_it_shows(folder: Path) -> None:
    """Every example of the page gives exactly what stands under it."""
    with penstock.open_project() as opened:
        Page(DOCS / "codegen.md", folder, {"project": opened}).run()


@pytest.mark.parametrize("page", [each for each in WITH_CODE if each not in GIVEN_A_PROJECT], ids=name_of)
def test_a_page_does_what_it_shows(page: Path, folder: Path) -> None:
    """Programs run, sessions print what stands under them, files are written and their tests pass."""
    if page in NEEDS_THE_CLIENT:
        pytest.importorskip("ibm_watsonx_data_integration", reason="the official client is not installed")
    Page(page, folder).run()


def numbers(text: str) -> set[str]:
    """The figures in the tables of a text."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return {each for row in rows for each in re.findall(r"\d[\d,.]*\d|\d", row.replace("2.1.0", ""))}


def test_the_readme_says_only_what_was_measured() -> None:
    """Every figure beside the official client stands on the page on performance."""
    told = numbers((ROOT / "README.md").read_text())
    assert told
    assert told <= numbers((DOCS / "performance.md").read_text()) | {"179"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_block_of_code_is_left_out(page: Path) -> None:
    """A block says what it is; one that is not run says why; code stands in fences, where it is found."""
    text = page.read_text()
    for block in blocks_of(page):
        assert block.kind in RUNNABLE + PLAIN, f"line {block.line}: a block of an unknown kind, {block.kind!r}"
        looks_like_code = block.kind == "" and any(
            word in block.text for word in ("import ", "$ ", ">>> ", "penstock ")
        )
        assert not looks_like_code, f"line {block.line}: code in a block that does not say of which kind"
    assert text.count("<!-- not run:") == sum(bool(each.why_not) for each in blocks_of(page)), (
        "a reason without a block"
    )
