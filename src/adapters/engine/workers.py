"""A run in several processes: each reads other files of a Directory and runs them through all stages."""

import json
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import attrs

from ...core.catalogue.definitions import StageType
from ...core.plan.model import Delivery, Plan, StagePlan
from ...core.processors.api import StopFault, Tools
from ...core.processors.registry import modules_of_others
from ...core.running import Starting
from ...core.running.apart import apart
from ...core.validation.issues import Issue
from .directory import DONE, Directory, offset_text, position
from .origins import ORIGINS
from .runner import Runner, Watch
from .worker import CLOSE, End, Fault, Read, Task, Turn, send

DIED = "PENSTOCK_0103"
CANNOT_SPLIT = "PENSTOCK_0104"
RESTARTS = 3
PATIENCE_S = 0.2
END_S = 60.0
BOOT = f"""
import pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
from {Task.__module__} import main
main()
"""
_TOGETHER = ("_DeDupDProcessor", "_AggregationDProcessor")


def not_splittable(plan: Plan) -> list[Issue]:
    """What forbids that several processes run a flow."""
    why = "runs in one process only: "
    found: list[Issue] = []
    for stage in plan.stages:
        if stage.type is StageType.ORIGIN and ORIGINS.get(stage.kind) is not Directory:
            text = f"{stage.label} ({stage.kind}) {why}several workers need a Directory, whose files they share out"
            found.append(Issue(CANNOT_SPLIT, text, stage.instance))
        elif stage.kind.endswith(_TOGETHER):
            text = f"{stage.label} {why}it has to see all records in their order"
            found.append(Issue(CANNOT_SPLIT, text, stage.instance))
    if plan.delivery is Delivery.AT_MOST_ONCE:
        found.append(Issue(CANNOT_SPLIT, f"a flow with At Most Once {why}workers commit behind their batches"))
    if plan.rate_limit > 0:
        found.append(Issue(CANNOT_SPLIT, f"a flow with a rate limit {why}workers do not know of each other"))
    return found


class _Worker:
    """One process. ``reading`` is the file that it has, with the place up to which it is safe."""

    def __init__(self, number: int, task: Task, reports: "queue.Queue[tuple[_Worker, object]]") -> None:
        self.number, self.ended = number, False
        self.reading: Read | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-c", BOOT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._tell(list(sys.path))
        self._tell(attrs.evolve(task, plan=apart(task.plan, f"w{number}")))
        threading.Thread(target=self._listen, args=(reports,), daemon=True).start()

    def _tell(self, message: object) -> None:
        assert self._process.stdin is not None
        try:
            send(self._process.stdin, message)
        except (OSError, ValueError):
            return  # its end is reported by who listens

    def read(self, file: Read) -> None:
        """Gives it a file."""
        self.reading = file
        self._tell(file)

    def close(self) -> None:
        """Asks it to end after its batch."""
        self._tell(CLOSE)

    def kill(self) -> int:
        """Ends it at once; how it ended."""
        self._process.kill()
        code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # what nobody reads any more
                    stream.close()
        return code

    def _listen(self, reports: "queue.Queue[tuple[_Worker, object]]") -> None:
        assert self._process.stdout is not None
        while True:
            try:
                reports.put((self, pickle.load(self._process.stdout)))
            except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                reports.put((self, None))
                return


class Workers(Runner):
    """The stages of a plan in several processes. What waits for the end of all files runs in this one.

    The offset is that of a Directory for the oldest file that is not done; ``open`` says how far the files behind it
    are. One process goes on from it as well: it reads these again from their beginnings.

    Raises:
        StopFault: while running: a worker cannot go on, or one died more often than it was started again.
    """

    def __init__(
        self,
        plan: Plan,
        tools: Callable[[StagePlan], Tools],
        task: Task,
        count: int,
        begin: Callable[[Starting], None] = lambda starting: None,
    ) -> None:
        super().__init__(plan, tools, delivers=True, begin=begin)
        assert isinstance(self._origin, Directory)
        self._files, self._count = self._origin, count
        self._files.resting = True
        self._task = attrs.evolve(task, modules=modules_of_others())
        self._reports: queue.Queue[tuple[_Worker, object]] = queue.Queue()
        self._workers: list[_Worker] = []
        self._restarts = 0
        self._behind = ""
        """All files up to this one are done."""
        self._places: dict[str, int] = {}
        """How far the files behind it are, in their order."""

    @property
    def count(self) -> int:
        """How many processes work."""
        return self._count

    @property
    def counts(self) -> bool:
        """True: what the processes hand in are batches."""
        return True

    @property
    def waiting(self) -> bool:
        """False: files wait for the next run."""
        return False

    @property
    def paced(self) -> bool:
        """False: files end."""
        return False

    def batch(self, offset: str | None, max_records: int, watch: Watch | None = None) -> Iterator[str | None]:
        """A look at what the workers did, after at most a fifth of a second."""
        if not self._workers:
            self._go_to(offset)
            self._workers = [self._start(number + 1) for number in range(self._count)]
        self.idle = True
        busy = self._deal()
        if busy:
            self._collect(PATIENCE_S)
            self._deal()
        elif not self._places:
            done = offset_text(self._behind, DONE) if self._behind else None
            *_, _ = super().batch(done, 0, watch)
        yield self._offset()

    def _start(self, number: int) -> _Worker:
        return _Worker(number, self._task, self._reports)

    def _go_to(self, offset: str | None) -> None:
        name, at = position(offset)
        if name and at == DONE:
            self._behind = name
        elif name:
            self._places = {name: at, **_open_places(offset)}

    def _deal(self) -> bool:
        """Gives files to workers without one; True when any has one."""
        for worker in self._workers:
            if worker.reading is None and not self.finish and (file := self._next_file()) is not None:
                worker.read(file)
        return any(worker.reading is not None for worker in self._workers)

    def _next_file(self) -> Read | None:
        taken = {worker.reading.path for worker in self._workers if worker.reading is not None}
        for path, at in self._places.items():
            if at != DONE and path not in taken:
                return Read(path, at)
        found = self._files.file_behind(next(reversed(self._places), self._behind))
        if found is None:
            return None
        self._places[str(found)] = 0
        return Read(str(found), 0)

    def _collect(self, seconds: float) -> None:
        """Takes at least one report, if there is one in time, and all others that wait."""
        try:
            self._take(*self._reports.get(timeout=seconds))
            while True:
                self._take(*self._reports.get_nowait())
        except queue.Empty:
            return

    def _take(self, worker: _Worker, report: object) -> None:
        if isinstance(report, Turn):
            self._take_turn(worker, report)
        elif isinstance(report, End):
            self.tally.merge(report.tally)
            worker.ended = True
        elif isinstance(report, Fault):
            worker.ended = True
            raise StopFault(report.code, report.message)
        elif not worker.ended:
            self._replace(worker)

    def _take_turn(self, worker: _Worker, turn: Turn) -> None:
        self.tally.merge(turn.tally)
        self._places[turn.path] = turn.at
        worker.reading = None if turn.at == DONE else Read(turn.path, turn.at)
        origin = self._plan.origin
        assert origin is not None
        records, faults = turn.tally.of(origin.instance, "output"), turn.tally.of(origin.instance, "error")
        self._files.read_elsewhere(Path(turn.path) if turn.at == DONE else None, records, faults)
        self.idle = False
        self.finish, self.reset_offset = self.finish or turn.finish, self.reset_offset or turn.reset_offset
        while self._places and next(iter(self._places.values())) == DONE:
            self._behind = next(iter(self._places))
            del self._places[self._behind]

    def _replace(self, worker: _Worker) -> _Worker:
        """Another process for one that died; its file is read again from where it was safe."""
        code = worker.kill()
        self._restarts += 1
        if self._restarts > RESTARTS:
            worker.ended = True
            raise StopFault(DIED, f"worker {worker.number} ended with {code}, and {RESTARTS} were started again before")
        self.tally.faults.append(
            (self._origin_name, f"{DIED} - worker {worker.number} ended with {code}; another goes on")
        )
        made = self._workers[self._workers.index(worker)] = self._start(worker.number)
        if worker.reading is not None:
            made.read(worker.reading)
        return made

    @property
    def _origin_name(self) -> str:
        return "" if self._plan.origin is None else self._plan.origin.instance

    def _offset(self) -> str:
        if not self._places:
            return offset_text(self._behind, DONE if self._behind else 0)
        (name, at), *others = self._places.items()
        if not others:
            return offset_text(name, at)
        return json.dumps({**json.loads(offset_text(name, at)), "open": {path: str(place) for path, place in others}})

    def close(self) -> None:
        """Lets the workers finish what they hold open, then what runs here."""
        for worker in self._workers:
            worker.close()
        try:
            while not all(worker.ended for worker in self._workers):
                worker, report = self._reports.get(timeout=END_S)
                if report is None and not worker.ended:
                    worker.reading = None
                    self._replace(worker).close()  # it finishes what the other one left open
                    continue
                self._take(worker, report)
        except queue.Empty:
            raise StopFault(DIED, f"workers did not end within {END_S:g} s") from None
        finally:
            for worker in self._workers:
                worker.kill()
            super().close()


def _open_places(offset: str | None) -> dict[str, int]:
    try:
        held = json.loads(offset or "{}").get("open", {})
        return {str(path): int(at) for path, at in held.items()}
    except (ValueError, TypeError, AttributeError):
        raise StopFault("SPOOLDIR_33", f"the stored offset {(offset or '')[:80]!r} cannot be read") from None
