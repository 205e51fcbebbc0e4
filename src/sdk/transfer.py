"""Export to and import from files, on top of the pure archive code."""

import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..core.catalogue.definitions import Catalogue
from ..core.errors import FormatError, InvalidValueError
from ..core.flow.model import Flow, FlowId
from ..core.importing import Create, ImportPlan, Replace, Resolution, outgoing, plan_import, settled
from ..core.project import StoredFlow
from .files import whole_file, write_whole
from .session import Session

if TYPE_CHECKING:
    from ..ports.engine import FlowTransfer

DEFAULT_NAME = "flows.zip"


def export_path(destination: str | os.PathLike[str] | None, with_plain_text_credentials: object) -> Path:
    """Where an export goes: ``flows.zip`` here by default, or inside the folder that is named.

    Raises:
        InvalidValueError: for credentials that are asked for by something else than true: a name of a file given in
            this place would let them out; for a destination that is no path.
    """
    if not isinstance(with_plain_text_credentials, bool):
        expected = "true or false; name the file with destination=..."
        raise InvalidValueError("with_plain_text_credentials", with_plain_text_credentials, expected)
    path = Path(DEFAULT_NAME) if destination is None else _path(destination, "destination")
    return path / DEFAULT_NAME if path.is_dir() else path


def _path(given: object, what: str) -> Path:
    if not isinstance(given, (str, os.PathLike)):
        raise InvalidValueError(what, given, "the path of a file")
    return Path(given)


def archives_of_store(session: Session, count: int) -> "FlowTransfer | None":
    """What makes an archive of this many flows where they are stored; None when it is to be made here."""
    made_elsewhere = session.ports.transfer
    return made_elsewhere if made_elsewhere is not None and count <= made_elsewhere.most_flows else None


async def export(
    session: Session, flows: Sequence[tuple[StoredFlow, Flow]], path: Path, *, with_plain_text_credentials: bool
) -> Path:
    """Writes one archive of these flows, edits included."""
    saved = all(stored.flow == flow for stored, flow in flows)
    made_elsewhere = archives_of_store(session, len(flows)) if saved else None
    if made_elsewhere is not None:
        ids = [stored.flow_id for stored, _ in flows]
        with whole_file(path) as out:
            await made_elsewhere.export(ids, out, with_plain_text_credentials=with_plain_text_credentials)
        return path
    catalogues: dict[str, Catalogue] = {}
    for _, flow in flows:
        catalogues[flow.engine_version] = await session.catalogue(flow.engine_version)
    members = ((stored.flow_id, flow) for stored, flow in flows)
    return write_flows(members, catalogues.__getitem__, path, with_plain_text_credentials=with_plain_text_credentials)


def write_flows(
    flows: Iterable[tuple[str, Flow]],
    catalogue: Callable[[str], Catalogue],
    path: Path,
    *,
    with_plain_text_credentials: bool,
) -> Path:
    """Writes one archive of flows that come one by one; ``catalogue`` gives the catalogue of an engine version.

    Raises:
        InvalidValueError: no flow came; nothing is written.
    """
    from ..core.archive import write_archive
    from ..core.flow.credentials import blank_credentials

    def leaving(flow: Flow) -> Flow:
        named = outgoing(flow)
        if with_plain_text_credentials:
            return named
        return blank_credentials(named, catalogue(flow.engine_version))[0]

    def write(out: BinaryIO) -> None:
        if not write_archive(((stem, leaving(flow)) for stem, flow in flows), out):
            raise InvalidValueError("flows", [], "at least one flow")

    return write_whole(path, write)


def read_source(source: str | os.PathLike[str]) -> list[Flow]:
    """The flows of an export: a ZIP or a single JSON file.

    Raises:
        FormatError: it is no such file; nothing was imported.
    """
    return [flow for _, flow in read_archived(_path(source, "source"))]


def read_archived(path: Path) -> list[tuple[str, Flow]]:
    """The flows of a file with the name of the member that each came from.

    Raises:
        FormatError: it cannot be read.
    """
    try:
        with path.open("rb") as opened:
            return _members(opened, path.name)
    except FileNotFoundError:
        raise FormatError(str(path), "", "there is no such file") from None
    except IsADirectoryError:
        raise FormatError(str(path), "", "it is a folder; name a ZIP or JSON file") from None
    except OSError as error:
        raise FormatError(str(path), "", error.strerror or "it cannot be opened") from None


def read_archived_bytes(data: bytes, name: str) -> list[tuple[str, Flow]]:
    """As ``read_archived``, of data that was read already."""
    return _members(io.BytesIO(data), name)


def _members(opened: BinaryIO, name: str) -> list[tuple[str, Flow]]:
    from ..core.archive import read_archive

    return [(member.file, member.flow) for member in read_archive(opened, name)]


def read_records(path: Path) -> list[object]:
    """Records of a file: a JSON array or value, or one JSON value per line; ``-`` is the standard input.

    Raises:
        FormatError: the file cannot be read.
    """
    from ..core.flow.json_text import parse_json

    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except UnicodeDecodeError:
        raise FormatError(str(path), "", "it is not UTF-8") from None
    except OSError as error:
        raise FormatError(str(path), "", error.strerror or "it cannot be opened") from None
    try:
        whole = parse_json(text, path.name)
    except FormatError:
        if text.lstrip().startswith("["):
            raise
    else:
        return list(whole) if isinstance(whole, list) else [whole]
    return [parse_json(line, f"{path.name} line {n}") for n, line in enumerate(text.splitlines(), 1) if line.strip()]


async def plan(session: Session, flows: Sequence[Flow], resolution: Resolution) -> ImportPlan:
    """What an import would do now."""
    return plan_import(flows, await session.names(), resolution)


async def import_flows(
    session: Session, source: str | os.PathLike[str], resolution: Resolution
) -> tuple[tuple[StoredFlow, ...], list[Flow]]:
    """Imports all flows of a file or none; the stored flows, and the flows of the file."""
    if session.ports.transfer is not None:
        return await session.ports.transfer.import_archive(_path(source, "source"), resolution), []
    flows = read_source(source)
    if not flows:
        raise FormatError(str(source), "", "there is no flow in it")
    steps = await plan(session, flows, resolution)
    replaced = [step.flow_id for step in steps.steps if isinstance(step, Replace)]
    held = {flow_id: (await session.get(flow_id)).flow for flow_id in replaced}
    steps = settled(steps, held, (await session.catalogue()).version)
    created = sum(isinstance(step, Create) for step in steps.steps)
    ids = [FlowId(session.ids.new_id()) for _ in range(created)]
    return await session.ports.flows.apply(steps, ids, session.clock.now_ms()), flows
