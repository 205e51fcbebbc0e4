"""The parts of a flow document and how each is merged: one table that the merge reads."""

from collections.abc import Mapping
from enum import Enum, auto

import attrs


class How(Enum):
    """How two changed forms of a part become one."""

    VALUE = auto()
    """Objects key by key, lists row by row where the changes are apart."""
    KEYED = auto()
    """A list of objects that are known by one of their keys."""
    LANES = auto()
    """Names in order; what either side added is in, what either side took away is not."""
    OURS = auto()
    """Bookkeeping of whoever saved last: it never conflicts, and is no change."""


@attrs.frozen
class Part:
    """How to merge one part, and what is known of the parts in it."""

    how: How = How.VALUE
    keys: Mapping[str, "Part"] = attrs.field(factory=dict)
    """Parts of an object by key; a key that is not here is a plain value."""
    by: str = ""
    item: "Part | None" = None
    same: tuple[str, ...] = ()
    """Keys that must be equal on all sides for the object to be the same thing; else it is merged as a whole."""
    at_once: tuple[str, ...] = ()
    """Keys that are taken from one side together: ours, where we changed one of them. Moving is no change."""

    def inside(self, key: str) -> "Part":
        """The part under this key."""
        return self.keys.get(key, VALUE)


VALUE = Part()
_OURS = Part(How.OURS)
_LANES = Part(How.LANES)


def _keyed(by: str, item: Part = VALUE) -> Part:
    return Part(How.KEYED, by=by, item=item)


_SETTINGS = _keyed("name")
_SERVICE = Part(keys={"configuration": _SETTINGS})
_STAGE = Part(
    keys={
        "configuration": _SETTINGS,
        "uiInfo": Part(at_once=("xPos", "yPos")),
        "inputLanes": _LANES,
        "outputLanes": _LANES,
        "eventLanes": _LANES,
        "services": _keyed("service", _SERVICE),
    },
    same=("instanceName", "stageName"),
)
_STAGES = _keyed("instanceName", _STAGE)
_SAVED = dict.fromkeys(
    ("uuid", "created", "creator", "lastModified", "lastModifier", "lastRev", "sdcVersion", "sdcId", "valid"), _OURS
)
BY_HUB = (
    *(
        f"dpm.{word}"
        for word in ("base.url", "pipeline.id", "pipeline.version", "pipeline.commit.id", "pipeline.rules.id")
    ),
    "lastConfigId",
    "lastRulesId",
)
"""What Control Hub writes into the metadata at each commit."""
OF_PREVIEWS = ("schemaFromPreviewUpdateTime",)
_METADATA = Part(keys=dict.fromkeys(BY_HUB, _OURS))
_JUDGED = dict.fromkeys(("issues", "valid", "previewable"), _OURS)
_FRAGMENT_KEYS: dict[str, Part] = {
    "configuration": _SETTINGS,
    "stages": _STAGES,
    "errorStage": _STAGE,
    "statsAggregatorStage": _STAGE,
    "testOriginStage": _STAGE,
    "startEventStages": _STAGES,
    "stopEventStages": _STAGES,
    "uiInfo": Part(keys=dict.fromkeys(OF_PREVIEWS, _OURS)),
    "info": Part(keys={**_SAVED, "metadata": _METADATA}),
    "metadata": _METADATA,
    "uuid": _OURS,
    **_JUDGED,
}
_FRAGMENT = Part(keys=_FRAGMENT_KEYS)
_FRAGMENT_KEYS["fragments"] = _keyed("fragmentInstanceId", _FRAGMENT)
PIPELINE = _FRAGMENT
"""A pipeline document; fragments have the same parts."""
_RULE = Part(keys={"timestamp": _OURS, "valid": _OURS})
AROUND = Part(
    keys={
        "pipelineRules": Part(
            keys={
                "configuration": _SETTINGS,
                "metricsRuleDefinitions": _keyed("id", _RULE),
                "dataRuleDefinitions": _keyed("id", _RULE),
                "driftRuleDefinitions": _keyed("id", _RULE),
                **dict.fromkeys(("uuid", "ruleIssues", "configIssues"), _OURS),
            }
        ),
        "libraryDefinitions": _OURS,
    }
)
"""What stands around the pipeline document in an export."""
BESIDE = Part(
    keys={
        **dict.fromkeys(("name", "description", "environment_id", "engine_version", "engine_type", "fragment"), VALUE),
        **dict.fromkeys(("parameter_sets", "connection_ids", "fragment_ids"), _LANES),
    }
)
"""What a project keeps of a flow beside its document."""
