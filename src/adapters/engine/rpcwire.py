"""SDC RPC over HTTP, as engines speak it: other processes of this machine come in, and other machines are reached."""

import functools
import http.client
import io
import ssl
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit
from weakref import finalize, ref

import attrs

from ...core.errors import UnsupportedError
from ...core.plan.given import NOTHING_GIVEN, Given
from ...core.processors.api import Access, StopFault
from ...core.records.record import Record
from .access import allowed_host
from .formats.compression import snappy_frames
from .formats.fault import FormatFault
from .formats.reading import read_items
from .formats.writing import writers
from .rpcboard import Listener
from .web.listening import APP_ID, COMPRESSION, HOST, Answer, Door, Exchange, Server, text_answer
from .web.tls import server_context, tls_context

PATH, PING_PATH = "/ipc/v1", "/ping"
PING, PING_VALUE = "X-SDC-PING", "ping"
TYPE = "application/binary"
LARGEST_BATCH_BYTES = 512_000_000
TAKEN_S = 1.0
"""A batch that the flow does not begin within this time is refused; its sender tries again."""
COMMITTED_S = 600.0
SHOWN_CHARS = 200


class Place(NamedTuple):
    """Where a flow listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def nobody_on(place: Place) -> str:
    """What is said when nobody listens."""
    return f"nothing listens on {place}; start the job first whose origin is SDC RPC with this port"


# in


@attrs.frozen
class _RpcDoor(Door):
    """Asks for the RPC ID, save on the path of the ping."""

    def refusal(self, method: str, target: str, headers: dict[str, str]) -> Answer | None:
        path = urlsplit(target).path
        if path == PING_PATH and method == "GET":
            return None
        if path != PATH:
            return text_answer(404, "Not Found")
        return super().refusal(method, target, headers)


def open_door(board: Listener, rpc_id: str, given: Given, access: Access) -> None:
    """Lets batches in over the port of a listener, until it is closed or forgotten.

    Raises:
        StopFault: the port is taken (IPC_ORIG_01), or a key store that cannot be opened.
        InvalidValueError, UnsupportedError: settings of TLS that cannot be.
    """
    tls = given.under("tlsConfigBean.")
    context = server_context(tls, access, asks=False) if tls.flag("tlsEnabled") else None
    door = _RpcDoor(frozenset({"POST"}), frozenset({"GET"}), (rpc_id,), False, (), LARGEST_BATCH_BYTES, 1)
    most = max(1, given.integer("maxRecordSize", 10)) * 1_000_000
    held = ref(board)

    def served(exchange: Exchange) -> Answer:
        if exchange.headers.get("Content-Type") != TYPE:
            return text_answer(400, f"Wrong content-type, expected '{TYPE}'")
        try:
            records = _read(exchange.body, most)
        except FormatFault as fault:
            return text_answer(500, str(fault))
        found = held()
        reason = "it is shutting down" if found is None else _offered(found, rpc_id, records)
        if reason is None:
            return Answer(200)
        return text_answer(410 if found is None or found.closed else 500, reason)

    server = Server(board.port, door, served, context, "IPC_ORIG_01")
    board.on_close(finalize(board, server.close))


def _offered(board: Listener, rpc_id: str, records: list[Record]) -> str | None:
    return board.offer(rpc_id, records, TAKEN_S, lambda: False, COMMITTED_S)


def _read(body: bytes, most: int) -> list[Record]:
    made: list[Record] = []
    for item in read_items(io.BytesIO(body), "SDC_JSON", NOTHING_GIVEN):
        if item.fault is not None:
            raise item.fault
        if item.end - item.start > most:
            raise FormatFault("SDC_RECORD_PARSER_02", f"a record is longer than {most} characters")
        assert isinstance(item.value, Record)
        made.append(item.value)
    return made


# out


class RpcClient:
    """Sends batches over HTTP with the ``config`` settings of a stage. Only allowed hosts are called."""

    def __init__(self, given: Given, access: Access) -> None:
        self._access, self._rpc_id = access, given.text("appId")
        self._connect_s = max(100, given.integer("connectionTimeOutMs", 5000)) / 1000
        self._read_s = max(100, given.integer("readTimeOutMs", 2000)) / 1000
        self._writers = writers("SDC_JSON", NOTHING_GIVEN)
        self._pack = _packing() if given.flag("compression", True) else None
        tls = given.under("tlsConfigBean.")
        self._context = tls_context(tls, access) if tls.flag("tlsEnabled") else None
        if self._context is not None and not given.flag("hostVerification", True):
            self._context.check_hostname = False

    def refusal(self, place: Place) -> str | None:
        """Why a place takes nothing; None when it does.

        Raises:
            StopFault: a host that is not allowed.
        """
        return self._asked(place, "GET", None, {})

    def send(self, place: Place, records: Sequence[Record]) -> str | None:
        """Why a batch was not taken; None when it was. Raises as ``refusal``."""
        writer = self._writers()
        try:
            body = b"".join([*(writer.write(each) for each in records), writer.finish()])
        except FormatFault as fault:
            return str(fault)
        headers = {"Content-Type": TYPE, "X-SDC-JSON1-FRAGMENTABLE": "true"}
        if self._pack is not None:
            body, headers[COMPRESSION] = self._pack(body), "snappy"
        return self._asked(place, "POST", body, headers)

    def _asked(self, place: Place, method: str, body: bytes | None, headers: dict[str, str]) -> str | None:
        allowed_host(self._access, place.host)
        connection = self._connection(place)
        try:
            connection.connect()
            connection.sock.settimeout(self._read_s)
            connection.request(method, PATH, body, {**headers, APP_ID: self._rpc_id})
            answer = connection.getresponse()
            words = answer.read(SHOWN_CHARS).decode("utf-8", "replace")
            if answer.status != 200:
                return f"{place} says {answer.status} {answer.reason} {words}".rstrip()
            if method == "GET" and answer.getheader(PING) != PING_VALUE:
                return f"{place} is no end point of SDC RPC (IPC_DEST_12)"
            return None
        except ConnectionRefusedError:
            return nobody_on(place)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return f"{place}: {type(error).__name__}: {error}"
        finally:
            connection.close()

    def _connection(self, place: Place) -> http.client.HTTPConnection:
        host = HOST if place.host == "localhost" else place.host
        if self._context is None:
            return http.client.HTTPConnection(host, place.port, timeout=self._connect_s)
        return _Secure(host, place, self._context, self._connect_s)


class _Secure(http.client.HTTPSConnection):
    """Asks for the certificate of the host as the flow names it."""

    def __init__(self, host: str, place: Place, context: ssl.SSLContext, wait_s: float) -> None:
        super().__init__(host, place.port, timeout=wait_s, context=context)
        self._named, self._tls = place.host, context

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._named)


@functools.cache
def _packing() -> Callable[[bytes], bytes] | None:
    """Snappy where its library is; without it batches go as they are."""
    try:
        snappy_frames(b"")
    except UnsupportedError:
        return None
    return snappy_frames


def may_call(access: Access, place: Place) -> bool:
    """True when the host of a place is allowed."""
    try:
        allowed_host(access, place.host)
    except StopFault:
        return False
    return True
