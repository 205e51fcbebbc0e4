"""The package as it is installed."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import penstock

SOURCE = Path(__file__).parents[2] / "src"


def modules(root: Path) -> set[str]:
    """Every Python file below a folder."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*.py") if "__pycache__" not in path.parts}


def test_every_module_is_installed_and_none_is_left_over() -> None:
    """A folder missing from the package list, a new file or a deleted one would show here."""
    installed = modules(Path(str(files("penstock"))))
    assert {each for each in installed if not each.startswith("examples/")} == modules(SOURCE)


def test_importing_reads_no_catalogue_and_no_adapter() -> None:
    """The bare import loads neither adapters nor their libraries."""
    code = "import sys, penstock; print(*sorted(m for m in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"httpx", "aiosqlite", "lark", "anyio", "click", "rich", "penstock.adapters", "penstock.core.errors"}
    assert heavy.isdisjoint(loaded)


def test_every_public_name_is_there() -> None:
    """Each name of __all__ can be loaded, and an unknown one is an AttributeError."""
    for name in penstock.__all__:
        assert getattr(penstock, name) is not None
    assert not hasattr(penstock, "nonsense")


def test_the_version_is_the_one_of_the_project_file() -> None:
    """One version, in two places that agree."""
    import tomllib

    project = tomllib.loads((SOURCE.parent / "pyproject.toml").read_text())
    assert project["project"]["version"] == penstock.__version__
