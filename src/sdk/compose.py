"""The one place that picks adapters: from what the caller names to a backend, a catalogue source and an engine."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import attrs

from ..adapters.system import SystemClock, UuidIds
from ..core.catalogue.definitions import Catalogue
from ..core.errors import InvalidValueError, NotFoundError, nearest
from ..core.project import EngineId, EngineInfo, Environment, EnvironmentId
from ..ports.backend import Backend, ProjectPorts
from ..ports.engine import CatalogSource, Engine
from ..ports.world import Clock, Ids, Sleep

if TYPE_CHECKING:
    import httpx

    from ..adapters.engine.origins import Origin
    from ..core.plan.model import StagePlan
    from ..core.processors.api import Access, Tools


Where: TypeAlias = "str | os.PathLike[str] | Backend | Callable[[], Awaitable[Backend]] | None"
"""Memory, a file, the URL of a service, or a backend of the caller: an object, or what opens it in the event loop."""


class EngineMaker(Protocol):
    """Makes the engine of an environment."""

    def __call__(self, environment: Environment | None, catalogue: Catalogue, allow_code: bool) -> Engine:
        """An engine that is online."""
        ...


MOST_WORKERS = 64


@attrs.frozen
class Options:
    """Choices of whoever opens a backend.

    ``engine`` is ``embedded``, ``embedded?workers=2``, an address of Spark (see ``penstock.adapters.spark``) or None;
    ``allow_code`` lets script and shell stages run; ``folders`` and ``hosts`` are what file and HTTP stages may use
    (None: everything); ``resources`` is the folder of files and properties that expressions may read; ``catalogue``
    replaces the one that ships (a ``Catalogue``, or the path of a definitions file exported from an engine).
    """

    engine: str | None = "embedded"
    allow_code: bool = False
    folders: "Sequence[str | os.PathLike[str]] | None" = None
    hosts: Sequence[str] | None = None
    mail: str | None = attrs.field(default=None, repr=False)
    resources: "str | os.PathLike[str] | None" = None
    token: str | None = attrs.field(default=None, repr=False)
    auth: object | None = attrs.field(default=None, repr=False)
    catalogue: "Catalogue | str | Path | None" = None
    durability: str = "process"
    clock: Clock = attrs.field(factory=SystemClock)
    sleep: Sleep = asyncio.sleep
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
    from ..core.flow.json_text import parse_json

    path = Path(given)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InvalidValueError("catalogue", str(path), f"a definitions file ({error.strerror})") from None
    return catalogue_from_document(parse_json(text, path.name), path.name)


def is_url(where: object) -> bool:
    """True for an http(s) address."""
    return isinstance(where, str) and where.lower().startswith(("http://", "https://"))


async def open_backend(where: Where, options: Options) -> Backend:
    """Memory for None or ``:memory:``, a remote service for a URL, the caller's own backend, else a SQLite file.

    Raises:
        InvalidValueError: the file is no store of penstock, or its folder does not exist.
    """
    if where is None or where == ":memory:":
        from ..adapters.memory import MemoryBackend

        return MemoryBackend()
    if not isinstance(where, (str, os.PathLike)):
        return await where() if callable(where) else where
    if is_url(where):
        return await _remote(str(where), options)
    path = Path(where)
    if not path.parent.is_dir():
        raise InvalidValueError("project file", str(path), f"a file in an existing folder ({path.parent} is none)")
    from ..adapters.sqlite import SqliteBackend

    sqlite: Backend = await SqliteBackend.connect(path, durability=options.durability)
    return sqlite


def digest_of(options: Options) -> str:
    """Which catalogue is used, where it is the one that ships; else empty."""
    from ..adapters.packaged import packaged_digest

    return packaged_digest() if options.catalogue is None else ""


def _shipped(digest: str) -> Catalogue | None:
    """The catalogue with this digest, when it is the one that ships."""
    from ..adapters.packaged import packaged_catalogue, packaged_digest

    return packaged_catalogue() if digest == packaged_digest() else None


async def _remote(url: str, options: Options) -> Backend:
    from ..adapters.http import HttpBackend, HttpOptions

    extra = {key: value for key, value in options.extra.items() if key in HTTP_OPTIONS}
    made = HttpOptions(auth=_auth(url, options), local=_shipped, **extra)  # type: ignore[arg-type]
    remote: Backend = await HttpBackend.connect(url, made)
    return remote


HTTP_OPTIONS = ("timeout_s", "retries", "verify", "transport", "http2")


def _auth(url: str, options: Options) -> "httpx.Auth | None":
    """Who asks: from the arguments, else from PENSTOCK_* variables; an API key needs a place that takes it.

    Raises:
        InvalidValueError: half of a pair, or something that is no httpx auth.
    """
    import httpx

    from ..adapters.http import ApiKeyAuth, BearerAuth, PasswordAuth, ZenApiKeyAuth

    if options.auth is not None:
        if not isinstance(options.auth, httpx.Auth):
            raise InvalidValueError(
                "auth", type(options.auth).__name__, "an httpx.Auth, for instance BearerAuth(token)"
            )
        return options.auth
    given = {name: options.extra.get(name) for name in ("username", "password", "api_key", "zen_api_key", "token_url")}
    if options.token:
        return BearerAuth(options.token)
    if not any(given.values()):
        if os.environ.get("PENSTOCK_TOKEN"):
            return BearerAuth(os.environ["PENSTOCK_TOKEN"])
        given = {name: os.environ.get(f"PENSTOCK_{name.upper()}") for name in given}
    texts = {name: value if isinstance(value, str) else "" for name, value in given.items()}
    if texts["username"] and texts["zen_api_key"]:
        return ZenApiKeyAuth(texts["username"], texts["zen_api_key"])
    if texts["username"] and (texts["password"] or texts["api_key"]):
        return PasswordAuth(url, texts["username"], texts["password"], texts["api_key"])
    if texts["api_key"]:
        return ApiKeyAuth(texts["api_key"], texts["token_url"] or CLOUD_TOKENS)
    if any(texts.values()):
        raise InvalidValueError(
            "credentials", sorted(name for name in texts if texts[name]), "a username with its password"
        )
    return None


CLOUD_TOKENS = "https://iam.cloud.ibm.com/identity/token"


def place_of(where: Where) -> object:
    """What makes two openings the same place; None when only the very same backend is."""
    if where is None or where == ":memory:" or not isinstance(where, (str, os.PathLike)):
        return None
    return str(where).rstrip("/") if is_url(where) else str(Path(where).resolve())


def catalogue_source(ports: ProjectPorts, options: Options) -> CatalogSource:
    """The backend's own catalogues where it has them, else the local one."""
    if options.catalogue is None and ports.catalogues is not None:
        return ports.catalogues
    return LocalCatalogues(options.catalogue)


def engine_maker(options: Options) -> EngineMaker | None:
    """The maker of embedded engines, or of engines on Spark; None when the caller wants none.

    Raises:
        InvalidValueError: an unknown kind of engine, or an address of Spark that is none.
    """
    if options.engine is None:
        return None
    if options.engine.partition("?")[0] == "embedded":
        workers_of(options.engine)
        return lambda environment, catalogue, allow_code: _embedded(options, environment, catalogue, allow_code)
    from ..adapters.spark import is_spark, parse_address

    if not is_spark(options.engine):
        known = ["embedded", "spark://host:7077", "spark+local", "yarn", "k8s://host:6443"]
        expected = "'embedded', an address of Spark or None"
        raise InvalidValueError("engine", options.engine, expected, nearest(options.engine, known))
    parse_address(options.engine)
    return lambda environment, catalogue, allow_code: _spark(options, environment, catalogue, allow_code)


def workers_of(engine: str) -> int:
    """The number of processes in ``embedded?workers=2``; 1 in any other address.

    Raises:
        InvalidValueError: another option, or no number from 1 to 64.
    """
    kind, _, query = engine.partition("?")
    if kind != "embedded" or not query:
        return 1
    name, _, number = query.partition("=")
    if name != "workers":
        raise InvalidValueError("engine", engine, "embedded?workers=N", nearest(name, ["workers"]))
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= MOST_WORKERS):
        raise InvalidValueError("workers", number, f"a whole number from 1 to {MOST_WORKERS}")
    return int(number)


def _info(kind: str, environment: Environment | None, catalogue: Catalogue) -> EngineInfo:
    environment_id = environment.environment_id if environment is not None else EnvironmentId("")
    return EngineInfo(
        engine_id=EngineId(f"{kind}-{environment_id or 'default'}"),
        environment_id=environment_id,
        name=f"{kind} engine",
        version=(environment.engine_version if environment is not None else "") or catalogue.version,
    )


def _access(options: Options, allow_code: bool) -> "Access":
    from ..core.processors.api import Access

    return Access(
        allow_code,
        None if options.folders is None else tuple(os.fspath(each) for each in options.folders),
        None if options.hosts is None else tuple(options.hosts),
        options.mail or os.environ.get("PENSTOCK_MAIL") or None,
        os.fspath(options.resources) if options.resources else os.environ.get("PENSTOCK_RESOURCES") or None,
    )


def _embedded(options: Options, environment: Environment | None, catalogue: Catalogue, allow_code: bool) -> Engine:
    from ..adapters.engine import EmbeddedEngine

    access = _access(options, allow_code)
    info = _info("embedded", environment, catalogue)
    return EmbeddedEngine(
        info,
        catalogue,
        options.clock,
        options.ids,
        access=access,
        sleep=options.sleep,
        workers=workers_of(options.engine or ""),
    )


def _spark(options: Options, environment: Environment | None, catalogue: Catalogue, allow_code: bool) -> Engine:
    """An engine on Spark, with the stages and formats of the embedded one."""
    from ..adapters.engine.filerecords import FileRecords
    from ..adapters.engine.formats import FormatFault
    from ..adapters.engine.formats.reading import read_items
    from ..adapters.engine.formats.writing import writers
    from ..adapters.engine.notifying import hand_over
    from ..adapters.engine.resources import surroundings
    from ..adapters.engine.runner import runnable
    from ..adapters.engine.world import facts_of
    from ..adapters.spark import SparkEngine, StageCode, parse_address

    code = StageCode(
        load=load_stages,
        runnable=runnable,
        origin=build_origin,
        read_items=read_items,  # type: ignore[arg-type]
        read_file=FileRecords,
        writers=writers,
        fault=FormatFault,
        facts=facts_of,
        surroundings=surroundings,
        notify=hand_over,
        clock=options.clock,
        ids=options.ids,
    )
    local = _embedded(options, environment, catalogue, allow_code)
    address = parse_address(options.engine or "")
    info = _info("spark", environment, catalogue)
    return SparkEngine(info, catalogue, address, code, local, _access(options, allow_code))


def load_stages() -> None:
    """Registers the stages of the embedded engine, in a worker as well."""
    import_module("..adapters.engine.runner", __package__)


def build_origin(stage: "StagePlan", tools: "Tools") -> "Origin":
    """An origin of the embedded engine."""
    from ..adapters.engine.origins import ORIGINS

    return ORIGINS[stage.kind](stage, tools)
