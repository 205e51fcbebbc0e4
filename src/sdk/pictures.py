"""Pictures of a flow: SVG, one HTML page, Mermaid text, and PNG when an optional package is there."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import InvalidValueError, nearest
from ..core.extras import EXTRAS
from ..core.flow.model import Flow
from ..core.validation.issues import Issue

if TYPE_CHECKING:
    from ..core.preview import Preview
    from .preview import PreviewResult

SUFFIXES = (".svg", ".html", ".mmd", ".png")


def draw_flow(
    flow: Flow,
    path: str | Path | None = None,
    *,
    issues: Sequence[Issue] = (),
    theme: str = "auto",
    preview: "PreviewResult | Preview | None" = None,
) -> str:
    """The picture as SVG text; also written to ``path`` in the form that its suffix names.

    ``issues`` become badges on their stages; a page (.html) also shows the records of a ``preview``; ``theme`` is
    light, dark, or auto for what the viewer prefers.

    Raises:
        InvalidValueError: a suffix without a form.
        UnsupportedError: PNG without the optional package.
    """
    from ..core.picture import draw

    svg = draw(flow, issues=tuple(issues), theme=theme)
    if path is None:
        return svg
    target = Path(path)
    if target.suffix not in SUFFIXES:
        raise InvalidValueError(
            "picture file", str(path), f"a name that ends in {', '.join(SUFFIXES)}", nearest(target.suffix, SUFFIXES)
        )
    from .transfer import write_whole

    data = (
        _png(draw(flow, issues=tuple(issues), theme="light") if theme == "auto" else svg)
        if target.suffix == ".png"
        else _text(flow, target.suffix, svg, preview).encode()
    )
    write_whole(target, lambda out: out.write(data))
    return svg


def _text(flow: Flow, suffix: str, svg: str, preview: "PreviewResult | Preview | None") -> str:
    from ..core.picture import mermaid, page
    from .preview import PreviewResult

    if suffix == ".mmd":
        return mermaid(flow)
    held = preview.preview if isinstance(preview, PreviewResult) else preview
    return page(flow, held) if suffix == ".html" else svg


def _png(svg: str) -> bytes:
    try:
        import resvg_py
    except ImportError:
        raise EXTRAS["png"].missing("a PNG picture without the package resvg-py") from None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2))
