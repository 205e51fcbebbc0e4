"""Flows of one process hand records to each other: SDC RPC, and Write to Another Pipeline."""

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

import penstock
from penstock.adapters.engine.rpc import Rota, RpcOrigin, RpcSender
from penstock.adapters.engine.rpcboard import is_here, listener_on
from penstock.adapters.engine.rpcwire import Place
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.records.record import ErrorInfo, Header, Record
from penstock.core.values import JsonMap, freeze

from .test_delivery import wait_for

ERRORS = "com_streamsets_pipeline_stage_destination_sdcipc_ToErrorSdcIpcDTarget"


def tools(settings: dict[str, object], kind: str = "kind", **more: Any) -> Tools:
    """What a stage with these settings may use; its waits take no time."""
    frozen = freeze(settings)
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("R_01", kind, StageType.DESTINATION, given=Given(frozen), outputs=("out",))
    return Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(), **more)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


PORT, OTHER_PORT = free_port(), free_port()


def origin(port: int = PORT, **more: Any) -> RpcOrigin:
    """An origin that listens for the id ``it``."""
    held = tools({"configs.port": port, "configs.appId": "it", "configs.maxWaitTimeSecs": 5}, **more)
    return RpcOrigin(held.plan, held)


def sender(port: int = PORT, kind: str = "kind", rpc_id: str = "it", **more: Any) -> RpcSender:
    """A stage that sends to a port of this machine."""
    settings: dict[str, object] = {
        "config.hostPorts": [f"localhost:{port}"],
        "config.appId": rpc_id,
        "config.readTimeOutMs": 200,
    }
    held = tools(settings, kind, **more)
    return RpcSender(held.plan, held)


def test_a_batch_arrives_whole_and_the_sender_waits_for_its_commit() -> None:
    """Headers and errors come along; what the receiver does to its records changes nothing for the sender."""
    receiver = origin()
    sent = Record({"a": 1}, Header("r1", attributes={"k": "v"}, error=ErrorInfo("CODE", "it failed")))
    out, over = Out(0), threading.Event()
    stage = sender()

    def send() -> None:
        stage([sent, Record({"a": 2})], out)
        over.set()

    threading.Thread(target=send, daemon=True).start()
    got = Out(1)
    assert str(receiver.read(None, 1, got)).startswith("::ipc::1")
    first, _ = got.lanes[0]
    assert (first.value, first.attributes, first.header.error) == ({"a": 1}, {"k": "v"}, sent.header.error)
    first.value["a"] = 9  # type: ignore[index, call-overload]
    assert not over.is_set()
    receiver.committed()
    assert over.wait(5)
    assert (out.errors, sent.value) == ([], {"a": 1})
    receiver.close()


def test_a_batch_that_nobody_commits_is_refused() -> None:
    """After the retries: its records are refused with IPC_DEST_20; error records end the run."""
    receiver, waits, out = origin(), list[float](), Out(0)
    stage, errors = sender(sleep=waits.append), sender(kind=ERRORS, sleep=lambda seconds: None)
    stage([Record({"a": 1})], out)
    assert [(error.code, "in time" in error.message) for error in out.errors] == [("IPC_DEST_20", True)]
    assert waits == [0.03, 0.9, 27.0]
    with pytest.raises(StopFault, match="IPC_DEST_20"):
        errors([Record({"a": 1})], out)
    receiver.close()


def test_a_receiver_that_goes_away_lets_its_sender_go() -> None:
    """The port is free at once."""
    receiver, out = origin(), Out(0)
    stage = sender(sleep=lambda seconds: None)
    receiver.close()
    stage([Record({"a": 1})], out)
    assert f"nothing listens on localhost:{PORT}" in out.errors[0].message
    assert listener_on(PORT) is None
    origin().close()


def test_nobody_to_send_to_forbids_the_start() -> None:
    """IPC_DEST_15 says what to do; a preview does not look."""
    with pytest.raises(StopFault, match="IPC_DEST_15.*start the job first"):
        sender()
    assert sender(preview=True) is not None


def test_another_rpc_id_is_refused() -> None:
    """At the start, without naming either."""
    receiver = origin()
    with pytest.raises(StopFault, match="the RPC ID is another one") as caught:
        sender(rpc_id="secret")
    assert "secret" not in str(caught.value)
    receiver.close()


def test_a_port_belongs_to_one_flow() -> None:
    """A second listener is refused with IPC_ORIG_01; one that is forgotten holds nothing."""
    receiver = origin()
    with pytest.raises(StopFault, match="IPC_ORIG_01"):
        origin()
    del receiver
    origin().close()


@pytest.mark.parametrize(
    ("places", "error", "words"),
    [
        ([], InvalidValueError, "IPC_DEST_00"),
        (["localhost"], InvalidValueError, "IPC_DEST_05"),
        (["localhost:x"], InvalidValueError, "IPC_DEST_05"),
        (["localhost:70000"], InvalidValueError, "IPC_DEST_04"),
        (["localhost:1", "LOCALHOST:1"], InvalidValueError, "IPC_DEST_06"),
        (["2001:db8::1:20000"], InvalidValueError, "IPC_DEST_02"),
        ([":20000"], InvalidValueError, "IPC_DEST_02"),
        (["elsewhere.example:1"], StopFault, "IPC_DEST_15.*elsewhere.example:1: gaierror"),
    ],
)
def test_connections_that_cannot_be_are_named(
    places: list[str], error: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the code of the original."""

    def no_address(host: str, *_: object, **__: object) -> None:
        raise socket.gaierror(f"no {host}")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    held = tools({"config.hostPorts": places})
    with pytest.raises(error, match=words):
        RpcSender(held.plan, held)


def test_places_take_turns_and_stand_in_for_each_other() -> None:
    """Two of two take turns; of ten three do, and the next one comes in for one that failed, which goes to the end."""
    held = tools({})
    two = Rota([Place("a", 1), Place("b", 1)], held)
    assert [two.next(failed=failed).host for failed in (False, False, False, True)] == ["a", "b", "a", "b"]
    ten = Rota([Place(name, 1) for name in "abcdefghij"], held)
    assert [ten.next(failed=False).host for _ in range(6)] == [*"abcabc"]
    assert [ten.next(failed=failed).host for failed in (True, True, False, False)] == ["d", "e", "a", "b"]


def test_this_machine_has_several_names() -> None:
    """No name server is asked."""
    assert all(map(is_here, ("localhost", "127.0.0.1", "::1", "0.0.0.0")))
    assert not is_here("192.0.2.1")
    assert not is_here("example.org")


def test_a_port_that_is_none_is_named() -> None:
    """IPC_ORIG_00."""
    with pytest.raises(InvalidValueError, match="IPC_ORIG_00"):
        origin(0)


def test_a_preview_of_the_receiver_ends_when_nothing_comes() -> None:
    """Instead of waiting until its time is over."""
    held = tools({"configs.port": free_port(), "configs.maxWaitTimeSecs": 0}, preview=True)
    assert RpcOrigin(held.plan, held).read(None, 10, Out(1)) is None


def test_refused_records_of_one_job_reach_another(
    project: penstock.Project, flow_of: Callable[..., penstock.StreamingFlow]
) -> None:
    """Write to Another Pipeline hands them to the job that listens; each record is committed there."""
    receiving = project.create_flow(name="errors")
    source, end = receiving.add_stage("SDC RPC", type="origin"), receiving.add_stage("Trash")
    source.configuration["configs.port"], source.configuration["configs.appId"] = OTHER_PORT, "it"
    source.connect_output_to(end)
    project.update_flow(receiving)
    failing = flow_of('{"a": 1}\n{"a": 2}', ("To Error", {}))
    stage = failing.set_error_stage("Write to Another Pipeline")
    stage.configuration["config.hostPorts"], stage.configuration["config.appId"] = [f"localhost:{OTHER_PORT}"], "it"
    project.update_flow(failing)
    receiver = project.create_job(name="receiver", flow=receiving).start()
    run = project.create_job(name="sender", flow=failing).start()
    run.wait()
    assert run.state == "CompletedWithErrors", run.logs

    def received() -> bool:
        receiver.refresh_status()
        counters = receiver.metrics.get("counters", {})
        return bool(counters.get("pipeline.batchOutputRecords.counter", {}).get("count") == 2)

    wait_for(received)
    receiver.cancel()
