"""Jobs and runs on the wire."""

from collections.abc import Mapping
from typing import Any

from ..errors import FormatError
from ..flow.model import FlowId
from ..project import EngineId, EnvironmentId, Job, JobId, JobRun, RunId
from ..values import EMPTY_MAP, JsonMap, PlainJson, freeze, thaw
from .projects import OWNER
from .read import frozen, integer, look, text
from .times import epoch_ms, iso


def job_document(job: Job, project_id: str, runs: tuple[JobRun, ...] = ()) -> dict[str, PlainJson]:
    """A job as the service answers it."""
    last = runs[-1] if runs else None
    return {
        "metadata": {
            "name": job.name,
            "description": job.description,
            "asset_id": job.job_id,
            "asset_type": "job",
            "owner_id": OWNER,
            "project_id": project_id,
            "version": 1,
            "created": job.created_ms,
            "created_at": iso(job.created_ms),
        },
        "entity": {
            "job": {
                "asset_ref": job.flow_id,
                "asset_ref_type": "streamsets_flow",
                "configuration": {
                    "streamsets_env_id": job.environment_id or "",
                    "effective_parameters": {key: thaw(value) for key, value in job.runtime_parameters.items()},
                },
                "job_parameters": [
                    {"name": key, "value": thaw(value)} for key, value in job.runtime_parameters.items()
                ],
                "last_run_status": last.state if last is not None else None,
                "last_run_status_timestamp": 0 if last is None else last.ended_ms or last.started_ms,
                "last_run_id": last.run_id if last is not None else None,
                "future_scheduled_runs": [],
                "enable_notifications": False,
                "project_name": project_id,
                "schedule": "",
                "schedule_id": "",
                "schedule_creator_id": "",
            }
        },
    }


def job_request(job: Job) -> dict[str, PlainJson]:
    """The body that creates a job."""
    return {
        "job": {
            "name": job.name,
            "description": job.description,
            "asset_ref": job.flow_id,
            "configuration": {
                "streamsets_env_id": job.environment_id or "",
                "effective_parameters": {key: thaw(value) for key, value in job.runtime_parameters.items()},
            },
        }
    }


def job_given(raw: Mapping[str, Any], job_id: JobId, created_ms: int, source: str) -> Job:
    """A job from the ``job`` object of a request or of an answer. Raises ``FormatError``."""
    environment = text(raw, "/configuration/streamsets_env_id", source, "")
    return Job(
        job_id=job_id,
        name=text(raw, "/name", source),
        flow_id=FlowId(text(raw, "/asset_ref", source)),
        description=text(raw, "/description", source, ""),
        environment_id=EnvironmentId(environment) if environment else None,
        runtime_parameters=_parameters(raw, source),
        created_ms=created_ms,
    )


def _parameters(raw: Mapping[str, Any], source: str) -> JsonMap:
    effective = look(raw, "/configuration/effective_parameters")
    if isinstance(effective, Mapping):
        return frozen(raw, "/configuration/effective_parameters", source)
    given = effective if isinstance(effective, list) else raw.get("job_parameters")
    if isinstance(given, Mapping):
        made = freeze(dict(given))
        return made if isinstance(made, JsonMap) else EMPTY_MAP
    if given is None:
        return EMPTY_MAP
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise FormatError(source, "/job_parameters", "expected a list of {name, value}")
    return JsonMap({text(each, "/name", source): freeze(each.get("value")) for each in given})


def job_from(raw: Mapping[str, Any], source: str) -> Job:
    """A job from an answer. Raises ``FormatError``."""
    entity = look(raw, "/entity/job")
    if not isinstance(entity, Mapping):
        raise FormatError(source, "/entity/job", "expected an object")
    named = {
        **entity,
        "name": text(raw, "/metadata/name", source),
        "description": text(raw, "/metadata/description", source, ""),
    }
    created = integer(raw, "/metadata/created", source)
    return job_given(named, JobId(text(raw, "/metadata/asset_id", source)), created, source)


def run_document(run: JobRun, job: Job, project_id: str) -> dict[str, PlainJson]:
    """A run as the service answers it."""
    duration = max(0, (run.ended_ms or run.started_ms) - run.started_ms) // 1000
    return {
        "metadata": {
            "name": run.name,
            "description": "",
            "asset_id": run.run_id,
            "asset_type": "job_run",
            "owner_id": OWNER,
            "project_id": project_id,
            "version": 1,
            "created": run.started_ms,
            "created_at": iso(run.started_ms),
            "usage": {"last_updated_at": iso(run.ended_ms or run.started_ms), "last_updater_id": OWNER},
        },
        "entity": {
            "job_run": {
                "job_ref": run.job_id,
                "job_name": job.name,
                "job_type": "streamsets_flow",
                "asset_ref": job.flow_id,
                "state": run.state,
                "state_message": run.message,
                "isScheduledRun": False,
                "duration": duration,
                "started_ms": run.started_ms,
                "ended_ms": run.ended_ms,
                "configuration": {
                    "streamsets_env_id": job.environment_id or "",
                    "streamsets_engine_id": run.engine_id or "",
                },
            }
        },
    }


def run_from(raw: Mapping[str, Any], source: str, metrics: JsonMap = EMPTY_MAP) -> JobRun:
    """A run from an answer. Raises ``FormatError``."""
    engine = text(raw, "/entity/job_run/configuration/streamsets_engine_id", source, "")
    return JobRun(
        run_id=RunId(text(raw, "/metadata/asset_id", source)),
        job_id=JobId(text(raw, "/entity/job_run/job_ref", source)),
        name=text(raw, "/metadata/name", source),
        state=text(raw, "/entity/job_run/state", source, "Queued"),
        message=text(raw, "/entity/job_run/state_message", source, ""),
        engine_id=EngineId(engine) if engine else None,
        started_ms=integer(raw, "/entity/job_run/started_ms", source)
        or epoch_ms(look(raw, "/metadata/created"), source, "/metadata/created"),
        ended_ms=integer(raw, "/entity/job_run/ended_ms", source),
        metrics=metrics,
    )
