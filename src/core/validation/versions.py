"""Checks of versions: document schema, engine, stages, services. Older ones are upgraded, newer ones are named."""

from collections.abc import Iterator, Mapping

import attrs

from ..flow.fragments import placeholder_key, unresolved
from ..flow.model import Flow, StageInstance
from ..flow.stage_upgrade import version_number
from ..flow.upgrade import NEWEST_SCHEMA
from .issues import Issue
from .places import FLOW, listed, place_of
from .session import Gap, Session, first_text, gap_of


def check_versions(flow: Flow, session: Session) -> Iterator[Issue]:
    """What keeps the engine from upgrading a flow, in its order; ``flow`` has its fragments resolved."""
    created = first_text(flow.info, "sdcVersion")
    if session.newer_engine:
        # nothing else is looked at: too many findings would follow from this one
        yield FLOW.issue("VALIDATION_0096", advice=session.tolerant, version=created, known=session.catalogue.version)
        return
    if not 1 <= flow.schema_version <= NEWEST_SCHEMA:
        yield FLOW.issue("VALIDATION_0000", version=flow.schema_version)
        return
    known = session.catalogue.pipeline().version
    if gap_of(flow.version or 1, known) is Gap.NEWER:
        yield FLOW.issue("CONTAINER_0902", advice=session.tolerant, version=flow.version, known=known)
    for stage in (*_special_stages(flow), *flow.stages):
        yield from _check_stage(stage, session)


def _special_stages(flow: Flow) -> Iterator[StageInstance]:
    for stage in (flow.stats_stage, flow.error_stage):
        if stage is not None:
            yield stage
    yield from flow.start_stages
    yield from flow.stop_stages
    if flow.test_origin is not None:
        yield flow.test_origin


def _check_stage(stage: StageInstance, session: Session) -> Iterator[Issue]:
    definition, place = session.definition(stage), place_of(stage)
    if definition is None:
        code = "CONTAINER_0905" if session.is_legacy(stage) else "CONTAINER_0901"
        yield place.issue(code, library=stage.library, kind=stage.stage_name)
        return
    for service in stage.services:
        known = session.catalogue.service(service.service)
        if known is None:
            yield place.issue("CONTAINER_0903", service=service.service)
        elif service.version > known.version:
            service_place = attrs.evolve(place, service=service.service)
            facts = {"version": service.version, "known": known.version}
            yield service_place.issue("CONTAINER_0902", advice=session.tolerant, facts=facts)
    if session.gap(stage, definition) is Gap.NEWER:
        version = version_number(stage.stage_version)
        yield place.issue("CONTAINER_0902", advice=session.tolerant, version=version, known=definition.version)


def remarks(flow: Flow, resolved: Flow, session: Session, older: Mapping[str, tuple[str, ...]]) -> Iterator[Issue]:
    """What the engine does not mention and people want to know: older stages, other libraries, missing fragments.

    ``older`` has the settings of upgraded stages that found no place.
    """
    for stage in unresolved(flow):
        yield place_of(stage).issue("PENSTOCK_0006", advice=True, fragment=placeholder_key(stage)[0])
    for stage in (*_special_stages(resolved), *resolved.stages):
        definition = session.definition(stage)
        if definition is None:
            continue
        gap, place = session.gap(stage, definition), place_of(stage)
        facts = {"version": stage.stage_version, "known": definition.version}
        if gap is Gap.OLDER:
            yield place.issue("PENSTOCK_0001", advice=True, facts=facts)
            if leftover := older.get(stage.instance_name):
                yield place.issue("PENSTOCK_0002", advice=True, unknown=listed(leftover))
        elif version_number(stage.stage_version) is None:
            yield place.issue("PENSTOCK_0008", advice=True, facts=facts)
        elif gap is Gap.NEWER and session.newer_engine:
            yield place.issue("CONTAINER_0902", advice=True, facts=facts)
        if stage.library not in definition.libraries:
            yield place.issue("PENSTOCK_0005", advice=True, library=stage.library, known=definition.library)
