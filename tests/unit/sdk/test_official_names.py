"""Names that programs of the official client use mean here what they mean there, and mistyped ones never pass."""

import pytest

import penstock
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
