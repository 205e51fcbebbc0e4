"""TCP Server: messages that come over connections; the batches of a connection are its own."""

import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, tzinfo

import attrs

from ...core.el import ElError, EvaluationError
from ...core.el.coerce import as_text
from ...core.errors import InvalidValueError, UnsupportedError
from ...core.java import java_zone
from ...core.plan.given import Given
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.records.record import Header, Record
from ...core.records.values import FieldValue
from ...core.values import JsonMap
from .access import with_access
from .faults import stage_fault
from .formats.charsets import Encoder, known_charset
from .formats.fault import FormatFault
from .formats.netflow import Exporter, packets, settings_of
from .formats.reading import check_reader, read_items
from .formats.texts import unescaped
from .tcpframes import FrameFault, counted, separated
from .web.listening import HOST, may_listen
from .web.tls import server_context

LAST_PORT = 65_535
MOST_CONNECTIONS = 100
STEP = 1 << 16
WAIT_S = 1.0
NAP_S = 0.05
END_S = 2.0
"""How long the end of a run waits for connections to hand over what they have."""
SYSLOG, NETFLOW = "SYSLOG", "NETFLOW"
_MODES = (SYSLOG, NETFLOW, "DELIMITED_RECORDS", "CHARACTER_BASED_LENGTH_FIELD")
_CHARSETS = {SYSLOG: "syslogCharset", "CHARACTER_BASED_LENGTH_FIELD": "lengthFieldCharset"}
_ELSEWHERE = ("FLUME_AVRO_IPC",)


@attrs.define
class Portion:
    """What a connection sent since its last batch: records, and refused ones with code and reason."""

    connection: "socket.socket | None" = None
    records: list[Record] = attrs.field(factory=list)
    refused: list[tuple[Record, str, str]] = attrs.field(factory=list)
    faults: list[tuple[str, str]] = attrs.field(factory=list)

    @property
    def empty(self) -> bool:
        """True when nothing came."""
        return not (self.records or self.refused or self.faults)


class TcpServer:
    """Listens on ports of this machine only. Every record, and every batch that is through, can be acknowledged.

    Raises:
        InvalidValueError: no port (TCP_02, TCP_03), or a setting that cannot be read (TCP_10, TCP_30, TCP_31, TCP_41).
        StopFault: a port is taken (TCP_00), or nobody may listen here.
        UnsupportedError: Flume.
    """

    pushes = True

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("conf.")
        self._plan, self._tools, self._given = plan, tools, given
        self._frames, self._format, self._settings = _reading(given, tools)
        self._most = max(1, given.integer("batchSize", 1000))
        self._wait_s = max(0, given.integer("maxWaitTime", 1000)) / 1000
        self._read_s = max(0, given.integer("readTimeout", 300))
        self._record_ack = _message(tools, given.text("recordProcessedAckMessage"), "TCP_30")
        self._batch_ack = _message(tools, given.text("batchCompletedAckMessage"), "TCP_31")
        self._charset = known_charset(given.text("ackMessageCharset", "UTF-8"))
        self._zone = java_zone(given.text("timeZoneID", "UTC") or "UTC") or UTC
        self._lock = threading.Lock()
        self._queue: queue.Queue[Portion] = queue.Queue(10)
        self._closed = threading.Event()
        self._ends_s: float | None = None
        self._portion: Portion | None = None
        self._connections: set[socket.socket] = set()
        may_listen(tools.access)
        tls = given.under("tlsConfigBean.")
        self._context = server_context(tls, tools.access, asks=False) if tls.flag("tlsEnabled") else None
        self._sockets = _listening(given.texts("ports"))
        for each in self._sockets:
            threading.Thread(target=self._accept, args=(each,), name="penstock-tcp", daemon=True).start()

    @property
    def ports(self) -> list[int]:
        """Where it listens."""
        return [int(each.getsockname()[1]) for each in self._sockets]

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """The next batch of a connection; a preview ends with it, or when its time is over."""
        ends_s = time.monotonic() + WAIT_S
        while (not self._tools.stopped() or self.waiting) and (self._tools.preview or time.monotonic() < ends_s):
            with suppress(queue.Empty):
                self._portion = self._queue.get(timeout=NAP_S)
                self._put_out(self._portion, out)
                break
        return None if self._tools.preview else offset or ""

    @property
    def waiting(self) -> bool:
        """True while a run that was asked to stop has messages to take that came before; nothing more is let in."""
        if self._ends_s is None:
            self._ends_s = time.monotonic() + END_S
            for each in (*self._sockets, *self._connections):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RD)
        return not self._queue.empty() or (bool(self._connections) and time.monotonic() < self._ends_s)

    def respond(self, responses: list[Record]) -> None:
        """Acknowledges the batch, which is through."""
        portion, self._portion = self._portion, None
        if portion is None or self._batch_ack is None or portion.connection is None:
            return
        self._tools.scope.parameters = {**self._tools.scope.parameters, "batchSize": len(portion.records)}
        text = self._said(self._batch_ack, portion.records[-1] if portion.records else Record())
        if isinstance(text, str):
            _send(portion.connection, Encoder(self._charset)(text))

    def close(self) -> None:
        """Lets go of the ports, and ends the connections."""
        self._closed.set()
        for each in (*self._sockets, *self._connections):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _put_out(self, portion: Portion, out: Out) -> None:
        for record in portion.records:
            out.emit(record)
        for record, code, message in portion.refused:
            out.error(record, code, message)
        for code, message in portion.faults:
            stage_fault(self._plan, out, code, message)

    # connections

    def _accept(self, listening: socket.socket) -> None:
        while not self._closed.is_set():
            try:
                connection, (host, _) = listening.accept()
            except OSError:
                return
            if self._ends_s is not None:
                connection.close()
                return
            if len(self._connections) >= MOST_CONNECTIONS:
                connection.close()
                continue
            self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection, host), name="penstock-tcp", daemon=True).start()

    def _serve(self, raw: socket.socket, host: str) -> None:
        connection = raw
        try:
            if self._context is not None:
                raw.settimeout(self._read_s or None)
                connection = self._context.wrap_socket(raw, server_side=True)
                self._connections.add(connection)
            self._talk(connection, host)
        except OSError:  # somebody who went away, or spoke no TLS
            pass
        finally:
            self._connections -= {raw, connection}
            connection.close()

    def _talk(self, connection: socket.socket, host: str) -> None:
        portion, number = Portion(connection), 0
        try:
            pieces = self._pieces(connection, lambda: self._due(portion))
            for frame in self._flows(pieces, connection) if self._frames is None else self._frames(pieces):
                for record in self._parsed(frame, f"{host}:{number}", portion):
                    number += 1
                    portion.records.append(record)
                    self._acknowledge(record, connection, portion)
                    if len(portion.records) >= self._most:
                        self._hand_over(portion)
        except FrameFault as fault:
            portion.faults.append(("TCP_07", f"a connection was closed: {fault}"))
            _send(connection, b"Closing channel due to exception was thrown\n")
        portion.connection = None
        self._hand_over(portion)

    def _due(self, portion: Portion) -> None:
        """The batch wait time is over."""
        if not portion.empty:
            self._hand_over(portion)

    def _hand_over(self, portion: Portion) -> None:
        """A copy goes into the queue; the portion begins anew."""
        if portion.empty:
            return
        made = attrs.evolve(portion)
        portion.records, portion.refused, portion.faults = [], [], []
        while not self._closed.is_set():
            with suppress(queue.Full):
                self._queue.put(made, timeout=NAP_S)
                return

    def _pieces(self, connection: socket.socket, due: Callable[[], None]) -> Iterator[bytes]:
        """What comes, until the end of the connection; ``due`` is called whenever the batch wait time is over."""
        quiet_s = due_s = time.monotonic()
        while not self._closed.is_set():
            connection.settimeout(max(0.01, min(self._wait_s or 0.01, 1.0)))
            try:
                piece = connection.recv(STEP)
            except (TimeoutError, ssl.SSLWantReadError):
                if self._read_s and time.monotonic() - quiet_s > self._read_s:
                    _send(connection, b"Closing connection due to read timeout\n")
                    return
                piece = None
            if piece == b"":
                return
            if piece:
                quiet_s = time.monotonic()
                yield piece
            if time.monotonic() - due_s >= self._wait_s:
                due()
                due_s = time.monotonic()

    def _flows(self, pieces: Iterator[bytes], connection: socket.socket) -> Iterator[list[FieldValue]]:
        """The flows of every packet; templates are those of the connection."""
        templates, mode = settings_of(self._given, self._tools.now_ms)
        by = Exporter(*(f"/{host}:{port}" for host, port, *_ in (connection.getpeername(), connection.getsockname())))
        try:
            yield from packets(pieces, templates, mode, by)
        except FormatFault as fault:
            raise FrameFault(str(fault)) from None

    def _parsed(self, frame: "bytes | list[FieldValue]", source_id: str, portion: Portion) -> Iterator[Record]:
        if isinstance(frame, list):
            yield from (Record(flow, Header(f"{source_id}::{at}")) for at, flow in enumerate(frame))
            return
        try:
            for item in read_items(io.BytesIO(frame), self._format, self._settings):
                if item.fault is not None:
                    raise item.fault
                record = item.value if isinstance(item.value, Record) else Record(item.value)
                record.header.source_id = record.header.source_id or f"{source_id}::{item.start}"
                yield record
        except FormatFault as fault:
            refused = Record({"text": frame.decode("utf-8", "replace")}, Header(source_id))
            portion.refused.append((refused, "TCP_08", f"the message cannot be parsed: {fault}"))

    def _acknowledge(self, record: Record, connection: socket.socket, portion: Portion) -> None:
        if self._record_ack is None:
            return
        text = self._said(self._record_ack, record)
        if isinstance(text, str):
            _send(connection, Encoder(self._charset)(text))
        else:
            portion.refused.append((record.copy(), "TCP_36", f"the record went on, its acknowledgement failed: {text}"))

    def _said(self, message: Callable[[Record], FieldValue], record: Record) -> "str | EvaluationError":
        scope = self._tools.scope
        with self._lock:  # connections share what expressions see
            scope.calendar_ms = local_millis(scope.now_ms(), self._zone)
            try:
                return as_text(message(record))
            except EvaluationError as error:
                return error
            finally:
                scope.calendar_ms = None


def local_millis(at_ms: int, zone: tzinfo) -> int:
    """The local time of a moment as if it were UTC, as date parts of expressions read it."""
    offset = datetime.fromtimestamp(at_ms / 1000, zone).utcoffset()
    return at_ms + (0 if offset is None else int(offset.total_seconds() * 1000))


Frames = Callable[[Iterable[bytes]], Iterator[bytes]]


def _reading(given: Given, tools: Tools) -> tuple[Frames | None, str, Given]:
    """How messages are found, and the format of one with its settings; NetFlow's have no mark between them."""
    mode, most = given.text("tcpMode", SYSLOG), max(1, given.integer("maxMessageSize", 4096))
    if mode in _ELSEWHERE:
        raise UnsupportedError(f"the TCP mode {mode}", f"Modes that work here: {', '.join(_MODES)}.")
    if mode not in _MODES:
        raise InvalidValueError("TCP Mode", mode, f"{', '.join(_MODES)} (TCP_01)")
    settings = with_access(given.under("dataFormatConfig."), tools.access)
    if mode == NETFLOW:
        settings_of(given)
        return None, NETFLOW, settings
    data_format, charset = given.text("dataFormat", "TEXT"), "UTF-8"
    if mode in _CHARSETS:
        charset = _charset(given, _CHARSETS[mode])
    if mode == SYSLOG:
        data_format, settings = SYSLOG, Given(JsonMap({"charset": charset}))
    check_reader(data_format, settings)
    framing = given.text("syslogFramingMode", "OCTET_COUNTING")
    if mode == "CHARACTER_BASED_LENGTH_FIELD" or (mode == SYSLOG and framing == "OCTET_COUNTING"):
        return lambda pieces: counted(pieces, most, charset), data_format, settings
    name = "recordSeparatorStr" if mode == "DELIMITED_RECORDS" else "nonTransparentFramingSeparatorCharStr"
    text = unescaped(given.text(name, "\\u000A"))
    if not text:
        raise InvalidValueError("Record separator", text, "at least one character (TCP_41)")
    return lambda pieces: separated(pieces, text.encode(), most), data_format, settings


def _charset(given: Given, name: str) -> str:
    text = given.text(name, "UTF-8") or "UTF-8"
    try:
        return known_charset(text)
    except FormatFault:
        raise InvalidValueError(name, text, "a charset (TCP_10)") from None


def _message(tools: Tools, text: str, code: str) -> Callable[[Record], FieldValue] | None:
    try:
        return tools.evaluate(text) if text else None
    except ElError as error:
        raise InvalidValueError(
            "Ack Message", text, f"an expression that can be read: {error.reason} ({code})"
        ) from None


def _listening(ports: tuple[str, ...]) -> list[socket.socket]:
    if not ports:
        raise InvalidValueError("Port", "", "at least one port (TCP_02)")
    made: list[socket.socket] = []
    for text in ports:
        if not text.strip().isdigit() or int(text) > LAST_PORT:
            raise InvalidValueError("Port", text, f"1 to {LAST_PORT} (TCP_03)")
        try:
            made.append(socket.create_server((HOST, int(text)), backlog=MOST_CONNECTIONS))
        except OSError as error:
            for each in made:
                each.close()
            raise StopFault("TCP_00", f"port {text} is not available: {error.strerror}") from None
    return made


def _send(connection: socket.socket, data: bytes) -> None:
    with suppress(OSError):
        connection.sendall(data)
