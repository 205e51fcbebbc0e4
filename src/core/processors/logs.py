"""Log Parser: lines of web server logs, or of a pattern of one's own, as fields."""

from collections.abc import Callable

import regex

from ..errors import InvalidValueError, UnsupportedError
from ..plan.given import NOTHING_GIVEN, Given
from ..plan.model import StagePlan
from ..records.paths import MISSING, UnreachablePathError, get, put
from ..records.record import Record
from ..records.values import FieldValue
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import text_of

SERVICE = "com.streamsets.pipeline.api.service.dataformats.log.LogParserService"
TIMEOUT_S = 1.0
_COMMON = (
    r"(?P<clientip>\S+) (?P<ident>\S+) (?P<auth>\S+) \[(?P<timestamp>[^\]]+)\] "
    r'"(?:(?P<verb>\w+) (?P<request>\S+)(?: HTTP/(?P<httpversion>[0-9.]+))?|(?P<rawrequest>[^"]*))" '
    r"(?P<response>\d+) (?:(?P<bytes>\d+)|-)"
)
_PATTERNS = {
    "COMMON_LOG_FORMAT": _COMMON,
    "COMBINED_LOG_FORMAT": _COMMON + r' (?P<referrer>"(?:[^"\\]|\\.)*") (?P<agent>"(?:[^"\\]|\\.)*")',
    "APACHE_ERROR_LOG_FORMAT": (
        r"\[(?P<timestamp>[^\]]+)\] \[(?P<loglevel>[^\]]+)\](?: \[client (?P<clientip>[^\]]+)\])? (?P<message>.*)"
    ),
}


@processor("com_streamsets_pipeline_stage_processor_logparser_LogParserDProcessor")
def log_parser(plan: StagePlan, tools: Tools) -> Process:
    """The groups of the line go as texts to the target field; with ``retainOriginalLine`` the line goes along.

    Raises:
        UnsupportedError: a format that is not read here.
        InvalidValueError: a broken regular expression.
    """
    given = plan.services.get(SERVICE, NOTHING_GIVEN).under("logParserServiceConfig.")
    source, target = plan.given.text("fieldPathToParse", "/text"), plan.given.text("parsedFieldPath", "/")
    parse = line_parser(given)
    kind = given.text("logMode", "COMMON_LOG_FORMAT")

    def handle(record: Record) -> Record:
        held = get(record.value, source)
        if held is MISSING:
            raise RecordFault("LOGP_00", f"field {source} is not there")
        line = text_of(held, source)  # type: ignore[arg-type]
        if line is None:
            raise RecordFault("LOGP_01", f"field {source} is null")
        try:
            fields = parse(line)
        except TimeoutError:
            raise RecordFault("LOGP_03", f"the pattern took longer than {TIMEOUT_S:g} s") from None
        if fields is None:
            raise RecordFault("LOGP_03", f"LOG_PARSER_03 - the line {line[:80]!r} does not fit {kind}")
        try:
            record.value = put(record.value, target, fields)
        except UnreachablePathError:
            raise RecordFault("LOGP_02", f"the parent of field {target} is not there") from None
        return record

    return each(handle)


def line_parser(given: Given) -> Callable[[str], dict[str, FieldValue] | None]:
    """What turns a line into fields, None for one that does not fit; a pattern that runs away is a TimeoutError."""
    pattern, names = _pattern(given)
    keeps = given.flag("retainOriginalLine")

    def parse(line: str) -> dict[str, FieldValue] | None:
        found = pattern.match(line, timeout=TIMEOUT_S)
        if found is None:
            return None
        fields: dict[str, FieldValue] = {name: found.group(group) for name, group in names.items()}
        if keeps:
            fields["originalLine"] = line
        return fields

    return parse


def _pattern(given: Given) -> "tuple[regex.Pattern[str], dict[str, str | int]]":
    """The expression of a format, and field name -> group."""
    kind = given.text("logMode", "COMMON_LOG_FORMAT")
    if kind == "REGEX":
        compiled = _compiled(given.text("regex"))
        groups: dict[str, str | int] = {
            row.text("fieldPath").lstrip("/"): row.integer("group") for row in given.rows("fieldPathsToGroupName")
        }
        wrong = [name for name, group in groups.items() if not 0 <= int(group) <= compiled.groups]
        if wrong:
            raise InvalidValueError("group of " + wrong[0], groups[wrong[0]], f"a group from 0 to {compiled.groups}")
        return compiled, groups
    if kind not in _PATTERNS:
        known = ", ".join([*_PATTERNS, "REGEX"])
        raise UnsupportedError(f"the log format {kind}", f"Formats that are read: {known}.")
    compiled = _compiled(_PATTERNS[kind])
    return compiled, {name: name for name in compiled.groupindex}


def _compiled(pattern: str) -> "regex.Pattern[str]":
    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise InvalidValueError("regular expression", pattern[:80], f"one that can be read ({error})") from None
