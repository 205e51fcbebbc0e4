"""Promises about what expressions see of the engine, the flow and the job: in settings and in stages."""

from collections.abc import Callable
from pathlib import Path

import pytest

import penstock
from penstock.adapters.engine.resources import properties_of, surroundings
from penstock.adapters.packaged import packaged_catalogue
from penstock.core.el import EvaluationError, Facts, compile_text
from penstock.core.plan import compile_flow
from penstock.core.processors.api import Access

Make = Callable[..., penstock.StreamingFlow]


def value(folder: Path | None, text: str) -> object:
    """The value of an expression where this folder has the resources."""
    return compile_text(text)(surroundings(Access(resources=None if folder is None else str(folder)), Facts()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file and properties."""
    (tmp_path / "pass.txt").write_text(" secret\n")
    (tmp_path / "runtime.properties").write_text("# none\n! none\nhost = a\\\n   b\nport:1\nwith\\ blank x\nempty\n")
    return tmp_path


def test_properties_are_read_as_java_reads_them(folder: Path) -> None:
    """Comments, both signs between key and value, escapes, lines that go on."""
    made = properties_of(folder / "runtime.properties")
    assert made == {"host": "ab", "port": "1", "with blank": "x", "empty": ""}


def test_a_property_that_is_not_there_is_an_error(folder: Path) -> None:
    """No value is made up; with no folder there is none."""
    assert value(folder, "${runtime:conf('host')}") == "ab"
    for place in (folder, None):
        with pytest.raises(EvaluationError, match="no runtime property"):
            value(place, "${runtime:conf('none')}")


def test_resource_files_are_read(folder: Path) -> None:
    """Trimmed, or raw; one that cannot be read is null."""
    assert value(folder, "${runtime:loadResource('pass.txt', false)}") == "secret"
    assert value(folder, "${runtime:loadResourceRaw('pass.txt', false)}") == " secret\n"
    assert value(folder, "${runtime:loadResource('none.txt', true)}") is None
    assert value(None, "${runtime:loadResource('pass.txt', false)}") is None
    assert value(folder, "${runtime:resourcesDirPath()}") == str(folder)


def test_restricted_files_are_their_owners_alone(folder: Path) -> None:
    """Others may neither read nor write them."""
    (folder / "pass.txt").chmod(0o600)
    assert value(folder, "${runtime:loadResource('pass.txt', true)}") == "secret"
    for mode in (0o640, 0o604, 0o620):
        (folder / "pass.txt").chmod(mode)
        with pytest.raises(EvaluationError, match="owner only"):
            value(folder, "${runtime:loadResource('pass.txt', true)}")


@pytest.mark.parametrize("name", ["../other.txt", "/etc/hostname", ""])
def test_resources_stay_in_their_folder(folder: Path, name: str) -> None:
    """What lies elsewhere is null."""
    (folder.parent / "other.txt").write_text("x")
    assert value(folder, f"${{runtime:loadResource('{name}', false)}}") is None


def test_settings_see_the_flow_and_the_resources(flow_of: Make, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An expression that is evaluated at start knows as much as one that a stage evaluates."""
    monkeypatch.setenv("PENSTOCK_RESOURCES", str(folder))
    settings = {
        "conf.values": [{"key": "k", "value": "${runtime:conf('host')} of ${pipeline:title()}"}],
        "conf.lookups": [{"keyExpr": "k", "outputFieldPath": "/seen"}],
    }
    rows = [{"fieldToSet": "/title", "expression": "${pipeline:title()}"}]
    evaluator = ("Expression Evaluator", {"expressionProcessorConfigs": rows})
    made = flow_of('{"a": 1}', ("Static Lookup", settings), evaluator, ("Trash", {})).preview()
    assert made[2].output == [(1, "ab of flow", "flow")]


def with_secrets(folder: Path, mode: int = 0o600) -> Path:
    """The folder, with credentials in it."""
    path = folder / "credentials.properties"
    path.write_text("jks/word=s3cret\njks/ops/word=other\naws/a&k=key\n")
    path.chmod(mode)
    return folder


def test_credentials_come_from_a_file_of_the_operator(folder: Path) -> None:
    """By store and name, and by group where there is one of its own; ``all`` is everybody."""
    with_secrets(folder)
    assert value(folder, "${credential:get('jks', 'all', 'word')}") == "s3cret"
    assert value(folder, "${credential:get('aws', 'all@org', 'a&k')}") == "key"
    assert value(folder, "${credential:getWithOptions('jks', 'ops', 'word', 'x=y')}") == "other"
    for group, name in (("dev", "word"), ("all", "none")):
        with pytest.raises(EvaluationError, match="no credential"):
            value(folder, f"${{credential:get('jks', '{group}', '{name}')}}")


def test_credentials_that_others_may_read_are_not_used(folder: Path) -> None:
    """The file is its owner's alone; without one there is no store."""
    with pytest.raises(EvaluationError, match="no credential store"):
        value(folder, "${credential:get('jks', 'all', 'word')}")
    with_secrets(folder, 0o644)
    with pytest.raises(EvaluationError, match="owner only"):
        value(folder, "${credential:get('jks', 'all', 'word')}")


def test_credentials_are_values_of_settings_for_credentials_only(folder: Path) -> None:
    """Elsewhere they would be shown: in a preview, in a record, in an address."""
    with penstock.open_project(resources=with_secrets(folder)) as project:
        flow = project.create_flow(name="flow")
        origin = flow.add_stage("Dev Raw Data Source")
        web = flow.add_stage("HTTP Client", type="destination")
        web.configuration["conf.resourceUrl"] = "http://localhost/"
        web.configuration["conf.client.authType"] = "BASIC"
        web.configuration["conf.client.basicAuth.username"] = "me"
        web.configuration["conf.client.basicAuth.password"] = "${credential:get('jks', 'all', 'word')}"
        origin.connect_output_to(web)
        plan = compile_flow(
            flow.value, packaged_catalogue(), {}, 0, surroundings(Access(resources=str(folder)), Facts())
        )
        assert plan.stages[1].given["conf.client.basicAuth.password"] == "s3cret"
        assert "s3cret" not in repr(plan)
        origin.configuration["rawData"] = "${credential:get('jks', 'all', 'word')}"
        project.update_flow(flow)
        with pytest.raises(penstock.PenstockError, match="credentials only") as caught:
            flow.preview()
        assert "s3cret" not in str(caught.value)


def test_stages_cannot_ask_for_credentials_while_they_run(folder: Path) -> None:
    """An expression for records has no store."""
    with penstock.open_project(resources=with_secrets(folder)) as project:
        flow = project.create_flow(name="flow")
        origin = flow.add_stage("Dev Raw Data Source")
        origin.configuration["rawData"] = "{}"
        maker = flow.add_stage("Expression Evaluator")
        maker.field_expressions = [{"fieldToSet": "/x", "expression": "${credential:get('jks', 'all', 'word')}"}]
        origin.connect_output_to(maker)
        maker.connect_output_to(flow.add_stage("Trash"))
        project.update_flow(flow)
        assert "s3cret" not in repr([stage.records for stage in flow.preview()])
