"""How the HTTP client behaves when the service does not: retries, waits, tokens, errors."""

import json
import socket
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest

from penstock.adapters.http import ApiKeyAuth, BearerAuth, PasswordAuth, ZenApiKeyAuth
from penstock.adapters.http.client import Client, HttpOptions, next_start, retry_after_s
from penstock.core.errors import (
    ClosedError,
    ConflictError,
    FormatError,
    NameInUseError,
    NotFoundError,
    PenstockError,
    RemoteError,
    UnreachableError,
)

Handler = Callable[[httpx.Request], httpx.Response]


def asked(handler: Handler, method: str = "GET", auth: httpx.Auth | None = None, **more: Any) -> Any:
    """The answer to one request, with retries that do not wait."""

    async def inside() -> Any:
        options = HttpOptions(auth=auth, transport=httpx.MockTransport(handler), first_wait_s=0.001)
        client = Client("https://service.example", options)
        try:
            return await client.json(method, "/thing", what="thing 'x'", **more)
        finally:
            await client.aclose()

    return anyio.run(inside)


class Answers:
    """Gives prepared answers in order, the last one again and again, and notes what was asked."""

    def __init__(self, *answers: "httpx.Response | Exception") -> None:
        self.answers, self.requests = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


OK = httpx.Response(200, json={"fine": True})


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_reads_are_repeated(status: int) -> None:
    """A read that failed for a moment is asked again."""
    answers = Answers(httpx.Response(status), httpx.Response(status), OK)
    assert asked(answers) == {"fine": True}
    assert len(answers.requests) == 3


def test_a_create_is_never_sent_twice_when_it_may_have_arrived() -> None:
    """Neither after a 503 nor after a lost answer; only when it cannot have arrived, or was refused as too much."""
    for failure in (httpx.Response(503), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("gone")):
        answers = Answers(failure, OK)
        with pytest.raises(PenstockError):
            asked(answers, "POST", body={})
        assert len(answers.requests) == 1
    for harmless in (httpx.ConnectError("refused"), httpx.Response(429)):
        answers = Answers(harmless, OK)
        assert asked(answers, "POST", body={}) == {"fine": True}


def test_retry_after_is_kept_to() -> None:
    """Seconds and dates are understood, nonsense is not."""
    assert retry_after_s("3") == 3
    assert retry_after_s("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after_s("soon") is None
    assert retry_after_s(None) is None


def test_nobody_there_is_said_with_the_address() -> None:
    """How often and how long was tried is part of the message."""
    with pytest.raises(UnreachableError, match=r"https://service.example after 4 attempt") as caught:
        asked(Answers(httpx.ConnectError("refused")))
    assert isinstance(caught.value, ConnectionError)


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFoundError), (409, NameInUseError), (412, ConflictError), (401, RemoteError), (400, RemoteError)],
)
def test_answers_that_say_no_become_errors(status: int, error: type[Exception]) -> None:
    """Each with what it was about; remote errors with the request's id."""
    answer = httpx.Response(status, json={"errors": [{"message": "because"}]}, headers={"x-request-id": "r-1"})
    with pytest.raises(error) as caught:
        asked(Answers(answer))
    if error is RemoteError:
        assert "r-1" in str(caught.value)
        assert "because" in str(caught.value)
    assert "x" in str(caught.value)


def test_answers_are_checked_before_they_are_believed() -> None:
    """No JSON, and JSON that is nested too deeply, are errors of their own."""
    for body in (b"<html>", b"[" * 500 + b"]" * 500):
        with pytest.raises(FormatError):
            asked(Answers(httpx.Response(200, content=body)))


def test_tokens_are_fetched_renewed_and_fetched_again_after_a_401() -> None:
    """Once at the start, once before the end, once when the service no longer takes one."""
    now, given, seen = [1000.0], [0], []

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            assert b"apikey=my-key" in request.content
            given[0] += 1
            return httpx.Response(200, json={"access_token": f"t{given[0]}", "expires_in": 3600})
        seen.append(request.headers["authorization"])
        return httpx.Response(401) if seen[-1] == "Bearer t2" else OK

    auth = ApiKeyAuth("my-key", "https://service.example/token", lambda: now[0])
    asked(service, auth=auth)
    asked(service, auth=auth)
    assert seen == ["Bearer t1", "Bearer t1"]
    now[0] += 3590
    asked(service, auth=auth)
    assert seen[2:] == ["Bearer t2", "Bearer t3"]
    assert "my-key" not in repr(auth)


def test_a_refused_key_says_so_without_showing_it() -> None:
    """The message has the status, not the key."""
    auth = PasswordAuth("https://service.example", "user", "my-password")
    with pytest.raises(RemoteError) as caught:
        asked(Answers(httpx.Response(401, text="my-password is wrong")), auth=auth)
    assert "my-password" not in str(caught.value)
    assert "my-password" not in repr(auth)


def test_the_other_ways_of_signing_in_send_their_headers() -> None:
    """A bearer token, and a user with a platform key."""
    for auth, header in ((BearerAuth("abc"), "Bearer abc"), (ZenApiKeyAuth("u", "k"), "ZenApiKey dTpr")):
        answers = Answers(OK)
        asked(answers, auth=auth)
        assert answers.requests[0].headers["authorization"] == header
        assert "abc" not in repr(auth)


def test_pages_are_followed_and_doubles_given_once() -> None:
    """The start of the next page is read from its link; an empty page ends the listing."""
    page = {"rows": [{"metadata": {"asset_id": "a"}}], "next": {"href": "https://x/y?start=7&z=1"}}
    assert next_start(page) == "7"
    last = {"rows": [{"metadata": {"asset_id": "a"}}, {"metadata": {"asset_id": "b"}}]}
    answers = Answers(httpx.Response(200, json=page), httpx.Response(200, json=last))

    async def inside() -> list[Any]:
        client = Client("https://service.example", HttpOptions(transport=httpx.MockTransport(answers)))
        rows = [row async for row in client.pages("/things", "rows", what="things", params={})]
        await client.aclose()
        with pytest.raises(ClosedError):
            await client.json("GET", "/", what="things")
        return rows

    assert [row["metadata"]["asset_id"] for row in anyio.run(inside)] == ["a", "b"]
    assert answers.requests[1].url.params["start"] == "7"
    assert json.dumps(page)


def test_a_server_that_never_answers_is_given_up() -> None:
    """A port that takes the connection and says nothing ends in an error after the time that was given."""
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def inside() -> Any:
            options = HttpOptions(timeout_s=0.1, retries=0)
            client = Client(f"http://127.0.0.1:{silent.getsockname()[1]}", options)
            try:
                return await client.json("GET", "/thing", what="thing 'x'")
            finally:
                await client.aclose()

        with pytest.raises(UnreachableError, match="1 attempt"):
            anyio.run(inside)
