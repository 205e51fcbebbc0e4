"""Random sequences of operations, played on a backend and on the model of it."""

import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..adapters.memory import MemoryBackend
from ..core.errors import PenstockError
from ..core.flow.model import FlowId
from ..core.project import ProjectId, ProjectInfo, StoredFlow
from ..ports.backend import Backend, ProjectPorts
from .flows import sample_flow

Step = tuple[str, int, int]
OPERATIONS = ("create", "save", "stale", "rename", "delete", "undelete", "purge", "find", "list")
STEPS = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 3), st.integers(0, 3)), max_size=25)


async def play(ports: ProjectPorts, steps: list[Step], powers: frozenset[str]) -> list[object]:
    """The answers to a sequence of operations, as far as these powers go; errors by their class.

    Shape: one answer per operation; two backends that keep the promises give equal answers.
    """
    player = _Player(ports, powers)
    answers: list[object] = []
    for at, (operation, which, what) in enumerate(steps):
        try:
            answers.append(await player.step(operation, which, what, at))
        except PenstockError as error:
            answers.append(type(error).__name__)
    return answers


class _Player:
    """Knows flows by a number, whatever ids the backend gives them."""

    def __init__(self, ports: ProjectPorts, powers: frozenset[str]) -> None:
        self._ports, self._powers = ports, powers
        self._ids: dict[int, FlowId] = {}
        self._loaded: dict[int, StoredFlow] = {}

    async def step(self, operation: str, which: int, what: int, at_ms: int) -> object:
        flows, flow_id = self._ports.flows, self._ids.get(which, FlowId(f"flow-{which}"))
        if operation == "create":
            if which in self._ids and "given_ids" not in self._powers:
                return None
            made = await flows.create(sample_flow(f"name {what}"), flow_id, at_ms)
            self._ids[which] = made.flow_id
            self._loaded.setdefault(which, made)
            return self._seen(made)
        if operation == "save":
            held = await flows.get(flow_id)
            return self._seen(await flows.save(flow_id, sample_flow(held.flow.name, f"text {what}"), at_ms, held))
        if operation == "stale":
            if "conflicts" not in self._powers:
                return None
            flow = sample_flow(f"name {what}", "stale")
            return self._seen(await flows.save(flow_id, flow, at_ms, self._loaded.get(which)))
        if operation == "rename":
            held = await flows.get(flow_id)
            return self._seen(await flows.save(flow_id, attrs.evolve(held.flow, name=f"name {what}"), at_ms))
        if operation == "delete":
            await flows.delete(flow_id, at_ms)
            return None
        return await self._look(operation, flow_id, what, at_ms)

    async def _look(self, operation: str, flow_id: FlowId, what: int, at_ms: int) -> object:
        flows, history = self._ports.flows, self._ports.history if "undelete" in self._powers else None
        if operation in ("undelete", "purge"):
            if history is None:
                return None
            return (
                self._seen(await history.undelete(flow_id, at_ms)) if operation == "undelete" else await history.purge()
            )
        if operation == "find":
            found = await flows.find(f"name {what}")
            return None if found is None else self._seen(found)
        kept = [] if history is None else [each.name for each in await history.deleted()]
        return [each.name for each in (await flows.summaries()).items], kept, await flows.count()

    def _seen(self, stored: StoredFlow) -> object:
        """A stored flow without what the backend may choose itself."""
        number = next((at for at, flow_id in self._ids.items() if flow_id == stored.flow_id), -1)
        times = (stored.created_ms, stored.modified_ms) if "given_times" in self._powers else ()
        return number, stored.flow, stored.revision, times


def compare_with_model(open_backend: Callable[[Path], Awaitable[Backend]], place: Path, examples: int = 40) -> None:
    """Plays random sequences on the backend and on the memory model, and expects the same answers."""
    numbers = itertools.count()
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

    @settings(max_examples=examples, deadline=None, suppress_health_check=checks, database=None)
    @given(STEPS)
    def agree(steps: list[Step]) -> None:
        folder = place / f"machine-{next(numbers)}"
        folder.mkdir()

        async def inside() -> None:
            backend, model = await open_backend(folder), MemoryBackend()
            powers = backend.powers & model.powers
            answers = []
            for each in (backend, model):
                project = await each.projects.create(ProjectInfo(ProjectId("p"), f"p{next(numbers)}"))
                answers.append(await play(await each.open(project.project_id), steps, powers))
                await each.aclose()
            assert answers[0] == answers[1]

        anyio.run(inside)

    agree()
