"""Links, anchors, the list of pages and the fragments of the changelog hold together."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from .pages import DOCS, PAGES, ROOT, blocks_of

_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^()\s]+(?:\([^()]*\))?)[^)]*\)|(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ +(.+?) *#*$", re.MULTILINE)
_FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`[^`\n]+`")
KINDS = ("added", "changed", "fixed", "removed", "security")


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return _FENCE.sub("", page.read_text())


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page, named after its headings as MkDocs and GitHub both do."""
    found: set[str] = set()
    for heading in _HEADING.findall(prose(page)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())
        number = 0
        while (name := f"{slug}_{number}" if number else slug) in found:
            number += 1
        found.add(name)
    return frozenset(found)


def links(page: Path) -> list[str]:
    """Where the links of a page go, within the repository."""
    found = [one or other for one, other in _LINK.findall(_SPAN.sub("", prose(page)))]
    return [each for each in found if not re.match(r"[a-z]+:", each)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_has_a_target(page: Path) -> None:
    """Files are there under the very name, anchors are headings of the page, and no link leaves the site."""
    for link in links(page):
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), f"{link}: there is no {target}"
        assert page == ROOT / "README.md" or target.is_relative_to(DOCS), f"{link}: not part of the site"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{link}: no such heading; there are {sorted(anchors(target))}"


def test_every_page_is_in_the_list_of_the_site() -> None:
    """A page that nobody lists is a page that nobody finds; a listed one is there."""
    listed = set(_files(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]))
    assert listed == {str(page.relative_to(DOCS)) for page in PAGES if page.is_relative_to(DOCS)}


def test_every_decision_is_in_their_list() -> None:
    """Each page of the folder is linked from its index."""
    folder = DOCS / "decisions"
    assert {path.name for path in folder.glob("[0-9]*.md")} == set(links(folder / "index.md"))


def _files(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    held = nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ()
    return [file for each in held for file in _files(each)]


def test_no_page_loads_anything_from_elsewhere() -> None:
    """Pictures and scripts are the site's own; links to read on are another matter."""
    for page in PAGES:
        shown = re.findall(r"!\[[^\]]*\]\((https?:[^)]+)|<(?:img|script|link)[^>]+https?:", prose(page))
        assert not shown, f"{page.name}: {shown}"
        assert all(each.kind != "mermaid" for each in blocks_of(page)), f"{page.name}: needs a script to be drawn"
    theme = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["theme"]
    assert theme["font"] is False


@pytest.mark.parametrize(
    "path", sorted(set((ROOT / "changelog.d").glob("*.md")) - {ROOT / "changelog.d/README.md"}), ids=lambda p: p.name
)
def test_a_change_is_told_in_sentences(path: Path) -> None:
    """A fragment is NAME.KIND.md, with a text that begins and ends like a sentence."""
    name, kind, suffix = path.name.split(".")
    text = path.read_text().strip()
    assert name
    assert kind in KINDS
    assert suffix == "md"
    assert text[0].isupper() or text[0] == "`"
    assert text.endswith(".")
