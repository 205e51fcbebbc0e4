"""Field selectors: paths, wildcards, and paths with conditions such as ``/*[${f:type() == 'STRING'}]``."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

import attrs
import regex

from ..el import EvaluationError
from ..errors import InvalidValueError
from ..records.paths import Parts, all_paths, expand, has_wildcards, parse_path, pattern_text, to_path
from ..records.record import Record
from .api import StopFault, Tools

Select = Callable[[Record], list[str]]
MATCH_S = 1.0
_CONDITION = re.compile(r"\s*\$\{.*\}\s*\Z", re.DOTALL)
_INDEX = re.compile(r"\*|\?|[0-9]{1,9}")


@attrs.frozen
class _Step:
    """One step of a selector: a name as a pattern, an index (None for any, ``?`` for one digit), or a condition."""

    name: str | None = None
    index: str | None = None
    condition: str | None = None


def selector(tools: Tools, pattern: str) -> Select:
    """What gives the paths that a selector stands for in a record.

    Raises:
        InvalidValueError: it is no selector. The callable raises ``StopFault`` for a condition without a value.
    """
    if "${" not in pattern:
        return lambda record: expand(record.value, pattern)
    steps = _steps(pattern)
    tests = {text: tools.predicate(text) for step in steps if (text := step.condition) is not None}

    def holds(record: Record, text: str, parts: Parts) -> bool:
        tools.scope.field = to_path(parts)
        try:
            return tests[text](record)
        except EvaluationError as error:
            raise StopFault("CTRCMN_0100", f"the condition {text[:80]} cannot be evaluated: {error}") from None

    def fits(record: Record, path: str) -> bool:
        parts, at = parse_path(path), 0
        for step in steps:
            if step.condition is not None:
                if not holds(record, step.condition, parts[:at]):
                    return False
            elif at >= len(parts) or not _is_step(step, parts[at]):
                return False
            else:
                at += 1
        return at == len(parts)

    return lambda record: [path for path in all_paths(record.value) if fits(record, path)]


def selectors(tools: Tools, patterns: Iterable[str]) -> Select:
    """As ``selector``, for several of them: in their order, what fits two comes twice."""
    made = [selector(tools, pattern) for pattern in patterns]
    return lambda record: [path for select in made for path in select(record)]


def _is_step(step: _Step, part: str | int) -> bool:
    if isinstance(part, int):
        return step.index is not None and (
            step.index == "*" or (step.index == "?" and part < 10) or (step.index.isdigit() and int(step.index) == part)
        )
    if step.name is None:
        return False
    try:
        return _name_pattern(step.name).fullmatch(part, timeout=MATCH_S) is not None
    except TimeoutError:
        raise InvalidValueError("field path", step.name[:80], f"a pattern that takes less than {MATCH_S:g} s") from None


@lru_cache(maxsize=2048)
def _name_pattern(name: str) -> "regex.Pattern[str]":
    try:
        return regex.compile(pattern_text(name) if has_wildcards(name) else name, regex.ASCII)
    except regex.error as error:
        raise InvalidValueError("field path", name[:80], f"a pattern that can be read ({error})") from None


def _steps(pattern: str) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "[":
            inner, at = _bracket(pattern, at)
            if _CONDITION.match(inner):
                steps.append(_Step(condition=inner.strip()))
            elif _INDEX.fullmatch(inner):
                steps.append(_Step(index=inner))
            else:
                raise InvalidValueError("field path", pattern, "a number, * or an expression in brackets")
        elif pattern[at] == "/":
            end = _name_end(pattern, at + 1)
            name = parse_path(pattern[at:end])
            if name:
                steps.append(_Step(name=str(name[0])))
            at = end
        else:
            raise InvalidValueError("field path", pattern, "a path that starts with / or [")
    return tuple(steps)


def _name_end(pattern: str, at: int) -> int:
    """Where a name ends: before the next slash or bracket outside of quotes."""
    quote = ""
    while at < len(pattern):
        char = pattern[at]
        if char in "'\"" and pattern[at - 1] != "\\":
            quote = "" if char == quote else quote or char
        elif char in "/[" and not quote:
            if pattern[at : at + 2] != char * 2:
                return at
            at += 1
        at += 1
    return at


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """What stands in the brackets that open at ``at``, and the index behind them."""
    depth, start = 0, at
    while at < len(pattern):
        depth += {"[": 1, "]": -1}.get(pattern[at], 0)
        at += 1
        if not depth:
            return pattern[start + 1 : at - 1], at
    raise InvalidValueError("field path", pattern, "a closing bracket")
