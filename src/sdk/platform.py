"""The platform: where projects live, and the one-line ways in."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..core.errors import InvalidValueError, NameInUseError, nearest
from ..core.project import ProjectId, ProjectInfo
from . import compose
from .portal import Portal, close_at_exit, forget
from .project import Project
from .results import LazyList, Response
from .session import Session

if TYPE_CHECKING:
    from ..ports.backend import Backend

T = TypeVar("T")
DEFAULT_PROJECT = "default"
REMOTE_OPTIONS = (*compose.HTTP_OPTIONS, "username", "password", "api_key", "zen_api_key", "token_url")
"""Options that a remote service takes beside the common ones."""


async def open_session(
    backend: "Backend", info: ProjectInfo, options: compose.Options, where: compose.Where
) -> Session:
    """The session of one project of a backend."""
    ports = await backend.open(info.project_id)
    if ports.engines is not None and options.engine not in (None, "embedded"):
        raise InvalidValueError("engine", options.engine, "none: a remote service runs flows on its own engines")
    return Session(
        backend=backend,
        project=info,
        ports=ports,
        catalogues=compose.catalogue_source(ports, options),
        clock=options.clock,
        ids=options.ids,
        make_engine=compose.engine_maker(options),
        allow_code=options.allow_code,
        place=compose.place_of(where),
    )


def new_project_info(options: compose.Options, name: str, description: str, tags: Iterable[str]) -> ProjectInfo:
    """A project value with a new id."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidValueError("project name", name, "a text that is not empty")
    return ProjectInfo(ProjectId(options.ids.new_id()), name, description or "", tuple(tags), options.clock.now_ms())


class Platform:
    """A place with projects: memory, a SQLite file, or a remote service.

    ``Platform()`` is in memory, ``Platform('flows.db')`` a file, ``Platform('https://…', token=…)`` a service.
    Use it as a context manager, or call ``close()``.
    """

    def __init__(
        self,
        where: compose.Where = None,
        *,
        token: str | None = None,
        auth: object | None = None,
        engine: str | None = "embedded",
        allow_code: bool = False,
        **options: Any,
    ) -> None:
        self._options = _options(token=token, auth=auth, engine=engine, allow_code=allow_code, **options)
        self._where = where
        self._call = Portal()
        self._sessions: list[Session] = []
        close_at_exit(self)
        try:
            self._backend: Backend = self._call(compose.open_backend, where, self._options)
        except BaseException:
            self._backend_is_open = False
            self.close()
            raise
        self._backend_is_open = True

    def project(self, name: str = DEFAULT_PROJECT, *, create: bool = True) -> Project:
        """The project with this name; made when it is not there yet, unless told otherwise.

        Raises:
            NotFoundError: there is none and ``create`` is off; with the nearest names.
        """
        for info in self._call(self._backend.projects.list):
            if info.name == name:
                return self._open(info)
        if not create:
            return self.projects.get(name=name)
        try:
            return self.create_project(name)
        except NameInUseError:
            # somebody else made it between the two looks
            return self.projects.get(name=name)

    def create_project(self, name: str, description: str = "", tags: Iterable[str] = ()) -> Project:
        """Keeps a new project and gives it back.

        Raises:
            NameInUseError: another project has the name.
        """
        info = new_project_info(self._options, name, description, tags)
        return self._open(self._call(self._backend.projects.create, info))

    @property
    def projects(self) -> LazyList[Project]:
        """Every project, fetched when somebody looks."""

        def each(wanted: dict[str, object]) -> Iterable[Project]:
            return [self._open(info) for info in self._call(self._backend.projects.list)]

        return LazyList(each, lambda: len(self._call(self._backend.projects.list)), "project")

    def delete_project(self, project: Project) -> Response:
        """Deletes a project with everything in it; ``<Response [204]>``."""
        self._call(self._backend.projects.delete, project._session.project.project_id)
        return Response(204)

    def _open(self, info: ProjectInfo) -> Project:
        for session in self._sessions:
            if session.project.project_id == info.project_id:
                session.project = info
                return Project(session, self._call, self.close)
        session = self._call(open_session, self._backend, info, self._options, self._where)
        self._sessions.append(session)
        return Project(session, self._call, self.close)

    def backup(self, path: "str | os.PathLike[str]") -> Path:
        """Writes a consistent copy of the whole file while work goes on; where it was written."""
        self._call(self._backend.backup, Path(path))
        return Path(path)

    def close(self) -> None:
        """Stops runs after their batch and frees everything; closing twice is fine."""
        forget(self)
        if self._call.closed:
            return
        try:
            for session in self._sessions:
                self._call(session.aclose)
            if self._backend_is_open:
                self._call(self._backend.aclose)
        finally:
            self._call.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Platform({str(self._where) if self._where is not None else 'in memory'!r})"


def _options(**given: Any) -> compose.Options:
    known = {each.name for each in compose.Options.__attrs_attrs__ if each.name != "extra"}
    direct = {key: value for key, value in given.items() if key in known}
    extra = {key: value for key, value in given.items() if key not in known}
    unknown = [key for key in extra if key not in REMOTE_OPTIONS]
    if unknown:
        raise InvalidValueError("option", unknown[0], "a known option", nearest(unknown[0], [*known, *REMOTE_OPTIONS]))
    return compose.Options(**direct, extra=extra)


def open_project(
    where: compose.Where = None, name: str = DEFAULT_PROJECT, *, create: bool = True, **options: Any
) -> Project:
    """A project in one line: in memory, in a SQLite file, or of a remote service.

    >>> project = open_project()
    >>> project.create_flow(name='orders').name
    'orders'
    >>> project.close()

    Options: ``token``, ``username`` with ``password`` or ``api_key``, or an ``auth`` of httpx say who asks a service;
    ``engine`` is where flows run (``embedded``, an address of Spark, None); ``allow_code`` lets script and shell stages
    run; ``folders`` and ``hosts`` are what file and HTTP stages may use; ``catalogue`` replaces the one that ships;
    ``durability='full'`` makes every save survive a power cut; ``timeout_s``, ``retries``, ``verify`` are for HTTP.

    Raises:
        NotFoundError: there is no such project and ``create`` is off.
        UnreachableError: nobody answers at the URL.
    """
    platform = Platform(where, **options)
    try:
        return platform.project(name, create=create)
    except BaseException:
        platform.close()
        raise


def problems_of(path: "str | os.PathLike[str]") -> tuple[str, ...]:
    """What is wrong with a project file; empty when it is sound. The file is read whole and not changed.

    Raises:
        FormatError: it is no such file at all.
    """
    from ..adapters.sqlite.health import problems_of as found

    return found(Path(path))


def backup(source: "str | os.PathLike[str]", destination: "str | os.PathLike[str] | None" = None) -> Path:
    """Copies a project file consistently while others use it; where the copy is (``flows-backup.db`` by default).

    Raises:
        InvalidValueError: there is no such file, or it is no project file.
    """
    path = Path(source)
    if not path.is_file():
        raise InvalidValueError("project file", str(path), "an existing file")
    target = Path(destination) if destination is not None else path.with_name(f"{path.stem}-backup{path.suffix}")
    with Platform(path) as platform:
        return platform.backup(target)
