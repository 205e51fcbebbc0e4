"""HTTP Client origin: the records of answers, as a stream, again and again, or once."""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

import attrs

from ....core.el import EvaluationError
from ....core.el.coerce import as_text
from ....core.errors import InvalidValueError
from ....core.java import java_zone
from ....core.plan.model import StagePlan
from ....core.processors.api import Out, StopFault, Tools
from ....core.records.record import Header, Record
from ....core.records.values import FieldValue
from ..access import with_access
from ..faults import stage_fault
from ..formats.fault import FormatFault
from ..formats.item import Item
from .actions import TIMEOUT, Action, GivenUpError, Tries, actions_of, timeout_action
from .answer import Answer, NoAnswerError, TookTooLongError
from .client import Request, WebClient, guarded, waiting
from .meter import FIRST_PAGE, NEXT_PAGES, PROCESSING, RETRIES, SUCCESS, TIMEOUT_RETRIES
from .paging import Offset, at_start, paging_of, read_offset, results_of
from .pump import Pump, known_format
from .requests import headers_of

STATUS = "HTTP-Status"
NAP_S = 0.1
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD")


class HttpOrigin:
    """STREAMING asks again as soon as an answer ends, POLLING after an interval, BATCH once: then the run ends.

    A read ends when it has enough records or ``maxWaitTime`` is over; the next one reads on where it stopped.
    In a preview it ends as soon as there are records and no page is left.

    Raises:
        InvalidValueError: an action or a method that there is not.
        UnsupportedError: a data format, or a way to authenticate, that there is not here.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("conf.")
        self._plan, self._tools, self._given = plan, tools, given
        self._mode, self._method = given.text("httpMode", "STREAMING"), given.text("httpMethod", "GET")
        if self._method not in _METHODS:
            raise InvalidValueError("HTTP Method", self._method, ", ".join(_METHODS))
        self._settings = with_access(given.under("dataFormatConfig."), tools.access)
        self._format = known_format(given.text("dataFormat", "JSON"), self._settings)
        self._headers = [(name, text, tools.evaluate(text)) for name, text in headers_of(given).items()]
        self._address, self._body = tools.evaluate(given.text("resourceUrl")), tools.evaluate(given.text("requestBody"))
        self._type = tools.evaluate(given.text("defaultRequestContentType", "application/json"))
        self._zone = java_zone(given.text("timeZoneID", "UTC") or "UTC") or UTC
        self._batch = max(1, given.integer("basic.maxBatchSize", 1000))
        self._wait_s = given.integer("basic.maxWaitTime", 2000) / 1000
        self._interval_s = given.integer("pollingInterval", 5000) / 1000
        self._paging = paging_of(given.under("pagination."), tools)
        self._actions, self._on_timeout = actions_of(given, records=False), timeout_action(given)
        self._client = WebClient(given.under("client."), tools)
        self._meter = self._client.meter
        self._pause = waiting(tools)
        self._tries = Tries(self._pause)
        self._pump: Pump | None = None
        self._ended_s: float | None = None
        self._timed_out = self._more = self._over = self._paged = self._answered = False
        self._next: str | None = None
        self._url, self._digest = "", ""
        self._made = 0
        self._following, self._asked_s = False, 0.0

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """A batch from an offset on; None behind the end of a BATCH."""
        try:
            return self._read(offset, max_records, out)
        finally:
            self._meter.hand_out(out)

    def _read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        until_s, wanted = time.monotonic() + self._wait_s, min(self._batch, max_records)
        self._made, reached, self._answered = 0, None, False
        self._begin(offset)
        while time.monotonic() <= until_s and self._made < wanted and not self._tools.stopped():
            if self._pump is not None:
                reached = self._take(until_s, wanted, out)
            elif self._tools.preview and self._made and not self._pages_left():
                break
            elif self._due():
                self._following, self._asked_s = self._pages_left(), time.perf_counter()
                answer = self._ask(self._page(reached))
                if answer is None:
                    break
                reached = self._look(answer, out) or reached
            elif self._mode == "BATCH":
                return None
            else:
                self._pause(NAP_S)
        if reached is not None:
            return str(reached)
        # a first answer without records ends the run, whatever the mode, as an origin without offset does
        return offset if self._answered and self._pump is None else offset or ""

    def close(self) -> None:
        """Ends the answer that is being read, and closes the connections."""
        if self._pump is not None:
            self._pump.close()
            self._pump = None
        self._client.close()

    # which address, and when

    def _begin(self, offset: str | None) -> None:
        held = read_offset(offset) if offset and self._paging.on else None
        self._place(self._paging.start_at if held is None else held.start_at)
        if self._pump is None:
            self._url = held.url if held is not None and self._paging.by_link else self._text(self._address)
            guarded([*(text for _, text, _ in self._headers), self._given.text("requestBody")], self._url)

    def _place(self, start_at: int) -> None:
        self._start_at = start_at
        if self._paging.on:
            at_start(self._tools, start_at)

    def _page(self, reached: Offset | None) -> str:
        """The address of the next request; waits between pages."""
        if self._paging.on:
            if self._paged:
                self._pause(self._paging.pause_s)
            self._paged = True
            if self._paging.by_link:
                self._url = self._next or self._url
            else:
                if reached is not None:
                    self._place(reached.start_at)
                self._url = self._text(self._address)
        return self._url

    def _pages_left(self) -> bool:
        return self._next is not None or (self._more and self._paging.mode != "LINK_HEADER")

    def _due(self) -> bool:
        if self._over:
            return False
        if self._ended_s is None or self._timed_out or self._pages_left():
            return True
        since_s = time.monotonic() - self._ended_s
        return (self._mode == "POLLING" and since_s > self._interval_s) or (
            self._mode == "STREAMING" and self._method != "HEAD"
        )

    def _text(self, evaluate: Callable[[Record], FieldValue]) -> str:
        try:
            return as_text(evaluate(Record()))
        except EvaluationError as error:
            raise StopFault("HTTP_06", f"{self._plan.label}: {error}") from None

    # asking

    def _ask(self, url: str) -> Answer | None:
        """The answer, after as many tries as the actions say; None for a timeout, or when the run is to stop."""
        request, renewed = self._request(url), False
        while not self._tools.stopped():
            try:
                answer = self._client.send(request)
                answer.has_body()
            except TookTooLongError as error:
                self._timed_out = True
                self._meter.count(RETRIES, TIMEOUT_RETRIES)
                fault = StopFault("HTTP_18", f"the run ends as no answer came in time: {error}")
                self._apply(self._on_timeout, TIMEOUT, fault)
                return None
            except (NoAnswerError, FormatFault) as error:
                raise StopFault("HTTP_32", f"the request failed: {error}") from None
            self._timed_out = False
            try:
                if not self._again(answer, renewed):
                    self._tries.succeed()
                    if answer.good:
                        self._meter.took(SUCCESS, time.perf_counter() - self._asked_s)
                    return answer
            except (StopFault, TookTooLongError, NoAnswerError) as fault:
                raise StopFault("HTTP_32", f"the request failed: {fault}") from None
            renewed = renewed or answer.status in (401, 403)
        return None

    def _again(self, answer: Answer, renewed: bool) -> bool:
        """True when the request is to be sent again: with another token, or as the actions say.

        Raises:
            StopFault: neither helps.
        """
        if self._client.renews and answer.status in (401, 403):
            answer.close()
            if renewed:
                raise StopFault("HTTP_38", "a fresh token was refused")
            self._client.renew()
            return True
        action = None if answer.good else self._actions.get(answer.status)
        if action is None:
            return False
        reason = f"status {answer.status}: {answer.text()}"
        answer.close()
        self._meter.count(RETRIES, f"Retries for status {answer.status}")
        self._apply(action, answer.status, StopFault("HTTP_14", f"the run ends by its rule for {reason}"))
        return True

    def _apply(self, action: Action, what: object, fault: StopFault) -> None:
        """Waits as the action says. Raises ``fault``, after too many tries too."""
        try:
            self._tries.apply(action, what, fault)
        except GivenUpError as given_up:
            raise StopFault(fault.code, f"{given_up}: {fault.message}") from None

    def _request(self, url: str) -> Request:
        """What is sent; its digest is part of the offset."""
        charset = self._settings.text("charset", "UTF-8")
        digest = hashlib.sha256()
        headers: list[tuple[str, str]] = []
        for name, text, evaluate in self._headers:
            headers.append((name, self._text(evaluate)))
            digest.update((name + text).encode(charset, "replace"))
        content = None
        if self._method != "GET" and self._given.text("requestBody"):
            self._tools.scope.calendar_ms = self._local_ms()
            body = self._text(self._body)
            self._tools.scope.calendar_ms = None
            digest.update(body.encode(charset, "replace"))
            content = body.encode("utf-8", "surrogatepass")
            if not any(name.lower() == "content-type" for name, _ in headers):
                headers.append(("Content-Type", self._text(self._type)))
        self._digest = digest.hexdigest()
        return Request(self._method, url, tuple(headers), content)

    def _local_ms(self) -> int:
        """Now, as the clock of the configured zone shows it: date parts are read in UTC."""
        now_ms = self._tools.now_ms()
        ahead = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(self._zone).utcoffset()
        return now_ms + (int(ahead.total_seconds() * 1000) if ahead is not None else 0)

    # answers

    def _offset(self) -> Offset:
        return Offset(self._url, self._digest, self._tools.now_ms(), self._start_at)

    def _look(self, answer: Answer, out: Out) -> Offset | None:
        """Begins to read a good answer; another one is an error, or a record where all are wanted."""
        self._answered = True
        self._next = answer.next_link() if answer.good and self._paging.mode == "LINK_HEADER" else None
        if not answer.good:
            self._refused(answer, out)
            return None
        if answer.has_body() and self._method != "HEAD":
            self._pump = Pump(answer, self._format, self._settings)
            return None
        answer.close()
        self._ended_s = time.monotonic()
        if self._method == "HEAD":
            at = self._offset()
            out.emit(Record({}, Header(f"{at}::0", attributes=answer.first_headers())))
            self._made += 1
            return self._moved(at, 1)
        self._over = self._mode == "BATCH"
        return None

    def _refused(self, answer: Answer, out: Out) -> None:
        self._ended_s, body = time.monotonic(), answer.text()
        answer.close()
        self._more = False
        if self._given.flag("propagateAllHttpResponses"):
            attributes = {**answer.first_headers(), STATUS: str(answer.status)}
            field = self._given.text("errorResponseField", "outErrorBody")
            out.emit(Record({field: body}, Header(attributes=attributes)))
            self._made += 1
        else:
            stage_fault(self._plan, out, "HTTP_01", f"status {answer.status}: {answer.reason} : {body}")

    def _take(self, until_s: float, wanted: int, out: Out) -> Offset:
        """Records of the answer that is being read; what it cannot be parsed to ends it."""
        pump, at, found = self._pump, self._offset(), 0
        assert pump is not None
        try:
            while self._made < wanted and (left_s := until_s - time.monotonic()) >= 0 and not self._tools.stopped():
                item = pump.take(left_s)
                if item is not None:
                    found = self._item(item, pump.answer, str(at), out)
                elif pump.ended:
                    self._finish(pump)
                    break
        except (FormatFault, TookTooLongError, NoAnswerError) as error:
            self._finish(pump)
            self._more = False
            stage_fault(self._plan, out, "HTTP_00", f"status {pump.answer.status}: the answer cannot be read: {error}")
        return self._moved(at, found) if found else at

    def _finish(self, pump: Pump) -> None:
        pump.close()
        self._pump, self._ended_s = None, time.monotonic()
        took_s = time.perf_counter() - self._asked_s
        self._meter.took(PROCESSING, took_s)
        self._meter.took(NEXT_PAGES if self._following else FIRST_PAGE, took_s)

    def _moved(self, at: Offset, count: int) -> Offset:
        step = {"BY_PAGE": 1, "BY_OFFSET": count}.get(self._paging.mode, 0)
        return attrs.evolve(at, start_at=at.start_at + step)

    def _item(self, item: Item, answer: Answer, source_id: str, out: Out) -> int:
        """Puts out the records of an item; how many of them were in a list of results."""
        if item.fault is not None:
            raise item.fault
        record = item.value if isinstance(item.value, Record) else Record(item.value)
        if not record.header.source_id:
            record.header.source_id = f"{source_id}::{item.label or item.start}"
        record.attributes[STATUS] = str(answer.status)
        if self._paging.mode == "LINK_FIELD":
            self._next = self._paging.next_url(record, answer.status, Record())
            self._more = self._next is not None
        results = results_of(record.value, self._paging, answer.status) if self._paging.on else None
        headers = answer.first_headers()
        if results is None and self._paging.counted:
            if self._start_at == self._paging.start_at:
                raise StopFault(
                    "HTTP_12", f"status {answer.status}: there is no field {self._paging.results} in the answer"
                )
            self._more = False  # a later page without results is the end
            return 0
        if results is None:
            record.attributes.update(headers)
            out.emit(record)
            self._made += 1
            # a page without results is the last one
            self._more = self._more and self._paging.mode == "LINK_FIELD"
            return 0
        for at, value in enumerate(results):
            out.emit(Record(value, Header(f"{source_id}::{at}", attributes=dict(headers))))
        self._made += len(results)
        if self._paging.mode != "LINK_FIELD":
            self._more = bool(results)
        return len(results)
