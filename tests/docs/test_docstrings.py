"""The examples in docstrings, executed, and what the reference shows of public names."""

import doctest
import importlib
import inspect
from pathlib import Path
from types import ModuleType

import pytest

import penstock

from .pages import OPTIONS, ROOT

SOURCES = ROOT / "src"
WITH_EXAMPLES = sorted(path for path in SOURCES.rglob("*.py") if ">>> " in path.read_text())
PUBLIC = ("penstock", "penstock.core", "penstock.testing", "penstock.ports.backend", "penstock.ports.stores",
          "penstock.ports.engine", "penstock.ports.world")  # fmt: skip


def module_of(path: Path) -> ModuleType:
    """The module of a source file."""
    parts = path.relative_to(SOURCES).with_suffix("").parts
    return importlib.import_module(".".join(("penstock", *(part for part in parts if part != "__init__"))))


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_examples_in_docstrings_do_what_they_show(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example gives exactly what stands under it."""
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testmod(module_of(path), optionflags=OPTIONS)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_says_what_it_promises(name: str) -> None:
    """Functions, classes and their methods have a docstring that begins like a sentence."""
    module = importlib.import_module(name)
    names = getattr(module, "__all__", [each for each in vars(module) if not each.startswith("_")])
    missing: list[str] = []
    for each in names:
        found = getattr(module, each)
        if not getattr(found, "__module__", "").startswith("penstock"):
            continue
        if inspect.isclass(found):
            missing += [f"{each}.{inner}" for inner in undocumented(found)]
        if (inspect.isclass(found) or inspect.isfunction(found)) and not told(found):
            missing.append(each)
    assert not missing


def undocumented(found: type) -> list[str]:
    """Public methods and properties of a class of penstock without a docstring."""
    held = {key: value for key, value in vars(found).items() if not key.startswith("_")}
    parts = {key: getattr(value, "fget", getattr(value, "__func__", value)) for key, value in held.items()}
    return [key for key, value in parts.items() if inspect.isfunction(value) and not told(value)]


def told(found: object) -> bool:
    """True for a docstring that begins with a capital or a name in code and ends its first sentence."""
    words = (inspect.getdoc(found) or "").strip()
    return len(words) > 8 and (words[0].isupper() or words[0] in "`*") and words.split("\n\n")[0].rstrip()[-1] in ".:)"


def test_the_reference_lists_every_public_name() -> None:
    """What ``__all__`` has is on a page of the reference."""
    text = "".join(page.read_text() for page in (ROOT / "docs" / "reference").glob("*.md"))
    errors = {each for each in penstock.__all__ if each.endswith("Error")}  # on a page as a module
    listed = {line.split()[-1] for line in text.splitlines() if line.startswith("::: ")}
    rest = set(penstock.__all__) - errors - {"__version__", "core", "testing"}
    assert {f"penstock.{name}" for name in rest} <= listed
    for part in ("core", "testing"):
        names = importlib.import_module(f"penstock.{part}").__all__
        assert {f"penstock.{part}.{name}" for name in names} <= listed
