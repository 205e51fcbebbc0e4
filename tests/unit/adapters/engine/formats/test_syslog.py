"""Promises about messages of syslog: both forms, and what is no message."""

from datetime import UTC, datetime

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.logs import LineFault
from penstock.core.logs.syslog import syslog_fields

from .using import items, values

NOW = int(datetime(2024, 3, 1, tzinfo=UTC).timestamp() * 1000)


def ms(*parts: int) -> int:
    """Milliseconds of a moment."""
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "at", "host", "rest"),
    [
        ("<34>Oct 11 22:14:15 mymachine su: failed", ms(2023, 10, 11, 22, 14, 15), "mymachine", "su: failed"),
        ("<34>Feb  5 17:32:18 10.0.0.99 Use it!", ms(2024, 2, 5, 17, 32, 18), "10.0.0.99", "Use it!"),
        ("<34>Mar 20 00:00:00 h x", ms(2024, 3, 20), "h", "x"),
        (
            "<34>1 2003-10-11T22:14:15.003Z a.example.com su - ID47",
            ms(2003, 10, 11, 22, 14, 15) + 3,
            "a.example.com",
            "su - ID47",
        ),
        ("<34>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 m", ms(2003, 8, 24, 12, 14, 15), "192.0.2.1", "m"),
        ("<34>2003-08-24T05:14:15Z localhost snarf?", ms(2003, 8, 24, 5, 14, 15), "localhost", "snarf?"),
        ("<34> 2014-05-16T21:33:39.5Z h [F\nG", ms(2014, 5, 16, 21, 33, 39) + 500, "h", "[F\nG"),
        ("<34>- h x", NOW, "h", "x"),
        ("<34>2016-03-16T20:47:55.889893 h ", ms(2016, 3, 16, 20, 47, 55) + 889, "h", ""),
    ],
)
def test_a_message_is_fields(text: str, at: int, host: str, rest: str) -> None:
    """Time, host and the rest; the year of the older form is the nearest to now."""
    found = syslog_fields(text, NOW)
    assert (found["timestamp"], found["host"], found["remaining"], found["raw"]) == (at, host, rest, text)
    assert (found["priority"], found["facility"], found["severity"]) == (34, 4, 2)
    assert found["version"] == (1 if text.startswith("<34>1 ") else 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no priority", "01"),
        ("<1234567>x", "01"),
        ("<a>x", "01"),
        ("<13>", "02"),
        ("<123>          ", "09"),
        ("<13>-", "03"),
        ("<13>2003-08-24T05:14:15Z nohost", "03"),
        ("<13>Oct 11", "04"),
        ("<13>word", "04"),
        ("<13>2003-13-24T05:14:15Z h x", "05"),
        ("<13>2003-08-24T05:14:15.Z h x", "07"),
        ("<13>2003-08-24T05:14:15+7 h x", "08"),
        ("<13>2003-08-24 h x", "09"),
        ("<13>Abc 11 22:14:15 h x", "10"),
        ("<13>Oct 99 22:14:15 h x", "10"),
    ],
)
def test_what_is_no_message_has_a_code(text: str, code: str) -> None:
    """And stays whole beside the fault."""
    with pytest.raises(LineFault, match=f"SYSLOG_{code}"):
        syslog_fields(text, NOW)
    (item,) = items("SYSLOG", text)
    assert item.fault is not None
    assert (item.fault.code, item.value) == (f"SYSLOG_{code}", text)


def test_a_datagram_is_a_message_of_syslog_or_its_bytes() -> None:
    """A kind that nobody knows is named at the start."""
    (found,) = values("DATAGRAM", "<34>1 2003-10-11T22:14:15Z h x")
    assert isinstance(found, dict)
    assert found["host"] == "h"
    assert values("DATAGRAM", b"\x00\xff", datagramMode="RAW_DATA") == [b"\x00\xff"]
    assert values("DATAGRAM", b"x" * 65_536, datagramMode="RAW_DATA") == [b"x" * 65_536]
    assert values("DATAGRAM", b"x" * 65_537, datagramMode="RAW_DATA") == ["DATAGRAM_00"]
    latin = "<34>1 2003-10-11T22:14:15Z h ä".encode("latin-1")
    assert values("DATAGRAM", latin, charset="ISO-8859-1")[0]["remaining"] == "ä"  # type: ignore[index]
    with pytest.raises(InvalidValueError, match="SYSLOG"):
        items("DATAGRAM", b"x", datagramMode="SYSLG")
    assert values("SYSLOG", "<13>" + "x" * 70_000) == ["SYSLOG_20"]
