"""What stages of a run may use of the world; it can be pickled, so that another process has the same."""

import random
from collections.abc import Mapping

import attrs

from ...core.el import Facts, Scope
from ...core.plan import Plan, StagePlan
from ...core.processors.api import Access, Tools
from ...core.project import EngineInfo, Job
from ...ports.world import Clock, Ids
from .resources import hostname, surroundings

USER = "penstock"


@attrs.frozen
class World:
    """Clock, ids and what stages may touch. ``began`` is when, in milliseconds and in steady seconds."""

    info: EngineInfo
    clock: Clock
    ids: Ids
    access: Access
    began: tuple[int, float]

    def now_ns(self) -> int:
        """The time, finer than the clock tells it: its own steady seconds since the engine began are added."""
        began_ms, began_s = self.began
        return began_ms * 1_000_000 + int((self.clock.monotonic_s() - began_s) * 1_000_000_000)

    def around(self, parameters: Mapping[str, object], job: Job | None = None) -> Scope:
        """What expressions see beside the plan."""
        return surroundings(self.access, facts_of(parameters, self.info.engine_id, job))

    def tools(
        self, plan: Plan, stage: StagePlan, now_ms: int | None = None, *, preview: bool = False, job: Job | None = None
    ) -> Tools:
        """The tools of one stage; ``now_ms`` lets the time stand still."""
        clock = self.clock.now_ms if now_ms is None else lambda: now_ms
        around = self.around(plan.parameters, job)
        scope = attrs.evolve(
            around,
            parameters=dict(plan.parameters),
            secret=None,  # secrets are values of settings, not of records
            now_ms=clock,
            random=random.random,
            new_id=self.ids.new_id,
            facts=plan.known(around.facts),
        )
        if now_ms is None:
            scope.now_ns = self.now_ns
        return Tools(stage, clock, random.random, self.ids.new_id, preview, scope, self.access)


def facts_of(parameters: Mapping[str, object], engine_id: str, job: Job | None = None) -> Facts:
    """What expressions know of a run; parameters named JOB_ID and JOB_NAME stand for the job of a control hub."""
    facts = Facts(engine_id=engine_id, hostname=hostname())
    if job is not None:
        facts = attrs.evolve(facts, user=USER, job_id=job.job_id, job_name=job.name)
    job_id, job_name = parameters.get("JOB_ID"), parameters.get("JOB_NAME")
    return attrs.evolve(
        facts,
        job_id=job_id if isinstance(job_id, str) else facts.job_id,
        job_name=job_name if isinstance(job_name, str) else facts.job_name,
    )
