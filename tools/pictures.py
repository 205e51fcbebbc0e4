"""Draws the pictures of the documentation anew: ``make pictures``. A test compares them with what this gives."""

from configparser import ConfigParser
from html import escape
from pathlib import Path

from penstock import core

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
EXAMPLE = ROOT / "examples" / "orders.json"

ABOUT = {
    "cli": "the command line",
    "testing": "contract suites, the test double, the pytest plugin",
    "sdk": "what people call, blocking and async; composes adapters",
    "adapters": "one technology each; never import each other",
    "ports": "Protocols with promises: stores, engine, catalogue, clock, ids",
    "core": "immutable values and pure functions: flows, edits, validation, layout, plans, processors",
}
COLOURS = {
    "light": {"paper": "#ffffff", "room": "#f6f8fa", "edge": "#8d96a0", "ink": "#1f2328", "dim": "#59636e"},
    "dark": {"paper": "#0d1117", "room": "#161b22", "edge": "#656c76", "ink": "#f0f6fc", "dim": "#9198a1"},
}
ACCENTS = {
    "cli": "#bc4c00",
    "testing": "#bc4c00",
    "sdk": "#8250df",
    "adapters": "#0969da",
    "ports": "#1a7f37",
    "core": "#1a7f37",
}
WIDTH, LEFT, GAP = 760, 52, 14


def rooms() -> tuple[list[str], list[str]]:
    """The rooms from top to bottom, and the adapters, as the linter of imports has them."""
    rules = ConfigParser()
    rules.read(ROOT / ".importlinter")
    layers = rules["importlinter:contract:layers"]["layers"].split()
    siblings = rules["importlinter:contract:siblings"]["modules"].split()
    return layers, [each.rsplit(".", 1)[-1] for each in siblings]


def draw_rooms(theme: str) -> str:
    """The rooms as SVG: who stands higher may import what stands lower."""
    layers, siblings = rooms()
    colour = COLOURS[theme]
    parts: list[str] = []
    y = GAP
    for room in layers:
        inner = siblings if room == "adapters" else []
        height = 96 if inner else 58
        parts += _room(room, y, height, inner, colour)
        y += height + GAP
    arrow = (
        f'<path d="M26 {GAP + 6}V{y - GAP - 12}" stroke="{colour["dim"]}" stroke-width="1.6"/>'
        f'<path d="M26 {y - GAP - 4}l-5-10h10z" fill="{colour["dim"]}"/>'
        f'<text x="18" y="{y / 2:g}" transform="rotate(-90 18 {y / 2:g})" text-anchor="middle" font-size="12"'
        f' fill="{colour["dim"]}">may import</text>'
    )
    words = "Rooms of penstock; each may import those below it: " + ", ".join(layers) + "."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img"'
            ' aria-labelledby="t d" font-family="system-ui, sans-serif">',
            '<title id="t">Rooms of penstock</title>',
            f'<desc id="d">{escape(words)}</desc>',
            f'<rect width="{WIDTH}" height="{y}" fill="{colour["paper"]}"/>',
            arrow,
            *parts,
            "</svg>\n",
        ]
    )


def _room(room: str, y: int, height: int, inner: list[str], colour: dict[str, str]) -> list[str]:
    width = WIDTH - LEFT - GAP
    parts = [
        f'<rect x="{LEFT}" y="{y}" width="{width}" height="{height}" rx="8" fill="{colour["room"]}"'
        f' stroke="{colour["edge"]}" stroke-width="1.5"/>',
        f'<rect x="{LEFT}" y="{y}" width="5" height="{height}" rx="2.5" fill="{ACCENTS[room]}"/>',
        f'<text x="{LEFT + 18}" y="{y + 25}" font-size="15" font-weight="600" fill="{colour["ink"]}">{room}</text>',
        f'<text x="{LEFT + 18}" y="{y + 44}" font-size="12" fill="{colour["dim"]}">{escape(ABOUT[room])}</text>',
    ]
    step = (width - 26) / max(len(inner), 1)
    for at, name in enumerate(inner):
        x = LEFT + 18 + at * step
        parts.append(
            f'<rect x="{x:g}" y="{y + 56}" width="{step - 8:g}" height="28" rx="5" fill="{colour["paper"]}"'
            f' stroke="{colour["edge"]}"/><text x="{x + step / 2 - 4:g}" y="{y + 74}" text-anchor="middle"'
            f' font-size="12" fill="{colour["ink"]}">{name}</text>'
        )
    return parts


def pictures() -> dict[str, str]:
    """File name -> text of each picture."""
    flow = core.load_flow(EXAMPLE.read_bytes())
    return {
        "orders.svg": core.draw(flow, theme="light"),
        "orders-dark.svg": core.draw(flow, theme="dark"),
        "rooms.svg": draw_rooms("light"),
        "rooms-dark.svg": draw_rooms("dark"),
    }


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    for name, text in pictures().items():
        (IMAGES / name).write_text(text)
        print(name)
