"""How the package is built: compiled where that is possible, and built in any case."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The build backend on a checkout of its own, with a compiler that is never called."""
    pytest.importorskip("setuptools")
    module = importlib.import_module("tools.backend")
    sources, kept = tmp_path / "src" / "core" / "layout", tmp_path / "build" / "compiled"
    sources.mkdir(parents=True)
    (sources / "one.py").write_text("NAME = 1\n")
    for name, value in (("ROOT", tmp_path), ("SOURCES", sources), ("KEPT", kept), ("LOG", kept / "failed.log")):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setenv("CC", sys.executable)
    monkeypatch.delenv("PENSTOCK_PURE", raising=False)
    return module


@pytest.mark.parametrize(("name", "value"), [("PENSTOCK_PURE", "1"), ("CC", "/nowhere/cc -O2")])
def test_what_cannot_be_compiled_asks_for_nothing(
    backend: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Nothing is tried, and mypy is not downloaded for it."""
    monkeypatch.setenv(name, value)
    assert backend.why_interpreted()
    assert not backend._needs()
    assert backend.compiled() is None
    assert not backend.KEPT.exists()


def test_what_is_kept_asks_for_nothing(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second venv of a checkout takes what the first one compiled, unless the source or the compiler is another."""
    monkeypatch.setattr(backend, "why_interpreted", lambda: None)
    assert backend._needs() == backend.NEEDS
    backend.kept().mkdir(parents=True)
    assert not backend._needs()
    assert backend.compiled() == backend.kept()
    with monkeypatch.context() as other:
        other.setenv("CFLAGS", "-O0")
        assert backend._needs() == backend.NEEDS
    (backend.SOURCES / "one.py").write_text("NAME = 2\n")
    assert backend._needs() == backend.NEEDS


def test_a_compilation_that_fails_is_no_failure(
    backend: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The build goes on and says so; what the compiler said stays in a file until an attempt goes well."""
    monkeypatch.setattr(backend, "why_interpreted", lambda: None)
    monkeypatch.setitem(backend.FLAGS, "PYTHONPATH", str(backend.ROOT))
    (backend.ROOT / "mypyc.py").write_text("raise SystemExit('the compiler is broken')\n")
    assert backend.compiled() is None
    assert "the arrangement is interpreted: compiling failed" in capsys.readouterr().out
    assert "the compiler is broken" in backend.LOG.read_text()
    assert [*backend.KEPT.iterdir()] == [backend.LOG]
    backend.kept().mkdir()
    assert backend.compiled()
    assert not backend.LOG.exists()
