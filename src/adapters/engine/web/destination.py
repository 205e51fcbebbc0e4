"""HTTP Client destination: a request per batch, or per record."""

import time
from concurrent.futures import ThreadPoolExecutor

import attrs

from ....core.plan.model import StagePlan
from ....core.processors.api import Out, StopFault, Tools
from ....core.processors.responses import RAW
from ....core.records.record import Header, Record
from ..access import with_access
from ..formats.fault import FormatFault
from ..formats.writing import writers
from .answer import SHOWN_CHARS, NoAnswerError, TookTooLongError
from .client import Request, WebClient
from .meter import PROCESSING, SUCCESS
from .origin import STATUS
from .requests import Pace, Requests

TYPES = {"TEXT": "text/plain", "JSON": "application/json", "SDC_JSON": "application/json"}
OTHER_TYPE = "application/octet-stream"
MOST_THREADS = 32
_WITH_BODY = ("POST", "PUT", "PATCH")


class HttpDestination:
    """With ``singleRequestPerBatch`` the first record of a batch says where it goes, and all share its fate.

    A status that is no success refuses records with HTTP_40, a request that fails with HTTP_41. With ``responseConf``
    the origin gets the records, or what the server said.

    Raises:
        InvalidValueError, UnsupportedError: settings that cannot be fulfilled here.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("conf.")
        self._plan = plan
        self._requests = Requests(given, tools)
        self._writers = writers(
            given.text("dataFormat", "JSON"), with_access(given.under("dataGeneratorFormatConfig."), tools.access)
        )
        self._type = TYPES.get(given.text("dataFormat", "JSON"), OTHER_TYPE)
        self._together = given.flag("singleRequestPerBatch", True)
        self._most_s = max(1, given.integer("maxRequestCompletionSecs", 60))
        rate = given.integer("rateLimit")
        self._pace = Pace(1 / rate if rate > 0 else 0.0, tools)
        threads = max(1, min(given.integer("client.numThreads", 1), MOST_THREADS))
        self._threads = ThreadPoolExecutor(threads, "penstock-http") if not self._together and threads > 1 else None
        self._client = WebClient(given.under("client."), tools)
        self._meter = self._client.meter
        self._responds = given.flag("responseConf.sendResponseToOrigin")
        self._response = given.text("responseConf.responseType", "SUCCESS_RECORDS")

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Sends the records of a batch."""
        try:
            self._send(batch, out)
        finally:
            self._meter.hand_out(out)

    def _send(self, batch: list[Record], out: Out) -> None:
        if not batch:
            return
        if self._together:
            self._told(batch, self._all(batch), out)
            return
        requests = [self._one(record) for record in batch]
        send = map if self._threads is None else self._threads.map
        for record, outcome in zip(batch, send(self._sent_or_not, requests), strict=True):
            self._told([record], outcome, out)

    def close(self, out: Out) -> None:
        """Closes the connections."""
        if self._threads is not None:
            self._threads.shutdown()
        self._client.close()

    def _told(self, records: list[Record], outcome: "Outcome", out: Out) -> None:
        """Refuses records, or answers the origin with them or with what the server said, where that is wanted."""
        if outcome.code:
            for record in records:
                out.error(record, outcome.code, outcome.message)
        elif self._responds and self._response == "SUCCESS_RECORDS":
            out.responses.extend(records)
        elif self._responds:
            attributes = {RAW: "true", STATUS: str(outcome.status)}
            out.responses.append(Record(outcome.message, Header("responseRecord", attributes=attributes)))

    def _all(self, batch: list[Record]) -> "Outcome":
        first = batch[0]
        try:
            method = self._requests.method(first)
            content = self._written(batch) if method in (*_WITH_BODY, "DELETE") else None
            request = self._requests.request(first, method, self._requests.address(first), content, self._type)
        except (FormatFault, StopFault) as error:
            if isinstance(error, StopFault) and error.code != "HTTP_06":
                raise
            return Outcome("HTTP_41", f"the request cannot be made: {error}")
        return self._sent(request)

    def _one(self, record: Record) -> "Request | Outcome":
        method = self._requests.method(record)
        try:
            content = self._written([record]) if method in _WITH_BODY else None
        except FormatFault as fault:
            return Outcome("HTTP_41", f"the record cannot be written: {fault}")
        return self._requests.request(record, method, self._requests.address(record), content, self._type)

    def _written(self, batch: list[Record]) -> bytes:
        writer = self._writers()
        return b"".join([*(writer.write(record) for record in batch), writer.finish()])

    def _sent_or_not(self, request: "Request | Outcome") -> "Outcome":
        if isinstance(request, Outcome):
            return request
        self._pace.keep()
        return self._sent(request)

    def _sent(self, request: Request) -> "Outcome":
        with self._meter.timed(PROCESSING):
            return self._tried(request, again=True)

    def _tried(self, request: Request, *, again: bool) -> "Outcome":
        began = time.perf_counter()
        try:
            answer = self._client.send(request, self._most_s)
            try:
                if answer.good:
                    body = answer.content().decode("utf-8", "replace") if self._responds else answer.text()
                    self._meter.took(SUCCESS, time.perf_counter() - began)
                    return Outcome("", body, answer.status)
                if self._client.renews and answer.status in (401, 403):
                    if not again:
                        return Outcome("HTTP_41", "HTTP_38 - a fresh token was refused")
                    self._client.renew()
                    return self._tried(request, again=False)
                reason = f"status {answer.status}: {answer.reason} {answer.text()}"
                return Outcome("HTTP_40", reason[:SHOWN_CHARS])
            finally:
                answer.close()
        except (NoAnswerError, TookTooLongError, FormatFault) as error:
            return Outcome("HTTP_41", f"the request failed: {error}")


@attrs.frozen
class Outcome:
    """What became of a request: a code and why its records are refused, or no code, and what the server said."""

    code: str
    message: str
    status: int = 0
