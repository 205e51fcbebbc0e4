"""What validation finds: issues with code, place and arguments, and the report that holds them."""

from collections.abc import Iterable, Mapping, Sequence

import attrs

from ..values import EMPTY_MAP, JsonMap, PlainJson, thaw


@attrs.frozen
class Issue:
    """One finding.

    ``instance_name`` is None for findings about the pipeline, ``config_name`` when it is about no single setting.
    ``text`` is the sentence for people, without the code; ``count`` grows when the same finding comes again.
    ``blocks_preview`` says that the flow cannot be previewed as it stands.
    """

    code: str
    text: str
    instance_name: str | None = None
    config_name: str | None = None
    config_group: str | None = None
    service_name: str | None = None
    count: int = 1
    additional_info: JsonMap = EMPTY_MAP
    blocks_preview: bool = False
    advice: bool = False
    """True for a remark that is no fault: it never makes a flow invalid."""

    @property
    def level(self) -> str:
        """PIPELINE, PIPELINE_CONFIG, STAGE or STAGE_CONFIG."""
        place = "PIPELINE" if self.instance_name is None else "STAGE"
        return place if self.config_name is None else f"{place}_CONFIG"

    @property
    def message(self) -> str:
        """Code and sentence, as the engine writes them."""
        return f"{self.code} - {self.text}"

    def document(self) -> dict[str, PlainJson]:
        """The JSON object of the engine's interface."""
        return {
            "instanceName": self.instance_name,
            "serviceName": self.service_name,
            "level": self.level,
            "configGroup": self.config_group,
            "configName": self.config_name,
            "message": self.message,
            "count": self.count,
            "additionalInfo": thaw(self.additional_info) if self.additional_info else None,
            "antennaDoctorMessages": None,
        }


EMPTY_ENTRY = "PENSTOCK_0003"
"""The one remark that stands in the way of a preview: the engine refuses it without naming a reason."""


@attrs.frozen
class Report:
    """The outcome of validating a flow: issues in the order they were found, remarks kept apart."""

    pipeline_issues: tuple[Issue, ...] = ()
    stage_issues: tuple[Issue, ...] = ()
    remarks: tuple[Issue, ...] = ()

    @property
    def valid(self) -> bool:
        """True when nothing is wrong."""
        return not self.pipeline_issues and not self.stage_issues

    @property
    def previewable(self) -> bool:
        """True when no finding stands in the way of a preview."""
        return not any(issue.blocks_preview for issue in self.issues) and not any(
            remark.code == EMPTY_ENTRY for remark in self.remarks
        )

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Pipeline findings, then those of the stages."""
        return self.pipeline_issues + self.stage_issues

    def by_stage(self) -> Mapping[str, tuple[Issue, ...]]:
        """Stage findings by instance name, in order of the first finding."""
        grouped: dict[str, list[Issue]] = {}
        for issue in self.stage_issues:
            grouped.setdefault(issue.instance_name or "", []).append(issue)
        return {name: tuple(issues) for name, issues in grouped.items()}

    def document(self) -> dict[str, PlainJson]:
        """The ``issues`` object of the engine's interface; ``issueCount`` counts entries, not their ``count``."""
        return {
            "pipelineIssues": [issue.document() for issue in self.pipeline_issues],
            "stageIssues": {name: [each.document() for each in issues] for name, issues in self.by_stage().items()},
            "issueCount": len(self.issues),
        }


def report_of(issues: Iterable[Issue]) -> Report:
    """A report from findings in order: equal stage findings, and equal remarks, are one with a higher ``count``."""
    pipeline: list[Issue] = []
    stages: list[Issue] = []
    remarks: list[Issue] = []
    for issue in issues:
        (remarks if issue.advice else pipeline if issue.instance_name is None else stages).append(issue)
    return Report(tuple(pipeline), _counted(stages), _counted(remarks))


def _counted(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """Equal issues as the first one with their number: place and code decide, not the sentence."""
    first: dict[tuple[object, ...], Issue] = {}
    times: dict[tuple[object, ...], int] = {}
    for issue in issues:
        key = (issue.instance_name, issue.service_name, issue.code, issue.config_group, issue.config_name)
        first.setdefault(key, issue)
        times[key] = times.get(key, 0) + issue.count
    return tuple(
        issue if issue.count == times[key] else attrs.evolve(issue, count=times[key]) for key, issue in first.items()
    )
