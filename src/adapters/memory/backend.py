"""The memory backend: every port over plain dictionaries, gone with the process."""

from pathlib import Path

from ...core.errors import UnsupportedError
from ...core.project import ProjectId
from ...ports.backend import ProjectPorts
from .flows import MemoryFlowStore
from .history import MemoryFlowHistory
from .state import State
from .stores import (
    MemoryEnvironmentStore,
    MemoryJobStore,
    MemoryOffsetStore,
    MemoryParameterSetStore,
    MemoryProjectStore,
)

POWERS = frozenset({"revisions", "undelete", "conflicts", "atomic", "given_ids", "given_runs", "given_times"})


class MemoryBackend:
    """A backend without a file. It is the written model: what it does, every other adapter does."""

    def __init__(self) -> None:
        self._state = State()
        self._projects = MemoryProjectStore(self._state)

    @property
    def powers(self) -> frozenset[str]:
        """Everything but what needs a file."""
        return POWERS

    @property
    def projects(self) -> MemoryProjectStore:
        """The projects of this backend."""
        return self._projects

    async def open(self, project_id: ProjectId) -> ProjectPorts:
        """The ports of a project."""
        await self._projects.get(project_id)
        place = (self._state, project_id)
        return ProjectPorts(
            flows=MemoryFlowStore(*place),
            parameter_sets=MemoryParameterSetStore(*place),
            environments=MemoryEnvironmentStore(*place),
            jobs=MemoryJobStore(*place),
            offsets=MemoryOffsetStore(*place),
            history=MemoryFlowHistory(*place),
        )

    async def backup(self, path: Path) -> None:
        """Refused: there is no file to copy."""
        self._state.check()
        raise UnsupportedError("a backup of the memory backend", "Keep the project in a file, or export its flows.")

    async def aclose(self) -> None:
        """Forgets everything; closing twice is fine."""
        self._state.closed = True
        self._state.projects.clear()
