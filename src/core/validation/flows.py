"""The whole check of a flow: every rule in the engine's order."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import attrs

from ..catalogue.definitions import Catalogue, StageDefinition
from ..flow.aliases import resolve_aliases
from ..flow.fragments import resolve_fragments
from ..flow.model import Flow, StageInstance
from ..flow.stage_upgrade import upgrade_stages
from .creation import check_flow_settings, check_fragment_settings
from .explicit import check_explicit
from .expressions import Language
from .issues import Issue, Report, report_of
from .lanes import check_connected, check_event_paths, check_lanes
from .modes import (
    check_advanced_errors,
    check_commit_triggers,
    check_lifecycle_slot,
    check_modes,
    mode_issues,
    shape_remarks,
)
from .order import Order, order_of
from .places import FLOW, listed, place_of
from .session import Gap, Session, Strictness, first_text, is_newer_engine, missing_services, parameters_of
from .settings import Component, check_held, check_preconditions, check_required_and_numbers
from .structure import check_structure
from .versions import check_versions, remarks


def validate(
    flow: Flow,
    catalogue: Catalogue,
    *,
    parameters: Mapping[str, object] | None = None,
    parameter_set_names: Collection[str] = (),
    strictness: Strictness = Strictness.TOLERANT,
) -> Report:
    """Everything that is wrong with a flow by the rules of the engine, without running it.

    ``parameters`` are runtime values: like the engine, it takes those that the flow declares. Expressions may also
    name parameters of the sets in ``parameter_set_names``, as ``set__parameter``. By default findings that only say
    that flow and catalogue have different versions are remarks; with ``Strictness.ENGINE`` they are issues.

    Shape: issues in the order the engine finds them; stage findings that repeat are counted, not listed again.
    Cost: a few milliseconds for a flow of forty stages; linear in stages, settings and lanes. Touches nothing.
    Source: the validation of Data Collector 3.23.
    """
    newer = is_newer_engine(first_text(flow.info, "sdcVersion"), catalogue.version)
    session = Session(catalogue, _language(flow, catalogue, parameters or {}, parameter_set_names), strictness, newer)
    return report_of(_check(flow, session))


def _language(
    flow: Flow, catalogue: Catalogue, given: Mapping[str, object], parameter_set_names: Collection[str]
) -> Language:
    declared = parameters_of(flow)
    values = {name: given.get(name, value) for name, value in declared.items()}
    return Language(values, tuple(f"{name}__" for name in parameter_set_names), catalogue.el_sets())


def _check(flow: Flow, session: Session) -> Iterator[Issue]:
    """Upgrade a flow as the engine does, then check what comes of it."""
    resolved = resolve_aliases(resolve_fragments(flow))
    found = list(check_versions(resolved, session))
    older: Mapping[str, tuple[str, ...]] = {}
    prepared = resolved
    if session.tolerant or not found:
        upgraded = upgrade_stages(resolved, session.catalogue, session.definition)
        prepared, older = upgraded.flow, upgraded.older
    # the engine adds defaults after a clean upgrade only
    session = attrs.evolve(session, older=older.keys(), fills=session.tolerant or not found)
    order = order_of(prepared.stages)
    found.extend(_ordered_checks(resolve_aliases(flow), attrs.evolve(prepared, stages=order.stages), order, session))
    yield from found
    if not flow.fragment and all(issue.advice for issue in found):
        yield from check_connected(order.stages)
    if session.tolerant:
        yield from remarks(flow, resolved, session, older)


def _ordered_checks(original: Flow, flow: Flow, order: Order, session: Session) -> Iterator[Issue]:
    """The checks after the upgrade; ``flow`` is sorted, ``original`` still has its fragments as placeholders."""
    originals = order_of(original.stages)
    for each in (order, originals) if original.fragments else (order,):
        if each.unreachable:
            yield FLOW.issue("VALIDATION_0002", stages=listed([stage.instance_name for stage in each.unreachable]))
    if not flow.stages:
        yield FLOW.issue("VALIDATION_0001")
    lanes_of = originals.stages if original.fragments else order.stages
    yield from _fragment_checks(flow, lanes_of, session) if flow.fragment else _flow_checks(flow, lanes_of, session)


def _flow_checks(flow: Flow, lanes_of: tuple[StageInstance, ...], session: Session) -> Iterator[Issue]:
    yield from _title(flow)
    yield from check_flow_settings(flow, session)
    yield from _check_canvas(flow, session)
    yield from check_lanes(lanes_of, fragment=False)
    yield from check_event_paths(flow.stages)
    yield from _check_special(flow, session)
    yield from check_modes(flow, session)
    yield from check_advanced_errors(flow, session)
    yield from check_commit_triggers(flow, session)


def _fragment_checks(flow: Flow, lanes_of: tuple[StageInstance, ...], session: Session) -> Iterator[Issue]:
    yield from _title(flow)
    yield from check_fragment_settings(flow, session)
    yield from _check_canvas(flow, session)
    yield from check_lanes(lanes_of, fragment=True)
    if flow.test_origin is not None:
        yield from check_stage(flow.test_origin, session, first=True, on_canvas=False, fragment=True)
    yield from check_event_paths(flow.stages)
    yield from check_modes(flow, session)
    yield from check_commit_triggers(flow, session)


def _title(flow: Flow) -> Iterator[Issue]:
    if flow.title == "":
        yield FLOW.issue("VALIDATION_0093")


def _check_canvas(flow: Flow, session: Session) -> Iterator[Issue]:
    seen: set[str] = set()
    for at, stage in enumerate(flow.stages):
        if stage.instance_name in seen:
            yield place_of(stage).issue("VALIDATION_0005")
        seen.add(stage.instance_name)
        yield from check_stage(stage, session, first=at == 0, on_canvas=True, fragment=flow.fragment)


def _check_special(flow: Flow, session: Session) -> Iterator[Issue]:
    """Error stage, test origin, statistics, start and stop stages."""
    for stage, first in ((flow.error_stage, False), (flow.test_origin, True), (flow.stats_stage, False)):
        if stage is not None:
            yield from check_stage(stage, session, first=first, on_canvas=False)
    yield from mode_issues(flow, session)
    for stages, slot in ((flow.start_stages, "start"), (flow.stop_stages, "stop")):
        problems = list(check_lifecycle_slot(flow, stages, slot, session))
        yield from problems
        if stages and not problems:
            yield from check_stage(stages[0], session, first=False, on_canvas=False)


def check_stage(
    stage: StageInstance, session: Session, *, first: bool, on_canvas: bool, fragment: bool = False
) -> Iterator[Issue]:
    """Every finding about one stage: its place, its settings, its services."""
    definition, place = session.definition(stage), place_of(stage)
    if definition is None:
        facts = {"library": stage.library, "kind": stage.stage_name, "version": stage.stage_version}
        yield place.issue("VALIDATION_0095" if session.is_legacy(stage) else "VALIDATION_0006", facts=facts)
        return
    newer = session.gap(stage, definition) is Gap.NEWER
    found = check_structure(stage, definition, first=first, on_canvas=on_canvas, fragment=fragment)
    yield from _as_remarks(found, shape_remarks(session) if newer else frozenset())
    component = session.stage_component(stage, definition)
    yield from _check_component(component, definition.preconditions)
    if session.tolerant:
        yield from check_explicit(component)
    yield from _check_services(stage, definition, session)


def _as_remarks(issues: Iterable[Issue], codes: frozenset[str]) -> Iterator[Issue]:
    for issue in issues:
        yield attrs.evolve(issue, advice=True) if issue.code in codes else issue


def _check_component(component: Component, preconditions: bool = False) -> Iterator[Issue]:
    yield from check_required_and_numbers(component)
    yield from check_held(component)
    if preconditions:
        yield from check_preconditions(component)


def _check_services(stage: StageInstance, definition: StageDefinition, session: Session) -> Iterator[Issue]:
    if not missing_services(stage, definition):
        for component in session.service_components(stage, definition):
            yield from _check_component(component)
        return
    gap = session.gap(stage, definition)
    advice = session.tolerant and gap is not Gap.SAME
    facts = {
        "expected": listed([_short(use.service) for use in definition.services]) or "(none)",
        "found": listed([_short(service.service) for service in stage.services]) or "(none)",
    }
    yield place_of(stage).issue("VALIDATION_0200", advice=advice, facts=facts)


def _short(service: str) -> str:
    return service.rsplit(".", 1)[-1]
