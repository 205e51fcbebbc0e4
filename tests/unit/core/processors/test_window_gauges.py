"""Promises about the gauges of the Windowing Aggregator: what its windows have seen, while they are open and after."""

import pytest

from penstock.core.processors import Out
from penstock.core.running.tally import Own
from penstock.core.values import thaw

from .test_windows import batch, windows

COUNT = {"enabled": True, "aggregationName": "n", "aggregationTitle": "Total", "aggregationFunction": "COUNT"}


def gauges(outs: list[Out]) -> dict[str, object]:
    """What the gauges show after some batches."""
    own = Own()
    for out in outs:
        own.add(out.notes)
    return {name: {key: thaw(value) for key, value in held.items()} for name, held in own.gauges.items()}


def test_a_gauge_shows_the_open_window_and_those_that_are_remembered() -> None:
    """By their ends; of groups each by itself, in the order of their names, and only where it was seen."""
    now, outs = [1_000], []
    stage, _ = windows(now, timeWindow="TW_5S", timeWindowsToRemember=2)
    for at, values in ((1_000, [("b", 1.0), ("a", 3.0)]), (6_000, [("a", 5.0)]), (12_000, [("a", 7.0)])):
        now.append(at)
        outs.append(Out(1))
        stage(batch(*values), outs[-1])  # type: ignore[operator]
        if at == 1_000:
            assert gauges(outs)["n"]["data"] == [{"value": {"5000": 2}}]  # type: ignore[index]
    shown = gauges(outs)
    assert shown["n"] == {
        "title": "",
        "windowType": "rolling",
        "timeWindow": "5 Seconds",
        "yAxis": "COUNT",
        "data": [{"value": {"10000": 1, "15000": 1}}],
    }
    assert shown["by"]["yAxis"] == "AVG (double)"  # type: ignore[index]
    assert shown["by"]["data"] == [{"a": {"10000": 5.0, "15000": 7.0}}]  # type: ignore[index]


def test_a_sliding_window_is_shown_as_one() -> None:
    """Of all parts that are in it, the open one too."""
    now, outs = [1_000], []
    stage, _ = windows(now, windowType="SLIDING", windowLength="TW_1M", aggregatorConfigs=[COUNT])
    for at, count in ((1_000, 2), (6_000, 1), (59_000, 1), (63_000, 1)):
        now.append(at)
        outs.append(Out(1))
        stage(batch(*[("a", 1.0)] * count), outs[-1])  # type: ignore[operator]
    assert gauges(outs[:3])["n"]["data"] == [{"value": {"60000": 4}}]  # type: ignore[index]
    assert gauges(outs)["n"] == {
        "title": "Total",
        "windowType": "sliding",
        "timeWindow": "1 Minute",
        "yAxis": "COUNT",
        "data": [{"value": {"65000": 3}}],
    }


def test_gauges_are_renewed_once_a_second_and_at_the_end() -> None:
    """Whatever the number of batches."""
    now, outs = [1_000], [Out(1) for _ in range(4)]
    stage, _ = windows(now, timeWindow="TW_1H", aggregatorConfigs=[COUNT])
    for at, out in zip((1_000, 1_999, 2_000), outs, strict=False):
        now.append(at)
        stage(batch(("a", 1.0)), out)  # type: ignore[operator]
    stage(batch(("a", 1.0)), outs[3])  # type: ignore[operator]
    assert [bool(out.notes) for out in outs] == [True, False, True, False]
    stage.close(outs[3])  # type: ignore[attr-defined]
    assert gauges(outs)["n"]["data"] == [{"value": {"3600000": 4}}]  # type: ignore[index]


@pytest.mark.parametrize(
    ("function", "axis", "nothing", "result"),
    [
        ("SUM_INTEGER", "SUM (int)", 0, 9),
        ("SUM_DOUBLE", "SUM (double)", 0.0, 9.0),
        ("MIN_DOUBLE", "MIN (double)", None, 1.0),
        ("MAX_INTEGER", "MAX (int)", None, 8),
        ("AVG_INTEGER", "AVG (int)", None, 4),
        ("STD_DEV", "StdDev", -1.0, 4.949747468305833),
    ],
)
def test_every_function_has_its_result_and_axis(function: str, axis: str, nothing: object, result: object) -> None:
    """Before the first record too."""
    row = {**COUNT, "aggregationFunction": function, "aggregationExpression": "${record:value('/v')}"}
    now = [1_000]
    stage, _ = windows(now, timeWindow="TW_1D", aggregatorConfigs=[row])
    first, second = Out(1), Out(1)
    stage([], first)  # type: ignore[operator]
    now.append(2_000)
    stage(batch(("a", 1.0), ("a", 8.0)), second)  # type: ignore[operator]
    shown = [gauges([out])["n"] for out in (first, second)]
    assert [each["data"] for each in shown] == [  # type: ignore[index]
        [{"value": {"86400000": nothing}}],
        [{"value": {"86400000": result}}],
    ]
    assert {(each["yAxis"], each["timeWindow"]) for each in shown} == {(axis, "24 Hours")}  # type: ignore[index]
