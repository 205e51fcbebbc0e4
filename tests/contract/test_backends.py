"""Every backend that ships keeps every promise of the ports."""

from pathlib import Path

from penstock.adapters.memory import MemoryBackend
from penstock.adapters.sqlite import SqliteBackend
from penstock.ports.backend import Backend
from penstock.testing import BackendContract


class TestMemory(BackendContract):
    """The model itself."""

    async def open_backend(self, place: Path) -> Backend:
        """A new memory each time."""
        return MemoryBackend()


class TestSqlite(BackendContract):
    """One file, whose saves survive the end of the process."""

    async def open_backend(self, place: Path) -> Backend:
        """The file in the folder."""
        return await SqliteBackend.connect(place / "store.db")


class TestSqliteDurable(BackendContract):
    """One file, whose saves survive a power cut."""

    async def open_backend(self, place: Path) -> Backend:
        """The file in the folder."""
        return await SqliteBackend.connect(place / "store.db", durability="full")
