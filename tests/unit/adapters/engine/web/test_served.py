"""HTTP Server and REST Service: requests become batches, and wait for what becomes of them."""

import gzip
import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

import penstock
from penstock.adapters.engine.web import listening, served
from penstock.adapters.engine.web.served import HttpServer, RestService
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.record import ErrorInfo, Record
from penstock.core.values import JsonMap, freeze

Send = Callable[..., "tuple[Out, Future[httpx.Response]]"]
Make = Callable[..., HttpServer]
ALL = Access()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that finds nothing ends soon."""
    monkeypatch.setattr(served, "WAIT_S", 0.02)
    monkeypatch.setattr(listening, "NAP_S", 0.01)


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes origins that listen on a free port, and closes them."""
    made: list[HttpServer] = []

    def one(kind: type[HttpServer] = RestService, access: Access = ALL, **settings: Any) -> HttpServer:
        frozen = freeze({"httpConfigs.port": 0, **settings})
        assert isinstance(frozen, JsonMap)
        plan = StagePlan("Web_01", "kind", StageType.ORIGIN, "Web", given=Given(frozen), outputs=("out",))
        tools = Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(), access=access)
        made.append(kind(plan, tools))
        return made[-1]

    yield one
    for each in made:
        each.close()


@pytest.fixture
def send() -> Iterator[Send]:
    """Sends a request to an origin and reads its batch; the answer comes when the origin responds."""
    with ThreadPoolExecutor(2) as pool:

        def one(origin: HttpServer, method: str = "POST", path: str = "/", **more: Any) -> Any:
            asked = pool.submit(httpx.request, method, f"http://127.0.0.1:{origin.port}{path}", **more)
            out = Out(1)
            while not (any(out.lanes) or out.errors or asked.done()):
                origin.read("", 1000, out)
            return out, asked

        yield one


def test_a_request_is_a_batch_with_what_is_known_of_it(make: Make, send: Send) -> None:
    """Path, query, method and headers are attributes; source ids count the requests."""
    origin = make()
    out, asked = send(origin, "PUT", "/a?b=1", content=b'{"n": 1} {"n": 2}', headers={"X-Own": "7"})
    origin.respond([])
    assert asked.result().status_code == 200
    first, second = out.lanes[0]
    assert (first.value, second.value) == ({"n": 1}, {"n": 2})
    held = first.attributes
    assert [held[name] for name in ("path", "queryString", "method", "remoteHost")] == ["/a", "b=1", "PUT", "127.0.0.1"]
    assert {name.lower(): value for name, value in held.items()}["x-own"] == "7"
    assert first.header.source_id.startswith("1000.0::")


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PATCH", "POST", "PUT"])
def test_a_request_without_records_gives_an_empty_one(make: Make, send: Send, method: str) -> None:
    """REST Service takes every method."""
    origin = make()
    out, asked = send(origin, method)
    origin.respond([])
    assert asked.result().status_code == 200
    (record,) = out.lanes[0]
    assert (record.value, record.attributes["emptyPayloadRecord"], record.attributes["method"]) == ({}, "true", method)


def test_the_answer_has_the_records_of_the_flow_in_an_envelope(make: Make, send: Send) -> None:
    """Status and headers are those that the records carry."""
    origin = make()
    out, asked = send(origin, content=b'{"n": 1}')
    out.lanes[0][0].attributes.update({"responseStatusCode": "201", "responseHeader_X-Mine": "yes"})
    origin.respond(list(out.lanes[0]))
    answer = asked.result()
    assert (answer.status_code, answer.headers["X-Mine"]) == (201, "yes")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"httpStatusCode": 201, "data": [{"n": 1}], "error": []}


def test_refused_records_are_errors_of_the_answer(make: Make, send: Send) -> None:
    """Different statuses are a multi-status."""
    origin = make()
    out, asked = send(origin, content=b'{"n": 1} {"n": 2}')
    good, bad = out.lanes[0]
    good.attributes["responseStatusCode"], bad.attributes["responseStatusCode"] = "200", "500"
    bad.header.error = ErrorInfo("C", "C - no", "S", "S", 0)
    origin.respond([good, bad])
    assert asked.result().json() == {
        "httpStatusCode": 207,
        "errorMessage": "C - no",
        "data": [{"n": 1}],
        "error": [{"n": 2}],
    }


def test_a_raw_answer_is_the_records_alone(make: Make, send: Send) -> None:
    """With ``sendRawResponse``; in XML an envelope has a single root."""
    origin = make(**{"responseConfig.sendRawResponse": True})
    out, asked = send(origin, content=b'{"n": 1}')
    origin.respond(list(out.lanes[0]))
    assert asked.result().json() == {"n": 1}
    origin = make(**{"responseConfig.dataFormat": "XML"})
    out, asked = send(origin, content=b'{"n": 1}')
    origin.respond(list(out.lanes[0]))
    assert asked.result().text.count("<response>") == 1


def test_what_another_service_answered_is_parsed_into_the_envelope(make: Make, send: Send) -> None:
    """Or is a text, where it cannot be."""
    origin = make()
    _, asked = send(origin, content=b"{}")
    raw = [Record('{"a": 1}'), Record("no json")]
    for each in raw:
        each.attributes["rawPayloadRecord"] = "true"
    origin.respond(raw)
    assert asked.result().json()["data"] == [{"a": 1}, "no json"]


@pytest.mark.parametrize(("kind", "status"), [(RestService, 200), (HttpServer, 500)])
def test_a_body_that_cannot_be_parsed_is_refused(make: Make, send: Send, kind: type[HttpServer], status: int) -> None:
    """With its text; what came before the fault is not lost."""
    origin = make(kind)
    out, asked = send(origin, content=b'{"n": 1} {no')
    origin.respond([])
    assert asked.result().status_code == status
    assert [record.value for record in out.lanes[0]] == [{"n": 1}]
    assert [(each.code, each.record.value) for each in out.errors] == [
        ("HTTP_SERVER_PUSH_01", {"text": '{"n": 1} {no'})
    ]


def test_an_http_server_answers_pings_and_takes_post_and_put(make: Make, send: Send) -> None:
    """A GET is no batch; other methods are not allowed."""
    origin = make(HttpServer)
    out, asked = send(origin, "GET", content=b'{"n": 1}')
    assert (asked.result().status_code, asked.result().headers["X-SDC-PING"], out.lanes) == (200, "ping", [[]])
    for method in ("TRACE", "TRACK", "DELETE"):
        assert send(origin, method)[1].result().status_code == 405


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {"X-SDC-APPLICATION-ID": "one"}, 200),
        ("/?sdcApplicationId=two", {}, 200),
        ("/", {"X-SDC-APPLICATION-ID": "three"}, 403),
        ("/", {}, 403),
    ],
    ids=["header", "query", "wrong", "missing"],
)
def test_requests_need_one_of_the_application_ids(
    make: Make, send: Send, path: str, headers: dict[str, str], status: int
) -> None:
    """In a header, or in the address where that is allowed; blank ones are none."""
    ids = [{"credential": "one"}, {"credential": "two"}, {"credential": " "}]
    origin = make(HttpServer, **{"httpConfigs.appIds": ids, "httpConfigs.appIdViaQueryParamAllowed": True})
    assert send(origin, "GET", path, headers=headers)[1].result().status_code == status


def test_packed_and_chunked_bodies_are_read(make: Make, send: Send) -> None:
    """gzip only; other packings get 415."""
    origin = make()
    out, asked = send(origin, content=iter([gzip.compress(b'{"n": 1}')]), headers={"Content-Encoding": "gzip"})
    origin.respond([])
    assert (asked.result().status_code, [record.value for record in out.lanes[0]]) == (200, [{"n": 1}])
    assert send(origin, content=b"x", headers={"Content-Encoding": "br"})[1].result().status_code == 415


@pytest.mark.parametrize("packed", [False, True])
def test_too_large_bodies_are_not_taken(make: Make, send: Send, packed: bool) -> None:
    """Neither as they are nor unpacked."""
    origin = make(maxRequestSizeMB=1)
    body = b" " * 1_000_001
    headers = {"Content-Encoding": "gzip"} if packed else {}
    _, asked = send(origin, content=gzip.compress(body) if packed else body, headers=headers)
    assert asked.result().status_code == 413


def test_requests_that_wait_at_the_end_are_told(make: Make, send: Send) -> None:
    """The one whose batch failed gets 500."""
    origin = make()
    _, asked = send(origin, content=b"{}")
    origin.close()
    assert asked.result().status_code == 500


def test_tls_shows_the_key_of_the_stage(make: Make, send: Send) -> None:
    """From a PEM file; users are asked for over TLS only."""
    settings = {
        "httpConfigs.tlsConfigBean.tlsEnabled": True,
        "httpConfigs.tlsConfigBean.keyStoreFilePath": str(Path(__file__).with_name("localhost.pem")),
        "httpConfigs.basicAuthUsers": [{"username": "u", "password": "p"}],
    }
    origin = make(HttpServer, **settings)
    where = f"https://127.0.0.1:{origin.port}/"
    assert httpx.get(where, verify=False).status_code == 401
    assert httpx.get(where, verify=False, auth=("u", "p")).status_code == 200


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"httpConfigs.port": 70_000}, InvalidValueError),
        ({"maxRequestSizeMB": 101}, InvalidValueError),
        ({"httpConfigs.spnegoConfigBean.spnegoEnabled": True}, UnsupportedError),
        ({"httpConfigs.useApiGateway": True}, UnsupportedError),
    ],
    ids=["port", "size", "kerberos", "gateway"],
)
def test_what_cannot_be_served_is_said_at_the_start(
    make: Make, settings: dict[str, object], error: type[Exception]
) -> None:
    """Before anybody can call."""
    with pytest.raises(error):
        make(**settings)


def test_nobody_listens_where_local_calls_are_not_allowed(make: Make) -> None:
    """As on a server whose hosts were named; a port that is taken is a fault too."""
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        make(access=Access(hosts=("example.org",)))
    origin = make(access=Access(hosts=("localhost",)))
    with pytest.raises(StopFault, match="HTTP_SERVER_ORIG_01"):
        make(**{"httpConfigs.port": origin.port})


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def test_a_microservice_answers_for_its_flow() -> None:
    """Good records come back by Send Response to Origin, refused ones by the error stage of that name."""
    port = free_port()
    with penstock.open_project() as project:
        flow = project.create_flow(name="service")
        origin = flow.add_stage("REST Service")
        origin.http_listening_port = port
        maker = flow.add_stage("Expression Evaluator")
        maker.field_expressions = [{"fieldToSet": "/double", "expression": "${record:value('/n') * 2}"}]
        back = flow.add_stage("Send Response to Origin")
        back.status_code, back.response_headers = 201, [{"key": "X-Mine", "value": "yes"}]
        origin.connect_output_to(maker)
        maker.connect_output_to(back)
        flow.set_error_stage("Send Response to Origin")
        project.update_flow(flow)
        run = project.create_job(name="job", flow=flow).start()
        good = httpx.post(f"http://127.0.0.1:{port}/", json={"n": 2})
        bad = httpx.post(f"http://127.0.0.1:{port}/", json={"n": "x"})
        run.cancel()
        assert (good.status_code, good.headers["X-Mine"]) == (201, "yes")
        assert json.loads(good.text)["data"] == [{"n": 2, "double": 4}]
        assert [each["n"] for each in json.loads(bad.text)["error"]] == ["x"]
        assert run.wait() == "Canceled"
