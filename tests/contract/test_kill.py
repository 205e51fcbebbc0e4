"""Killing the process at any point leaves the old or the new state."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio

from penstock.adapters.sqlite import SqliteBackend
from penstock.core.project import ProjectId
from penstock.testing import sample_flow

ROUNDS = 12
WRITER = """
import sys, anyio
from pathlib import Path
from penstock.adapters.sqlite import SqliteBackend
from penstock.core.errors import PenstockError
from penstock.core.flow.model import FlowId
from penstock.core.importing import Resolution, plan_import
from penstock.core.project import ProjectId, ProjectInfo
from penstock.testing import sample_flow

async def main():
    backend = await SqliteBackend.connect(Path(sys.argv[1]))
    try:
        await backend.projects.create(ProjectInfo(ProjectId("p"), "p"))
    except PenstockError:
        pass
    ports = await backend.open(ProjectId("p"))
    number = int(sys.argv[2])
    print("ready", flush=True)
    while True:
        number += 1
        names = [f"{number} {part}" for part in range(5)]
        plan = plan_import([sample_flow(name, "new", 20) for name in names], await ports.flows.names(), Resolution.SKIP)
        made = await ports.flows.apply(plan, [FlowId(name) for name in names], number)
        for stored in made:
            await ports.flows.save(stored.flow_id, sample_flow(stored.flow.name, "saved", 20), number, stored)
        print(number, flush=True)

anyio.run(main)
"""


def test_a_killed_process_leaves_no_half_import_and_no_half_save(tmp_path: Path) -> None:
    """After kill -9 while importing and saving, every import is whole or absent, every flow old or new, none lost."""
    file = tmp_path / "store.db"
    chance = random.Random(7)
    finished = 0
    for round_ in range(ROUNDS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file), str(round_ * 10_000)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(chance.random() * 0.12)
        writer.send_signal(signal.SIGKILL)
        finished += len([line for line in writer.stdout.read().split("\n") if line.isdigit()])
        writer.wait()
        whole = anyio.run(check, file)
        assert whole >= finished
    assert finished, "no import was finished before a kill; the test proves nothing"


async def check(file: Path) -> int:
    """How many whole imports are there."""
    backend = await SqliteBackend.connect(file)
    ports = await backend.open(ProjectId("p"))
    held: dict[str, int] = {}
    start = None
    while True:
        page = await ports.flows.page(start=start, limit=500)
        for stored in page.items:
            number = stored.flow.name.split()[0]
            held[number] = held.get(number, 0) + 1
            text = "new" if stored.revision == 1 else "saved"
            assert stored.flow == sample_flow(stored.flow.name, text, 20)
        if page.next is None:
            break
        start = page.next
    await backend.aclose()
    assert all(count == 5 for count in held.values())
    return len(held)
