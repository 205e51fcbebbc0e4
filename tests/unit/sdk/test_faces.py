"""The blocking and the async face offer the same verbs, and the handles keep their promises."""

import inspect

import anyio
import pytest

import penstock
from penstock.sdk import aio, jobs, platform, project, streaming

PAIRS = [
    (project.Project, aio.AsyncProject),
    (streaming.StreamingFlow, streaming.AsyncStreamingFlow),
    (jobs.Job, aio.AsyncJob),
    (jobs.JobRun, aio.AsyncJobRun),
]


def verbs(kind: type) -> dict[str, list[str]]:
    """Public methods with the names of their parameters."""
    found: dict[str, list[str]] = {}
    for name, member in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_"):
            found[name] = list(inspect.signature(member).parameters)
    return found


@pytest.mark.parametrize(("blocking", "waiting"), PAIRS, ids=lambda kind: kind.__name__)
def test_both_faces_have_the_same_verbs(blocking: type, waiting: type) -> None:
    """No verb is forgotten on either side, and they take the same arguments."""
    left, right = verbs(blocking), verbs(waiting)
    shared = left.keys() & right.keys()
    assert {name: left[name] for name in shared} == {name: right[name] for name in shared}
    # what is a property on the blocking face is awaited on the other
    properties = {name for name, _ in inspect.getmembers(blocking, lambda m: isinstance(m, property))}
    assert right.keys() - left.keys() <= properties | {"open"}
    assert left.keys() - right.keys() <= {"at_revision"}


def test_the_async_face_does_the_main_job() -> None:
    """Create, edit, save, find and delete under an event loop."""

    async def job() -> list[str]:
        async with await penstock.open_project_async() as opened:
            flow = await opened.create_flow(name="orders")
            flow.add_stage("Dev Raw Data Source").connect_output_to(flow.add_stage("Trash"))
            assert (await opened.update_flow(flow)).ok
            found = await opened.flows.get(name="orders")
            assert found == flow
            copy = await opened.duplicate_flow(flow, name="copy")
            assert isinstance(copy, penstock.AsyncStreamingFlow)
            await opened.delete_flow(copy)
            return [each.name async for each in opened.flows]

    assert anyio.run(job) == ["orders"]


def test_the_blocking_face_works_inside_a_running_loop() -> None:
    """A notebook has a loop of its own; blocking calls work there too."""

    async def cell() -> int:
        with penstock.open_project() as opened:
            opened.create_flow(name="orders")
            return len(opened.flows)

    assert anyio.run(cell) == 1


def test_undo_takes_back_one_edit_and_redo_repeats_it(flow: penstock.StreamingFlow) -> None:
    """Undo restores the equal value, edit by edit; a new edit forgets what could be repeated."""
    values = [flow.value]
    for stage in ("Trash", "Dev Identity", "Field Remover"):
        flow.add_stage(stage)
        values.append(flow.value)
    for expected in reversed(values[:-1]):
        assert flow.undo().value == expected
    assert flow.redo().value == values[1]
    flow.add_stage("Trash")
    assert flow.redo().value == flow.value


def test_one_step_is_all_or_nothing(flow: penstock.StreamingFlow) -> None:
    """A failure inside a step takes every edit of the step back."""
    before = flow.value

    def step() -> None:
        with flow.one_step():
            flow.add_stage("Trash")
            flow.add_stage("Trsh")

    with pytest.raises(penstock.NotFoundError):
        step()
    assert flow.value is before


def test_handles_stay_true_after_saves_and_edits(project: penstock.Project, flow: penstock.StreamingFlow) -> None:
    """A stage handle taken before a save reads and writes the flow after it."""
    origin = flow.stages[0]
    project.update_flow(flow)
    origin.raw_data = "later"
    assert flow.stages[0].configuration["rawData"] == "later"
    assert origin == flow.stages[0]


def test_completion_offers_settings_and_verbs(flow: penstock.StreamingFlow) -> None:
    """dir() of a stage has its settings beside its own attributes."""
    assert {"data_format", "stop_after_first_batch", "connect_output_to", "inputs"} <= set(dir(flow.stages[0]))


def test_several_stages_are_linked_and_set_at_once(flow: penstock.StreamingFlow) -> None:
    """A list of stages connects and configures as one, in one step to undo."""
    first, second = flow.add_stage("Dev Identity"), flow.add_stage("Dev Identity")
    flow.stages[0].connect_output_to(first, second).connect_output_to(flow.stages.get(instance_name="Trash_01"))
    assert len(flow.stages.get(instance_name="Trash_01").inputs) == 3
    flow.stages.get_all(type="PROCESSOR").configure(on_record_error="DISCARD")
    assert first.on_record_error == second.on_record_error == "DISCARD"
    flow.undo()
    assert first.on_record_error == "TO_ERROR"


def test_platform_verbs_match() -> None:
    """The two platforms differ in how they are opened only."""
    left, right = verbs(platform.Platform), verbs(aio.AsyncPlatform)
    assert left.keys() == right.keys() - {"open"}


def test_secrets_do_not_show_in_settings_of_older_versions_and_rows(flow: penstock.StreamingFlow) -> None:
    """Settings that only today's definition knows by another name, and rows of lists, are masked as well."""
    old = {
        "instanceName": "Old_01",
        "library": "streamsets-datacollector-jdbc-lib",
        "stageName": "com_streamsets_pipeline_stage_destination_jdbc_JdbcDTarget",
        "stageVersion": "6",
        "configuration": [{"name": "hikariConfigBean.username", "value": "hunter2"}],
    }
    stage = flow.add_raw_stage(old)
    flow.configuration["webhookConfigs"] = [{"webhookUrl": "http://x", "password": "hunter2"}]
    flow.configuration["constants"] = {"apiToken": "hunter2"}
    for held in (stage.configuration, flow.configuration):
        assert "hunter2" not in repr(held) + held._repr_html_()
        assert "********" in repr(held)


@pytest.mark.parametrize("bad", [b"hunter2", {"a": "hunter2"}, ["hunter2"]], ids=["bytes", "object", "list"])
def test_refused_credentials_do_not_show_in_errors(flow: penstock.StreamingFlow, bad: object) -> None:
    """Whatever is wrong with a credential, the error does not say its value."""
    stage = flow.add_stage("JDBC Producer")
    with pytest.raises(penstock.InvalidValueError) as error:
        stage.configuration["hikariConfigBean.connection.password"] = bad
    assert "hunter2" not in repr(error.value) + str(error.value)


@pytest.mark.parametrize("rest", [{"urll": "x"}, {"headers": {object()}}], ids=["key", "value"])
def test_rows_that_are_refused_do_not_show_their_credentials(
    flow: penstock.StreamingFlow, rest: dict[str, object]
) -> None:
    """A typo in one key of a row does not bring the password beside it into the error."""
    with pytest.raises(penstock.InvalidValueError) as error:
        flow.configuration["webhookConfigs"] = [{"webhookUrl": "http://x", "password": "hunter2", **rest}]
    assert "hunter2" not in repr(error.value) + str(error.value)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_has_not_are_refused_at_once(flow: penstock.StreamingFlow, number: float) -> None:
    """A setting never holds what no export could carry."""
    with pytest.raises(penstock.InvalidValueError, match="JSON"):
        flow.configuration["rate_limit"] = number


def test_secrets_do_not_show_in_reprs(flow: penstock.StreamingFlow) -> None:
    """Printing a configuration, a flow or a value never shows a credential."""
    target = flow.add_stage("HTTP Client", type="destination")
    names = [
        each.raw_name
        for each in flow.available_stages.get(name=target.kind).config_definitions.get_all(type="CREDENTIAL")
    ]
    assert names
    target.configuration.update(dict.fromkeys(names, "hunter2"))
    for shown in (repr(target.configuration), repr(flow), repr(flow.value), repr(target.value), repr(target)):
        assert "hunter2" not in shown


def test_arrows_link_to_the_first_lane_that_nobody_reads(project: penstock.Project) -> None:
    """A stage with two lanes gives the first to the first arrow and the second to the next; a list shares a lane."""
    flow = project.create_flow(name="arrows")
    origin, dedup = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Record Deduplicator")
    unique, twice, both = (flow.add_stage("Trash") for _ in range(3))
    origin >> dedup >> unique
    dedup >> [twice, both]
    assert [stage.input_lanes for stage in (unique, twice, both)] == [
        [lane] for lane in (dedup.output_lanes[0], dedup.output_lanes[1], dedup.output_lanes[1])
    ]


def test_an_event_arrow_links_the_event_lane(project: penstock.Project) -> None:
    """``a >= b`` links the events of a, whatever its output lanes."""
    flow = project.create_flow(name="events")
    origin, trash = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Trash")
    assert origin >= trash
    assert trash.input_lanes == origin.event_lanes


def test_attributes_are_set_together_or_not_at_all(flow: penstock.StreamingFlow) -> None:
    """One wrong name among several settings leaves all of them as they were."""
    origin = flow.stages[0]
    with pytest.raises(AttributeError):
        origin.set_attributes(raw_data="{}", no_such_setting=1)
    assert origin.raw_data != "{}"
    assert origin.set_attributes(raw_data="{}", data_format="JSON").raw_data == "{}"


def test_settings_answer_to_the_names_that_older_clients_use(flow: penstock.StreamingFlow) -> None:
    """Raw names in snake case are understood where no label gives them."""
    stage = flow.add_stage("Pipeline Finisher Executor")
    stage.stage_record_preconditions = ["${true}"]
    assert stage.preconditions == ["${true}"]


def test_settings_answer_to_the_names_of_their_former_labels(flow: penstock.StreamingFlow) -> None:
    """Both names mean one setting; a name of another stage means nothing."""
    stage = flow.add_stage("Directory")
    stage.set_attributes(max_files_in_directory=20)
    assert stage.max_files_soft_limit == stage.configuration["conf.maxSpoolFiles"] == 20
    with pytest.raises(AttributeError):
        stage.set_attributes(hadoop_fs_uri="hdfs://x")


def test_a_preview_is_asked_by_stage_or_instance_name(flow: penstock.StreamingFlow) -> None:
    """A stage of the flow and its instance name lead to the same result as its position."""
    flow.stages[0].set_attributes(raw_data='{"a": 1}', data_format="JSON")
    preview = flow.preview()
    assert preview[flow.stages[0]] is preview["DevRawDataSource_01"] is preview[0]
