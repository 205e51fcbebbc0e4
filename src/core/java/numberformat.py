"""``NumberFormat``: the number that a text begins with, by the signs of a locale."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from ..errors import InvalidValueError

MAX_DIGITS = 5000
_BLANK = "\N{NO-BREAK SPACE}"
_COMMA_POINT = [
    "ca",
    "da",
    "de",
    "el",
    "es",
    "hr",
    "id",
    "is",
    "it",
    "mk",
    "nl",
    "pt",
    "ro",
    "sl",
    "sq",
    "sr",
    "tr",
    "vi",
]
_COMMA_BLANK = tuple("be bg cs et fi fr hu lt lv nb nn no pl ru sk sv uk".split())  # noqa: SIM905
_SIGNS = {**dict.fromkeys(_COMMA_POINT, (",", ".")), **dict.fromkeys(_COMMA_BLANK, (",", _BLANK))}
_POINT_IN_SPANISH = ("CR", "DO", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "SV", "US")
_COUNTRIES = {
    **dict.fromkeys(("fr_CH", "de_CH", "it_CH"), (".", "'")),
    **dict.fromkeys(("fr_BE",), (",", ".")),
    **dict.fromkeys(
        (f"es_{land}" for land in ["CR", "DO", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "SV", "US"]), (".", ",")
    ),
}
_LONG = 1 << 63


@lru_cache(maxsize=64)
def _grammar(locale: str) -> "tuple[re.Pattern[str], str]":
    """What a number looks like, and the sign between groups, for ``en,US`` or ``en_US``."""
    name = locale.replace(",", "_").replace("-", "_").strip()
    point, group = _COUNTRIES.get(name) or _SIGNS.get(name.partition("_")[0], (".", ","))
    whole = rf"[\d{re.escape(group)}]*"
    return re.compile(rf"-?(?P<whole>{whole})(?:{re.escape(point)}(?P<part>\d*))?(?P<power>E-?\d+)?"), group


def parse_big(text: str, locale: str = "en,US") -> Decimal:
    """The exact decimal that ``text`` begins with; there is no sign ``+``, and ``E`` is the only exponent.

    Raises: InvalidValueError when it does not begin with a number.
    """
    pattern, group = _grammar(locale)
    found = pattern.match(text[:MAX_DIGITS])
    whole = found["whole"].replace(group, "") if found else ""
    part = (found["part"] if found else "") or ""
    if found is None or not (whole or part):
        raise InvalidValueError("number", text[:80], "a text that begins with a number")
    sign = "-" if text.startswith("-") else ""
    digits = f"{sign}{whole or '0'}" + (f".{part}" if part else "") + (found["power"] or "")
    try:
        value = Decimal(digits)
    except InvalidOperation:
        raise InvalidValueError("number", text[:80], "an exponent inside the range of decimals") from None
    return value if value else abs(value)


def parse_number(text: str, locale: str = "en,US") -> int | float:
    """As `parse_big`: a whole number where it is one of 64 bits, else a float.

    Raises: InvalidValueError when it does not begin with a number.
    """
    if text.startswith(("\N{INFINITY}", "-\N{INFINITY}")):
        return float("-inf" if text.startswith("-") else "inf")
    value = parse_big(text, locale)
    if not value:
        return -0.0 if text.startswith("-") else 0
    if value.adjusted() < 20 and value == value.to_integral_value() and -_LONG <= value < _LONG:
        return int(value)
    return float(value)
