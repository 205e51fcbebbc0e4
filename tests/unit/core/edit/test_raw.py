"""The promises of edits below the catalogue, through the handles that people use."""

import pytest

import penstock
from penstock.core.edit.raw import matching
from penstock.core.errors import InvalidValueError, NameInUseError, NotFoundError


@pytest.fixture
def flow() -> penstock.StreamingFlow:
    """A flow Dev Raw Data Source -> Trash."""
    with penstock.open_project() as project:
        made = project.create_flow(name="orders")
        made.add_stage("Dev Raw Data Source").connect_output_to(made.add_stage("Trash"))
        return made


def test_patterns_mean_a_name_or_all_below_it() -> None:
    """``conf.*`` is not ``config``."""
    assert matching(["conf.a", "conf.b.c", "config", "conf"], ["conf.*", "conf"]) == ("conf.a", "conf.b.c", "conf")


def test_raw_settings_come_and_go(flow: penstock.StreamingFlow) -> None:
    """Of the flow, of a stage and of a service; unknown names mean nothing."""
    source = flow.stages[0]
    (service,) = (each.service for each in source.value.services)
    source.update_raw({"x.a": 1, "x.b": [True]})
    source.update_raw({"y": None}, service=service)
    flow.update_raw({"z": "text"})
    assert source.value.configuration["x.b"] == (True,)
    source.drop_raw("x.*", "not there")
    source.drop_raw("y", service=service)
    flow.drop_raw("z")
    assert flow.undo().value.configuration["z"] == "text"
    assert "x.a" not in source.value.configuration
    with pytest.raises(NotFoundError, match="no service 'nobody'"):
        source.update_raw({"a": 1}, service="nobody")


def test_named_lanes_take_the_links_with_them(flow: penstock.StreamingFlow) -> None:
    """A reader reads the lane that takes the place of the old one."""
    source, trash = flow.stages
    source.set_lanes(outputs=["mine"], events=["events"])
    assert (trash.input_lanes, source.event_lanes) == (["mine"], ["events"])
    with pytest.raises(InvalidValueError, match="a list of lane names"):
        source.set_lanes(outputs="mine")


def test_unknown_stages_stand_on_the_canvas_or_in_a_slot(flow: penstock.StreamingFlow) -> None:
    """With the lanes of their type; names in use, and words that are no type or slot, are refused."""
    made = flow.add_unknown_stage("com_x_FooProcessor", "1", "x-lib")
    assert (made.instance_name, len(made.output_lanes), made.type) == ("FooProcessor_01", 1, "PROCESSOR")
    flow.add_unknown_stage("com_x_FooError", "1", "x-lib", "TARGET", slot="error")
    assert flow.error_stage is not None
    assert flow.error_stage.stage_id == "com_x_FooError"
    with pytest.raises(NameInUseError):
        flow.add_unknown_stage("com_x_Foo", "1", "x-lib", instance_name="Trash_01")
    with pytest.raises(InvalidValueError, match="SOURCE"):
        flow.add_unknown_stage("com_x_Foo", "1", "x-lib", "TARGETS")
    with pytest.raises(InvalidValueError, match="test_origin"):
        flow.add_unknown_stage("com_x_Foo", "1", "x-lib", slot="errors")


def test_stages_take_an_instance_name(flow: penstock.StreamingFlow) -> None:
    """On the canvas and beside it; one that is in use is refused and nothing is added."""
    assert flow.add_stage("Trash", instance_name="My Trash").instance_name == "My Trash"
    assert flow.set_error_stage("Write to File", instance_name="errors").instance_name == "errors"
    with pytest.raises(NameInUseError):
        flow.add_stage("Trash", instance_name="errors")
    assert len(flow.stages) == 3


def test_services_versions_and_canvas_facts_are_set(flow: penstock.StreamingFlow) -> None:
    """What the document says of a stage, and nothing else, changes."""
    source = flow.stages[0]
    before = source.value.configuration
    source.stage_version, source.library = "1", "old-lib"
    source.set_service("Extra", 3)
    source.update_ui({"note": {"a": 1}})
    source.drop_ui("colorIcon")
    assert (source.stage_version, source.library, source.ui_info["note"]) == ("1", "old-lib", {"a": 1})
    assert "colorIcon" not in source.ui_info
    assert [each.version for each in source.value.services][-1] == 3
    source.drop_service("Extra")
    assert source.value.configuration == before


def test_fragments_are_edited_like_flows(flow: penstock.StreamingFlow) -> None:
    """An edit of a fragment is one of its flow, and is undone there."""
    inner = flow.add_fragment("Masking", "id", "instance")
    inner.add_stage("Field Masker")
    assert [len(each.stages) for each in flow.value.fragments] == [1]
    assert flow.value.fragments[0].fragment
    assert [each.name for each in flow.fragments] == ["Masking"]
    flow.undo()
    assert [len(each.stages) for each in flow.value.fragments] == [0]
    flow.make_fragment("me", "me-1")
    assert flow.value.fragment
    assert flow.error_stage is None


def test_facts_of_the_document_are_set(flow: penstock.StreamingFlow) -> None:
    """Engine version, schema, pipeline version and metadata; what is no number or mapping is refused."""
    flow.engine_version, flow.metadata = "3.0.0", {"labels": ["a"]}
    flow.set_document_version(schema=2, pipeline=7)
    assert (flow.engine_version, flow.labels, flow.metadata) == ("3.0.0", ["a"], {"labels": ["a"]})
    assert (flow.value.schema_version, flow.value.version) == (2, 7)
    with pytest.raises(InvalidValueError):
        flow.set_document_version(schema="6")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError):
        flow.metadata = []  # type: ignore[assignment]
