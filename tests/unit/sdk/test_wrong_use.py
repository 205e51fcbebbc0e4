"""What the public verbs answer to wrong use."""

from pathlib import Path

import pytest

import penstock
from penstock import (
    ConflictError,
    FormatError,
    InvalidValueError,
    LinkError,
    NameInUseError,
    NotFoundError,
    UnsupportedError,
)


@pytest.mark.parametrize("name", ["", "  ", None, 5])
def test_a_flow_without_a_name_is_refused(project: penstock.Project, name: object) -> None:
    """create_flow says that the name must be a text with something in it."""
    with pytest.raises(InvalidValueError, match="flow name"):
        project.create_flow(name=name)  # type: ignore[arg-type]


def test_a_flow_name_in_use_is_refused_and_nothing_is_stored(project: penstock.Project) -> None:
    """The second flow of a name is not created."""
    project.create_flow(name="orders")
    with pytest.raises(NameInUseError):
        project.create_flow(name="orders")
    assert len(project.flows) == 1


def test_an_unknown_flow_type_names_the_one_there_is(project: penstock.Project) -> None:
    """A flow type other than streaming is a clear error, with the nearest word."""
    with pytest.raises(InvalidValueError, match="streaming"):
        project.create_flow(name="orders", flow_type="streeming")
    with pytest.raises(InvalidValueError):
        project.flows.get_all(flow_type="batch")


def test_a_flow_that_is_not_there_names_the_nearest(project: penstock.Project) -> None:
    """A typo in get(name=…) is answered with the name that was meant."""
    project.create_flow(name="orders by amount")
    with pytest.raises(NotFoundError) as missing:
        project.flows.get(name="order by amount")
    assert missing.value.near == ("orders by amount",)


def test_an_unknown_filter_attribute_names_the_nearest(project: penstock.Project, flow: penstock.StreamingFlow) -> None:
    """Filtering by an attribute that flows do not have is an error, not an empty list."""
    with pytest.raises(AttributeError, match="description"):
        project.flows.get_all(descripton="x")


def test_an_unknown_stage_names_the_nearest(flow: penstock.StreamingFlow) -> None:
    """A typo in a label is answered with the label that was meant."""
    with pytest.raises(NotFoundError) as missing:
        flow.add_stage("Feild Remover")
    assert "Field Remover" in missing.value.near


def test_an_ambiguous_label_asks_for_the_type(flow: penstock.StreamingFlow) -> None:
    """A label that is an origin, a processor and a destination needs a type."""
    with pytest.raises(InvalidValueError, match="type='origin'"):
        flow.add_stage("HTTP Client")
    assert flow.add_stage("HTTP Client", type="processor").type == "PROCESSOR"


def test_an_error_stage_on_the_canvas_says_what_to_call(flow: penstock.StreamingFlow) -> None:
    """add_stage names set_error_stage, and set_error_stage refuses what is no error stage."""
    with pytest.raises(InvalidValueError, match="set_error_stage"):
        flow.add_stage("Write to File")
    with pytest.raises(InvalidValueError, match="error stage"):
        flow.set_error_stage("Trash")


def test_a_misspelt_setting_attribute_names_the_nearest(flow: penstock.StreamingFlow) -> None:
    """Reading and setting an unknown attribute of a stage are AttributeErrors with the near names."""
    origin = flow.stages[0]
    with pytest.raises(AttributeError, match="stop_after_first_batch"):
        origin.stop_after_first_bach = True
    with pytest.raises(AttributeError, match="data_format"):
        _ = origin.data_formt


def test_a_value_list_cannot_be_changed_unnoticed(flow: penstock.StreamingFlow) -> None:
    """Changing a list that was read would be lost, so it is refused with the way out."""
    remover = flow.add_stage("Field Remover")
    remover.configuration["fields"] = ["/a"]
    with pytest.raises(TypeError, match="assign it back"):
        remover.configuration["fields"].append("/b")
    assert remover.configuration["fields"] == ["/a"]


def test_a_stage_of_another_flow_cannot_be_linked(project: penstock.Project, flow: penstock.StreamingFlow) -> None:
    """Stages are linked inside one flow only."""
    other = project.create_flow(name="other").add_stage("Trash")
    with pytest.raises(LinkError, match="different flows"):
        flow.stages[0].connect_output_to(other)
    with pytest.raises(InvalidValueError):
        flow.remove_stage(other)


def test_a_removed_stage_says_that_it_was_removed(flow: penstock.StreamingFlow) -> None:
    """A handle of a stage that is gone names it, and prints as removed."""
    trash = flow.stages[1]
    flow.remove_stage(trash)
    with pytest.raises(NotFoundError, match="removed"):
        _ = trash.library
    assert repr(trash) == "Trash_01(removed)"


def test_connect_without_a_target_is_refused(flow: penstock.StreamingFlow) -> None:
    """connect_output_to() needs at least one stage."""
    with pytest.raises(InvalidValueError):
        flow.stages[0].connect_output_to()


def test_a_stale_save_is_refused_and_names_both_revisions(
    project: penstock.Project, flow: penstock.StreamingFlow
) -> None:
    """Two handles of one flow: the second save loses nothing, refresh or force are the ways out."""
    other = project.flows.get(name="orders")
    project.update_flow(flow)
    other.description = "mine"
    with pytest.raises(ConflictError) as stale:
        project.update_flow(other)
    assert (stale.value.yours, stale.value.stored) == ("1", "2")
    assert project.flows.get(name="orders").description == ""
    assert project.update_flow(other, force=True).ok


def test_refresh_takes_the_newest_revision(project: penstock.Project, flow: penstock.StreamingFlow) -> None:
    """After refresh the next save goes through."""
    other = project.flows.get(name="orders")
    project.update_flow(flow)
    other.refresh().description = "mine"
    assert project.update_flow(other).status_code == 200


@pytest.mark.parametrize("flows", [[], [1], "orders"])
def test_exporting_nothing_or_something_else_is_refused(project: penstock.Project, flows: object) -> None:
    """export_flows needs a list of streaming flows with at least one in it."""
    with pytest.raises(InvalidValueError):
        project.export_flows(flows)  # type: ignore[arg-type]


@pytest.mark.parametrize("several", [False, True])
def test_a_file_in_the_place_of_the_credentials_switch_lets_none_out(
    flow: penstock.StreamingFlow,
    project: penstock.Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    several: bool,
) -> None:
    """A name is true for Python, and would have exported passwords; nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidValueError, match="destination="):
        project.export_flows([flow], "flows.zip") if several else project.export_flow(flow, "flows.zip")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_exporting_into_a_missing_folder_is_refused(flow: penstock.StreamingFlow, project: penstock.Project) -> None:
    """The folder of the destination must exist; nothing is written."""
    with pytest.raises(InvalidValueError, match="existing folder"):
        project.export_flow(flow, destination="no/such/folder/flows.zip")


def test_importing_a_missing_or_broken_file_is_refused(project: penstock.Project, tmp_path: Path) -> None:
    """The error names the file, and nothing is imported."""
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 nonsense")
    for source in (tmp_path / "missing.zip", tmp_path, broken):
        with pytest.raises(FormatError):
            project.import_flows(type="streaming", source=source, conflict_resolution="skip")
    assert len(project.flows) == 0


def test_an_unknown_conflict_resolution_names_the_nearest(project: penstock.Project) -> None:
    """Only skip, replace and rename are resolutions."""
    with pytest.raises(InvalidValueError) as unknown:
        project.import_flows(source="x.zip", conflict_resolution="renam")
    assert unknown.value.near == ("rename",)


def test_contradicting_types_of_an_import_are_refused(project: penstock.Project) -> None:
    """type and flow_type are two spellings of one argument."""
    with pytest.raises(InvalidValueError):
        project.import_flows(source="x.zip", type="batch")


@pytest.mark.parametrize("copies", [0, -1, 1.5, True, "2"])
def test_a_number_of_copies_must_be_a_number(
    project: penstock.Project, flow: penstock.StreamingFlow, copies: object
) -> None:
    """number_of_copies is a whole number from 1."""
    with pytest.raises(InvalidValueError):
        project.duplicate_flow(flow, name="copy", number_of_copies=copies)  # type: ignore[arg-type]


def test_a_deleted_flow_cannot_be_saved(project: penstock.Project, flow: penstock.StreamingFlow) -> None:
    """The handle of a deleted flow says so."""
    project.delete_flow(flow)
    with pytest.raises(penstock.UsageError, match="deleted"):
        project.update_flow(flow)


def test_a_flow_of_another_project_is_refused(flow: penstock.StreamingFlow) -> None:
    """Verbs of a project take its own flows only."""
    with penstock.open_project() as other, pytest.raises(InvalidValueError):
        other.update_flow(flow)


def test_verbs_of_a_closed_project_say_that_it_is_closed() -> None:
    """After close every verb is a clear error."""
    project = penstock.open_project()
    project.close()
    project.close()
    with pytest.raises(penstock.UsageError, match="closed"):
        project.create_flow(name="late")


@pytest.mark.parametrize(
    ("kind", "name", "value", "error"),
    [
        ("strng", "a", "x", InvalidValueError),
        ("string", "", "x", InvalidValueError),
        ("string", "two words", "x", InvalidValueError),
        ("string", "a", 5, InvalidValueError),
        ("int64", "a", object(), InvalidValueError),
    ],
)
def test_parameters_that_cannot_work_are_refused(
    project: penstock.Project, kind: str, name: str, value: object, error: type[Exception]
) -> None:
    """Unknown types, names that expressions cannot use and values of another type are refused."""
    with pytest.raises(error):
        project.create_parameter_set(name="set").add_parameter(parameter_type=kind, name=name, value=value)


def test_a_parameter_name_is_used_once(project: penstock.Project) -> None:
    """The second parameter of a name is refused, removing an unknown one names the nearest."""
    made = project.create_parameter_set(name="set").add_parameter("string", "limit", "5")
    with pytest.raises(NameInUseError):
        made.add_parameter("string", "limit", "6")
    with pytest.raises(NotFoundError, match="limit"):
        made.remove_parameter("limt")


def test_sets_that_streaming_flows_cannot_use_are_refused_with_the_reason(
    project: penstock.Project, flow: penstock.StreamingFlow
) -> None:
    """Parameters that are not strings, and PROJDEF, are refused; the flow stays as it was."""
    numbers = project.create_parameter_set(name="numbers").add_parameter("int64", "count", 5)
    before = flow.value
    with pytest.raises(UnsupportedError, match="count"):
        flow.use_parameter_set(numbers)
    with pytest.raises(UnsupportedError, match="PROJDEF"):
        flow.use_parameter_set(project.create_parameter_set(name="PROJDEF"))
    assert flow.value is before


def test_value_sets_are_not_applied_and_the_user_is_told(
    project: penstock.Project, flow: penstock.StreamingFlow
) -> None:
    """A set with value sets is used with its own values, with a warning."""
    made = project.create_parameter_set(name="set").add_parameter("string", "limit", "5")
    made.add_value_set("night", {"limit": "50"})
    with pytest.warns(UserWarning, match="night"):
        flow.use_parameter_set(made)
    assert flow.configuration["constants"] == [{"key": "set__limit", "value": "5"}]


@pytest.mark.parametrize("options", [{"engine": "docker"}, {"tokn": "x"}])
def test_unknown_options_of_open_project_are_refused(options: dict[str, str]) -> None:
    """A misspelt option is an error, not silence."""
    with pytest.raises(InvalidValueError):
        penstock.open_project(**options)  # type: ignore[arg-type]


def test_a_file_in_a_missing_folder_is_refused() -> None:
    """The folder of a project file must exist."""
    with pytest.raises(InvalidValueError, match="existing folder"):
        penstock.open_project("no/such/folder/flows.db")


def test_an_environment_needs_a_name_and_sound_options(project: penstock.Project) -> None:
    """Names are texts, cpus are above zero, libraries are a list."""
    for wrong in ({"name": ""}, {"name": "e", "cpus_to_allocate": 0}, {"name": "e", "stage_libs": "basic"}):
        with pytest.raises(InvalidValueError):
            project.create_environment(**wrong)


@pytest.mark.parametrize("name", ["", None, 5])
def test_a_copy_needs_a_name(project: penstock.Project, flow: penstock.StreamingFlow, name: object) -> None:
    """duplicate_flow says that the name must be a text with something in it, for several copies, too."""
    for copies in (1, 2):
        with pytest.raises(InvalidValueError, match="flow name"):
            project.duplicate_flow(flow, name=name, number_of_copies=copies)  # type: ignore[arg-type]
    assert len(project.flows) == 1


def test_a_description_is_a_text(project: penstock.Project, flow: penstock.StreamingFlow) -> None:
    """A number is kept by no verb that takes a description."""
    with pytest.raises(InvalidValueError, match="flow description"):
        project.create_flow(name="other", description=5)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="flow description"):
        project.duplicate_flow(flow, name="other", description=5)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="flow description"):
        flow.description = None  # type: ignore[assignment]
    assert len(project.flows) == 1


def test_files_are_named_by_paths(project: penstock.Project, flow: penstock.StreamingFlow) -> None:
    """What is no path is told with the argument that it was given for."""
    with pytest.raises(InvalidValueError, match="source"):
        project.import_flows(source=None, conflict_resolution="skip")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="source"):
        project.plan_import(5)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="destination"):
        project.export_flow(flow=flow, destination=5)  # type: ignore[arg-type]
