"""Promises of dates by a pattern, as Java's SimpleDateFormat writes and reads them."""

from datetime import UTC, datetime

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.java import date_format

AT = datetime(2017, 7, 14, 14, 40, 5, 123000, UTC)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("G yy yyyy yyyyy YYYY", "AD 17 2017 02017 2017"),
        ("M MM MMM MMMM", "7 07 Jul July"),
        ("d dd D F", "14 14 195 2"),
        ("w W u E EEEE", "28 3 5 Fri Friday"),
        ("H k h K a", "14 14 2 2 PM"),
        ("m s S SSSS", "40 5 123 0123"),
        ("z Z X XX XXX", "UTC +0000 Z Z Z"),
        ("'at' HH ''", "at 14 '"),
    ],
)
def test_every_letter_stands_for_a_part(pattern: str, text: str) -> None:
    """As long as it is repeated; weeks begin on Sunday, the first one is that of the first day."""
    assert date_format(pattern, UTC).format(AT) == text


@pytest.mark.parametrize(
    ("pattern", "text", "moment"),
    [
        ("yyyy-MM-dd hh:mm a", "2017-07-14 02:40 PM", "2017-07-14T14:40"),
        ("EEE, d MMM yyyy HH:mm:ss Z", "Fri, 14 Jul 2017 14:40:05 +0200", "2017-07-14T12:40:05"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2017-07-14T14:40:05.123+02:00", "2017-07-14T12:40:05.123"),
        ("yyyy-MM-dd z", "2017-07-14 PST", "2017-07-14T08:00"),
        ("yyyy DDD", "2017 195", "2017-07-14"),
        ("yyyy-'W'ww-u", "2017-W28-5", "2017-07-14"),
        ("YYYY-ww", "2017-28", "2017-07-09"),
        ("yyyy MM W u", "2017 07 3 5", "2017-07-14"),
        ("yyyy MM F E", "2017 07 2 Fri", "2017-07-14"),
        ("yyyy-MM-dd kk", "2017-07-14 24", "2017-07-14"),
        ("yyyy-MM-dd KK a", "2017-07-14 00 PM", "2017-07-14T12:00"),
        ("yy-M-d", "17-7-14", "2017-07-14"),
        ("MMMM d yyyy", "July 14 2017 and more", "2017-07-14"),
        ("yyyy-MM-dd", "2017-02-31", "2017-03-03"),
    ],
)
def test_a_text_is_read_by_the_same_letters(pattern: str, text: str, moment: str) -> None:
    """Leniently: days that a month does not have lead into the next one, what follows is passed over."""
    assert date_format(pattern, UTC).parse(text) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("yyyy", "x"), ("MMM", "Xyz"), ("yyyy-MM", "2017/07"), ("z", "nowhere"), ("G yyyy", "BC 0001")],
)
def test_what_does_not_fit_is_refused(pattern: str, text: str) -> None:
    """Nor can a year before the first be held."""
    with pytest.raises(InvalidValueError):
        date_format(pattern, UTC).parse(text)
