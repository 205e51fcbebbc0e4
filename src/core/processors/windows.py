"""Windowing Aggregator: counts, sums and averages over windows of time, sent as events when a window closes."""

import json
import math
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from ..el import EvaluationError
from ..el.coerce import as_double, as_long, as_text
from ..errors import InvalidValueError
from ..java import java_zone
from ..plan.given import Given
from ..plan.model import StagePlan
from ..records.record import Record
from ..records.values import FieldValue, Long
from ..values import freeze
from .api import Out, StopFault, Tools
from .registry import processor

_UNITS = {"S": 1, "M": 60, "H": 3600, "D": 86_400}
_PARTS = {60: 5, 300: 5, 600: 10, 1800: 30, 3600: 60, 21_600: 300, 43_200: 600, 86_400: 1200}
"""A sliding window of so many seconds is made of windows of so many."""
MOST_TOLD = 3
"""For more windows between two batches there are no events."""
SHOWN_EVERY_MS = 1000
_RESULTS = {"COUNT": "count", "SUM": "sum", "MIN": "min", "MAX": "max", "AVG": "average", "STD_DEV": "stdDev"}
"""Where the result of a function stands in what is told of it."""
Groups = dict["str | None", "Values"]


class Values:
    """What is known of the numbers of one window (and group)."""

    __slots__ = ("count", "least", "most", "squares", "total")

    def __init__(self) -> None:
        self.count, self.total, self.squares = 0, 0, 0
        self.least: Any = None
        self.most: Any = None

    def add(self, number: Any) -> None:
        """Takes a number in."""
        self.count += 1
        self.total += number
        self.squares += number * number
        self.least = number if self.least is None or number < self.least else self.least
        self.most = number if self.most is None or number > self.most else self.most

    def join(self, other: "Values") -> None:
        """Takes the numbers of another window in."""
        if other.count:
            self.count += other.count
            self.total += other.total
            self.squares += other.squares
            self.least = other.least if self.least is None or other.least < self.least else self.least
            self.most = other.most if self.most is None or other.most > self.most else self.most

    def document(self, kind: str, name: str, *, whole: bool) -> dict[str, Any]:
        """The result of a function, with what it was made from."""
        nothing: Any = 0 if whole else 0.0
        made: dict[str, Any] = {"name": name}
        if kind == "COUNT":
            return {**made, "count": self.count}
        if kind == "SUM":
            return {**made, "sum": self.total if self.count else nothing, "count": float(self.count)}
        if kind == "MIN":
            return {**made, "min": self.least}
        if kind == "MAX":
            return {**made, "max": self.most}
        if kind == "AVG":
            average = self.total / self.count if self.count else None
            average = average if average is None or not whole else round(average)
            return {**made, "count": self.count, "total": self.total if self.count else nothing, "average": average}
        spread = -1.0
        if self.count >= 2:
            spread = math.sqrt(max(0.0, (self.count * self.squares - self.total**2) / (self.count * (self.count - 1))))
        return {
            **made,
            "count": self.count,
            "total": float(self.total),
            "totalSquare": float(self.squares),
            "stdDev": spread,
        }


class Aggregation:
    """One configured aggregation."""

    def __init__(self, row: Given, tools: Tools) -> None:
        self.name, self.title = row.text("aggregationName"), row.text("aggregationTitle")
        word = row.text("aggregationFunction", "COUNT")
        self.kind = next((kind for kind in ("COUNT", "AVG", "MIN", "MAX", "SUM") if kind in word), "STD_DEV")
        self.whole = "INTEGER" in word or "LONG" in word or self.kind == "COUNT"
        of = "" if self.kind in ("COUNT", "STD_DEV") else " (int)" if self.whole else " (double)"
        self.axis = ("StdDev" if self.kind == "STD_DEV" else self.kind) + of
        self._filter = tools.predicate(row.text("filterPredicate")) if row.flag("filter") else None
        self._value = None if self.kind == "COUNT" else tools.evaluate(row.text("aggregationExpression"))
        self._group = tools.evaluate(row.text("groupByExpression")) if row.flag("groupBy") else None
        self.groups: Groups = {}

    def take(self, record: Record) -> None:
        """Takes a record in, when it passes the filter. Raises ``EvaluationError``."""
        if self._filter is not None and not self._filter(record):
            return
        number: Any = 1
        if self._value is not None:
            value = self._value(record)
            number = as_long(value) if self.whole else as_double(value)
        group = None if self._group is None else as_text(self._group(record))
        held = self.groups.get(group)
        if held is None:
            held = self.groups[group] = Values()
        held.add(number)

    def document(self, groups: Groups, at_ms: int) -> dict[str, Any]:
        """The result of a window."""
        if self._group is None:
            held = groups.get(None, Values()).document(self.kind, self.name, whole=self.whole)
        else:
            inner = {str(name): each.document(self.kind, str(name), whole=self.whole) for name, each in groups.items()}
            held = {"name": self.name, "groups": inner}
        return {"name": self.name, "time": at_ms, "aggregatable": held}

    def shown(self, windows: list[tuple[int, Groups]]) -> list[dict[str, dict[str, Any]]]:
        """The results of windows by their ends: of all records, or of each group."""
        names = sorted({str(name) for _, groups in windows for name in groups}) if self._group is not None else [""]
        made: list[dict[str, dict[str, Any]]] = []
        for name in names:
            results: dict[str, Any] = {}
            for end_ms, groups in windows:
                held = groups.get(None if self._group is None else name)
                if held is not None or self._group is None:
                    told = (held or Values()).document(self.kind, name, whole=self.whole)
                    results[str(end_ms)] = told[_RESULTS[self.kind]]
            made.append({name or "value": results})
        return made


@processor("com_streamsets_pipeline_stage_processor_aggregation_AggregationDProcessor")
class WindowingAggregator:
    """Records pass unchanged. Windows begin at full minutes, hours and days of the time zone; one that nobody knows is
    GMT.

    Raises:
        InvalidValueError: an unknown window, or two aggregations of one name.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("config.")
        self._tools = tools
        self._zone = java_zone(given.text("timeZoneID", "UTC") or "UTC") or UTC
        self._sliding = given.text("windowType", "ROLLING") == "SLIDING"
        whole = _seconds(given.text("windowLength" if self._sliding else "timeWindow", "TW_1M"))
        self._seconds = _PARTS.get(whole, whole) if self._sliding else whole
        self._kept = max(1, whole // self._seconds if self._sliding else given.integer("timeWindowsToRemember", 3))
        self._label = _label(whole)
        self._all, self._each = given.flag("allAggregatorsEvent", True), given.flag("perAggregatorEvents")
        self._as_text = given.flag("eventRecordWithTextField", True)
        rows = [row for row in given.rows("aggregatorConfigs") if row.flag("enabled", True)]
        self._aggregations = [Aggregation(row, tools) for row in rows]
        names = [row.text("aggregationName") for row in given.rows("aggregatorConfigs")]
        if len(names) != len(set(names)):
            raise InvalidValueError("Aggregations", ", ".join(names), "a name of its own for each (AGGREGATOR_00)")
        self._past: list[deque[tuple[int, Groups]]] = [deque(maxlen=self._kept) for _ in rows]
        self._end_ms = self._close_of(tools.now_ms())
        self._shown_ms = 0

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Closes the windows that are over, then takes the records in. An expression that fails ends the run.

        Of several windows that are over the first ``MOST_TOLD`` are told of, as in the original.
        """
        now_ms = self._tools.now_ms()
        for number in range(MOST_TOLD + self._kept):
            if now_ms < self._end_ms:
                break
            self._roll(self._end_ms, out if number < MOST_TOLD else None)
            self._end_ms = self._close_of(self._end_ms)
        if now_ms >= self._end_ms:
            self._end_ms = self._close_of(now_ms)
        for record in batch:
            try:
                for each in self._aggregations:
                    each.take(record)
            except EvaluationError as error:
                raise StopFault("CTRCMN_0100", f"an aggregation cannot be evaluated: {error}") from None
            out.emit(record)
        if not 0 <= now_ms - self._shown_ms < SHOWN_EVERY_MS:
            self._show(out)
            self._shown_ms = now_ms

    def close(self, out: Out) -> None:
        """Sends what the open window has."""
        self._show(out)
        self._roll(self._tools.now_ms(), out)

    def _show(self, out: Out) -> None:
        """The results of the windows that are remembered and of the open one, as gauges."""
        for each, past in zip(self._aggregations, self._past, strict=True):
            windows = [*list(past)[len(past) - self._kept + 1 :], (self._end_ms, each.groups)]
            if self._sliding:
                windows = [(self._end_ms, _joined(groups for _, groups in windows))]
            out.say(each.name, "title", each.title)
            out.say(each.name, "windowType", "sliding" if self._sliding else "rolling")
            out.say(each.name, "timeWindow", self._label)
            out.say(each.name, "yAxis", each.axis)
            out.say(each.name, "data", tuple(map(freeze, each.shown(windows))))

    def _close_of(self, at_ms: int) -> int:
        """When the window that a moment lies in closes, in epoch milliseconds."""
        at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self._zone)
        unit = 60 if self._seconds < 60 else 3600 if self._seconds < 3600 else 86_400
        start = at.replace(microsecond=0, second=0)
        if unit > 60:
            start = start.replace(minute=0)
        if unit > 3600:
            start = start.replace(hour=0)
        since = int((at - start).total_seconds())
        return int((start + timedelta(seconds=(since // self._seconds + 1) * self._seconds)).timestamp() * 1000)

    def _roll(self, at_ms: int, out: Out | None) -> None:
        made: list[dict[str, Any]] = []
        for each, past in zip(self._aggregations, self._past, strict=True):
            past.append((self._end_ms, each.groups))
            groups = _joined(held for _, held in past) if self._sliding else each.groups
            made.append(each.document(groups, at_ms))
            each.groups = {}
        if out is None:
            return
        kind = "SLIDING" if self._sliding else "ROLLING"
        facts = self._tools.scope.facts
        if made and self._all:
            source = f"{facts.engine_id}::{facts.pipeline_id}::{at_ms}"
            out.event(f"{kind}.window.all.aggregators", 1, self._told(made), source)
        if self._each:
            for document in made:
                source = f"{facts.engine_id}::{facts.pipeline_id}::{document['name']}::{at_ms}"
                out.event(f"{kind}.window.aggregator", 1, self._told(document), source)

    def _told(self, document: Any) -> FieldValue:
        return json.dumps(document, separators=(",", ":")) if self._as_text else _field(document)


def _joined(windows: Iterable[Groups]) -> Groups:
    made: Groups = {}
    for groups in windows:
        for name, held in groups.items():
            made.setdefault(name, Values()).join(held)
    return made


def _label(seconds: int) -> str:
    """How a window is called: ``5 Minutes``; a day has 24 hours."""
    size, unit = (3600, "Hour") if seconds >= 3600 else (60, "Minute") if seconds >= 60 else (1, "Second")
    return f"{seconds // size} {unit}" + ("s" if seconds > size else "")


def _seconds(word: str) -> int:
    digits, unit = word.removeprefix("TW_")[:-1], word[-1:]
    if not digits.isdigit() or unit not in _UNITS:
        raise InvalidValueError("Time Window", word, "a window such as TW_5M", ("TW_5S", "TW_1M", "TW_1H", "TW_1D"))
    return int(digits) * _UNITS[unit]


def _field(value: Any) -> FieldValue:
    if isinstance(value, dict):
        return {name: _field(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_field(item) for item in value]
    return Long(value) if isinstance(value, int) and abs(value) > 2**31 - 1 else value
