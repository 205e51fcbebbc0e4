"""Promises of folder templates: their granularity, and the stretch of time of one folder."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.errors import InvalidValueError
from penstock.core.processors.path_templates import PathTemplate, Unit, path_template

AT = datetime(2024, 2, 29, 13, 47, 58, 500_000, tzinfo=UTC)


def shown(ms: int) -> str:
    """Milliseconds as a date."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")[:-6]


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("/${YYYY()}", "2024-01-01T00:00:00.000", "2024-12-31T23:59:59.999"),
        ("/${YY()}-${MM()}", "2024-02-01T00:00:00.000", "2024-02-29T23:59:59.999"),
        ("/${YYYY()}${MM()}${DD()}", "2024-02-29T00:00:00.000", "2024-02-29T23:59:59.999"),
        ("/${YYYY()}${MM()}${DD()}${hh()}", "2024-02-29T13:00:00.000", "2024-02-29T13:59:59.999"),
        ("/${YYYY()}${MM()}${DD()}${every(1, hh())}", "2024-02-29T13:00:00.000", "2024-02-29T13:59:59.999"),
        ("/${YYYY()}${MM()}${DD()}${every(6, hh())}", "2024-02-29T12:00:00.000", "2024-02-29T17:59:59.999"),
        ("/${YYYY()}${MM()}${DD()}${hh()}${every(15, mm())}", "2024-02-29T13:45:00.000", "2024-02-29T13:59:59.999"),
        ("/${YYYY()}${MM()}${DD()}${hh()}${mm()}${ss()}", "2024-02-29T13:47:58.000", "2024-02-29T13:47:58.999"),
    ],
)
def test_a_folder_stands_for_a_stretch_of_time(text: str, begins: str, ends: str) -> None:
    """From the beginning of its finest part to the millisecond before the next."""
    first, last = path_template(text).stretch(int(AT.timestamp() * 1000))
    assert (shown(first), shown(last)) == (begins, ends)


def test_without_date_parts_a_moment_stands_for_itself() -> None:
    """There is no stretch to wait for."""
    assert path_template("/a/${record:value('/b')}").stretch(1234) == (1234, 1234)


def test_the_beginning_is_that_of_the_zone() -> None:
    """Date parts show local time; the end is a moment like any other."""
    template = path_template("/${YYYY()}${MM()}${DD()}", ZoneInfo("Asia/Tokyo"))
    first, last = template.stretch(int(datetime(2024, 1, 1, 20, tzinfo=UTC).timestamp() * 1000))
    assert (shown(first), shown(last)) == ("2024-01-02T00:00:00.000", "2024-01-02T14:59:59.999")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/${YYYY()}/${DD()}", "HADOOPFS_29"),
        ("/${hh()}", "HADOOPFS_29"),
        ("/${YYYY()}${MM()}${DD()}${every(2, hh())}${every(2, hh())}", "HADOOPFS_30"),
        ("/${YYYY()}${every(2, MM())}", "HADOOPFS_31"),
        ("/${YYYY()}${MM()}${DD()}${every(25, hh())}", "HADOOPFS_32"),
        ("/${YYYY()}${MM()}${DD()}${every(24, hh())}", "HADOOPFS_32"),
        ("/${YYYY()}${MM()}${DD()}${every(0, hh())}", "HADOOPFS_32"),
        ("/${YYYY()}${MM()}${DD()}${every('6', hh())}", "HADOOPFS_32"),
        ("/${YYYY()}${MM()}${DD()}${every(2, hh())}${mm()}", "HADOOPFS_33"),
        ("/${YYYY()}${MM()}${DD()}${every(7, hh())}", "HADOOPFS_34"),
        ("/${YYYY()}${MM()}${DD()}${hh()}${mm()}${ss()}${every(5, ss())}", "HADOOPFS_36"),
        ("/${YYYY()}${MM()}${DD()}${hh()}${mm()}${every(5, mm())}", "HADOOPFS_37"),
        ("/${YYYY()}${MM()}${DD()}${hh()}${every(2, hh())}", "HADOOPFS_38"),
    ],
)
def test_templates_that_cannot_be_are_named(text: str, code: str) -> None:
    """With the code of the original."""
    with pytest.raises(InvalidValueError, match=code):
        path_template(text)


@given(st.sampled_from(list(Unit)), st.integers(0, 4_000_000_000_000))
def test_stretches_are_whole_and_lie_side_by_side(unit: Unit, at_ms: int) -> None:
    """A moment lies in its stretch; the next millisecond begins another one with the next name."""
    template = PathTemplate(unit)
    first, last = template.stretch(at_ms)
    assert first <= at_ms <= last
    assert template.stretch(last + 1)[0] == last + 1
    assert template.stretch(last)[0] == first
