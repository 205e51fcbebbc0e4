"""Promises of notebooks: rich tables and pictures, the same text as everywhere, escaped, without secrets."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import penstock
from penstock.sdk import results

HOSTILE = "<script>alert('x')</script>"
SECRET = "hunter2"


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """A project with a flow whose texts are hostile and that holds a secret, a parameter set and a job that ran."""
    with penstock.open_project() as opened:
        flow = opened.create_flow(name=HOSTILE, description=HOSTILE)
        raw = flow.add_stage("Dev Raw Data Source")
        raw.stage_name = HOSTILE
        raw.data_format = "JSON"
        raw.raw_data = f'{{"{HOSTILE}": "{HOSTILE}"}}'
        raw.stop_after_first_batch = True
        raw.connect_output_to(flow.add_stage("Trash"))
        client = flow.add_stage("HTTP Client", type="destination")
        client.configuration["conf.client.authType"] = "BASIC"
        client.configuration["conf.client.basicAuth.password"] = SECRET
        opened.update_flow(flow)
        made = opened.create_parameter_set("env", HOSTILE).add_parameter("encrypted", "hidden", SECRET)
        opened.update_parameter_set(made.add_parameter("string", "password", SECRET))
        flow.remove_stage(client)
        opened.update_flow(flow)
        opened.create_job(HOSTILE, flow, {"password": SECRET, "topic": HOSTILE}).start().wait()
        yield opened


def only(opened: penstock.Project) -> penstock.StreamingFlow:
    """The flow of the project."""
    return opened.flows[0]


def secret_stage(opened: penstock.Project) -> Any:
    """The stage that holds the secret."""
    flow = only(opened)
    opened.restore_flow(flow, 2)
    return flow.stages[2]


SHOWN: dict[str, Callable[[penstock.Project], Any]] = {
    "flow": only,
    "flows": lambda opened: opened.flows,
    "found flows": lambda opened: opened.flows.get_all(),
    "stage": lambda opened: only(opened).stages[0],
    "stage with a secret": secret_stage,
    "settings with a secret": lambda opened: secret_stage(opened).configuration,
    "stages": lambda opened: only(opened).stages,
    "available stages": lambda opened: only(opened).available_stages,
    "preview": lambda opened: only(opened).preview(),
    "previewed stage": lambda opened: only(opened).preview()[0],
    "validation": lambda opened: secret_stage(opened)._flow.validate(),
    "issues": lambda opened: secret_stage(opened)._flow.validate().issues,
    "difference": lambda opened: only(opened).diff(only(opened).at_revision(2)),
    "revisions": lambda opened: only(opened).revisions,
    "parameter set": lambda opened: opened.parameter_sets[0],
    "parameter sets": lambda opened: opened.parameter_sets,
    "parameters": lambda opened: opened.parameter_sets[0].parameters,
    "job": lambda opened: opened.jobs[0],
    "jobs": lambda opened: opened.jobs,
    "run": lambda opened: opened.jobs[0].job_runs[0],
    "runs": lambda opened: opened.jobs[0].job_runs,
    "environments": lambda opened: opened.environments,
}


def bundle_of(value: Any) -> dict[str, str]:
    """What a notebook would get, by the kind of content."""
    if hasattr(type(value), "_repr_mimebundle_"):
        return dict(value._repr_mimebundle_())
    return {"text/plain": repr(value), "text/html": value._repr_html_()}


@pytest.mark.parametrize("make", SHOWN.values(), ids=SHOWN)
def test_rich_output_is_escaped_and_keeps_secrets(
    project: penstock.Project, make: Callable[[penstock.Project], Any]
) -> None:
    """Whatever stands in a flow, its records or its parameters."""
    bundle = bundle_of(make(project))
    rich = "".join(text for kind, text in bundle.items() if kind != "text/plain")
    assert len(bundle) == 2
    assert rich
    assert "<script" not in rich
    assert SECRET not in rich


@pytest.mark.parametrize("make", SHOWN.values(), ids=SHOWN)
def test_plain_text_stays_what_it_is_elsewhere(
    project: penstock.Project, make: Callable[[penstock.Project], Any]
) -> None:
    """A notebook changes no word of it."""
    value = make(project)
    assert bundle_of(value)["text/plain"] == repr(value)


def test_a_flow_is_a_picture_with_its_issues(project: penstock.Project) -> None:
    """Of the flow as it is now, edits included."""
    flow = only(project)
    before = flow._repr_mimebundle_()["image/svg+xml"]
    flow.add_stage("Field Remover")
    after = flow._repr_mimebundle_()["image/svg+xml"]
    assert before.startswith("<svg")
    assert "Field Remover 1" in after
    assert "Field Remover 1" not in before


def test_a_long_list_is_cut(project: penstock.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred rows and how many there are; as text after the first thousand (here: after twenty)."""
    monkeypatch.setattr(results, "MOST_PRINTED", 20)
    project.duplicate_flow(only(project), "copy", number_of_copies=109)
    bundle = project.flows._repr_mimebundle_()
    assert bundle["text/html"].count("<tr>") == 1 + 100
    assert "110 in all" in bundle["text/html"]
    assert repr(project.flows).endswith("... 110 in all]")


def test_a_notebook_has_a_loop_running_already() -> None:
    """Blocking verbs and what is shown of their results work inside it."""

    async def cell() -> str:
        with penstock.open_project() as opened:
            opened.import_flows(source=str(files("penstock.examples") / "orders.json"))
            flow = opened.flows[0]
            return str(flow.preview()._repr_html_() + bundle_of(opened.flows)["text/html"])

    assert "Orders by amount" in asyncio.run(cell())


def test_ipython_shows_pictures_and_tables(project: penstock.Project) -> None:
    """Its own formatter finds what it can show."""
    formatters = pytest.importorskip("IPython.core.formatters", reason="IPython is not installed")
    format_of = formatters.DisplayFormatter().format
    assert {"text/plain", "image/svg+xml"} <= format_of(only(project))[0].keys()
    for what in ("flows", "stages", "preview", "validation", "difference", "parameter set", "jobs", "run"):
        assert "text/html" in format_of(SHOWN[what](project))[0], what


def test_a_png_needs_its_extra_and_says_so(
    project: penstock.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the package a PNG, without it the command that installs it."""
    pytest.importorskip("resvg_py", reason="resvg-py is not installed")
    only(project).draw(tmp_path / "flow.png")
    assert (tmp_path / "flow.png").read_bytes().startswith(b"\x89PNG")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(penstock.UnsupportedError, match=r"pip install 'penstock\[png\]'"):
        only(project).draw(tmp_path / "other.png")
    assert not (tmp_path / "other.png").exists()
