"""What an engine behind the protocol answers, and what is made of it."""

import anyio
import httpx
import pytest

from penstock.adapters.http.client import Client, HttpOptions
from penstock.adapters.http.engine import RemoteEngine
from penstock.core.project import EngineId, EngineInfo, EnvironmentId, ProjectId
from penstock.core.validation import Report
from penstock.ports.engine import Target
from penstock.testing import sample_flow


def validated(status: str, message: str | None = None) -> Report:
    """The report of an engine that ends a validation with this status and without issues."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "/preview/" in request.url.path or request.url.path.endswith("/validate"):
            found = {"previewerId": "p", "status": status, "message": message, "issues": None}
            return httpx.Response(200, json=found)
        return httpx.Response(200, json={"uuid": "u", "pipelineId": "p"})

    async def inside() -> Report:
        client = Client("https://service.example", HttpOptions(transport=httpx.MockTransport(answer)))
        try:
            info = EngineInfo(EngineId("e"), EnvironmentId("env"), "engine", "3.23.0", url="https://engine.example")
            engine = RemoteEngine(client, ProjectId("project"), info, tunnelled=False)
            return await engine.validate(Target(sample_flow()))
        finally:
            await client.aclose()

    return anyio.run(inside)


def test_a_validation_that_went_well_is_valid() -> None:
    """No issues and the status of success."""
    assert validated("VALID").valid


@pytest.mark.parametrize("status", ["START_ERROR", "VALIDATION_ERROR", "TIMED_OUT", "CANCELLED", "INVALID"])
def test_a_validation_that_came_to_no_end_is_no_success(status: str) -> None:
    """Without issues, the status and the engine's words are the issue."""
    report = validated(status, "out of threads")
    assert not report.valid
    assert [(issue.code, "out of threads" in issue.text) for issue in report.issues] == [(status, True)]
