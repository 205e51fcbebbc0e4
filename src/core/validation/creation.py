"""Checks that the engine makes while it creates the flow's settings and stages, before it looks at their places."""

from collections.abc import Iterator

import attrs

from ..catalogue.definitions import StageDefinition
from ..flow.model import Flow, StageInstance
from ..values import EMPTY_MAP, JsonMap
from .beans import check_values
from .issues import Issue
from .places import FLOW, place_of
from .session import Session
from .settings import Component, check_required_and_numbers

BAD_RECORDS = "BAD_RECORDS"
PARAMETERS = "constants"
MODES = (
    *("STANDALONE", "CLUSTER_BATCH", "CLUSTER_YARN_STREAMING", "CLUSTER_MESOS_STREAMING", "SLAVE"),
    *("EDGE", "EMR_BATCH", "CLUSTER"),
)
"""The execution modes of the engine; each of them needs an error stage."""
SPARK_MODES = frozenset(("BATCH", "STREAMING"))
"""The execution modes of the Spark engine."""


def check_flow_settings(flow: Flow, session: Session) -> Iterator[Issue]:
    """Findings about the flow's own settings and, only when these are right, about creating its stages."""
    component = session.pipeline_component(flow)
    found = [*_check_parameters(component), *check_values(component, without=PARAMETERS)]
    yield from found
    if not any(not issue.advice for issue in found):
        yield from _create_stages(flow, session)
    yield from check_required_and_numbers(component, skip_group=BAD_RECORDS)


def check_fragment_settings(flow: Flow, session: Session) -> Iterator[Issue]:
    """The same for a fragment, which has neither error stage nor required settings."""
    component = session.pipeline_component(flow)
    found = [*_check_parameters(component), *check_values(component, without=PARAMETERS)]
    yield from found
    if not any(not issue.advice for issue in found):
        for stage in flow.stages:
            yield from _create(stage, session)


def _check_parameters(component: Component) -> Iterator[Issue]:
    """Findings about the parameters, which come first: they are evaluated without one another."""
    held = {name: value for name, value in component.held.items() if name == PARAMETERS}
    language = attrs.evolve(component.language, parameters=EMPTY_MAP, beginnings=())
    yield from check_values(attrs.evolve(component, held=held, language=language))


def _create_stages(flow: Flow, session: Session) -> Iterator[Issue]:
    for stage in flow.stages:
        yield from _create(stage, session)
    if flow.stats_stage is not None:
        yield from _create(flow.stats_stage, session)
    if flow.error_stage is not None:
        yield from _create(flow.error_stage, session, slot="error")
    elif session.flow_setting(flow, "executionMode") in (None, *MODES):
        yield FLOW.issue("CREATION_009", group=BAD_RECORDS, name="badRecordsHandling")
    for stages in (flow.start_stages, flow.stop_stages):
        for stage in stages[:1]:
            yield from _create(stage, session, slot="lifecycle")
    yield from _check_webhooks(flow)


def _create(stage: StageInstance, session: Session, slot: str = "canvas") -> Iterator[Issue]:
    definition, place = session.definition(stage), place_of(stage)
    if definition is None:
        facts = {"library": stage.library, "kind": stage.stage_name, "version": stage.stage_version}
        yield place.issue("CREATION_072" if session.is_legacy(stage) else "CREATION_006", facts=facts)
        return
    code = _slot_problem(definition, slot)
    if code is not None:
        yield place.issue(code)
    yield from check_values(session.stage_component(stage, definition))
    for component in session.service_components(stage, definition):
        yield from check_values(component)


def _slot_problem(definition: StageDefinition, slot: str) -> str | None:
    if slot == "lifecycle":
        return None if definition.lifecycle else "CREATION_018"
    if definition.error_stage == (slot == "error"):
        return None
    return "CREATION_007" if definition.error_stage else "CREATION_008"


def _check_webhooks(flow: Flow) -> Iterator[Issue]:
    rows = flow.configuration.get("webhookConfigs")
    for index, row in enumerate(rows if isinstance(rows, tuple) else ()):
        if isinstance(row, JsonMap) and not row.get("webhookUrl"):
            info = JsonMap({"index": index})
            yield FLOW.issue("CREATION_080", group="NOTIFICATIONS", name="webhookUrl", info=info, index=index)
            return
