"""Promises about the Windowing Aggregator."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools, find
from penstock.core.records.record import Header, Record
from penstock.core.records.values import Long
from penstock.core.values import JsonMap, freeze

from .conftest import PREFIX

WINDOWS = "processor_aggregation_AggregationDProcessor"


def windows(now: list[int], **more: object) -> tuple[object, Tools]:
    """An aggregator whose clock is the last number of a list."""
    rows = [
        {"enabled": True, "aggregationName": "n", "aggregationFunction": "COUNT"},
        {
            "enabled": True,
            "aggregationName": "by",
            "aggregationFunction": "AVG_DOUBLE",
            "aggregationExpression": "${record:value('/v')}",
            "groupBy": True,
            "groupByExpression": "${record:value('/g')}",
            "filter": True,
            "filterPredicate": "${record:value('/v') > 0}",
        },
    ]
    settings = {"config.aggregatorConfigs": rows} | {f"config.{name}": value for name, value in more.items()}
    frozen = freeze(settings)
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("S_01", PREFIX + WINDOWS, StageType.PROCESSOR, given=Given(frozen), outputs=("out",))
    tools = Tools(plan, lambda: now[-1], lambda: 0.5, lambda: "id", scope=Scope())
    build = find(plan.kind)
    assert build is not None
    return build(plan, tools), tools


def batch(*values: tuple[str, float]) -> list[Record]:
    """Records with a group and a value."""
    return [Record({"g": group, "v": value}, Header()) for group, value in values]


def test_a_rolling_window_tells_what_it_saw_when_it_closes() -> None:
    """Records pass; the event comes with the first batch behind the end of the window, and at the end of the run."""
    now = [1_000]
    stage, _ = windows(now, timeWindow="TW_5S", eventRecordWithTextField=False)
    first, second, last = Out(1), Out(1), Out(1)
    stage(batch(("a", 1.0), ("a", 3.0), ("b", -1.0)), first)  # type: ignore[operator]
    assert (len(first.lanes[0]), first.events) == (3, [])
    now.append(5_000)
    stage(batch(("b", 2.0)), second)  # type: ignore[operator]
    (event,) = second.events
    assert event.attributes["sdc.event.type"] == "ROLLING.window.all.aggregators"
    average = {"name": "a", "count": 2, "total": 4.0, "average": 2.0}
    assert event.value == [
        {"name": "n", "time": 5_000, "aggregatable": {"name": "n", "count": 3}},
        {"name": "by", "time": 5_000, "aggregatable": {"name": "by", "groups": {"a": average}}},
    ]
    stage.close(last)  # type: ignore[attr-defined]
    assert isinstance(last.events[0].value, list)
    assert last.events[0].value[0]["aggregatable"]["count"] == 1  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("of_all", "each", "kinds"),
    [
        (True, False, ["ROLLING.window.all.aggregators"]),
        (False, True, ["ROLLING.window.aggregator"] * 2),
        (True, True, ["ROLLING.window.all.aggregators", *["ROLLING.window.aggregator"] * 2]),
        (False, False, []),
    ],
)
def test_results_are_told_together_or_one_by_one(of_all: bool, each: bool, kinds: list[str]) -> None:
    """As the settings say; as text unless fields are wanted."""
    stage, _ = windows([1_000], allAggregatorsEvent=of_all, perAggregatorEvents=each)
    out = Out(1)
    stage.close(out)  # type: ignore[attr-defined]
    assert [event.attributes["sdc.event.type"] for event in out.events] == kinds
    assert all(isinstance(event.value, str) for event in out.events)


@pytest.mark.parametrize(
    ("word", "ends"),
    [
        ("TW_5S", "2024-05-17T10:20:35"),
        ("TW_1M", "2024-05-17T10:21:00"),
        ("TW_10M", "2024-05-17T10:30:00"),
        ("TW_6H", "2024-05-17T12:00:00"),
        ("TW_1D", "2024-05-18T00:00:00"),
    ],
)
@pytest.mark.parametrize(("zone", "hours"), [("UTC", 0), ("Asia/Tokyo", 9)])
def test_windows_close_at_full_times(word: str, ends: str, zone: str, hours: int) -> None:
    """Of the zone that is set."""
    at = datetime(2024, 5, 17, 10, 20, 33, tzinfo=UTC) - timedelta(hours=hours)
    now = [int(at.timestamp() * 1000)]
    stage, _ = windows(now, timeWindow=word, timeZoneID=zone)
    now.append(now[0] + 86_400_000)
    out = Out(1)
    stage([], out)  # type: ignore[operator]
    (first, *_) = [json.loads(str(event.value))[0]["time"] for event in out.events]
    assert first == int((datetime.fromisoformat(f"{ends}+00:00") - timedelta(hours=hours)).timestamp() * 1000)


def test_aggregations_that_are_off_count_nothing() -> None:
    """They are not told of."""
    rows = [{"enabled": on, "aggregationName": str(on), "aggregationFunction": "COUNT"} for on in (True, False)]
    stage, _ = windows([1_000], aggregatorConfigs=rows)
    out = Out(1)
    stage.close(out)  # type: ignore[attr-defined]
    assert [each["name"] for each in json.loads(str(out.events[0].value))] == ["True"]


def test_a_sliding_window_joins_its_parts() -> None:
    """A minute is made of twelve times five seconds."""
    now = [1_000]
    stage, _ = windows(now, windowType="SLIDING", windowLength="TW_1M")
    counts: list[int] = []
    for _ in range(14):
        out = Out(1)
        stage(batch(("a", 1.0)), out)  # type: ignore[operator]
        counts += [json.loads(str(event.value))[0]["aggregatable"]["count"] for event in out.events]
        now.append(now[-1] + 5_000)
    assert counts == [*range(1, 13), 12]


@pytest.mark.parametrize(
    ("function", "facts"),
    [
        ("SUM_DOUBLE", {"sum": 10.0}),
        ("MIN_DOUBLE", {"min": -1.0}),
        ("MAX_DOUBLE", {"max": 6.0}),
        ("AVG_DOUBLE", {"count": 4, "total": 10.0, "average": 2.5}),
        ("STD_DEV", {"count": 4, "total": 10.0, "totalSquare": 50.0}),
    ],
)
def test_what_is_known_of_parts_is_joined(function: str, facts: dict[str, object]) -> None:
    """Sums are added, the least and the most are those of all parts, whichever of them had it."""
    now = [1_000]
    row = {"enabled": True, "aggregationName": "n", "aggregationFunction": function}
    rows = [{**row, "aggregationExpression": "${record:value('/v')}"}]
    stage, _ = windows(now, windowType="SLIDING", windowLength="TW_1M", aggregatorConfigs=rows)
    for part in ((2.0,), (-1.0, 6.0), (), (3.0,)):
        stage(batch(*(("a", value) for value in part)), Out(1))  # type: ignore[operator]
        now.append(now[-1] + 5_000)
    out = Out(1)
    stage([], out)  # type: ignore[operator]
    (told,) = json.loads(str(out.events[0].value))
    assert facts.items() <= told["aggregatable"].items()


@pytest.mark.parametrize(
    ("word", "seconds"),
    [
        ("TW_1M", 5),
        ("TW_5M", 5),
        ("TW_10M", 10),
        ("TW_30M", 30),
        ("TW_1H", 60),
        ("TW_6H", 300),
        ("TW_12H", 600),
        ("TW_1D", 1200),
    ],
)
def test_a_sliding_window_is_told_of_at_the_end_of_every_part(word: str, seconds: int) -> None:
    """How long a part is goes with the window."""
    now = [0]
    stage, _ = windows(now, windowType="SLIDING", windowLength=word)
    times: list[int] = []
    for at_ms in (seconds * 1000 - 1, seconds * 1000, seconds * 2000 - 1, seconds * 2000):
        now.append(at_ms)
        out = Out(1)
        stage([], out)  # type: ignore[operator]
        times += [json.loads(str(event.value))[0]["time"] for event in out.events]
    assert times == [seconds * 1000, seconds * 2000]


def aggregated(function: str, expression: str, *values: float, **more: object) -> dict[str, object]:
    """What one function makes of the values of a window."""
    now = [1_000]
    row = {"enabled": True, "aggregationName": "n", "aggregationFunction": function}
    stage, _ = windows(
        now, aggregatorConfigs=[{**row, "aggregationExpression": expression}], timeWindow="TW_5S", **more
    )
    stage(batch(*(("a", value) for value in values)), Out(1))  # type: ignore[operator]
    out = Out(1)
    stage.close(out)  # type: ignore[attr-defined]
    (told,) = json.loads(str(out.events[0].value))
    found: dict[str, object] = told["aggregatable"]
    return found


@pytest.mark.parametrize(
    ("function", "values", "facts"),
    [
        ("COUNT", (5.0, 6.0), {"count": 2}),
        ("SUM_DOUBLE", (1.5, 2.0), {"sum": 3.5, "count": 2.0}),
        ("SUM_INTEGER", (1.5, 2.0), {"sum": 3, "count": 2.0}),
        ("MIN_DOUBLE", (1.5, -2.0), {"min": -2.0}),
        ("MAX_INTEGER", (1.5, -2.0), {"max": 1}),
        ("AVG_DOUBLE", (1.0, 2.0), {"count": 2, "total": 3.0, "average": 1.5}),
        ("AVG_INTEGER", (1.0, 2.0), {"count": 2, "total": 3, "average": 2}),
        ("AVG_INTEGER", (2.0, 3.0), {"count": 2, "total": 5, "average": 2}),
        ("STD_DEV", (1.0, 3.0), {"count": 2, "total": 4.0, "totalSquare": 10.0, "stdDev": 2.0**0.5}),
        ("STD_DEV", (1.0,), {"count": 1, "total": 1.0, "totalSquare": 1.0, "stdDev": -1.0}),
        ("SUM_DOUBLE", (), {"sum": 0.0, "count": 0.0}),
        ("SUM_INTEGER", (), {"sum": 0, "count": 0.0}),
        ("AVG_DOUBLE", (), {"count": 0, "total": 0.0, "average": None}),
        ("AVG_LONG", (), {"count": 0, "total": 0, "average": None}),
        ("MIN_LONG", (1.5, -2.0), {"min": -2}),
        ("MAX_DOUBLE", (), {"max": None}),
    ],
)
def test_every_function_tells_what_it_was_made_from(
    function: str, values: tuple[float, ...], facts: dict[str, object]
) -> None:
    """Averages of whole numbers are rounded to the even one; nothing has no average, least or most."""
    made = aggregated(function, "${record:value('/v')}", *values)
    assert repr(made) == repr({"name": "n", **facts})


def test_an_aggregation_that_fails_ends_the_run() -> None:
    """The original does not refuse the record."""
    with pytest.raises(StopFault, match="CTRCMN_0100"):
        aggregated("SUM_DOUBLE", "${record:value('/g') + 1}", 1.0)


def test_windows_without_a_batch_are_told_of_too() -> None:
    """The first three; then there is no room for more in the original."""
    now = [1_000]
    stage, _ = windows(now, timeWindow="TW_5S")
    for at, ends in ((12_000, [5_000, 10_000]), (60_000, [15_000, 20_000, 25_000]), (65_000, [65_000])):
        now.append(at)
        out = Out(1)
        stage([], out)  # type: ignore[operator]
        assert [json.loads(str(event.value))[0]["time"] for event in out.events] == ends


def test_a_time_zone_that_nobody_knows_is_gmt() -> None:
    """As Java takes it."""
    now = [1_000]
    stage, _ = windows(now, timeWindow="TW_5S", timeZoneID="x")
    now.append(6_000)
    out = Out(1)
    stage([], out)  # type: ignore[operator]
    assert [json.loads(str(event.value))[0]["time"] for event in out.events] == [5_000]


def test_events_of_a_sliding_window_say_so() -> None:
    """They have a version; times in fields are LONG. Without an aggregation there is nothing to tell."""
    settings: dict[str, object] = {"windowType": "SLIDING", "windowLength": "TW_1M", "perAggregatorEvents": True}
    stage, _ = windows([1_700_000_000_000], eventRecordWithTextField=False, **settings)
    out = Out(1)
    stage.close(out)  # type: ignore[attr-defined]
    kinds = ["SLIDING.window.all.aggregators", *["SLIDING.window.aggregator"] * 2]
    assert [event.attributes["sdc.event.type"] for event in out.events] == kinds
    assert {event.attributes["sdc.event.version"] for event in out.events} == {"1"}
    assert type(out.events[1].value["time"]) is Long  # type: ignore[index, call-overload]
    nothing, none = Out(1), windows([0], aggregatorConfigs=[], **settings)[0]
    none.close(nothing)  # type: ignore[attr-defined]
    assert nothing.events == []


@pytest.mark.parametrize("word", ["", "TW_", "TW_M", "TW_5X", "TW_5"])
def test_a_window_that_there_is_not_is_refused(word: str) -> None:
    """At the start."""
    with pytest.raises(InvalidValueError, match="Time Window"):
        windows([0], timeWindow=word)


def test_names_of_aggregations_are_unique() -> None:
    """Those that are off count too."""
    rows = [{"aggregationName": "n", "enabled": enabled} for enabled in (True, False)]
    with pytest.raises(InvalidValueError, match="AGGREGATOR_00"):
        windows([0], aggregatorConfigs=rows)
