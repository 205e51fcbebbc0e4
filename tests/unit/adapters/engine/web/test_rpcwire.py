"""SDC RPC over HTTP: what engines send comes in, and what is sent is what engines read."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from penstock.adapters.engine import rpc, rpcwire
from penstock.adapters.engine.formats.compression import SNAPPY_FRAMES, inflate, snappy_frames
from penstock.adapters.engine.formats.writing import writers
from penstock.adapters.engine.rpc import RpcOrigin
from penstock.adapters.engine.rpcboard import listener_on
from penstock.adapters.engine.rpcwire import Place, RpcClient
from penstock.core.errors import UnsupportedError
from penstock.core.plan.given import NOTHING_GIVEN, Given
from penstock.core.processors import Out, StopFault
from penstock.core.processors.api import Access
from penstock.core.records.record import ErrorInfo, Header, Record
from penstock.core.values import JsonMap, freeze

from ..test_delivery import wait_for
from ..test_rpc import free_port, origin, sender, tools
from .conftest import Reply, Site
from .test_client import CERTIFICATE, KEY, PEM

SENT = Record({"a": 1}, Header("r1", attributes={"k": "v"}, error=ErrorInfo("CODE", "it failed")))
HEADERS = {"X-SDC-APPLICATION-ID": "it", "Content-Type": "application/binary"}
Read = Callable[[RpcOrigin], Callable[[], list[Record]]]


def bodies(*records: Record) -> bytes:
    """Records as engines pass them on."""
    writer = writers("SDC_JSON", NOTHING_GIVEN)()
    return b"".join([*(writer.write(each) for each in records), writer.finish()])


def client(**settings: object) -> RpcClient:
    """What sends for the RPC ID ``it``."""
    frozen = freeze({"appId": "it", "readTimeOutMs": 3000, **settings})
    assert isinstance(frozen, JsonMap)
    return RpcClient(Given(frozen), Access())


@pytest.fixture
def read() -> Iterator[Read]:
    """Begins to read a batch of an origin in the background and commits it; what it gives waits for the records."""
    with ThreadPoolExecutor(1) as pool:

        def one(receiver: RpcOrigin) -> Callable[[], list[Record]]:
            def run() -> list[Record]:
                out = Out(1)
                receiver.read(None, 10, out)
                receiver.committed()
                return list(out.lanes[0])

            return pool.submit(run).result

        yield one


@pytest.fixture
def port() -> Iterator[int]:
    """Where an origin listens that nobody reads."""
    at = free_port()
    receiver = origin(at)
    yield at
    receiver.close()


@pytest.mark.parametrize("packed", [False, True])
def test_batches_of_engines_come_in(read: Read, packed: bool) -> None:
    """As records with their headers, packed with Snappy or not; the sender hears when they are committed."""
    at = free_port()
    receiver = origin(at)
    batch = read(receiver)
    body = bodies(SENT, Record({"a": 2}))
    headers = {**HEADERS, "X-SDC-COMPRESSION": "snappy"} if packed else HEADERS
    answer = httpx.post(
        f"http://127.0.0.1:{at}/ipc/v1", content=snappy_frames(body) if packed else body, headers=headers
    )
    first, second = batch()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (first.value, first.attributes, second.value) == ({"a": 1}, {"k": "v"}, {"a": 2})
    assert first.header.error is not None
    receiver.close()


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/ipc/v1", HEADERS, 200),
        ("GET", "/ipc/v1", {"X-SDC-APPLICATION-ID": "other"}, 403),
        ("GET", "/ipc/v1", {}, 403),
        ("GET", "/ping", {}, 200),
        ("GET", "/other", HEADERS, 404),
        ("POST", "/ping", HEADERS, 404),
        ("PUT", "/ipc/v1", HEADERS, 405),
        ("POST", "/ipc/v1", {**HEADERS, "X-SDC-APPLICATION-ID": "other"}, 403),
        ("POST", "/ipc/v1", {**HEADERS, "Content-Type": "text/plain"}, 400),
        ("POST", "/ipc/v1", {**HEADERS, "X-SDC-COMPRESSION": "other"}, 415),
        ("POST", "/ipc/v1", {**HEADERS, "X-SDC-COMPRESSION": "snappy"}, 400),
        ("POST", "/ipc/v1", HEADERS, 500),
    ],
)
def test_only_senders_that_know_the_id_come_in(
    port: int, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """With the statuses of the original; a body that holds no records is 500."""
    content = b"no records" if method == "POST" else None
    answer = httpx.request(method, f"http://127.0.0.1:{port}{path}", headers=headers, content=content)
    assert answer.status_code == status
    assert (answer.headers.get("X-SDC-PING") == "ping") == (status == 200)


def test_a_batch_that_the_flow_does_not_begin_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a sender that went away leaves nothing behind."""
    monkeypatch.setattr(rpcwire, "TAKEN_S", 0.05)
    answer = httpx.post(f"http://127.0.0.1:{port}/ipc/v1", content=bodies(SENT), headers=HEADERS)
    assert (answer.status_code, "in time" in answer.text) == (500, True)


def test_a_batch_that_was_begun_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender decides how long it waits."""
    monkeypatch.setattr(rpcwire, "TAKEN_S", 0.3)
    at = free_port()
    receiver = origin(at)

    def slow() -> None:
        receiver.read(None, 10, Out(1))
        threading.Event().wait(0.6)
        receiver.committed()

    thread = threading.Thread(target=slow, daemon=True)
    thread.start()
    answer = httpx.post(f"http://127.0.0.1:{at}/ipc/v1", content=bodies(SENT), headers=HEADERS)
    thread.join()
    assert answer.status_code == 200
    receiver.close()


def test_a_record_that_is_too_long_is_refused() -> None:
    """By the setting of the origin."""
    at = free_port()
    held = tools({"configs.port": at, "configs.appId": "it", "configs.maxRecordSize": 1})
    receiver = RpcOrigin(held.plan, held)
    long = bodies(Record({"a": "x" * 1_000_001}))
    answer = httpx.post(f"http://127.0.0.1:{at}/ipc/v1", content=long, headers=HEADERS)
    assert (answer.status_code, "longer" in answer.text) == (500, True)
    receiver.close()


def test_an_origin_that_goes_lets_its_sender_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 410; its port is free then, also when it is forgotten."""
    monkeypatch.setattr(rpcwire, "TAKEN_S", 30.0)
    at = free_port()
    receiver = origin(at)

    def offered() -> bool:
        board = listener_on(at)
        return board is not None and board._offered is not None

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(httpx.post, f"http://127.0.0.1:{at}/ipc/v1", content=bodies(SENT), headers=HEADERS)
        wait_for(offered)
        receiver.close()
        assert answer.result().status_code == 410
    forgotten = origin(at)
    del forgotten
    origin(at).close()


def test_a_port_of_another_program_is_named() -> None:
    """IPC_ORIG_01; nobody listens in this process either."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        at = int(held.getsockname()[1])
        with pytest.raises(StopFault, match="IPC_ORIG_01"):
            origin(at)
    origin(at).close()


def test_where_this_machine_may_not_be_called_only_the_process_comes_in() -> None:
    """Neither side opens a connection."""
    at = free_port()
    nobody = Access(hosts=())
    with pytest.raises(StopFault, match="IPC_DEST_15.*start the job first"):
        sender(at, access=nobody)
    receiver = origin(at, access=nobody)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", at))
    sender(at, access=nobody)
    receiver.close()


def test_hosts_that_are_not_allowed_are_not_called() -> None:
    """At the start of a run."""
    held = tools({"config.hostPorts": ["elsewhere.example:1"]}, access=Access(hosts=("localhost",)))
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        rpc.RpcSender(held.plan, held)


@pytest.mark.parametrize("packed", [False, True])
def test_batches_go_out_as_engines_read_them(site: Site, packed: bool) -> None:
    """With the headers of the protocol."""
    site.replies = [Reply(200, b"", {"X-SDC-PING": "ping"}), Reply(200)]
    place = Place("127.0.0.1", site.server.server_port)
    sends = client(compression=packed)
    assert (sends.refusal(place), sends.send(place, [SENT])) == (None, None)
    asked, sent = site.seen
    assert (asked.method, asked.path, sent.method, sent.path) == ("GET", "/ipc/v1", "POST", "/ipc/v1")
    assert sent.headers["Content-Type"] == "application/binary"
    assert sent.headers["X-SDC-JSON1-FRAGMENTABLE"] == "true"
    assert asked.headers["X-SDC-APPLICATION-ID"] == sent.headers["X-SDC-APPLICATION-ID"] == "it"
    assert sent.headers.get("X-SDC-COMPRESSION") == ("snappy" if packed else None)
    assert (b"".join(inflate([sent.body], SNAPPY_FRAMES)) if packed else sent.body) == bodies(SENT)


def test_without_its_library_batches_are_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compression is no promise to anybody."""

    def missing(data: bytes) -> bytes:
        raise UnsupportedError("Snappy")

    monkeypatch.setattr(rpcwire, "snappy_frames", missing)
    rpcwire._packing.cache_clear()
    assert rpcwire._packing() is None
    rpcwire._packing.cache_clear()


def test_what_is_no_end_point_takes_nothing(site: Site) -> None:
    """Each reason names the place."""
    place = Place("127.0.0.1", site.server.server_port)
    site.replies = [Reply(200, b"hello"), Reply(503, b"later")]
    assert "IPC_DEST_12" in str(client().refusal(place))
    assert str(client().send(place, [SENT])).startswith(f"{place} says 503")
    assert "nothing listens on" in str(client().send(Place("localhost", free_port()), [SENT]))


def test_a_sender_reaches_a_flow_of_another_process(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which this process does not know of."""
    at = free_port()
    receiver = origin(at)
    monkeypatch.setattr(rpc, "listener_on", lambda port: None)
    batch, out = read(receiver), Out(0)
    sender(at)([Record({"a": 1})], out)
    assert (out.errors, [each.value for each in batch()]) == ([], [{"a": 1}])
    with pytest.raises(StopFault, match="IPC_DEST_15.*403"):
        sender(at, rpc_id="other")
    receiver.close()


def test_tls_protects_what_goes_over_the_wire(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name in the certificate is looked at, unless the settings say otherwise."""
    at = free_port()
    settings: dict[str, object] = {
        "configs.port": at,
        "configs.appId": "it",
        "configs.maxWaitTimeSecs": 5,
        "configs.tlsConfigBean.tlsEnabled": True,
        "configs.tlsConfigBean.useRemoteKeyStore": True,
        "configs.tlsConfigBean.privateKey": KEY,
        "configs.tlsConfigBean.certificateChain": [{"credential": CERTIFICATE}],
    }
    held = tools(settings)
    receiver = RpcOrigin(held.plan, held)
    trusting: dict[str, object] = {"tlsConfigBean.tlsEnabled": True, "tlsConfigBean.trustStoreFilePath": str(PEM)}
    batch = read(receiver)
    assert client(**trusting).send(Place("localhost", at), [SENT]) is None
    assert len(batch()) == 1
    assert client().refusal(Place("localhost", at)) is not None
    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: found("127.0.0.1", *more, **named))
    other = Place("elsewhere.example", at)
    assert "certificate" in str(client(**trusting).refusal(other)).lower()
    assert client(**trusting, hostVerification=False).refusal(other) is None
    receiver.close()
