"""A Spark on this machine for all tests of the group; without Java or pyspark they are skipped and say so."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import attrs
import pytest

from penstock.adapters.engine import EmbeddedEngine
from penstock.adapters.memory import MemoryBackend
from penstock.adapters.packaged import packaged_catalogue
from penstock.adapters.spark import SparkEngine
from penstock.core.errors import PenstockError
from penstock.core.flow.model import Flow, FlowId
from penstock.core.processors.api import Access, StopFault
from penstock.core.project import Job, JobId, JobRun, ProjectId, ProjectInfo, RunId
from penstock.ports.backend import ProjectPorts
from penstock.ports.engine import Engine, Target
from penstock.sdk import compose

from . import broker, capture

ROOT = Path(__file__).parents[2]
MASTER = "spark+local[2]?partitions=3&every=100ms"
LIMIT_S = 60
BRIEF = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For a Java that lives for seconds: what it would compile at length never pays."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder; those that kill wait most of their time, so they run beside the others."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.spark)
            item.add_marker(pytest.mark.xdist_group("kill" if item.path.stem == "test_kill" else "session"))


@pytest.fixture(scope="session")
def java() -> None:
    """What Spark needs, or the reason why nothing of this group runs."""
    from penstock.adapters.spark.session import find_java, installed_version

    try:
        home = find_java(installed_version())
    except PenstockError as error:
        pytest.skip(f"no Spark here: {error}")
    if home is not None:
        os.environ["JAVA_HOME"] = str(home)
    os.environ.setdefault("JAVA_TOOL_OPTIONS", BRIEF)
    # workers import the stages of the tests
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, sys.path)])


@attrs.define
class Both:
    """Runs a flow on one engine or the other and gives what its destinations got."""

    portal: anyio.from_thread.BlockingPortal
    engines: dict[str, Engine]
    ports: ProjectPorts
    folder: Path
    number: int = 0

    def run(self, kind: str, flow: Flow) -> tuple[tuple[str, str], dict[str, Any]]:
        """The last state of a run with its message, and the records by destination."""
        self.number += 1
        place = self.folder / f"{kind}-{self.number}"
        place.mkdir()
        (self.folder / "now").write_text(str(place))
        job = Job(JobId(f"job-{self.number}"), "job", FlowId("flow"))
        try:
            state = self.portal.call(self._run, self.engines[kind], flow, job)
        except (StopFault, PenstockError) as fault:
            return ("refused", str(fault)), {}
        return (state.state, state.message), capture.received(place)

    async def _run(self, engine: Engine, flow: Flow, job: Job) -> JobRun:
        target = Target(flow)
        await self.ports.jobs.create(job)
        run = await engine.start(target, job, RunId(f"run-{job.job_id}"), self.ports.jobs, self.ports.offsets)
        try:
            with anyio.fail_after(LIMIT_S):
                return await run.wait()
        finally:
            await run.stop()


@pytest.fixture(scope="session")
def connector() -> str:
    """The jars of Spark's Kafka connector as an option of the address; none where they cannot be had."""
    try:
        return f"&spark.jars={broker.connector(broker.jars())}"
    except broker.NoBroker:
        return ""


@pytest.fixture(scope="session")
def both(java: None, connector: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The embedded engine and one on Spark, with destinations that keep what they get."""
    folder = tmp_path_factory.mktemp("capture")
    os.environ[capture.FOLDER] = str(folder)
    os.environ["HOME"] = str(tmp_path_factory.mktemp("home"))
    capture.load()
    catalogue = packaged_catalogue()
    options = compose.Options(engine=MASTER + connector, clock=capture.StillClock(), ids=capture.OneId())
    make = compose.engine_maker(options)
    assert make is not None
    spark = make(None, catalogue, True)
    assert isinstance(spark, SparkEngine)
    spark._code = attrs.evolve(spark._code, load=capture.load)
    embedded = EmbeddedEngine(spark.info, catalogue, options.clock, options.ids, access=Access(code=True))
    with anyio.from_thread.start_blocking_portal() as portal:

        async def ports() -> ProjectPorts:
            backend = MemoryBackend()
            await backend.projects.create(ProjectInfo(ProjectId("p"), "p"))
            return await backend.open(ProjectId("p"))

        yield Both(portal, {"embedded": embedded, "spark": spark}, portal.call(ports), folder)
        portal.call(spark.aclose)


@pytest.fixture(scope="session")
def same(both: Both) -> Callable[[Flow], dict[str, Any]]:
    """Runs a flow on both engines; fails unless every destination got the same records, then gives them."""

    def check(flow: Flow) -> dict[str, Any]:
        here, there = both.run("embedded", flow), both.run("spark", flow)
        assert there[0] == here[0]
        assert there[1] == here[1]
        return there[1]

    return check
