"""The parser of expressions: from tables that ship, as making them takes longer than all else that a start does."""

import hashlib
import io
import pkgutil

import lark

OPTIONS = {"parser": "lalr", "maybe_placeholders": True}


def read_grammar() -> bytes:
    """The grammar."""
    return pkgutil.get_data(__package__, "el.lark") or b""


def version_of(grammar: bytes) -> bytes:
    """Names what tables are made of: the grammar, and the release of lark whose form they have."""
    return hashlib.sha256(grammar + lark.__version__.encode()).hexdigest().encode()


def made_tables(grammar: bytes) -> bytes:
    """The file ``grammar.bin``: its version in a line, and behind it what lark saves."""
    saved = io.BytesIO()
    lark.Lark(grammar.decode(), **OPTIONS).save(saved)
    return version_of(grammar) + b"\n" + saved.getvalue()


def parser_of(grammar: bytes, tables: bytes) -> lark.Lark:
    """From tables if they are of this grammar and this lark, else from the grammar."""
    version, _, saved = tables.partition(b"\n")
    if version == version_of(grammar):
        return lark.Lark.load(io.BytesIO(saved))
    return lark.Lark(grammar.decode(), **OPTIONS)


def parser() -> lark.Lark:
    """What makes trees of expressions."""
    return parser_of(read_grammar(), pkgutil.get_data(__package__, "grammar.bin") or b"")
