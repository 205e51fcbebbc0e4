"""JSON by lines: the same values, places and faults as the reader of JSON texts gives."""

import io
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from penstock.adapters.engine.formats import FormatFault, json_lines
from penstock.adapters.engine.formats.json_lines import JsonLines, in_lines
from penstock.adapters.engine.formats.reading import read_items
from penstock.core.plan import Given
from penstock.core.values import JsonMap

LINES = st.one_of(
    st.sampled_from(
        [
            '{"a": 1}',
            '{"a": "ä€"}',
            '  {"b": [1, {"c": null}]}\t',
            '{"a": 1} {"a": 2}',
            "",
            "   ",
            '{"long": "' + "x" * 60 + '"}',
            '{"n": 123456789012345678901234567890}',
            '{"n": -9223372036854775809}',
            '{"n": 9223372036854775807}',
            '{"n": NaN}',
            "[" * 12 + "]" * 12,
            '{"s": "\\ud800"}',
            "12",
            '{"open":',
            "1}",
            '{"open": [',
            "2, 3]}",
            "{broken",
            "}",
            "tru",
            '5{"a": 1}',
            '  "text"',
            '{"d": 1, "d": 2}',
        ]
    ),
    st.sampled_from(['{"a": 1}', '{"b": 2.5, "c": {"d": "x"}}']),
)
TEXTS = st.builds(
    lambda lines, end: "\n".join(lines) + end, st.lists(LINES, max_size=12), st.sampled_from(["", "\n", "\r\n"])
)
GIVEN = Given(JsonMap({"jsonContent": "MULTIPLE_OBJECTS", "jsonMaxObjectLen": 50}))


def by_texts(data: bytes, at: int) -> list[Any]:
    """What the reader of texts gives behind a place."""
    found: list[Any] = []
    try:
        for item in read_items(io.BytesIO(data), "JSON", GIVEN):
            if item.end > at:
                found.append((item.start, repr(item.value) if item.fault is None else str(item.fault)))
    except FormatFault as fault:
        found.append(str(fault).partition(" at ")[0])
    return sorted(found, key=str)


def by_lines(data: bytes, at: int, count: int) -> tuple[list[Any], list[int]]:
    """What the reader by lines gives, and where its pieces end."""
    found: list[Any] = []
    ends: list[int] = []
    lines = JsonLines(io.BytesIO(data), GIVEN, at)
    try:
        while (taken := lines.take(count)) is not None:
            assert len(taken.values) + len(taken.faults) <= count
            found += [(taken.start_of(number), repr(value)) for number, value in enumerate(taken.values)]
            found += [(item.start, str(item.fault)) for item in taken.faults]
            if taken.can_repeat:
                assert [repr(taken.value_of(number)) for number in range(len(taken.values))] == list(
                    map(repr, taken.values)
                )
            if taken.values or taken.faults:
                ends.append(taken.end)
    except FormatFault as fault:
        found.append(str(fault).partition(" at ")[0])
    return sorted(found, key=str), ends


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.one_of(st.integers(1, 5), st.just(100_000)), st.integers(1, 80))
@example('{"a": 1}\n{"a": 1}\n\n5{"a": 1}\n{"a": 1}', 4, 29)
@example('{"a": 1}\n{"a": 1}\n5{"a": 1}\n{"a": 1}', 100_000, 80)
@example('{"a": 1}\n{"a": 1}\ntrue{"a": 1}\n{"a": 1}', 100_000, 80)
def test_lines_and_texts_read_the_same(text: str, count: int, block: int) -> None:
    """Whatever stands in the lines, and however much is read at once."""
    data = text.encode("utf-8", "surrogatepass")
    usual, json_lines.BLOCK = json_lines.BLOCK, block
    try:
        assert by_lines(data, 0, count)[0] == by_texts(data, 0)
    finally:
        json_lines.BLOCK = usual


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(1, 5), st.integers(1, 80))
def test_reading_goes_on_behind_every_end(text: str, count: int, block: int) -> None:
    """From the end of a piece comes what stands behind it, and nothing before it."""
    data = text.encode("utf-8", "surrogatepass")
    usual, json_lines.BLOCK = json_lines.BLOCK, block
    try:
        for end in by_lines(data, 0, count)[1]:
            assert by_lines(data, end, count)[0] == by_texts(data, end)
    finally:
        json_lines.BLOCK = usual


@pytest.mark.parametrize(
    "given",
    [{"jsonContent": "ARRAY_OBJECTS"}, {"charset": "UTF-16"}, {"removeCtrlChars": True}, {"compression": "ARCHIVE"}],
    ids=lambda given: next(iter(given)),
)
def test_other_settings_are_not_read_by_lines(given: dict[str, Any]) -> None:
    """They are left to the reader of texts."""
    assert in_lines("JSON", Given())
    assert not in_lines("JSON", Given(JsonMap(given)))


def test_blocks_tell_whether_their_numbers_are_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that all spell alike. Behind others some blocks are not tried."""
    monkeypatch.setattr(json_lines, "BLOCK", 1)
    monkeypatch.setattr(json_lines, "PAUSE", 2)
    numbers = ["0.5", "1.0e6", "12345678.5", "0.5", "0.5", "-1.5", "0.5", "0.5", "0.0005", "7"]
    lines = JsonLines(io.BytesIO("".join(f'{{"a": {each}}}\n' for each in numbers).encode()), GIVEN)
    found = []
    while (taken := lines.take(1)) is not None:
        found.append((taken.values[0], taken.usual))
    usual = [True, True, False, False, True, False, False, True, False, False]
    assert found == [({"a": float(each)}, flag) for each, flag in zip(numbers, usual, strict=True)]
