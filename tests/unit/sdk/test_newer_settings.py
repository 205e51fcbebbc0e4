"""Promises about settings that newer engines have beyond the catalogue."""

import pytest

import penstock


def test_a_field_remover_says_what_becomes_of_records_in_error(flow: penstock.StreamingFlow) -> None:
    """As every processor does since engine 5.1."""
    remover = flow.add_stage("Field Remover")
    assert remover.on_record_error == "TO_ERROR"
    remover.on_record_error = "STOP_PIPELINE"
    assert remover.configuration["stageOnRecordError"] == "STOP_PIPELINE"


@pytest.mark.parametrize("name", ["multi_character_line_delimiter", "multi_character_field_delimiter"])
def test_delimiters_of_several_characters_are_asked_for(flow: penstock.StreamingFlow, name: str) -> None:
    """Where rows are written with such, and only there."""
    local = flow.add_stage("Local FS", type="destination")
    local.set_attributes(directory_template="/tmp/out", data_format="DELIMITED", **{name: ""})
    flow.stages[0].connect_output_to(local)
    assert flow.validate().success
    local.delimiter_format = "MULTI_CHARACTER"
    (issue,) = flow.validate().issues
    assert "VALIDATION_0007" in str(issue.code)


@pytest.mark.parametrize(
    ("label", "attribute", "raw"),
    [
        ("Dev Raw Data Source", "number_of_threads", "numberOfThreads"),
        ("Dev Data Generator", "records_to_be_generated", "numberOfRecords"),
        ("Directory", "ignore_temporary_files", "conf.ignoreTmpFiles"),
        ("Directory", "file_processing_delay_in_ms", "conf.fileProcessingDelay"),
        ("Directory", "max_files_hard_limit", "conf.maxTotalSpoolFiles"),
        ("Local FS", "record_separator_string", "configs.dataGeneratorFormatConfig.csvCustomSeparator"),
        ("Local FS", "parquet_schema", "configs.dataGeneratorFormatConfig.parquetFormatConfig.schemaSubject"),
    ],
)
def test_settings_have_the_names_that_exports_of_newer_engines_use(
    flow: penstock.StreamingFlow, label: str, attribute: str, raw: str
) -> None:
    """So what such a flow says is done here, and what is set here is understood there."""
    stage = flow.add_stage(label)
    setattr(stage, attribute, "${7}")
    assert stage.configuration[raw] == "${7}"


@pytest.mark.parametrize(
    ("label", "guess", "raw"),
    [
        ("Dev Raw Data Source", "numThreads", "numberOfThreads"),
        ("Dev Data Generator", "recordsToBeGenerated", "numberOfRecords"),
    ],
)
def test_raw_names_that_were_expected_mean_the_settings(
    flow: penstock.StreamingFlow, label: str, guess: str, raw: str
) -> None:
    """What was written before the names were known goes on."""
    stage = flow.add_stage(label)
    stage.configuration[guess] = 2
    assert (stage.configuration[raw], stage.configuration[guess]) == (2, 2)
    assert not any("VALIDATION_0008" in str(issue.code) for issue in flow.validate().issues)
