"""Credentials in flows: where they are, flows without them, and which ones are missing.

A setting is a credential when its definition says so. Where no definition knows it (stages of other engines, settings
of other versions) its name decides: it is named like a credential of the same stage, or sounds like a secret.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from ..catalogue.definitions import Catalogue, SettingDefinition
from ..values import Json, JsonMap
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

Path = tuple[str | int, ...]
Visit = Callable[[Path, Json, SettingDefinition | None], Json]
"""Sees every setting that holds a credential or would, and gives the value to put there."""


@attrs.frozen
class CredentialPlace:
    """A credential setting: the stage (None: the flow itself), the service, and the path to the value.

    ``path`` starts with the raw name of the setting; the row and key of a list follow. ``secret`` is the value; it is
    left out of the repr.
    """

    instance_name: str | None
    stage_label: str
    path: Path
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


def _is_secret_number(name: str, definition: SettingDefinition | None) -> bool:
    """As ``is_secret``, of a number: ``maxTokens`` sounds like a secret and is a number, but ``password`` is one."""
    if definition is not None and definition.is_credential:
        return True
    return _PLAIN_SECRET.search(_folded(name)) is not None


def _folded(name: str) -> str:
    return "".join(char for char in name.rsplit(".", 1)[-1].lower() if char.isalnum())


def holds_secret(value: Json) -> bool:
    """True for a text or number that is the secret itself: not empty, and no expression that fetches it."""
    if isinstance(value, str):
        return value != "" and "${" not in value
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def credential_places(flow: Flow, catalogue: Catalogue) -> tuple[CredentialPlace, ...]:
    """Every credential that a flow holds as plain text, its special stages, fragments and rules included."""
    found: list[CredentialPlace] = []

    def note(place: CredentialPlace) -> str:
        found.append(place)
        return ""

    replace_credentials(flow, catalogue, note)
    return tuple(found)


def replace_credentials(flow: Flow, catalogue: Catalogue, change: Callable[[CredentialPlace], str]) -> Flow:
    """The flow with every plain-text credential replaced by what ``change`` makes of it; itself without any."""

    def of_holder(holder: Holder) -> Visit:
        def visit(path: Path, value: Json, definition: SettingDefinition | None) -> Json:
            return change(holder.place(path, definition, str(value))) if holds_secret(value) else value

        return visit

    return _changed(flow, catalogue, of_holder)


def blank_credentials(flow: Flow, catalogue: Catalogue) -> tuple[Flow, tuple[BlankedSetting, ...]]:
    """The flow with every plain-text credential empty, and which ones these were; expressions and nulls stay.

    The flow itself, and nothing, when it holds no credential.
    """
    found: list[BlankedSetting] = []

    def blank(place: CredentialPlace) -> str:
        found.append(attrs.evolve(place, secret=""))
        return ""

    blanked = replace_credentials(flow, catalogue, blank)
    return blanked, tuple(found)


def mask_credentials(flow: Flow, catalogue: Catalogue) -> Flow:
    """The flow with asterisks in place of every plain-text credential, for showing and comparing.

    So it is with the values of rows that say such a name (``{"key": "apiToken", "value": …}``): parameters, headers.
    """
    return _changed(flow, catalogue, lambda _: _masked, by_rows=True)


def _masked(path: Path, value: Json, definition: SettingDefinition | None) -> Json:
    return MASK if holds_secret(value) else value


def masked_setting(name: str, value: Json, definition: SettingDefinition | None) -> Json:
    """The value of one setting with asterisks in place of what is secret in it, for showing."""
    return _in_value((name,), name, value, definition, _masked)


def masked_rows(name: str, value: Json) -> Json:
    """A value of which only the name is known, with asterisks for what sounds secret: parameters, rows of any kind.

    A row ``{"key": "apiToken", "value": …}`` is judged by its key, or by its ``name``; all that an object under such a
    name holds is secret.
    """
    if isinstance(value, (str, int, float)):
        sounds = looks_secret(name) if isinstance(value, str) else _is_secret_number(name, None)
        return MASK if sounds and holds_secret(value) else value
    if isinstance(value, tuple):
        return tuple(masked_rows(name, item) for item in value)
    if isinstance(value, JsonMap):
        if looks_secret(name):
            return JsonMap((inner, masked_rows(name, item)) for inner, item in value.items())
        return JsonMap((inner, masked_rows(said, item)) for inner, said, item in said_names(value))
    return value


def said_names(row: JsonMap) -> Iterator[tuple[str, str, Json]]:
    """Every key of a row, the name to judge its value by, and the value: ``key`` or ``name`` say that of ``value``."""
    spoken = next((word for word in map(row.get, ("key", "name")) if isinstance(word, str) and word), "value")
    for key, value in row.items():
        yield key, spoken if key == "value" else key, value


def blanks_to_fill(flow: Flow, catalogue: Catalogue) -> tuple[BlankedSetting, ...]:
    """The credentials of a flow that are empty but in use: what has to be filled in after an import.

    They are looked for where ``blank_credentials`` looks. An empty text does not say whether there ever was a secret,
    so settings that are not active do not count (a proxy password while no proxy is used), nor do those that may
    well be empty. Of a stage that no definition knows every one counts.
    """
    found: list[BlankedSetting] = []

    def of_holder(holder: Holder) -> Visit:
        def visit(path: Path, value: Json, definition: SettingDefinition | None) -> Json:
            if value == "" and holder.needs(path):
                found.append(holder.place(path, definition, ""))
            return value

        return visit

    _changed(flow, catalogue, of_holder)
    return tuple(found)


def is_active(definition: SettingDefinition, values: Mapping[str, Json]) -> bool:
    """True when the settings that this one depends on have values that call for it."""
    return all(
        name in values and _text(values[name]) in {_text(trigger) for trigger in triggers}
        for name, triggers in definition.depends_on.items()
    )


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@attrs.frozen
class Holder:
    """What has settings: the flow (no stage), a stage, or a service of one; with their definitions by name."""

    stage: StageInstance | None
    settings: Mapping[str, Json]
    definitions: Mapping[str, SettingDefinition]
    service: str | None = None
    by_last_part: Mapping[str, SettingDefinition] = attrs.field(init=False)

    @by_last_part.default
    def _credentials(self) -> Mapping[str, SettingDefinition]:
        return {_folded(name): each for name, each in self.definitions.items() if each.is_credential}

    def definition(self, name: str) -> SettingDefinition | None:
        """The definition of a setting; where it has none, that of the credential with its last part."""
        return self.definitions.get(name) or self.by_last_part.get(_folded(name))

    def needs(self, path: Path) -> bool:
        """True when a credential at this place can hardly be empty."""
        definition = self.definition(str(path[0]))
        if definition is None:
            return self.stage is not None
        values = {**{name: each.default for name, each in self.definitions.items()}, **self.settings}
        if not is_active(definition, values):
            return False
        return len(path) > 1 or definition.required or looks_secret(definition.name)

    def place(self, path: Path, definition: SettingDefinition | None, secret: str) -> CredentialPlace:
        """The place of one of its credentials."""
        label = definition.label if definition is not None else str(path[-1])
        if self.stage is None:
            return CredentialPlace(None, _FLOW, path, label, self.service, secret)
        return CredentialPlace(self.stage.instance_name, self.stage.label, path, label, self.service, secret)


def _by_name(settings: Iterable[SettingDefinition]) -> Mapping[str, SettingDefinition]:
    return {setting.name: setting for setting in settings}


def _changed(flow: Flow, catalogue: Catalogue, of_holder: Callable[[Holder], Visit], *, by_rows: bool = False) -> Flow:
    """The flow with what the visits make of every setting that holds a credential or would; itself if nothing else.

    ``by_rows``: a row that says a name beside its value counts as a setting of that name.
    """

    def in_settings(settings: Settings, holder: Holder) -> Settings:
        visit = of_holder(holder)
        return settings.mapped(
            lambda name, value: _in_value((name,), name, value, holder.definition(name), visit, by_rows)
        )

    def in_service(stage: StageInstance, service: Service) -> Service:
        known = catalogue.service(service.service)
        definitions = _by_name(known.settings if known is not None else ())
        settings = in_settings(
            service.configuration, Holder(stage, service.configuration, definitions, service.service)
        )
        return _evolved(service, configuration=settings)

    def in_stage(stage: StageInstance) -> StageInstance:
        known = catalogue.stage(stage.stage_name)
        definitions = _by_name(known.settings if known is not None else ())
        return _evolved(
            stage,
            configuration=in_settings(stage.configuration, Holder(stage, stage.configuration, definitions)),
            services=_each(stage.services, lambda service: in_service(stage, service)),
        )

    def one(stage: StageInstance | None) -> StageInstance | None:
        return None if stage is None else in_stage(stage)

    pipeline = _by_name(catalogue.pipeline().settings)
    return _evolved(
        flow,
        configuration=in_settings(flow.configuration, Holder(None, flow.configuration, pipeline)),
        stages=_each(flow.stages, in_stage),
        error_stage=one(flow.error_stage),
        stats_stage=one(flow.stats_stage),
        test_origin=one(flow.test_origin),
        start_stages=_each(flow.start_stages, in_stage),
        stop_stages=_each(flow.stop_stages, in_stage),
        fragments=_each(flow.fragments, lambda fragment: _changed(fragment, catalogue, of_holder, by_rows=by_rows)),
        envelope=_in_envelope(flow.envelope, pipeline, of_holder),
    )


V = TypeVar("V", Flow, StageInstance, Service)
T = TypeVar("T")


def _evolved(value: V, **parts: Any) -> V:
    """The value with these parts; itself when it has them already."""
    return value if all(getattr(value, name) is part for name, part in parts.items()) else attrs.evolve(value, **parts)


def _each(items: tuple[T, ...], change: Callable[[T], T]) -> tuple[T, ...]:
    """The changed items; the given tuple when none changed."""
    made = tuple(map(change, items))
    return items if all(new is old for new, old in zip(made, items, strict=True)) else made


def _in_value(
    path: Path,
    name: str,
    value: Json,
    definition: SettingDefinition | None,
    visit: Visit,
    by_rows: bool = False,
) -> Json:
    """The value after a visit of its credentials, however deep they are; itself when none changed."""
    if isinstance(value, str):
        return visit(path, value, definition) if is_secret(name, definition) else value
    if isinstance(value, (int, float)):
        return visit(path, value, definition) if _is_secret_number(name, definition) else value
    if isinstance(value, tuple):
        rows = tuple(_in_value((*path, at), name, item, definition, visit, by_rows) for at, item in enumerate(value))
        return value if all(new is old for new, old in zip(rows, value, strict=True)) else rows
    if isinstance(value, JsonMap):
        if is_secret(name, definition):  # so is all that is in it, whatever it is called
            items = {key: _in_value((*path, key), name, item, definition, visit) for key, item in value.items()}
        else:
            model = definition.model if definition is not None else None
            inner = _by_name(model.settings) if model is not None else {}
            items = {
                key: _in_value((*path, key), said, item, _defined(key, said, inner), visit, by_rows)
                for key, said, item in (said_names(value) if by_rows else _own_names(value))
            }
        return value if all(items[key] is item for key, item in value.items()) else JsonMap(items)
    return value


def _defined(key: str, said: str, definitions: Mapping[str, SettingDefinition]) -> SettingDefinition | None:
    """The definition of a value in a row; none for one that goes by another name, unless it is a credential anyway."""
    definition = definitions.get(key)
    return definition if said == key or (definition is not None and definition.is_credential) else None


def _own_names(row: JsonMap) -> Iterator[tuple[str, str, Json]]:
    return ((key, key, value) for key, value in row.items())


def _in_envelope(
    envelope: Envelope | None, definitions: Mapping[str, SettingDefinition], of_holder: Callable[[Holder], Visit]
) -> Envelope | None:
    """The envelope after a visit of the webhook credentials of its rules."""
    if envelope is None or envelope.rules is None:
        return envelope
    rows = envelope.rules.get("configuration")
    if not isinstance(rows, tuple):
        return envelope
    named = [row for row in rows if isinstance(row, JsonMap) and isinstance(row.get("name"), str)]
    holder = Holder(None, {str(row["name"]): row.get("value") for row in named}, definitions)
    visit = of_holder(holder)

    def in_row(row: Json) -> Json:
        if not isinstance(row, JsonMap) or not isinstance(name := row.get("name"), str):
            return row
        value = row.get("value")
        made = _in_value((name,), name, value, definitions.get(name), visit)
        return row if made is value else row.set("value", made)

    made = _each(rows, in_row)
    return envelope if made is rows else attrs.evolve(envelope, rules=envelope.rules.set("configuration", made))
