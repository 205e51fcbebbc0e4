"""Folders named by time: which parts of a date a template uses, and the stretch of time that one folder stands for."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo
from enum import IntEnum
from functools import lru_cache

import attrs

from ..el import calls_of, parse_template
from ..el.nodes import Call, Literal
from ..errors import InvalidValueError


class Unit(IntEnum):
    """The parts of a date, coarsest first."""

    YEAR = 0
    MONTH = 1
    DAY = 2
    HOUR = 3
    MINUTE = 4
    SECOND = 5


_UNITS = {
    "YYYY": Unit.YEAR,
    "YY": Unit.YEAR,
    "MM": Unit.MONTH,
    "DD": Unit.DAY,
    "hh": Unit.HOUR,
    "mm": Unit.MINUTE,
    "ss": Unit.SECOND,
}
_NAMES = ("YYYY() or YY()", "MM()", "DD()", "hh()", "mm()", "ss()")
_LEAST = (1, 1, 1, 0, 0, 0)
_DOMAINS = {Unit.HOUR: 24, Unit.MINUTE: 60, Unit.SECOND: 60}
_TWICE = {Unit.SECOND: "HADOOPFS_36", Unit.MINUTE: "HADOOPFS_37", Unit.HOUR: "HADOOPFS_38"}


@attrs.frozen
class PathTemplate:
    """The granularity of a template: ``unit`` is its finest part, ``step`` how many of them one folder stands for."""

    unit: Unit | None
    step: int = 1
    zone: tzinfo = UTC

    def stretch(self, at_ms: int) -> tuple[int, int]:
        """The stretch of time that a moment lies in, its beginning and its last millisecond; the moment alone without
        date parts. The beginning is as date parts read it: local time as if it were UTC."""
        return (at_ms, at_ms) if self.unit is None else _stretch(self, at_ms // 1000)


@lru_cache(4096)
def _stretch(template: PathTemplate, second: int) -> tuple[int, int]:
    unit, step = template.unit, template.step
    assert unit is not None
    local = datetime.fromtimestamp(second, template.zone)
    parts = (local.year, local.month, local.day, local.hour, local.minute, local.second)
    kept = [part if at <= unit else least for at, (part, least) in enumerate(zip(parts, _LEAST, strict=True))]
    kept[unit] -= kept[unit] % step if step > 1 else 0
    begins = datetime(*kept, tzinfo=UTC)  # type: ignore[misc, arg-type]
    ends = _plus(begins, unit, step).replace(tzinfo=template.zone)
    return int(begins.timestamp()) * 1000, int(ends.timestamp()) * 1000 - 1


def _plus(moment: datetime, unit: Unit, count: int) -> datetime:
    if unit is Unit.YEAR:
        return moment.replace(year=moment.year + count)
    if unit is Unit.MONTH:
        return moment + timedelta(days=monthrange(moment.year, moment.month)[1])
    seconds = {Unit.DAY: 86_400, Unit.HOUR: 3600, Unit.MINUTE: 60, Unit.SECOND: 1}[unit]
    return moment + timedelta(seconds=seconds * count)


def path_template(text: str, zone: tzinfo = UTC) -> PathTemplate:
    """The granularity of a template.

    Raises:
        InvalidValueError: a part without all coarser ones (HADOOPFS_29), or an ``every`` that cannot be (30 to 38).
    """
    calls = [call for part in parse_template(text).parts if not isinstance(part, str) for call in calls_of(part)]
    counts = [0] * len(Unit)
    for call in calls:
        if call.name in _UNITS:
            counts[_UNITS[call.name]] += 1
    used = [unit for unit in Unit if counts[unit]]
    for unit in used:
        if unit and not counts[unit - 1]:
            raise _fault(text, f"{_NAMES[unit - 1]} where {_NAMES[unit]} is used (HADOOPFS_29)")
    step = _step(text, [call for call in calls if call.name == "every"], counts)
    return PathTemplate(used[-1] if used else None, step, zone)


def _step(text: str, calls: list[Call], counts: list[int]) -> int:
    if not calls:
        return 1
    if len(calls) > 1:
        raise _fault(text, "every() once (HADOOPFS_30)")
    count, of = (*calls[0].arguments, None, None)[:2]
    unit = _UNITS.get(of.name) if isinstance(of, Call) else None
    if unit not in _DOMAINS:
        raise _fault(text, "every() with hh(), mm() or ss() (HADOOPFS_31)")
    step = count.value if isinstance(count, Literal) else None
    if not isinstance(step, int) or not 1 <= step < _DOMAINS[unit]:
        raise _fault(text, f"every() with a number from 1 to {_DOMAINS[unit] - 1} (HADOOPFS_32)")
    if any(counts[finer] for finer in Unit if finer > unit):
        raise _fault(text, "every() with the finest part of the template (HADOOPFS_33)")
    if _DOMAINS[unit] % step:
        raise _fault(text, f"every() with a number that divides {_DOMAINS[unit]} (HADOOPFS_34)")
    if counts[unit] > 1:
        raise _fault(text, f"{_NAMES[unit]} within every() only ({_TWICE[unit]})")
    return step


def _fault(text: str, expected: str) -> InvalidValueError:
    return InvalidValueError("Directory Template", text, expected)
