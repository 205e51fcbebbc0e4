"""HTTP Client origin: modes, pages, actions, offsets, and what it is not allowed to do."""

import base64
import gzip
import hashlib
import hmac
import json
import threading
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

import penstock
from penstock.adapters.engine import EmbeddedEngine
from penstock.adapters.engine.formats.compression import inflate, snappy_frames
from penstock.adapters.engine.web.listening import PACKED
from penstock.adapters.engine.web.origin import HttpOrigin
from penstock.adapters.packaged import packaged_catalogue
from penstock.adapters.system import SystemClock, UuidIds
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import OnError
from penstock.core.preview import PreviewOptions
from penstock.core.processors import Out, StopFault
from penstock.core.processors.api import Access
from penstock.core.project import EngineId, EngineInfo, EnvironmentId
from penstock.core.records.record import Record
from penstock.ports.engine import Target

from .conftest import Held, Reply, Seen, Site, tools_of


def held_of(site: Site, settings: dict[str, object], **more: Any) -> Held:
    """Tools of an origin that polls the site for JSON, and does not wait long for more."""
    path = str(settings.pop("path", "/"))
    given = {"resourceUrl": site.url + path, "httpMode": "BATCH", "basic.maxWaitTime": 5000, **settings}
    return tools_of(given, StageType.ORIGIN, **more)


def read_all(site: Site, settings: dict[str, object], **more: Any) -> tuple[list[Record], Out]:
    """Every record until the end of the data, and the last outcome."""
    held = held_of(site, settings, **more)
    origin, offset = HttpOrigin(held.tools.plan, held.tools), ""
    found: list[Record] = []
    for _ in range(20):
        out = held.out()
        reached = origin.read(offset or None, 1000, out)
        found += out.lanes[0]
        if reached is None:
            origin.close()
            return found, out
        offset = reached
    raise AssertionError("it never came to its end")


def test_a_batch_is_read_once_and_then_the_data_ends(site: Site) -> None:
    """Every JSON value of the answer is a record; headers and status are header attributes."""
    site.replies = [Reply(200, b'{"a": 1} {"a": 2}', {"X-Part": "7"})]
    records, _ = read_all(site, {})
    assert [record.value for record in records] == [{"a": 1}, {"a": 2}]
    assert (records[0].attributes["X-Part"], records[0].attributes["HTTP-Status"]) == ("7", "200")
    assert len(site.seen) == 1


def test_the_offset_says_address_digest_time_and_page(site: Site) -> None:
    """In the form of the original; record ids begin with it."""
    site.replies = [Reply(200, b'[{"a": 1}, {"a": 2}]')]
    held = held_of(site, {"dataFormatConfig.jsonContent": "ARRAY_OBJECTS", "httpMode": "POLLING"})
    out = held.out()
    origin = HttpOrigin(held.tools.plan, held.tools)
    offset = origin.read(None, 2, out)
    nothing = hashlib.sha256().hexdigest()
    assert offset == f"url::{site.url}/::params::{nothing}::time::1000::startAt::0"
    assert [record.header.source_id for record in out.lanes[0]] == [f"{offset}::0", f"{offset}::8"]
    origin.close()


def test_polling_asks_again_after_the_interval(site: Site) -> None:
    """Not before; the batch ends when there are enough records."""
    site.answer = lambda seen: Reply(200, b'{"n": %d}' % len(site.seen))
    held = held_of(site, {"httpMode": "POLLING", "pollingInterval": 0})
    origin, out = HttpOrigin(held.tools.plan, held.tools), held.out()
    origin.read(None, 3, out)
    assert [record.value for record in out.lanes[0]] == [{"n": 1}, {"n": 2}, {"n": 3}]
    slow = held_of(site, {"httpMode": "POLLING", "pollingInterval": 3_600_000, "basic.maxWaitTime": 100})
    patient, out = HttpOrigin(slow.tools.plan, slow.tools), slow.out()
    patient.read(None, 3, out)
    assert len(out.lanes[0]) == 1
    assert slow.waits


def test_records_of_a_stream_are_there_before_it_ends(site: Site) -> None:
    """A batch ends after its wait time with what has come so far; the next one reads on in the same answer."""
    hold = threading.Event()
    site.replies = [Reply(200, [b'{"a": 1}\n{"a": 2}\n{"a"', b": 3}\n"], hold=hold)]
    held = held_of(site, {"httpMode": "STREAMING", "basic.maxWaitTime": 300})
    origin, first, second = HttpOrigin(held.tools.plan, held.tools), held.out(), held.out()
    offset = origin.read(None, 1000, first)
    assert [record.value for record in first.lanes[0]] == [{"a": 1}, {"a": 2}]
    hold.set()
    origin.read(offset, 1, second)
    assert [record.value for record in second.lanes[0]] == [{"a": 3}]
    assert len(site.seen) == 1
    origin.close()


def test_closing_does_not_wait_for_a_stream(site: Site) -> None:
    """The connection is ended although the server has more to say."""
    hold = threading.Event()
    site.replies = [Reply(200, [b'{"a": 1}\n', b"{}"], hold=hold)]
    held = held_of(site, {"httpMode": "STREAMING", "basic.maxWaitTime": 200})
    origin = HttpOrigin(held.tools.plan, held.tools)
    origin.read(None, 1000, held.out())
    pump = origin._pump
    assert pump is not None
    origin.close()
    pump._thread.join(5)
    assert not pump._thread.is_alive()
    hold.set()


PAGES = {0: [1, 2], 1: [3, 4], 2: [5], 3: []}


def page(site: Site, number: int, **more: object) -> Reply:
    """A page of results."""
    return Reply(200, json.dumps({"results": [{"n": n} for n in PAGES[number]], "total": 5, **more}).encode())


def paged(seen: Seen) -> int:
    """The number in the query."""
    return int(parse_qs(urlsplit(seen.path).query)["p"][0])


def test_pages_by_number_end_with_an_empty_one(site: Site) -> None:
    """``${startAt}`` counts pages from the configured start."""
    site.answer = lambda seen: page(site, paged(seen))
    settings = {"path": "/?p=${startAt}", "pagination.mode": "BY_PAGE", "pagination.resultFieldPath": "/results"}
    records, _ = read_all(site, {**settings, "pagination.startAt": 1})
    assert [record.value for record in records] == [{"n": 3}, {"n": 4}, {"n": 5}]
    assert [paged(seen) for seen in site.seen] == [1, 2, 3]
    assert "HTTP-Status" not in records[0].attributes
    assert records[0].header.source_id.endswith("startAt::1::0")


def test_pages_by_offset_count_results(site: Site) -> None:
    """``${startAt}`` grows by the number of results of each page."""
    site.answer = lambda seen: page(site, {0: 0, 2: 1, 4: 2, 5: 3}[paged(seen)])
    settings: dict[str, object] = {
        "path": "/?p=${startAt}",
        "pagination.mode": "BY_OFFSET",
        "pagination.resultFieldPath": "/results",
    }
    records, _ = read_all(site, {**settings, "pagination.keepAllFields": True})
    assert records[1].value == {"results": {"n": 2}, "total": 5}
    assert [paged(seen) for seen in site.seen] == [0, 2, 4, 5]


def test_a_page_without_results_is_the_last_unless_it_is_the_first(site: Site) -> None:
    """A first page without the field ends the run with HTTP_12; a later one puts out nothing."""
    site.answer = lambda seen: page(site, 0) if paged(seen) == 0 else Reply(200, b"{}")
    settings: dict[str, object] = {
        "path": "/?p=${startAt}",
        "pagination.mode": "BY_OFFSET",
        "pagination.resultFieldPath": "/results",
    }
    records, _ = read_all(site, settings)
    assert ([record.value for record in records], len(site.seen)) == ([{"n": 1}, {"n": 2}], 2)
    site.answer = lambda seen: Reply(200, b"{}")
    with pytest.raises(StopFault, match="HTTP_12"):
        read_all(site, settings)


def test_metrics_tell_of_requests_answers_and_pages(site: Site) -> None:
    """Each request, each good answer, the first page and those behind it, and every status."""
    site.replies = [Reply(503), page(site, 0), page(site, 2), page(site, 3)]
    settings = {"path": "/?p=${startAt}", "pagination.mode": "BY_OFFSET", "pagination.resultFieldPath": "/results"}
    row = {"statusCode": 503, "action": "RETRY_IMMEDIATELY"}
    _, out = read_all(site, {**settings, "responseStatusActionConfigs": [row]})
    notes = Counter(name if value != 1 else f"{name} {key}" for name, key, value in out.notes if value is not None)
    assert notes == {
        "Request": 4,
        "Successful Request": 3,
        "Record Processing": 3,
        "Initial Page Resolution": 1,
        "Subsequent Pages Resolution": 2,
        "Http Status 503": 1,
        "Http Status 200": 3,
        "Communication Errors Http status": 1,
        "Retries Retries for status 503": 1,
    }


def test_pages_by_link_header_follow_the_next_link(site: Site) -> None:
    """Until there is none; a relative link is one too. Between pages the rate limit is waited for."""
    site.answer = lambda seen: Reply(
        200,
        b'{"p": "%s"}' % seen.path.encode(),
        {"Link": '</2>; rel="next", </9>; rel="last"'} if seen.path == "/1" else {},
    )
    held = held_of(site, {"path": "/1", "pagination.mode": "LINK_HEADER", "pagination.resultFieldPath": "/none"})
    origin, out = HttpOrigin(held.tools.plan, held.tools), held.out()
    assert origin.read(None, 1000, out) is None
    assert [record.value for record in out.lanes[0]] == [{"p": "/1"}, {"p": "/2"}]
    assert held.waits == [2.0]


def test_pages_by_link_field_end_with_the_stop_condition(site: Site) -> None:
    """The prefix is set before a link that has none."""

    def answer(seen: Seen) -> Reply:
        number = int(seen.path.strip("/"))
        return page(site, number, next=f"/{number + 1}", last=number == 2)

    site.answer = answer
    settings: dict[str, object] = {
        "path": "/0",
        "pagination.mode": "LINK_FIELD",
        "pagination.resultFieldPath": "/results",
        "pagination.nextPageFieldPath": "/next",
        "pagination.nextPageURLPrefix": site.url,
        "pagination.stopCondition": "${record:value('/last')}",
    }
    records, _ = read_all(site, settings)
    assert [record.value for record in records] == [{"n": n} for n in (1, 2, 3, 4, 5)]
    with pytest.raises(StopFault, match="HTTP_66"):
        read_all(site, {**settings, "path": "/0", "pagination.nextPageFieldPath": "/nowhere"})


def test_results_that_are_no_list_end_the_run(site: Site) -> None:
    """HTTP_08 says what was found."""
    site.replies = [Reply(200, b'{"results": {"a": 1}}')]
    with pytest.raises(StopFault, match="HTTP_08"):
        read_all(site, {"pagination.mode": "BY_PAGE", "pagination.resultFieldPath": "/results"})


def test_a_link_page_goes_on_from_its_offset(site: Site) -> None:
    """After a restart the page of the offset is read again, then the next."""
    site.answer = lambda seen: Reply(200, b"{}", {"Link": '</3>; rel="next"'} if seen.path == "/2" else {})
    held = held_of(site, {"path": "/1", "pagination.mode": "LINK_HEADER"})
    origin = HttpOrigin(held.tools.plan, held.tools)
    origin.read(f"url::{site.url}/2::params::x::time::1::startAt::0", 1000, held.out())
    assert [seen.path for seen in site.seen] == ["/2", "/3"]


def test_a_refusal_is_an_error_of_the_stage(site: Site) -> None:
    """HTTP_01 with status and body; nothing with DISCARD is the runner's part, STOP_PIPELINE ends the run."""
    site.replies = [Reply(404, b"gone")]
    records, out = read_all(site, {})
    assert (records, out.stage_errors) == ([], [("HTTP_01", "status 404: Not Found : gone")])
    with pytest.raises(StopFault, match="HTTP_01"):
        read_all(site, {}, on_error=OnError.STOP)


def test_a_first_answer_without_an_offset_ends_polling_too(site: Site) -> None:
    """As in the original: a refusal that is the first answer leaves no offset, and no offset is the end."""
    site.replies = [Reply(404, b"gone")]
    held = held_of(site, {"httpMode": "POLLING", "propagateAllHttpResponses": True, "basic.maxWaitTime": 50})
    out = held.out()
    assert HttpOrigin(held.tools.plan, held.tools).read(None, 1000, out) is None
    assert len(out.lanes[0]) == 1


def test_a_refusal_can_be_a_record(site: Site) -> None:
    """With ``propagateAllHttpResponses`` the body is a field, the status an attribute."""
    site.replies = [Reply(500, b"sorry", {"X-Why": "it is so"})]
    records, out = read_all(site, {"propagateAllHttpResponses": True, "errorResponseField": "said"})
    assert records[0].value == {"said": "sorry"}
    assert (records[0].attributes["HTTP-Status"], records[0].attributes["X-Why"]) == ("500", "it is so")
    assert out.stage_errors == []


@pytest.mark.parametrize(
    ("action", "waits"),
    [
        ("RETRY_LINEAR_BACKOFF", [1.5, 3.0, 4.5]),
        ("RETRY_EXPONENTIAL_BACKOFF", [1.5, 3.0, 6.0]),
        ("RETRY_IMMEDIATELY", []),
    ],
)
def test_a_status_is_tried_again_with_longer_waits(site: Site, action: str, waits: list[float]) -> None:
    """The interval is added or doubled each time."""
    site.replies = [Reply(503)] * 3 + [Reply(200, b'{"a": 1}')]
    row = {"statusCode": 503, "action": action, "backoffInterval": 1500, "maxNumRetries": 10}
    held = held_of(site, {"responseStatusActionConfigs": [row]})
    out = held.out()
    HttpOrigin(held.tools.plan, held.tools).read(None, 1000, out)
    assert (len(out.lanes[0]), held.waits) == (1, waits)


@pytest.mark.parametrize(
    ("row", "code", "requests"),
    [
        ({"action": "STAGE_ERROR"}, "HTTP_14", 1),
        ({"action": "RETRY_IMMEDIATELY", "maxNumRetries": 2}, "HTTP_14", 3),
    ],
    ids=["stage-error", "too-many-tries"],
)
def test_a_status_can_end_the_run(site: Site, row: dict[str, object], code: str, requests: int) -> None:
    """At once, or after one request and the configured number of tries."""
    site.replies = [Reply(500, b"no")]
    with pytest.raises(StopFault, match=code):
        read_all(site, {"responseStatusActionConfigs": [{"statusCode": 500, **row}]})
    assert len(site.seen) == requests


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"statusCode": 500, "action": "ERROR_RECORD"}], "HTTP_37"),
        ([{"statusCode": 500, "action": "RETRY_LINEAR_BACKOFF", "backoffInterval": 0}], "HTTP_15"),
        ([{"statusCode": 204, "action": "STAGE_ERROR"}], "HTTP_16"),
        ([{"statusCode": 500, "action": "STAGE_ERROR"}, {"statusCode": 500, "action": "STAGE_ERROR"}], "HTTP_17"),
    ],
)
def test_rules_that_cannot_be_are_named(site: Site, rows: list[object], code: str) -> None:
    """Before anything is asked."""
    with pytest.raises(InvalidValueError, match=code):
        read_all(site, {"responseStatusActionConfigs": rows})


def test_a_timeout_is_tried_again_or_ends_the_run(site: Site) -> None:
    """The timeout action decides; a retry comes with the next read."""
    hold = threading.Event()
    site.answer = lambda seen: Reply(200, [b'{"a": 1}'], hold=hold if len(site.seen) == 1 else None)
    records, _ = read_all(site, {"client.readTimeoutMillis": 200})
    assert [record.value for record in records] == [{"a": 1}]
    site.seen.clear()
    with pytest.raises(StopFault, match="HTTP_18"):
        read_all(site, {"client.readTimeoutMillis": 200, "responseTimeoutActionConfig.action": "STAGE_ERROR"})
    hold.set()


def test_nobody_at_the_address_ends_the_run(site: Site) -> None:
    """HTTP_32."""
    site.server.server_close()
    with pytest.raises(StopFault, match="HTTP_32"):
        read_all(site, {})


def test_text_that_cannot_be_parsed_ends_its_answer(site: Site) -> None:
    """The records before it are kept; HTTP_00 says why, with the status."""
    site.replies = [Reply(200, b'{"a": 1} {"a":: }')]
    records, out = read_all(site, {})
    assert [record.value for record in records] == [{"a": 1}]
    assert [code for code, _ in out.stage_errors] == ["HTTP_00"]
    assert "status 200" in out.stage_errors[0][1]


def test_a_request_has_method_headers_and_body(site: Site) -> None:
    """Values are expressions; the date of a body is read in its zone; a content type of the headers wins."""
    site.replies = [Reply(200, b"{}")]
    settings: dict[str, object] = {
        "httpMethod": "POST",
        "headers": [{"key": "X-Sum", "value": "${1 + 2}"}],
        "requestBody": "${YYYY()} ${hh()}",
        "timeZoneID": "Asia/Tokyo",
        "client.transferEncoding": "CHUNKED",
    }
    read_all(site, dict(settings))
    read_all(site, {**settings, "headers": [{"key": "content-type", "value": "text/plain"}]})
    first, second = site.seen
    assert (first.method, first.body, first.headers["X-Sum"]) == ("POST", b"1970 09", "3")
    assert first.headers["Content-Type"] == "application/json"
    assert first.headers["Transfer-Encoding"] == "chunked"
    assert second.headers["content-type"] == "text/plain"


def test_a_get_has_no_body(site: Site) -> None:
    """Even when one is configured."""
    site.replies = [Reply(200, b"{}")]
    read_all(site, {"requestBody": "text"})
    assert (site.seen[0].method, site.seen[0].body) == ("GET", b"")


def test_head_makes_a_record_of_the_headers(site: Site) -> None:
    """An empty map with the headers as attributes."""
    site.replies = [Reply(200, b"", {"X-Part": "7"})]
    records, _ = read_all(site, {"httpMethod": "HEAD"})
    assert (records[0].value, records[0].attributes["X-Part"]) == ({}, "7")


def test_an_answer_without_a_body_ends_a_batch(site: Site) -> None:
    """There is nothing to read, and nothing wrong."""
    site.replies = [Reply(204)]
    records, out = read_all(site, {})
    assert (records, out.stage_errors) == ([], [])


def test_compressed_bodies_go_both_ways(site: Site) -> None:
    """GZIP and SNAPPY pack requests and ask for packed answers, which are read even when nobody asked."""
    for kind, pack in (("gzip", gzip.compress), ("snappy", snappy_frames)):
        site.seen.clear()
        site.replies = [Reply(200, pack(b'{"a": 1}'), {"Content-Encoding": kind})]
        settings: dict[str, object] = {
            "httpMethod": "POST",
            "requestBody": "hello",
            "client.httpCompression": kind.upper(),
        }
        records, _ = read_all(site, settings)
        assert [record.value for record in records] == [{"a": 1}]
        assert b"".join(inflate([site.seen[0].body], PACKED[kind])) == b"hello"
        assert (site.seen[0].headers["Accept-Encoding"], site.seen[0].headers["Content-Encoding"]) == (kind, kind)


def test_a_bomb_is_an_error_and_fills_no_memory(site: Site) -> None:
    """An answer that grows to more than 500 times its size is given up."""
    site.replies = [Reply(200, gzip.compress(b"a" * (40 << 20), 9), {"Content-Encoding": "gzip"})]
    _, out = read_all(site, {"dataFormat": "TEXT"})
    assert [code for code, _ in out.stage_errors] == ["HTTP_00"]
    assert "500 times" in out.stage_errors[0][1]


def test_redirects_are_followed_to_allowed_hosts_only(site: Site) -> None:
    """Each hop is looked at; the error names the host and what is allowed."""
    site.replies = [Reply(302, b"", {"Location": "/there"}), Reply(200, b'{"a": 1}')]
    records, _ = read_all(site, {}, access=Access(hosts=("127.0.0.1",)))
    assert [record.value for record in records] == [{"a": 1}]
    site.seen.clear()
    site.replies = [Reply(302, b"", {"Location": "http://elsewhere.invalid/"})]
    with pytest.raises(StopFault, match=r"elsewhere\.invalid.*allowed: 127"):
        read_all(site, {}, access=Access(hosts=("127.0.0.1",)))


def test_without_allowed_hosts_nothing_is_called(site: Site) -> None:
    """As on a server without ``--allow-host``."""
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        read_all(site, {}, access=Access(hosts=()))
    assert site.seen == []


def test_secrets_of_a_vault_only_go_over_https(site: Site) -> None:
    """HTTP_07 before anything is sent."""
    with pytest.raises(StopFault, match="HTTP_07"):
        read_all(site, {"headers": [{"key": "X-Key", "value": "${'vault:read'}"}]})
    assert site.seen == []


def credentials(seen: Seen) -> str:
    """What the header says who is calling."""
    return seen.headers.get("Authorization", "")


def test_basic_authentication_is_sent_at_once(site: Site) -> None:
    """Name and password of the settings."""
    site.replies = [Reply(200, b"{}")]
    read_all(site, {"client.authType": "BASIC", "client.basicAuth.username": "me", "client.basicAuth.password": "pw"})
    assert credentials(site.seen[0]) == "Basic " + base64.b64encode(b"me:pw").decode()


@pytest.mark.parametrize("kind", ["DIGEST", "UNIVERSAL"])
def test_digest_authentication_answers_the_challenge(site: Site, kind: str) -> None:
    """The first request has no credentials, the second a digest without the password."""
    challenge = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'}
    site.replies = [Reply(401, b"", challenge), Reply(200, b'{"a": 1}')]
    given = {"client.authType": kind, "client.basicAuth.username": "me", "client.basicAuth.password": "pw"}
    records, _ = read_all(site, dict(given))
    assert len(records) == 1
    assert credentials(site.seen[0]) == ""
    assert credentials(site.seen[1]).startswith('Digest username="me"')


def test_requests_can_be_signed_with_oauth_1(site: Site) -> None:
    """The signature is that of RFC 5849 for the address, its query and the fixed time."""
    site.replies = [Reply(200, b"{}")]
    names = {"consumerKey": "ck", "consumerSecret": "cs", "token": "tk", "tokenSecret": "ts"}
    read_all(
        site,
        {"path": "/?b=2", "client.authType": "OAUTH", **{f"client.oauth.{name}": text for name, text in names.items()}},
    )
    header = credentials(site.seen[0])
    assert header.startswith('OAuth oauth_consumer_key="ck", oauth_token="tk"')
    assert 'oauth_timestamp="1"' in header
    assert 'oauth_signature="' in header
    assert "cs" not in header.replace("oauth_consumer", "")


def oauth2(site: Site, **more: str) -> dict[str, object]:
    """Settings for a token of the site."""
    given = {"credentialsGrantType": "CLIENT_CREDENTIALS", "tokenUrl": f"{site.url}/token", **more}
    return {"client.useOAuth2": True, **{f"client.oauth2.{name}": text for name, text in given.items()}}


def test_a_token_is_fetched_once_and_renewed_when_it_is_refused(site: Site) -> None:
    """A second refusal ends the run with HTTP_38."""
    tokens = iter(("old", "new", "newer"))

    def answer(seen: Seen) -> Reply:
        if seen.path == "/token":
            return Reply(200, json.dumps({"access_token": next(tokens)}).encode())
        return Reply(200, b'{"a": 1}') if credentials(seen) == "Bearer new" else Reply(401)

    site.answer = answer
    records, _ = read_all(site, oauth2(site, clientId="me", clientSecret="it"))
    assert [record.value for record in records] == [{"a": 1}]
    assert parse_qs(site.seen[0].body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["me"],
        "client_secret": ["it"],
    }
    site.answer = lambda seen: Reply(200, b'{"access_token": "x"}') if seen.path == "/token" else Reply(403)
    with pytest.raises(StopFault, match="HTTP_38"):
        read_all(site, oauth2(site))


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(404), "HTTP_24"),
        (Reply(401), "HTTP_21"),
        (Reply(200, b"no json"), "HTTP_22"),
        (Reply(200, b"packed", {"Content-Encoding": "br"}), "HTTP_22"),
        (Reply(200, b'{"other": 1}'), "HTTP_33"),
    ],
    ids=["not-there", "refused", "no-json", "packed", "no-token"],
)
def test_what_is_wrong_with_a_token_has_a_code(site: Site, reply: Reply, code: str) -> None:
    """The run ends; the message holds no credentials."""
    site.replies = [reply]
    with pytest.raises(StopFault, match=code) as caught:
        read_all(site, oauth2(site, clientId="me", clientSecret="s3cret"))
    assert "s3cret" not in str(caught.value)


def test_a_signed_claim_asks_for_a_token(site: Site) -> None:
    """HS256 with a base64 key; expressions in the claims are evaluated."""
    site.answer = lambda seen: Reply(200, b'{"id_token": "x"}' if seen.path == "/token" else b"{}")
    key = base64.b64encode(b"secret").decode()
    more = {"credentialsGrantType": "JWT", "algorithm": "HS256", "key": key, "jwtClaims": '{"n": ${1 + 1}}'}
    read_all(site, oauth2(site, **more))
    form = parse_qs(site.seen[0].body.decode())
    head, claims, signature = form["assertion"][0].split(".")
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert json.loads(base64.urlsafe_b64decode(claims + "==")) == {"n": 2}
    wanted = base64.urlsafe_b64encode(hmac_of(b"secret", f"{head}.{claims}")).rstrip(b"=").decode()
    assert signature == wanted
    assert credentials(site.seen[1]) == "Bearer x"


def test_a_claim_can_have_headers_and_a_name_of_its_own(site: Site) -> None:
    """As newer engines let it: more in the head of the token, another key in the form."""
    site.answer = lambda seen: Reply(200, b'{"id_token": "x"}' if seen.path == "/token" else b"{}")
    more = {"credentialsGrantType": "JWT", "jwtClaims": "{}", "jwtHeaders": '{"kid": "k1"}'}
    read_all(site, oauth2(site, **more, useCustomAssertion="true", assertionKeyType="client_assertion"))
    form = parse_qs(site.seen[0].body.decode())
    head = form["client_assertion"][0].split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"typ": "JWT", "alg": "none", "kid": "k1"}
    assert "assertion" not in form


def hmac_of(key: bytes, text: str) -> bytes:
    """The signature of a text."""
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"client.authType": "KERBEROS_SPNEGO"}, "Kerberos"),
        ({"dataFormat": "NETFLOW"}, "NETFLOW"),
    ],
)
def test_what_is_not_done_here_is_named(site: Site, settings: dict[str, object], words: str) -> None:
    """Before anything is asked."""
    with pytest.raises(UnsupportedError, match=words):
        read_all(site, dict(settings))


def test_a_flow_with_this_origin_previews_and_runs(site: Site, project: penstock.Project) -> None:
    """A preview calls when it is asked to, and ends with the records; a run of a BATCH ends, the next begins anew."""
    site.answer = lambda seen: page(site, paged(seen))
    flow = project.create_flow(name="web")
    origin, target = flow.add_stage("HTTP Client", type="origin"), flow.add_stage("Trash")
    settings: dict[str, object] = {
        "resourceUrl": site.url + "/?p=${startAt}",
        "httpMode": "BATCH",
        "dataFormat": "JSON",
        "basic.maxBatchSize": 1,
        "pagination.mode": "BY_PAGE",
        "pagination.startAt": 0,
        "pagination.resultFieldPath": "/results",
        "pagination.rateLimit": 0,
    }
    for name, value in settings.items():
        origin.configuration[f"conf.{name}"] = value
    origin.connect_output_to(target)
    project.update_flow(flow)
    with pytest.raises(penstock.PenstockError, match="call_out=True"):
        flow.preview()
    assert site.seen == []
    assert flow.preview(call_out=True)[0].output == [(1,), (2,)]
    job = project.create_job(name="job", flow=flow)
    for _ in range(2):
        site.seen.clear()
        run = job.start()
        run.wait()
        assert run.state == "Completed", run.logs
        assert [paged(seen) for seen in site.seen] == [0, 1, 2, 3]


def test_where_no_host_is_allowed_a_preview_says_so(site: Site, project: penstock.Project) -> None:
    """As on a server without ``--allow-host``: nothing is called."""
    flow = project.create_flow(name="web")
    origin, target = flow.add_stage("HTTP Client", type="origin"), flow.add_stage("Trash")
    origin.configuration["conf.resourceUrl"], origin.configuration["conf.dataFormat"] = site.url, "JSON"
    origin.connect_output_to(target)
    catalogue = packaged_catalogue()
    info = EngineInfo(EngineId("e"), EnvironmentId(""), "engine", catalogue.version)
    engine = EmbeddedEngine(info, catalogue, SystemClock(), UuidIds(), access=Access(hosts=()))
    shown = anyio.run(engine.preview, Target(flow.value), PreviewOptions())
    assert shown.status == "RUN_ERROR"
    assert "allowed: no host at all" in (shown.message or "")
    assert site.seen == []


def test_a_flow_with_the_processor_and_the_destination_runs(site: Site, project: penstock.Project) -> None:
    """Records are looked up and sent on; what the server refuses reaches the error stage."""
    site.answer = lambda seen: Reply(400 if b"2" in seen.body else 200, b'{"name": "x"}')
    flow = project.create_flow(name="web")
    raw = flow.add_stage("Dev Raw Data Source")
    raw.configuration["rawData"], raw.configuration["stopAfterFirstBatch"] = '{"id": 1}\n{"id": 2}', True
    lookup, end = (flow.add_stage("HTTP Client", type=kind) for kind in ("processor", "destination"))
    lookup.configuration["conf.resourceUrl"] = site.url + "/get/${record:value('/id')}"
    lookup.configuration["conf.outputField"] = "/found"
    end.configuration["conf.resourceUrl"], end.configuration["conf.dataFormat"] = site.url, "JSON"
    end.configuration["conf.singleRequestPerBatch"] = False
    raw.connect_output_to(lookup)
    lookup.connect_output_to(end)
    project.update_flow(flow)
    run = project.create_job(name="job", flow=flow).start()
    run.wait()
    assert run.state == "CompletedWithErrors", run.logs
    assert sorted(seen.path for seen in site.seen) == ["/", "/", "/get/1", "/get/2"]
    assert [json.loads(seen.body) for seen in site.seen if seen.body] == [
        {"id": 1, "found": {"name": "x"}},
        {"id": 2, "found": {"name": "x"}},
    ]
