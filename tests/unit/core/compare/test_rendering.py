"""Promises of differences in lines."""

import pytest

from penstock.core import diff
from penstock.core.compare import render_diff
from penstock.core.compare.rendering import diff_html
from penstock.core.flow.model import Flow

from .making import flow, settings, stage


def lines(old: object, new: object) -> list[str]:
    """The lines for a setting with these values."""
    return list(render_diff(diff(with_value(old), with_value(new))))


def with_value(value: object) -> Flow:
    """A flow with one stage whose setting ``a`` has this value."""
    return flow(stage("A", configuration=settings(a=value)))


def test_short_values_stand_in_one_line() -> None:
    """The old one first."""
    assert lines(1, [True, None]) == ["~ A: a: 1 -> [true, null]"]


def test_of_a_long_list_only_the_row_that_differs_is_shown() -> None:
    """By its number, or by the name that it gives itself."""
    rows = [{"field": f"/{at}", "expression": "${1}"} for at in range(9)]
    changed = [*rows[:7], {**rows[7], "expression": "${2}"}, rows[8]]
    assert lines(rows, changed) == ["~ A: a", '    - [7].expression: "${1}"', '    + [7].expression: "${2}"']
    keyed = [{"key": f"k{at}", "value": "x" * 20} for at in range(9)]
    assert lines(keyed, [*keyed[:8], {"key": "k8", "value": "y"}])[1:] == [
        f'    - [k8].value: "{"x" * 20}"',
        '    + [k8].value: "y"',
    ]


def test_rows_that_came_and_went_are_shown_alone() -> None:
    """Not the rows around them."""
    rows = [f"/field/{at}" * 3 for at in range(9)]
    assert lines(rows, [*rows[:4], "/new", *rows[4:]])[1:] == ['    + [4]: "/new"']
    assert lines(rows, rows[1:])[1:] == ['    - [0]: "/field/0/field/0/field/0"']


def test_keys_of_long_objects() -> None:
    """Those that came, went and changed."""
    old = {"same": "x" * 100, "gone": 1, "deep": {"er": 1}}
    assert lines(old, {"same": "x" * 100, "deep": {"er": 2}, "come": 1})[1:] == [
        "    - gone: 1",
        "    - deep.er: 1",
        "    + deep.er: 2",
        "    + come: 1",
    ]


def test_of_a_script_the_lines_that_differ_are_shown() -> None:
    """With the number of the first one."""
    script = "\n".join(f"line {at}" for at in range(40))
    assert lines(script, script.replace("line 20", "other")) == [
        "~ A: a",
        "    line 21:",
        "    - line 20",
        "    + other",
    ]


def test_of_a_long_line_the_place_that_differs_is_shown() -> None:
    """Not its beginning, which is the same."""
    shown = lines("x" * 500 + "old" + "y" * 500, "x" * 500 + "new" + "y" * 500)
    assert shown[1].startswith("    - …" + "x" * 20 + "old")
    assert shown[2].startswith("    + …" + "x" * 20 + "new")
    assert all(len(line) < 120 for line in shown)


@pytest.mark.parametrize("sign", ["\n", "\x1b[31m", "\u202e", "\ud800", "\r", "\u2028"])
def test_a_hostile_text_stays_in_its_line(sign: str) -> None:
    """No control sign of a name, label or value reaches the terminal."""
    old = flow(stage("A"), stage("B" + sign))
    new = flow(
        stage(
            "A",
            uiInfo={"label": sign, "xPos": 50, "yPos": 50},
            configuration=settings(a=sign + "\n", **{sign: {sign: sign * 200}}),
        ),
        stage("C" + sign, inputLanes=["AOut"]),
    )
    for line in (*render_diff(diff(old, new)), *render_diff(diff(new, old))):
        assert line.isprintable()


def test_notebooks_show_no_markup_of_values() -> None:
    """Values are escaped, lines coloured, nothing is said to be nothing."""
    assert "no differences" in diff_html(diff(flow(), flow()))
    shown = diff_html(diff(with_value("<b>\n" * 30), with_value("<b>\n" * 31)))
    assert "<b>" not in shown
    assert "color:#9a6700" in shown
    assert "color:#1a7f37" in shown


def test_very_long_values_are_shown_in_time() -> None:
    """Texts of megabytes and lists of thousands of rows, alike or not."""

    def shown(old: object, new: object) -> int:
        return len(lines(old, new))

    assert shown("x" * 3_000_000, "x" * 3_000_000 + "y") == 3
    assert shown("a\n" * 5_000, "b\n" * 5_000) > 1
    assert shown([1] * 5_000, [2] * 5_001) > 1
