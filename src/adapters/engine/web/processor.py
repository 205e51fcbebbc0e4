"""HTTP Client processor: a request per record, its answer in a field."""

import time

import attrs

from ....core.plan.model import StagePlan
from ....core.processors.api import Out, RecordFault, StopFault, Tools
from ....core.records.paths import MISSING, UnreachablePathError, get, put
from ....core.records.record import Record, copy_value
from ....core.records.values import FieldValue
from ..access import with_resources
from ..faults import stage_fault
from ..formats.fault import FormatFault
from .actions import Tries, actions_of, timeout_action
from .answer import SHOWN_CHARS, Answer, NoAnswerError, TookTooLongError
from .client import WebClient, waiting
from .origin import STATUS
from .paging import at_start, paging_of, results_of
from .pump import known_format, parsed
from .requests import Pace, Requests


@attrs.frozen
class _Got:
    """What an answer holds: values, its status and headers, whether pages go on, and whether the tries are over."""

    values: list[FieldValue]
    status: int
    headers: dict[str, str]
    last: bool = True
    again: bool = False


class HttpProcessor:
    """The first value of an answer goes to ``outputField``, or all as a list, or a record for each.

    A path that cannot be reached becomes one name at the root, its slashes left out. Retries and pages end when the
    batch took ``maxWaitTime``.

    Raises:
        InvalidValueError, UnsupportedError: settings that cannot be fulfilled here.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("conf.")
        self._plan, self._tools, self._given = plan, tools, given
        self._settings = with_resources(given.under("dataFormatConfig."), tools.access)
        self._format = known_format(given.text("dataFormat", "JSON"), self._settings)
        self._requests = Requests(given, tools)
        self._paging = paging_of(given.under("pagination."), tools)
        self._actions, self._on_timeout = actions_of(given, records=True), timeout_action(given)
        self._output = given.text("outputField")
        self._several, self._missing = (
            given.text("multipleValuesBehavior", "FIRST_ONLY"),
            given.text("missingValuesBehavior", "PASS_RECORD_ON"),
        )
        self._location = given.text("headerOutputLocation", "HEADER")
        self._most_s = max(1, given.integer("maxRequestCompletionSecs", 60))
        self._wait_s = given.integer("basic.maxWaitTime", 2000) / 1000
        self._pause = waiting(tools)
        self._pace = Pace(max(0, given.integer("rateLimit")) / 1000, tools)
        self._client = WebClient(given.under("client."), tools)

    def __call__(self, batch: list[Record], out: Out) -> None:
        """One request, or several, per record."""
        until_s = time.monotonic() + self._wait_s
        for record in batch:
            try:
                got = self._answer(record, until_s, out)
                for made in self._placed(record, got):
                    out.emit(made)
            except RecordFault as fault:
                out.error(record, fault.code, fault.message)

    def close(self, out: Out) -> None:
        """Closes the connections."""
        self._client.close()

    # asking

    def _answer(self, record: Record, until_s: float, out: Out) -> _Got:
        """What one record's request, its retries and its pages gave."""
        self._page(self._paging.start_at)
        tries, url, whole = Tries(self._pause), self._requests.address(record), None
        renewed, page = False, self._paging.start_at
        while True:
            before = renewed
            got, url_after, renewed = self._once(record, url, tries, until_s, renewed, out)
            over = time.monotonic() > until_s or self._tools.stopped()
            if got.again:
                if over and renewed == before:  # a fresh token is worth one more request
                    raise RecordFault("HTTP_67", f"status {got.status}: the batch took too long for another try")
                continue
            if not self._paging.on or self._several == "FIRST_ONLY" or not got.values:
                return attrs.evolve(got, values=(whole or []) + got.values)
            whole, count = self._joined(whole, got.values)
            page += 1 if self._paging.mode == "BY_PAGE" else count
            if got.last or over:
                return attrs.evolve(got, values=whole)
            self._page(page)
            url = url_after if url_after is not None else self._requests.address(record)
            self._pause(self._paging.pause_s)

    def _page(self, start_at: int) -> None:
        if self._paging.on:
            at_start(self._tools, start_at)

    def _joined(self, whole: list[FieldValue] | None, page: list[FieldValue]) -> tuple[list[FieldValue], int]:
        """The pages so far as one, and how many results the newest has."""
        if not self._paging.keep_all:
            return (whole or []) + page, len(page)
        found = get(page[0], self._paging.results)
        results = found if isinstance(found, list) else []
        if whole:
            held = get(whole[0], self._paging.results)
            if isinstance(held, list):
                held.extend(results)
            return whole, len(results)
        return page[:1], len(results)

    def _once(
        self, record: Record, url: str, tries: Tries, until_s: float, renewed: bool, out: Out
    ) -> tuple[_Got, str | None, bool]:
        """One request: what it gave, the address of the next page, and whether the token was renewed."""
        self._pace.keep()
        method = self._requests.method(record)
        content = self._requests.body(record) if method != "GET" else None
        request = self._requests.request(record, method, url, content)
        ends_s = time.monotonic() + self._most_s
        try:
            answer = self._client.send(request, self._most_s)
            try:
                return self._looked(record, method, answer, tries, ends_s, renewed, out)
            finally:
                answer.close()
        except TookTooLongError as error:
            fault = StopFault("HTTP_18", "the run ends as no answer came in time")
            if self._on_timeout.retries and time.monotonic() > until_s:
                raise RecordFault("HTTP_03", f"no answer came in time: {error}") from None
            tries.apply(self._on_timeout, "timeout", fault, "no answer came in time")
            return _Got([], 0, {}, again=True), None, renewed
        except (NoAnswerError, FormatFault) as error:
            raise RecordFault("HTTP_03", f"the request failed: {error}") from None

    def _looked(
        self,
        record: Record,
        method: str,
        answer: Answer,
        tries: Tries,
        ends_s: float,
        renewed: bool,
        out: Out,
    ) -> tuple[_Got, str | None, bool]:
        headers = answer.first_headers()
        if self._client.renews and answer.status in (401, 403):
            if renewed:
                raise StopFault("HTTP_21", "a fresh token was refused (HTTP_38 in later versions)")
            self._client.renew()
            return _Got([], answer.status, headers, again=True), None, True
        if not answer.good:
            return self._refused(answer, tries), None, renewed
        if method == "HEAD":
            return _Got([{}], answer.status, headers), None, renewed
        if not answer.has_body():
            if answer.status != 204:
                raise RecordFault("HTTP_34", f"status {answer.status}: the answer has no body")
            return _Got([copy_value(record.value)], answer.status, headers), None, renewed
        values, after, last = self._values(answer, ends_s, out)
        return _Got(values, answer.status, headers, last), after, renewed

    def _refused(self, answer: Answer, tries: Tries) -> _Got:
        """What becomes of an answer that is no success."""
        headers, body = answer.first_headers(), answer.text()
        action = self._actions.get(answer.status)
        reason = f"status {answer.status}: {answer.reason} {body}"[:SHOWN_CHARS]
        if action is None:
            if self._given.flag("propagateAllHttpResponses"):
                field = self._given.text("errorResponseField", "outErrorBody")
                return _Got([{field: body}], answer.status, headers)
            raise RecordFault("HTTP_01", reason)
        tries.apply(action, answer.status, StopFault("HTTP_14", f"the run ends by its rule for {reason}"), reason)
        return _Got([], answer.status, headers, again=True)

    # values

    def _values(self, answer: Answer, ends_s: float, out: Out) -> tuple[list[FieldValue], str | None, bool]:
        """The values of a body, the address of the next page, and whether this is the last one."""
        found: list[FieldValue] = []
        after, last = answer.next_link() if self._paging.mode == "LINK_HEADER" else None, not self._paging.on
        first = True
        try:
            for item in parsed(answer, self._format, self._settings):
                if item.fault is not None:
                    raise item.fault
                if time.monotonic() > ends_s:
                    raise TookTooLongError("the answer did not end in time")
                value = item.value.value if isinstance(item.value, Record) else item.value
                if first and self._paging.mode == "LINK_FIELD":
                    after = self._paging.next_url(Record(value), answer.status)
                first = False
                more, ends = self._of_item(value, answer.status)
                found += more
                last = last or ends
        except FormatFault as fault:
            stage_fault(self._plan, out, "HTTP_00", f"status {answer.status}: the answer cannot be parsed: {fault}")
        return found, after, last or (self._paging.by_link and after is None)

    def _of_item(self, value: FieldValue, status: int) -> tuple[list[FieldValue], bool]:
        """The values of one parsed item, and True when it is an empty page."""
        if self._format == "TEXT" and isinstance(value, dict):
            return [value.get("text")], False
        if self._format not in ("JSON", "XML"):
            return [value], False
        if isinstance(value, list):
            return value, not value
        if not self._paging.on:
            return [value], False
        results = results_of(value, attrs.evolve(self._paging, keep_all=False), status)
        if results is None:
            raise RecordFault("HTTP_12", f"status {status}: there is no field {self._paging.results} in the answer")
        if self._paging.keep_all:
            return [value], not results
        return ([results] if self._several == "FIRST_ONLY" else results), not results

    # where they go

    def _placed(self, record: Record, got: _Got) -> list[Record]:
        if not isinstance(record.value, dict):
            raise RecordFault("HTTP_61", f"status {got.status}: {self._output} cannot be set, the record is no map")
        if not got.values:
            if self._missing == "SEND_TO_ERROR":
                raise RecordFault("HTTP_68", f"status {got.status}: the answer holds no value")
            return [record]
        if self._several == "SPLIT_INTO_MULTIPLE_RECORDS":
            return [self._with(record.copy(), value, got) for value in got.values]
        return [self._with(record, got.values if self._several == "ALL_AS_LIST" else got.values[0], got)]

    def _with(self, record: Record, value: FieldValue, got: _Got) -> Record:
        assert isinstance(record.value, dict)
        held: FieldValue = dict(record.value)
        if self._location != "NONE":
            record.attributes[STATUS] = str(got.status)
        if self._location == "HEADER":
            prefix = self._given.text("headerAttributePrefix")
            record.attributes.update({prefix + name: text for name, text in got.headers.items()})
        elif self._location == "FIELD":
            target = self._given.text("headerOutputField")
            if get(record.value, target) is not MISSING:
                raise StopFault("HTTP_11", f"status {got.status}: the record has a field {target} already")
            held = _set(held, target, dict(got.headers))
        record.value = _set(held, self._output, value)
        return record


def _set(held: FieldValue, path: str, value: FieldValue) -> FieldValue:
    try:
        return put(held, path, value)
    except UnreachablePathError:
        assert isinstance(held, dict)
        held[path.replace("/", "")] = value
        return held
