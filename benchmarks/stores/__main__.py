"""``python -m benchmarks.stores [FLOWS]``: saves and gets per second, and listing and searching many flows."""

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio

from penstock.adapters.memory import MemoryBackend
from penstock.adapters.sqlite import SqliteBackend
from penstock.core.flow.model import FlowId
from penstock.core.importing import Resolution, plan_import
from penstock.core.project import ProjectId, ProjectInfo
from penstock.ports.backend import Backend, ProjectPorts
from penstock.ports.stores import FlowQuery
from penstock.testing import sample_flow

SAVES = 2000
AT_ONCE = 32


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Seconds of some work."""
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


async def measure(name: str, backend: Backend, flows: int) -> None:
    """Prints one row."""
    await backend.projects.create(ProjectInfo(ProjectId("p"), "p"))
    ports = await backend.open(ProjectId("p"))
    alone = await timed(lambda: saves(ports, "alone", 500))
    together = await timed(lambda: gathered(ports))
    gets = await timed(lambda: read(ports))
    await fill(ports, flows)
    page = await timed(lambda: ports.flows.summaries(limit=100))
    find = await timed(lambda: ports.flows.find(f"many {flows // 2}"))
    search = await timed(lambda: ports.flows.summaries(FlowQuery(text=f"many {flows - 1}")))
    count = await timed(ports.flows.count)
    milliseconds = " | ".join(f"{1000 * each:.2f}" for each in (page, find, search, count))
    rates = f"{500 / alone:,.0f} | {SAVES / together:,.0f} | {SAVES / gets:,.0f}"
    print(f"| {name} | {rates} | {milliseconds} |", flush=True)
    await backend.aclose()


async def saves(ports: ProjectPorts, word: str, count: int) -> None:
    """One small save after the other."""
    for at in range(count):
        await ports.flows.create(sample_flow(f"{word} {at}"), FlowId(f"{word}-{at}"), at)


async def gathered(ports: ProjectPorts) -> None:
    """Small saves of several tasks at once, whose commits the store puts together."""
    async with anyio.create_task_group() as tasks:
        for task in range(AT_ONCE):
            tasks.start_soon(saves, ports, f"t{task}", SAVES // AT_ONCE)


async def read(ports: ProjectPorts) -> None:
    """One get after the other."""
    for at in range(SAVES):
        await ports.flows.get(FlowId(f"alone-{at % 500}"))


async def fill(ports: ProjectPorts, flows: int) -> None:
    """Many flows, imported in pieces of a thousand."""
    for start in range(0, flows, 1000):
        names = [f"many {at}" for at in range(start, min(start + 1000, flows))]
        plan = plan_import([sample_flow(name, stages=1) for name in names], {}, Resolution.SKIP)
        await ports.flows.apply(plan, [FlowId(name) for name in names], start)


def memory_per_flow() -> float:
    """Bytes that one decoded flow of ten stages takes."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = [sample_flow(f"flow {at}", stages=10) for at in range(500)]
    taken = (tracemalloc.get_traced_memory()[0] - before) / len(held)
    tracemalloc.stop()
    return taken


async def main(flows: int) -> None:
    """Prints the table."""
    print("| store | saves/s alone | of 32 tasks | gets/s | page of 100, ms | by name, ms | search, ms | count, ms |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        await measure("memory", MemoryBackend(), flows)
        for durability in ("process", "full"):
            file = Path(folder) / f"{durability}.db"
            await measure(f"SQLite, {durability}", await SqliteBackend.connect(file, durability=durability), flows)
    print(f"\n{flows:,} flows; a flow of ten stages takes {memory_per_flow() / 1000:.1f} kB in memory")


if __name__ == "__main__":
    anyio.run(main, int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
