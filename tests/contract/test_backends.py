"""Every backend that ships keeps every promise of the ports."""

from pathlib import Path

from penstock.adapters.memory import MemoryBackend
from penstock.adapters.sqlite import SqliteBackend
from penstock.ports.backend import Backend
from penstock.testing import BackendContract

from .in_process import in_process


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


class TestHttp(BackendContract):
    """A penstock server over one SQLite file, through the whole protocol, without a port.

    Skipped, as the protocol has no words for them: revisions, undelete, backup, plans in one transaction (archives are
    imported whole by the server instead), and runs of the caller's own engine.
    """

    async def open_backend(self, place: Path) -> Backend:
        """A server of its own in this process, over the file in the folder."""
        return await in_process(place / "store.db")
