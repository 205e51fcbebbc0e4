"""Stages of somebody's own: the example of the page, and one that a distribution brings."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penstock.adapters.engine import plugins
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import UnsupportedError
from penstock.core.plan import StagePlan
from penstock.core.processors import Out, Tools, find
from penstock.core.processors import registry as registry_module
from penstock.core.processors.registry import can_run
from penstock.core.records.record import Record

PAGE = Path(__file__).parents[4] / "docs" / "engine.md"


def shouted(name: str) -> object:
    """What the stage of that name makes of a text."""
    plan = StagePlan("S_01", name, StageType.PROCESSOR, outputs=("out",))
    out = Out(1)
    build = find(name)
    assert build is not None
    build(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: "id"))([Record({"text": "hey"})], out)
    return [record.value for record in out.lanes[0]]


@pytest.fixture
def registered() -> Iterator[None]:
    """Takes back what a test registers."""
    registries: list[dict[str, Any]] = [registry_module._builders, registry_module._loaded_from]
    before = [dict(each) for each in registries]
    plugins._entries.cache_clear()
    yield
    for held, known in zip(registries, before, strict=True):
        held.clear()
        held.update(known)
    plugins._entries.cache_clear()


def example() -> str:
    """The code of the page."""
    found = re.search(r"## A stage of your own\n\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.usefixtures("registered")
def test_the_example_of_the_page_runs() -> None:
    """A few lines make a stage."""
    exec(compile(example(), str(PAGE), "exec"), {"__name__": "example"})
    assert shouted("com_example_Shout") == [{"text": "HEY"}]


@pytest.mark.usefixtures("registered")
def test_a_distribution_brings_stages_that_load_when_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its module is imported with the first flow that has the stage, not before."""
    (tmp_path / "example_stages.py").write_text(example().replace("com_example_Shout", "com_example_Loud"))
    info = tmp_path / "example_stages-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: example-stages\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[penstock.stages]\ncom_example_Loud = example_stages:shout\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert can_run("com_example_Loud")
    assert "example_stages" not in sys.modules
    assert shouted("com_example_Loud") == [{"text": "HEY"}]
    assert not can_run("com_example_Quiet")


@pytest.mark.usefixtures("registered")
def test_a_stage_that_cannot_be_loaded_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the stage, where it should be, and the reason."""
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[penstock.stages]\ncom_example_Broken = nowhere_at_all:stage\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UnsupportedError, match=r"com_example_Broken.*nowhere_at_all"):
        find("com_example_Broken")
