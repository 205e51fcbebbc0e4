"""Contract suites and test doubles that ship with penstock.

A backend of your own keeps its promises when a subclass of ``BackendContract`` passes::

    class TestMyBackend(BackendContract):
        async def open_backend(self, place):
            return await MyBackend.connect(place / "store")
"""

from .contracts import BackendContract
from .flows import sample_flow
from .machine import play

__all__ = ["BackendContract", "play", "sample_flow"]
