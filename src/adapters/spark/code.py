"""What this engine borrows from another one: the code of stages and formats, handed over by whoever composes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Protocol

import attrs

from ...core.el import Facts, Scope
from ...core.plan.given import Given
from ...core.plan.model import StagePlan
from ...core.processors.api import Access, Out, Tools
from ...core.project import Job
from ...core.records.record import Record
from ...core.running.notices import Notice
from ...ports.world import Clock, Ids


class Origin(Protocol):
    """Makes the records of a batch on the driver. It may also have what the embedded engine's origins have:
    ``committed()``, ``respond(records)`` and ``close()``."""

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """Puts out a batch from an offset on; the offset behind it, None for the end of the data."""
        ...


class Item(Protocol):
    """A record of a file, or the fault in its place, with ``code`` and ``message``.

    ``label`` is the offset that people see where it is not ``start``.
    """

    start: int
    value: Any
    fault: Any
    label: str


class FileReader(Protocol):
    """The records of one file, or of a part of it: how far it has got, and what there was."""

    at: int
    records: int
    faults: int

    def some(self, count: int, out: Out) -> bool:
        """Puts out at most so many records; False at the end. Raises the ``fault`` of ``StageCode``."""
        ...


class FileReading(Protocol):
    """What opens a file: its data format with settings, the attributes of all its records, where the part begins, and
    whether a record that is too long ends the run."""

    def __call__(
        self, opened: BinaryIO, data_format: str, settings: Given, facts: dict[str, str], *, base: int, stops: bool
    ) -> FileReader: ...


class Writer(Protocol):
    """Writes the records of one file or message, one after the other; both raise the ``fault`` of ``StageCode``."""

    def write(self, record: Record) -> bytes:
        """What a record adds."""
        ...

    def finish(self) -> bytes:
        """What stands behind the last record."""
        ...


@attrs.frozen
class StageCode:
    """Functions that pickle by reference, so that workers find them in their own copy of the package.

    ``load`` registers the stages that core does not know; ``runnable`` is the other engine's word on a stage;
    ``fault`` is what ``read_items`` and ``read_file`` raise when nothing more can be read, and a writer of ``writers``
    for a record that it cannot write. ``facts`` are what expressions know of a run (parameters, engine, job),
    ``surroundings`` what they see of the machine that they are evaluated on. ``notify`` sends a notice of a run, and
    says why where it cannot.
    """

    load: Callable[[], None]
    runnable: Callable[[StagePlan], bool]
    origin: Callable[[StagePlan, Tools], Origin]
    read_items: Callable[[BinaryIO, str, Given], Iterator[Item]]
    read_file: FileReading
    writers: Callable[[str, Given], Callable[[], Writer]]
    fault: type[Exception]
    facts: Callable[[Mapping[str, object], str, Job | None], Facts]
    surroundings: Callable[[Access, Facts], Scope]
    notify: Callable[[Notice, Tools], str]
    clock: Clock
    ids: Ids
