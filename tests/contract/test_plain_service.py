"""penstock's client against a service that is not penstock's: no tags, no documents in listings, nothing extra."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from penstock import Project, StreamingFlow, open_project
from penstock.adapters.http.client import Client, HttpOptions
from penstock.adapters.http.engine import RemoteEngine
from penstock.core.flow.model import Flow
from penstock.core.project import EngineId, EngineInfo, EnvironmentId, ProjectId
from penstock.ports.engine import Target
from penstock.sdk.serve import Server

OWN = ("penstock", "pipeline_envelope", "etag", "penstockFilled")


def plain(value: Any) -> Any:
    """A document without the parts that only penstock knows."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in OWN}
    return [plain(item) for item in value] if isinstance(value, list) else value


class PlainTransport(httpx.AsyncBaseTransport):
    """Takes away from requests and answers what the protocol does not know."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hands a request on and the answer back."""
        del request.headers["x-penstock"]
        response = await self._inner.handle_async_request(request)
        await response.aread()
        content, headers = response.content, dict(response.headers)
        for name in ("x-penstock", "etag", "content-length", "content-encoding"):
            headers.pop(name, None)
        if headers.get("content-type") == "application/json":
            content = json.dumps(plain(json.loads(content))).encode()
        return httpx.Response(response.status_code, headers=headers, content=content)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


@pytest.fixture
def project() -> Iterator[Project]:
    """A project of such a service."""
    with Server() as server, open_project(server.url, token=server.token, transport=PlainTransport()) as opened:
        yield opened


def build(project: Project, name: str) -> StreamingFlow:
    """A saved flow with two stages."""
    environments = list(project.environments)
    environment = environments[0] if environments else project.create_environment(name="e")
    flow = project.create_flow(name=name, environment=environment)
    raw = flow.add_stage("Dev Raw Data Source")
    raw.data_format, raw.raw_data, raw.stop_after_first_batch = "JSON", '{"f1": "abc"}', True
    raw.connect_output_to(flow.add_stage("Trash"))
    project.update_flow(flow)
    return flow


def test_flows_live_in_such_a_service_too(project: Project, tmp_path: Path) -> None:
    """Create, list, read, validate, preview, copy, export, import, delete."""
    flow = build(project, "plain")
    assert [each.name for each in project.flows] == ["plain"]
    read = project.flows.get(name="plain")
    assert [each.instance_name for each in read.stages] == ["DevRawDataSource_01", "Trash_01"]
    assert read.validate().success
    assert read.preview()[0].output == [("abc",)]
    copy = project.duplicate_flow(read, name="copy")
    assert isinstance(copy, StreamingFlow)
    assert [each.instance_name for each in copy.stages] == ["DevRawDataSource_01", "Trash_01"]
    file = project.export_flow(flow=flow, destination=tmp_path / "plain.zip")
    made = project.import_flows(source=file, conflict_resolution="rename")
    assert isinstance(made, StreamingFlow)
    assert made.name == "plain (2)"
    project.delete_flow(copy)
    assert sorted(each.name for each in project.flows) == ["plain", "plain (2)"]


def test_parameter_sets_are_related_by_their_own_requests(project: Project) -> None:
    """The service keeps the relation apart from the flow; reading brings both together."""
    held = project.create_parameter_set("params")
    held.add_parameter(name="p", value="v")
    project.update_parameter_set(held)
    flow = build(project, "related")
    flow.use_parameter_set(project.parameter_sets.get(name="params"))
    project.update_flow(flow)
    assert [each.name for each in project.flows.get(name="related").parameter_sets] == ["params"]


def test_jobs_run_in_the_service(project: Project) -> None:
    """Started, waited for, with log and metrics from its engine."""
    run = project.create_job(name="job", flow=build(project, "job")).start()
    assert run.wait() == "Completed"
    assert any("FINISHED" in line["message"] for line in run.logs)
    assert run.metrics["counters"]["pipeline.batchInputRecords.counter"]["count"] == 1


def test_a_flow_that_cannot_be_run_is_a_run_that_failed(project: Project) -> None:
    """A service answers with the run instead of an error; it says why."""
    flow = build(project, "broken")
    flow.add_stage("Trash")
    project.update_flow(flow)
    run = project.create_job(name="broken", flow=flow).start(name="mine")
    assert (run.name, run.wait()) == ("mine", "Failed")
    assert "Trash_02" in run.message


def test_tunnelled_engines_are_asked_through_the_service() -> None:
    """The engine's path and query go as one parameter; a missing flow is made at once."""
    import anyio

    asked: list[httpx.Request] = []

    def service(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        target = request.url.params["request_target"]
        if target.endswith("/validate"):
            return httpx.Response(200, json={"previewerId": "p"})
        if target.endswith("/status"):
            return httpx.Response(200, json={"status": "VALID"})
        if request.method == "GET" and target.endswith("testRun__unsaved"):
            return httpx.Response(500, json={"RemoteException": {"errorCode": "CONTAINER_0200"}})
        return httpx.Response(200, json={"uuid": "u", "pipelineId": "x", "status": "VALID", "issues": {}})

    async def inside() -> None:
        client = Client("https://service.example", HttpOptions(transport=httpx.MockTransport(service)))
        info = EngineInfo(EngineId("e"), EnvironmentId("v"), "engine", "6.3.0")
        engine = RemoteEngine(client, ProjectId("p1"), info, tunnelled=True)
        assert (await engine.validate(Target(Flow("f")))).valid
        await client.aclose()

    anyio.run(inside)
    assert all(each.url.path == "/sset/engine_gateway_rest/tunneling_proxy/v1/e" for each in asked)
    assert all(each.url.params["project_id"] == "p1" for each in asked)
    assert [each.method for each in asked[:3]] == ["GET", "PUT", "POST"]
    assert asked[0].url.params["request_target"] == "/rest/v1/pipeline/testRun__unsaved"
