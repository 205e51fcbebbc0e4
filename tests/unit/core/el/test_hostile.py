"""Promises about hostile fields and expressions: what is wrong refuses the record, and nothing fills the memory."""

import pytest

from penstock.core.el import EvaluationError
from penstock.core.records.values import FieldValue

from .test_functions import value

ROOT: dict[str, FieldValue] = {"half": "a\ud800b", "last": "9999-12-31 23:59:59"}


@pytest.mark.parametrize(
    "name", ["idna", "undefined", "punycode", "unicode_escape", "utf_8_sig", "a\0b", "\ud800", "hex"]
)
@pytest.mark.parametrize(
    "text",
    [
        "base64:encodeString('ü', false, '{}')",
        "base64:decodeString('YQ', '{}')",
        "str:urlEncode('ü', '{}')",
        "str:urlDecode('%61', '{}')",
    ],
)
def test_what_python_alone_can_encode_with_is_no_charset(text: str, name: str) -> None:
    """Nor is a name with signs that no name has."""
    with pytest.raises(EvaluationError, match="is no charset"):
        value(text.replace("{}", name))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("str:urlDecode('ü%FC+', 'ISO-8859-1')", "üü "),
        ("str:urlDecode('ü%C3%BC', 'UTF-8')", "üü"),
        ("str:urlDecode(record:value('/half'), 'UTF-8')", "a\ud800b"),
        ("str:replaceAll('abc', 'x', '$5')", "abc"),
        ("str:replaceAll('abc', 'x', '\\\\')", "abc"),
        ("time:extractNanosecondsFromString('2020-02-30 10:00:00')", "1583056800000"),
        ("time:extractNanosecondsFromString('2020-01-01 25:60:60')", "1577930460000"),
        ("time:extractNanosecondsFromString(' 2020-01-01 10:00:00.000000001\t')", "1577872800000<n>1"),
    ],
)
def test_odd_texts_have_the_value_of_the_original(text: str, expected: object) -> None:
    """Only what is escaped has a charset, a replacement is read where there is a match, and time counts on."""
    assert value(text, dict(ROOT)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "str:replaceAll('abc', 'b', '$5')",
        "str:unescapeJava('\\\\u00')",
        "str:unescapeJava('\\\\uu00x0')",
        "time:extractNanosecondsFromString('2020-13-01 10:00:00')",
        "time:extractNanosecondsFromString('2020-00-01 10:00:00')",
        "time:extractNanosecondsFromString('2020-01-32 10:00:00')",
        "time:extractNanosecondsFromString('0000-01-01 10:00:00')",
        "time:extractNanosecondsFromString('9999-12-31 999999999:00:00')",
        "time:dateTimeZoneOffset(time:millisecondsToDateTime(-62135596800000), 'America/New_York')",
        "str:matches('a', '(?u)a')",
    ],
)
def test_what_has_no_value_refuses_the_record(text: str) -> None:
    """It does not end the run."""
    with pytest.raises(EvaluationError):
        value(text)


@pytest.mark.parametrize(("ms", "zone"), [("-62135596800000", "America/New_York"), ("253402300799999", "Asia/Tokyo")])
def test_a_date_beyond_the_years_of_its_zone_has_no_text(ms: str, zone: str) -> None:
    """As anything else that is odd there."""
    assert value(f"time:extractStringFromDateTZ(time:millisecondsToDateTime({ms}), '{zone}', 'yyyy')") == ""


LONG = "'" + "x" * 30_000 + "'"


@pytest.mark.parametrize(
    "text",
    [
        f"str:replace(str:replace({LONG}, '', {LONG}), '', {LONG})",
        f"str:replaceAll('{'x' * 3000}', '', {LONG})",
        f"list:join(str:split('{'x,' * 20_000}', ','), {LONG})",
        f"list:joinSkipNulls(str:split('{'x,' * 20_000}', ','), {LONG})",
        "map:join(str:splitKV('{}', ',', '='), ',', {})".format(",".join(f"{at}=" for at in range(5000)), LONG),
        "base64:encodeString(" * 99 + LONG + ", false, 'UTF-8')" * 99,
    ],
)
def test_no_function_fills_the_memory(text: str) -> None:
    """A text that becomes too long is an error before it is made."""
    with pytest.raises(EvaluationError, match="a text of more than"):
        value(text)
