"""Promises about messages of collectd: parts, values by type, signatures and ciphers."""

import hashlib
import hmac
import struct
import sys
from pathlib import Path

import pytest

from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.records.values import FieldValue, Long

from .using import items, records, values

MODE: dict[str, object] = {"datagramMode": "COLLECTD"}


def part(kind: int, body: bytes) -> bytes:
    """A part of a message."""
    return struct.pack(">HH", kind, len(body) + 4) + body


def text(kind: int, told: str) -> bytes:
    """A part with a text."""
    return part(kind, told.encode() + b"\0")


def number(kind: int, told: int) -> bytes:
    """A part with a number."""
    return part(kind, struct.pack(">q", told))


def measured(*found: tuple[int, bytes]) -> bytes:
    """A part with values, each with its kind."""
    kinds = bytes(kind for kind, _ in found)
    return part(6, struct.pack(">H", len(found)) + kinds + b"".join(data for _, data in found))


def derive(told: int) -> tuple[int, bytes]:
    """A value that is counted up and down."""
    return 2, struct.pack(">q", told)


HOST = text(0, "here")
MESSAGE = (
    HOST
    + number(8, 3 << 30)
    + number(9, 10 << 30)
    + text(2, "cpu")
    + text(3, "7")
    + text(4, "cpu")
    + text(5, "nice")
    + measured(derive(-5))
    + text(2, "interface")
    + text(4, "if_packets")
    + measured(derive(1), derive(2))
)


def shown(data: bytes, **more: object) -> list[FieldValue]:
    """The records of a message."""
    return [each.value for each in records("DATAGRAM", data, **MODE, **more)]


def test_every_part_with_values_is_a_record() -> None:
    """With what was said before of host, time, plugin and type; values have the names of their type."""
    first, second = records("DATAGRAM", MESSAGE, **MODE)
    assert first.value == {
        "host": "here",
        "time_hires": 3 << 30,
        "plugin": "cpu",
        "plugin_instance": "7",
        "type": "cpu",
        "type_instance": "nice",
        "value": -5,
    }
    assert second.value == {
        "host": "here",
        "time_hires": 3 << 30,
        "plugin": "interface",
        "type": "if_packets",
        "type_instance": "nice",
        "rx": 1,
        "tx": 2,
    }
    assert isinstance(first.value, dict)
    assert {type(first.value["value"]), type(first.value["time_hires"])} == {Long}
    assert [each.header.source_id for each in (first, second)] == ["here::0", "here::1"]


def test_time_and_interval_are_told_as_asked_for() -> None:
    """In milliseconds instead of parts of a second; with the interval, or without."""
    first = shown(MESSAGE, convertTime=True, excludeInterval=False)[0]
    assert isinstance(first, dict)
    assert (first["time"], first["interval"]) == (3000, 10_000)
    assert "time_hires" not in first


@pytest.mark.parametrize(
    ("kind", "data", "name", "expected"),
    [
        (0, struct.pack(">Q", 5), "counter", 5),
        (1, struct.pack("<d", 0.25), "gauge", 0.25),
        (2, struct.pack(">q", -5), "derive", -5),
        (3, struct.pack(">Q", 7), "absolute", 7),
    ],
)
def test_values_of_types_that_nobody_knows_have_the_names_of_their_kind(
    kind: int, data: bytes, name: str, expected: float
) -> None:
    """And are read as that kind is written."""
    (found,) = shown(HOST + text(4, "own") + measured((kind, data)))
    assert found == {"host": "here", "type": "own", name: expected}


def test_types_can_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder of resources, and only there."""
    monkeypatch.setenv("PENSTOCK_RESOURCES", str(tmp_path))
    (tmp_path / "types.db").write_text("# none\nown\tleft:GAUGE:0:U, right:GAUGE:0:U\nbroken\n")
    found = shown(HOST + text(4, "own") + measured(derive(1), derive(2)), typesDbPath="types.db")
    assert found == [{"host": "here", "type": "own", "left": 1, "right": 2}]
    for name in ("other.db", "../types.db", "/etc/passwd"):
        with pytest.raises(InvalidValueError, match="typesDbPath"):
            items("DATAGRAM", b"", **MODE, typesDbPath=name)


def test_parts_that_nobody_knows_are_passed_over() -> None:
    """A message may say more than values."""
    data = HOST + part(0x999, b"x") + text(0x100, "warm") + number(0x101, 2) + text(4, "own") + measured(derive(1))
    assert shown(data) == [{"host": "here", "severity": 2, "type": "own", "derive": 1}]


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of users."""
    monkeypatch.setenv("PENSTOCK_RESOURCES", str(tmp_path))
    (tmp_path / "users").write_text("me: word\n")
    return "users"


def signed(user: str, word: str, body: bytes) -> bytes:
    """A signed message."""
    name = user.encode()
    return part(0x200, hmac.digest(word.encode(), name + body, "sha256") + name) + body


def ciphered(user: str, word: str, body: bytes) -> bytes:
    """An enciphered message."""
    ciphers = pytest.importorskip("cryptography.hazmat.primitives.ciphers")
    key, block, stream = hashlib.sha256(word.encode()).digest(), bytes(range(16)), b""
    plain, start = hashlib.sha1(body).digest() + body, block
    encryptor = ciphers.Cipher(ciphers.algorithms.AES(key), ciphers.modes.ECB()).encryptor()
    while len(stream) < len(plain):
        block = encryptor.update(block)
        stream += block
    held = bytes(each ^ other for each, other in zip(plain, stream, strict=False))
    return part(0x210, struct.pack(">H", len(user)) + user.encode() + start + held)


def test_signatures_are_looked_at_where_users_are_known(users: str) -> None:
    """Without a file of users everybody is believed."""
    assert len(shown(signed("me", "word", MESSAGE), authFilePath=users)) == 2
    assert len(shown(signed("me", "other", MESSAGE))) == 2
    assert values("DATAGRAM", signed("me", "other", MESSAGE), **MODE, authFilePath=users) == ["COLLECTD_02"]
    assert values("DATAGRAM", signed("you", "word", MESSAGE), **MODE, authFilePath=users) == ["COLLECTD_03"]


def test_messages_are_deciphered_with_the_word_of_their_user(users: str) -> None:
    """And their sum is looked at."""
    assert shown(ciphered("me", "word", MESSAGE), authFilePath=users) == shown(MESSAGE)
    assert values("DATAGRAM", ciphered("me", "other", MESSAGE), **MODE, authFilePath=users) == ["COLLECTD_03"]
    assert values("DATAGRAM", ciphered("me", "word", MESSAGE), **MODE) == ["COLLECTD_03"]


def test_without_its_library_nothing_is_deciphered(users: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how to install it."""
    data = ciphered("me", "word", MESSAGE)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    with pytest.raises(UnsupportedError, match="pip install cryptography"):
        items("DATAGRAM", data, **MODE, authFilePath=users)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\0\0", "COLLECTD_00"),
        (struct.pack(">HH", 0, 3), "COLLECTD_00"),
        (struct.pack(">HH", 0, 90), "COLLECTD_00"),
        (part(1, b"\0"), "COLLECTD_00"),
        (part(6, b"\0\1\2\0"), "COLLECTD_00"),
        (part(6, b"\0\1\x09" + bytes(8)), "COLLECTD_01"),
        (part(0x210, b""), "COLLECTD_00"),
        (bytes(1 << 17), "COLLECTD_00"),
    ],
)
def test_messages_that_lie_are_faults(data: bytes, code: str) -> None:
    """Each with its code."""
    assert values("DATAGRAM", data, **MODE) == [code]
