"""A process that runs the files it is given through all stages; frames of pickles on its standard streams."""

import pickle
import queue
import sys
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO

import attrs

from ...core.plan import Plan, StagePlan
from ...core.processors.api import StopFault, Tools
from ...core.project import Job
from ...core.running import MOST_RECORDS, Tally
from .directory import DONE, offset_text, position
from .garbage import rare_collections
from .runner import Runner
from .world import World

TURN_S = 0.1
"""How long a worker goes on before it tells how far it came."""


@attrs.frozen
class Task:
    """What a worker runs. ``modules`` are those that register stages of somebody's own."""

    plan: Plan
    world: World
    job: Job
    modules: tuple[str, ...] = ()


@attrs.frozen
class Read:
    """To a worker: a file, and the place to go on from."""

    path: str
    at: int


@attrs.frozen
class Turn:
    """From a worker: how far a file is safe with its destinations, and what the stages did since the last turn."""

    path: str
    at: int
    tally: Tally
    finish: bool = False
    reset_offset: bool = False


@attrs.frozen
class End:
    """From a worker: everything is closed."""

    tally: Tally


@attrs.frozen
class Fault:
    """From a worker: it cannot go on."""

    code: str
    message: str


CLOSE = "close"


def send(stream: IO[bytes], message: object) -> None:
    """Writes one frame."""
    pickle.dump(message, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def main() -> None:
    """The life of the process: a task, files, and a word to close."""
    commands, reports = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what stages print is no frame
    task: Task = pickle.load(commands)
    waiting: queue.Queue[object] = queue.Queue()
    threading.Thread(target=_listen, args=(commands, waiting), daemon=True).start()
    try:
        for module in task.modules:
            import_module(module)
        with rare_collections():
            _work(task, waiting, reports)
    except BrokenPipeError:
        return
    except StopFault as fault:
        send(reports, Fault(fault.code, fault.message))
    except Exception as error:
        send(reports, Fault("CONTAINER_0001", f"{type(error).__name__}: {error}"))


def _listen(commands: IO[bytes], waiting: "queue.Queue[object]") -> None:
    while True:
        try:
            waiting.put(pickle.load(commands))
        except (EOFError, OSError, pickle.UnpicklingError):
            waiting.put(CLOSE)
            return


def _work(task: Task, waiting: "queue.Queue[object]", reports: IO[bytes]) -> None:
    def tools(stage: StagePlan) -> Tools:
        return attrs.evolve(task.world.tools(task.plan, stage, job=task.job), sleep=time.sleep)

    runner = Runner(task.plan, tools, delivers=True)
    try:
        while isinstance(command := waiting.get(), Read):
            for turn in _turns(runner, command):
                send(reports, turn)
                if turn.finish or not waiting.empty():
                    break
    finally:
        runner.close()
    send(reports, End(runner.take_tally()))


def _turns(runner: Runner, read: Read) -> Iterator[Turn]:
    """Batches of one file, put together to turns, until its end."""
    offset, at = offset_text(read.path, read.at), read.at
    if not Path(read.path).exists():
        at = DONE
        yield Turn(read.path, at, runner.take_tally())
    while at != DONE:
        until = time.perf_counter() + TURN_S
        over = False
        while not over:
            *_, reached = runner.batch(offset, MOST_RECORDS)
            offset = reached or offset
            at = position(offset)[1]
            over = at == DONE or runner.finish or time.perf_counter() > until
        yield Turn(read.path, at, runner.take_tally(), runner.finish, runner.reset_offset)
