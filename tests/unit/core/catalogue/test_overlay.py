"""What the catalogue takes beside its own choices."""

from penstock.adapters.packaged import packaged_catalogue


def test_every_choice_that_is_a_default_can_be_chosen() -> None:
    """An engine takes values that its editor does not offer; a new stage never has a value that is refused."""
    catalogue = packaged_catalogue()
    definitions = [catalogue.stage(each.name, each.library) for each in catalogue.summaries()]
    refused = [
        (stage.name, setting.name)
        for stage in definitions
        if stage is not None
        for setting in stage.settings
        if setting.model is not None and setting.model.values and isinstance(setting.default, str) and setting.default
        if setting.model.values_dynamic is None and setting.default not in setting.model.values
    ]
    assert refused == []
