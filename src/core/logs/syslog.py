"""Messages of syslog as fields, in the older form (RFC 3164) and the newer (RFC 5424)."""

import re
from datetime import UTC, datetime, timedelta

from ..records.values import FieldValue, Long
from .parsing import LineFault

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLD = re.compile(r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)")
_NEW = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)")
_ZONE = re.compile(r"([+-])(\d\d):(\d\d)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OLD_LENGTH, _NEW_LENGTH = 15, 19


def syslog_fields(text: str, now_ms: int) -> dict[str, FieldValue]:
    """The fields of a message. Moments are milliseconds; the year of an older message is the nearest to now.

    Raises:
        LineFault: SYSLOG_01 to SYSLOG_10, for what is no message.
    """
    priority, at = _priority(text)
    version = 0
    if text[at : at + 2] == "1 " and len(text) > at + 2:
        version, at = 1, at + 2
    while text[at] == " " and at < len(text) - 1:
        at += 1
    moment, at = _moment(text, at, now_ms)
    space = text.find(" ", at)
    if space < 0:
        raise LineFault("SYSLOG_03", f"the message has no host: {text[:80]!r}")
    return {
        "senderAddr": None,
        "senderPort": 0,
        "raw": text,
        "priority": priority,
        "facility": priority // 8,
        "severity": priority % 8,
        "version": version,
        "timestamp": Long(moment),
        "host": text[at:space],
        "remaining": text[space + 1 :],
        "receiverAddr": None,
        "receiverPort": 0,
    }


def _priority(text: str) -> tuple[int, int]:
    """The number between the brackets, and where the rest begins."""
    end = text.find(">")
    if not text.startswith("<") or not 0 < end <= 6:
        raise LineFault("SYSLOG_01", f"the message does not begin with a priority such as <13>: {text[:80]!r}")
    digits = text[1:end]
    if not (digits.isascii() and digits.isdigit()):
        raise LineFault("SYSLOG_01", f"the priority {digits!r} is no number: {text[:80]!r}")
    if len(text) <= end + 1:
        raise LineFault("SYSLOG_02", f"the message has nothing but a priority: {text[:80]!r}")
    return int(digits), end + 1


def _moment(text: str, at: int, now_ms: int) -> tuple[int, int]:
    """When it was sent, and where the host begins."""
    if text[at] == "-":
        if len(text) <= at + 2:
            raise LineFault("SYSLOG_03", f"the message has no host: {text[:80]!r}")
        return now_ms, at + 2
    if "A" <= text[at] <= "Z":
        if len(text) <= at + _OLD_LENGTH:
            raise LineFault("SYSLOG_04", f"the message has no time: {text[:80]!r}")
        return _older(text[at : at + _OLD_LENGTH], now_ms), at + _OLD_LENGTH + 1
    space = text.find(" ", at)
    if space < 0:
        raise LineFault("SYSLOG_04", f"the message has no time: {text[:80]!r}")
    return _newer(text[at:space]), space + 1


def _older(text: str, now_ms: int) -> int:
    found = _OLD.match(text)
    now = _EPOCH + timedelta(milliseconds=now_ms)
    if found is None or found[1] not in _MONTHS:
        raise LineFault("SYSLOG_10", f"{text!r} is no time such as Feb  5 17:32:18")
    month, day, hour, minute, second = (_MONTHS.index(found[1]) + 1, *map(int, found.groups()[1:]))
    for year in (now.year, now.year - 1, now.year + 1):
        try:
            made = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            continue  # the 29th of February, or no time at all
        # from eleven months ago to a month from now
        if now - timedelta(days=335) <= made <= now + timedelta(days=31) or year == now.year + 1:
            return _ms(made)
    raise LineFault("SYSLOG_10", f"{text!r} is no time such as Feb  5 17:32:18")


def _newer(text: str) -> int:
    found = _NEW.match(text)
    if len(text) <= _NEW_LENGTH or found is None:
        raise LineFault("SYSLOG_09", f"{text[:40]!r} is no time such as 2003-10-11T22:14:15.003Z")
    try:
        ms = _ms(datetime.fromisoformat(found.group() + "+00:00"))
    except ValueError as error:
        raise LineFault("SYSLOG_05", f"{text[:40]!r} is no time: {error}") from None
    rest = text[_NEW_LENGTH:]
    if rest.startswith("."):
        digits = re.match(r"\d*", rest[1:])
        assert digits is not None
        if not digits.group():
            raise LineFault("SYSLOG_07", f"{text[:40]!r} has no digits behind its point")
        ms += int(digits.group()[:3].ljust(3, "0"))
        rest = rest[1 + digits.end() :]
    if rest[:1] in ("+", "-"):
        zone = _ZONE.match(rest)
        if zone is None:
            raise LineFault("SYSLOG_08", f"{text[:40]!r} has no zone such as -07:00")
        minutes = int(zone[2]) * 60 + int(zone[3])
        ms -= minutes * 60_000 * (1 if zone[1] == "+" else -1)
    return ms


def _ms(moment: datetime) -> int:
    return int((moment - _EPOCH) / timedelta(milliseconds=1))
