"""Jobs and runs: handles that start, watch and stop."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..core.errors import InvalidValueError
from ..core.flow.credentials import MASK, looks_secret
from ..core.flow.model import Flow, FlowId
from ..core.project import EnvironmentId, JobId
from ..core.project import Job as JobValue
from ..core.project import JobRun as JobRunValue
from ..core.values import Json, JsonMap, freeze
from .results import SeekableList, shown

if TYPE_CHECKING:
    from .session import Session

Call = Callable[..., Any]


def job_value(
    session: "Session",
    name: str,
    flow: Flow,
    flow_id: str,
    runtime_parameters: Mapping[str, object] | None,
    description: str,
) -> JobValue:
    """A job value with a new id.

    Raises:
        InvalidValueError: an empty name, or parameters that are no JSON values.
    """
    if not isinstance(name, str) or not name.strip():
        raise InvalidValueError("job name", name, "a text that is not empty")
    try:
        frozen = freeze(dict(runtime_parameters or {}))
    except (TypeError, ValueError) as error:
        raise InvalidValueError("runtime_parameters", runtime_parameters, f"names with JSON values ({error})") from None
    assert isinstance(frozen, JsonMap)
    return JobValue(
        job_id=JobId(session.ids.new_id()),
        name=name,
        flow_id=FlowId(flow_id),
        description=description or "",
        environment_id=None if flow.environment_id is None else EnvironmentId(flow.environment_id),
        runtime_parameters=frozen,
        created_ms=session.clock.now_ms(),
    )


def stage_counts(metrics: Mapping[str, Any]) -> list[tuple[str, int, int, int]]:
    """Stage by stage, how many records came in, went out and failed, from the metrics of a run."""
    counters = metrics.get("counters") or {}
    tail = ".inputRecords.counter"
    names = [name[len("stage.") : -len(tail)] for name in counters if name.startswith("stage.") and name.endswith(tail)]

    def count(stage: str, what: str) -> int:
        return int((counters.get(f"stage.{stage}.{what}.counter") or {}).get("count", 0))

    return [
        (each, count(each, "inputRecords"), count(each, "outputRecords"), count(each, "errorRecords")) for each in names
    ]


_ALERT, _GAUGE = "alert.", ".gauge"


def alerts_in(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The alerts that metrics hold, in the order in which they were raised."""
    found = [
        (name[len(_ALERT) : -len(_GAUGE)], gauge["value"])
        for name, gauge in (metrics.get("gauges") or {}).items()
        if name.startswith(_ALERT) and isinstance(gauge, Mapping) and isinstance(gauge.get("value"), Mapping)
    ]
    return [
        {
            "rule_id": rule_id,
            "name": held.get("name", ""),
            "condition": held.get("condition", ""),
            "texts": list(held.get("alertTexts") or ()),
            "value": held.get("currentValue"),
            "timestamp": held.get("timestamp", 0),
            "fault": held.get("exceptionMessage", ""),
        }
        for rule_id, held in found
    ]


class RunFacts:
    """What is known of a run without asking."""

    def __init__(self, session: "Session", value: JobRunValue) -> None:
        self._session, self.value = session, value

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self.value.run_id

    @property
    def name(self) -> str:
        """The name of the run."""
        return self.value.name

    @property
    def state(self) -> str:
        """Queued, Starting, Running, Canceling, Canceled, Failed, Completed, CompletedWithErrors or …Warnings."""
        return self.value.state

    @property
    def message(self) -> str:
        """Why it failed, when it did."""
        return self.value.message

    @property
    def metrics(self) -> Any:
        """Counters, meters and timers of the pipeline and its stages as of the last look (read-only)."""
        return shown(self.value.metrics)

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """What the rules of the flow found as of the last look: rule_id, name, condition, texts, value and timestamp
        (epoch ms) of when it was raised, or the fault of a rule that cannot be applied."""
        return alerts_in(self.value.metrics)

    def _facts_(self) -> dict[str, object]:
        return {"name": self.name, "state": self.state, "message": self.message, "run_id": self.run_id}

    def _repr_html_(self) -> str:
        from .showing import html_table

        title = f"{self.name}: {self.state}" + (f": {self.message}" if self.message else "")
        return html_table(("stage", "in", "out", "error"), stage_counts(self.metrics), title)

    def __repr__(self) -> str:
        return f"JobRun(name={self.name!r}, state={self.state!r}, run_id={self.run_id!r})"


class JobFacts:
    """What is known of a job without asking."""

    def __init__(self, session: "Session", value: JobValue) -> None:
        self._session, self.value = session, value

    @property
    def job_id(self) -> str:
        """The id of the job."""
        return self.value.job_id

    @property
    def name(self) -> str:
        """The name of the job."""
        return self.value.name

    @property
    def description(self) -> str:
        """The description."""
        return self.value.description

    @property
    def flow_id(self) -> str:
        """The flow that it runs, as saved at the start of each run."""
        return self.value.flow_id

    def _facts_(self) -> dict[str, object]:
        return {"name": self.name, "description": self.description, "flow_id": self.flow_id, "job_id": self.job_id}

    def _repr_html_(self) -> str:
        from .showing import html_records

        parameters = ({"runtime parameter": name, "value": _masked(name, value)} for name, value in self._parameters())
        return html_records([self._facts_()]) + html_records(parameters)

    def _parameters(self) -> Iterable[tuple[str, Json]]:
        return self.value.runtime_parameters.items()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobFacts) and other.job_id == self.job_id

    def __hash__(self) -> int:
        return hash(self.job_id)

    def __repr__(self) -> str:
        return f"Job(name={self.name!r}, flow_id={self.flow_id!r}, job_id={self.job_id!r})"


def _masked(name: str, value: Json) -> Json:
    return MASK if looks_secret(name) and value else shown(value)


def faults_in(lines: Iterable[tuple[int, str, str]]) -> list[dict[str, Any]]:
    """The faults that the log of a run tells of, with their stage."""
    told = [(at, text.partition(": ")) for at, severity, text in lines if severity == "WARN"]
    return [{"timestamp": at, "stage": stage, "message": message} for at, (stage, _, message) in told if message]


class JobRun(RunFacts):
    """One run of a job. ``state`` is as of the last look; ``refresh_status()`` looks again."""

    def __init__(self, session: "Session", call: Call, value: JobRunValue) -> None:
        super().__init__(session, value)
        self._call = call

    def refresh_status(self) -> str:
        """Looks again and gives the state."""
        self.value = self._call(self._session.run, self.value.job_id, self.value.run_id)
        return self.value.state

    def wait(self) -> str:
        """Waits for the end and gives the last state."""
        self.value = self._call(self._session.wait, self.value.job_id, self.value.run_id)
        return self.value.state

    def cancel(self) -> str:
        """Stops after the batch it is in, commits, and gives the last state."""
        self.value = self._call(self._session.cancel, self.value.job_id, self.value.run_id)
        return self.value.state

    @property
    def logs(self) -> list[dict[str, Any]]:
        """The log so far: timestamp (epoch ms), severity, message."""
        lines = self._call(self._session.log, self.value.run_id)
        return [{"timestamp": at, "severity": severity, "message": text} for at, severity, text in lines]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Records that were refused and errors of stages so far: timestamp (epoch ms), stage, code and reason."""
        return faults_in(self._call(self._session.log, self.value.run_id))


class Job(JobFacts):
    """Something to run: a flow with runtime parameters, and how far its origin has got from run to run."""

    def __init__(self, session: "Session", call: Call, value: JobValue) -> None:
        super().__init__(session, value)
        self._call = call

    def start(self, name: str | None = None) -> JobRun:
        """Starts a run from where the last one got to."""
        number = len(self.job_runs) + 1
        value = self._call(self._session.start, self.value, name or f"{self.name} {number}")
        return JobRun(self._session, self._call, value)

    @property
    def job_runs(self) -> SeekableList[JobRun]:
        """Every run, oldest first."""
        runs = self._call(self._session.runs, self.value.job_id)
        return SeekableList((JobRun(self._session, self._call, each) for each in runs), "run")

    def reset_offset(self) -> None:
        """Forgets how far the job has got: the next run starts from the beginning."""
        self._call(self._session.reset_offset, self.value.job_id)
