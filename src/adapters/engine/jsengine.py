"""JavaScript engines, all made and freed in one thread.

The machine keeps the memory of compiled scripts from threads that were there before the first engine; only the thread
that made it, and those it starts, may touch it. An engine freed in another one takes the whole program with it.
"""

import atexit
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from queue import SimpleQueue
from typing import Any

from ...core.errors import UnsupportedError

_waiting: "SimpleQueue[Callable[[], None] | None]" = SimpleQueue()

_starting = threading.Lock()


def _home() -> threading.Thread:
    with _starting:
        return _started()


@cache
def _started() -> threading.Thread:
    home = threading.Thread(target=_serve, name="penstock-javascript", daemon=True)
    home.start()
    atexit.register(_leave, home)
    return home


def _serve() -> None:
    while task := _waiting.get():
        task()


def _leave(home: threading.Thread) -> None:
    """Frees the engines that are left and ends the thread: the interpreter cannot free one while it ends, nor may it
    end in the middle of that."""
    for engine in list(_living):
        _at_home(engine._racer.close)
    _waiting.put(None)
    home.join()


def _at_home(work: Callable[..., Any], *given: object) -> "Future[Any]":
    """Does it in that thread. No lock is taken, so the collector of garbage may ask for it at any moment."""
    done: Future[Any] = Future()

    def task() -> None:
        try:
            done.set_result(work(*given))
        except BaseException as error:
            done.set_exception(error)

    _waiting.put(task)
    return done


def _made(prelude: str) -> Any:
    try:
        from py_mini_racer import MiniRacer
    except ImportError:
        raise UnsupportedError(
            "JavaScript without its engine", "Install it with: pip install 'penstock[javascript]'"
        ) from None
    made = MiniRacer()
    made.eval(prelude)
    return made


class Engine:
    """One engine; it is freed by ``close``, or when nobody holds it any more.

    Raises:
        UnsupportedError: none is installed.
    """

    def __init__(self, prelude: str) -> None:
        _home()
        self._racer = _at_home(_made, prelude).result()
        self._freed = weakref.finalize(self, _at_home, self._racer.close)
        self._freed.atexit = False
        _living.add(self)

    def eval(self, script: str, **limits: float) -> object:
        """What the script gives; ``limits`` are ``timeout_sec`` and ``max_memory``."""
        return self._racer.eval(script, **limits)

    def close(self) -> None:
        """Frees the engine; once is enough."""
        freeing = self._freed()
        if freeing and _home().is_alive():
            freeing.result()


_living: "weakref.WeakSet[Engine]" = weakref.WeakSet()


def engine_faults() -> type[Exception]:
    """What the engine raises for a script that fails."""
    from py_mini_racer import JSEvalException

    return JSEvalException
