"""The vendor's own client, unmodified, works against a penstock server through its whole chapter on flows."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penstock import StreamingFlow, open_project
from penstock.sdk.serve import Server

pytest.importorskip("ibm_watsonx_data_integration", reason="the official client is not installed")

RAW = '{"f1": "abc", "f2": "xyz", "f3": "lmn"}'


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for the module."""
    with Server() as made:
        yield made


@pytest.fixture(scope="module")
def project(server: Server) -> Any:
    """A project made by the official client."""
    from ibm_watsonx_data_integration.common.auth import BearerTokenAuthenticator
    from ibm_watsonx_data_integration.platform import Platform

    platform = Platform(BearerTokenAuthenticator(server.token), base_url=server.url)
    return platform.create_project(name="chapter", description="of flows")


@pytest.fixture(scope="module")
def environment(project: Any) -> Any:
    """An environment with the default engine version."""
    version = project._platform.available_engine_versions[0].engine_version_id
    return project.create_environment(name="environment", engine_version=version)


@pytest.fixture(scope="module")
def flow(project: Any, environment: Any) -> Any:
    """A saved flow: raw data, a selector, two destinations."""
    made = project.create_flow(name="My streaming flow", description="optional description", environment=environment)
    raw = made.add_stage("Dev Raw Data Source")
    raw.data_format, raw.raw_data, raw.stop_after_first_batch = "JSON", RAW, True
    selector = made.add_stage("Stream Selector")
    raw.connect_output_to(selector)
    selector.add_predicates(["${record:value('/f1') == 'abc'}"])
    for at in range(2):
        selector.connect_output_to(made.add_stage("Trash"), predicate=selector.predicates[at])
    assert project.update_flow(made.auto_arrange()).status_code == 200
    return made


def test_projects_environments_and_engines_are_found(project: Any, environment: Any) -> None:
    """Lists, counts, reads by name, and options that are changed and read again."""
    platform = project._platform
    assert len(platform.projects) == 2
    assert platform.projects.get(name="chapter").project_id == project.project_id
    assert [each.name for each in project.environments] == ["environment"]
    environment.max_memory_used = 70
    assert project.update_environment(environment).status_code == 200
    assert project.environments.get(name="environment").max_memory_used == 70
    (engine,) = project.engines
    assert engine.engine_type == "data_collector"
    assert project.delete_engine(engine).status_code == 204
    assert list(project.engines) == []
    assert engine.restart().status_code == 200
    assert len(project.engines) == 1


def test_flows_are_listed_read_and_renamed(project: Any, flow: Any) -> None:
    """What was saved comes back, under its new name too."""
    assert repr(flow).startswith("StreamingFlow(name='My streaming flow', description='optional description', flow_id=")
    assert [each.name for each in project.flows.get_all(flow_type="streaming")].count("My streaming flow") == 1
    assert flow.configuration["retry_pipeline_on_error"] is True
    flow.configuration["retry_pipeline_on_error"] = False
    flow.name = "new flow name"
    project.update_flow(flow)
    again = project.flows.get(name="new flow name")
    assert again.configuration["retry_pipeline_on_error"] is False
    assert [each.instance_name for each in again.stages] == [
        "DevRawDataSource_01",
        "StreamSelector_01",
        "Trash_01",
        "Trash_02",
    ]
    flow.name = "My streaming flow"
    project.update_flow(flow)


def test_validation_says_what_the_page_shows(project: Any, environment: Any, flow: Any) -> None:
    """A flow in order is valid; a lone destination has the two findings of the page."""
    assert flow.validate().success
    lone = project.create_flow(name="lone", environment=environment)
    lone.add_stage("Trash")
    project.update_flow(lone)
    found = lone.validate()
    assert not found.success
    assert found.message == "Validation Failed"
    assert [each.human_readable_message for each in found.issues] == [
        "The first stage must be an origin",
        "Target must have input streams",
    ]
    assert project.delete_flow(lone).status_code == 204


def test_the_preview_shows_records(flow: Any) -> None:
    """Records go the way that the predicates say."""
    shown = {each.instance_name: (each.input, each.output) for each in flow.preview()}
    rows = [("abc", "xyz", "lmn")]
    assert shown["DevRawDataSource_01"] == (None, rows)
    assert shown["StreamSelector_01"] == (rows, rows)
    assert shown["Trash_01"][0] == rows
    assert not shown["Trash_02"][0]
    through = flow.preview(batch_size=1, timeout_ms=5000, run_through_stage="DevRawDataSource_01")
    assert "Trash_01" not in {each.instance_name for each in through if each.output}
    assert flow.preview(write_to_destination=True, execute_lifecycle_events=True)[0].output == rows


def test_copies_exports_and_imports_keep_names(
    project: Any, flow: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Duplicate, delete, export one and several, import in all three ways."""
    monkeypatch.chdir(tmp_path)
    copy = project.duplicate_flow(flow, name="copy", description="d")
    assert (copy.name, copy.description, len(copy.stages)) == ("copy", "d", 4)
    assert project.export_flow(flow=flow) == Path("flows.zip")
    several = project.export_flows(flows=[flow, copy], with_plain_text_credentials=True, destination="two.zip")
    assert len(zipfile.ZipFile(several).namelist()) == 2
    assert project.delete_flow(copy).status_code == 204
    before = len(project.flows)
    assert project.import_flows(flow_type="streaming", source="flows.zip", conflict_resolution="skip") == []
    replaced = project.import_flows(flow_type="streaming", source="flows.zip", conflict_resolution="replace")
    assert (replaced.name, replaced.flow_id) == (flow.name, flow.flow_id)
    renamed = project.import_flows(flow_type="streaming", source="flows.zip", conflict_resolution="rename")
    assert renamed.name == f"{flow.name} (2)"
    assert len(project.flows) == before + 1
    assert {
        each.name
        for each in project.import_flows(flow_type="streaming", source="two.zip", conflict_resolution="rename")
    } == {
        f"{flow.name} (3)",
        "copy",
    }


def test_error_stages_events_and_parameter_sets_are_kept(project: Any, environment: Any) -> None:
    """Set through the client, read again by it."""
    made = project.create_flow(name="special", environment=environment)
    origin, finisher = made.add_stage("Dev Data Generator"), made.add_stage("Pipeline Finisher Executor")
    origin.connect_event_to(finisher)
    origin.connect_output_to(made.add_stage("Trash"))
    made.configuration["error_record_policy"] = "STAGE_RECORD"
    assert repr(made.set_error_stage("Write to File")) == "WritetoFile_ErrorStage(name='Error Records - Write to File')"
    held = project.create_parameter_set("params")
    held.add_parameter(parameter_type="string", name="p", value="v")
    project.update_parameter_set(held)
    made.use_parameter_set(project.parameter_sets.get(name="params"))
    project.update_flow(made)
    again = project.flows.get(name="special")
    assert repr(again.error_stage) == "WritetoFile_ErrorStage(name='Error Records - Write to File')"
    assert again.configuration["error_record_policy"] == "STAGE_RECORD"
    assert [each.name for each in again.parameter_sets] == ["params"]
    assert {"key": "params__p", "value": "v"} in again.configuration["constants"]
    copy = project.duplicate_parameter_set(held)
    assert (copy.name, [each.name for each in copy.parameters]) == ("params_copy", ["p"])
    assert project.delete_parameter_set(held).status_code == 204


def test_jobs_run_to_their_end(project: Any, flow: Any) -> None:
    """A job starts, completes, and has a log and metrics."""
    import time

    job = project.create_job(name="job", flow=flow)
    run = job.start(name="run", description="")
    for _ in range(200):
        state = next(iter(job.job_runs)).state
        if str(getattr(state, "value", state)) == "Completed":
            break
        time.sleep(0.02)
    assert str(getattr(state, "value", state)) == "Completed"
    assert any("FINISHED" in line for line in run.logs)
    assert run.metrics.pipeline_summary.input_records == 1
    assert job.reset_offset().status_code == 200
    assert project.delete_job(job).status_code == 204


def test_a_flow_that_cannot_be_run_is_a_run_that_failed(project: Any, environment: Any) -> None:
    """The client checks a flow for a new job only; a start of one that was broken since gives a run that has failed."""
    made = project.create_flow(name="broken later", environment=environment)
    raw = made.add_stage("Dev Raw Data Source")
    raw.connect_output_to(made.add_stage("Trash"))
    project.update_flow(made)
    job = project.create_job(name="broken", flow=made)
    made.add_stage("Trash")
    project.update_flow(made)
    run = job.start(name="run", description="")
    assert run.refresh_status().status_code == 200
    assert str(getattr(run.state, "value", run.state)) == "Failed"
    assert len(job.job_runs) == 1
    assert any("CONTAINER_0158" in line and "Trash_02" in line for line in run.logs)


def test_both_clients_read_what_the_other_saved(project: Any, flow: Any, server: Server, environment: Any) -> None:
    """A flow of one is the equal value in the other, and stays it after a save there without an edit."""
    with open_project(server.url, "chapter", token=server.token) as ours:
        read = ours.flows.get(name=flow.name)
        before = read.value
        assert [each.instance_name for each in read.stages] == [each.instance_name for each in flow.stages]
        assert ours.update_flow(read).status_code == 200
        assert ours.flows.get(name=flow.name).value == before
        mine = ours.create_flow(name="mine", environment=ours.environments.get(name="environment"))
        mine.add_stage("Dev Raw Data Source").connect_output_to(mine.add_stage("Trash"))
        ours.update_flow(mine)
        theirs = project.flows.get(name="mine")
        assert [each.instance_name for each in theirs.stages] == ["DevRawDataSource_01", "Trash_01"]
        project.update_flow(theirs)
        after = ours.flows.get(name="mine").value
        assert [(each.instance_name, each.configuration) for each in after.stages] == [
            (each.instance_name, each.configuration) for each in mine.value.stages
        ]


def test_our_client_asks_for_nothing_that_the_service_does_not_know(server: Server, environment: Any) -> None:
    """The page's work through penstock's own client: no request is refused, and all of them are the protocol's."""
    server.requests.clear()
    with open_project(server.url, "chapter", token=server.token) as ours:
        made = ours.create_flow(name="asked", environment=ours.environments.get(name="environment"))
        raw = made.add_stage("Dev Raw Data Source")
        raw.data_format, raw.raw_data, raw.stop_after_first_batch = "JSON", RAW, True
        raw.connect_output_to(made.add_stage("Trash"))
        ours.update_flow(made)
        assert made.validate().success
        assert made.preview()[0].output == [("abc", "xyz", "lmn")]
        copy = ours.duplicate_flow(made, name="asked again")
        assert isinstance(copy, StreamingFlow)
        ours.delete_flow(copy)
    assert [each for each in server.requests if each.status >= 400] == []
    assert len(server.requests) < 40


@pytest.mark.parametrize("name", ["orders", "weblog", "fraud"])
def test_generated_scripts_for_the_client_build_the_flow(project: Any, server: Server, name: str) -> None:
    """What penstock writes for this client runs in it, and gives the stages, settings and links of the flow."""
    from importlib.resources import files

    from penstock.adapters.packaged import packaged_catalogue
    from penstock.core.codegen import python_script
    from penstock.core.compare import diff
    from penstock.sdk.transfer import read_source

    flow = read_source(Path(str(files("penstock.examples"))) / f"{name}.json")[0]
    script = python_script(flow, packaged_catalogue(), client="official", with_plain_text_credentials=True)
    names: dict[str, Any] = {}
    exec(script, names)
    names["build"](project)
    with open_project(server.url, "chapter", token=server.token) as ours:
        made = ours.flows.get(name=flow.name).value
    found = diff(flow, made)
    assert (found.removed, found.renamed, found.links_added, found.links_removed) == ((), (), (), ())
    # the client gives a new stage every setting of its definition, also those that the document is older than
    changed = [change for change in found.settings if change.stage and change.only_in != "new"]
    assert [change for change in changed if change.part != "picture"] == []
    assert len(made.stages) == len(flow.stages)
