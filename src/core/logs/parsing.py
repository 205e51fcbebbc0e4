"""What turns a line of a log into fields, by the settings of the format."""

from collections.abc import Callable
from functools import lru_cache

import attrs
import regex

from ..errors import InvalidValueError
from ..plan.given import Given
from ..records.values import FieldValue
from .extended import HeaderError, cef_fields, leef_fields
from .grok import Grok, GrokError, defined
from .layouts import LayoutError, apache_pattern, log4j_pattern

LINE_TIMEOUT_S = 1.0
Fields = dict[str, FieldValue]
_NAMED = {
    "COMMON_LOG_FORMAT": ("%{COMMONAPACHELOG}", "Common Log Format"),
    "COMBINED_LOG_FORMAT": ("%{COMBINEDAPACHELOG}", "Combined Log Format"),
    "APACHE_ERROR_LOG_FORMAT": ("%{APACHE_ERROR_LOG}", "Apache Error Log Format"),
}
_MODES = (*_NAMED, "APACHE_CUSTOM_LOG_FORMAT", "REGEX", "GROK", "LOG4J", "CEF", "LEEF")
_REGEX = r'^(\S+) (\S+) (\S+) \[([\w:/]+\s[+\-]\d{4})\] "(\S+) (\S+) (\S+)" (\d{3}) (\d+)'


class LineFault(ValueError):
    """A line that does not fit: code and sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"{self.code} - {self.message}"


@attrs.frozen
class LineParser:
    """``fields`` gives the fields of a line or raises ``LineFault``; ``stack_lines`` is how many lines that do not
    fit are kept behind one that does (0 drops them, -1 makes each a fault)."""

    fields: Callable[[str], Fields]
    stack_lines: int


@lru_cache(maxsize=64)
def line_parser(given: Given) -> LineParser:
    """What reads the lines of a format.

    Raises:
        InvalidValueError: a mode that there is not, or a layout or pattern that cannot be read (LOG_PARSER_02 to 11).
    """
    mode = given.text("logMode", "COMMON_LOG_FORMAT")
    longest = given.integer("logMaxObjectLen", 1024)
    if longest == 0 or longest < -1:
        raise InvalidValueError("logMaxObjectLen", longest, "-1, or more than 0 (LOG_PARSER_04)")
    if mode == "REGEX":
        return LineParser(_bounded(_by_regex(given)), -1)
    if mode in ("CEF", "LEEF"):
        return LineParser(_extended(cef_fields if mode == "CEF" else leef_fields), -1)
    if mode not in _MODES:
        raise InvalidValueError("Log Format", mode, "a log format", _MODES)
    groks, name = _groks(given, mode)
    return LineParser(_bounded(_by_grok(groks, name)), _stack_lines(given))


def _stack_lines(given: Given) -> int:
    most = given.integer("maxStackTraceLines", 50)
    if most < 0:
        raise InvalidValueError("Trim Stack Trace to Length", most, "0 or more (LOG_PARSER_10)")
    return {"IGNORE": 0, "INCLUDE_AS_STACK_TRACE": most}.get(given.text("onParseError", "ERROR"), -1)


def _groks(given: Given, mode: str) -> tuple[list[Grok], str]:
    """The patterns of a mode, and how it is called."""
    try:
        if mode in _NAMED:
            pattern, name = _NAMED[mode]
            return [Grok(pattern)], name
        if mode == "APACHE_CUSTOM_LOG_FORMAT":
            layout = _layout(given, "customLogFormat", '%h %l %u %t "%r" %>s %b')
            return [Grok(apache_pattern(layout))], "Apache Access Log Format"
        if mode == "LOG4J":
            layout = _layout(given, "log4jCustomLogFormat", "%d{ISO8601} %-5p %c{1} - %m")
            return [Grok(log4j_pattern(layout))], "Log4j Log Format"
        known = defined(given.text("grokPatternDefinition"))
        patterns = given.texts("grokPatternList") or (given.text("grokPattern", "%{COMMONAPACHELOG}"),)
        return [Grok(pattern, known) for pattern in patterns], "Grok Format"
    except LayoutError as error:
        setting = "log4jCustomLogFormat" if mode == "LOG4J" else "customLogFormat"
        raise InvalidValueError(setting, str(error), "a layout that can be read (LOG_PARSER_06)") from None
    except GrokError as error:
        raise InvalidValueError("Grok Pattern", str(error), f"a pattern that can be read ({error.code})") from None


def _layout(given: Given, name: str, default: str) -> str:
    layout = given.text(name, default)
    if not layout.strip():
        raise InvalidValueError(name, layout, "a layout (LOG_PARSER_05)")
    return layout


def _by_grok(groks: list[Grok], name: str) -> Callable[[str], Fields]:
    def fields(line: str) -> Fields:
        for grok in groks:
            found = grok.fields(line, LINE_TIMEOUT_S)
            if found is not None:
                return dict(found)
        raise LineFault("LOG_PARSER_03", f"the line {line[:80]!r} does not conform to {name}")

    return fields


def _by_regex(given: Given) -> Callable[[str], Fields]:
    text = given.text("regex", _REGEX)
    try:
        pattern = regex.compile(text, regex.ASCII)
    except (regex.error, RecursionError) as error:
        raise InvalidValueError(
            "Regular Expression", text[:80], f"one that can be read: {error} (LOG_PARSER_07)"
        ) from None
    rows = given.rows("fieldPathsToGroupName")
    groups = {row.text("fieldPath"): row.integer("group") for row in rows}
    for name, group in groups.items():
        if not 0 <= group <= pattern.groups:
            wanted = f"a group from 0 to {pattern.groups} (LOG_PARSER_08)"
            raise InvalidValueError("fieldPathsToGroupName", f"{name}: {group}", wanted)

    def fields(line: str) -> Fields:
        found = pattern.search(line, timeout=LINE_TIMEOUT_S)
        if found is None:
            raise LineFault("LOG_PARSER_03", f"the line {line[:80]!r} does not conform to Regular Expression - {text}")
        return {name: found.group(group) for name, group in groups.items()}

    return fields


def _bounded(fields: Callable[[str], Fields]) -> Callable[[str], Fields]:
    def bounded(line: str) -> Fields:
        try:
            return fields(line)
        except TimeoutError:
            message = f"the pattern took longer than {LINE_TIMEOUT_S:g} s for the line {line[:80]!r}"
            raise LineFault("LOG_PARSER_01", message) from None

    return bounded


def _extended(fields: Callable[[str], Fields]) -> Callable[[str], Fields]:
    def checked(line: str) -> Fields:
        try:
            return fields(line)
        except HeaderError as error:
            raise LineFault("LOG_PARSER_12", f"{error} in {line[:80]!r}") from None

    return checked
