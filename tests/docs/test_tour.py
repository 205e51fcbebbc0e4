"""The notebook of the documentation, executed in a real kernel."""

import json
from typing import Any

import pytest

from tools.notebook import TOUR, executed, text_of

KEPT = json.loads(TOUR.read_text())


@pytest.fixture(scope="module")
def today() -> Any:
    """The notebook with the outputs of today."""
    pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    return executed(KEPT)


def told(notebook: Any) -> list[list[tuple[str, Any]]]:
    """Cell by cell what came out; of pictures only that there is one."""
    return [
        [
            (kind, kind if kind == "image/svg+xml" else content)
            for output in cell["outputs"]
            for kind, content in (output.get("data") or {"text": output.get("text")}).items()
        ]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def test_the_tour_shows_what_comes_out(today: Any) -> None:
    """Every cell runs, and its stored output is that of today; `make tour` stores it anew."""
    assert told(today) == told(KEPT)


def test_the_tour_shows_pictures_and_tables() -> None:
    """Flows as pictures, lists and previews as tables."""
    kinds = [kind for cell in told(KEPT) for kind, _ in cell]
    assert kinds.count("image/svg+xml") >= 3
    assert kinds.count("text/html") >= 8


def test_the_tour_is_stored_in_one_form() -> None:
    """As the tool writes it, so that a difference is one of content."""
    assert TOUR.read_text() == text_of(KEPT)


def test_the_tour_knows_no_machine() -> None:
    """No path of whoever stored it."""
    assert "site-packages" not in TOUR.read_text()
    assert str(TOUR.parents[1]) not in TOUR.read_text()
