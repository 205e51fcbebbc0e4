"""Promises of Data Parser and Data Generator: a field in any format, read and written."""

import io
import json
from typing import Any

import pytest

from penstock.adapters.engine.dataparser import data_generator, data_parser
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, Tools
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldType, FieldValue, FileRef, ListMap, Null
from penstock.core.values import JsonMap, freeze

SERVICE = "com.streamsets.pipeline.api.service.dataformats.DataFormat"


def given(values: dict[str, object]) -> Given:
    """Settings."""
    frozen = freeze(values)
    assert isinstance(frozen, JsonMap)
    return Given(frozen)


def play(build: Any, stage: dict[str, object], service: dict[str, object], *records: Record) -> Out:
    """What a stage with a service makes of records."""
    services = {f"{SERVICE}{name}Service": given(service) for name in ("Parser", "Generator")}
    plan = StagePlan("P_01", "kind", StageType.PROCESSOR, given=given(stage), services=services, outputs=("out",))
    out = Out(1)
    build(plan, Tools(plan, lambda: 0, lambda: 0.5, lambda: "id"))(list(records), out)
    return out


def parse(value: FieldValue, kind: str, several: str = "FIRST_ONLY", target: str = "/to", **more: object) -> Out:
    """What Data Parser makes of a field."""
    stage: dict[str, object] = {
        "configs.fieldPathToParse": "/from/it",
        "configs.parsedFieldPath": target,
        "configs.multipleValuesBehavior": several,
    }
    service = {"dataFormat": kind, **{f"dataFormatConfig.{name}": each for name, each in more.items()}}
    return play(data_parser, stage, service, Record({"from": {"it": value}}, Header("id")))


def test_the_first_value_all_of_them_or_a_record_for_each() -> None:
    """Records that are split have a number behind their id."""
    text = '{"a": 1} {"a": 2}'
    (first,) = parse(text, "JSON").lanes[0]
    assert first.value == {"from": {"it": text}, "to": {"a": 1}}
    (every,) = parse(text, "JSON", "ALL_AS_LIST").lanes[0]
    assert every.value == {"from": {"it": text}, "to": [{"a": 1}, {"a": 2}]}
    split = parse(text, "JSON", "SPLIT_INTO_MULTIPLE_RECORDS", "/").lanes[0]
    assert [each.value for each in split] == [{"a": 1}, {"a": 2}]
    assert [each.header.source_id for each in split] == ["id_from_it_0", "id_from_it_1"]


def test_text_bytes_and_files_are_read() -> None:
    """The charset is that of bytes; a text has its characters already."""
    more = {"charset": "ISO-8859-1", "csvHeader": "WITH_HEADER"}
    for value in ("n\né", "n\né".encode("latin-1"), FileRef(lambda: io.BytesIO("n\né".encode("latin-1")), {})):
        (record,) = parse(value, "DELIMITED", **more).lanes[0]
        assert isinstance(record.value, dict)
        assert record.value["to"] == {"n": "é"}


def test_what_is_noted_of_fields_goes_with_them() -> None:
    """To their new paths."""
    (record,) = parse('<a k="v"><b>1</b></a>', "XML", outputFieldAttributes=True, preserveRootElement=False).lanes[0]
    assert record.header.field_attributes == {"/to": {"xmlAttr:k": "v"}}
    (listed,) = parse('<a k="v"/>', "XML", "ALL_AS_LIST", outputFieldAttributes=True).lanes[0]
    assert listed.header.field_attributes == {"/to[0]/a": {"xmlAttr:k": "v"}}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "DATAPARSER_05"),
        (Null(FieldType.LONG), "DATAPARSER_05"),
        (5, "DATAPARSER_02"),
        ({}, "DATAPARSER_02"),
        ("{oops", "DATAPARSER_01"),
        ('{"a": 1} oops', "DATAPARSER_01"),
    ],
)
def test_a_field_that_cannot_be_read_has_a_code(value: FieldValue, code: str) -> None:
    """Also where only what is behind the first value is broken."""
    assert [error.code for error in parse(value, "JSON").errors] == [code]


def test_a_text_above_the_buffer_limit_is_refused() -> None:
    """1 MB, however long an object may be."""
    long: list[FieldValue] = ['"' + "x" * size + '"' for size in (2**20 - 2, 2**20 - 1)]
    fits, above = (parse(value, "JSON", jsonMaxObjectLen=2**21) for value in long)
    assert (len(fits.lanes[0]), fits.errors) == (1, [])
    assert (above.lanes[0], [error.code for error in above.errors]) == ([], ["DATAPARSER_01"])


def test_a_file_that_is_gone_is_refused() -> None:
    """With the code of the original."""

    def gone() -> io.BufferedIOBase:
        raise FileNotFoundError(2, "no such file")

    assert [error.code for error in parse(FileRef(gone, {}), "JSON").errors] == ["DATAPARSER_04"]


def test_a_text_in_which_is_nothing_changes_nothing() -> None:
    """The record goes on as it is."""
    (record,) = parse("  ", "JSON").lanes[0]
    assert record.value == {"from": {"it": "  "}}


def test_formats_that_there_are_not_are_named_at_the_start() -> None:
    """And settings that cannot be."""
    with pytest.raises(UnsupportedError, match="FLOWFILE"):
        parse("x", "FLOWFILE")
    with pytest.raises(InvalidValueError, match="LOG_PARSER_09"):
        parse("x", "LOG", logMode="GROK", grokPattern="(")


def test_the_whole_record_is_written_as_text_or_bytes() -> None:
    """To a field, or in its own place."""
    service: dict[str, object] = {"dataFormat": "JSON"}
    stage: dict[str, object] = {"config.targetField": "/to", "config.outputType": "STRING"}
    (made,) = play(data_generator, stage, service, Record({"a": 1})).lanes[0]
    assert made.value == {"a": 1, "to": '{"a":1}'}
    (made,) = play(data_generator, {"config.targetField": "/"}, service, Record({"a": 1})).lanes[0]
    assert made.value == b'{"a":1}'
    refused = play(data_generator, {}, {"dataFormat": "DELIMITED"}, Record({"a": 1}))
    assert [error.code for error in refused.errors] == ["GENERATOR_001"]


@pytest.mark.parametrize("kind", ["AVRO", "JSON", "SDC_JSON", "XML", "TEXT", "DELIMITED"])
def test_what_the_generator_writes_the_parser_reads(kind: str) -> None:
    """Every format both ways."""
    schema = {"type": "record", "name": "r", "fields": [{"name": "text", "type": "string"}]}
    write: dict[str, object] = {
        "dataFormat": kind,
        "dataGeneratorFormatConfig.avroSchema": json.dumps(schema),
        "dataGeneratorFormatConfig.csvHeader": "WITH_HEADER",
    }
    (made,) = play(data_generator, {"config.targetField": "/"}, write, Record(ListMap(text="x"))).lanes[0]
    read: dict[str, object] = {"dataFormat": kind, "dataFormatConfig.csvHeader": "WITH_HEADER"}
    stage: dict[str, object] = {"configs.fieldPathToParse": "/", "configs.parsedFieldPath": "/"}
    (back,) = play(data_parser, stage, read, Record(made.value)).lanes[0]
    assert back.value == ({"text": {"value": "x"}} if kind == "XML" else {"text": "x"})
