"""Promises about the settings of formats: what is wrong with them is told at the start, and with which."""

import pytest

from penstock.adapters.engine.formats.reading import check_reader, unfit_for_reading
from penstock.core.errors import UnsupportedError
from penstock.core.plan.unfit import UnfitError

from .using import settings


@pytest.mark.parametrize(
    ("kind", "more", "code", "setting"),
    [
        ("TEXT", {"charset": "nowhere"}, "DATA_FORMAT_05", "charset"),
        ("TEXT", {"textMaxLineLen": 0}, "DATA_FORMAT_01", "textMaxLineLen"),
        ("JSON", {"jsonMaxObjectLen": 0}, "DATA_FORMAT_01", "jsonMaxObjectLen"),
        ("DELIMITED", {"csvMaxObjectLen": -1}, "DATA_FORMAT_01", "csvMaxObjectLen"),
        ("XML", {"xmlMaxObjectLen": 0}, "DATA_FORMAT_01", "xmlMaxObjectLen"),
        ("WHOLE_FILE", {"wholeFileMaxObjectLen": 0}, "DATA_FORMAT_01", "wholeFileMaxObjectLen"),
        ("TEXT", {"useCustomDelimiter": True, "customDelimiter": ""}, "DATA_FORMAT_200", "customDelimiter"),
        (
            "DELIMITED",
            {"csvParser": "UNIVOCITY", "csvUnivocityLineSeparator": "abc"},
            "DATA_FORMAT_500",
            "csvUnivocityLineSeparator",
        ),
        ("XML", {"xmlRecordElement": "//a"}, "DATA_FORMAT_03", "xmlRecordElement"),
        ("XML", {"xmlRecordElement": "/p:a"}, "DATA_FORMAT_304", "xmlRecordElement"),
        ("LOG", {"logMaxObjectLen": 0}, "LOG_PARSER_04", "logMaxObjectLen"),
        ("LOG", {"logMode": "LOG4J", "log4jCustomLogFormat": ""}, "LOG_PARSER_05", "log4jCustomLogFormat"),
        ("LOG", {"logMode": "LOG4J", "maxStackTraceLines": -1}, "LOG_PARSER_10", "maxStackTraceLines"),
        ("LOG", {"logMode": "REGEX", "regex": "("}, "LOG_PARSER_07", "regex"),
        ("LOG", {"logMode": "GROK", "grokPattern": "("}, "LOG_PARSER_09", "grokPattern"),
        ("LOG", {"logMode": "GROK", "grokPatternDefinition": "x"}, "LOG_PARSER_11", "grokPatternDefinition"),
        ("PROTOBUF", {}, "DATA_FORMAT_07", "protoDescriptorFile"),
        ("PROTOBUF", {"protoDescriptorFile": "x.desc"}, "DATA_FORMAT_08", "messageType"),
        ("PROTOBUF", {"protoDescriptorFile": "x.desc", "messageType": "M"}, "DATA_FORMAT_09", "protoDescriptorFile"),
    ],
)
def test_what_is_wrong_names_its_setting(kind: str, more: dict[str, object], code: str, setting: str) -> None:
    """With the code of the original, which does not come again in the words."""
    (found,) = unfit_for_reading(kind, settings(**more), "conf.")
    assert (found.code, found.setting) == (code, f"conf.{setting}")
    assert code not in found.text
    with pytest.raises(UnfitError, match=code):
        check_reader(kind, settings(**more))


def test_settings_that_are_fit_are_none_of_that() -> None:
    """Though an empty file is none of the format; a format that nobody knows is refused."""
    for kind in ("AVRO", "BINARY", "DELIMITED", "EXCEL", "JSON", "LOG", "SDC_JSON", "TEXT", "WHOLE_FILE", "XML"):
        assert unfit_for_reading(kind, settings(excelHeader="NO_HEADER"), "") == ()
    with pytest.raises(UnsupportedError, match="CSV.*DELIMITED"):
        check_reader("CSV", settings())


def test_all_that_is_wrong_is_told() -> None:
    """A length, and what stands beside it."""
    more = {"csvParser": "UNIVOCITY", "csvUnivocityLineSeparator": "abc", "csvMaxObjectLen": 0}
    assert [each.code for each in unfit_for_reading("DELIMITED", settings(**more), "")] == [
        "DATA_FORMAT_01",
        "DATA_FORMAT_500",
    ]
