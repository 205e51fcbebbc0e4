"""The first step in a worker: makes this package importable there, then does the work."""

from collections.abc import Callable, Iterator
from typing import Any


def in_partition(payload: bytes, archive: str) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """A function of Arrow batches that needs nothing on the worker but what the archive brings.

    It travels by value, so that the package need not be there before it runs.
    """

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        import os
        import pickle
        import sys

        if archive:
            from pyspark import SparkFiles

            place = os.path.join(SparkFiles.getRootDirectory(), archive)
            if place not in sys.path:
                sys.path.insert(0, place)
        work = pickle.loads(payload)
        from penstock.adapters.spark.task import run_partition

        yield from run_partition(work, batches)

    return run


def probe(archive: str) -> Callable[[Any], Any]:
    """What says which Python a worker is, and whether the package can be loaded there."""

    def look(_: Any) -> tuple[str, str, str]:
        import os
        import platform
        import sys

        if archive:
            from pyspark import SparkFiles

            sys.path.insert(0, os.path.join(SparkFiles.getRootDirectory(), archive))
        try:
            import penstock.adapters.spark.task  # noqa: F401

            fault = ""
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
        version = ".".join(map(str, sys.version_info[:2]))
        return version, f"{sys.platform} {platform.machine()}", fault

    return look
