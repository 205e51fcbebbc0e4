"""The order in which stages run: every stage after those that feed it, else as the document has them."""

from collections import defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import attrs

from ..flow.model import Flow, StageInstance


@attrs.frozen
class Order:
    """Stages in running order; ``unreachable`` are those that wait for a lane that never comes (loops included)."""

    reached: tuple[StageInstance, ...]
    unreachable: tuple[StageInstance, ...] = ()

    @property
    def stages(self) -> tuple[StageInstance, ...]:
        """All stages: the reached ones, then the others in document order."""
        return self.reached + self.unreachable


def sort_stages(flow: Flow) -> tuple[StageInstance, ...]:
    """The canvas stages of a flow in running order; stages that cannot be reached come last, in document order."""
    return order_of(flow.stages).stages


def running_order(flow: Flow) -> tuple[StageInstance, ...]:
    """The canvas stages in the order in which a batch goes through them: what waits for events comes last."""
    behind: set[str] = set()
    data: list[StageInstance] = []
    late: list[StageInstance] = []
    for stage in sort_stages(flow):
        behind.update(stage.event_lanes)
        if behind.isdisjoint(stage.input_lanes):
            data.append(stage)
        else:
            late.append(stage)
            behind.update(stage.output_lanes)
    return (*data, *late)


def order_of(stages: Sequence[StageInstance]) -> Order:
    """The order that repeated passes over the stages give, where a pass takes every stage whose inputs are there.

    Cost: lanes × log stages; the passes themselves are not made.
    """
    waiting = [len(set(stage.input_lanes)) for stage in stages]
    readers: dict[str, list[int]] = defaultdict(list)
    for at, stage in enumerate(stages):
        for lane in set(stage.input_lanes):
            readers[lane].append(at)
    ready = [(0, at) for at, missing in enumerate(waiting) if not missing]
    heapify(ready)
    reached: list[StageInstance] = []
    while ready:
        rank, at = heappop(ready)
        reached.append(stages[at])
        for lane in stages[at].lanes_out:
            for reader in readers.pop(lane, ()):
                waiting[reader] -= 1
                if not waiting[reader]:
                    # an earlier stage has been passed over in this pass already, so it is taken in the next one
                    heappush(ready, (rank + (at > reader), reader))
    return Order(tuple(reached), tuple(stage for at, stage in enumerate(stages) if waiting[at]))
