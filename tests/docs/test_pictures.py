"""The pictures of the documentation show what there is."""

import pytest

from tools.pictures import ABOUT, IMAGES, pictures, rooms

PICTURES = pictures()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_it_would_be_today(name: str) -> None:
    """The flow is drawn by penstock, the rooms by the rules of the import linter; `make pictures` draws them anew."""
    assert (IMAGES / name).read_text() == PICTURES[name]


def test_the_rooms_are_those_of_the_linter() -> None:
    """Every room is in the picture with its adapters, and no other."""
    layers, siblings = rooms()
    assert set(layers) == set(ABOUT)
    for word in (*layers, *siblings):
        assert f">{word}</text>" in PICTURES["rooms.svg"]


def test_no_picture_lies_about() -> None:
    """Each file in the folder is one of these."""
    assert {each.name for each in IMAGES.iterdir()} == set(PICTURES)
