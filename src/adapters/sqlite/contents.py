"""The content of flows in a store file: kept once per different text, forgotten with the last revision that has it."""

import hashlib
import sqlite3
from collections.abc import Iterable

import attrs

from ...core.flow.content import Content, content_digest, read_content, write_content
from ...core.flow.model import Flow


@attrs.frozen
class Written:
    """A flow with its texts, ready to be kept. Making it is the costly part of a save and needs no transaction."""

    flow: Flow = attrs.field(repr=False)
    content: Content
    digest: str


def written(flow: Flow) -> Written:
    """The texts and the digest of a flow.

    Raises:
        InvalidValueError: something in it has no JSON form.
    """
    return Written(flow, write_content(flow), content_digest(flow))


def keep_content(connection: sqlite3.Connection, made: Written) -> int:
    """The number of this content, which is added unless it is there."""
    content = made.content
    text_hash = hashlib.sha256(f"{content.asset}\n{content.document}".encode("ascii")).digest()
    row = connection.execute(
        "INSERT INTO contents (text_hash, digest, name, size_bytes, asset, document) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (text_hash) DO NOTHING RETURNING content",
        (text_hash, made.digest, made.flow.name, content.size_bytes, content.asset, content.document),
    ).fetchone()
    if row is None:
        row = connection.execute("SELECT content FROM contents WHERE text_hash = ?", (text_hash,)).fetchone()
    return int(row[0])


def flow_of(asset: str, document: str, source: str) -> Flow:
    """The flow of two stored texts."""
    return read_content(Content(asset, document), source)


def contents_of(connection: sqlite3.Connection, flows: Iterable[int]) -> list[tuple[int]]:
    """The numbers of every content that a revision of these flows has."""
    found: set[tuple[int]] = set()
    for flow in flows:
        found.update(connection.execute("SELECT content FROM revisions WHERE flow = ?", (flow,)))
    return list(found)


def forget_unused(connection: sqlite3.Connection, contents: Iterable[tuple[int]]) -> None:
    """Forgets those of these contents that no revision has any more."""
    connection.executemany(
        "DELETE FROM contents WHERE content = ?1 AND NOT EXISTS (SELECT 1 FROM revisions WHERE content = ?1)", contents
    )
