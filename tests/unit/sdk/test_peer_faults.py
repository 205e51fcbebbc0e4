"""Faults of the service's own client that a user of penstock must not meet."""

from itertools import pairwise
from pathlib import Path

import pytest

import penstock
from penstock import StreamingFlow
from penstock.core.errors import PenstockError


def test_removing_one_of_two_equal_stages_leaves_the_other(flow: StreamingFlow) -> None:
    """remove_stage takes the stage that was named, not every stage of its kind."""
    second = flow.add_stage("Trash")
    flow.remove_stage(flow.stages.get(instance_name="Trash_01"))
    assert second in flow.stages
    assert len(flow.stages) == 2


def test_duplicating_a_stage_works(flow: StreamingFlow) -> None:
    """duplicate_stage gives the copy back."""
    copy = flow.duplicate_stage(flow.stages[0])
    assert copy.instance_name == "DevRawDataSource_02"


def test_predicates_may_be_set_without_the_default(flow: StreamingFlow) -> None:
    """A list of conditions gets its default lane by itself."""
    selector = flow.add_stage("Stream Selector")
    selector.predicates = ["${1 == 1}"]
    assert [each["predicate"] for each in selector.predicates] == ["${1 == 1}", "default"]


def test_a_fresh_error_stage_knows_its_names(flow: StreamingFlow) -> None:
    """Label-derived names work on the stage that set_error_stage gives, without a reload."""
    error = flow.set_error_stage("Write to File")
    error.directory = "/tmp/errors"
    assert error.configuration["files_prefix"].startswith("sdc-")
    assert flow.error_stage == error


def test_configuration_get_gives_the_default(flow: StreamingFlow) -> None:
    """get of an unknown name gives the default, not an error."""
    assert flow.configuration.get("nonsense", 5) == 5
    assert flow.stages[0].configuration.get("nonsense") is None


def test_reading_the_document_moves_nothing(project: penstock.Project, flow: StreamingFlow) -> None:
    """Neither reading nor saving moves a stage that a person placed."""
    trash = flow.stages[1]
    trash.position = (9999, 40)
    _ = flow.pipeline_definition
    project.update_flow(flow)
    assert list(trash.position or ()) == [9999, 40]
    assert project.flows.get(name="orders").stages[1].position == (9999, 40)


def test_use_auto_arrange_is_remembered_and_spares_placed_stages(
    project: penstock.Project, flow: StreamingFlow
) -> None:
    """The choice survives a save; a stage placed by hand stays where it is."""
    flow.use_auto_arrange(True)
    flow.stages[1].position = (5, 5)
    project.update_flow(flow)
    extra = flow.add_stage("Dev Identity")
    flow.stages[0].connect_output_to(extra)
    project.update_flow(flow)
    assert list(flow.stages[1].position or ()) == [5, 5]
    assert list(extra.position or ()) == [360, 50]


def test_a_failed_save_leaves_a_flow_that_can_be_saved(project: penstock.Project, flow: StreamingFlow) -> None:
    """After a refused save the same handle saves as soon as the reason is gone."""
    project.create_flow(name="taken")
    flow.name = "taken"
    try:
        project.update_flow(flow)
    except penstock.NameInUseError:
        flow.name = "free"
    assert project.update_flow(flow).ok
    assert project.flows.get(name="free") == flow


def test_reusing_a_set_takes_over_changed_values(project: penstock.Project, flow: StreamingFlow) -> None:
    """Using a parameter set again brings its present values, once each."""
    made = project.create_parameter_set(name="set").add_parameter("string", "limit", "5")
    project.update_parameter_set(made)
    flow.use_parameter_set(made)
    made.set_value("limit", "6")
    flow.use_parameter_set(made)
    assert flow.configuration["constants"] == [{"key": "set__limit", "value": "6"}]
    assert len(flow.parameter_sets) == 1


def test_the_sets_of_a_flow_can_be_updated(project: penstock.Project, flow: StreamingFlow) -> None:
    """A set that was reached through its flow is a full handle."""
    made = project.create_parameter_set(name="set").add_parameter("string", "limit", "5")
    project.update_parameter_set(made)
    flow.use_parameter_set(made)
    project.update_flow(flow)
    through = project.flows.get(name="orders").parameter_sets[0]
    through.set_value("limit", "7")
    assert project.update_parameter_set(through).ok


def test_labels_make_names_that_can_be_written_down(flow: StreamingFlow) -> None:
    """Every human-readable setting name of a flow is an identifier."""
    assert all(name.isidentifier() for name in flow.configuration)
    assert "rate_limit_in_records_per_sec" in flow.configuration


def test_new_stages_leave_the_help_of_other_stages_alone(flow: StreamingFlow) -> None:
    """No stage changes what help() says of another."""
    before = type(flow.stages[0]).__doc__
    flow.add_stage("Field Remover")
    assert type(flow.stages[0]).__doc__ == before


def test_an_engine_id_that_is_not_there_is_an_error(project: penstock.Project) -> None:
    """engines.get never answers with another engine."""
    project.create_environment(name="dev")
    try:
        project.environments[0].engines.get(engine_id="nonsense")
    except LookupError:
        return
    raise AssertionError("an unknown engine id was answered")


def test_the_order_of_adding_does_not_change_the_picture(project: penstock.Project) -> None:
    """A chain of 300 stages added sink first is arranged like one added origin first."""

    def chain(name: str, backwards: bool) -> StreamingFlow:
        made = project.create_flow(name=name)
        stages = [made.add_stage("Dev Identity") for _ in range(300)]
        ordered = list(reversed(stages)) if backwards else stages
        for first, second in pairwise(ordered):
            first.connect_output_to(second)
        return made

    forwards, backwards = chain("forwards", False).auto_arrange(), chain("backwards", True).auto_arrange()
    assert sorted(s.position or () for s in forwards.stages) == sorted(s.position or () for s in backwards.stages)


def test_a_preview_of_a_broken_flow_is_no_success(flow: StreamingFlow) -> None:
    """What keeps a flow from running is an error with the findings, never an empty result."""
    flow.add_stage("Trash")
    assert not flow.validate().success
    with pytest.raises(PenstockError, match="Target must have input streams"):
        flow.preview()


def test_each_branch_of_a_selector_shows_its_own_records(project: penstock.Project) -> None:
    """The destination behind a condition gets what fits it, the default the rest."""
    flow = project.create_flow(name="branches")
    origin = flow.add_stage("Dev Raw Data Source")
    origin.raw_data = '{"n": 1}\n{"n": 2}'
    origin.stop_after_first_batch = True
    selector = flow.add_stage("Stream Selector")
    origin.connect_output_to(selector)
    selector.connect_output_to(flow.add_stage("Trash"), predicate="${record:value('/n') > 1}")
    selector.connect_output_to(flow.add_stage("Trash"), predicate=selector.predicates[-1])
    assert [stage.input for stage in flow.preview()[2:]] == [[(2,)], [(1,)]]


def test_a_fan_in_shows_the_records_of_every_producer(project: penstock.Project) -> None:
    """Two processors into one destination: it gets both batches, in the order of its lanes."""
    flow = project.create_flow(name="fan-in")
    origin = flow.add_stage("Dev Raw Data Source")
    origin.raw_data = '{"n": 1}'
    origin.stop_after_first_batch = True
    trash = flow.add_stage("Trash")
    for _ in range(2):
        origin.connect_output_to(flow.add_stage("Dev Identity")).connect_output_to(trash)
    assert flow.preview().get("Trash_01").input == [(1,), (1,)]


def test_whole_records_keep_names_and_types(flow: StreamingFlow) -> None:
    """Beside the page's tuples, records have their field names, nested values and header."""
    flow.stages[0].raw_data = '{"a": {"b": 1}}'
    flow.stages[0].stop_after_first_batch = True
    first = flow.preview()[0]
    (record,) = next(iter(first.records.values()))
    assert record.value == {"a": {"b": 1}}
    assert record.header.source_id == "rawData::0"


def test_labels_stay_unique_after_a_rename(flow: StreamingFlow) -> None:
    """A label that a rename made is not given again."""
    flow.stages[1].stage_name = "Trash 2"
    flow.add_stage("Trash")
    labels = [stage.stage_name for stage in flow.stages]
    assert len(labels) == len(set(labels))


def test_values_and_links_are_checked_at_once(flow: StreamingFlow) -> None:
    """A value of the wrong kind and a link to itself are refused; linking twice stores the lane once."""
    origin, trash = flow.stages
    with pytest.raises(PenstockError):
        origin.stop_after_first_batch = "lots"
    with pytest.raises(PenstockError):
        origin.connect_output_to(origin)
    origin.connect_output_to(trash)
    origin.connect_output_to(trash)
    assert len(trash.value.input_lanes) == 1


def test_stages_in_the_wrong_role_say_what_to_do(flow: StreamingFlow) -> None:
    """Every refusal has a text."""
    with pytest.raises(PenstockError, match="use set_error_stage"):
        flow.add_stage("Write to File")
    with pytest.raises(PenstockError, match="error stage"):
        flow.set_error_stage("Trash")


def test_imports_take_the_words_of_the_page(project: penstock.Project, flow: StreamingFlow, tmp_path: Path) -> None:
    """``type=`` and ``flow_type=`` both say what is imported."""
    archive = project.export_flow(flow, destination=tmp_path / "f.zip")
    one = project.import_flows(type="streaming", source=archive, conflict_resolution="rename")
    other = project.import_flows(flow_type="streaming", source=archive, conflict_resolution="rename")
    assert one != other
