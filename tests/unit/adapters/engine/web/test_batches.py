"""HTTP Client processor with one request per batch."""

import json

import pytest

from penstock.core.records.values import FieldValue

from .conftest import Reply, Site
from .test_processor import play, values

TOGETHER: dict[str, object] = {
    "singleRequestPerBatch": True,
    "httpMethod": "POST",
    "dataFormatRequest.dataFormat": "JSON",
    "dataFormatRequest.dataGeneratorFormatConfig.jsonMode": "ARRAY_OBJECTS",
}
RECORDS: list[FieldValue] = [{"a": 1}, {"a": 2}]


def test_a_batch_is_the_body_of_one_request_whose_answer_is_a_record(site: Site) -> None:
    """Address, method and headers come from the first record; the records of the batch end here."""
    site.replies = [Reply(200, b'{"ok": true}', {"X-Part": "7"})]
    out, _ = play(site, {**TOGETHER, "resourceUrl": site.url + "/${record:value('/a')}"}, *RECORDS)
    assert [(seen.path, json.loads(seen.body)) for seen in site.seen] == [("/1", RECORDS)]
    assert values(out) == [{"got": {"ok": True}}]
    assert out.lanes[0][0].attributes["X-Part"] == "7"


def test_text_of_a_batch_is_written_line_by_line(site: Site) -> None:
    """As a destination would write it."""
    site.replies = [Reply(200, b"1")]
    play(site, {**TOGETHER, "dataFormatRequest.dataFormat": "TEXT"}, {"text": "one"}, {"text": "two"})
    assert site.seen[0].body == b"one\ntwo\n"


def test_every_page_and_every_try_sends_the_whole_batch(site: Site) -> None:
    """Until an empty page; each result is a record of its own where the setting says so."""
    pages = [Reply(500, b"no"), *(Reply(200, json.dumps({"r": each}).encode()) for each in (["x"], ["y"], []))]
    site.replies = pages
    settings = {
        **TOGETHER,
        "pagination.mode": "BY_PAGE",
        "pagination.resultFieldPath": "/r",
        "multipleValuesBehavior": "SPLIT_INTO_MULTIPLE_RECORDS",
        "responseStatusActionConfigs": [{"statusCode": 500, "action": "RETRY_IMMEDIATELY", "maxNumRetries": 1}],
    }
    out, _ = play(site, settings, *RECORDS)
    assert values(out) == [{"got": "x"}, {"got": "y"}]
    assert [json.loads(seen.body) for seen in site.seen] == [RECORDS] * 4


def test_an_empty_success_gives_the_whole_batch_as_a_list(site: Site) -> None:
    """In the one record of the answer."""
    site.replies = [Reply(204)]
    assert values(play(site, TOGETHER, *RECORDS)[0]) == [{"got": RECORDS}]


@pytest.mark.parametrize(
    ("reply", "more", "code"),
    [
        (Reply(500, b"no"), {}, "HTTP_01"),
        (Reply(200, b"[]"), {"missingValuesBehavior": "SEND_TO_ERROR"}, "HTTP_68"),
        (Reply(200, b"{no"), {}, "HTTP_00"),
    ],
    ids=["status", "no-value", "not-parsed"],
)
def test_all_records_of_a_batch_share_a_refusal(site: Site, reply: Reply, more: dict[str, object], code: str) -> None:
    """Each goes to error as it was."""
    site.replies = [reply]
    out, _ = play(site, {**TOGETHER, **more}, *RECORDS)
    assert [(error.code, error.record.value) for error in out.errors] == [(code, each) for each in RECORDS]


@pytest.mark.parametrize(
    ("more", "added"),
    [
        ({"propagateAllHttpResponses": True}, {"got": {"outErrorBody": "no"}}),
        ({"responseStatusActionConfigs": [{"statusCode": 500, "action": "ERROR_RECORD", "passRecord": True}]}, {}),
    ],
    ids=["remaining-statuses", "passed-on"],
)
def test_all_records_of_a_batch_can_go_on(site: Site, more: dict[str, object], added: dict[str, FieldValue]) -> None:
    """With the refusal as their value, or as they came."""
    site.replies = [Reply(500, b"no")]
    out, _ = play(site, {**TOGETHER, **more}, *RECORDS)
    assert values(out) == [{**each, **added} for each in RECORDS]  # type: ignore[dict-item]


def test_records_pass_an_answer_without_values(site: Site) -> None:
    """The default for missing values."""
    site.replies = [Reply(200, b"[]")]
    assert values(play(site, TOGETHER, *RECORDS)[0]) == RECORDS
