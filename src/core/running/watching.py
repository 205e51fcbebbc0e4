"""The rules of a flow, applied to a run as it goes on."""

from collections.abc import Iterable

from ..plan.rules import Rules
from ..values import JsonMap
from .alerts import Board, Raised, with_alerts
from .measuring import Ages, measured
from .observing import Sample
from .tally import Tally

MEASURE_MS = 1000
"""How often rules about metrics are applied."""


class Watch:
    """What the rules found so far; somebody is told of each alert once."""

    def __init__(self, rules: Rules, started_ms: int, every_ms: int = MEASURE_MS) -> None:
        self._rules, self._started_ms, self._every_ms = rules, started_ms, every_ms
        self._board, self._raised = Board(rules), list[Raised]()
        self._measured_ms = 0

    def take(self, samples: Iterable[Sample], now_ms: int) -> None:
        """Goes on with what batches showed to data rules."""
        self._raised += self._board.take(samples, now_ms)

    def due(self, now_ms: int) -> bool:
        """True when it is time to apply rules about metrics."""
        return now_ms - self._measured_ms >= self._every_ms

    def metrics(
        self, made: JsonMap, tally: Tally, ages: Ages, seconds: float, now_ms: int, *, last: bool = False
    ) -> JsonMap:
        """Metrics with the alerts; rules about metrics are applied when it is time, and to the last ones."""
        if last or self.due(now_ms):
            self._measured_ms = now_ms
            for rule in self._rules.metrics:
                value = measured(rule, made, tally, ages, seconds)
                if value is not None:
                    self._raised += self._board.measure(rule, value, now_ms, self._started_ms)
        return with_alerts(made, self._board, seconds)

    @property
    def raised(self) -> bool:
        """True when there is something to tell."""
        return bool(self._raised)

    def take_raised(self) -> list[Raised]:
        """The alerts since the last look."""
        taken, self._raised = self._raised, []
        return taken
