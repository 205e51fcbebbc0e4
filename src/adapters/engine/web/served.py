"""HTTP Server and REST Service: every request is a batch; REST Service answers with what the flow sends back."""

import io
import itertools
import time

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.plan.given import Given
from ....core.plan.model import StagePlan
from ....core.processors.api import Out, Tools
from ....core.processors.responses import HEADER_PREFIX, RAW, STATUS_CODE
from ....core.records.record import Header, Record
from ....core.records.values import FieldValue, ListMap
from ..access import with_access
from ..formats.fault import FormatFault
from ..formats.item import Item
from ..formats.reading import check_reader, read_items
from ..formats.writing import writers
from .listening import Answer, Door, Exchange, Listener, may_listen
from .tls import server_context

MOST_MB = 100
LAST_PORT = 65_535
WAIT_S = 1.0
NAP_S = 0.05
MULTI_STATUS = 207
TYPES = {"JSON": "application/json", "SDC_JSON": "application/json", "TEXT": "text/plain"}


class HttpServer:
    """The records of the bodies that are sent with POST and PUT, a batch for each request; GET is answered at once.

    Listens on this machine only, where its hosts may be called. A request is answered when its batch is through.

    Raises:
        InvalidValueError: no port of a machine (HTTP_SERVER_ORIG_00), or too large requests (HTTP_SERVER_PUSH_00).
        StopFault: the port is taken, or nobody may listen here.
        UnsupportedError: Kerberos, a gateway, or a format that cannot be read.
    """

    pushes = True
    methods = frozenset({"POST", "PUT"})
    pings = frozenset({"GET", "HEAD"})

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given
        self._plan, self._tools = plan, tools
        self._settings = with_access(given.under("dataFormatConfig."), tools.access)
        self._format = given.text("dataFormat", "JSON")
        check_reader(self._format, self._settings)
        self._count = itertools.count()
        self._exchange: Exchange | None = None
        self._failed = False
        self._listener = _listener(given, tools, self.methods, self.pings)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._listener.port

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """The next request as it was sent, whatever its size; a preview ends with it, or when its time is over."""
        self._exchange = exchange = self._next()
        if exchange is None:
            return None if self._tools.preview else offset or ""
        self._failed = not self._parsed(exchange, out)
        return None if self._tools.preview else ""

    def respond(self, responses: list[Record]) -> None:
        """Answers the request of the batch."""
        if self._exchange is not None:
            self._exchange.answer(self._made(responses))
            self._exchange = None

    def close(self) -> None:
        """Lets go of the port."""
        self._listener.close()

    def _made(self, responses: list[Record]) -> Answer:
        return Answer(500 if self._failed else 200)

    def _next(self) -> Exchange | None:
        ends_s = time.monotonic() + WAIT_S
        while not self._tools.stopped() and (self._tools.preview or time.monotonic() < ends_s):
            taken = self._listener.take(NAP_S)
            if taken is not None:
                return taken
        return None

    def _parsed(self, exchange: Exchange, out: Out) -> bool:
        """Puts the records of a body out; False when some of it cannot be parsed, which is refused as it came."""
        request_id = f"{self._tools.now_ms()}.{next(self._count)}"
        attributes = _attributes(exchange)
        try:
            for item in read_items(io.BytesIO(exchange.body), self._format, self._settings):
                if item.fault is not None:
                    raise item.fault
                out.emit(_record(item, f"{request_id}::{item.label or item.start}", attributes))
        except FormatFault as fault:
            text = exchange.body.decode("utf-8", "replace")
            refused = Record({"text": text}, Header(f"{request_id}::0", attributes=attributes))
            out.error(refused, "HTTP_SERVER_PUSH_01", f"the body of the request cannot be parsed: {fault}")
            return False
        return True


class RestService(HttpServer):
    """As HTTP Server, for every method; the answer holds the records that Send Response to Origin got.

    A request without records gives one empty record with the attribute ``emptyPayloadRecord``.
    """

    methods = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"})
    pings = frozenset()

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        self._response = plan.given.under("responseConfig.")
        self._response_format = self._response.text("dataFormat", "JSON")
        self._writers = writers(
            self._response_format, with_access(self._response.under("dataGeneratorFormatConfig."), tools.access)
        )
        if plan.given.flag("httpConfigs.useApiGateway"):
            raise UnsupportedError("an API gateway", "Let callers use the port of the stage.")
        super().__init__(plan, tools)

    def _parsed(self, exchange: Exchange, out: Out) -> bool:
        found = super()._parsed(exchange, out)
        if found and not any(out.lanes):
            attributes = {**_attributes(exchange), "emptyPayloadRecord": "true"}
            out.emit(Record(ListMap(), Header("emptyPayload", attributes=attributes)))
        return found

    def _made(self, responses: list[Record]) -> Answer:
        codes = {each.attributes[STATUS_CODE] for each in responses if STATUS_CODE in each.attributes}
        status = MULTI_STATUS if len(codes) > 1 else int(next(iter(codes), "200"))
        named = [(name, value) for each in responses for name, value in each.attributes.items()]
        headers = [(n.removeprefix(HEADER_PREFIX), value) for n, value in named if n.startswith(HEADER_PREFIX)]
        good = [each for each in responses if each.header.error is None]
        bad = [each for each in responses if each.header.error is not None]
        try:
            body = self._written([*good, *bad] if self._raw else [self._envelope(status, good, bad)])
        except FormatFault as fault:
            return Answer(500, (("Content-Type", "text/plain"),), str(fault).encode())
        headers.append(("Content-Type", TYPES.get(self._response_format, "application/octet-stream")))
        return Answer(status, tuple(dict.fromkeys(headers)), body)

    @property
    def _raw(self) -> bool:
        return self._response.flag("sendRawResponse")

    def _written(self, records: list[Record]) -> bytes:
        writer = self._writers()
        return b"".join([*(writer.write(each) for each in records), writer.finish()])

    def _envelope(self, status: int, good: list[Record], bad: list[Record]) -> Record:
        """Status, records and refused records in one; XML wants a single root."""
        made: dict[str, FieldValue] = {"httpStatusCode": status}
        if bad:
            assert bad[-1].header.error is not None
            made["errorMessage"] = bad[-1].header.error.message
        made["data"] = [value for each in good for value in self._values(each)]
        made["error"] = [value for each in bad for value in self._values(each)]
        return Record({"response": ListMap(made)} if self._response_format == "XML" else ListMap(made))

    def _values(self, record: Record) -> list[FieldValue]:
        """The value of a record; a text that is the response of another service as what it holds, where it can be."""
        if RAW not in record.attributes or not isinstance(record.value, str):
            return [record.value]
        try:
            items = list(read_items(io.BytesIO(record.value.encode()), self._format, self._settings))
            return [_record(item, "", {}).value for item in items if item.fault is None]
        except FormatFault:
            return [record.value]


def _record(item: Item, source_id: str, attributes: dict[str, str]) -> Record:
    record = item.value if isinstance(item.value, Record) else Record(item.value, Header(source_id))
    record.attributes.update(attributes)
    return record


def _attributes(exchange: Exchange) -> dict[str, str]:
    """What is known of a request beside its body."""
    return {
        "path": exchange.path,
        "queryString": exchange.query,
        "method": exchange.method,
        "remoteHost": exchange.host,
        **exchange.headers,
    }


def _listener(given: Given, tools: Tools, methods: frozenset[str], pings: frozenset[str]) -> Listener:
    most, port = given.integer("maxRequestSizeMB", MOST_MB), given.integer("httpConfigs.port", 8000)
    held = given.under("httpConfigs.")
    if not 1 <= most <= MOST_MB:
        raise InvalidValueError("Max Request Size (MB)", most, f"1 to {MOST_MB} (HTTP_SERVER_PUSH_00)")
    if not 0 <= port <= LAST_PORT:
        raise InvalidValueError("HTTP Listening Port", port, f"1 to {LAST_PORT} (HTTP_SERVER_ORIG_00)")
    if held.flag("spnegoConfigBean.spnegoEnabled"):
        raise UnsupportedError("authentication with Kerberos", "Use application IDs, or users over TLS.")
    may_listen(tools.access)
    tls = held.under("tlsConfigBean.")
    secure = tls.flag("tlsEnabled")
    users = held.rows("basicAuthUsers") if secure else ()
    door = Door(
        methods,
        pings,
        tuple(row.text("credential") for row in held.rows("appIds") if row.text("credential").strip()),
        held.flag("appIdViaQueryParamAllowed"),
        tuple((row.text("username"), row.text("password")) for row in users),
        most * 1_000_000,
        held.integer("maxConcurrentRequests", 10),
    )
    context = server_context(tls, tools.access, asks=held.flag("needClientAuth")) if secure else None
    return Listener(port, door, context)
