"""The flow as Mermaid text, for READMEs."""

from ..flow.model import Flow
from .scene import scene_of

_SHAPES = {"origin": ("([", "])"), "processor": ("[", "]"), "destination": ("[(", ")]"), "executor": ("{{", "}}")}


def mermaid(flow: Flow) -> str:
    """The flow as Mermaid text: a graph from left to right, event links dotted.

    Shape: a line per stage of the canvas, then a line per link. Labels are quoted, so nothing in them is syntax.
    """
    scene = scene_of(flow)
    ids = {box.stage.instance_name: f"s{at}" for at, box in enumerate(scene.boxes)}
    lines = ["graph LR"]
    for box in scene.boxes:
        if box.kind != "beside":
            opening, closing = _SHAPES[box.kind]
            lines.append(f"  {ids[box.stage.instance_name]}{opening}{_quoted(box.stage.label)}{closing}")
    for link in scene.links:
        arrow = "-.->" if link.event else "-->"
        text = f"|{_quoted(link.text)}|" if link.text else ""
        lines.append(f"  {ids[link.source.stage.instance_name]} {arrow}{text} {ids[link.target.stage.instance_name]}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    return '"' + " ".join(escaped.split()) + '"'
