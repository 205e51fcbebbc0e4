"""Writing exports: the same flows give the same bytes."""

import re
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

from ..flow.document import export_document
from ..flow.json_text import json_text
from ..flow.model import Flow

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can hold: every member has it, so that no clock shows in the bytes."""
PLAIN_FILE = 0o644 << 16
LONGEST_STEM = 100


def member_name(stem: str, taken: set[str]) -> str:
    """A portable file name for a flow, unique among ``taken`` (which gets it added)."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._")[:LONGEST_STEM] or "flow"
    name, count = f"{safe}.json", 2
    while name.lower() in taken:
        name, count = f"{safe}_{count}.json", count + 1
    taken.add(name.lower())
    return name


def write_archive(members: Iterable[tuple[str, Flow]], out: BinaryIO) -> int:
    """Writes flows as a ZIP of export documents and says how many.

    Shape: one ``<stem>.json`` per flow in the given order, each an export envelope.

    Cost: one document in memory at a time, and about 200 bytes per member for the directory.
    """
    count = 0
    taken: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for stem, flow in members:
            entry = zipfile.ZipInfo(member_name(stem, taken), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = PLAIN_FILE
            entry.create_system = 3
            archive.writestr(entry, json_text(export_document(flow)).encode())
            count += 1
    return count
