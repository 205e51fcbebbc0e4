"""The client of the HTTP stages: encrypted connections, proxies, limits and what its log says."""

import logging
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest

from penstock.adapters.engine.web.answer import NoAnswerError, TookTooLongError
from penstock.adapters.engine.web.client import Request, WebClient
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.processors import StopFault
from penstock.core.processors.api import Access

from .conftest import Reply, Site, tools_of
from .test_keystores import store

PEM = Path(__file__).with_name("localhost.pem")
"""A certificate for localhost that signs itself, valid from 2020 to 2120, and its key: worth nothing."""
CERTIFICATE = PEM.read_text()[PEM.read_text().index("-----BEGIN CERTIFICATE") :]
KEY = PEM.read_text().removesuffix(CERTIFICATE)


def client(settings: dict[str, object], **more: Any) -> WebClient:
    """A client with these settings."""
    tools = tools_of(settings, StageType.ORIGIN, **more).tools
    return WebClient(tools.plan.given.under("conf."), tools)


def fetched(made: WebClient, url: str, **more: Any) -> bytes:
    """The body of an answer."""
    answer = made.send(Request("GET", url, **more))
    try:
        return answer.content()
    finally:
        answer.close()
        made.close()


@pytest.fixture
def secure(site: Site) -> Site:
    """A site that is encrypted with the certificate, and asks for one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    context.load_verify_locations(PEM)
    context.verify_mode = ssl.CERT_OPTIONAL
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    site.url = site.url.replace("http://127.0.0.1", "https://localhost")
    site.replies = [Reply(200, b"secret")]
    return site


TRUSTED: dict[str, object] = {
    "tlsConfig.tlsEnabled": True,
    "tlsConfig.useRemoteTrustStore": True,
    "tlsConfig.trustedCertificates": [{"credential": CERTIFICATE}],
}


def test_a_certificate_that_nobody_trusts_is_refused(secure: Site) -> None:
    """Without settings the authorities of the system decide."""
    with pytest.raises(NoAnswerError, match="(?i)certificate"):
        fetched(client({}), secure.url)


def test_certificates_of_the_settings_are_trusted(secure: Site) -> None:
    """As texts, or in a PEM file; a key of the client's own is shown."""
    assert fetched(client(TRUSTED), secure.url) == b"secret"
    file: dict[str, object] = {"tlsConfig.tlsEnabled": True, "tlsConfig.trustStoreFilePath": str(PEM)}
    assert fetched(client(file), secure.url) == b"secret"
    own: dict[str, object] = {
        "tlsConfig.useRemoteKeyStore": True,
        "tlsConfig.privateKey": KEY,
        "tlsConfig.certificateChain": [{"credential": CERTIFICATE}],
        "tlsConfig.useDefaultProtocols": False,
        "tlsConfig.protocols": [{"protocol": "TLSv1.2"}],
    }
    assert fetched(client({**TRUSTED, **own}), secure.url) == b"secret"


def test_java_key_stores_are_trusted_too(tmp_path: Path, secure: Site) -> None:
    """With their certificates; one that cannot be opened or is not there has a code."""
    path = tmp_path / "trust.jks"
    path.write_bytes(store(key=False))
    settings: dict[str, object] = {"tlsConfig.tlsEnabled": True, "tlsConfig.trustStoreFilePath": str(path)}
    assert fetched(client(settings), secure.url) == b"secret"
    with pytest.raises(StopFault, match="TLS_21"):
        client({**settings, "tlsConfig.trustStorePassword": "other"})
    with pytest.raises(StopFault, match="TLS_01"):
        client({**settings, "tlsConfig.trustStoreFilePath": str(tmp_path / "none")})


def test_what_a_stage_may_not_use_is_named(tmp_path: Path) -> None:
    """A file elsewhere is not looked at; lists of Java cipher suites mean nothing here."""
    settings: dict[str, object] = {"tlsConfig.tlsEnabled": True, "tlsConfig.trustStoreFilePath": str(tmp_path / "x")}
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        client(settings, access=Access(folders=()))
    with pytest.raises(UnsupportedError, match="cipher suites"):
        client(
            {"tlsConfig.tlsEnabled": True, "tlsConfig.useDefaultCiperSuites": False, "tlsConfig.cipherSuites": ["X"]}
        )


def test_text_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    """Without showing it."""
    bad = "-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----"
    settings: dict[str, object] = {
        "tlsConfig.tlsEnabled": True,
        "tlsConfig.useRemoteKeyStore": True,
        "tlsConfig.privateKey": bad,
    }
    with pytest.raises(InvalidValueError, match="Private Key") as caught:
        client(settings)
    assert "hidden" not in str(caught.value)


def test_a_proxy_gets_the_whole_address_and_its_own_credentials(site: Site) -> None:
    """It must be an allowed host itself."""
    site.replies = [Reply(200, b"by proxy")]
    settings: dict[str, object] = {
        "useProxy": True,
        "proxy.uri": site.url,
        "proxy.username": "me",
        "proxy.password": "pw",
    }
    assert fetched(client(settings), "http://elsewhere.invalid/a") == b"by proxy"
    assert site.seen[0].path == "http://elsewhere.invalid/a"
    assert site.seen[0].headers["Proxy-Authorization"].startswith("Basic ")
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        client(settings, access=Access(hosts=("elsewhere.invalid",)))
    with pytest.raises(InvalidValueError, match="HTTP_13"):
        client({"useProxy": True, "proxy.uri": "nowhere"})


def test_redirects_to_another_scheme_are_answers(site: Site) -> None:
    """As in Java, which does not follow them; more than twenty are no answer at all."""
    site.replies = [Reply(302, b"", {"Location": site.url.replace("http:", "https:")})]
    made = client({})
    answer = made.send(Request("GET", site.url))
    assert answer.status == 302
    answer.close()
    site.seen.clear()
    site.replies = [Reply(302, b"", {"Location": "/again"})]
    with pytest.raises(NoAnswerError, match="20 redirects"):
        made.send(Request("GET", site.url))
    assert len(site.seen) == 21


def test_credentials_do_not_follow_to_another_host(site: Site) -> None:
    """The name of the host counts, not where it leads to."""
    other = site.url.replace("127.0.0.1", "localhost")
    site.replies = [Reply(302, b"", {"Location": other}), Reply(200, b"ok")]
    settings: dict[str, object] = {"authType": "BASIC", "basicAuth.username": "me", "basicAuth.password": "pw"}
    assert fetched(client(settings), site.url) == b"ok"
    assert ["Authorization" in seen.headers for seen in site.seen] == [True, False]


def test_cookies_are_not_kept(site: Site) -> None:
    """Each request stands for itself."""
    site.replies = [Reply(200, b"", {"Set-Cookie": "a=b"})]
    made = client({})
    for _ in range(2):
        made.send(Request("GET", site.url)).close()
    assert "Cookie" not in site.seen[1].headers


def test_a_body_has_its_time(site: Site) -> None:
    """Pieces that come slowly do not make it longer."""
    hold = threading.Event()
    site.replies = [Reply(200, [b"a", b"b"], hold=hold)]
    answer = client({}).send(Request("GET", site.url))
    hold.set()
    with pytest.raises(TookTooLongError, match="in time"):
        answer.content(0.0)


def test_the_log_holds_no_secrets(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Method, address without its query, status; the body only where the settings ask for it, and cut."""
    site.replies = [Reply(200, b"")]
    settings: dict[str, object] = {
        "requestLoggingConfig.enableRequestLogging": True,
        "requestLoggingConfig.logLevel": "INFO",
        "requestLoggingConfig.verbosity": "PAYLOAD_TEXT",
        "requestLoggingConfig.maxEntitySize": 4,
    }
    with caplog.at_level(logging.INFO, logger="penstock.http"):
        made = client(settings)
        request = Request("POST", f"{site.url}/a?token=t0ken", (("X-Key", "k3y"),), b"payload")
        made.send(request).close()
    assert f"POST {site.url}/a 200" in caplog.text
    assert "payl" in caplog.text
    assert not any(word in caplog.text for word in ("payload", "t0ken", "k3y"))
    assert "k3y" not in repr(request)
