"""Environments and engines as people see them."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from ..core.errors import InvalidValueError, UnknownAttributeError, nearest
from ..core.project import EngineInfo
from ..core.project import Environment as EnvironmentValue
from ..core.values import freeze
from .results import SeekableList, shown

if TYPE_CHECKING:
    from .session import Session


class EnvironmentHandle:
    """An environment; options are attributes, edits take effect with ``project.update_environment``."""

    value: EnvironmentValue
    _FIELDS: ClassVar[tuple[str, ...]] = (
        "name",
        "description",
        "engine_version",
        "engine_type",
        "stage_libs",
        "cpus_to_allocate",
    )

    def __init__(self, session: "Session", value: EnvironmentValue) -> None:
        self.__dict__["_session"] = session
        self.__dict__["value"] = value

    @property
    def environment_id(self) -> str:
        """The id of the environment."""
        return self.value.environment_id

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value: EnvironmentValue = self.__dict__["value"]
        if name in self._FIELDS:
            held = getattr(value, name)
            return list(held) if isinstance(held, tuple) else held
        if name in value.options:
            return shown(value.options[name])
        known = (*self._FIELDS, *value.options)
        raise UnknownAttributeError("option", name, nearest(name, known), f"environment {value.name!r}")

    def __setattr__(self, name: str, new: object) -> None:
        value: EnvironmentValue = self.__dict__["value"]
        if name == "stage_libs":
            if isinstance(new, str) or not all(isinstance(each, str) for each in new):  # type: ignore[attr-defined]
                raise InvalidValueError("stage_libs", new, "a list of library names")
            new = tuple(new)  # type: ignore[arg-type]
        if name in self._FIELDS:
            fields: dict[str, Any] = {name: new}
            self.__dict__["value"] = attrs.evolve(value, **fields)
        elif name == "environment_id":
            raise InvalidValueError("environment_id", new, "no assignment: the id never changes")
        else:
            self.__dict__["value"] = attrs.evolve(value, options=value.options.set(name, freeze(new)))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._FIELDS, *self.__dict__["value"].options})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EnvironmentHandle) and other.environment_id == self.environment_id

    def __hash__(self) -> int:
        return hash(self.environment_id)

    def _facts_(self) -> dict[str, object]:
        value: EnvironmentValue = self.__dict__["value"]
        names = ("name", "description", "engine_version", "environment_id")
        return {name: getattr(value, name) for name in names}

    def __repr__(self) -> str:
        value: EnvironmentValue = self.__dict__["value"]
        return (
            f"Environment(name={value.name!r}, description={value.description!r}, "
            f"engine_version={value.engine_version!r}, environment_id={value.environment_id!r})"
        )


class Environment(EnvironmentHandle):
    """An environment of a blocking project."""

    def __init__(self, session: "Session", value: EnvironmentValue, call: Callable[..., Any]) -> None:
        super().__init__(session, value)
        self.__dict__["_call"] = call

    @property
    def engines(self) -> SeekableList[EngineInfo]:
        """The engines in it; a local backend has one embedded engine that is online."""
        return SeekableList(self.__dict__["_call"](self._session.engines, self.value), "engine")


class AsyncEnvironment(EnvironmentHandle):
    """An environment of an async project."""

    async def engines(self) -> SeekableList[EngineInfo]:
        """The engines in it; a local backend has one embedded engine that is online."""
        return SeekableList(await self._session.engines(self.value), "engine")


def environment_value(environment: object, session: "Session") -> EnvironmentValue | None:
    """The value of an environment of this project; None for none.

    Raises:
        InvalidValueError: something that is no environment, or one of another project.
    """
    if environment is None:
        return None
    if not isinstance(environment, EnvironmentHandle):
        raise InvalidValueError("environment", environment, "an item of project.environments")
    if not environment._session.same_place(session):
        raise InvalidValueError("environment", environment.name, f"one of the project {session.project.name!r}")
    return environment.value


def first_online(engines: Iterable[EngineInfo]) -> EngineInfo | None:
    """The first engine that takes work now; None when none does."""
    return next((engine for engine in engines if engine.online), None)
