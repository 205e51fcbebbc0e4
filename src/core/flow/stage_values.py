"""What values of older stages are written as today, where the setting has kept its name.

Settings are named by their tails, as in the facts about names. Source: the stage upgraders of the engine; facts only.
"""

from collections.abc import Callable, Mapping

import attrs

from ..values import Json, JsonMap, same


@attrs.frozen
class Replaced:
    """A value that means another one for stages made before version ``before``."""

    setting: str
    old: Json
    new: Json
    before: int


def _gov_cloud(before: int) -> Replaced:
    return Replaced("region", "GovCloud", "US_GOV_WEST_1", before)


_HTTP_TIMEOUTS = {
    "HttpClientDSource": (16, 250_000, 30_000),
    "HttpClientDTarget": (5, 250_000, 30_000),
    "ControlHubApiDProcessor": (4, 10_000, 10_000),
}
REPLACED: Mapping[str, tuple[Replaced, ...]] = {
    **{
        kind: (Replaced("connectTimeoutMillis", 0, connect, before), Replaced("readTimeoutMillis", 0, read, before))
        for kind, (before, connect, read) in _HTTP_TIMEOUTS.items()
    },
    "HttpDProcessor": (  # the old default meant the tries only; since answers that come later are refused
        Replaced("connectTimeoutMillis", 0, 250_000, 14),
        Replaced("readTimeoutMillis", 0, 30_000, 14),
        Replaced("maxWaitTime", 2000, 100_000, 17),
    ),
    "AmazonS3DSource": (Replaced("archivingOption", "MOVE_TO_DIRECTORY", "MOVE_TO_PREFIX", 4),),
    **{
        kind: (
            Replaced("maxOutstandingElementCount", 0, 1000, 4),
            Replaced("maxOutstandingRequestBytes", 0, 8000, 4),
        )
        for kind in ("PubSubDTarget", "ToErrorPubSubDTarget")
    },
    "FirehoseDTarget": (_gov_cloud(4),),
    "SqsDSource": (_gov_cloud(3),),
    **dict.fromkeys(
        ("KinesisDTarget", "ToErrorKinesisDTarget", "StatsKinesisDTarget"),
        (_gov_cloud(8), Replaced("partitionStrategy", "ROUND_ROBIN", "RANDOM", 4)),
    ),
    "FieldHasherDProcessor": (Replaced("hashType", "SHA2", "SHA256", 4),),
    "SplitterDProcessor": (  # one character that became a regular expression
        *(Replaced("separator", sign, f"\\{sign}", 2) for sign in ".$|()[{^?*+\\"),
        Replaced("separator", " ", "[ ]", 2),
    ),
}
"""By kind, the last part of its stage name."""


@attrs.frozen
class Changed:
    """A setting whose values are written in another way by stages made before version ``before``."""

    setting: str
    change: Callable[[Json], Json]
    before: int


def _as_list(value: Json) -> Json:
    return (value,) if isinstance(value, str) and value else () if value in ("", None) else value


def _writers_of_today(script: Json) -> Json:
    if not isinstance(script, str):
        return script
    return script.replace("out.write", "output.write").replace("err.write", "error.write")


_LONGEST_PAUSE_MS = 2**31 - 1


def _pause_ms(per_second: Json) -> Json:
    if isinstance(per_second, bool) or not isinstance(per_second, (int, float)) or per_second <= 0:
        return per_second
    return int(min(1000 / per_second, _LONGEST_PAUSE_MS))


def _bytes_of_thousand(thousands: Json) -> Json:
    return thousands * 1000 if isinstance(thousands, int) and not isinstance(thousands, bool) else thousands


CHANGED: Mapping[str, tuple[Changed, ...]] = {
    "MongoDBDTarget": (Changed("uniqueKeyField", _as_list, 5),),
    **dict.fromkeys(
        ("GroovyDProcessor", "JavaScriptDProcessor", "JythonDProcessor"), (Changed("script", _writers_of_today, 2),)
    ),
    "HttpDProcessor": (Changed("rateLimit", _pause_ms, 10),),
    "SdcIpcToKafkaDSource": (Changed("maxRpcRequestSize", _bytes_of_thousand, 3),),
}
"""By kind."""


def written_today(kind: str, version: int, name: str, value: Json) -> Json:
    """The value that a setting of a stage of this version holds today."""
    for change in CHANGED.get(kind, ()):
        if version < change.before and _ends_with(name, change.setting):
            return change.change(value)
    for rule in REPLACED.get(kind, ()):
        if version >= rule.before:
            continue
        if _ends_with(name, rule.setting) and same(value, rule.old):
            return rule.new
        if isinstance(value, tuple):
            value = tuple(
                row.set(rule.setting, rule.new)
                if isinstance(row, JsonMap) and row.get(rule.setting) == rule.old
                else row
                for row in value
            )
    return value


def _ends_with(name: str, tail: str) -> bool:
    return name == tail or name.endswith("." + tail)
