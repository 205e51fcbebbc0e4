"""TCP Server: messages over connections."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import penstock
from penstock.adapters.engine import tcpserver
from penstock.adapters.engine.tcpserver import TcpServer
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, OnError, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.values import FieldValue
from penstock.core.values import JsonMap, freeze

from .formats.test_netflow import flows_9, packet_5, packet_9, template_9

Make = Callable[..., TcpServer]
TEXT: dict[str, object] = {"tcpMode": "DELIMITED_RECORDS", "dataFormat": "TEXT", "ports": ["0"], "maxWaitTime": 20}
ALL = Access()


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes origins, and closes them."""
    monkeypatch.setattr(tcpserver, "WAIT_S", 5.0)
    made: list[TcpServer] = []

    def one(
        settings: dict[str, object],
        access: Access = ALL,
        on_error: OnError = OnError.TO_ERROR,
        now_ms: Callable[[], int] = lambda: 0,
    ) -> TcpServer:
        frozen = freeze({f"conf.{name}": value for name, value in {**TEXT, **settings}.items()})
        assert isinstance(frozen, JsonMap)
        given = Given(frozen)
        plan = StagePlan("T_01", "kind", StageType.ORIGIN, "T", given=given, outputs=("out",), on_error=on_error)
        made.append(
            TcpServer(plan, Tools(plan, now_ms, lambda: 0.5, lambda: "id", scope=Scope(now_ms=now_ms), access=access))
        )
        return made[-1]

    yield one
    for each in made:
        each.close()


def connect(origin: TcpServer) -> socket.socket:
    """A connection to the first port."""
    return socket.create_connection(("127.0.0.1", origin.ports[0]), timeout=10)


def read(origin: TcpServer) -> tuple[list[FieldValue], Out]:
    """The values of the next batch, which comes through."""
    out = Out(1)
    origin.read(None, 1000, out)
    origin.respond([])
    return [record.value for record in out.lanes[0]], out


def test_messages_of_a_connection_are_its_batches(make: Make) -> None:
    """Full ones at once, the rest at the end of the connection; a message without its end is none."""
    origin = make({"batchSize": 2, "maxWaitTime": 60_000})
    with connect(origin) as client:
        client.sendall(b"one\ntwo\nthree\nfou")
    assert [read(origin)[0] for _ in range(2)] == [[{"text": "one"}, {"text": "two"}], [{"text": "three"}]]


def test_a_batch_waits_no_longer_than_the_batch_wait_time(make: Make) -> None:
    """Though the connection goes on."""
    origin = make({})
    with connect(origin) as client:
        client.sendall(b"one\n")
        assert read(origin)[0] == [{"text": "one"}]
        client.sendall(b"two\n")
        assert read(origin)[0] == [{"text": "two"}]


def test_records_and_batches_are_acknowledged(make: Make) -> None:
    """A record when it came, a batch when it is through; each message knows its record."""
    acks: dict[str, object] = {
        "recordProcessedAckMessage": "got ${record:value('/text')}\n",
        "batchCompletedAckMessage": "${batchSize} through, last ${record:value('/text')}\n",
    }
    origin = make(acks)
    with connect(origin) as client, client.makefile() as answers:
        client.sendall(b"one\ntwo\n")
        assert [answers.readline() for _ in range(2)] == ["got one\n", "got two\n"]
        read(origin)
        assert answers.readline() == "2 through, last two\n"


def test_dates_in_an_acknowledgement_are_those_of_the_zone(make: Make) -> None:
    """UTC without one."""
    parts = "${YYYY()}-${MM()}-${DD()} ${hh()}\n"
    for zone, wanted in ((None, "2024-07-01 00\n"), ("America/New_York", "2024-06-30 20\n")):
        settings: dict[str, object] = {"recordProcessedAckMessage": parts, "timeZoneID": zone}
        origin = make(settings, now_ms=lambda: 1_719_792_000_000)
        with connect(origin) as client, client.makefile() as answers:
            client.sendall(b"one\n")
            assert answers.readline() == wanted


def test_an_acknowledgement_that_fails_is_told(make: Make) -> None:
    """The record goes on, and a copy of it is refused with TCP_36."""
    origin = make({"recordProcessedAckMessage": "${record:value('/text') / 0}"})
    with connect(origin) as client:
        client.sendall(b"one\n")
        values, out = read(origin)
    assert (values, [error.code for error in out.errors]) == ([{"text": "one"}], ["TCP_36"])


def test_a_message_that_cannot_be_parsed_is_refused(make: Make) -> None:
    """With its text; those behind it are read."""
    origin = make({"dataFormat": "JSON"})
    with connect(origin) as client:
        client.sendall(b'{no\n{"n": 1}\n')
    values, out = read(origin)
    assert values == [{"n": 1}]
    assert [(error.code, error.record.value) for error in out.errors] == [("TCP_08", {"text": "{no"})]


def test_a_stream_that_means_nothing_ends_its_connection(make: Make) -> None:
    """An error of the stage, or the end of the run where it says so."""
    for on_error in (OnError.TO_ERROR, OnError.STOP):
        origin = make({"maxMessageSize": 5}, on_error=on_error)
        with connect(origin) as client:
            client.sendall(b"much too long\n")
            assert client.makefile().readline().startswith("Closing channel")
        if on_error is OnError.STOP:
            with pytest.raises(StopFault, match="TCP_07"):
                read(origin)
        else:
            assert [code for code, _ in read(origin)[1].stage_errors] == ["TCP_07"]


def test_a_silent_connection_is_closed(make: Make) -> None:
    """After the read timeout, with a word."""
    origin = make({"readTimeout": 1})
    with connect(origin) as client:
        assert client.makefile().readline() == "Closing connection due to read timeout\n"


@pytest.mark.parametrize(
    ("settings", "data"),
    [
        ({"tcpMode": "SYSLOG"}, b"34 <34>Oct 11 22:14:15 host su: hello"),
        (
            {"tcpMode": "SYSLOG", "syslogFramingMode": "NON_TRANSPARENT_FRAMING"},
            b"<34>Oct 11 22:14:15 host su: hello\n",
        ),
        (
            {"tcpMode": "SYSLOG", "syslogCharset": "IBM500", "dataFormatConfig.charset": "UTF-8"},
            "34 <34>Oct 11 22:14:15 host su: hello".encode("cp500"),
        ),
    ],
    ids=["counted", "separated", "other-charset"],
)
def test_messages_of_syslog_are_read(make: Make, settings: dict[str, object], data: bytes) -> None:
    """In both framings."""
    origin = make(settings)
    with connect(origin) as client:
        client.sendall(data)
    ((value,), _) = read(origin)
    assert isinstance(value, dict)
    assert (value["host"], value["severity"], value["remaining"]) == ("host", 2, "su: hello")


def test_messages_can_have_their_length_in_front(make: Make) -> None:
    """In bytes, in a charset of its own."""
    counted: dict[str, object] = {"tcpMode": "CHARACTER_BASED_LENGTH_FIELD", "dataFormat": "JSON"}
    for origin, length in (make(counted), b"8 "), (make({**counted, "lengthFieldCharset": "IBM500"}), b"\xf8\x40"):
        with connect(origin) as client:
            client.sendall(length + b'{"n": 1}' + length + b'{"n": 2}')
        assert read(origin)[0] == [{"n": 1}, {"n": 2}]


def test_tls_shows_the_key_of_the_stage(make: Make) -> None:
    """From a key store or a PEM file; who speaks no TLS is not served."""
    pem = str(Path(__file__).parent / "web" / "localhost.pem")
    origin = make({"tlsConfigBean.tlsEnabled": True, "tlsConfigBean.keyStoreFilePath": pem})
    with connect(origin) as plain:
        plain.sendall(b"hello\n")
        with contextlib.suppress(ConnectionError):
            assert plain.recv(100)[:1] != b"h"
    context = ssl.create_default_context(cafile=pem)
    with context.wrap_socket(connect(origin), server_hostname="localhost") as client:
        client.sendall(b"secret\n")
        assert read(origin)[0] == [{"text": "secret"}]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"ports": []}, InvalidValueError),
        ({"ports": ["x"]}, InvalidValueError),
        ({"ports": ["70000"]}, InvalidValueError),
        ({"tcpMode": "OTHER"}, InvalidValueError),
        ({"recordSeparatorStr": ""}, InvalidValueError),
        ({"recordProcessedAckMessage": "${1 +}"}, InvalidValueError),
        ({"tcpMode": "SYSLOG", "syslogCharset": "none"}, InvalidValueError),
        ({"tcpMode": "CHARACTER_BASED_LENGTH_FIELD", "lengthFieldCharset": "none"}, InvalidValueError),
        ({"tcpMode": "FLUME_AVRO_IPC"}, UnsupportedError),
        ({"tcpMode": "NETFLOW", "maxTemplateCacheSize": 0}, InvalidValueError),
    ],
    ids=["no-port", "word", "large", "mode", "separator", "message", "syslog", "length", "flume", "templates"],
)
def test_what_cannot_be_served_is_said_at_the_start(
    make: Make, settings: dict[str, object], error: type[Exception]
) -> None:
    """Before anybody can connect."""
    with pytest.raises(error):
        make(settings)


def test_flows_come_packet_after_packet(make: Make) -> None:
    """Templates are known as long as the connection lasts; who sent a flow is in it."""
    origin = make({"tcpMode": "NETFLOW", "netflowOutputValuesMode": "INTERPRETED_ONLY"})
    with connect(origin) as client:
        sent = packet_9(template_9((7, 2))) + packet_9(flows_9(b"\0\x35"))
        for at in range(0, len(sent), 7):
            client.sendall(sent[at : at + 7])
        ((found,), _) = read(origin)
        host, port = client.getsockname()
        client.sendall(packet_5(1))
        ((other,), _) = read(origin)
    assert isinstance(found, dict)
    assert isinstance(other, dict)
    assert found["values"] == {"L4_SRC_PORT": 53}
    assert (found["sender"], found["recipient"]) == (f"/{host}:{port}", f"/127.0.0.1:{origin.ports[0]}")
    assert (other["sender"], other["readerId"]) == (f"/{host}", f"/127.0.0.1:{origin.ports[0]}")


def test_a_packet_that_is_none_closes_the_connection(make: Make) -> None:
    """Where the next one begins is not known; what came before is kept."""
    origin = make({"tcpMode": "NETFLOW"})
    with connect(origin) as client:
        client.sendall(packet_5(2) + b"\0\x07")
        values, out = read(origin)
        assert client.recv(1000).startswith(b"Closing channel")
    assert (len(values), [code for code, _ in out.stage_errors]) == (2, ["TCP_07"])
    assert "NETFLOW_00 - version 7" in out.stage_errors[0][1]


def test_ports_are_taken_where_that_is_allowed(make: Make) -> None:
    """TCP_00 for one that somebody has."""
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        make({}, access=Access(hosts=("example.org",)))
    origin = make({})
    with pytest.raises(StopFault, match="TCP_00"):
        make({"ports": [str(origin.ports[0])]})


def test_a_run_that_is_stopped_takes_what_came_before() -> None:
    """Nothing that a connection handed over is lost; a batch of nothing is none."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
    with penstock.open_project() as project:
        flow = project.create_flow(name="flow")
        origin = flow.add_stage("TCP Server")
        for name, value in {**TEXT, "ports": [str(port)], "batchSize": 10, "maxWaitTime": 60_000}.items():
            origin.configuration[f"conf.{name}"] = value
        origin.connect_output_to(flow.add_stage("Trash"))
        project.update_flow(flow)
        run = project.create_job(name="job", flow=flow).start()
        clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
        for client in clients:
            client.sendall(b"".join(b"line %d\n" % number for number in range(95)))
        while not run.metrics or not run.metrics["counters"]["pipeline.batchCount.counter"]["count"]:
            run.refresh_status()
        run.cancel()
        assert run.wait() == "Canceled"
        counters = run.metrics["counters"]
        assert counters["pipeline.batchOutputRecords.counter"]["count"] == 190
        assert counters["pipeline.batchCount.counter"]["count"] == 20
        for client in clients:
            client.close()
