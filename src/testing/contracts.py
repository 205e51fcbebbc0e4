"""What every backend promises, as a test class to inherit from."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import anyio
import attrs
import pytest

from ..core.errors import ClosedError, ConflictError, NameInUseError, NotFoundError, PenstockError
from ..core.flow.model import FlowId
from ..core.importing import Resolution, plan_import
from ..core.project import (
    Environment,
    EnvironmentId,
    Job,
    JobId,
    JobRun,
    Parameter,
    ParameterSet,
    ParameterSetId,
    ProjectId,
    ProjectInfo,
    RunId,
)
from ..core.values import JsonMap
from ..ports.backend import Backend, ProjectPorts
from ..ports.stores import FlowQuery
from .flows import sample_flow

T = TypeVar("T")
Work = Callable[[ProjectPorts], Awaitable[T]]
PROJECT = ProjectInfo(ProjectId("project"), "project")
A, B, C = FlowId("id-a"), FlowId("id-b"), FlowId("id-c")


class BackendContract:
    """Promises of a backend. Promises of powers that a backend does not claim are skipped, with their name."""

    async def open_backend(self, place: Path) -> Backend:
        """A backend over whatever is kept at ``place``, an existing folder; nothing the first time."""
        raise NotImplementedError(f"{type(self).__name__} must say how its backend is opened")

    def run(self, place: Path, work: Work[T], *, needs: str = "") -> T:
        """Carries out work on the ports of a project, in a backend of its own."""

        async def inside() -> T:
            backend = await self.open_backend(place)
            try:
                if needs and needs not in backend.powers:
                    pytest.skip(f"the backend has no power {needs!r}")
                known = [each for each in await backend.projects.list() if each.name == PROJECT.name]
                project = known[0] if known else await backend.projects.create(PROJECT)
                return await work(await backend.open(project.project_id))
            finally:
                await backend.aclose()

        return anyio.run(inside)

    # --- flows --------------------------------------------------------------------------------------------------------

    def test_a_flow_comes_back_equal(self, tmp_path: Path) -> None:
        """What is read is what was saved, unknown keys and the kinds of numbers included."""
        flow = sample_flow("a")

        async def work(ports: ProjectPorts) -> None:
            made = await ports.flows.create(flow, A, 1)
            read = await ports.flows.get(made.flow_id)
            assert read.flow == flow
            assert read.flow.extra == flow.extra
            assert read.revision == 1
            assert read == made

        self.run(tmp_path, work)

    def test_a_flow_is_found_by_its_exact_name(self, tmp_path: Path) -> None:
        """Case and blanks count; an unknown name is None."""

        async def work(ports: ProjectPorts) -> None:
            made = await ports.flows.create(sample_flow("Name"), A, 1)
            found = await ports.flows.find("Name")
            assert found is not None
            assert found.flow_id == made.flow_id
            assert await ports.flows.find("name") is None
            assert await ports.flows.find("Name ") is None

        self.run(tmp_path, work)

    def test_names_are_unique(self, tmp_path: Path) -> None:
        """A second flow of the same name is refused, and nothing of it stays."""

        async def work(ports: ProjectPorts) -> None:
            await ports.flows.create(sample_flow("a"), A, 1)
            with pytest.raises(NameInUseError):
                await ports.flows.create(sample_flow("a", "other"), B, 2)
            assert await ports.flows.count() == 1

        self.run(tmp_path, work)

    def test_unknown_ids_are_not_found(self, tmp_path: Path) -> None:
        """Reading, saving and deleting what is not there says so."""

        async def work(ports: ProjectPorts) -> None:
            with pytest.raises(NotFoundError):
                await ports.flows.get(C)
            with pytest.raises(NotFoundError):
                await ports.flows.save(C, sample_flow("a"), 1)
            with pytest.raises(NotFoundError):
                await ports.flows.delete(C, 1)

        self.run(tmp_path, work)

    def test_saving_counts_revisions(self, tmp_path: Path) -> None:
        """Each save of new content is the next revision; equal content is not saved again."""

        async def work(ports: ProjectPorts) -> None:
            made = await ports.flows.create(sample_flow("a"), A, 1)
            saved = await ports.flows.save(made.flow_id, sample_flow("a", "new"), 2)
            again = await ports.flows.save(made.flow_id, sample_flow("a", "new"), 3)
            assert (saved.revision, again.revision) == (2, 2)
            assert (await ports.flows.get(made.flow_id)).flow == sample_flow("a", "new")

        self.run(tmp_path, work)

    def test_a_stale_save_is_refused(self, tmp_path: Path) -> None:
        """Whoever loaded an older revision cannot overwrite a newer one; both are named, and the newer one stays."""

        async def work(ports: ProjectPorts) -> None:
            loaded = await ports.flows.create(sample_flow("a"), A, 1)
            await ports.flows.save(loaded.flow_id, sample_flow("a", "theirs"), 2, loaded)
            with pytest.raises(ConflictError) as error:
                await ports.flows.save(loaded.flow_id, sample_flow("a", "ours"), 3, loaded)
            assert error.value.yours != error.value.stored
            assert (await ports.flows.get(loaded.flow_id)).flow == sample_flow("a", "theirs")
            forced = await ports.flows.save(loaded.flow_id, sample_flow("a", "ours"), 4)
            assert forced.flow == sample_flow("a", "ours")

        self.run(tmp_path, work, needs="conflicts")

    def test_renaming_onto_a_name_in_use_is_refused(self, tmp_path: Path) -> None:
        """Neither flow changes."""

        async def work(ports: ProjectPorts) -> None:
            await ports.flows.create(sample_flow("a"), A, 1)
            other = await ports.flows.create(sample_flow("b"), B, 1)
            with pytest.raises(NameInUseError):
                await ports.flows.save(other.flow_id, sample_flow("a", "x"), 2)
            assert (await ports.flows.get(other.flow_id)).flow == sample_flow("b")

        self.run(tmp_path, work)

    def test_a_deleted_flow_is_gone_and_its_name_free(self, tmp_path: Path) -> None:
        """It is in no listing, and another flow can take the name at once."""

        async def work(ports: ProjectPorts) -> None:
            made = await ports.flows.create(sample_flow("a"), A, 1)
            await ports.flows.delete(made.flow_id, 2)
            assert await ports.flows.count() == 0
            assert await ports.flows.find("a") is None
            with pytest.raises(NotFoundError):
                await ports.flows.get(made.flow_id)
            await ports.flows.create(sample_flow("a"), B, 3)

        self.run(tmp_path, work)

    def test_pages_show_every_flow_once_in_order_of_creation(self, tmp_path: Path) -> None:
        """Pages follow each other without gaps or doubles, also while flows come and go."""

        async def work(ports: ProjectPorts) -> None:
            names = [f"flow {at}" for at in range(7)]
            ids = [(await ports.flows.create(sample_flow(name), FlowId(f"i{name}"), 1)).flow_id for name in names]
            seen: list[str] = []
            page = await ports.flows.page(limit=3)
            assert page.total == 7
            seen += [each.flow.name for each in page.items]
            await ports.flows.delete(ids[0], 2)
            await ports.flows.create(sample_flow("late"), C, 3)
            while page.next is not None:
                page = await ports.flows.page(start=page.next, limit=3)
                seen += [each.flow.name for each in page.items]
            assert [name for name in seen if name != "late"] == names
            assert len(seen) == len(set(seen))

        self.run(tmp_path, work)

    def test_queries_choose_by_name_and_text(self, tmp_path: Path) -> None:
        """Text is looked for in any case, and wildcards of SQL are plain characters."""

        async def work(ports: ProjectPorts) -> None:
            for at, name in enumerate(("Orders", "orders 100%", "fraud")):
                await ports.flows.create(sample_flow(name), FlowId(f"i{at}"), 1)
            assert await ports.flows.count(FlowQuery(text="ORDERS")) == 2
            assert await ports.flows.count(FlowQuery(text="%")) == 1
            assert await ports.flows.count(FlowQuery(name="Orders")) == 1
            found = await ports.flows.summaries(FlowQuery(text="rder"))
            assert [each.name for each in found.items] == ["Orders", "orders 100%"]
            assert set(await ports.flows.names()) == {"Orders", "orders 100%", "fraud"}

        self.run(tmp_path, work)

    def test_an_import_is_all_or_nothing(self, tmp_path: Path) -> None:
        """When one name of the plan was taken meanwhile, no flow of it is there."""

        async def work(ports: ProjectPorts) -> None:
            plan = plan_import([sample_flow("a"), sample_flow("b")], {}, Resolution.SKIP)
            await ports.flows.create(sample_flow("b", "theirs"), C, 1)
            with pytest.raises(NameInUseError):
                await ports.flows.apply(plan, [A, B], 2)
            assert set(await ports.flows.names()) == {"b"}

        self.run(tmp_path, work, needs="atomic")

    def test_an_import_creates_and_replaces(self, tmp_path: Path) -> None:
        """Replaced flows keep their id and get a revision; new ones come in the order of the archive."""

        async def work(ports: ProjectPorts) -> None:
            kept = await ports.flows.create(sample_flow("a"), A, 1)
            flows = [sample_flow("a", "new"), sample_flow("b")]
            plan = plan_import(flows, await ports.flows.names(), Resolution.REPLACE)
            made = await ports.flows.apply(plan, [B], 2)
            assert [each.flow.name for each in made] == ["a", "b"]
            assert made[0].flow_id == kept.flow_id
            assert (await ports.flows.get(kept.flow_id)).flow == flows[0]

        self.run(tmp_path, work)

    # --- history ------------------------------------------------------------------------------------------------------

    def test_every_save_can_be_read_again(self, tmp_path: Path) -> None:
        """Revisions are listed oldest first, and each gives the flow as it was."""

        async def work(ports: ProjectPorts) -> None:
            assert ports.history is not None
            made = await ports.flows.create(sample_flow("a"), A, 1)
            await ports.flows.save(made.flow_id, sample_flow("a", "two"), 2)
            await ports.flows.save(made.flow_id, sample_flow("a"), 3)
            revisions = await ports.history.revisions(made.flow_id)
            assert [each.number for each in revisions] == [1, 2, 3]
            assert revisions[0].digest == revisions[2].digest != revisions[1].digest
            assert await ports.history.at_revision(made.flow_id, 2) == sample_flow("a", "two")
            with pytest.raises(NotFoundError):
                await ports.history.at_revision(made.flow_id, 9)

        self.run(tmp_path, work, needs="revisions")

    def test_a_deleted_flow_comes_back_until_it_is_purged(self, tmp_path: Path) -> None:
        """Undelete brings it back under its name unless that was taken; purge ends it for good."""

        async def work(ports: ProjectPorts) -> None:
            assert ports.history is not None
            made = await ports.flows.create(sample_flow("a"), A, 1)
            await ports.flows.delete(made.flow_id, 2)
            assert [each.name for each in await ports.history.deleted()] == ["a"]
            assert (await ports.history.undelete(made.flow_id, 3)).flow == sample_flow("a")
            await ports.flows.delete(made.flow_id, 4)
            taken = await ports.flows.create(sample_flow("a", "other"), B, 5)
            with pytest.raises(NameInUseError):
                await ports.history.undelete(made.flow_id, 6)
            assert await ports.history.purge() == 1
            with pytest.raises(NotFoundError):
                await ports.history.undelete(made.flow_id, 7)
            assert (await ports.flows.get(taken.flow_id)).flow == sample_flow("a", "other")

        self.run(tmp_path, work, needs="undelete")

    # --- beside flows -------------------------------------------------------------------------------------------------

    def test_parameter_sets_are_kept_with_every_part(self, tmp_path: Path) -> None:
        """They come back equal; names are unique; a stale save is refused."""
        held = ParameterSet("set", "text", (Parameter("p", "string", "v"), Parameter("n", "int64", 1.0)))

        async def work(ports: ProjectPorts) -> None:
            made = await ports.parameter_sets.create(held, ParameterSetId("s"))
            assert (await ports.parameter_sets.get(made.parameter_set_id)).value == held
            with pytest.raises(NameInUseError):
                await ports.parameter_sets.create(held, ParameterSetId("t"))
            newer = attrs.evolve(held, description="new")
            saved = await ports.parameter_sets.save(made.parameter_set_id, newer, made.revision)
            assert saved.value == newer
            with pytest.raises(ConflictError):
                await ports.parameter_sets.save(made.parameter_set_id, held, made.revision)
            await ports.parameter_sets.delete(made.parameter_set_id)
            assert await ports.parameter_sets.list() == ()

        self.run(tmp_path, work)

    def test_environments_are_kept(self, tmp_path: Path) -> None:
        """They come back equal, in order of creation; names are unique."""
        one = Environment(EnvironmentId("e1"), "one", stage_libs=("a", "b"), cpus_to_allocate=2.0)

        async def work(ports: ProjectPorts) -> None:
            made = await ports.environments.create(one)
            assert await ports.environments.get(made.environment_id) == made
            with pytest.raises(NameInUseError):
                await ports.environments.create(attrs.evolve(one, environment_id=EnvironmentId("e2")))
            await ports.environments.save(attrs.evolve(made, description="new"))
            assert [each.description for each in await ports.environments.list()] == ["new"]
            await ports.environments.delete(made.environment_id)
            with pytest.raises(NotFoundError):
                await ports.environments.get(made.environment_id)

        self.run(tmp_path, work)

    def test_jobs_keep_runs_logs_and_offsets(self, tmp_path: Path) -> None:
        """Offsets survive runs, can be reset, and go with the job."""
        job = Job(JobId("j"), "job", A)

        async def work(ports: ProjectPorts) -> None:
            await ports.flows.create(sample_flow("a"), A, 1)
            made = await ports.jobs.create(job)
            run = JobRun(RunId("r"), made.job_id, "run", "Running")
            await ports.jobs.save_run(run)
            await ports.jobs.save_run(attrs.evolve(run, state="Completed"))
            assert [each.state for each in await ports.jobs.runs(made.job_id)] == ["Completed"]
            await ports.jobs.add_log(run.run_id, [(1, "INFO", "one")])
            await ports.jobs.add_log(run.run_id, [(2, "ERROR", "two")])
            assert await ports.jobs.log(run.run_id) == ((1, "INFO", "one"), (2, "ERROR", "two"))
            await ports.offsets.commit(made.job_id, {"f": "1", "g": "2"})
            await ports.offsets.commit(made.job_id, {"f": "3", "g": None})
            assert dict(await ports.offsets.offsets(made.job_id)) == {"f": "3"}
            await ports.offsets.reset(made.job_id)
            assert dict(await ports.offsets.offsets(made.job_id)) == {}

        self.run(tmp_path, work, needs="given_runs")

    def test_jobs_are_kept(self, tmp_path: Path) -> None:
        """They come back equal, with their parameters, and go when they are deleted."""

        async def work(ports: ProjectPorts) -> None:
            flow = await ports.flows.create(sample_flow("a"), A, 1)
            job = Job(JobId("j"), "job", flow.flow_id, "text", None, JsonMap({"p": "v"}))
            made = await ports.jobs.create(job)
            assert await ports.jobs.get(made.job_id) == made
            same = attrs.evolve(made, job_id=job.job_id, created_ms=job.created_ms)
            assert same == job
            saved = await ports.jobs.save(attrs.evolve(made, name="new"))
            assert [each.name for each in await ports.jobs.list()] == [saved.name] == ["new"]
            assert await ports.jobs.runs(made.job_id) == ()
            await ports.jobs.delete(made.job_id)
            with pytest.raises(NotFoundError):
                await ports.jobs.get(made.job_id)

        self.run(tmp_path, work)

    # --- the backend itself -------------------------------------------------------------------------------------------

    def test_what_was_kept_is_there_again(self, tmp_path: Path) -> None:
        """Closing and opening the same place loses nothing."""

        async def keep(ports: ProjectPorts) -> FlowId:
            return (await ports.flows.create(sample_flow("a"), A, 1)).flow_id

        async def look(ports: ProjectPorts) -> None:
            assert (await ports.flows.get(kept)).flow == sample_flow("a")

        kept = self.run(tmp_path, keep, needs="persistent")
        self.run(tmp_path, look)

    def test_two_backends_share_a_place(self, tmp_path: Path) -> None:
        """What one saves the other sees, and saves at the same time lose nothing."""

        async def inside() -> None:
            one = await self.open_backend(tmp_path)
            if "shared" not in one.powers:
                await one.aclose()
                pytest.skip("the backend has no power 'shared'")
            project = await one.projects.create(PROJECT)
            other = await self.open_backend(tmp_path)
            mine, yours = await one.open(project.project_id), await other.open(project.project_id)

            async def fill(ports: ProjectPorts, word: str) -> None:
                for at in range(10):
                    await ports.flows.create(sample_flow(f"{word} {at}"), FlowId(f"{word}{at}"), 1)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(fill, mine, "mine")
                tasks.start_soon(fill, yours, "yours")
            assert await mine.flows.count() == await yours.flows.count() == 20
            await other.aclose()
            await one.aclose()

        anyio.run(inside)

    def test_a_backup_is_a_whole_copy(self, tmp_path: Path) -> None:
        """The copy can be opened like the original."""
        place, copy = tmp_path / "a", tmp_path / "b"
        place.mkdir()
        copy.mkdir()

        async def inside() -> None:
            backend = await self.open_backend(place)
            if "backup" not in backend.powers or not any(place.iterdir()):
                await backend.aclose()
                pytest.skip("the backend has no power 'backup', or keeps no files")
            project = await backend.projects.create(PROJECT)
            ports = await backend.open(project.project_id)
            await ports.flows.create(sample_flow("a"), A, 1)
            name = min(place.iterdir(), key=lambda path: len(path.name)).name
            await backend.backup(copy / name)
            await backend.aclose()
            restored = await self.open_backend(copy)
            again = await restored.open(project.project_id)
            assert (await again.flows.get(A)).flow == sample_flow("a")
            await restored.aclose()

        anyio.run(inside)

    def test_a_closed_backend_refuses_work(self, tmp_path: Path) -> None:
        """Using it after close is an error that says so; closing twice is none."""

        async def inside() -> None:
            backend = await self.open_backend(tmp_path)
            project = await backend.projects.create(PROJECT)
            ports = await backend.open(project.project_id)
            await backend.aclose()
            await backend.aclose()
            with pytest.raises(ClosedError):
                await ports.flows.count()

        anyio.run(inside)

    def test_projects_do_not_see_each_other(self, tmp_path: Path) -> None:
        """The same flow name can be used in two projects; a deleted project takes its flows along."""

        async def inside() -> None:
            backend = await self.open_backend(tmp_path)
            made = [await backend.projects.create(ProjectInfo(ProjectId(name), name)) for name in ("one", "two")]
            one, two = [await backend.open(each.project_id) for each in made]
            await one.flows.create(sample_flow("a"), A, 1)
            await two.flows.create(sample_flow("a"), B, 1)
            await backend.projects.delete(made[0].project_id)
            assert await two.flows.count() == 1
            with pytest.raises(PenstockError):
                await one.flows.count()
            await backend.aclose()

        anyio.run(inside)

    def test_any_sequence_of_operations_matches_the_model(self, tmp_path: Path) -> None:
        """Whatever is done to it in whatever order, a backend answers as the memory model does."""
        from .machine import compare_with_model

        compare_with_model(self.open_backend, tmp_path)
