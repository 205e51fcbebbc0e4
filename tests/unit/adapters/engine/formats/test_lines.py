"""Promises about text: lines, delimiters of one's own, and what is too long."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.core.errors import InvalidValueError
from penstock.core.records.values import FieldType, FieldValue, Null

from .using import items, starts, values, written

TEXTS = st.lists(st.text(st.characters(exclude_characters="\r\n|", exclude_categories=["Cs"]), max_size=9), max_size=5)


def test_a_line_is_a_map_with_its_text() -> None:
    """Empty lines too; the last needs no end; offsets count characters."""
    assert values("TEXT", "Hello\n\nBye") == [{"text": "Hello"}, {"text": ""}, {"text": "Bye"}]
    assert starts("TEXT", "Hello\r\nBye") == ["0", "7"]


@hypothesis_settings(deadline=None)
@given(TEXTS, st.sampled_from(["\n", "\r\n", "\r", "||"]))
def test_pieces_are_the_same_however_the_file_is_cut(lines: list[str], end: str) -> None:
    """Whatever the ends are, and wherever a read ends."""
    more = {"useCustomDelimiter": True, "customDelimiter": end} if end == "||" else {}
    data = "".join(line + end for line in lines)
    assert values("TEXT", data, **more) == [{"text": line} for line in lines]


def test_a_line_that_is_too_long_is_cut_and_says_so() -> None:
    """The rest of it is passed over."""
    found = values("TEXT", "abcdefgh\nabc\r\nxy", textMaxLineLen=3)
    assert found == [{"text": "abc", "truncated": True}, {"text": "abc"}, {"text": "xy"}]
    assert starts("TEXT", "x" * 100 + "\nab", textMaxLineLen=3) == ["0", "101"]


def test_the_delimiter_may_be_ones_own_and_may_stay() -> None:
    """Escapes in it stand for what they stand for."""
    more = {"useCustomDelimiter": True, "customDelimiter": "}\\n"}
    assert values("TEXT", '{"a":1}\n{"b":2}\n', **more) == [{"text": '{"a":1'}, {"text": '{"b":2'}]
    more["includeCustomDelimiterInTheText"] = True
    assert values("TEXT", '{"a":1}\n{"b', **more) == [{"text": '{"a":1}\n'}, {"text": '{"b'}]
    assert values("TEXT", "a\r\nb\nc", useCustomDelimiter=True) == [{"text": "a"}, {"text": "b\nc"}]
    cut = {**more, "customDelimiter": "||", "textMaxLineLen": 3}
    assert values("TEXT", "abcd||x||", **cut) == [{"text": "abc", "truncated": True}, {"text": "x||"}]
    assert values("TEXT", "a;;;b", useCustomDelimiter=True, customDelimiter=";;") == [{"text": "a"}, {"text": ";b"}]


def test_charsets_and_control_characters() -> None:
    """Both as set."""
    assert values("TEXT", "äö\n".encode("utf-16"), charset="UTF-16") == [{"text": "äö"}]
    kept = {9, *range(32, 127), 128}
    every = "".join(chr(code) for code in range(129) if code not in (10, 13))
    assert values("TEXT", every, removeCtrlChars=True) == [{"text": "".join(map(chr, sorted(kept)))}]
    assert values("TEXT", "a\r\x01b\n", removeCtrlChars=True) == [{"text": "a"}, {"text": "b"}]


@pytest.mark.parametrize("more", [{"textMaxLineLen": 0}, {"useCustomDelimiter": True, "customDelimiter": ""}])
def test_settings_that_cannot_be_are_named(more: dict[str, object]) -> None:
    """With the code of the original."""
    with pytest.raises(InvalidValueError, match="DATA_FORMAT_"):
        items("TEXT", "a", **more)


def test_one_field_is_written_with_a_separator_behind_it() -> None:
    """Its text, whatever its type."""
    assert written("TEXT", {"text": "a"}, {"text": 1.0}) == b"a\n1.0\n"
    assert written("TEXT", {"x": {"y": "ä"}}, textFieldPath="/x/y", charset="ISO-8859-1") == b"\xe4\n"
    assert written("TEXT", {"text": "a"}, textRecordSeparator="\\r\\n--") == b"a\r\n--"
    assert written("TEXT", {"text": "a"}, textRecordSeparator="${str:toUpper('x')}") == b"aX"


@pytest.mark.parametrize("root", [{}, {"text": None}, {"text": Null(FieldType.LONG)}])
def test_a_field_that_is_not_there_or_null_is_refused_or_passed_over(root: FieldValue) -> None:
    """With a separator in its place where one is wanted."""
    with pytest.raises(FormatFault, match="TEXT_GENERATOR_01"):
        written("TEXT", root)
    assert written("TEXT", root, textFieldMissingAction="IGNORE") == b""
    assert written("TEXT", root, textFieldMissingAction="IGNORE", textEmptyLineIfNull=True) == b"\n"


@pytest.mark.parametrize("value", [{}, [], b"x"])
def test_what_has_no_text_is_refused(value: FieldValue) -> None:
    """Maps, lists and bytes."""
    with pytest.raises(FormatFault, match="TEXT_GENERATOR_00"):
        written("TEXT", {"text": value})
