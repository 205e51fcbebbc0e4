"""Time zones by the names Java knows: regions, ``GMT+2``, the old three-letter ids, and their short names."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_CUSTOM = re.compile(r"GMT([+-])(\d{1,2})(?::?(\d\d))?\Z", re.ASCII)
_OFFSET = re.compile(r"(?:Z|([+-])(\d{1,2})(?::?(\d\d))?(?::?(\d\d))?)\Z", re.ASCII)
_REGION = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}\Z", re.ASCII)

# java.time.ZoneId.SHORT_IDS, which TimeZone.getTimeZone still honours
_OLD_IDS = {
    "ACT": "Australia/Darwin",
    "AET": "Australia/Sydney",
    "AGT": "America/Argentina/Buenos_Aires",
    "ART": "Africa/Cairo",
    "AST": "America/Anchorage",
    "BET": "America/Sao_Paulo",
    "BST": "Asia/Dhaka",
    "CAT": "Africa/Harare",
    "CNT": "America/St_Johns",
    "CST": "America/Chicago",
    "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa",
    "ECT": "Europe/Paris",
    "IET": "America/Indiana/Indianapolis",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "MIT": "Pacific/Apia",
    "NET": "Asia/Yerevan",
    "NST": "Pacific/Auckland",
    "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix",
    "PRT": "America/Puerto_Rico",
    "PST": "America/Los_Angeles",
    "SST": "Pacific/Guadalcanal",
    "VST": "Asia/Ho_Chi_Minh",
}

# Abbreviations a date text may carry, in minutes east of Greenwich
SHORT_NAMES = {
    "UTC": 0,
    "GMT": 0,
    "UT": 0,
    "WET": 0,
    "WEST": 60,
    "BST": 60,
    "CET": 60,
    "CEST": 120,
    "MET": 60,
    "MEST": 120,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "IST": 330,
    "HKT": 480,
    "SGT": 480,
    "AWST": 480,
    "JST": 540,
    "KST": 540,
    "ACST": 570,
    "ACDT": 630,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    "SAST": 120,
    "BRT": -180,
    "NST": -210,
    "NDT": -150,
    "AST": -240,
    "ADT": -180,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "AKST": -540,
    "AKDT": -480,
    "HST": -600,
}

LONG_NAMES = {
    "UTC": "Coordinated Universal Time",
    "GMT": "Greenwich Mean Time",
    "WET": "Western European Time",
    "WEST": "Western European Summer Time",
    "CET": "Central European Time",
    "CEST": "Central European Summer Time",
    "EET": "Eastern European Time",
    "EEST": "Eastern European Summer Time",
    "BST": "British Summer Time",
    "MSK": "Moscow Standard Time",
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
    "CST": "Central Standard Time",
    "CDT": "Central Daylight Time",
    "MST": "Mountain Standard Time",
    "MDT": "Mountain Daylight Time",
    "PST": "Pacific Standard Time",
    "PDT": "Pacific Daylight Time",
    "AKST": "Alaska Standard Time",
    "AKDT": "Alaska Daylight Time",
    "HST": "Hawaii Standard Time",
    "AST": "Atlantic Standard Time",
    "ADT": "Atlantic Daylight Time",
    "NST": "Newfoundland Standard Time",
    "NDT": "Newfoundland Daylight Time",
    "MET": "Middle Europe Time",
    "MEST": "Middle Europe Summer Time",
    "HKT": "Hong Kong Time",
    "JST": "Japan Standard Time",
    "KST": "Korea Standard Time",
    "IST": "India Standard Time",
    "AWST": "Australian Western Standard Time",
    "NZST": "New Zealand Standard Time",
    "NZDT": "New Zealand Daylight Time",
    "SAST": "South Africa Standard Time",
}


@lru_cache(maxsize=256)
def java_zone(name: str) -> tzinfo | None:
    """The zone that ``TimeZone.getTimeZone`` finds under ``name``; None where Java falls back to GMT."""
    if name in ("UTC", "Z", "UCT", "Zulu", "Etc/UTC"):
        return UTC
    if name == "GMT":
        return timezone(timedelta(0), "GMT")
    custom = _CUSTOM.match(name)
    if custom:
        return _custom(custom[1], int(custom[2]), int(custom[3] or 0))
    if not _REGION.match(name) or len(name) > 64:
        return None
    try:
        return ZoneInfo(_OLD_IDS.get(name, name))
    except (ValueError, OSError, LookupError):  # unknown, or the name of a folder of zones
        return None


@lru_cache(maxsize=256)
def region(name: str) -> tzinfo | None:
    """The zone that ``ZoneId.of`` gives: a region keeps its name, ``UTC`` included; None where there is none."""
    shift = _OFFSET.match(name)
    if shift is not None:
        if name == "Z":
            return UTC
        hours, minutes, seconds = (int(part or 0) for part in shift.groups()[1:])
        ahead = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return timezone(-ahead if shift[1] == "-" else ahead) if ahead <= timedelta(hours=18) else None
    if not _REGION.match(name) or len(name) > 64:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return java_zone(name)


def _custom(sign: str, hours: int, minutes: int) -> tzinfo | None:
    if hours > 23 or minutes > 59:
        return None
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if sign == "-" else shift, f"GMT{sign}{hours:02d}:{minutes:02d}")


def zone_text(local: datetime) -> str:
    """The short name of the zone of ``local`` at that moment, for instance ``UTC`` or ``CEST``."""
    name = local.tzname() or "UTC"
    if name[:1] in "+-":  # the zone database has dropped invented abbreviations; Java tells the offset then
        return f"GMT{name[:3]}:{name[3:5] or '00'}"
    return name


def offset_minutes(local: datetime) -> int:
    """Minutes east of Greenwich at that moment."""
    offset = local.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)
