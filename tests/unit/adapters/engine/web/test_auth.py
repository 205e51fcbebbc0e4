"""Who is calling: basic, digest, OAuth 1 and 2."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, unquote

import pytest

from penstock.core.processors import StopFault

from .conftest import Reply, Seen, Site
from .reading import read_all


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
    names = {"consumerKey": "ck", "consumerSecret": "consumer's", "token": "tk", "tokenSecret": "token's"}
    read_all(
        site,
        {"path": "/?b=2", "client.authType": "OAUTH", **{f"client.oauth.{name}": text for name, text in names.items()}},
    )
    header = credentials(site.seen[0])
    assert header.startswith('OAuth oauth_consumer_key="ck", oauth_token="tk"')
    assert 'oauth_timestamp="1"' in header
    assert 'oauth_signature="' in header
    assert "'" not in unquote(header)


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
