"""The one place that picks adapters: from what the caller names to a backend, a catalogue source and an engine."""

import os
from pathlib import Path
from typing import Protocol

import attrs

from ..adapters.system import SystemClock, UuidIds
from ..core.catalogue.definitions import Catalogue
from ..core.errors import InvalidValueError, NotFoundError, UnsupportedError, nearest
from ..core.project import EngineId, EngineInfo, Environment, EnvironmentId
from ..ports.backend import Backend, ProjectPorts
from ..ports.engine import CatalogSource, Engine
from ..ports.world import Clock, Ids


class EngineMaker(Protocol):
    """Makes the engine of an environment."""

    def __call__(self, environment: Environment | None, catalogue: Catalogue, allow_code: bool) -> Engine:
        """An engine that is online."""
        ...


@attrs.frozen
class Options:
    """Choices of whoever opens a backend.

    ``engine`` is ``embedded`` or None; ``allow_code`` lets script and shell stages run; ``catalogue`` replaces the one
    that ships (a ``Catalogue``, or the path of a definitions file exported from an engine).
    """

    engine: str | None = "embedded"
    allow_code: bool = False
    token: str | None = attrs.field(default=None, repr=False)
    auth: object | None = attrs.field(default=None, repr=False)
    catalogue: "Catalogue | str | Path | None" = None
    durability: str = "process"
    clock: Clock = attrs.field(factory=SystemClock)
    ids: Ids = attrs.field(factory=UuidIds)
    extra: dict[str, object] = attrs.field(factory=dict, repr=False)


class LocalCatalogues:
    """The catalogue that ships, or the one that the caller brought."""

    def __init__(self, given: "Catalogue | str | Path | None") -> None:
        self._given = given
        self._loaded: Catalogue | None = None

    def _load(self) -> Catalogue:
        if self._loaded is None:
            self._loaded = _catalogue(self._given)
        return self._loaded

    async def versions(self) -> tuple[str, ...]:
        """The one version there is."""
        return (self._load().version,)

    async def catalogue(self, engine_version: str | None = None) -> Catalogue:
        """The catalogue; for another version than its own, NotFoundError with the nearest."""
        held = self._load()
        if engine_version is None or engine_version == held.version:
            return held
        raise NotFoundError("engine version", engine_version, nearest(engine_version, [held.version]))


def _catalogue(given: "Catalogue | str | Path | None") -> Catalogue:
    if given is None:
        from ..adapters.packaged import packaged_catalogue

        return packaged_catalogue()
    if not isinstance(given, (str, Path)):
        return given
    from ..core.catalogue.document import catalogue_from_document
    from ..core.flow.document import parse_json

    path = Path(given)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InvalidValueError("catalogue", str(path), f"a definitions file ({error.strerror})") from None
    return catalogue_from_document(parse_json(text, path.name), path.name)


def is_url(where: object) -> bool:
    """True for an http(s) address."""
    return isinstance(where, str) and where.lower().startswith(("http://", "https://"))


async def open_backend(where: "str | os.PathLike[str] | None", options: Options) -> Backend:
    """Memory for None or ``:memory:``, a remote service for a URL, else a SQLite file.

    Raises:
        InvalidValueError: the file is no store of penstock, or its folder does not exist.
    """
    if where is None or where == ":memory:":
        from ..adapters.memory import MemoryBackend

        return MemoryBackend()
    if is_url(where):
        raise UnsupportedError(f"the remote service {where}", "This version opens memory and SQLite files.")
    path = Path(where)
    if not path.parent.is_dir():
        raise InvalidValueError("project file", str(path), f"a file in an existing folder ({path.parent} is none)")
    from ..adapters.sqlite import SqliteBackend

    sqlite: Backend = await SqliteBackend.connect(path, durability=options.durability)
    return sqlite


def place_of(where: "str | os.PathLike[str] | None") -> object:
    """What makes two openings the same place; None when only the very same backend is."""
    if where is None or where == ":memory:":
        return None
    return str(where).rstrip("/") if is_url(where) else str(Path(where).resolve())


def catalogue_source(ports: ProjectPorts, options: Options) -> CatalogSource:
    """The backend's own catalogues where it has them, else the local one."""
    if options.catalogue is None and ports.catalogues is not None:
        return ports.catalogues
    return LocalCatalogues(options.catalogue)


def engine_maker(options: Options) -> EngineMaker | None:
    """The maker of embedded engines; None when the caller wants none.

    Raises:
        InvalidValueError: an unknown kind of engine.
    """
    if options.engine is None:
        return None
    if options.engine != "embedded":
        raise InvalidValueError("engine", options.engine, "'embedded' or None", nearest(options.engine, ["embedded"]))

    def make(environment: Environment | None, catalogue: Catalogue, allow_code: bool) -> Engine:
        from ..adapters.engine import EmbeddedEngine

        environment_id = environment.environment_id if environment is not None else EnvironmentId("")
        info = EngineInfo(
            engine_id=EngineId(f"embedded-{environment_id or 'default'}"),
            environment_id=environment_id,
            name="embedded engine",
            version=(environment.engine_version if environment is not None else "") or catalogue.version,
        )
        return EmbeddedEngine(info, catalogue, options.clock, options.ids, allow_code=allow_code)

    return make
