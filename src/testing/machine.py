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


async def play(ports: ProjectPorts, steps: list[Step]) -> list[object]:
    """The answers to a sequence of operations; errors by their class."""
    answers: list[object] = []
    loaded: dict[FlowId, StoredFlow] = {}
    for at, (operation, which, what) in enumerate(steps):
        try:
            answers.append(await _one(ports, loaded, operation, FlowId(f"flow-{which}"), what, at))
        except PenstockError as error:
            answers.append(type(error).__name__)
    return answers


async def _one(
    ports: ProjectPorts, loaded: dict[FlowId, StoredFlow], operation: str, flow_id: FlowId, what: int, at_ms: int
) -> object:
    flows, history = ports.flows, ports.history
    if operation == "create":
        made = await flows.create(sample_flow(f"name {what}"), flow_id, at_ms)
        loaded.setdefault(flow_id, made)
        return made
    if operation == "save":
        held = await flows.get(flow_id)
        return await flows.save(flow_id, sample_flow(held.flow.name, f"text {what}"), at_ms, held)
    if operation == "stale":
        return await flows.save(flow_id, sample_flow(f"name {what}", "stale"), at_ms, loaded.get(flow_id))
    if operation == "rename":
        held = await flows.get(flow_id)
        return await flows.save(flow_id, attrs.evolve(held.flow, name=f"name {what}"), at_ms)
    if operation == "delete":
        await flows.delete(flow_id, at_ms)
        return None
    if operation == "undelete" and history is not None:
        return await history.undelete(flow_id, at_ms)
    if operation == "purge" and history is not None:
        return await history.purge()
    if operation == "find":
        return await flows.find(f"name {what}")
    kept = [] if history is None else [each.name for each in await history.deleted()]
    return [each.name for each in (await flows.summaries()).items], kept, await flows.count()


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
            answers = []
            for each in (backend, model):
                await each.projects.create(ProjectInfo(ProjectId("p"), "p"))
                answers.append(await play(await each.open(ProjectId("p")), steps))
                await each.aclose()
            assert answers[0] == answers[1]

        anyio.run(inside)

    agree()
