"""JavaScript engines, all made and freed in one thread.

The machine keeps the memory of compiled scripts from threads that were there before the first engine; only the thread
that made it, and those it starts, may touch it. An engine freed in another one takes the whole program with it.
"""

import weakref
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from ...core.errors import UnsupportedError


@cache
def _home() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="penstock-javascript")


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
        self._racer = _home().submit(_made, prelude).result()
        self._freed = weakref.finalize(self, _home().submit, self._racer.close)
        self._freed.atexit = False

    def eval(self, script: str, **limits: float) -> object:
        """What the script gives; ``limits`` are ``timeout_sec`` and ``max_memory``."""
        return self._racer.eval(script, **limits)

    def close(self) -> None:
        """Frees the engine; once is enough."""
        if freeing := self._freed():
            freeing.result()


def engine_faults() -> type[Exception]:
    """What the engine raises for a script that fails."""
    from py_mini_racer import JSEvalException

    return JSEvalException
