"""Conditions of links stand clear of boxes and of each other."""

from penstock.core.flow.model import StageInstance
from penstock.core.picture.labels import HEIGHT, UNIT_PX, Label, place_labels
from penstock.core.picture.scene import BOX_H, BOX_W, Box, Link, Scene


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
    return scene, place_labels(scene, [(link, line, float(len(text))) for link, line in zip(links, ends, strict=True)])


def area(label: Label) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    half = label.length * UNIT_PX / 2
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
    assert label.length >= len("default")
    assert label.x == (BOX_W + 310) / 2
