"""Text forms, numbers, dates, zones and regular expressions with the behaviour of Java, for expressions and stages."""

from .dates import SimpleDateFormat, date_format
from .numbers import parse_decimal, parse_double, parse_float, parse_int, parse_long, to_float32, wrap_int, wrap_long
from .text import java_string
from .zones import java_zone

__all__ = [
    "SimpleDateFormat",
    "date_format",
    "java_string",
    "java_zone",
    "parse_decimal",
    "parse_double",
    "parse_float",
    "parse_int",
    "parse_long",
    "to_float32",
    "wrap_int",
    "wrap_long",
]
