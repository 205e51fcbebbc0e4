"""Engines of a remote service: validate, preview and run through their own interface."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import attrs

from ...core.errors import NotFoundError, RemoteError, UnsupportedError
from ...core.preview import Preview, PreviewOptions
from ...core.project import EngineInfo, EnvironmentId, Job, JobId, JobRun, ProjectId, RunId
from ...core.validation.issues import Issue, Report
from ...core.values import EMPTY_MAP, JsonMap, freeze
from ...core.wire.flows import answered_pipeline
from ...core.wire.given import given_document
from ...core.wire.jobs import run_from
from ...core.wire.previews import preview_from, report_from
from ...core.wire.read import look, text
from ...core.wire.times import epoch_ms
from ...ports.engine import Target
from ...ports.stores import JobStore, OffsetStore
from .client import Client
from .stores import JOBS, HttpEnvironmentStore, safe

FIRST_PAUSE_S, LONGEST_PAUSE_S, GROWTH = 0.01, 2.0, 1.6
GOES_ON = frozenset({"CREATED", "STARTING", "RUNNING", "VALIDATING", "FINISHING"})
WENT_WELL = frozenset({"VALID", "FINISHED"})
MISSING = "CONTAINER_0200"
HEADERS = {"x-requested-by": "sdc", "x-ss-rest-call": "true"}


async def pauses() -> AsyncIterator[None]:
    """Waits that start at milliseconds and grow."""
    pause = FIRST_PAUSE_S
    while True:
        await asyncio.sleep(pause)
        yield
        pause = min(LONGEST_PAUSE_S, pause * GROWTH)


class RemoteEngine:
    """One engine. ``tunnelled`` engines are reached through the service, others at their own address."""

    def __init__(self, client: Client, project_id: ProjectId, info: EngineInfo, *, tunnelled: bool) -> None:
        self._client, self._project_id, self._info, self._tunnelled = client, project_id, info, tunnelled

    @property
    def info(self) -> EngineInfo:
        """Which engine this is."""
        return self._info

    async def call(
        self,
        method: str,
        path: str,
        *,
        what: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        repeat: bool | None = None,
    ) -> Any:
        """A request to the engine's own interface."""
        target = f"/rest/v1{path}"
        if not self._tunnelled:
            url = self._info.url.rstrip("/") + target
            return await self._client.json(
                method, url, what=what, params=query, body=body, headers=HEADERS, repeat=repeat
            )
        base = f"/sset/engine_gateway_rest/tunneling_proxy/v1/{safe(self._info.engine_id, 'engine')}"
        asked = target + (f"?{urlencode(query)}" if query else "")
        params = {"project_id": self._project_id, "request_target": asked}
        return await self._client.json(
            method, base, what=what, params=params, body=body, headers=HEADERS, repeat=repeat
        )

    def _name(self, target: Target) -> str:
        return f"testRun__{target.flow_id or 'unsaved'}"

    async def _save(self, target: Target) -> str:
        """Puts the flow on the engine; its path there."""
        name = self._name(target)
        path = f"/pipeline/{quote(name, safe='')}"
        what = f"flow {target.flow.name!r} on the engine"
        try:
            # a missing flow is no fault that goes away by asking again
            held = await self.call("GET", path, what=what, repeat=False)
        except (RemoteError, NotFoundError) as error:
            if isinstance(error, RemoteError) and error.status not in (500, 502, 503, 504):
                raise
            query = {"description": "description", "draft": "False", "autoGeneratePipelineId": "False"}
            held = await self.call("PUT", path, what=what, query=query)
        document = answered_pipeline(target.flow)
        document["uuid"], document["pipelineId"] = text(held, "/uuid", what), text(held, "/pipelineId", what, name)
        await self.call("POST", path, what=what, body=document, repeat=True)
        return path

    async def _outcome(self, path: str, began: Any, what: str, limit_s: float) -> Mapping[str, Any]:
        previewer = quote(text(began, "/previewerId", what), safe="")
        ends = time.monotonic() + limit_s
        waits = pauses()
        status = look(began, "/status")
        while not isinstance(status, str) or status in GOES_ON:
            answer = await self.call("GET", f"{path}/preview/{previewer}/status", what=what)
            status = text(answer, "/status", what)
            if status not in GOES_ON:
                break
            if time.monotonic() > ends:
                await self.call("DELETE", f"{path}/preview/{previewer}", what=what, repeat=False)
                return {"status": "TIMED_OUT", "message": f"no result within {limit_s:g} s", "issues": {}}
            await anext(waits)
        made = await self.call("GET", f"{path}/preview/{previewer}", what=what)
        return made if isinstance(made, Mapping) else {}

    async def validate(self, target: Target) -> Report:
        """The findings of the engine."""
        path = await self._save(target)
        what = f"validation of flow {target.flow.name!r}"
        began = await self.call("GET", f"{path}/validate", what=what)
        outcome = await self._outcome(path, began, what, 600.0)
        report, status = report_from(outcome.get("issues"), what), outcome.get("status")
        if not report.valid or not isinstance(status, str) or status in WENT_WELL:
            return report
        # an engine that could not validate has no issues: that is no proof of a sound flow
        words = outcome.get("message") or "the engine does not say why"
        return attrs.evolve(report, pipeline_issues=(Issue(status, f"the validation came to no end: {words}"),))

    async def preview(self, target: Target, options: PreviewOptions) -> Preview:
        """The records of a few batches."""
        if options.now_ms is not None:
            raise UnsupportedError("a fixed time in a preview on a remote engine")
        began_s = time.monotonic()
        path = await self._save(target)
        what = f"preview of flow {target.flow.name!r}"
        query = {
            "batchSize": options.batch_size,
            "batches": options.batches,
            "skipTargets": _word(not options.write_to_destinations),
            "timeout": options.timeout_ms,
            "skipLifecycleEvents": _word(not options.execute_lifecycle_events),
            "pushLimitDown": "true",
            "remote": "true",
            "testOrigin": _word(options.test_origin),
            **({"endStage": options.through} if options.through else {}),
        }
        body = given_document(options, target.flow, with_inputs=self._client.ours)
        began = await self.call("POST", f"{path}/preview", what=what, query=query, body=body, repeat=True)
        result = await self._outcome(path, began, what, options.timeout_ms / 1000 + 10)
        inputs = {stage.instance_name: stage.input_lanes for stage in target.flow.stages}
        made = preview_from(result, inputs, what)
        return attrs.evolve(made, duration_s=time.monotonic() - began_s)

    async def start(
        self, target: Target, job: Job, run_id: RunId, jobs: JobStore, offsets: OffsetStore, *, name: str = ""
    ) -> "RemoteRun":
        """Starts a run in the service; its id is the service's. One that the service refuses has failed."""
        path = f"{JOBS}/{safe(job.job_id, 'job')}/runs"
        body = {"job_run": {"name": name or job.name, "description": ""}}
        what = f"run of job {job.name!r}"
        made = await self._client.json("POST", path, what=what, params={"project_id": self._project_id}, body=body)
        return RemoteRun(self._client, self._project_id, run_from(made, what), self)

    async def attached(self, job_id: JobId, run_id: RunId) -> "RemoteRun":
        """A run that goes on in the service, whoever started it."""
        what = f"run {run_id!r}"
        path = f"{JOBS}/{safe(job_id, 'job')}/runs/{safe(run_id, 'run')}"
        made = await self._client.json("GET", path, what=what, params={"project_id": self._project_id})
        return RemoteRun(self._client, self._project_id, run_from(made, what), self)

    async def log(self, run_id: RunId) -> tuple[tuple[int, str, str], ...]:
        """The log of a run."""
        query = {"project_id": self._project_id, "pipeline": run_id}
        rows = await self.call("GET", "/system/logs", what=f"log of run {run_id!r}", query=query)
        return tuple((_number(row), str(row.get("severity", "")), str(row.get("message", ""))) for row in rows or ())

    async def metrics(self, run_id: RunId) -> JsonMap:
        """The metrics of a run; empty where the engine has none (any more)."""
        try:
            path = f"/pipeline/{quote(run_id, safe='')}/metrics"
            made = freeze(await self.call("GET", path, what=f"metrics of run {run_id!r}", query={"edge": "False"}))
        except (RemoteError, NotFoundError):
            return EMPTY_MAP
        return made if isinstance(made, JsonMap) else EMPTY_MAP

    async def aclose(self) -> None:
        """The engine is the service's: its runs go on."""


def _number(row: Mapping[str, Any]) -> int:
    return epoch_ms(row.get("timestamp"), "log", "/timestamp")


def _word(value: bool) -> str:
    return "true" if value else "false"


class RemoteRun:
    """A run in the service, looked at again and again."""

    def __init__(self, client: Client, project_id: ProjectId, state: JobRun, engine: RemoteEngine) -> None:
        self._client, self._params = client, {"project_id": project_id}
        self._state, self._engine = state, engine
        self._path = f"{JOBS}/{safe(state.job_id, 'job')}/runs/{safe(state.run_id, 'run')}"

    @property
    def state(self) -> JobRun:
        """The state as of the last look."""
        return self._state

    async def refresh(self) -> JobRun:
        """Looks again, metrics included."""
        what = f"run {self._state.run_id!r}"
        made = await self._client.json("GET", self._path, what=what, params=self._params)
        self._state = run_from(made, what, await self._engine.metrics(self._state.run_id))
        return self._state

    async def stop(self) -> None:
        """Asks it to end after its batch."""
        what = f"run {self._state.run_id!r}"
        await self._client.json("POST", f"{self._path}/cancel", what=what, params=self._params, repeat=True)

    async def wait(self) -> JobRun:
        """Waits for the end."""
        waits = pauses()
        while not (await self.refresh()).ended:
            await anext(waits)
        return self._state

    async def changes(self) -> AsyncIterator[JobRun]:
        """Every change that a look finds, until the end."""
        waits = pauses()
        last: JobRun | None = None
        while True:
            now = await self.refresh()
            if now != last:
                yield now
            if now.ended:
                return
            last = now
            await anext(waits)


class HttpEngines:
    """Finds the engine of an environment: the first that is online."""

    def __init__(self, client: Client, project_id: ProjectId, environments: HttpEnvironmentStore) -> None:
        self._client, self._project_id, self._environments = client, project_id, environments

    async def engine(self, environment_id: str | None) -> RemoteEngine | None:
        """An online engine of the environment (or of any, for None)."""
        if environment_id:
            try:
                found = await self._environments.engines(EnvironmentId(environment_id))
            except NotFoundError:
                return None
        else:
            found = await self._environments.engines()
        info = next((each for each in found if each.online), None)
        return None if info is None else await self._reach(info)

    async def _reach(self, info: EngineInfo) -> RemoteEngine:
        path = f"/sset/engine_gateway_rest/tunneling_meta/v1/state/v1/engine/{safe(info.engine_id, 'engine')}"
        what = f"engine {info.engine_id!r}"
        try:
            answer = await self._client.json("GET", path, what=what, params={"project_id": self._project_id})
        except NotFoundError:
            answer = {}
        tunnelled = look(answer, "/mode") == "tunneling" or not info.url
        return RemoteEngine(self._client, self._project_id, info, tunnelled=tunnelled)

    async def log(self, run_id: RunId) -> tuple[tuple[int, str, str], ...]:
        """The log of a run, from whichever engine knows it."""
        for info in await self._environments.engines():
            if info.online:
                try:
                    return await (await self._reach(info)).log(run_id)
                except (NotFoundError, RemoteError):
                    continue
        raise NotFoundError("log of run", run_id)
