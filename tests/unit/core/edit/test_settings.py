"""Reading and setting settings by either name."""

import pytest

import penstock
from penstock.core import edit
from penstock.core.edit.settings import get_pipeline_setting, get_stage_setting, setting_names
from penstock.core.errors import InvalidValueError, UnknownSettingError
from penstock.core.values import JsonMap

from .conftest import Builder

SERVICE = "com.streamsets.pipeline.api.service.dataformats.DataFormatParserService"


@pytest.mark.parametrize("name", ["stopAfterFirstBatch", "stop_after_first_batch"])
def test_raw_and_human_readable_names_mean_the_same(build: Builder, name: str) -> None:
    """Either name sets the one setting of the document."""
    origin = build.add("Dev Raw Data Source")
    flow = edit.set_stage_settings(build.flow, origin, {name: True}, build.catalogue)
    assert flow.stages[0].configuration["stopAfterFirstBatch"] is True


def test_settings_of_a_service_are_settings_of_the_stage(build: Builder) -> None:
    """The data format of an origin lives in its parser service and is set on the stage."""
    origin = build.add("Dev Raw Data Source")
    flow = edit.set_stage_settings(build.flow, origin, {"data_format": "DELIMITED"}, build.catalogue)
    service = flow.stages[0].service(SERVICE)
    assert service is not None
    assert service.configuration["dataFormat"] == "DELIMITED"
    assert get_stage_setting(flow.stages[0], build.catalogue, "data_format") == "DELIMITED"


def test_an_edit_changes_that_setting_only(build: Builder) -> None:
    """Every other setting keeps its value and its place."""
    origin = build.add("Dev Raw Data Source")
    before = build.flow.stages[0]
    after = edit.set_stage_settings(build.flow, origin, {"raw_data": "x"}, build.catalogue).stages[0]
    assert list(before.configuration) == list(after.configuration)
    changed = [name for name in before.configuration if before.configuration[name] != after.configuration[name]]
    assert changed == ["rawData"]
    assert before.services == after.services


def test_an_unknown_setting_names_the_nearest(build: Builder) -> None:
    """A typo is answered with the name that was meant, and nothing is set."""
    origin = build.add("Dev Raw Data Source")
    with pytest.raises(UnknownSettingError) as unknown:
        edit.set_stage_settings(build.flow, origin, {"raw_dta": "x"}, build.catalogue)
    assert unknown.value.near[0] == "raw_data"


def test_many_settings_are_set_all_or_none(build: Builder) -> None:
    """One bad value among several leaves the flow as it was."""
    origin = build.add("Dev Raw Data Source")
    values = {"raw_data": "x", "stop_after_first_batch": "maybe"}
    with pytest.raises(InvalidValueError):
        edit.set_stage_settings(build.flow, origin, values, build.catalogue)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stop_after_first_batch", "lots"),
        ("data_format", "JSN"),
        ("data_format", 5),
        ("raw_data", 5),
        ("raw_data", object()),
    ],
)
def test_values_that_do_not_fit_are_refused(build: Builder, name: str, value: object) -> None:
    """Kinds and accepted values come from the definition."""
    origin = build.add("Dev Raw Data Source")
    with pytest.raises(InvalidValueError):
        edit.set_stage_settings(build.flow, origin, {name: value}, build.catalogue)


def test_a_wrong_choice_names_the_nearest_one(build: Builder) -> None:
    """The accepted value that looks most like the given one is offered."""
    origin = build.add("Dev Raw Data Source")
    with pytest.raises(InvalidValueError) as wrong:
        edit.set_stage_settings(build.flow, origin, {"data_format": "JSN"}, build.catalogue)
    assert "JSON" in wrong.value.near


@pytest.mark.parametrize("name", ["stop_after_first_batch", "data_format", "number_of_threads"])
def test_an_expression_fits_every_kind(build: Builder, name: str) -> None:
    """A parameter reference is accepted for switches, choices and numbers alike."""
    origin = build.add("Dev Raw Data Source")
    flow = edit.set_stage_settings(build.flow, origin, {name: "${set__value}"}, build.catalogue)
    assert get_stage_setting(flow.stages[0], build.catalogue, name) == "${set__value}"


def test_a_mapping_is_accepted_where_documents_hold_rows(build: Builder) -> None:
    """A dict for a MAP setting becomes the list of key/value rows of the document."""
    flow = edit.set_pipeline_settings(build.flow, {"constants": {"limit": "5"}}, build.catalogue)
    assert flow.configuration["constants"] == (JsonMap({"key": "limit", "value": "5"}),)


def test_pipeline_settings_answer_to_their_label(build: Builder) -> None:
    """The page's name of the retry setting reads the raw one."""
    assert get_pipeline_setting(build.flow, build.catalogue, "retry_pipeline_on_error") is True
    flow = edit.set_pipeline_settings(build.flow, {"retry_pipeline_on_error": False}, build.catalogue)
    assert flow.configuration["shouldRetry"] is False


def test_every_offered_name_can_be_read(build: Builder) -> None:
    """Each name that completion offers on a stage gives a value."""
    for label in ("Dev Raw Data Source", "Stream Selector", "Local FS", "Directory"):
        name = build.add(label)
        stage = build.flow.find(name)
        assert stage is not None
        for each in setting_names(stage, build.catalogue):
            get_stage_setting(stage, build.catalogue, each)


@pytest.mark.parametrize(
    ("label", "values"),
    [
        ("Base64 Field Encoder", {"fields_to_encode": [{"originFieldPath": "/a", "resultFieldPath": "/b"}]}),
        ("Base64 Field Encoder", {"fields_to_encode": ["/a"]}),
        ("Field Replacer", {"field_does_not_exist": "ADD_FIELD"}),
        ("Field Type Converter", {"field_type_converter_configs": [{"dateFormat": "UNIX_TIMESTAMP_IN_SECONDS"}]}),
    ],
    ids=["pairs of fields", "fields", "choice", "choice in a row"],
)
def test_settings_of_newer_engines_are_valid(label: str, values: dict[str, object]) -> None:
    """What the catalogue's engine does not know yet is set, and is no fault of the flow."""
    with penstock.open_project() as project:
        flow = project.create_flow(name="newer")
        stage = flow.add_stage(label)
        flow.add_stage("Dev Raw Data Source") >> stage >> flow.add_stage("Trash")
        stage.set_attributes(**values)
        flow.set_error_stage("Discard")
        assert flow.validate().success
