"""The request of a record, or of a whole batch, with its tries and pages: what the HTTP Client processor puts out."""

import time
from collections.abc import Callable, Sequence
from typing import NoReturn

import attrs

from ....core.plan.model import StagePlan
from ....core.processors.api import RecordFault, StopFault, Tools
from ....core.records.paths import get
from ....core.records.record import Record, copy_value
from ....core.records.values import FieldValue
from ..access import with_access
from ..formats.fault import FormatFault
from .actions import TIMEOUT, Action, GivenUpError, Tries, actions_of, timeout_action
from .answer import SHOWN_CHARS, Answer, NoAnswerError, TookTooLongError
from .client import WebClient, waiting
from .meter import FIRST_PAGE, NEXT_PAGES, RETRIES, SUCCESS, TIMEOUT_RETRIES
from .paging import at_start, paging_of, results_of
from .pump import known_format, parsed
from .requests import Pace, Requests

Content = Callable[[Record, str], bytes | None]
"""The body of a request by its first record and its method."""


class PassedOn(Exception):
    """The tries are over, and the rule lets the record go on as it is."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


@attrs.frozen
class Got:
    """What the answers to a record hold: values, the last status and headers. ``refused`` was no success."""

    values: list[FieldValue]
    status: int
    headers: dict[str, str]
    refused: bool = False


@attrs.frozen
class _Page:
    """One answer: its values, the map that they lie in where that is kept, and the address of the next page."""

    got: Got
    around: FieldValue = None
    after: str | None = None
    last: bool = True
    again: bool = False


class Asking:
    """Sends the requests of a processor. ``given`` are the settings below ``conf``.

    Raises:
        InvalidValueError, UnsupportedError: settings that cannot be fulfilled here.
    """

    def __init__(self, plan: StagePlan, tools: Tools, content: Content | None = None) -> None:
        given = plan.given.under("conf.")
        self._tools, self._given = tools, given
        self._settings = with_access(given.under("dataFormatConfig."), tools.access)
        self._format = known_format(given.text("dataFormat", "JSON"), self._settings)
        self._requests = Requests(given, tools)
        self._content = content or self._own_content
        self._paging = paging_of(given.under("pagination."), tools)
        self._all = given.text("multipleValuesBehavior", "FIRST_ONLY") != "FIRST_ONLY"
        self._actions, self._on_timeout = actions_of(given, records=True), timeout_action(given)
        self._most_s = max(1, given.integer("maxRequestCompletionSecs", 60))
        self._pause = waiting(tools)
        self._pace = Pace(max(0, given.integer("rateLimit")) / 1000, tools)
        self._client = WebClient(given.under("client."), tools)
        self.meter = self._client.meter

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def ask(self, record: Record, until_s: float, whole: Sequence[Record] = ()) -> Got:
        """What one record's request, its tries and its pages gave; with ``whole`` that of a batch.

        Raises:
            RecordFault: nothing that could be used, or nothing before ``until_s``.
            PassedOn: nothing, and the record goes on as it is.
            StopFault: the run ends.
        """
        self._at(self._paging.start_at)
        url, made, number = self._requests.address(record), _Gathered(), self._paging.start_at
        while True:
            with self.meter.timed(NEXT_PAGES if made.pages else FIRST_PAGE):
                page = self._tried(record, url, until_s, whole, first=not made.pages)
            if page.got.refused or not self._paging.on or not self._all:
                return page.got
            made.add(page, self._paging.results)
            if page.last or not page.got.values:
                return made.got(page)
            number += 1 if self._paging.mode == "BY_PAGE" else len(page.got.values)
            self._at(number)
            self._pause(self._paging.pause_s)
            url = page.after if page.after is not None else self._requests.address(record)

    def _at(self, start_at: int) -> None:
        if self._paging.on:
            at_start(self._tools, start_at)

    def _own_content(self, record: Record, method: str) -> bytes | None:
        return self._requests.body(record) if method != "GET" else None

    # one page

    def _tried(self, record: Record, url: str, until_s: float, whole: Sequence[Record], *, first: bool) -> _Page:
        tries, renewed = Tries(self._pause), False
        while True:
            self._in_time(until_s, stopped=tries.any and self._tools.stopped())
            method = self._requests.method(record)
            request = self._requests.request(record, method, url, self._content(record, method))
            began = time.perf_counter()
            try:
                self._pace.keep()
                ends_s = time.monotonic() + self._most_s
                answer = self._client.send(request, self._most_s)
                try:
                    page = self._looked(record, method, answer, ends_s, whole, first=first, renewed=renewed)
                    if page is None:
                        renewed = True
                        continue
                    if not page.again:
                        self._in_time(until_s)
                        self.meter.took(SUCCESS, time.perf_counter() - began)
                        return page
                    self._status(answer, tries)
                finally:
                    answer.close()
            except TookTooLongError as error:
                self._timeout(error, tries)
            except (NoAnswerError, FormatFault) as error:
                raise RecordFault("HTTP_03", f"the request failed: {error}") from None

    def _in_time(self, until_s: float, *, stopped: bool = False) -> None:
        if stopped or time.monotonic() > until_s:
            raise RecordFault("HTTP_67", "the time for the batch was over before there was an answer")

    def _status(self, answer: Answer, tries: Tries) -> None:
        action = self._actions[answer.status]
        reason = f"status {answer.status}: {answer.reason} {answer.text()}"[:SHOWN_CHARS]
        self.meter.count(RETRIES, f"Retries for status {answer.status}")
        try:
            fault = StopFault("HTTP_14", f"the run ends by its rule for {reason}")
            tries.apply(action, answer.status, fault)
        except GivenUpError as given_up:
            _refuse(action, "HTTP_101", f"{given_up}: {reason}")

    def _timeout(self, error: TookTooLongError, tries: Tries) -> None:
        self.meter.count(RETRIES, TIMEOUT_RETRIES)
        try:
            tries.apply(
                self._on_timeout, TIMEOUT, StopFault("HTTP_18", f"the run ends as no answer came in time: {error}")
            )
        except GivenUpError as given_up:
            _refuse(self._on_timeout, "HTTP_102", f"{given_up}: no answer came in time: {error}")

    def _looked(
        self,
        record: Record,
        method: str,
        answer: Answer,
        ends_s: float,
        whole: Sequence[Record],
        *,
        first: bool,
        renewed: bool,
    ) -> _Page | None:
        """What an answer holds; None when the token was renewed, so that the request is sent once more."""
        got = Got([], answer.status, answer.first_headers())
        if self._client.renews and answer.status in (401, 403):
            if renewed:
                raise StopFault("HTTP_38", "a fresh token was refused")
            self._client.renew()
            return None
        if not answer.good:
            return self._refused(answer, got)
        if method == "HEAD":
            return _Page(attrs.evolve(got, values=[{}]))
        if not answer.has_body():
            return _Page(attrs.evolve(got, values=[_as_sent(record, whole)] if first else []))
        return self._page(record, answer, got, ends_s, first=first)

    def _refused(self, answer: Answer, got: Got) -> _Page:
        """What becomes of an answer that is no success."""
        if answer.status in self._actions:
            return _Page(got, again=True)
        body = answer.text()
        if self._given.flag("propagateAllHttpResponses"):
            field = self._given.text("errorResponseField", "outErrorBody")
            return _Page(attrs.evolve(got, values=[{field: body}], refused=True))
        raise RecordFault("HTTP_01", f"status {answer.status}: {answer.reason} {body}"[:SHOWN_CHARS])

    def _page(self, record: Record, answer: Answer, got: Got, ends_s: float, *, first: bool) -> _Page:
        """The values of a body, and where the next page is."""
        mode, root = self._paging.mode, None
        page = _Page(got, last=not self._paging.on)
        try:
            for item in parsed(answer, self._format, self._settings):
                if item.fault is not None:
                    raise item.fault
                if time.monotonic() > ends_s:
                    raise TookTooLongError("the answer did not end in time")
                value = item.value.value if isinstance(item.value, Record) else item.value
                root = root or Record(value)
                page = self._with_item(page, value, first=first)
        except FormatFault as fault:
            message = f"status {answer.status}: the answer cannot be parsed: {fault}"
            raise RecordFault("HTTP_00", message) from None
        after = answer.next_link() if mode == "LINK_HEADER" else None
        if mode == "LINK_FIELD" and root is not None:
            after = self._paging.next_url(root, answer.status, record)
        return attrs.evolve(page, after=after, last=page.last or (self._paging.by_link and after is None))

    def _with_item(self, page: _Page, value: FieldValue, *, first: bool) -> _Page:
        """A page with one parsed item more."""
        held, status = page.got.values, page.got.status
        if self._format == "TEXT" and isinstance(value, dict):
            held.append(value.get("text"))
        elif self._format not in ("JSON", "XML"):
            held.append(value)
        elif isinstance(value, list):
            held.extend(value)
            return attrs.evolve(page, last=page.last or not value)
        elif not self._paging.on:
            held.append(value)
        else:
            results = results_of(value, attrs.evolve(self._paging, keep_all=False), status)
            if results is None:
                if first:
                    where = self._paging.results
                    raise RecordFault("HTTP_12", f"status {status}: there is no field {where} in the answer")
                return attrs.evolve(page, last=True)  # a later page without results is the end
            if not self._all and not self._paging.keep_all:
                results = [results]
            held.extend([value] if not self._all and self._paging.keep_all else results)
            around = value if self._paging.keep_all else None
            return attrs.evolve(page, around=around, last=page.last or not results)
        return page


class _Gathered:
    """The pages of one record so far."""

    def __init__(self) -> None:
        self.pages = 0
        self._values: list[FieldValue] = []
        self._around: FieldValue = None

    def add(self, page: _Page, results: str) -> None:
        """Takes over the values of a page; of those in a map the first map is kept, with the results of all."""
        self.pages += 1
        if self.pages == 1:
            self._around = page.around
        held = None if self._around is None else get(self._around, results)
        if self.pages == 1 and held is not None:
            return
        (held if isinstance(held, list) else self._values).extend(page.got.values)

    def got(self, page: _Page) -> Got:
        """All values, with status and headers of the last page."""
        return attrs.evolve(page.got, values=self._values if self._around is None else [self._around])


def _refuse(action: Action, code: str, message: str) -> NoReturn:
    raise PassedOn(code, message) if action.pass_record else RecordFault(code, message)


def _as_sent(record: Record, whole: Sequence[Record]) -> FieldValue:
    """What stands for an answer without a body: the record, or all of the batch."""
    return [copy_value(each.value) for each in whole] if whole else copy_value(record.value)
