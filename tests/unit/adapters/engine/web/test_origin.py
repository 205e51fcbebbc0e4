"""HTTP Client origin: modes, pages, actions, offsets, and whole flows."""

import hashlib
import json
import threading
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

import penstock
from penstock.adapters.engine import EmbeddedEngine
from penstock.adapters.engine.web.origin import HttpOrigin
from penstock.adapters.packaged import packaged_catalogue
from penstock.adapters.system import SystemClock, UuidIds
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import OnError
from penstock.core.preview import PreviewOptions
from penstock.core.processors import StopFault
from penstock.core.processors.api import Access
from penstock.core.project import EngineId, EngineInfo, EnvironmentId
from penstock.ports.engine import Target

from .conftest import Reply, Seen, Site
from .reading import held_of, read_all


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


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"client.authType": "KERBEROS_SPNEGO"}, "Kerberos"),
        ({"dataFormat": "FLOWFILE"}, "FLOWFILE"),
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
