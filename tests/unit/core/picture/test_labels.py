"""Conditions of links stand clear of boxes and of each other."""

import pytest

from penstock.core.flow.model import StageInstance
from penstock.core.picture.labels import HEIGHT, UNIT_PX, Label, place_labels
from penstock.core.picture.scene import BOX_H, BOX_W, Box, Link, Scene
from penstock.core.picture.text import brief, distinct, units, wrapped


def box(name: str, x: float, y: float) -> Box:
    """A box at a place."""
    return Box(StageInstance(name, "kind", "1", "lib"), "processor", x, y)


def placed(targets: int, text: str) -> tuple[Scene, list[Label]]:
    """A stage with links to several others, one below the other."""
    source = box("source", 0, 0)
    others = [box(f"t{at}", 310, at * 150) for at in range(targets)]
    links = [Link(source, other, text=text) for other in others]
    scene = Scene((source, *others), tuple(links), 500, targets * 150)
    ends = [((BOX_W, BOX_H / 2), (each.target.x, each.target.y + BOX_H / 2)) for each in links]
    return scene, place_labels(scene, list(zip(links, ends, strict=True)))


def area(label: Label) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    half = units(label.text) * UNIT_PX / 2
    return label.x - half, label.y - HEIGHT + 3, label.x + half, label.y + 3


def test_labels_of_a_fan_meet_neither_boxes_nor_each_other() -> None:
    """Six long conditions from one stage."""
    scene, labels = placed(6, "${record:value('/country') == 'somewhere far away'}")
    areas = [area(each) for each in labels]
    boxes = [(each.x, each.y, each.x + BOX_W, each.y + BOX_H) for each in scene.boxes]
    for at, one in enumerate(areas):
        for other in [*areas[:at], *boxes]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


def test_a_short_label_is_whole_and_in_the_middle() -> None:
    """Where there is room nothing is shortened."""
    _, (label,) = placed(1, "default")
    assert label.text == "default"
    assert label.x == (BOX_W + 310) / 2


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("${record:value('/amount') >= 1000}", "/amount >= 1000"),
        ('${ record:attribute("table") == "x" }', 'table == "x"'),
        ("${record:value('/a')} and ${record:value('/b')}", "${/a} and ${/b}"),
        ("default", "default"),
    ],
)
def test_a_condition_is_said_in_few_words(condition: str, said: str) -> None:
    """The wrapping that every condition has tells nothing."""
    assert brief(condition) == said


def test_conditions_that_begin_alike_show_where_they_differ() -> None:
    """What a short label shows of a condition is what the others do not have."""
    texts = ["type == 'DELETE'", "type == 'INSERT'", "type == 'UPDATE'"]
    shown = [distinct(text, [other for other in texts if other != text]) for text in texts]
    assert shown == ["…'DELETE'", "…'INSERT'", "…'UPDATE'"]
    assert distinct("default", texts) == "default"


def test_a_long_word_is_broken_between_its_parts() -> None:
    """Names without blanks stay readable; what does not fit at all ends in a mark."""
    assert wrapped("FieldRenamerToMap", 14.8, 3) == ["FieldRenamerTo", "Map"]
    assert wrapped("a_rather_long_name_of_a_stage", 14.8, 3) == ["a_rather_long_", "name_of_a_", "stage"]
    assert wrapped("one two three four five six seven eight", 10, 2)[-1].endswith("…")
    assert wrapped("", 10, 2) == [""]
