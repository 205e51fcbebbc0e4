"""HTTP Client processor: where answers go, pages, retries, refusals."""

import json
import threading
import time
from typing import Any

import pytest

from penstock.adapters.engine.web.processor import HttpProcessor
from penstock.core.catalogue.definitions import StageType
from penstock.core.plan import OnError
from penstock.core.processors import Out, StopFault
from penstock.core.processors.api import Access
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue

from .conftest import Reply, Seen, Site, tools_of


def play(site: Site, settings: dict[str, object], *values: FieldValue, **more: Any) -> tuple[Out, list[float]]:
    """What the processor makes of records with these values, and how long it waited."""
    given = {"resourceUrl": site.url, "outputField": "/got", "basic.maxWaitTime": 5000, **settings}
    held = tools_of(given, StageType.PROCESSOR, **more)
    out = held.out()
    stage = HttpProcessor(held.tools.plan, held.tools)
    stage([Record(value, Header(f"r{at}")) for at, value in enumerate(values)], out)
    stage.close(out)
    return out, held.waits


def values(out: Out) -> list[FieldValue]:
    """The roots of what went out."""
    return [record.value for record in out.lanes[0]]


def test_the_first_value_of_the_answer_goes_to_the_field(site: Site) -> None:
    """The record keeps its id and its fields; address, headers and body are evaluated for it."""
    site.replies = [Reply(200, b'{"a": 1} {"a": 2}', {"X-Part": "7"})]
    settings: dict[str, object] = {
        "resourceUrl": site.url + "/${record:value('/id')}",
        "httpMethod": "POST",
        "headers": [{"key": "X-Id", "value": "${record:id()}"}],
        "requestBody": "${record:value('/id')}!",
        "headerAttributePrefix": "from-",
    }
    out, _ = play(site, settings, {"id": "x"})
    assert values(out) == [{"id": "x", "got": {"a": 1}}]
    assert (site.seen[0].path, site.seen[0].headers["X-Id"], site.seen[0].body) == ("/x", "r0", b"x!")
    assert site.seen[0].headers["Content-Type"] == "application/json"
    held = out.lanes[0][0]
    assert (held.header.source_id, held.attributes["HTTP-Status"], held.attributes["from-X-Part"]) == ("r0", "200", "7")


@pytest.mark.parametrize(
    ("several", "wanted"),
    [
        ("FIRST_ONLY", [{"got": {"a": 1}}]),
        ("ALL_AS_LIST", [{"got": [{"a": 1}, {"a": 2}]}]),
        ("SPLIT_INTO_MULTIPLE_RECORDS", [{"got": {"a": 1}}, {"got": {"a": 2}}]),
    ],
)
def test_several_values_go_where_the_setting_says(site: Site, several: str, wanted: list[FieldValue]) -> None:
    """The elements of a list are values, as those behind each other are."""
    for body in (b'[{"a": 1}, {"a": 2}]', b'{"a": 1}\n{"a": 2}'):
        site.replies = [Reply(200, body)]
        out, _ = play(site, {"multipleValuesBehavior": several}, {})
        assert values(out) == wanted


def test_text_is_a_field_of_text(site: Site) -> None:
    """A value per line."""
    site.replies = [Reply(200, b"one\ntwo\n")]
    out, _ = play(site, {"dataFormat": "TEXT", "multipleValuesBehavior": "ALL_AS_LIST"}, {})
    assert values(out) == [{"got": ["one", "two"]}]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/got", {"m": {}, "got": 1}),
        ("/m/got", {"m": {}, "mgot": 1}),
        ("/n/got", {"m": {}, "ngot": 1}),
        ("/", {"m": {}, "": 1}),
    ],
)
def test_the_path_of_an_output_is_a_name_at_the_root(site: Site, path: str, wanted: FieldValue) -> None:
    """As in the original, which leaves out the slashes; the fields of the record stay, even at the root's path."""
    site.replies = [Reply(200, b"1")]
    out, _ = play(site, {"outputField": path}, {"m": {}})
    assert values(out) == [wanted]


def test_headers_can_be_a_field_or_left_out(site: Site) -> None:
    """A field that is there already ends the run with HTTP_11."""
    site.replies = [Reply(200, b"1", {"X-Part": "7"})]
    out, _ = play(site, {"headerOutputLocation": "FIELD", "headerOutputField": "/heads"}, {})
    made = out.lanes[0][0].value
    assert isinstance(made, dict)
    assert isinstance(made["heads"], dict)
    assert made["heads"]["X-Part"] == "7"
    out, _ = play(site, {"headerOutputLocation": "NONE"}, {})
    assert out.lanes[0][0].attributes == {}
    with pytest.raises(StopFault, match="HTTP_11"):
        play(site, {"headerOutputLocation": "FIELD", "headerOutputField": "/heads"}, {"heads": 1})


@pytest.mark.parametrize(("missing", "codes"), [("SEND_TO_ERROR", ["HTTP_68"]), ("PASS_RECORD_ON", [])])
def test_an_answer_without_values_passes_the_record_or_refuses_it(site: Site, missing: str, codes: list[str]) -> None:
    """An empty list holds no value."""
    site.replies = [Reply(200, b"[]")]
    out, _ = play(site, {"missingValuesBehavior": missing}, {"id": 1})
    assert [error.code for error in out.errors] == codes
    assert values(out) == ([] if codes else [{"id": 1}])


def test_a_status_that_is_no_success_refuses_the_record(site: Site) -> None:
    """HTTP_01; the others go on."""
    site.answer = lambda seen: Reply(404, b"gone") if len(site.seen) == 1 else Reply(200, b"1")
    out, _ = play(site, {}, {"id": 1}, {"id": 2})
    assert [(error.code, error.record.value) for error in out.errors] == [("HTTP_01", {"id": 1})]
    assert values(out) == [{"id": 2, "got": 1}]


def test_a_refusal_can_be_the_value(site: Site) -> None:
    """With ``propagateAllHttpResponses``: a map with the body."""
    site.replies = [Reply(500, b"sorry")]
    out, _ = play(site, {"propagateAllHttpResponses": True}, {})
    assert values(out) == [{"got": {"outErrorBody": "sorry"}}]
    assert out.lanes[0][0].attributes["HTTP-Status"] == "500"


def test_nobody_at_the_address_refuses_the_record(site: Site) -> None:
    """HTTP_03."""
    site.server.server_close()
    out, _ = play(site, {}, {})
    assert [error.code for error in out.errors] == ["HTTP_03"]


@pytest.mark.parametrize("packed", ["gzip", "br"])
def test_an_answer_that_cannot_be_unpacked_refuses_the_record(site: Site, packed: str) -> None:
    """Broken, or packed as nobody asked for."""
    site.replies = [Reply(200, b"nonsense", {"Content-Encoding": packed})]
    out, _ = play(site, {}, {})
    assert [error.code for error in out.errors] == ["HTTP_03"]


def test_a_host_that_nobody_knows_is_named(site: Site) -> None:
    """As the original names it."""
    out, _ = play(site, {"resourceUrl": "http://nobody.invalid/"}, {})
    assert "UnknownHostException: nobody.invalid" in out.errors[0].message


def test_headers_of_the_client_itself_are_left_out(site: Site) -> None:
    """As in Java: a content length for a request without a body would wait for ever."""
    site.replies = [Reply(200, b"1")]
    headers = [{"key": "content-length", "value": "7"}, {"key": "X-Own", "value": "1"}]
    out, _ = play(site, {"headers": headers}, {})
    assert values(out) == [{"got": 1}]
    assert site.seen[0].headers["X-Own"] == "1"


def test_an_answer_that_cannot_be_parsed_refuses_the_record(site: Site) -> None:
    """HTTP_00, even where its first values could be read."""
    site.replies = [Reply(200, b'{"a": 1} {no')]
    out, _ = play(site, {}, {"id": 1})
    assert ([(error.code, error.record.value) for error in out.errors], values(out)) == ([("HTTP_00", {"id": 1})], [])


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_without_a_body_gives_the_record_itself(site: Site, status: int) -> None:
    """Whatever the success is called; HEAD gives an empty map."""
    site.answer = lambda seen: Reply(200 if seen.method == "HEAD" else status)
    out, _ = play(site, {"httpMethod": "EXPRESSION", "methodExpression": "${record:value('/m')}"}, {"m": "HEAD"})
    assert values(out) == [{"m": "HEAD", "got": {}}]
    out, _ = play(site, {}, {"id": 1})
    assert values(out) == [{"id": 1, "got": {"id": 1}}]


def test_a_method_that_is_none_ends_the_run(site: Site) -> None:
    """The message names those that there are."""
    with pytest.raises(StopFault, match="PATCH"):
        play(site, {"httpMethod": "EXPRESSION", "methodExpression": "FETCH"}, {})


def test_a_status_is_tried_again(site: Site) -> None:
    """With waits in between, until there is an answer."""
    site.replies = [Reply(503, b"wait")] * 2 + [Reply(200, b"1")]
    row = {"statusCode": 503, "action": "RETRY_EXPONENTIAL_BACKOFF", "backoffInterval": 100, "maxNumRetries": 5}
    out, waits = play(site, {"responseStatusActionConfigs": [row]}, {})
    assert (values(out), waits) == ([{"got": 1}], [0.1, 0.2])


def test_a_status_can_end_the_run(site: Site) -> None:
    """At once, with HTTP_14."""
    site.replies = [Reply(500, b"no")]
    row = {"statusCode": 500, "action": "STAGE_ERROR", "maxNumRetries": 2}
    with pytest.raises(StopFault, match="HTTP_14"):
        play(site, {"responseStatusActionConfigs": [row]}, {})


@pytest.mark.parametrize(("action", "requests"), [("RETRY_IMMEDIATELY", 3), ("ERROR_RECORD", 1)])
def test_a_status_can_refuse_the_record(site: Site, action: str, requests: int) -> None:
    """HTTP_101 with status and body: at once, or after one request and as many tries as the rule says."""
    site.replies = [Reply(500, b"no")]
    row = {"statusCode": 500, "action": action, "maxNumRetries": 2}
    out, _ = play(site, {"responseStatusActionConfigs": [row]}, {})
    assert [(error.code, "no" in error.message) for error in out.errors] == [("HTTP_101", True)]
    assert len(site.seen) == requests


@pytest.mark.parametrize("action", ["RETRY_IMMEDIATELY", "ERROR_RECORD"])
def test_a_rule_can_let_the_record_go_on(site: Site, action: str) -> None:
    """As it came, with an error of the stage in place of a refusal; STOP_PIPELINE ends the run all the same."""
    site.replies = [Reply(500, b"no")]
    row = {"statusCode": 500, "action": action, "maxNumRetries": 1, "passRecord": True}
    out, _ = play(site, {"responseStatusActionConfigs": [row]}, {"id": 1})
    assert (values(out), out.errors, [code for code, _ in out.stage_errors]) == ([{"id": 1}], [], ["HTTP_101"])
    with pytest.raises(StopFault, match="HTTP_101"):
        play(site, {"responseStatusActionConfigs": [row]}, {"id": 1}, on_error=OnError.STOP)


def test_statuses_that_take_turns_begin_to_count_anew(site: Site) -> None:
    """The tries of a rule are those in a row; waits begin with the shortest again."""
    site.replies = [Reply(500), Reply(404), Reply(500), Reply(404), Reply(200, b"1")]
    rows = [
        {"statusCode": status, "action": "RETRY_LINEAR_BACKOFF", "backoffInterval": 100, "maxNumRetries": 1}
        for status in (404, 500)
    ]
    out, waits = play(site, {"responseStatusActionConfigs": rows}, {})
    assert (values(out), waits) == ([{"got": 1}], [0.1] * 4)


def test_records_that_are_not_answered_in_time_are_refused(site: Site) -> None:
    """HTTP_67 for that which was tried until the time was over, and for those behind it, which are not sent."""
    site.answer = lambda seen: Reply(200, b"1") if seen.path == "/1" else Reply(500, b"no")
    row = {"statusCode": 500, "action": "RETRY_IMMEDIATELY", "maxNumRetries": 0}
    settings: dict[str, object] = {
        "resourceUrl": site.url + "/${record:value('/id')}",
        "responseStatusActionConfigs": [row],
        "basic.maxWaitTime": 300,
    }
    out, _ = play(site, settings, {"id": 1}, {"id": 2}, {"id": 3})
    assert values(out) == [{"id": 1, "got": 1}]
    assert [(error.code, error.record.value) for error in out.errors] == [
        ("HTTP_67", {"id": 2}),
        ("HTTP_67", {"id": 3}),
    ]
    assert {seen.path for seen in site.seen} == {"/1", "/2"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"action": "RETRY_IMMEDIATELY", "maxNumRetries": 1}, "HTTP_102"),
        ({"action": "ERROR_RECORD"}, "HTTP_102"),
        ({"action": "ERROR_RECORD", "passRecord": True}, ""),
        ({"action": "STAGE_ERROR"}, "HTTP_18"),
    ],
    ids=["tries", "refused", "passed-on", "end"],
)
def test_a_timeout_has_an_action_of_its_own(site: Site, more: dict[str, object], code: str) -> None:
    """Tries, a refused record, one that goes on, or the end of the run."""
    hold = threading.Event()
    site.replies = [Reply(200, [b"1", b"2"], hold=hold)]
    settings = {f"responseTimeoutActionConfig.{name}": value for name, value in more.items()}
    settings["client.readTimeoutMillis"] = 100
    if code == "HTTP_18":
        with pytest.raises(StopFault, match=code):
            play(site, settings, {})
    else:
        out, _ = play(site, settings, {})
        assert [error.code for error in out.errors] == ([code] if code else [])
        assert [found for found, _ in out.stage_errors] == ([] if code else ["HTTP_102"])
    hold.set()


def test_timeouts_are_counted_whatever_comes_in_between(site: Site) -> None:
    """A status in between does not begin them anew."""
    hold = threading.Event()
    slow = Reply(200, [b"1", b"2"], hold=hold)
    site.replies = [slow, Reply(500), slow, Reply(500), slow]
    settings: dict[str, object] = {
        "client.readTimeoutMillis": 100,
        "responseTimeoutActionConfig.maxNumRetries": 1,
        "responseStatusActionConfigs": [{"statusCode": 500, "action": "RETRY_IMMEDIATELY", "maxNumRetries": 1}],
    }
    out, _ = play(site, settings, {})
    hold.set()
    assert ([error.code for error in out.errors], len(site.seen)) == (["HTTP_102"], 3)


PAGES = {1: [1, 2], 2: [3], 3: []}


def page(seen: Seen) -> Reply:
    """A page of results, with a link to the next."""
    number = int(seen.path.strip("/"))
    link = {"Link": f'</{number + 1}>; rel="next"'} if number < 2 else {}
    return Reply(200, json.dumps({"r": PAGES[number], "next": f"/{number + 1}", "last": number == 2}).encode(), link)


@pytest.mark.parametrize(
    ("mode", "more", "paths"),
    [
        ("BY_PAGE", {"path": "/${startAt}", "pagination.startAt": 1}, ["/1", "/2", "/3"]),
        ("BY_OFFSET", {"path": "/${startAt < 3 ? startAt : 3}", "pagination.startAt": 1}, ["/1", "/3"]),
        ("LINK_HEADER", {"path": "/1"}, ["/1", "/2"]),
        (
            "LINK_FIELD",
            {
                "path": "/1",
                "pagination.nextPageFieldPath": "/next",
                "pagination.stopCondition": "${record:value('/last')}",
            },
            ["/1", "/2"],
        ),
    ],
)
def test_pages_are_gathered(site: Site, mode: str, more: dict[str, object], paths: list[str]) -> None:
    """All results of all pages, until an empty page, no link, or the stop condition; the rate limit lies between."""
    site.answer = page
    settings: dict[str, object] = {
        **more,
        "resourceUrl": site.url + str(more["path"]),
        "pagination.mode": mode,
        "pagination.resultFieldPath": "/r",
        "pagination.nextPageURLPrefix": site.url,
        "pagination.rateLimit": 700,
        "multipleValuesBehavior": "ALL_AS_LIST",
    }
    out, waits = play(site, settings, {})
    assert [seen.path for seen in site.seen] == paths
    assert values(out) == [{"got": [1, 2] if mode == "BY_OFFSET" else [1, 2, 3]}]
    assert waits == [0.7] * (len(paths) - 1)


def test_pages_can_keep_the_fields_around_the_results(site: Site) -> None:
    """Those of the first page, with the results of all."""
    site.answer = page
    settings: dict[str, object] = {
        "resourceUrl": site.url + "/1",
        "pagination.mode": "LINK_HEADER",
        "pagination.resultFieldPath": "/r",
        "pagination.keepAllFields": True,
        "multipleValuesBehavior": "ALL_AS_LIST",
    }
    out, _ = play(site, settings, {})
    assert values(out) == [{"got": [{"r": [1, 2, 3], "next": "/2", "last": False}]}]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"", b'{"other": [9]}'], ids=["object", "list", "nothing", "other"])
def test_a_later_page_without_results_is_the_last(site: Site, body: bytes) -> None:
    """Whatever it holds instead; on the first page the missing field refuses the record with HTTP_12."""
    site.answer = lambda seen: Reply(200, b'{"r": [1]}' if seen.path == "/1" else body)
    settings: dict[str, object] = {
        "resourceUrl": site.url + "/${startAt}",
        "pagination.mode": "BY_PAGE",
        "pagination.startAt": 1,
        "pagination.resultFieldPath": "/r",
        "multipleValuesBehavior": "ALL_AS_LIST",
    }
    assert values(play(site, settings, {})[0]) == [{"got": [1]}]
    site.answer = lambda seen: Reply(200, b'{"other": [9]}')
    assert [error.code for error in play(site, settings, {})[0].errors] == ["HTTP_12"]


def test_pages_that_are_lists_are_their_own_results(site: Site) -> None:
    """With the root as the path, also where the fields around would be kept; offsets count their elements."""
    site.answer = lambda seen: Reply(200, b'[{"n": 1}, {"n": 2}]' if seen.path == "/1" else b"{}")
    settings: dict[str, object] = {
        "resourceUrl": site.url + "/${startAt}",
        "pagination.mode": "BY_OFFSET",
        "pagination.startAt": 1,
        "pagination.resultFieldPath": "/",
        "pagination.keepAllFields": True,
        "multipleValuesBehavior": "SPLIT_INTO_MULTIPLE_RECORDS",
    }
    assert values(play(site, settings, {})[0]) == [{"got": {"n": 1}}, {"got": {"n": 2}}]
    assert [seen.path for seen in site.seen] == ["/1", "/3"]


def test_the_prefix_of_a_link_knows_the_record(site: Site) -> None:
    """It is evaluated for the record that is asked for, the stop condition for the answer."""
    site.answer = lambda seen: Reply(
        200, json.dumps({"r": [seen.path], "next": "p", "last": seen.path != "/"}).encode()
    )
    settings: dict[str, object] = {
        "pagination.mode": "LINK_FIELD",
        "pagination.resultFieldPath": "/r",
        "pagination.nextPageFieldPath": "/next",
        "pagination.nextPageURLPrefix": site.url + "/${record:value('/id')}-",
        "pagination.stopCondition": "${record:value('/last')}",
        "multipleValuesBehavior": "ALL_AS_LIST",
    }
    assert values(play(site, settings, {"id": 7})[0]) == [{"id": 7, "got": ["/", "/7-p"]}]


def test_requests_keep_their_distance(site: Site) -> None:
    """``rateLimit`` is milliseconds between requests; the first one goes at once."""
    site.replies = [Reply(200, b"1")]
    _, waits = play(site, {"rateLimit": 5000}, {}, {}, {})
    assert len(waits) == 2
    assert 4 < waits[0] <= 5 < 9 < waits[1] <= 10


def test_requests_keep_their_distance_while_a_run_stops(site: Site) -> None:
    """The rest of its batch is not sent all at once."""
    site.replies = [Reply(200, b"1")]
    times: list[float] = []

    def answer(seen: Seen) -> Reply:
        times.append(time.monotonic())
        return Reply(200, b"1")

    site.answer = answer
    play(site, {"rateLimit": 150}, {}, {}, stopped=lambda: True)
    assert times[1] - times[0] > 0.1


def test_a_token_that_is_refused_is_renewed_for_the_record(site: Site) -> None:
    """One more try; a second refusal ends the run."""

    def answer(seen: Seen) -> Reply:
        if seen.path == "/token":
            return Reply(200, b'{"accessToken": "t%d"}' % len(site.seen))
        return Reply(200, b"1") if seen.headers["Authorization"] == "Bearer t3" else Reply(403)

    site.answer = answer
    settings = {"client.useOAuth2": True, "client.oauth2.tokenUrl": f"{site.url}/token"}
    assert values(play(site, settings, {})[0]) == [{"got": 1}]
    site.answer = lambda seen: Reply(200, b'{"accessToken": "t"}') if seen.path == "/token" else Reply(401)
    with pytest.raises(StopFault, match="HTTP_38"):
        play(site, settings, {})


def test_without_allowed_hosts_nothing_is_called(site: Site) -> None:
    """As on a server without ``--allow-host``; the run ends and says why."""
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        play(site, {}, {}, access=Access(hosts=()))
    assert site.seen == []
