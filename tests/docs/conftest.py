"""Where pages are run."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    place = tmp_path_factory.mktemp("page")
    monkeypatch.chdir(place)
    monkeypatch.syspath_prepend(place)
    return place
