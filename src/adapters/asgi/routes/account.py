"""What is asked first: version, tokens for keys and passwords, and the kinds of flows that do not exist."""

import asyncio
from typing import Any

from starlette.responses import Response

from ..answers import answer, error_answer
from ..table import OBJECT, OPTIONAL_TEXT, PROJECT, TEXT, Call, Endpoint, Query, obj

TOKEN_LIFE_S = 3600


async def version(call: Call) -> Response:
    """The first request of every client."""
    return answer({"version": "1", "server": "penstock"})


async def authorize(call: Call) -> Response:
    """A token for a user with a password or key: the password (or key) is the token itself."""
    return await _exchange(call, call.body.get("password") or call.body.get("api_key"), "token")


async def identity(call: Call) -> Response:
    """A token for an API key, as a form."""
    form = await call.request.form()
    given = form.get("apikey")
    return await _exchange(call, given if isinstance(given, str) else None, "access_token")


async def _exchange(call: Call, key: str | None, name: str) -> Response:
    settings = call.request.app.state.settings
    if key is None or settings.tokens.scopes_of(key) is None:
        await asyncio.sleep(settings.refusal_s)
        return error_answer(401, "unauthorized", "this key or password is not known", call.request.state.request_id)
    now = call.service.now_ms() // 1000
    made: dict[str, Any] = {
        name: key,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFE_S,
        "expiration": now + TOKEN_LIFE_S,
    }
    return answer(made)


async def no_batch_flows(call: Call) -> Response:
    """There are no batch flows here."""
    return answer({"data_flows": [], "total_count": 0})


async def no_other_assets(call: Call) -> Response:
    """There are no other kinds of flows here."""
    return answer({"results": [], "total_rows": 0})


ENDPOINTS = (
    Endpoint("GET", "/v2/connections/version", version, public=True, answers={200: OBJECT}, summary="Is anybody there"),
    Endpoint(
        "POST",
        "/icp4d-api/v1/authorize",
        authorize,
        public=True,
        body=obj({}, {"username": OPTIONAL_TEXT, "password": OPTIONAL_TEXT, "api_key": OPTIONAL_TEXT}),
        answers={200: obj({"token": TEXT})},
        summary="A token for a user",
    ),
    Endpoint(
        "POST",
        "/identity/token",
        identity,
        public=True,
        stream=True,
        media="application/x-www-form-urlencoded",
        answers={200: obj({"access_token": TEXT})},
        summary="A token for an API key",
    ),
    Endpoint(
        "GET",
        "/data_intg/v3/data_intg_flows",
        no_batch_flows,
        query=(Query("project_id", TEXT),),
        answers={200: OBJECT},
        summary="Batch flows: none",
    ),
    Endpoint(
        "POST",
        "/v2/asset_types/{asset_type}/search",
        no_other_assets,
        query=(PROJECT,),
        body=OBJECT,
        answers={200: OBJECT},
        summary="Other kinds of flows: none",
    ),
)
