"""Messages in a stream of bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from penstock.adapters.engine.tcpframes import FrameFault, counted, separated

MESSAGES = some.lists(some.binary(max_size=20).map(lambda data: data.replace(b"\r\n", b"")), max_size=8)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """The bytes in pieces of these sizes, and the rest."""
    made = []
    for size in sizes:
        made.append(data[:size])
        data = data[size:]
    return [*made, data]


@given(MESSAGES, some.lists(some.integers(0, 9), max_size=30))
def test_messages_are_the_same_however_the_stream_is_cut(messages: list[bytes], sizes: list[int]) -> None:
    """Behind separators of several bytes, and with their length in front."""
    kept = [each for each in messages if not each.endswith(b"\r")]
    stream = b"".join(each + b"\r\n" for each in kept)
    assert list(separated(cut(stream, sizes), b"\r\n", 100)) == kept
    stream = b"".join(b"%d %s" % (len(each), each) for each in messages)
    assert list(counted(cut(stream, sizes), 100)) == messages


def test_what_has_no_end_is_no_message() -> None:
    """Nor is one that is shorter than it says."""
    assert list(separated([b"a\nb"], b"\n", 10)) == [b"a"]
    assert list(counted([b"1 a5 b"], 10)) == [b"a"]


@pytest.mark.parametrize("pieces", [[b"x" * 20 + b"\n"], [b"x" * 20], [b"x"] * 20], ids=["ended", "endless", "slow"])
def test_messages_are_not_longer_than_allowed(pieces: list[bytes]) -> None:
    """Whether their end came or not, so that nobody fills the memory."""
    with pytest.raises(FrameFault, match="more than 10"):
        list(separated(pieces, b"\n", 10))


def test_messages_may_be_as_long_as_allowed() -> None:
    """Not longer: the separator and the length do not count."""
    assert list(separated([b"x" * 10 + b"\r\n"], b"\r\n", 10)) == [b"x" * 10]
    assert list(separated([b"x" * 10 + b"\r", b"\n"], b"\r\n", 10)) == [b"x" * 10]
    assert list(counted([b"10 ", b"x" * 10], 10)) == [b"x" * 10]


def test_a_line_end_before_a_length_does_not_count() -> None:
    """As messages often have one behind them that is not counted."""
    assert list(counted([b"1 a\n1 b\r\n", b"2 cd"], 10)) == [b"a", b"b", b"cd"]


@pytest.mark.parametrize(
    "data",
    [b"11 x", b" 1 a", b"x y", b"12345678901", b"-1 ", "\u00b2 x".encode(), b"\n" * 11, b"\n" * 11 + b"1 a"],
    ids=["long", "blank", "word", "digits", "negative", "other-digits", "line-ends", "line-ends-before"],
)
def test_lengths_are_numbers_within_the_limit(data: bytes) -> None:
    """The stream means nothing behind another one."""
    with pytest.raises(FrameFault):
        list(counted([data], 10))
