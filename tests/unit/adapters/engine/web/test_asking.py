"""Requests and answers: methods, bodies, compression, redirects, and whom nobody may call."""

import gzip

import pytest

from penstock.adapters.engine.formats.compression import inflate, snappy_frames
from penstock.adapters.engine.web.listening import PACKED
from penstock.core.processors import StopFault
from penstock.core.processors.api import Access

from .conftest import Reply, Site
from .reading import read_all


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
