"""Projects, parameter sets, environments and jobs of a remote service."""

import builtins
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import attrs

from ...core.errors import NameInUseError, NotFoundError, UnsupportedError
from ...core.project import (
    EngineInfo,
    Environment,
    EnvironmentId,
    Job,
    JobId,
    JobRun,
    ParameterSet,
    ParameterSetId,
    ProjectId,
    ProjectInfo,
    RunId,
    StoredParameterSet,
)
from ...core.wire.environments import (
    engine_from,
    environment_document,
    environment_from,
    environment_request,
)
from ...core.wire.jobs import job_from, job_request, run_from
from ...core.wire.parameter_sets import parameter_set_body, parameter_set_from
from ...core.wire.projects import project_from
from ...core.wire.read import mapping, text
from .client import Client

ENVIRONMENTS = "/sset/engine_manager/v1/streamsets_environments"
ENGINES = "/sset/engine_manager/v1/streamsets_engines"
SETS = "/v2/parameter_sets"
JOBS = "/v2/jobs"


def safe(given: str, kind: str) -> str:
    """An id as one part of a path. Raises ``NotFoundError`` for what cannot be one."""
    if given in ("", ".", ".."):
        raise NotFoundError(kind, given)
    return quote(given, safe="")


class HttpProjectStore:
    """Projects over the protocol; ids are the service's."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def create(self, project: ProjectInfo) -> ProjectInfo:
        """Keeps a new project."""
        if any(each.name == project.name for each in await self.list()):
            raise NameInUseError("project", project.name)
        body = {
            "name": project.name,
            "context": "df",
            "description": project.description,
            "generator": "penstock",
            "public": False,
            "tags": list(project.tags),
            "type": "wx",
            "storage": {"type": "assetfiles"},
        }
        what = f"project {project.name!r}"
        made = await self._client.json("POST", "/transactional/v2/projects", what=what, body=body)
        location = text(made, "/location", what)
        return await self.get(ProjectId(location.rstrip("/").rsplit("/", 1)[-1]))

    async def get(self, project_id: ProjectId) -> ProjectInfo:
        """The project with this id."""
        what = f"project {project_id!r}"
        path = f"/v2/projects/{safe(project_id, 'project')}"
        params = {"include": "name,fields,members,tags,settings"}
        return project_from(await self._client.json("GET", path, what=what, params=params), what)

    async def list(self) -> tuple[ProjectInfo, ...]:
        """Every project."""
        found: list[ProjectInfo] = []
        bookmark: str | None = None
        while True:
            params: dict[str, Any] = {"include": "name,fields,members,tags,settings", "limit": 100}
            if bookmark:
                params["bookmark"] = bookmark
            page = await self._client.json("GET", "/v2/projects", what="projects", params=params)
            rows = page.get("resources") or []
            found.extend(project_from(row, "projects") for row in rows)
            bookmark = page.get("bookmark")
            if not bookmark or not rows:
                return tuple(found)

    async def save(self, project: ProjectInfo) -> ProjectInfo:
        """Keeps a changed name, description or tags."""
        held = await self.get(project.project_id)
        path = f"/v2/projects/{safe(project.project_id, 'project')}"
        what = f"project {project.name!r}"
        body = {"name": project.name, "description": project.description}
        await self._client.json("PATCH", path, what=what, body=body, repeat=True)
        gone = [each for each in held.tags if each not in project.tags]
        new = [each for each in project.tags if each not in held.tags]
        changes = [{"op": op, "tags": tags} for op, tags in (("remove", gone), ("add", new)) if tags]
        if changes:
            await self._client.json("PATCH", f"{path}/tags", what=what, body=changes, repeat=True)
        return await self.get(project.project_id)

    async def delete(self, project_id: ProjectId) -> None:
        """Forgets a project."""
        path = f"/transactional/v2/projects/{safe(project_id, 'project')}"
        await self._client.json("DELETE", path, what=f"project {project_id!r}", repeat=False)


class HttpParameterSetStore:
    """Parameter sets over the protocol; ids are the service's."""

    def __init__(self, client: Client, project_id: ProjectId) -> None:
        self._client, self._params = client, {"project_id": project_id}

    async def create(self, value: ParameterSet, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        """Keeps a new set."""
        what = f"parameter set {value.name!r}"
        if not self._client.ours and any(each.value.name == value.name for each in await self.list()):
            raise NameInUseError("parameter set", value.name)
        body = {"parameter_set": parameter_set_body(value)}
        return parameter_set_from(
            await self._client.json("POST", SETS, what=what, params=self._params, body=body), what
        )

    async def get(self, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        """The set with this id."""
        what = f"parameter set {parameter_set_id!r}"
        path = f"{SETS}/{safe(parameter_set_id, 'parameter set')}"
        return parameter_set_from(await self._client.json("GET", path, what=what, params=self._params), what)

    async def list(self) -> tuple[StoredParameterSet, ...]:
        """Every set. A service lists ids, and gives the sets for ids."""
        found: list[StoredParameterSet] = []
        ids: list[str] = []
        params = {**self._params, "limit": 100}
        async for row in self._client.pages(SETS, "parameter_sets", what="parameter sets", params=params):
            if self._client.ours:
                found.append(parameter_set_from(row, "parameter sets"))
            else:
                ids.append(text(row, "/metadata/asset_id", "parameter sets"))
        for at in range(0, len(ids), 50):
            many = {**self._params, "id": ",".join(ids[at : at + 50])}
            page = await self._client.json("GET", f"{SETS}/bulk", what="parameter sets", params=many)
            found.extend(parameter_set_from(row, "parameter sets") for row in page.get("parameter_sets") or ())
        return tuple(found)

    async def save(
        self, parameter_set_id: ParameterSetId, value: ParameterSet, expected: int | None = None
    ) -> StoredParameterSet:
        """Keeps the next revision."""
        what = f"parameter set {value.name!r}"
        body = parameter_set_body(value)
        patch = [{"op": "replace", "path": f"/entity/parameter_set/{key}", "value": body[key]} for key in body]
        headers = {"if-match": f'"{expected}"'} if expected is not None and self._client.ours else {}
        path = f"{SETS}/{safe(parameter_set_id, 'parameter set')}"
        made = await self._client.json("PATCH", path, what=what, params=self._params, body=patch, headers=headers)
        return parameter_set_from(made, what)

    async def delete(self, parameter_set_id: ParameterSetId) -> None:
        """Forgets a set."""
        params = {**self._params, "id": parameter_set_id}
        safe(parameter_set_id, "parameter set")
        await self._client.json("DELETE", SETS, what=f"parameter set {parameter_set_id!r}", params=params, repeat=False)


class HttpEnvironmentStore:
    """Environments and engines over the protocol; ids and times are the service's."""

    def __init__(self, client: Client, project_id: ProjectId) -> None:
        self._client, self._project_id = client, project_id
        self._params = {"project_id": project_id}

    async def create(self, environment: Environment) -> Environment:
        """Keeps a new environment."""
        what = f"environment {environment.name!r}"
        if any(each.name == environment.name for each in await self.list()):
            raise NameInUseError("environment", environment.name)
        body = environment_request(environment)
        made = await self._client.json("POST", ENVIRONMENTS, what=what, params=self._params, body=body)
        return environment_from(made, what)

    async def get(self, environment_id: EnvironmentId) -> Environment:
        """The environment with this id."""
        what = f"environment {environment_id!r}"
        path = f"{ENVIRONMENTS}/{safe(environment_id, 'environment')}"
        return environment_from(await self._client.json("GET", path, what=what, params=self._params), what)

    async def list(self) -> tuple[Environment, ...]:
        """Every environment."""
        params = {**self._params, "limit": 100}
        rows = self._client.pages(ENVIRONMENTS, "streamsets_environments", what="environments", params=params)
        return tuple([environment_from(row, "environments") async for row in rows])

    async def save(self, environment: Environment) -> Environment:
        """Keeps changed options, as a patch of what differs."""
        held = await self.get(environment.environment_id)
        if held.name != environment.name and any(each.name == environment.name for each in await self.list()):
            raise NameInUseError("environment", environment.name)
        before = environment_document(held, self._project_id)
        after = environment_document(attrs.evolve(environment, created_ms=held.created_ms), self._project_id)
        patch = [
            {"op": "replace", "path": f"/metadata/{key}", "value": value}
            for key, value in mapping(after, "/metadata", "environment").items()
            if mapping(before, "/metadata", "environment").get(key) != value
        ]
        old = mapping(before, "/entity/streamsets_environment", "environment")
        new = mapping(after, "/entity/streamsets_environment", "environment")
        root = "/entity/streamsets_environment"
        patch += [
            {"op": "replace" if key in old else "add", "path": f"{root}/{_pointer(key)}", "value": value}
            for key, value in new.items()
            if key not in old or old[key] != value
        ]
        patch += [{"op": "remove", "path": f"{root}/{_pointer(key)}"} for key in old if key not in new]
        if not patch:
            return held
        path = f"{ENVIRONMENTS}/{safe(environment.environment_id, 'environment')}"
        what = f"environment {environment.name!r}"
        headers = {"content-type": "application/json-patch+json"}
        await self._client.json("PATCH", path, what=what, params=self._params, body=patch, headers=headers)
        return await self.get(environment.environment_id)

    async def delete(self, environment_id: EnvironmentId) -> None:
        """Forgets an environment."""
        path = f"{ENVIRONMENTS}/{safe(environment_id, 'environment')}"
        what = f"environment {environment_id!r}"
        await self._client.json("DELETE", path, what=what, params=self._params, repeat=False)

    async def engines(self, environment_id: EnvironmentId | None = None) -> tuple[EngineInfo, ...]:
        """The engines of an environment, or all."""
        path, params = ENGINES, {**self._params, "limit": 100}
        if environment_id is not None:
            path = f"{ENVIRONMENTS}/{safe(environment_id, 'environment')}/engines"
            params["asset_id"] = environment_id
        rows = self._client.pages(path, "streamsets_engines", what="engines", params=params)
        return tuple([engine_from(row, "engines") async for row in rows])


def _pointer(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


class HttpJobStore:
    """Jobs over the protocol. Runs and their logs are made by the service's engines, never by the caller."""

    def __init__(self, client: Client, project_id: ProjectId, logs: Any) -> None:
        self._client, self._params = client, {"project_id": project_id}
        self._logs = logs

    async def create(self, job: Job) -> Job:
        """Keeps a new job."""
        what = f"job {job.name!r}"
        return job_from(
            await self._client.json("POST", JOBS, what=what, params=self._params, body=job_request(job)), what
        )

    async def get(self, job_id: JobId) -> Job:
        """The job with this id."""
        what = f"job {job_id!r}"
        return job_from(await self._client.json("GET", _job(job_id), what=what, params=self._params), what)

    async def list(self) -> tuple[Job, ...]:
        """Every job."""
        return tuple(job_from(row, "jobs") for row in await self._rows(JOBS, "jobs"))

    async def _rows(self, path: str, what: str) -> Sequence[Any]:
        rows: builtins.list[Any] = []
        more: dict[str, Any] = {}
        while True:
            page = await self._client.json("GET", path, what=what, params={**self._params, "limit": 100, **more})
            rows.extend(page.get("results") or ())
            if not page.get("next") or not page.get("results"):
                return rows
            more = {"next": json.dumps(page["next"])}

    async def save(self, job: Job) -> Job:
        """Keeps a changed job."""
        body = job_request(job)["job"]
        assert isinstance(body, dict)
        patch = [
            {"op": "replace", "path": "/metadata/name", "value": job.name},
            {"op": "replace", "path": "/metadata/description", "value": job.description},
            {"op": "replace", "path": "/entity/job/asset_ref", "value": job.flow_id},
            {"op": "replace", "path": "/entity/job/configuration", "value": body["configuration"]},
        ]
        what = f"job {job.name!r}"
        made = await self._client.json("PATCH", _job(job.job_id), what=what, params=self._params, body=patch)
        return job_from(made, what)

    async def delete(self, job_id: JobId) -> None:
        """Forgets a job with its runs."""
        await self._client.json("DELETE", _job(job_id), what=f"job {job_id!r}", params=self._params, repeat=False)

    async def save_run(self, run: JobRun) -> JobRun:
        """Refused: the service keeps the runs of its own engines."""
        raise UnsupportedError("keeping a run of another engine in a remote service")

    async def run(self, job_id: JobId, run_id: RunId) -> JobRun:
        """The run with this id, as it is now."""
        what = f"run {run_id!r}"
        path = f"{_job(job_id)}/runs/{safe(run_id, 'run')}"
        return run_from(await self._client.json("GET", path, what=what, params=self._params), what)

    async def runs(self, job_id: JobId) -> tuple[JobRun, ...]:
        """Every run of a job."""
        return tuple(
            run_from(row, "runs") for row in await self._rows(f"{_job(job_id)}/runs", f"runs of job {job_id!r}")
        )

    async def delete_run(self, job_id: JobId, run_id: RunId) -> None:
        """Forgets a run."""
        path = f"{_job(job_id)}/runs/{safe(run_id, 'run')}"
        await self._client.json("DELETE", path, what=f"run {run_id!r}", params=self._params, repeat=False)

    async def add_log(self, run_id: RunId, lines: Sequence[tuple[int, str, str]]) -> None:
        """Refused: the service keeps the logs of its own engines."""
        raise UnsupportedError("keeping log lines of another engine in a remote service")

    async def log(self, run_id: RunId) -> tuple[tuple[int, str, str], ...]:
        """Every log line of a run, asked from the engine that ran it."""
        found: tuple[tuple[int, str, str], ...] = await self._logs(run_id)
        return found


def _job(job_id: str) -> str:
    return f"{JOBS}/{safe(job_id, 'job')}"


class HttpOffsetStore:
    """Offsets belong to the service's engines; they can be forgotten, nothing else."""

    def __init__(self, client: Client, project_id: ProjectId) -> None:
        self._client, self._params = client, {"project_id": project_id}

    async def offsets(self, job_id: JobId) -> Mapping[str, str]:
        """Refused."""
        raise UnsupportedError("reading the offsets of a remote job")

    async def commit(self, job_id: JobId, changes: Mapping[str, str | None]) -> None:
        """Refused."""
        raise UnsupportedError("changing the offsets of a remote job")

    async def reset(self, job_id: JobId) -> None:
        """Forgets how far a job has got."""
        patch = [{"op": "replace", "path": "/entity/job/configuration/offset", "value": None}]
        await self._client.json("PATCH", _job(job_id), what=f"job {job_id!r}", params=self._params, body=patch)
