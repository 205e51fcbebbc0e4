"""Faults of the service's own client that a user of penstock must not meet."""

from itertools import pairwise

import penstock
from penstock import StreamingFlow


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
