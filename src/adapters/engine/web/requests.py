"""Requests that settings describe record by record: address, method, headers, body."""

import time
from collections.abc import Callable

from ....core.el import EvaluationError
from ....core.el.coerce import as_text
from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.processors.api import StopFault, Tools
from ....core.records.record import Record
from ....core.records.values import FieldValue
from .client import Request, guarded, waiting

METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH")
EXPRESSION = "EXPRESSION"


def headers_of(given: Given) -> dict[str, str]:
    """The headers of a stage, those that hold secrets last."""
    return {**given.pairs("headers"), **given.pairs("secureHeaders")}


class Requests:
    """Makes the request of a record. ``given`` are the settings below ``conf``."""

    def __init__(self, given: Given, tools: Tools) -> None:
        self._tools = tools
        self._address = tools.evaluate(given.text("resourceUrl"))
        self._headers = [(name, text, tools.evaluate(text)) for name, text in headers_of(given).items()]
        method = given.text("httpMethod", "POST")
        if method not in (*METHODS, EXPRESSION):
            raise InvalidValueError("HTTP Method", method, ", ".join((*METHODS, EXPRESSION)))
        self._method = tools.evaluate(given.text("methodExpression") if method == EXPRESSION else method)
        self._body_text = given.text("requestBody")
        self._body = tools.evaluate(self._body_text)
        self._type = tools.evaluate(given.text("defaultRequestContentType", "application/json"))

    def method(self, record: Record) -> str:
        """The method for a record.

        Raises:
            StopFault: the expression cannot be evaluated, or gives no method (HTTP_06).
        """
        made = self._text(self._method, record)
        if made not in METHODS:
            raise StopFault("HTTP_06", f"the method expression gives {made[:40]!r}; methods are {', '.join(METHODS)}")
        return made

    def address(self, record: Record) -> str:
        """The address for a record. Raises ``StopFault``."""
        made = self._text(self._address, record)
        guarded([*(text for _, text, _ in self._headers), self._body_text], made)
        return made

    def body(self, record: Record) -> bytes | None:
        """The configured body; None where none is configured. Raises ``StopFault``."""
        return self._text(self._body, record).encode("utf-8", "surrogatepass") if self._body_text else None

    def request(
        self, record: Record, method: str, url: str, content: bytes | None, content_type: str | None = None
    ) -> Request:
        """The whole request; a content type of the headers wins, then the one that is given. Raises ``StopFault``."""
        headers = [(name, self._text(evaluate, record)) for name, _, evaluate in self._headers]
        if content is not None and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", content_type or self._text(self._type, record)))
        return Request(method, url, tuple(headers), content)

    def _text(self, evaluate: Callable[[Record], FieldValue], record: Record) -> str:
        try:
            return as_text(evaluate(record))
        except EvaluationError as error:
            raise StopFault("HTTP_06", f"a setting cannot be evaluated: {error}") from None


class Pace:
    """Keeps requests so far apart, even while a run that was asked to stop ends its batch."""

    def __init__(self, apart_s: float, tools: Tools) -> None:
        self._apart_s, self._tools, self._wait = apart_s, tools, waiting(tools)
        self._free_s = 0.0

    def keep(self) -> None:
        """Waits until the next request may go."""
        now_s = time.monotonic()
        if now_s < self._free_s:
            self._wait(self._free_s - now_s)
            if self._tools.stopped() and not self._tools.preview:  # the wait was cut short
                time.sleep(max(0.0, self._free_s - time.monotonic()))
        self._free_s = max(now_s, self._free_s) + self._apart_s
