"""Places that findings belong to: the flow, a stage, a service of a stage; each makes issues about itself."""

from collections.abc import Mapping, Sequence

import attrs

from ..catalogue.definitions import SettingDefinition
from ..flow.model import StageInstance
from ..values import EMPTY_MAP, Json, JsonMap
from .issues import Issue
from .texts import INSTANCE_AS_GROUP, NOT_BLOCKING, TEXTS


@attrs.frozen
class Place:
    """Where a finding belongs; ``instance_name`` None means the flow itself."""

    instance_name: str | None = None
    label: str = "the flow"
    service: str | None = None

    def issue(
        self,
        code: str,
        *,
        group: str | None = None,
        name: str | None = None,
        info: JsonMap = EMPTY_MAP,
        advice: bool = False,
        facts: Mapping[str, object] = EMPTY_MAP,
        **more: object,
    ) -> Issue:
        """The finding ``code`` here; ``facts`` and ``more`` fill its sentence."""
        text = TEXTS[code].format(**{"stage": self.label, "instance": self.instance_name, **facts, **more})
        return Issue(
            code=code,
            text=text,
            instance_name=self.instance_name,
            config_name=name,
            config_group=self.instance_name if code in INSTANCE_AS_GROUP else group,
            service_name=self.service,
            additional_info=info,
            blocks_preview=code not in NOT_BLOCKING,
            advice=advice,
        )

    def setting_issue(
        self, code: str, setting: SettingDefinition, *, name: str | None = None, advice: bool = False, **facts: object
    ) -> Issue:
        """The finding ``code`` about one setting here."""
        label = setting.label or setting.name
        return self.issue(
            code, group=setting.group, name=name or setting.name, advice=advice, setting=label, facts=facts
        )


FLOW = Place()


def place_of(stage: StageInstance) -> Place:
    """The place of a stage."""
    return Place(stage.instance_name, stage.label)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence holds them, at most twenty."""
    shown = ", ".join(names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown


def shown(value: Json, limit: int = 60) -> str:
    """A value as a sentence holds it, cut short."""
    text = repr(value) if isinstance(value, str) else java_text(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def java_text(value: Json) -> str:
    """The text that the engine compares and prints for a value: ``true``, ``null``, ``[a, b]``, ``{k=v}``."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(java_text(item) for item in value) + "]"
    if isinstance(value, JsonMap):
        return "{" + ", ".join(f"{key}={java_text(item)}" for key, item in value.items()) + "}"
    return str(value)
