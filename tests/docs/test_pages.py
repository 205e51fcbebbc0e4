"""The examples of the documentation, executed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import penstock

from .pages import DOCS, NEEDS_THE_CLIENT, PAGES, PLAIN, ROOT, RUNNABLE, WITH_CODE, Page, blocks_of, name_of

BACKENDS = ("memory", "sqlite", "http")
GIVEN_A_PROJECT = (DOCS / "flows.md", DOCS / "codegen.md")
PLAIN_PAGES = [page for page in WITH_CODE if page not in (*GIVEN_A_PROJECT, *NEEDS_THE_CLIENT)]


@pytest.fixture(params=BACKENDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[penstock.Project]:
    """A project of each backend, in a folder of its own."""
    if request.param == "http":
        with penstock.serve() as server, penstock.open_project(server.url, token=server.token) as opened:
            yield opened
        return
    with penstock.open_project(tmp_path / "flows.db" if request.param == "sqlite" else None) as opened:
        yield opened


def test_the_flows_page_does_what_it_shows(project: penstock.Project, folder: Path) -> None:
    """Every example of the page gives exactly what stands under it, on every backend."""
    Page(DOCS / "flows.md", folder, {"project": project}, project._session.backend.powers).run()


def test_the_page_on_scripts_does_what_it_shows(folder: Path) -> None:
    """Every example of the page gives exactly what stands under it."""
    with penstock.open_project() as opened:
        Page(DOCS / "codegen.md", folder, {"project": opened}).run()


@pytest.mark.parametrize("page", PLAIN_PAGES, ids=name_of)
def test_a_page_does_what_it_shows(page: Path, folder: Path) -> None:
    """Programs run, sessions print what stands under them, files are written and their tests pass."""
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
def test_no_page_is_unfinished(page: Path) -> None:
    """Nothing that was to be filled in later was left."""
    assert not re.search(r"\b(TODO|TBD|FIXME|XXX|FIGURES|lorem ipsum)\b", page.read_text())


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
