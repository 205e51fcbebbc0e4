"""Pictures of a flow: SVG, Mermaid text and a page to look around in."""

from .mermaid_text import mermaid
from .page import page
from .svg import draw

__all__ = ["draw", "mermaid", "page"]
