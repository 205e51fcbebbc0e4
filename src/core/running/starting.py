"""Starting a flow: its stages built one after the other, and everything that forbids it as findings."""

from collections.abc import Callable
from typing import TypeVar

import attrs

from ..catalogue.definitions import Catalogue, SettingDefinition
from ..el import ElError
from ..errors import InvalidValueError, UnsupportedError, UsageError
from ..plan.model import Plan, StagePlan
from ..plan.unfit import UnfitError, coded
from ..processors.api import StopFault
from ..validation.issues import Issue, Report

T = TypeVar("T")
NEWER_ENGINE, NEWER_STAGE = "VALIDATION_0096", "CONTAINER_0902"
WITH_ISSUES = "CONTAINER_0158"
"""The code of a run that issues of its flow forbid, before a stage is built."""


class InvalidFlowError(UsageError):
    """A flow that cannot be started: every finding that forbids it."""

    def __init__(self, name: str, issues: tuple[Issue, ...]) -> None:
        super().__init__(name, issues)
        self.name, self.issues = name, issues

    def __str__(self) -> str:
        lines = [f"  - {issue.instance_name or 'flow'}: {issue.message}" for issue in self.issues]
        return "\n".join([f"flow {self.name!r} cannot be started:", *lines])


def refusing(report: Report, plan: Plan) -> tuple[Issue, ...]:
    """What forbids that a flow is run: its issues, and versions above those of the engine, which elsewhere are remarks.

    Where a newer engine saved the flow that alone is told of versions. Only stages that a run needs count, not the test
    origin, and not the settings of the flow itself: the service's own client writes newer ones into every flow.
    """
    needed = {each.instance for each in (*plan.stages, *_special(plan))}
    newer = [each for each in report.remarks if each.code == NEWER_ENGINE]
    stages = [each for each in report.remarks if each.code == NEWER_STAGE and each.instance_name in needed]
    return (*(_as_refusal(each) for each in newer or stages), *report.issues)


def refusal(issues: tuple[Issue, ...]) -> str:
    """What a run says whose flow has issues that forbid it: all of them, in one line."""
    count = "an issue that forbids" if len(issues) == 1 else f"{len(issues)} issues that forbid"
    found = "; ".join(f"{issue.instance_name or 'flow'}: {issue.message}" for issue in issues)
    return f"{WITH_ISSUES} - the flow has {count} a run: {found}"


def _special(plan: Plan) -> tuple[StagePlan, ...]:
    special = (plan.error_stage, plan.start_stage, plan.stop_stage)
    return tuple(each for each in special if each is not None)


def _as_refusal(remark: Issue) -> Issue:
    text = f"{remark.text}. Run it on an engine of that version; here it can be previewed"
    return attrs.evolve(remark, advice=False, text=text)


@attrs.define
class Starting:
    """Builds stages; one that cannot be built leaves the others to be looked at."""

    issues: list[Issue] = attrs.field(factory=list)
    _first: Exception | None = None

    def build(self, stage: StagePlan, make: Callable[[], T]) -> T | None:
        """What is made; None where it cannot be."""
        try:
            return make()
        except (ElError, InvalidValueError, StopFault, UnsupportedError) as error:
            self.refuse(error, *issues_of(stage, error))
            return None

    def refuse(self, error: Exception, *issues: Issue) -> None:
        """Notes what stands in the way."""
        self._first = self._first or error
        self.issues.extend(issues)

    def done(self, name: str) -> None:
        """Nothing, when every stage could be built.

        Raises:
            InvalidFlowError: with all findings, where there is one with a code.
            ElError, InvalidValueError, UnsupportedError: the first of them, where there is none.
        """
        if self._first is None:
            return
        if all(issue.code == WITHOUT_CODE for issue in self.issues):
            raise self._first
        raise InvalidFlowError(name, tuple(self.issues)) from self._first


WITHOUT_CODE = "CONTAINER_0701"
"""The code of what stands in the way of a stage and has none of its own."""


def issues_of(stage: StagePlan, error: Exception) -> tuple[Issue, ...]:
    """What is wrong with a stage, as findings; settings by the names or labels that the error has."""
    if isinstance(error, UnfitError):
        return tuple(Issue(each.code or WITHOUT_CODE, each.text, stage.instance, each.setting) for each in error.found)
    if isinstance(error, StopFault):
        return (Issue(error.code, error.message, stage.instance),)
    code, text = coded(str(error))
    setting = error.what if isinstance(error, InvalidValueError) else None
    return (Issue(code or WITHOUT_CODE, text, stage.instance, setting),)


def placed(issues: tuple[Issue, ...], plan: Plan, catalogue: Catalogue) -> tuple[Issue, ...]:
    """The findings with the raw names of their settings and their groups, as the catalogue has them."""
    stages = {each.instance: each for each in (*plan.stages, *_special(plan))}
    return tuple(_placed(issue, stages.get(issue.instance_name or ""), catalogue) for issue in issues)


def _placed(issue: Issue, stage: StagePlan | None, catalogue: Catalogue) -> Issue:
    if stage is None or issue.config_name is None:
        return issue
    definition = catalogue.stage(stage.kind)
    found = None if definition is None else _setting(definition.settings, issue.config_name)
    if found is None:
        for service in stage.services:
            held = catalogue.service(service)
            found = found or (None if held is None else _setting(held.settings, issue.config_name))
        place = issue.config_name if "." in issue.config_name else None
        return attrs.evolve(issue, config_name=place if found is None else found.name, config_group=_group(found))
    return attrs.evolve(issue, config_name=found.name, config_group=_group(found))


def _setting(settings: tuple[SettingDefinition, ...], name: str) -> SettingDefinition | None:
    """The setting with a raw name, the end of one, or a label."""
    fits: tuple[Callable[[SettingDefinition], bool], ...] = (
        lambda each: each.name == name,
        lambda each: each.name.endswith(f".{name}"),
        lambda each: each.label == name,
    )
    return next((each for fit in fits for each in settings if fit(each)), None)


def _group(found: SettingDefinition | None) -> str | None:
    return None if found is None else found.group
