"""The portal: one background thread with an event loop, through which blocking calls reach async verbs."""

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from ..core.errors import ClosedError

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal


class Portal:
    """Runs async verbs for blocking callers; the thread is made on first use and ends on close.

    The thread is a daemon, and a watcher closes what is still open when the main thread ends: a program that forgets
    to close a project ends all the same, with everything saved that was told to be.
    """

    def __init__(self) -> None:
        self._portal: BlockingPortal | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.closed = False

    def __call__(self, verb: Callable[..., Any], *args: object, **kwargs: object) -> Any:
        """Runs an async verb and waits for what it gives.

        Raises:
            ClosedError: the portal was closed.
        """
        return self._started().call(partial(verb, *args, **kwargs))

    def _started(self) -> "BlockingPortal":
        with self._lock:
            if self.closed:
                raise ClosedError("the platform")
            if self._portal is None:
                ready: Future[BlockingPortal] = Future()
                self._thread = threading.Thread(target=_serve, args=(ready,), name="penstock", daemon=True)
                self._thread.start()
                self._portal = ready.result()
            return self._portal

    def close(self) -> None:
        """Ends the thread; closing twice is fine."""
        with self._lock:
            self.closed = True
            portal, self._portal = self._portal, None
        if portal is not None and self._thread is not None:
            portal.call(portal.stop)
            self._thread.join(timeout=10)


def _serve(ready: "Future[BlockingPortal]") -> None:
    import anyio
    from anyio.from_thread import BlockingPortal

    async def main() -> None:
        try:
            async with BlockingPortal() as portal:
                ready.set_result(portal)
                await portal.sleep_until_stopped()
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    anyio.run(main)


_OPEN: "weakref.WeakSet[Any]" = weakref.WeakSet()
_watcher: threading.Thread | None = None
_watch_lock = threading.Lock()


def close_at_exit(closeable: object) -> None:
    """Has ``closeable.close()`` called when the main thread ends, unless it is forgotten before.

    ``atexit`` would come too late: the interpreter waits for worker threads of a database before it runs those hooks.
    """
    global _watcher
    with _watch_lock:
        _OPEN.add(closeable)
        if _watcher is None or not _watcher.is_alive():
            _watcher = threading.Thread(target=_close_all, name="penstock-exit", daemon=True)
            _watcher.start()


def forget(closeable: object) -> None:
    """Takes it off the list of things to close at the end."""
    _OPEN.discard(closeable)


def _close_all() -> None:
    threading.main_thread().join()
    for each in list(_OPEN):
        each.close()
