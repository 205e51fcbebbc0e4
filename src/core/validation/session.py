"""One validation: the catalogue, what may be named in expressions, and how far the flow's versions are from it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Enum

import attrs

from ..catalogue.definitions import Catalogue, StageDefinition
from ..flow.model import Flow, StageInstance
from ..flow.settings import Settings
from ..flow.stage_upgrade import version_number
from ..values import Json, JsonMap
from .expressions import Language
from .places import FLOW, Place, place_of
from .plan import HasSettings, plan_of
from .settings import Component


class Strictness(Enum):
    """How findings count that only say that flow and catalogue are of different versions."""

    TOLERANT = "tolerant"
    """They are remarks: an unknown newer setting never makes a flow invalid."""
    ENGINE = "engine"
    """They are issues, as the engine of the catalogue's version has it."""


class Gap(Enum):
    """How a version in the document compares with the catalogue's."""

    OLDER = -1
    SAME = 0
    NEWER = 1


_FORM_CODES = frozenset(
    (
        *("VALIDATION_0009", "VALIDATION_0033", "VALIDATION_0034", "VALIDATION_0035", "PENSTOCK_0004"),
        *(f"CREATION_{number:03}" for number in (10, 11, 12, 13, 14, 15, 20, 21, 30, 31, 32, 33, 40, 42)),
    )
)
OLDER_REMARKS = frozenset(("VALIDATION_0008",))
"""What an older stage may hold because not every change of the engine's upgrade is known."""
NEWER_REMARKS = _FORM_CODES | {"VALIDATION_0007", "VALIDATION_0008"}
"""What cannot be judged about a stage that is newer than its definition."""
NEWER_SHAPE_REMARKS = frozenset(
    f"VALIDATION_{number}" for number in ("0015", "0032", "0037", "0071", "0094", "0102", "0200")
)
"""What a newer definition may allow about lanes, events, services and execution modes."""


@attrs.frozen(eq=False)
class Session:
    """What every check of one validation shares."""

    catalogue: Catalogue
    language: Language
    strictness: Strictness
    newer_engine: bool
    """True when the flow says that a newer engine than the catalogue's has made it."""
    fills: bool = True
    """False when the engine would not upgrade the flow and so add no defaults."""
    older: Collection[str] = ()
    """Instance names of the stages that have been upgraded for this validation."""
    _components: dict[int, Component] = attrs.field(factory=dict, init=False, repr=False)
    """By the id of a stage, which lives as long as the validation: each is looked at twice."""

    @property
    def tolerant(self) -> bool:
        """True when findings about versions are remarks."""
        return self.strictness is Strictness.TOLERANT

    def definition(self, stage: StageInstance) -> StageDefinition | None:
        """The definition of a stage in its library.

        A newer engine has newer libraries for the same kinds, so a flow of one finds the kind in any library.
        """
        found = self.catalogue.stage(stage.stage_name, stage.library)
        if found is None and self.newer_engine and self.tolerant and not self.is_legacy(stage):
            return self.catalogue.stage(stage.stage_name)
        return found

    def is_legacy(self, stage: StageInstance) -> bool:
        """True when the library of a stage is one that once existed."""
        return stage.library in self.catalogue.legacy_libraries()

    def gap(self, stage: StageInstance, definition: StageDefinition) -> Gap:
        """How a stage's version in the document compares with its definition's."""
        if stage.instance_name in self.older:
            return Gap.OLDER
        return gap_of(version_number(stage.stage_version), version_number(definition.version))

    def remarks_for(self, gap: Gap) -> frozenset[str]:
        """The codes that are remarks for a component of such a version."""
        if not self.tolerant:
            return frozenset()
        if gap is Gap.NEWER or self.newer_engine:
            return NEWER_REMARKS
        return OLDER_REMARKS if gap is Gap.OLDER else frozenset()

    def component(
        self, place: Place, definition: HasSettings, settings: Settings, gap: Gap, hidden: Iterable[str] = ()
    ) -> Component:
        """A stage, service or flow ready to be checked."""
        plan = plan_of(definition)
        held = {entry[0]: entry[1] for entry in settings.entries}
        return Component(
            place=place,
            plan=plan,
            held=held,
            values={**plan.defaults, **held} if self.fills else held,
            language=self.language,
            hidden=frozenset(hidden),
            lenient=self.remarks_for(gap),
            may_miss=self.tolerant and gap is Gap.OLDER,
        )

    def stage_component(self, stage: StageInstance, definition: StageDefinition) -> Component:
        """The own settings of a stage, ready to be checked."""
        known = self._components.get(id(stage))
        if known is None:
            gap, hidden = self.gap(stage, definition), definition.hidden_settings
            known = self.component(place_of(stage), definition, stage.configuration, gap, hidden)
            self._components[id(stage)] = known
        return known

    def service_components(self, stage: StageInstance, definition: StageDefinition) -> Iterator[Component]:
        """The settings of the services of a stage, ready to be checked; unknown services are left out."""
        for service in stage.services:
            known = self.catalogue.service(service.service)
            if known is not None:
                place = attrs.evolve(place_of(stage), service=service.service)
                yield self.component(place, known, service.configuration, gap_of(service.version, known.version))

    def flow_setting(self, flow: Flow, name: str) -> Json:
        """The value of one of the flow's own settings; its default when the document leaves it out."""
        if name in flow.configuration or not self.fills:
            return flow.configuration.get(name)
        return plan_of(self.catalogue.pipeline()).defaults.get(name)

    def pipeline_component(self, flow: Flow) -> Component:
        """The settings of the flow itself, ready to be checked."""
        pipeline = self.catalogue.pipeline()
        return self.component(FLOW, pipeline, flow.configuration, gap_of(flow.version or 1, pipeline.version))


def missing_services(stage: StageInstance, definition: StageDefinition) -> bool:
    """True when a stage has other services than its definition asks for."""
    return {service.service for service in stage.services} != {use.service for use in definition.services}


def gap_of(held: int | None, known: int | None) -> Gap:
    """How two versions compare; versions that cannot be read are taken to be the same."""
    if held is None or known is None or held == known:
        return Gap.SAME
    return Gap.OLDER if held < known else Gap.NEWER


def is_newer_engine(created: str, known: str) -> bool:
    """True when the first engine version is greater than the second; words behind a hyphen do not count."""
    return bool(created) and _numbers(created) > _numbers(known)


def _numbers(version: str) -> tuple[int, ...]:
    parts = re.findall(r"\d{1,9}", version.split("-", 1)[0])[:5]
    return tuple(int(part) for part in parts) + (0,) * (5 - len(parts))


def parameters_of(flow: Flow) -> dict[str, Json]:
    """The parameters that a flow declares, with their values."""
    rows = flow.configuration.get("constants")
    return dict(_pairs(rows)) if isinstance(rows, tuple) else {}


def _pairs(rows: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    for row in rows:
        key = row.get("key") if isinstance(row, JsonMap) else None
        if isinstance(row, JsonMap) and isinstance(key, str):
            yield key, row.get("value")


def first_text(values: Mapping[str, Json], name: str) -> str:
    """A text of a document object; empty when it holds none."""
    value = values.get(name)
    return value if isinstance(value, str) else ""
