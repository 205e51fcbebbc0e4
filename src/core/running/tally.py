"""What stages did, counted: picklable, added up over partitions, shown in the shape of an engine's metrics."""

from collections.abc import Sequence

import attrs

from ..plan.model import Plan, StagePlan
from ..processors.api import Out
from ..records.record import Record
from ..values import JsonMap, freeze

_COUNTERS = {
    "input": "inputRecords",
    "output": "outputRecords",
    "error": "errorRecords",
    "events": "eventRecords",
    "stage_errors": "stageErrors",
}


@attrs.define
class Tally:
    """Counts by stage instance, and by lane, and how long the batches of a stage took: count, sum, least, most (s)."""

    stages: dict[str, dict[str, int]] = attrs.field(factory=dict)
    lanes: dict[tuple[str, str], int] = attrs.field(factory=dict)
    times: dict[str, tuple[int, float, float, float]] = attrs.field(factory=dict)

    def add(self, stage: StagePlan, received: Sequence[Record], out: Out) -> None:
        """Counts one batch of one stage."""
        held = self.stages.setdefault(stage.instance, dict.fromkeys(_COUNTERS, 0))
        held["input"] += len(received)
        held["output"] += sum(map(len, out.lanes)) if stage.outputs else len(received) - len(out.errors)
        held["error"] += len(out.errors)
        held["events"] += len(out.events)
        held["stage_errors"] += len(out.stage_errors)
        for lane, records in zip(stage.outputs, out.lanes, strict=False):
            self.lanes[stage.instance, lane] = self.lanes.get((stage.instance, lane), 0) + len(records)
        self._time(stage.instance, (1, out.took_s, out.took_s, out.took_s))

    def _time(self, instance: str, more: tuple[int, float, float, float]) -> None:
        count, total, least, most = self.times.get(instance, (0, 0.0, float("inf"), 0.0))
        self.times[instance] = (count + more[0], total + more[1], min(least, more[2]), max(most, more[3]))

    def merge(self, other: "Tally") -> None:
        """Adds what somebody else counted."""
        for instance, counts in other.stages.items():
            held = self.stages.setdefault(instance, dict.fromkeys(_COUNTERS, 0))
            for name, count in counts.items():
                held[name] += count
        for lane, count in other.lanes.items():
            self.lanes[lane] = self.lanes.get(lane, 0) + count
        for instance, times in other.times.items():
            self._time(instance, times)

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
    totals = _pipeline(plan, tally)
    counters |= {f"pipeline.batch{name}.counter": {"count": count} for name, count in totals.items()}
    gauges = {
        "pipeline.batchCount.gauge": {"value": batches},
        "pipeline.runnerCount.gauge": {"value": {"totalRunners": runners, "availableRunners": 0}},
        **{f"stage.{each.instance}.instanceName.gauge": {"value": each.instance} for each in plan.stages},
    }
    meters = {
        f"pipeline.batch{name}.meter": {"m1_rate": count / max(0.001, seconds)}
        for name, count in totals.items()
        if name.endswith("Records")
    }
    timers = {
        f"stage.{instance}.batchProcessing.timer": {"count": count, "mean": total / count, "min": least, "max": most}
        for instance, (count, total, least, most) in tally.times.items()
        if count
    }
    made = freeze({"counters": counters, "gauges": gauges, "meters": meters, "timers": timers})
    assert isinstance(made, JsonMap)
    return made


def _pipeline(plan: Plan, tally: Tally) -> dict[str, int]:
    """Records in (what the origin made or refused), out (what destinations and executors took), and errors."""
    origin = "" if plan.origin is None else plan.origin.instance
    return {
        "InputRecords": tally.of(origin, "output") + tally.of(origin, "error"),
        "OutputRecords": sum(tally.of(each.instance, "output") for each in plan.stages if each.is_sink),
        "ErrorRecords": tally.errors,
        "ErrorMessages": sum(held["stage_errors"] for held in tally.stages.values()),
    }
