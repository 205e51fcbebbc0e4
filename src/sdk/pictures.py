"""Pictures of a flow: SVG, one HTML page, Mermaid text, and PNG when an optional package is there."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import InvalidValueError, nearest
from ..core.extras import EXTRAS
from ..core.flow.model import Flow
from ..core.validation.issues import Issue

if TYPE_CHECKING:
    from ..core.catalogue.definitions import Catalogue
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
    catalogue: "Catalogue | None" = None,
) -> str:
    """The picture as SVG text; also written to ``path`` in the form that its suffix names.

    ``issues`` become badges on their stages; a page (.html) also shows the records of a ``preview``, and with a
    ``catalogue`` which settings differ from their defaults; ``theme`` is light, dark, or auto for what the viewer
    prefers.

    Raises:
        InvalidValueError: a suffix without a form.
        UnsupportedError: PNG without the optional package.
    """
    from ..core.picture import draw, mermaid, page

    svg = draw(flow, issues=issues, theme=theme)
    if path is None:
        return svg
    target = Path(path)
    if target.suffix not in SUFFIXES:
        raise InvalidValueError(
            "picture file", str(path), f"a name that ends in {', '.join(SUFFIXES)}", nearest(target.suffix, SUFFIXES)
        )
    from .files import write_whole

    if target.suffix == ".png":
        data = _png(draw(flow, issues=issues, theme="light") if theme == "auto" else svg)
    elif target.suffix == ".html":
        data = page(flow, _core(preview), issues=issues, theme=theme, catalogue=catalogue).encode()
    else:
        data = (svg if target.suffix == ".svg" else mermaid(flow)).encode()
    write_whole(target, lambda out: out.write(data))
    return svg


def _core(preview: "PreviewResult | Preview | None") -> "Preview | None":
    from .preview import PreviewResult

    return preview.preview if isinstance(preview, PreviewResult) else preview


def _png(svg: str) -> bytes:
    try:
        import resvg_py
    except ImportError:
        raise EXTRAS["png"].missing("a PNG picture without the package resvg-py") from None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2))
