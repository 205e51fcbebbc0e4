"""A test double of the service: a real port, a fresh store, and a world that stands still."""

import itertools
import os
from pathlib import Path
from typing import Any

from ..core.errors import InvalidValueError
from ..sdk.platform import DEFAULT_PROJECT, open_project
from ..sdk.project import Project
from ..sdk.serve import Server


class FixedClock:
    """A clock that moves one millisecond at each look, from a moment that you choose (epoch milliseconds)."""

    def __init__(self, start_ms: int = 1_767_225_600_000) -> None:
        self._at = itertools.count(start_ms)

    def now_ms(self) -> int:
        """The next millisecond."""
        return next(self._at)

    def monotonic_s(self) -> float:
        """The same clock in seconds."""
        return self.now_ms() / 1000


class CountedIds:
    """Ids that count: ``00000000-0000-4000-8000-000000000001`` and so on."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new_id(self) -> str:
        """The next id."""
        return f"00000000-0000-4000-8000-{next(self._numbers):012x}"


class TestServer(Server):
    """A server over memory with a token of its own; ids count and the clock stands still unless you choose others.

    ``requests`` is what was asked so far, ``faults.add(Fault(...))`` makes the next answer go wrong.
    """

    __test__ = False  # no test class, whatever its name says

    def __init__(self, **options: Any) -> None:
        super().__init__(None, **{"clock": FixedClock(), "ids": CountedIds(), **options})

    def project(self, name: str = DEFAULT_PROJECT) -> Project:
        """A project of the server, through penstock's own client."""
        return open_project(self.url, name, token=self.token, retries=0)

    def seed(self, source: "str | os.PathLike[str]", project: str = DEFAULT_PROJECT) -> list[str]:
        """Imports flows from a ZIP, a JSON file, or every such file of a folder; their names.

        Raises:
            InvalidValueError: a folder without such a file.
        """
        path = Path(source)
        files = sorted(each for each in path.iterdir() if each.suffix in (".zip", ".json")) if path.is_dir() else [path]
        if not files:
            raise InvalidValueError("source", str(path), "a folder with ZIP or JSON files")
        names: list[str] = []
        with self.project(project) as opened:
            for file in files:
                made = opened.import_flows(source=file, conflict_resolution="rename")
                names.extend(each.name for each in (made if isinstance(made, list) else [made]))
        self.requests.clear()
        return names
