"""Names that are loaded when they are first used."""

import subprocess
import sys

import pytest

import penstock
from penstock import core
from penstock.core import plan, validation


@pytest.mark.parametrize(
    "package", [penstock, core, plan, validation, penstock.testing], ids=lambda each: each.__name__
)
def test_every_public_name_is_there_and_listed(package: object) -> None:
    """What ``__all__`` promises can be had, and completion shows it."""
    names: list[str] = package.__all__  # type: ignore[attr-defined]
    assert all(getattr(package, name) is not None for name in names)
    assert set(names) <= set(dir(package))


def test_a_name_that_is_not_there_says_so() -> None:
    """With the package, and for suggestions of the interpreter."""
    with pytest.raises(AttributeError, match=r"module 'penstock\.core' has no attribute 'valdate'") as caught:
        core.valdate  # noqa: B018
    assert (caught.value.name, caught.value.obj) == ("valdate", core)


def test_a_worker_of_the_engine_loads_no_more_than_it_runs_with() -> None:
    """No event loop, no validation, no format that the flow does not have: each start pays for them."""
    words = "import sys, penstock.adapters.engine.worker as w; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    unwanted = {"asyncio", "anyio", "xml.sax", "urllib.request", "importlib.metadata", "penstock.core.validation.flows"}
    assert not unwanted & loaded
