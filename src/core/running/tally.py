"""What stages did, counted: picklable, added up over partitions, shown in the shape of an engine's metrics."""

from collections import deque
from collections.abc import Iterable, Sequence, Sized
from operator import sub

import attrs

from ..plan.model import Plan, StagePlan
from ..processors.api import Out
from ..records.json_data import NoJson, json_size
from ..records.rows import Lane, Rows
from ..values import Json, JsonMap, freeze
from .observing import Sample

_COUNTERS = {
    "input": "inputRecords",
    "output": "outputRecords",
    "error": "errorRecords",
    "events": "eventRecords",
    "stage_errors": "stageErrors",
}

_SIZES = ("inputRecords", "outputRecords", "errorRecords", "stageErrors")
_PIPELINE = ("InputRecords", "OutputRecords", "ErrorRecords", "ErrorMessages")
_PIPELINE_SIZES = ("inputRecordsPerBatch", "outputRecordsPerBatch", "errorRecordsPerBatch", "errorsPerBatch")

NEWEST = 1000
KEPT_FAULTS = 100
PIPELINE = "pipeline"


def _newest() -> deque[float]:
    return deque(maxlen=NEWEST)


@attrs.define
class Times:
    """How long the batches of a stage took, in seconds: all of them counted, the newest kept."""

    count: int = 0
    total: float = 0.0
    least: float = float("inf")
    most: float = 0.0
    newest: deque[float] = attrs.field(factory=_newest)

    def add(self, seconds: float) -> None:
        """Notes a batch."""
        self.count += 1
        self.total += seconds
        if seconds < self.least:
            self.least = seconds
        if seconds > self.most:
            self.most = seconds
        self.newest.append(seconds)

    def add_all(self, values: Sequence[float]) -> None:
        """Notes at least one batch."""
        self.count += len(values)
        self.total += sum(values)
        self.least, self.most = min(self.least, *values), max(self.most, *values)
        self.newest.extend(values)

    def merge(self, other: "Times") -> None:
        """Adds what somebody else noted."""
        self.count += other.count
        self.total += other.total
        self.least, self.most = min(self.least, other.least), max(self.most, other.most)
        self.newest.extend(other.newest)

    def document(self) -> dict[str, float]:
        """As metrics show it."""
        if not self.count:
            return dict.fromkeys(("count", "mean", "min", "max", "p95", "p99"), 0)
        ordered = sorted(self.newest)
        return {
            "count": self.count,
            "mean": self.total / self.count,
            "min": self.least,
            "max": self.most,
            "p95": ordered[int(0.95 * (len(ordered) - 1))],
            "p99": ordered[int(0.99 * (len(ordered) - 1))],
        }


@attrs.define
class Own:
    """Timers and gauges that a stage keeps itself; numbers of a gauge are added up, of all else the newest counts."""

    timers: dict[str, Times] = attrs.field(factory=dict)
    gauges: dict[str, dict[str, Json]] = attrs.field(factory=dict)

    def add(self, notes: Iterable[tuple[str, str, Json]]) -> None:
        """Takes over what a batch noted."""
        for name, key, value in notes:
            if key:
                held = self.gauges.setdefault(name, {})
                before = held.get(key, 0)
                if isinstance(value, (str, tuple, JsonMap)):
                    held[key] = value
                elif isinstance(before, int):
                    held[key] = before + int(value or 0)
            else:
                times = self.timers.setdefault(name, Times())
                if isinstance(value, (int, float)):
                    times.add(float(value))

    def merge(self, other: "Own") -> None:
        """Adds what was noted elsewhere."""
        for name, times in other.timers.items():
            self.timers.setdefault(name, Times()).merge(times)
        for name, counts in other.gauges.items():
            self.add((name, key, count) for key, count in counts.items())


@attrs.frozen
class Last:
    """The newest batch: records in, out and refused, errors of stages; and when the last record came.

    Units: milliseconds since the epoch; 0 while none came.
    """

    input: int = 0
    output: int = 0
    error: int = 0
    messages: int = 0
    record_ms: int = 0

    def after(self, other: "Last | None") -> "Last":
        """The newer of two, with the newest record of both."""
        return self if other is None else attrs.evolve(other, record_ms=max(self.record_ms, other.record_ms))


@attrs.define
class Tally:
    """Counts by stage instance, and by lane, and how long the batches took, in a stage and in all of them.

    ``faults`` are the errors of the stages, with and without a record, that nobody took yet: instance and text.
    """

    stages: dict[str, dict[str, int]] = attrs.field(factory=dict)
    lanes: dict[tuple[str, str], int] = attrs.field(factory=dict)
    bytes: dict[tuple[str, str], int] = attrs.field(factory=dict)
    """By lane, as JSON; of every batch the first record is looked at, and stands for the others."""
    times: dict[str, Times] = attrs.field(factory=dict)
    batch: Times = attrs.field(factory=Times)
    own: dict[str, Own] = attrs.field(factory=dict)
    _sizes: dict[str, dict[str, Times]] = attrs.field(factory=dict)
    _unread: deque[tuple[str, tuple[int, ...]]] = attrs.field(factory=deque)
    """Sizes that nobody asked for yet; whoever asks takes one after the other, also while a batch adds some."""
    idle_batches: int = 0
    faults: list[tuple[str, str]] = attrs.field(factory=list)
    samples: list[Sample] = attrs.field(factory=list)
    """What data rules saw since somebody took it."""
    last: "Last | None" = None
    _reached: tuple[int, int, int, int] = (0, 0, 0, 0)
    """The counts of the pipeline when the newest batch was through."""

    def add(self, stage: StagePlan, received: Sized, out: Out) -> None:
        """Counts one batch of one stage."""
        instance = stage.instance
        held = self.stages.get(instance)
        if held is None:
            held = self.stages[instance] = dict.fromkeys(_COUNTERS, 0)
        count = len(received)
        held["input"] += count
        held["error"] += len(out.errors)
        held["events"] += len(out.events)
        held["stage_errors"] += len(out.stage_errors)
        before = held["output"]
        if not stage.outputs:
            held["output"] += count - len(out.errors)
        for lane, records in zip(stage.outputs, out.lanes, strict=False):
            made = len(records)
            held["output"] += made
            self.lanes[instance, lane] = self.lanes.get((instance, lane), 0) + made
            if made:
                self.bytes[instance, lane] = self.bytes.get((instance, lane), 0) + made * _size_bytes(records)
        self._sized(instance, (count, held["output"] - before, len(out.errors), len(out.stage_errors)))
        times = self.times.get(instance)
        if times is None:
            times = self.times[instance] = Times()
        times.add(out.took_s)
        if out.notes:
            self.own.setdefault(instance, Own()).add(out.notes)
        if (out.errors or out.stage_errors) and len(self.faults) < KEPT_FAULTS:
            texts = [f"{each.code} - {each.message}" for each in out.errors[:KEPT_FAULTS]]
            texts += [f"{code} - {message}" for code, message in out.stage_errors[:KEPT_FAULTS]]
            self.faults.extend((stage.instance, text) for text in texts)

    def _sized(self, name: str, counts: tuple[int, ...]) -> None:
        self._unread.append((name, counts))

    def sizes(self) -> dict[str, dict[str, Times]]:
        """How many records (and errors) batches had: by stage instance, or ``pipeline``, and name; not in seconds."""
        batches: dict[str, list[tuple[int, ...]]] = {}
        while self._unread:
            name, counts = self._unread.popleft()
            batches.setdefault(name, []).append(counts)
        for name, rows in batches.items():
            parts = _PIPELINE_SIZES if name == PIPELINE else _SIZES
            held = self._sizes.setdefault(name, {})
            for part, column in zip(parts, zip(*rows, strict=True), strict=True):
                held.setdefault(part, Times()).add_all(column)
        return self._sizes

    def ended(self, last: "Last") -> None:
        """Notes a batch that is through."""
        self.last = last
        self._sized(PIPELINE, (last.input, last.output, last.error, last.messages))

    def newest(self, plan: Plan, now_ms: int) -> "Last":
        """The batch that has come to its end: what was counted since this was asked for the one before."""
        before, self._reached = self._reached, pipeline_counts(plan, self)
        last = Last(*map(sub, self._reached, before))
        held = 0 if self.last is None else self.last.record_ms
        return attrs.evolve(last, record_ms=now_ms if last.input else held)

    def take_samples(self) -> list[Sample]:
        """What data rules saw since the last look."""
        taken, self.samples = self.samples, []
        return taken

    def take_faults(self) -> list[tuple[str, str]]:
        """The faults since the last look; of very many only the first."""
        taken, self.faults = self.faults, []
        return taken

    def merge(self, other: "Tally") -> None:
        """Adds what somebody else counted."""
        for instance, counts in other.stages.items():
            held = self.stages.setdefault(instance, dict.fromkeys(_COUNTERS, 0))
            for name, count in counts.items():
                held[name] += count
        for lane, count in other.lanes.items():
            self.lanes[lane] = self.lanes.get(lane, 0) + count
        for lane, size in other.bytes.items():
            self.bytes[lane] = self.bytes.get(lane, 0) + size
        for instance, times in other.times.items():
            self.times.setdefault(instance, Times()).merge(times)
        mine = self.sizes()
        for name, sizes in other.sizes().items():
            known = mine.setdefault(name, {})
            for part, counted in sizes.items():
                known.setdefault(part, Times()).merge(counted)
        for instance, own in other.own.items():
            self.own.setdefault(instance, Own()).merge(own)
        self.batch.merge(other.batch)
        self.idle_batches += other.idle_batches
        self.faults.extend(other.faults)
        self.samples.extend(other.samples)
        self.last = other.last if self.last is None else self.last.after(other.last)

    @property
    def errors(self) -> int:
        """How many records were refused."""
        return sum(held["error"] for held in self.stages.values())

    def of(self, instance: str, name: str) -> int:
        """One count of a stage: input, output, error, events or stage_errors."""
        return self.stages.get(instance, {}).get(name, 0)


def metrics_document(plan: Plan, tally: Tally, batches: int, seconds: float, runners: int = 1) -> JsonMap:
    """Counters, gauges, meters and timers under the engine's names; ``runners`` is how many partitions work."""
    counters = {
        f"stage.{instance}.{_COUNTERS[name]}.counter": {"count": count}
        for instance, held in tally.stages.items()
        for name, count in held.items()
    }
    for (instance, lane), count in tally.lanes.items():
        counters[f"stage.{instance}:{lane}.outputRecords.counter"] = {"count": count}
    counters |= _sizes(plan, tally)
    totals = {"Count": batches, **dict(zip(_PIPELINE, pipeline_counts(plan, tally), strict=True))}
    counters |= {f"pipeline.batch{name}.counter": {"count": count} for name, count in totals.items()}
    meters = {f"pipeline.batch{name}.meter": meter(count, seconds) for name, count in totals.items()} | {
        f"{name.removesuffix('.counter')}.meter": meter(held["count"], seconds)
        for name, held in counters.items()
        if name.startswith("stage.")
    }
    timers = {f"stage.{instance}.batchProcessing.timer": times.document() for instance, times in tally.times.items()}
    for instance, own in tally.own.items():
        timers |= {f"custom.{instance}.{name}.0.timer": times.document() for name, times in own.timers.items()}
    if tally.batch.count:
        timers["pipeline.batchProcessing.timer"] = tally.batch.document()
    gauges = _gauges(plan, tally, batches, runners)
    made = freeze({"counters": counters, "gauges": gauges, "meters": meters, "timers": timers})
    assert isinstance(made, JsonMap)
    return made


def _sizes(plan: Plan, tally: Tally) -> dict[str, dict[str, int]]:
    """Bytes by lane, out of stages and into them."""
    made: dict[str, int] = {}
    for (instance, lane), size in tally.bytes.items():
        made[f"stage.{instance}:{lane}.outputBytes.counter"] = size
        made[f"stage.{instance}.outputBytes.counter"] = made.get(f"stage.{instance}.outputBytes.counter", 0) + size
        for stage in plan.stages:
            if lane in stage.inputs:
                name = f"stage.{stage.instance}.inputBytes.counter"
                made[name] = made.get(name, 0) + size
    return {name: {"count": size} for name, size in made.items()}


def _size_bytes(records: Lane) -> int:
    """What the first record is as JSON; 0 where it has no such form."""
    value = records.values[0] if isinstance(records, Rows) and not records.made else records[0].value
    try:
        return json_size(value)
    except NoJson:
        return 0


def meter(count: int, seconds: float) -> dict[str, float]:
    """A rate per second over the whole run, under the names of the moving averages too."""
    rate = count / max(0.001, seconds)
    return {"count": count, "mean_rate": rate, "m1_rate": rate, "m5_rate": rate, "m15_rate": rate}


def _gauges(plan: Plan, tally: Tally, batches: int, runners: int) -> dict[str, object]:
    counts = {"totalRunners": runners, "availableRunners": 0}
    last = tally.last or Last()
    return {
        "pipeline.batchCount.gauge": {"value": batches},
        "pipeline.runnerCount.gauge": {"value": counts},
        "RuntimeStatsGauge.gauge": {
            "value": {
                "batchCount": batches,
                "idleBatchCount": tally.idle_batches,
                "timeOfLastReceivedRecord": last.record_ms,
                "lastBatchInputRecordsCount": last.input,
                "lastBatchOutputRecordsCount": last.output,
                "lastBatchErrorRecordsCount": last.error,
                "lastBatchErrorMessagesCount": last.messages,
                **counts,
            },
        },
        **{f"stage.{each.instance}.instanceName.gauge": {"value": each.instance} for each in plan.stages},
        **{
            f"custom.{instance}.{name}.0.gauge": {"value": dict(counts)}
            for instance, own in tally.own.items()
            for name, counts in own.gauges.items()
        },
    }


def pipeline_counts(plan: Plan, tally: Tally) -> tuple[int, int, int, int]:
    """Records in (what the origin made or refused), out (what destinations and executors took), refused, and errors
    of stages."""
    origin = "" if plan.origin is None else plan.origin.instance
    return (
        tally.of(origin, "output") + tally.of(origin, "error"),
        sum([tally.of(each.instance, "output") for each in plan.stages if each.is_sink]),
        tally.errors,
        sum([held["stage_errors"] for held in tally.stages.values()]),
    )
