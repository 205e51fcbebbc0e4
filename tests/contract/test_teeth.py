"""The contract suite fails on stores that break a promise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from penstock.adapters.memory import MemoryBackend
from penstock.core.errors import PenstockError
from penstock.core.project import ProjectId
from penstock.core.values import EMPTY_MAP
from penstock.ports.backend import Backend, ProjectPorts
from penstock.testing import BackendContract


class Around:
    """A store that passes everything on but what is replaced."""

    def __init__(self, inner: Any, **replaced: Callable[..., Any]) -> None:
        self.inner, self.replaced = inner, replaced

    def __getattr__(self, name: str) -> Any:
        if name in self.replaced:
            broken = self.replaced[name]
            return lambda *args, **kwargs: broken(self.inner, *args, **kwargs)
        return getattr(self.inner, name)


async def overwrites(store: Any, flow_id: Any, flow: Any, at_ms: int, expected: Any = None) -> Any:
    """Forgets to look at the expected revision: a lost update."""
    return await store.save(flow_id, flow, at_ms)


async def halves(store: Any, plan: Any, new_ids: Any, at_ms: int) -> Any:
    """Imports flow by flow, so that a failure leaves half of them."""
    from penstock.core.importing import Create, ImportPlan

    made: list[Any] = []
    ids = iter(new_ids)
    for step in plan.steps:
        part = [next(ids)] if isinstance(step, Create) else []
        made += await store.apply(
            attrs.evolve(plan, steps=(step,)) if isinstance(plan, ImportPlan) else plan, part, at_ms
        )
    return tuple(made)


async def backwards(store: Any, *args: Any, **kwargs: Any) -> Any:
    """Lists in the wrong order."""
    page = await store.page(*args, **kwargs)
    return attrs.evolve(page, items=page.items[::-1])


async def drops(store: Any, flow_id: Any) -> Any:
    """Forgets the oldest revision."""
    return (await store.revisions(flow_id))[1:]


async def rounds(store: Any, flow: Any, flow_id: Any, at_ms: int) -> Any:
    """Loses keys it does not know."""
    return await store.create(attrs.evolve(flow, extra=EMPTY_MAP), flow_id, at_ms)


async def finds_loosely(store: Any, name: str) -> Any:
    """Finds names in any case."""
    names = {each.lower(): each for each in await store.names()}
    return await store.find(names.get(name.lower(), name))


async def deletes_nothing(store: Any, flow_id: Any, at_ms: int) -> None:
    """Says that it deleted."""


async def keeps_offsets(store: Any, job_id: Any) -> None:
    """Says that it reset."""


BROKEN: dict[str, tuple[str, dict[str, Callable[..., Any]]]] = {
    "overwrites": ("flows", {"save": overwrites}),
    "halves": ("flows", {"apply": halves}),
    "backwards": ("flows", {"page": backwards}),
    "drops": ("history", {"revisions": drops}),
    "rounds": ("flows", {"create": rounds}),
    "finds_loosely": ("flows", {"find": finds_loosely}),
    "deletes_nothing": ("flows", {"delete": deletes_nothing}),
    "keeps_offsets": ("offsets", {"reset": keeps_offsets}),
}


class BrokenBackend(MemoryBackend):
    """A memory with one broken store."""

    fault = ""

    async def open(self, project_id: ProjectId) -> ProjectPorts:
        """The ports, one of them broken."""
        ports = await super().open(project_id)
        port, replaced = BROKEN[self.fault]
        return attrs.evolve(ports, **{port: Around(getattr(ports, port), **replaced)})


class BrokenContract(BackendContract):
    """The suite over a broken backend."""

    __test__ = False
    fault = ""

    async def open_backend(self, place: Path) -> Backend:
        """A memory with the fault."""
        backend = BrokenBackend()
        backend.fault = self.fault
        return backend


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_store_fails_the_suite(fault: str, tmp_path: Path) -> None:
    """Each fault is caught by at least one promise."""
    suite = BrokenContract()
    suite.fault = fault
    failed = []
    for name in (name for name in dir(suite) if name.startswith("test_") and "sequence" not in name):
        folder = tmp_path / name
        folder.mkdir()
        try:
            getattr(suite, name)(folder)
        except pytest.skip.Exception:
            continue
        except (AssertionError, PenstockError, pytest.fail.Exception):
            failed.append(name)
    assert failed, f"no promise notices a store that {fault}"
