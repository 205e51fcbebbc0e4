"""Contract suites and test doubles that ship with penstock.

A backend of your own keeps its promises when a subclass of ``BackendContract`` passes::

    class TestMyBackend(BackendContract):
        async def open_backend(self, place):
            return await MyBackend.connect(place / "store")

The pytest plugin brings the fixtures ``penstock_project`` and ``penstock_server``; ``Fault`` makes answers of that
server go wrong. ``SchemaRegistry`` is a registry of Avro schemas on a port of this machine.
"""

from typing import TYPE_CHECKING

from ..core.exports import exports

if TYPE_CHECKING:
    from ..adapters.asgi.faults import Fault
    from .contracts import BackendContract
    from .double import CountedIds, FixedClock, TestServer
    from .flows import sample_flow
    from .flowtest import assert_outputs
    from .machine import play
    from .registry import SchemaRegistry

__all__ = [
    "BackendContract",
    "CountedIds",
    "Fault",
    "FixedClock",
    "SchemaRegistry",
    "TestServer",
    "assert_outputs",
    "play",
    "sample_flow",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "BackendContract": ".contracts",
        "CountedIds": ".double",
        "Fault": "..adapters.asgi.faults",
        "FixedClock": ".double",
        "SchemaRegistry": ".registry",
        "TestServer": ".double",
        "assert_outputs": ".flowtest",
        "play": ".machine",
        "sample_flow": ".flows",
    },
)
