"""Credentials in flows: where they are, flows without them, and which ones are missing.

A setting is a credential when its definition says so. Where no definition knows it (stages of other engines, settings
of other versions) its name decides: it is named like a credential of the same stage, or sounds like a secret.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from ..catalogue.definitions import Catalogue, SettingDefinition
from ..values import Json, JsonMap, freeze
from .model import Envelope, Flow, Service, StageInstance
from .settings import Settings

MASK = "********"
# shieldUser and securityUser of Elasticsearch, basicAuth and basicAuthUserInfo of registries hold "user:password"
_SECRET = re.compile(
    r"(password|passwd|passphrase|secret|secretkey|(?<!for)token|apikey|accesskey|accesskeyid|sharedkey|accountkey|privatekey"
    r"|privatekeycontent|privatekeyplaintext|credentialsfilecontent|connectionstringkey|sastoken|pwd|(shield|security)user"
    r"|basicauth(userinfo(forregistration)?)?)s?$"
)
_PLAIN_SECRET = re.compile(r"(password|passwd|passphrase|secret|authtoken|apikey)$")
_FLOW = "the flow"

Replace = Callable[[tuple[str | int, ...], str, SettingDefinition | None], Json]


@attrs.frozen
class CredentialPlace:
    """A credential setting: the stage (None: the flow itself), the service, and the path to the value.

    ``path`` starts with the raw name of the setting; the row and key of a list follow. ``secret`` is the value; it is
    left out of the repr.
    """

    instance_name: str | None
    stage_label: str
    path: tuple[str | int, ...]
    label: str
    service: str | None = None
    secret: str = attrs.field(default="", repr=False)

    @property
    def name(self) -> str:
        """The raw name of the setting."""
        return str(self.path[0])

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path)
        return f"{self.stage_label}: {self.label} ({where})"


BlankedSetting = CredentialPlace
"""A setting whose value was taken out; ``secret`` is empty."""


def looks_secret(name: str) -> bool:
    """True when the last part of a setting's name sounds like a secret: ``conf.apiKey``, ``password``."""
    return _SECRET.search(_folded(name)) is not None


def is_secret(name: str, definition: SettingDefinition | None) -> bool:
    """True for a credential by its definition, and by its name where it has none or is a plain text."""
    if definition is None:
        return looks_secret(name)
    if definition.is_credential:
        return True
    return definition.type in ("STRING", "TEXT") and _PLAIN_SECRET.search(_folded(name)) is not None


def _folded(name: str) -> str:
    return "".join(char for char in name.rsplit(".", 1)[-1].lower() if char.isalnum())


def holds_secret(value: Json) -> bool:
    """True for a text that is the secret itself: not empty, and no expression that fetches it."""
    return isinstance(value, str) and value != "" and "${" not in value


def credential_places(flow: Flow, catalogue: Catalogue) -> tuple[CredentialPlace, ...]:
    """Every credential that a flow holds as plain text, its special stages, fragments and rules included."""
    found: list[CredentialPlace] = []
    _changed(flow, catalogue, found, lambda place: place.secret)
    return tuple(found)


def replace_credentials(flow: Flow, catalogue: Catalogue, change: Callable[[CredentialPlace], str]) -> Flow:
    """The flow with every plain-text credential replaced by what ``change`` makes of it; itself without any."""
    found: list[CredentialPlace] = []
    made = _changed(flow, catalogue, found, change)
    return made if found else flow


def blank_credentials(flow: Flow, catalogue: Catalogue) -> tuple[Flow, tuple[BlankedSetting, ...]]:
    """The flow with every plain-text credential empty, and which ones these were; expressions and nulls stay.

    The flow itself, and nothing, when it holds no credential.
    """
    found: list[CredentialPlace] = []
    blanked = _changed(flow, catalogue, found, lambda _: "")
    if not found:
        return flow, ()
    return blanked, tuple(attrs.evolve(place, secret="") for place in found)


def mask_credentials(flow: Flow, catalogue: Catalogue) -> Flow:
    """The flow with asterisks in place of every plain-text credential, for showing and comparing."""
    found: list[CredentialPlace] = []
    masked = _changed(flow, catalogue, found, lambda _: MASK)
    return masked if found else flow


def blanks_to_fill(flow: Flow, catalogue: Catalogue) -> tuple[BlankedSetting, ...]:
    """The credentials of a flow that are empty but in use: what has to be filled in after an import.

    Only settings that are active count (a proxy password does not while no proxy is used), and only those that the
    definition requires or that stand beside a user name: an empty text does not say whether there ever was a secret.
    """
    found: list[BlankedSetting] = []
    for stage in (None, *flow.all_stages()):
        for settings, definitions, service in _holders(flow, stage, catalogue):
            values = {**{name: each.default for name, each in definitions.items()}, **settings}
            for name, value in settings.items():
                definition = definitions.get(name)
                if value == "" and definition is not None and _is_missing(definition, values):
                    found.append(_place(stage, service, (name,), definition, ""))
    return tuple(found)


def _is_missing(definition: SettingDefinition, values: Mapping[str, Json]) -> bool:
    if not definition.is_credential or not is_active(definition, values):
        return False
    return definition.required or _folded(definition.name) in ("password", "proxypassword", "token", "secret")


def is_active(definition: SettingDefinition, values: Mapping[str, Json]) -> bool:
    """True when the settings that this one depends on have values that call for it."""
    return all(
        name in values and _text(values[name]) in {_text(trigger) for trigger in triggers}
        for name, triggers in definition.depends_on.items()
    )


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


Holder = tuple[Settings, Mapping[str, SettingDefinition], str | None]


def _holders(flow: Flow, stage: StageInstance | None, catalogue: Catalogue) -> Iterator[Holder]:
    """The settings of the flow or of a stage and its services, each with its definitions by name."""
    if stage is None:
        yield flow.configuration, _by_name(catalogue.pipeline().settings), None
        return
    yield stage.configuration, _stage_definitions(stage, catalogue), None
    for service in stage.services:
        yield service.configuration, _service_definitions(service, catalogue), service.service


def _stage_definitions(stage: StageInstance, catalogue: Catalogue) -> Mapping[str, SettingDefinition]:
    definition = catalogue.stage(stage.stage_name)
    return {} if definition is None else _by_name(definition.settings)


def _service_definitions(service: Service, catalogue: Catalogue) -> Mapping[str, SettingDefinition]:
    definition = catalogue.service(service.service)
    return {} if definition is None else _by_name(definition.settings)


def _by_name(settings: Iterable[SettingDefinition]) -> Mapping[str, SettingDefinition]:
    return {setting.name: setting for setting in settings}


def _place(
    stage: StageInstance | None,
    service: str | None,
    path: tuple[str | int, ...],
    definition: SettingDefinition | None,
    secret: str,
) -> CredentialPlace:
    label = definition.label if definition is not None else str(path[-1])
    if stage is None:
        return CredentialPlace(None, _FLOW, path, label, service, secret)
    return CredentialPlace(stage.instance_name, stage.label, path, label, service, secret)


def _changed(
    flow: Flow, catalogue: Catalogue, found: list[CredentialPlace], change: Callable[[CredentialPlace], str]
) -> Flow:
    """The flow with every plain-text credential changed; each is noted in ``found``."""

    def of_stage(stage: StageInstance) -> StageInstance:
        before = len(found)
        settings = _in_settings(stage.configuration, _stage_definitions(stage, catalogue), note(stage, None))
        services = tuple(
            attrs.evolve(
                service,
                configuration=_in_settings(
                    service.configuration, _service_definitions(service, catalogue), note(stage, service.service)
                ),
            )
            for service in stage.services
        )
        return stage if len(found) == before else attrs.evolve(stage, configuration=settings, services=services)

    def note(stage: StageInstance | None, service: str | None) -> Replace:
        def replace(path: tuple[str | int, ...], secret: str, definition: SettingDefinition | None) -> Json:
            place = _place(stage, service, path, definition, secret)
            found.append(place)
            return change(place)

        return replace

    def one(stage: StageInstance | None) -> StageInstance | None:
        return None if stage is None else of_stage(stage)

    pipeline = _by_name(catalogue.pipeline().settings)
    return attrs.evolve(
        flow,
        configuration=_in_settings(flow.configuration, pipeline, note(None, None)),
        stages=tuple(of_stage(stage) for stage in flow.stages),
        error_stage=one(flow.error_stage),
        stats_stage=one(flow.stats_stage),
        test_origin=one(flow.test_origin),
        start_stages=tuple(of_stage(stage) for stage in flow.start_stages),
        stop_stages=tuple(of_stage(stage) for stage in flow.stop_stages),
        fragments=tuple(_changed(fragment, catalogue, found, change) for fragment in flow.fragments),
        envelope=_in_envelope(flow.envelope, pipeline, note(None, None)),
    )


def _in_settings(settings: Settings, definitions: Mapping[str, SettingDefinition], replace: Replace) -> Settings:
    secret_tails = {_folded(each.name) for each in definitions.values() if each.is_credential}
    changed: dict[str, Json] = {}
    for name, value in settings.items():
        definition = definitions.get(name)
        if definition is None and holds_secret(value) and _folded(name) in secret_tails:
            made: Json = replace((name,), str(value), None)
        else:
            made = _in_value((name,), name, value, definition, replace)
        if made is not value:
            changed[name] = made
    return settings.with_values(changed) if changed else settings


def _in_value(
    path: tuple[str | int, ...], name: str, value: Json, definition: SettingDefinition | None, replace: Replace
) -> Json:
    """The value with its credentials replaced, rows of lists included; itself when it holds none."""
    if isinstance(value, str):
        if holds_secret(value) and is_secret(name, definition):
            return replace(path, value, definition)
        return value
    if not isinstance(value, tuple) or not any(isinstance(row, JsonMap) for row in value):
        return value
    inner = _by_name(definition.model.settings) if definition is not None and definition.model is not None else {}
    rows = tuple(_in_row((*path, at), row, inner, replace) for at, row in enumerate(value))
    return value if all(new is old for new, old in zip(rows, value, strict=True)) else rows


def _in_row(path: tuple[str | int, ...], row: Json, inner: Mapping[str, SettingDefinition], replace: Replace) -> Json:
    if not isinstance(row, JsonMap):
        return row
    items = {key: _in_value((*path, key), key, value, inner.get(key), replace) for key, value in row.items()}
    return row if all(items[key] is value for key, value in row.items()) else JsonMap(items)


def _in_envelope(
    envelope: Envelope | None, definitions: Mapping[str, SettingDefinition], replace: Replace
) -> Envelope | None:
    """The envelope with the webhook credentials of its rules replaced."""
    if envelope is None or envelope.rules is None:
        return envelope
    rows = envelope.rules.get("configuration")
    if not isinstance(rows, tuple):
        return envelope
    made = tuple(_in_rule_setting(row, definitions, replace) for row in rows)
    if all(new is old for new, old in zip(made, rows, strict=True)):
        return envelope
    return attrs.evolve(envelope, rules=envelope.rules.set("configuration", freeze(made)))


def _in_rule_setting(row: Json, definitions: Mapping[str, SettingDefinition], replace: Replace) -> Json:
    if not isinstance(row, JsonMap) or not isinstance(name := row.get("name"), str):
        return row
    value = row.get("value")
    made = _in_value((name,), name, value, definitions.get(name), replace)
    return row if made is value else row.set("value", made)
