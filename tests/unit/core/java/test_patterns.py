"""Promises about regular expressions as Java reads them."""

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.java.patterns import bounded, java_pattern, java_split


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"\d+", "٣", False),
        (r"\w+", "é", False),
        (r"[a-z&&[^b]]+", "ac", True),
        (r"[a-z&&[^b]]+", "abc", False),
        (r"\Qa.b\E", "a.b", True),
        (r"\Qa.b\E", "axb", False),
        (r"\Qa.b", "a.b", True),
        (r"a\Z", "a\n", False),
        (r"(?i)ABC", "abc", True),
        (r"(?<n>a)\k<n>", "aa", True),
        (r"a++b", "aab", True),
    ],
)
def test_patterns_mean_what_they_mean_in_java(pattern: str, text: str, fits: bool) -> None:
    """Digits and letters are ASCII, sets can be joined, ``\\Q`` quotes."""
    assert (bounded(java_pattern(pattern).fullmatch, text) is not None) is fits


@pytest.mark.parametrize("pattern", ["(", "[a", "a{99999999999}", "*"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    """The error shows it."""
    with pytest.raises(InvalidValueError, match="regular expression"):
        java_pattern(pattern)


def test_a_match_ends_in_time() -> None:
    """One that would run for hours is given up."""
    with pytest.raises(TimeoutError):
        bounded(java_pattern(r"(?:(a+)(a+)(a+))+\3b").fullmatch, "a" * 3000)


@pytest.mark.parametrize(
    ("pattern", "text", "limit", "pieces"),
    [
        (",", "a,b,,", 0, ["a", "b"]),
        (",", "a,b,,", -1, ["a", "b", "", ""]),
        (",", "a,b,c", 2, ["a", "b,c"]),
        (",", "", 0, [""]),
        (",", ",", 0, []),
        ("", "abc", 0, ["a", "b", "c"]),
        (",", "abc", 0, ["abc"]),
        (r"(,)", "a,b", 0, ["a", "b"]),
    ],
)
def test_texts_are_split_as_in_java(pattern: str, text: str, limit: int, pieces: list[str]) -> None:
    """Without a limit empty pieces at the end fall away; groups are not pieces."""
    assert java_split(java_pattern(pattern), text, limit) == pieces


@pytest.mark.parametrize(
    "pattern",
    [
        "((((a{1000}){1000}){1000}){1000})",
        "(?:(?:[(]{500,}){500,900}){2}",
        "(?R)",
        "(a(?1)?)",
        "(?<n>a(?&n)?)",
        "(?iu)ä",
    ],
)
def test_patterns_that_would_fill_the_memory_are_refused(pattern: str) -> None:
    """Repeats of repeats are written out; calling itself is unknown to the original."""
    with pytest.raises(InvalidValueError, match="regular expression"):
        java_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a{1000}){90}", "a" * 90_000),
        (r"\(\?R\)[(?R)]{3}", "(?R)?R("),
        (r"(?:\d{4}-){500}", "2020-" * 500),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" * 20, "01234567-0123-0123-0123-0123456789ab" * 20),
    ],
)
def test_repeats_beside_each_other_are_not_multiplied(pattern: str, text: str) -> None:
    """Nor do signs in a class or behind a backslash count as groups."""
    assert java_pattern(pattern).fullmatch(text)
