"""Answers in pages: how the address of the next one is found, and which records are in one."""

import re
from collections.abc import Callable

import attrs

from ....core.java import java_string
from ....core.plan.given import Given
from ....core.processors.api import StopFault, Tools
from ....core.records.paths import MISSING, get, put
from ....core.records.record import Record, copy_value
from ....core.records.values import FieldValue, ListMap

START_AT = "startAt"
_OFFSET = re.compile(r"url::(.*)::params::([^:]*)::time::(\d+)::startAt::(-?\d+)", re.DOTALL)


@attrs.frozen
class Paging:
    """The ``pagination`` settings."""

    mode: str
    start_at: int
    results: str
    next_path: str
    prefix: Callable[[Record], FieldValue] = attrs.field(repr=False, eq=False)
    keep_all: bool
    pause_s: float
    stop: Callable[[Record], bool] = attrs.field(repr=False, eq=False)

    @property
    def on(self) -> bool:
        """True when answers come in pages."""
        return self.mode != "NONE"

    @property
    def by_link(self) -> bool:
        """True when an answer names the next page."""
        return self.mode in ("LINK_HEADER", "LINK_FIELD")

    @property
    def counted(self) -> bool:
        """True when pages have numbers or offsets."""
        return self.mode in ("BY_PAGE", "BY_OFFSET")

    def next_url(self, record: Record, status: int, asked_for: Record) -> str | None:
        """The address that a field holds; None when the stop condition is fulfilled. The prefix is that of the record
        that was ``asked_for``.

        Raises:
            StopFault: there is no such field (HTTP_66).
        """
        if self.stop(record):
            return None
        found = get(record.value, self.next_path)
        if found is MISSING:
            raise StopFault("HTTP_66", f"status {status}: the link field {self.next_path} is not in the record")
        text, prefix = java_string(found), java_string(self.prefix(asked_for))
        return text if text.startswith(prefix) else prefix + text


def paging_of(given: Given, tools: Tools) -> Paging:
    """The settings below ``pagination``."""
    condition = given.text("stopCondition")
    return Paging(
        given.text("mode", "NONE") or "NONE",
        given.integer("startAt"),
        given.text("resultFieldPath"),
        given.text("nextPageFieldPath"),
        tools.evaluate(given.text("nextPageURLPrefix")),
        given.flag("keepAllFields"),
        max(0, given.integer("rateLimit", 2000)) / 1000,
        tools.predicate(condition) if condition.strip() else lambda record: False,
    )


def results_of(value: FieldValue, paging: Paging, status: int) -> list[FieldValue] | None:
    """The records of a page, with the fields around them where they are kept; None when it has no field of results.

    Raises:
        StopFault: the field holds no list (HTTP_08).
    """
    found = get(value, paging.results)
    if found is MISSING or (not paging.results.strip("/") and not isinstance(found, list)):
        return None
    if not isinstance(found, list):
        raise StopFault("HTTP_08", f"status {status}: the results in {paging.results} are no list")
    if not paging.keep_all:
        return list(found)
    around = put(_shallow(value), paging.results, None)
    return [put(copy_value(around), paging.results, each) for each in found]


def _shallow(value: FieldValue) -> FieldValue:
    """A copy whose maps can be changed; the long lists stay shared."""
    if isinstance(value, dict):
        made = {name: _shallow(item) for name, item in value.items()}
        return ListMap(made) if isinstance(value, ListMap) else made
    return value


def at_start(tools: Tools, start_at: int) -> None:
    """Sets what ``${startAt}`` means."""
    tools.scope.parameters = {**tools.scope.parameters, START_AT: start_at}


@attrs.frozen
class Offset:
    """How far an origin got: the address, a digest of headers and body, the time, and the page."""

    url: str
    digest: str
    time_ms: int
    start_at: int

    def __str__(self) -> str:
        return f"url::{self.url}::params::{self.digest}::time::{self.time_ms}::startAt::{self.start_at}"


def read_offset(text: str) -> Offset:
    """What a text of an offset says.

    Raises:
        StopFault: it is none.
    """
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise StopFault("HTTP_32", f"the stored offset {text[:80]!r} cannot be read")
    return Offset(found[1], found[2], int(found[3]), int(found[4]))
