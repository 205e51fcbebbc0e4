"""The picture as one self-contained SVG."""

import re
import zlib
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from ..errors import InvalidValueError
from ..flow.model import Flow
from ..validation.issues import Issue
from .labels import Label, place_labels
from .scene import BOX_H, BOX_W, Box, Link, Scene, scene_of
from .text import cut, wrapped

THEMES = ("auto", "light", "dark")
FONTS = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif"
"""By name too: what draws a PNG knows neither the system's own nor what ``sans-serif`` is here."""
_LIGHT = {
    "paper": "#ffffff",
    "box": "#ffffff",
    "edge": "#8d96a0",
    "ink": "#1f2328",
    "dim": "#59636e",
    "line": "#6e7781",
    "origin": "#1a7f37",
    "processor": "#0969da",
    "destination": "#8250df",
    "executor": "#bc4c00",
    "beside": "#59636e",
    "fault": "#cf222e",
}
_DARK = {
    "paper": "#0d1117",
    "box": "#161b22",
    "edge": "#656c76",
    "ink": "#f0f6fc",
    "dim": "#9198a1",
    "line": "#9198a1",
    "origin": "#3fb950",
    "processor": "#4493f8",
    "destination": "#ab7df8",
    "executor": "#db6d28",
    "beside": "#9198a1",
    "fault": "#f85149",
}
_ICONS = {
    "origin": "M4 12h12M11 6l6 6-6 6M20 4v16",
    "processor": "M4 7h16M4 12h10M4 17h16",
    "destination": "M4 4v16M8 12h12M15 7l5 5-5 5",
    "executor": "M6 4l13 8-13 8z",
    "beside": "M12 4v10M12 18v2",
}
_ROLE = re.compile(r"^(?:error|bad|start|stop|test)(?: (?:records|event|origin))? ?- ?(?=\S)", re.IGNORECASE)
LINES = 3
MOST_LETTERS = 2_000
LINE_UNITS = 14.8


def draw(flow: Flow, *, issues: Sequence[Issue] = (), theme: str = "auto") -> str:
    """The picture of a flow as SVG text, without scripts or outside parts.

    ``issues`` become badges on their stages; ``theme`` is light, dark, or auto for what the viewer prefers.

    Shape: ``g`` elements with ``data-stage`` for stages, ``path`` elements of the class ``link`` for links, a title and
    a description. Texts of the flow are never markup.
    Units: pixels; stages stand where they do in the flow, 130 wide and 100 high.
    Cost: about 0.2 s and 0.5 MB for a thousand stages that have their places; touches nothing.

    Raises:
        InvalidValueError: an unknown theme.
    """
    if theme not in THEMES:
        raise InvalidValueError("theme", theme, " or ".join(THEMES))
    scene = scene_of(flow)
    counts: dict[str, list[str]] = {}
    for issue in issues:
        counts.setdefault(issue.instance_name or "", []).append(issue.message)
    return "\n".join(_parts(flow, scene, counts, theme)) + "\n"


def _parts(flow: Flow, scene: Scene, issues: dict[str, list[str]], theme: str) -> Iterator[str]:
    size = f"{scene.width:g} {scene.height:g}"
    # several pictures may stand in one document: names and rules are those of this one only
    key = f"{zlib.crc32(f'{theme} {flow.name} {size}'.encode('utf-8', 'replace')):08x}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{scene.width:g}"'
        f' height="{scene.height:g}" class="penstock-{theme}" role="img" aria-labelledby="t{key} d{key}"'
        f' font-family="{FONTS}">'
    )
    yield f'<title id="t{key}">{_clean(flow.name)}</title>'
    yield f'<desc id="d{key}">{_clean(describe(scene))}</desc>'
    yield f"<style>{_style(theme)}</style>"
    yield f'<rect class="paper" width="{scene.width:g}" height="{scene.height:g}"/>'
    yield (
        f'<defs><marker id="tip{key}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        ' orient="auto"><path class="tip" d="M0 0l8 4-8 4z"/></marker></defs>'
    )
    if issues.get(""):
        yield _badge(issues[""], 24, 24)
    for link in scene.links:
        yield _line(link, key)
    for box in scene.boxes:
        yield from _box(box, issues.get(box.stage.instance_name, []))
    yield from _conditions(scene)
    yield "</svg>"


def describe(scene: Scene) -> str:
    """One sentence for people who do not see the picture."""
    counts = {
        kind: sum(box.kind == kind for box in scene.boxes)
        for kind in ("origin", "processor", "destination", "executor")
    }
    held = ", ".join(_count(count, kind) for kind, count in counts.items() if count)
    return f"A streaming flow with {held or 'no stages'} and {_count(len(scene.links), 'link')}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _style(theme: str) -> str:
    """Plain colours in plain rules: programs that turn SVG into pixels know no variables."""
    if theme == "auto":
        return f"{_rules(_LIGHT, theme)}@media(prefers-color-scheme:dark){{{_rules(_DARK, theme)}}}"
    return _rules(_DARK if theme == "dark" else _LIGHT, theme)


def _rules(colour: dict[str, str], theme: str) -> str:
    rules = {
        ".paper": f"fill:{colour['paper']}",
        ".box": f"fill:{colour['box']};stroke:{colour['edge']};stroke-width:1.5",
        ".name": f"fill:{colour['ink']};font-size:12px;font-weight:600",
        ".lib": f"fill:{colour['dim']};font-size:10px",
        ".link": f"stroke:{colour['line']};stroke-width:1.6;fill:none",
        ".event": "stroke-dasharray:6 5",
        ".tip": f"fill:{colour['line']}",
        ".cond": f"fill:{colour['ink']};font-size:11px",
        ".halo": f"stroke:{colour['paper']};stroke-width:4px;stroke-linejoin:round",
        ".badge": f"fill:{colour['fault']}",
        ".count": "fill:#ffffff;font-size:11px;font-weight:700",
        ".icon": "fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round",
        **{f".{kind}": f"stroke:{colour[kind]}" for kind in _ICONS},
        **{f".bar-{kind}": f"fill:{colour[kind]}" for kind in _ICONS},
    }
    return "".join(f".penstock-{theme} {name}{{{rule}}}" for name, rule in rules.items())


def _line(link: Link, key: str) -> str:
    (x1, y1), (x2, y2) = _ends(link)
    kind = "link event" if link.event else "link"
    path = f'<path class="{kind}" marker-end="url(#tip{key})" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"'
    return f"{path}><title>{_clean(link.text)}</title></path>" if link.text else f"{path}/>"


def _ends(link: Link) -> tuple[tuple[float, float], tuple[float, float]]:
    """From the right edge (events: the lower edge) of a box to the left edge of the next."""
    a, b = link.source, link.target
    start = (a.x + BOX_W / 2, a.y + BOX_H) if link.event and b.y > a.y else (a.x + BOX_W, a.y + BOX_H / 2)
    return start, (b.x - 2, b.y + BOX_H / 2)


def _box(box: Box, issues: list[str]) -> Iterator[str]:
    stage = box.stage
    yield f'<g transform="translate({box.x:g} {box.y:g})" data-stage={quoteattr(_plain(stage.instance_name))}>'
    yield f"<title>{_clean(stage.label)} ({_clean(stage.stage_name)})</title>"
    yield f'<rect class="box" width="{BOX_W}" height="{BOX_H}" rx="8"/>'
    yield f'<rect class="bar-{box.kind}" width="{BOX_W}" height="5" rx="2.5"/>'
    yield f'<path class="icon {box.kind}" transform="translate(10 13) scale(.85)" d="{_ICONS[box.kind]}"/>'
    # beside the canvas the line above says already what it is for
    label = stage.label[:MOST_LETTERS]
    label = _ROLE.sub("", label) if box.role else label
    lines = wrapped(label, LINE_UNITS, LINES)
    for at, line in enumerate(lines):
        yield f'<text class="name" x="10" y="{50 + at * 15}">{_clean(line)}</text>'
    yield f'<text class="lib" x="38" y="27">{_clean(cut(box.role or _library(stage.library), 15))}</text>'
    if issues:
        yield _badge(issues, BOX_W - 4, 4)
    yield "</g>"


def _badge(issues: list[str], x: float, y: float) -> str:
    """How many findings there are, with their texts where the pointer rests."""
    words = _clean("\n".join(issues))
    return (
        f'<g><title>{words}</title><circle class="badge" cx="{x:g}" cy="{y:g}" r="11"/>'
        f'<text class="count" x="{x:g}" y="{y + 4:g}" text-anchor="middle">{min(len(issues), 99)}</text></g>'
    )


def _library(library: str) -> str:
    for prefix in ("streamsets-datacollector-", "streamsets-transformer-", "streamsets-"):
        library = library.removeprefix(prefix)
    return library.removesuffix("-lib")


def _conditions(scene: Scene) -> Iterator[str]:
    named = [(link, _ends(link)) for link in scene.links if link.text]
    yield from (_condition(label) for label in place_labels(scene, named))


def _condition(label: Label) -> str:
    text, whole = _clean(label.text), _clean(label.link.text)
    place = f'x="{label.x:g}" y="{label.y:g}" text-anchor="middle"'
    # the halo is a text of its own, since few programs can paint a stroke below its fill
    halo = f'<text class="cond halo" {place} aria-hidden="true">{text}</text>'
    return f'{halo}<text class="cond" {place}>{text}{f"<title>{whole}</title>" if whole != text else ""}</text>'


def _plain(text: str) -> str:
    """Without characters that XML does not allow."""
    return "".join(char for char in text if char in "\t\n" or (ord(char) >= 32 and not 0xD800 <= ord(char) < 0xE000))


def _clean(text: str) -> str:
    """A text of the flow as text of the picture, cut where nobody would read on."""
    return escape(_plain(text[:MOST_LETTERS]))
