"""Promises about numbers in a language and moments with a zone, as Java reads and writes them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.java import date_format, java_string
from penstock.core.java.numberformat import parse_big, parse_number
from penstock.core.java.zonedformat import ISO_OFFSET, ISO_ZONED, format_zoned, parse_zoned
from penstock.core.java.zones import region
from penstock.core.records.values import Float

PARIS = datetime(2017, 1, 2, 3, 4, 5, 6000, ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("text", "locale", "number"),
    [
        ("12abc", "en,US", 12),
        ("1,234", "en,US", 1234),
        ("1.9", "en,US", 1.9),
        ("-5", "en,US", -5),
        ("1.234,5", "de,DE", 1234.5),
        ("1,5", "en,US", 15),
        ("1E3", "en,US", 1000),
        ("∞", "en,US", float("inf")),
    ],
)
def test_a_number_is_the_beginning_of_a_text(text: str, locale: str, number: float) -> None:
    """With the signs of the language; what follows is passed over."""
    assert parse_number(text, locale) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5e-324, "4.9E-324"),
        (-1e-323, "-9.9E-324"),
        (1.5e-323, "1.5E-323"),
        (1e23, "1.0E23"),
        (Float(1.4e-45), "1.4E-45"),
        (Float(0.1), "0.1"),
        (Float(1e-10), "1.0E-10"),
        (Float(3.4028235e38), "3.4028235E38"),
    ],
    ids=repr,
)
def test_numbers_have_two_digits_at_least(number: float, text: str) -> None:
    """The nearest two, where one would tell the number from its neighbours."""
    assert java_string(number) == text


@pytest.mark.parametrize("text", ["", "abc", "+5", ",5a"])
def test_a_text_without_a_number_has_none(text: str) -> None:
    """A plus is no sign of a number there; a text that begins with a separator is."""
    if text == ",5a":
        assert parse_number(text) == 5
        return
    with pytest.raises(ValueError, match=r"."):
        parse_number(text)


def test_exact_numbers_keep_their_digits() -> None:
    """As many as there are."""
    assert parse_big("1,234.500x") == Decimal("1234.500")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (ISO_ZONED, "2017-01-02T03:04:05.006+01:00[Europe/Paris]"),
        (ISO_OFFSET, "2017-01-02T03:04:05.006+01:00"),
        ("yyyy-MM-dd HH:mm:ss.SSSX", "2017-01-02 03:04:05.006+01"),
        ("yyyy-MM-dd HH:mm:ss.SSS VV", "2017-01-02 03:04:05.006 Europe/Paris"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2017-01-02T03:04:05.006+01:00"),
        ("d MMM yyyy h:mm:ss.SSS a Z", "2 Jan 2017 3:04:05.006 AM +0100"),
        ("EEE d MMMM uuuu HH:mm:ss.SSS z", "Mon 2 January 2017 03:04:05.006 CET"),
        ("EEEE yyyy-DDD kk:mm:ss.SSS O", "Monday 2017-002 03:04:05.006 GMT+1"),
        ("e yyyy-MM-dd HH:mm:ss.SSS OOOO", "2 2017-01-02 03:04:05.006 GMT+01:00"),
        ("G yy-M-d KK:mm:ss.SSS a xxx", "AD 17-1-2 03:04:05.006 AM +01:00"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSX[' in 'VV]", "2017-01-02T03:04:05.006+01 in Europe/Paris"),
        ("''yyyy''MMddHHmmss.SSSx", "'2017'0102030405.006+01"),
    ],
)
def test_moments_with_a_zone_are_written_and_read(pattern: str, text: str) -> None:
    """By the same pattern, both ways."""
    assert format_zoned(PARIS, pattern) == text
    assert parse_zoned(text, pattern) == PARIS


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("yyyy-MM-dd'T'HH:mm[:ss]X", "2017-01-02T02:04Z"), ("yyyy-MM-dd'T'HH:mm[:ss]O", "2017-01-02T07:34:00GMT+5:30")],
)
def test_parts_in_brackets_need_not_be_there(pattern: str, text: str) -> None:
    """When a text is read; offsets may be short."""
    assert parse_zoned(text, pattern) == datetime(2017, 1, 2, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize("pattern", ["yyyy'", "yyyy-MM-dd b", "y" * 1001])
def test_patterns_that_are_none_are_refused(pattern: str) -> None:
    """Open quotes, letters that stand for nothing, and what is too long."""
    with pytest.raises(InvalidValueError, match="zoned date format"):
        format_zoned(PARIS, pattern)


@pytest.mark.parametrize("text", ["2017-01-02", "2017-13-02T03:04:05Z", "2017-01-02T03:04:05Zrest", ""])
def test_what_is_no_moment_is_refused(text: str) -> None:
    """The text must fit as a whole."""
    with pytest.raises(InvalidValueError):
        parse_zoned(text, ISO_ZONED)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Pacific/Honolulu", "Hawaii Standard Time"),
        ("America/Anchorage", "Alaska Daylight Time"),
        ("Asia/Aden", "GMT+03:00"),
    ],
)
def test_zones_have_long_names_in_dates(zone: str, name: str) -> None:
    """Where they are known; an offset stands for the others. They are read as they are written."""
    pattern = date_format("yyyy-MM-dd HH:mm:ss zzzz", ZoneInfo(zone))
    text = pattern.format(datetime(2016, 7, 14, 21, 23, 45, tzinfo=UTC))
    assert text.endswith(f" {name}")
    assert pattern.parse(text) == datetime(2016, 7, 14, 21, 23, 45, tzinfo=UTC)


def test_zones_have_regions_and_offsets() -> None:
    """By the names that Java takes."""
    assert region("Z") is UTC
    assert region("+02:30") == timezone(timedelta(hours=2, minutes=30))
    assert region("Europe/Paris") == ZoneInfo("Europe/Paris")
    assert region("UTC") == ZoneInfo("UTC")
    assert region("+19:00") is None
    assert region("Nowhere/At_All") is None
    assert region("../etc/passwd") is None
