"""Immutable values and pure functions: no I/O, no clock, no randomness.

The functions that people reach for are named here; each is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from .exports import exports

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

__getattr__, __dir__ = exports(
    __name__,
    {
        "Flow": ".flow.model",
        "Plan": ".plan.model",
        "StageInstance": ".flow.model",
        "auto_arrange": ".edit",
        "compile": ".plan.compile:compile_flow",
        "decode_flow": ".flow.document",
        "diff": ".compare",
        "draw": ".picture",
        "dump_flow": ".flow.document",
        "encode_flow": ".flow.document",
        "export_document": ".flow.document",
        "load_flow": ".flow.document",
        "merge": ".compare",
        "mermaid": ".picture",
        "read_archive": ".archive",
        "resolve_fragments": ".flow.fragments",
        "upgrade": ".flow.upgrade",
        "validate": ".validation.flows",
        "write_archive": ".archive",
    },
)
