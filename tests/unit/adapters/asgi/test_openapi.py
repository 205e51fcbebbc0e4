"""The OpenAPI document is true: whatever is asked by it is answered as it says, and nothing breaks the server."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from penstock.adapters.asgi import ServerSettings
from penstock.adapters.asgi.routes import ENDPOINTS
from penstock.adapters.asgi.table import TEXT, Endpoint
from penstock.sdk.serve import Server

TOKEN = "fuzzing-token"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    """The document of a server, and a project that is there."""
    with Server(token=TOKEN, settings=ServerSettings(refusal_s=0)) as server:
        rows = httpx.get(f"{server.url}/v2/projects", headers=HEADERS).json()["resources"]
        yield schemathesis.openapi.from_url(f"{server.url}/openapi.json"), rows[0]["metadata"]["guid"]


def _is_free(endpoint: Endpoint) -> bool:
    """True when anything is a good request: only texts are asked for."""
    return endpoint.body is None and all(each.schema == TEXT and not each.required for each in endpoint.query)


def _holds_documents(endpoint: Endpoint) -> bool:
    """True for bodies that may be refused for reasons that no schema tells: flow documents and archives."""
    return endpoint.stream or "pipeline_definition" in (endpoint.body or {}).get("properties", {})


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_every_endpoint_answers_as_described(api: Any, endpoint: Endpoint, mode: Any) -> None:
    """Statuses, media types and bodies are those of the document, for good requests and for bad ones."""
    document, project_id = api
    positive = mode is schemathesis.GenerationMode.POSITIVE
    if not positive and _is_free(endpoint):
        return
    aside = [positive_data_acceptance] if _holds_documents(endpoint) else []

    @settings(
        max_examples=8,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(document[endpoint.path][endpoint.method].as_strategy(generation_mode=mode))
    def agrees(case: Any) -> None:
        # parameters that nobody asked for are let through: clients of the service send some
        if not positive and set(case.query or {}) - {each.name for each in endpoint.query}:
            return
        # made-up projects would all be answered with 404
        for parts in (case.query, case.path_parameters):
            if positive and parts and "project_id" in parts and endpoint.method != "DELETE":
                parts["project_id"] = project_id
        case.call_and_validate(headers=HEADERS, timeout=20, excluded_checks=aside)

    agrees()
