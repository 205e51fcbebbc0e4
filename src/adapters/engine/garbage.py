"""Fewer looks for cycles while records run: a batch of thousands of maps has none, and frees them by itself."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 100_000
"""Between two looks; a batch is far below it, so that none of its maps is ever taken for something that stays."""
_lock = threading.Lock()
_runs = 0
_before = (0, 0, 0)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Raises the threshold of the collector of this process, until the last of those who asked for it is done."""
    global _runs, _before
    with _lock:
        if not _runs:
            _before = gc.get_threshold()
            if 0 < _before[0] < ALLOCATIONS:
                gc.set_threshold(ALLOCATIONS, *_before[1:])
        _runs += 1
    try:
        yield
    finally:
        with _lock:
            _runs -= 1
            if not _runs:
                gc.set_threshold(*_before)
