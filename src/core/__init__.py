"""Immutable values and pure functions: no I/O, no clock, no randomness.

The functions that people reach for are named here; each is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .archive import read_archive, write_archive
    from .compare import diff, merge
    from .edit import auto_arrange
    from .flow.document import decode_flow, dump_flow, encode_flow, export_document, load_flow
    from .flow.fragments import resolve_fragments
    from .flow.model import Flow, StageInstance
    from .flow.upgrade import upgrade
    from .picture import draw, mermaid
    from .plan import Plan
    from .plan import compile_flow as compile
    from .validation import validate

_HOMES = {
    "read_archive": "archive",
    "write_archive": "archive",
    "diff": "compare",
    "merge": "compare",
    "draw": "picture",
    "mermaid": "picture",
    "auto_arrange": "edit",
    "decode_flow": "flow.document",
    "dump_flow": "flow.document",
    "encode_flow": "flow.document",
    "export_document": "flow.document",
    "load_flow": "flow.document",
    "resolve_fragments": "flow.fragments",
    "Flow": "flow.model",
    "StageInstance": "flow.model",
    "upgrade": "flow.upgrade",
    "Plan": "plan",
    "compile": "plan",
    "validate": "validation",
}
_RENAMED = {"compile": "compile_flow"}

__all__ = [
    "Flow",
    "Plan",
    "StageInstance",
    "auto_arrange",
    "compile",
    "decode_flow",
    "diff",
    "draw",
    "dump_flow",
    "encode_flow",
    "export_document",
    "load_flow",
    "merge",
    "mermaid",
    "read_archive",
    "resolve_fragments",
    "upgrade",
    "validate",
    "write_archive",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'penstock.core' has no attribute {name!r}")
    return getattr(import_module(f".{home}", __name__), _RENAMED.get(name, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
