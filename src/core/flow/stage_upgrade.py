"""Stages of older versions brought to the catalogue's version; the given values stay as they were."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import attrs

from ..catalogue.definitions import Catalogue, ServiceDefinition, SettingDefinition, StageDefinition
from ..values import Json, JsonMap
from .model import Flow, Service, StageInstance
from .settings import Settings
from .stage_facts import ANY, GATHERED, NO_KEYS, RENAMED, ROWS, SSL_STORES, TLS_SWITCH, Renamed, kind_of, meant
from .stage_values import written_today

Find = Callable[[StageInstance], StageDefinition | None]


@attrs.frozen
class Upgraded:
    """A stage in the version of its definition; ``leftover`` are settings of the older one that have no place in it."""

    stage: StageInstance
    leftover: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def version_number(text: str) -> int | None:
    """The number of a stage version; ``1.0.0`` is 1. None when there is none."""
    head = text.split(".", 1)[0].strip()
    return int(head) if head.isdecimal() and len(head) < 10 else None


def is_older(stage: StageInstance, definition: StageDefinition) -> bool:
    """True when a stage has a lower version than its definition."""
    held, known = version_number(stage.stage_version), version_number(definition.version)
    return held is not None and known is not None and held < known


@attrs.frozen
class UpgradedFlow:
    """A flow whose stages are in the versions of their definitions.

    ``older`` has the instance names of the stages that were not, each with its settings that have no place any more.
    """

    flow: Flow
    older: Mapping[str, tuple[str, ...]]


def upgrade_stages(flow: Flow, catalogue: Catalogue, find: Find | None = None) -> UpgradedFlow:
    """The flow with every stage that is older than its definition brought to it, special stages included.

    The flow's own settings follow, as far as they mean something else since. Stages that the catalogue does not know,
    and newer ones, stay as they are. ``find`` says which definition is meant.
    """
    wanted = find or (lambda stage: catalogue.stage(stage.stage_name, stage.library))
    older: dict[str, tuple[str, ...]] = {}

    def upgraded(stage: StageInstance) -> StageInstance:
        definition = wanted(stage)
        if definition is None:
            return stage
        made = upgrade_stage(stage, definition, catalogue)
        if made.stage.stage_version != stage.stage_version:
            older[stage.instance_name] = made.leftover
        return made.stage

    def one(stage: StageInstance | None) -> StageInstance | None:
        return None if stage is None else upgraded(stage)

    made = attrs.evolve(
        flow,
        configuration=_flow_settings(flow),
        stages=tuple(upgraded(stage) for stage in flow.stages),
        error_stage=one(flow.error_stage),
        stats_stage=one(flow.stats_stage),
        test_origin=one(flow.test_origin),
        start_stages=tuple(upgraded(stage) for stage in flow.start_stages),
        stop_stages=tuple(upgraded(stage) for stage in flow.stop_stages),
    )
    return UpgradedFlow(made, older)


_RETRIES_SINCE = 3
_MODES_SPLIT_IN = 4
_OTHERS_SINCE = 11
"""The versions of a flow's settings that have retries, more than one mode for clusters, and the choice OTHER."""
_OTHERS = tuple(f"amazonEMRConfig.{name}" for name in ("userRegion", "masterInstanceType", "slaveInstanceType"))


def _flow_settings(flow: Flow) -> Settings:
    """What the settings of an older flow mean today: it is not run again after a fault unless it says so."""
    version, held = flow.version or 1, flow.configuration
    changed: dict[str, Json] = {}
    if flow.version is not None and version < _RETRIES_SINCE and "shouldRetry" not in held:
        changed["shouldRetry"] = False
    if version < _MODES_SPLIT_IN and held.get("executionMode") == "CLUSTER":
        origins = [kind_of(stage.stage_name) for stage in flow.stages if not stage.input_lanes]
        batches = origins[-1:] == ["ClusterHdfsDSource"]
        changed["executionMode"] = "CLUSTER_BATCH" if batches else "CLUSTER_YARN_STREAMING"
    if version < _OTHERS_SINCE:
        changed |= {name: "OTHER" for name in _OTHERS if held.get(name) == "CUSTOM"}
    return held.with_values(changed)


def upgrade_stage(stage: StageInstance, definition: StageDefinition, catalogue: Catalogue) -> Upgraded:
    """A stage in its definition's version; as it is when it is not older.

    Settings keep their values: under their name, under the name they have since, in the one place that has the same
    last part, or in a service that took them over. What came later takes its default when it is checked or run.
    """
    if not is_older(stage, definition):
        return Upgraded(_with_newer_services(stage, catalogue))
    kind, version = kind_of(stage.stage_name), version_number(stage.stage_version) or 0
    missing = [use.service for use in definition.services if stage.service(use.service) is None]
    services = [known for name in missing if (known := catalogue.service(name)) is not None]
    places = _Places(definition.settings, {known.name: known for known in services}, definition.hidden_settings)
    places.put_all(
        {
            name: written_today(kind, version, name, _with_row_keys(kind, version, value))
            for name, value in _gathered(kind, _switched(stage.configuration)).items()
        },
        kind,
        version,
    )
    made = attrs.evolve(
        stage,
        stage_version=definition.version,
        configuration=Settings(places.own.items()),
        services=(
            *stage.services,
            *(Service(known.name, known.version, Settings(places.of[known.name].items())) for known in services),
        ),
    )
    return Upgraded(_with_newer_services(made, catalogue), tuple(places.leftover))


class _Places:
    """The settings of a definition and of the services that a stage still lacks, being filled."""

    def __init__(
        self, settings: Iterable[SettingDefinition], services: Mapping[str, ServiceDefinition], hidden: Iterable[str]
    ) -> None:
        self._names = {setting.name: "" for setting in settings} | dict.fromkeys(hidden, "")
        for service, known in services.items():
            for setting in known.settings:
                self._names.setdefault(setting.name, service)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            self._by_last[_last(name)].append(name)
        self.own: dict[str, Json] = {}
        self.of: dict[str, dict[str, Json]] = {service: {} for service in services}
        self.leftover: list[str] = []

    def put_all(self, held: Mapping[str, Json], kind: str, version: int = 0) -> None:
        """Keep every value: known names first, so that no moved value takes their place, then what came later."""
        for name, value in held.items():
            if name in self._names:
                self._keep(name, value)
        for name, value in held.items():
            if name not in self._names:
                self._move(name, value, kind)
        self._add_before(kind, version)

    def _move(self, name: str, value: Json, kind: str) -> None:
        """Keep a value under its new name or in the place with its tail; note it as left over otherwise."""
        for rename in _renames(kind).get(_last(name), ()):
            if _ends_with(name, rename.old):
                place = None if rename.new is None else self._place(rename.new)
                if place is not None:
                    self._keep(place, rename.change(value))
                    return
        place = self._place(name)
        if place is not None:
            self._keep(place, value)
        else:
            self.leftover.append(name)

    def _add_before(self, kind: str, version: int) -> None:
        """Settings that came later, with what they mean for older stages."""
        for tail, value in meant(kind, version).items():
            for name in self._by_last.get(_last(tail), ()):
                if _ends_with(name, tail) and not self._holds(name):
                    self._keep(name, value)
        mode, keys, without = NO_KEYS
        for name in self._by_last.get(_last(mode), ()):
            beside = [name.removesuffix(_last(mode)) + key for key in keys]
            if _ends_with(name, mode) and not self._holds(name) and not any(self.own.get(key) for key in beside):
                self._keep(name, without)

    def _keep(self, name: str, value: Json) -> None:
        service = self._names[name]
        (self.of[service] if service else self.own)[name] = value

    def _holds(self, name: str) -> bool:
        return name in self.own or any(name in held for held in self.of.values())

    def _place(self, name: str) -> str | None:
        """The one free setting that shares the most parts with the end of ``name``, the last part at least."""
        parts = name.split(".")
        candidates = [each for each in self._by_last.get(parts[-1], ()) if not self._holds(each)]
        for count in range(len(parts), 0, -1):
            fitting = [each for each in candidates if each.split(".")[-count:] == parts[-count:]]
            if fitting:
                return fitting[0] if len(fitting) == 1 else None
        return None


@lru_cache(maxsize=256)
def _renames(kind: str) -> Mapping[str, Sequence[Renamed]]:
    """What settings of a kind of stage are called since, by the last part of the old name."""
    made: dict[str, list[Renamed]] = defaultdict(list)
    for each in (*RENAMED.get(kind, ()), *RENAMED[ANY]):
        made[_last(each.old)].append(each)
    return dict(made)


def _last(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _ends_with(name: str, tail: str) -> bool:
    return name == tail or name.endswith("." + tail)


def _switched(held: Mapping[str, Json]) -> Mapping[str, Json]:
    """The settings, with TLS switched on where they name a store of certificates for it."""
    named = (
        name.removesuffix(tail) + TLS_SWITCH
        for name, value in held.items()
        for tail in SSL_STORES
        if value and _ends_with(name, tail)
    )
    on = dict.fromkeys(named, True)
    return {**on, **held} if on else held


def _gathered(kind: str, held: Mapping[str, Json]) -> Mapping[str, Json]:
    """The settings, with those that became one setting put into it."""
    rule = GATHERED.get(kind)
    if rule is None or rule.target in held:
        return held
    found = {name: value for name, value in held.items() if name in rule.parts}
    if not found:
        return held
    rest = {name: value for name, value in held.items() if name not in rule.parts}
    return {**rest, rule.target: rule.make({**rule.parts, **found})}


def _with_row_keys(kind: str, version: int, value: Json) -> Json:
    """The rows of a list under the keys that they have since."""
    rules = {old: new for old, (new, before) in ROWS.get(kind, {}).items() if version < before}
    if not rules or not isinstance(value, tuple):
        return value
    return tuple(
        JsonMap((rules.get(key, key), item) for key, item in row.items()) if isinstance(row, JsonMap) else row
        for row in value
    )


def _with_newer_services(stage: StageInstance, catalogue: Catalogue) -> StageInstance:
    """The stage with its services in the catalogue's versions, where they are older."""
    services = tuple(_upgraded_service(service, catalogue.service(service.service)) for service in stage.services)
    if all(new is old for new, old in zip(services, stage.services, strict=True)):
        return stage
    return attrs.evolve(stage, services=services)


def _upgraded_service(service: Service, known: ServiceDefinition | None) -> Service:
    if known is None or service.version >= known.version:
        return service
    places = _Places(known.settings, {}, ())
    places.put_all(service.configuration, ANY)
    return attrs.evolve(service, version=known.version, configuration=Settings(places.own.items()))
