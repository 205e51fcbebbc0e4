"""HTTP Client destination: a request per batch or per record, and what becomes of refused ones."""

import json
import time
from typing import Any

import pytest

from penstock.adapters.engine.web.destination import HttpDestination
from penstock.core.catalogue.definitions import StageType
from penstock.core.processors import Out, StopFault
from penstock.core.processors.api import Access
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue

from .conftest import Reply, Site, tools_of


def play(site: Site, settings: dict[str, object], *values: FieldValue, **more: Any) -> tuple[Out, list[float]]:
    """What the destination does with records with these values, and how long it waited."""
    held = tools_of({"resourceUrl": site.url, **settings}, StageType.DESTINATION, **more)
    out = held.out()
    stage = HttpDestination(held.tools.plan, held.tools)
    stage([Record(value, Header(f"r{at}")) for at, value in enumerate(values)], out)
    stage.close(out)
    return out, held.waits


def test_a_batch_is_one_request_and_the_first_record_addresses_it(site: Site) -> None:
    """All records are in the body, as JSON lines; headers are evaluated for the first."""
    site.replies = [Reply()]
    settings: dict[str, object] = {
        "resourceUrl": site.url + "/${record:value('/a')}",
        "headers": [{"key": "X-Id", "value": "${record:id()}"}],
    }
    out, _ = play(site, settings, {"a": 1}, {"a": 2})
    (seen,) = site.seen
    assert (seen.method, seen.path, seen.headers["X-Id"]) == ("POST", "/1", "r0")
    assert [json.loads(line) for line in seen.body.splitlines()] == [{"a": 1}, {"a": 2}]
    assert seen.headers["Content-Type"] == "application/json"
    assert out.errors == []


def test_a_request_per_record_has_its_own_address_and_method(site: Site) -> None:
    """Only POST, PUT and PATCH have a body then."""
    site.replies = [Reply()]
    settings: dict[str, object] = {
        "resourceUrl": site.url + "/${record:value('/a')}",
        "singleRequestPerBatch": False,
        "httpMethod": "EXPRESSION",
        "methodExpression": "${record:value('/m')}",
        "dataFormat": "TEXT",
        "dataGeneratorFormatConfig.textFieldPath": "/m",
    }
    play(site, settings, {"a": 1, "m": "PUT"}, {"a": 2, "m": "DELETE"})
    assert [(seen.method, seen.path, seen.body.strip()) for seen in site.seen] == [
        ("PUT", "/1", b"PUT"),
        ("DELETE", "/2", b""),
    ]
    assert site.seen[0].headers["Content-Type"] == "text/plain"


def test_a_deletion_of_a_batch_has_a_body(site: Site) -> None:
    """As in the original."""
    site.replies = [Reply()]
    play(site, {"httpMethod": "DELETE"}, {"a": 1})
    assert json.loads(site.seen[0].body) == {"a": 1}


@pytest.mark.parametrize(("together", "refused"), [(True, ["r0", "r1"]), (False, ["r1"])])
def test_a_status_that_is_no_success_refuses_records(site: Site, together: bool, refused: list[str]) -> None:
    """HTTP_40 with status and body: those of the request, so all of a batch."""
    site.answer = lambda seen: Reply(400, b"bad") if b"2" in seen.body else Reply()
    out, _ = play(site, {"singleRequestPerBatch": together}, {"a": 1}, {"a": 2})
    assert [error.record.header.source_id for error in out.errors] == refused
    assert {(error.code, error.message) for error in out.errors} == {("HTTP_40", "status 400: Bad Request bad")}


@pytest.mark.parametrize("together", [True, False])
def test_a_request_that_fails_refuses_its_records(site: Site, together: bool) -> None:
    """HTTP_41."""
    site.server.server_close()
    out, _ = play(site, {"singleRequestPerBatch": together}, {"a": 1}, {"a": 2})
    assert [error.code for error in out.errors] == ["HTTP_41", "HTTP_41"]


def test_a_record_that_cannot_be_written_refuses_its_request(site: Site) -> None:
    """Its own alone, or the whole batch."""
    site.replies = [Reply()]
    text: dict[str, object] = {"dataFormat": "TEXT", "dataGeneratorFormatConfig.textFieldPath": "/t"}
    out, _ = play(site, {**text, "singleRequestPerBatch": False}, {"t": "a"}, {"u": "b"})
    assert [(error.code, error.record.header.source_id) for error in out.errors] == [("HTTP_41", "r1")]
    out, _ = play(site, text, {"t": "a"}, {"u": "b"})
    assert [error.code for error in out.errors] == ["HTTP_41", "HTTP_41"]


def test_requests_keep_to_the_rate(site: Site) -> None:
    """``rateLimit`` is requests per second."""
    site.replies = [Reply()]
    _, waits = play(site, {"singleRequestPerBatch": False, "rateLimit": 1}, {}, {}, {})
    assert len(waits) == 2
    assert 0 < waits[0] <= 1 < waits[1] <= 2


def test_several_threads_send_the_records_of_a_batch(site: Site) -> None:
    """Each record is answered for by its own request."""
    site.answer = lambda seen: Reply(500 if b"7" in seen.body else 200)
    settings: dict[str, object] = {"singleRequestPerBatch": False, "client.numThreads": 4}
    records: list[FieldValue] = [{"a": n} for n in range(10)]
    out, _ = play(site, settings, *records)
    assert len(site.seen) == 10
    assert [error.record.value for error in out.errors] == [{"a": 7}]


def test_a_request_that_takes_too_long_refuses_its_records(site: Site) -> None:
    """After the seconds that are set."""

    def late(seen: object) -> Reply:
        time.sleep(1.5)
        return Reply()

    site.answer = late
    out, _ = play(site, {"maxRequestCompletionSecs": 1}, {"a": 1})
    assert [error.code for error in out.errors] == ["HTTP_41"]


def test_an_empty_batch_sends_nothing(site: Site) -> None:
    """No request without a record."""
    play(site, {})
    assert site.seen == []


def test_a_refused_token_is_renewed_and_the_batch_sent_again(site: Site) -> None:
    """Nothing is lost with the old token."""
    site.answer = lambda seen: (
        Reply(200, b'{"access_token": "t%d"}' % len(site.seen))
        if seen.path == "/token"
        else Reply(200 if seen.headers["Authorization"] == "Bearer t3" else 401)
    )
    out, _ = play(site, {"client.useOAuth2": True, "client.oauth2.tokenUrl": f"{site.url}/token"}, {"a": 1})
    assert out.errors == []
    assert [seen.path for seen in site.seen] == ["/token", "/", "/token", "/"]


@pytest.mark.parametrize("together", [True, False])
def test_a_fresh_token_that_is_refused_refuses_the_records(site: Site, together: bool) -> None:
    """HTTP_41, with HTTP_38 as the reason."""
    site.answer = lambda seen: Reply(200, b'{"access_token": "t"}') if seen.path == "/token" else Reply(403)
    settings = {"client.useOAuth2": True, "client.oauth2.tokenUrl": f"{site.url}/token"}
    out, _ = play(site, {**settings, "singleRequestPerBatch": together}, {"a": 1})
    assert [(error.code, "HTTP_38" in error.message) for error in out.errors] == [("HTTP_41", True)]


def test_metrics_tell_of_requests_and_statuses(site: Site) -> None:
    """A request of a batch is one, whatever the number of its records."""
    site.replies = [Reply(200), Reply(404)]
    out, _ = play(site, {}, {"a": 1}, {"a": 2})
    counted = {(name, key) for name, key, value in out.notes if value is not None}
    assert counted == {("Request", ""), ("Successful Request", ""), ("Record Processing", ""), ("Http Status", "200")}
    assert ("Retries", "") not in {(name, key) for name, key, _ in out.notes}


def test_headers_with_secrets_are_sent_too(site: Site) -> None:
    """Those of ``secureHeaders``."""
    site.replies = [Reply()]
    play(site, {"secureHeaders": [{"key": "X-Key", "value": "s3"}]}, {"a": 1})
    assert site.seen[0].headers["X-Key"] == "s3"


def test_without_allowed_hosts_nothing_is_sent(site: Site) -> None:
    """The run ends and says what is allowed."""
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        play(site, {}, {"a": 1}, access=Access(hosts=("other.example",)))
    assert site.seen == []
