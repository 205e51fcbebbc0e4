"""What a worker is told: a plan, where in it this exchange stands, and the world it may use. It pickles."""

import random
import time
from collections.abc import Mapping

import attrs

from ...core.el import Facts
from ...core.plan.model import Plan, StagePlan
from ...core.processors.api import Access, Tools
from ...core.running import Stages
from ...core.running.apart import apart
from ...core.running.observing import data_observer
from .code import StageCode
from .kafka import PRODUCER
from .messages import Message, producer
from .placing import DRIVER

SCHEMA = "level int, key long, seq string, kind string, name string, payload binary"
"""Rows between levels and to the driver."""
Row = tuple[int, int, str, str, str, bytes]
FIELDS = ("level", "key", "seq", "kind", "name", "payload")
RECORDS, COUNTS, STOP, FILE, MESSAGE = "records", "counts", "stop", "file", "message"


@attrs.frozen
class Work:
    """The part of a flow that runs at one level.

    ``levels`` are the stages that wait for records from elsewhere; ``reads`` says what the rows of level 0
    are: records, lines, files or messages. ``run`` is a word that no other run has, ``batch`` one that no other batch
    has but the same one when it is repeated.
    """

    plan: Plan
    code: StageCode
    level: int
    levels: Mapping[str, int]
    reads: str
    run: str
    batch: str
    access: Access
    facts: Facts = attrs.field(factory=Facts)

    @property
    def has_more(self) -> bool:
        """True when another exchange follows."""
        return self.level != DRIVER and self.level < max([0, *self.levels.values()])

    def tools(self, stage: StagePlan) -> Tools:
        """What a stage may use here."""
        clock, ids = self.code.clock, self.code.ids
        around = self.code.surroundings(self.access, self.facts)
        scope = attrs.evolve(
            around,
            parameters=dict(self.plan.parameters),
            secret=None,
            now_ms=clock.now_ms,
            random=random.random,
            new_id=ids.new_id,
            facts=self.plan.known(around.facts),
        )
        return Tools(stage, clock.now_ms, random.random, ids.new_id, False, scope, self.access, time.sleep)

    def stages(self, place: str, attempt: str, sent: list[Message]) -> Stages:
        """The stages of this level; files that they write have ``place`` in their names, as others write there too.

        What another attempt wrote in the same place is written over. Messages for Kafka are put into ``sent``.
        """
        self.code.load()
        plan = apart(self.plan, place, attempt)

        def here(stage: StagePlan) -> bool:
            return self.levels.get(stage.instance, self.level) == self.level

        return Stages(
            plan,
            self.tools,
            here,
            events_here=self.level == DRIVER,
            seconds=time.perf_counter,
            builders={PRODUCER: producer(self.code, sent)},
            observer=data_observer(plan, self.tools, drift=False) if plan.rules.data else None,
        )


def message_rows(sent: list[Message]) -> list[Row]:
    """Messages as rows for Spark's sink, and none of them left."""
    made = [(DRIVER, each.partition, each.address, MESSAGE, each.instance, each.value) for each in sent]
    sent.clear()
    return made
