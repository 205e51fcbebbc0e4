"""Names that programs of the official client use mean here what they mean there, and mistyped ones never pass."""

import anyio
import pytest

import penstock
from penstock import InvalidValueError
from penstock.core.errors import UnknownAttributeError


def test_settings_are_attributes_of_a_configuration(flow: penstock.StreamingFlow) -> None:
    """``configuration.name`` reads and sets the setting, of flows and stages."""
    flow.configuration.retry_pipeline_on_error = False
    assert flow.configuration["retry_pipeline_on_error"] is False
    assert flow.configuration.retry_pipeline_on_error is False
    assert "retry_pipeline_on_error" in dir(flow.configuration)
    settings = flow.stages[0].configuration
    settings.raw_data = "x"
    assert settings["rawData"] == settings.raw_data == "x"


def test_a_misspelt_attribute_of_a_configuration_names_the_nearest(flow: penstock.StreamingFlow) -> None:
    """Neither reading nor setting passes unnoticed; a verb is not overwritten."""
    with pytest.raises(UnknownAttributeError, match="retry_pipeline_on_error"):
        _ = flow.configuration.retry_pipelin_on_error
    with pytest.raises(UnknownAttributeError, match="retry_pipeline_on_error"):
        flow.configuration.retry_pipelin_on_error = False
    with pytest.raises(UnknownAttributeError, match="items"):
        flow.configuration.items = {}  # type: ignore[method-assign, assignment]


def test_a_misspelt_attribute_of_a_flow_or_project_is_refused(
    project: penstock.Project, flow: penstock.StreamingFlow
) -> None:
    """An assignment to a name that does not exist is an error with the nearest, not a note on the side."""
    with pytest.raises(UnknownAttributeError, match="'description'"):
        flow.descripton = "lost"  # type: ignore[attr-defined]
    with pytest.raises(UnknownAttributeError, match="environment_id"):
        flow.enviroment_id = "lost"  # type: ignore[attr-defined]
    with pytest.raises(UnknownAttributeError, match="projet"):
        project.projet = "lost"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("flow.add_stge('Trash')", "add_stage"),
        ("flow.stagse", "stages"),
        ("flow.stages[0].conect_output_to", "connect_output_to"),
        ("flow.stages[0].stage_nme", "stage_name"),
        ("flow.configuration.updat({})", "update"),
        ("project.craete_flow('x')", "create_flow"),
        ("project.create_parameter_set('words').add_paramter('string', 'x')", "add_parameter"),
    ],
)
def test_a_misspelt_verb_names_the_nearest(
    project: penstock.Project, flow: penstock.StreamingFlow, wanted: str, meant: str
) -> None:
    """Verbs and facts are found like settings when they are mistyped."""
    with pytest.raises(UnknownAttributeError) as unknown:
        eval(wanted, {"project": project, "flow": flow})
    assert unknown.value.near[0] == meant


def test_a_misspelt_fact_of_a_stage_or_parameter_set_is_refused(
    project: penstock.Project, flow: penstock.StreamingFlow
) -> None:
    """An assignment names what can be set."""
    with pytest.raises(UnknownAttributeError, match="'stage_name'"):
        flow.stages[0].stage_nme = "lost"
    with pytest.raises(UnknownAttributeError, match="'description'"):
        project.create_parameter_set("words").descripton = "lost"  # type: ignore[attr-defined]


def test_a_property_that_fails_says_why(project: penstock.Project) -> None:
    """A failure inside of a property is not told as an attribute that is not there."""
    flow = project.create_flow(name="orders")
    del flow._value
    with pytest.raises(AttributeError, match="_value"):
        _ = flow.description


def test_the_environment_of_a_flow_is_read_and_set(project: penstock.Project) -> None:
    """Another environment brings its engine version, is saved, and shows its engine; undo takes both back."""
    flow = project.create_flow(name="orders")
    assert (flow.environment, flow.engine) == (None, None)
    environment = project.create_environment(name="laptop", engine_version="3.22.0")
    flow.environment = environment
    assert flow.environment == environment
    assert flow.engine_version == "3.22.0"
    assert flow.engine is not None
    assert flow.engine.online
    project.update_flow(flow)
    saved = project.flows.get(name="orders")
    assert (saved.environment, saved.engine_version) == (environment, "3.22.0")
    flow.environment = None
    assert flow.environment_id is None


def test_the_environment_of_a_flow_is_found_under_an_event_loop() -> None:
    """The async face awaits the environment and the engine."""

    async def job() -> list[object]:
        async with await penstock.open_project_async() as opened:
            environment = await opened.create_environment(name="laptop")
            flow = await opened.create_flow(name="orders", environment=environment)
            with pytest.raises(UnknownAttributeError, match="environment_id"):
                flow.environment = environment  # type: ignore[method-assign, assignment]
            bare = await opened.create_flow(name="bare")
            engine = await flow.engine()
            assert not (await opened.validate_flow(flow)).success
            return [await flow.environment() == environment, engine and engine.online, await bare.engine()]

    assert anyio.run(job) == [True, True, None]


def test_what_is_no_environment_of_the_project_is_refused(project: penstock.Project) -> None:
    """A name, an id or an environment of another project is an error that says what is expected."""
    flow = project.create_flow(name="orders")
    with penstock.open_project() as other:
        stranger = other.create_environment(name="elsewhere")
    for wrong in ("laptop", 5, stranger):
        with pytest.raises(InvalidValueError, match="environment"):
            flow.environment = wrong  # type: ignore[assignment]
        with pytest.raises(InvalidValueError, match="environment"):
            project.create_flow(name="other", environment=wrong)  # type: ignore[arg-type]


def test_a_stage_is_removed_by_keyword(flow: penstock.StreamingFlow) -> None:
    """``remove_stage(stage=…)`` is the same as without the keyword; several go as before."""
    origin, trash = flow.stages
    flow.remove_stage(stage=trash)
    assert flow.stages == [origin]
    flow.undo().remove_stage(origin, trash)
    assert flow.stages == []


def test_a_preview_takes_the_words_of_the_official_client(flow: penstock.StreamingFlow) -> None:
    """Its further keywords are taken; its stages have labels."""
    origin = flow.stages[0]
    origin.set_attributes(raw_data='{"a": 1}', stop_after_first_batch=True)
    shown = flow.preview(timeout_ms=120000, time_zone="UTC", show_field_type=False, push_limit_down=False, remote=False)
    assert [stage.stage_name for stage in shown] == ["Dev Raw Data Source 1", "Trash 1"]


@pytest.mark.parametrize("switch", ["write_to_destination", "execute_lifecycle_events", "test_origin", "call_out"])
def test_a_word_at_the_place_of_a_switch_writes_nothing(flow: penstock.StreamingFlow, switch: str) -> None:
    """A time zone that comes by position must not make a preview write."""
    with pytest.raises(InvalidValueError, match="write_to_destination"):
        flow.preview(10, 30_000, "all", "BROWSER")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=switch):
        flow.preview(**{switch: "no"})  # type: ignore[arg-type]


def test_stages_are_chosen_by_type_and_added_under_a_label(flow: penstock.StreamingFlow) -> None:
    """``stage_type`` has the words of documents; a label beside ``stage_info`` is the new stage's."""
    found = flow.available_stages.get_all(stage_type="SOURCE")
    assert found
    assert {each.type for each in found} == {"origin"}
    info = flow.available_stages.get(label="Trash")
    stage = flow.add_stage(label="Nothing left", stage_info=info)
    assert (stage.stage_name, stage.kind) == ("Nothing left", info.name)
    for other in ({"name": info.name}, {"type": "TARGET"}, {"library": info.library}):
        with pytest.raises(InvalidValueError, match="stage_info"):
            flow.add_stage(stage_info=info, **other)
    with pytest.raises(InvalidValueError, match="stage_info"):
        flow.add_stage(stage_info="Trash")  # type: ignore[arg-type]
    assert len(flow.stages) == 3


@pytest.mark.parametrize("wrong", [5, ["Trash"], {}])
def test_what_is_no_text_is_no_stage(flow: penstock.StreamingFlow, wrong: object) -> None:
    """A label, name, type or library of another kind is an error that says so."""
    for given in ({"label": wrong}, {"name": wrong}, {"label": "Trash", "type": wrong}):
        with pytest.raises(InvalidValueError, match="stage"):
            flow.add_stage(**given)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="stage"):
        flow.set_error_stage(wrong)  # type: ignore[arg-type]


def test_findings_have_the_facts_of_the_official_client(project: penstock.Project) -> None:
    """``project.validate_flow`` is ``flow.validate``; a finding has its code and message under those names."""
    flow = project.create_flow(name="orders")
    flow.add_stage("Trash")
    result = project.validate_flow(flow)
    assert repr(result) == repr(flow.validate())
    finding = result.issues[0]
    assert (finding.error_code, finding.technical_message) == (finding.code, finding.message)
    assert (flow.project_id, flow.connection_ids, flow.fragment_ids) == (project.project_id, [], [])
