"""Messages of collectd's binary protocol: a record for every part with values."""

import hashlib
import hmac
import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.java import java_string
from ....core.plan.given import Given
from ....core.records.record import Header, Record
from ....core.records.values import FieldValue, Long
from .collectd_types import TYPES
from .fault import FormatFault
from .item import Item
from .named_files import RESOURCES, resource
from .texts import data_of

LONGEST = 1 << 16
_TEXTS = {0: "host", 2: "plugin", 3: "plugin_instance", 4: "type", 5: "type_instance", 0x100: "message"}
_NUMBERS = {1: "time", 7: "interval", 8: "time_hires", 9: "interval_hires", 0x101: "severity"}
_VALUES, _SIGNATURE, _ENCRYPTION = 6, 0x200, 0x210
_KEPT = frozenset(("host", "time", "time_hires", "type_instance", "severity", "interval", "interval_hires"))
"""What goes on behind another plugin."""
_KEPT_OF_TYPE = _KEPT | {"plugin", "plugin_instance"}
_KINDS = ("counter", "gauge", "derive", "absolute")
Names = Mapping[str, tuple[str, ...]]
_PLAIN = struct.Struct(">HH")
_HIRES_TO_MS = 1000 / (1 << 30)


def read_collectd(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """The records of the message that the data is.

    Raises:
        FormatFault: no message (COLLECTD_00), a value of an unknown kind (01), a wrong signature (02), or what
            cannot be deciphered (03).
        InvalidValueError: a file of types or of users that cannot be read.
    """
    reading = _Reading(given)
    data = data_of(opened, LONGEST)
    if len(data) > LONGEST:
        raise FormatFault("COLLECTD_00", f"a message of more than {LONGEST} bytes")
    try:
        records = list(reading.records(data))
    except (struct.error, IndexError) as error:
        raise FormatFault("COLLECTD_00", f"the message ends inside of a part: {error}") from None
    yield from (Item(at, at + 1, record) for at, record in enumerate(records))


class _Reading:
    def __init__(self, given: Given) -> None:
        self._convert, self._without_interval = given.flag("convertTime"), given.flag("excludeInterval", True)
        types, users = given.text("typesDbPath"), given.text("authFilePath")
        folder = given.text(RESOURCES)
        self._types = _names_in("typesDbPath", types, folder) if types else TYPES
        self._users = _names_in("authFilePath", users, folder) if users else {}
        self._checks = bool(users)

    def records(self, data: bytes) -> Iterator[Record]:
        fields: dict[str, FieldValue] = {}
        made, at = 0, 0
        while at < len(data):
            kind, length = _PLAIN.unpack_from(data, at)
            if length < _PLAIN.size or at + length > len(data):
                raise FormatFault("COLLECTD_00", f"a part of {length} bytes")
            body, at = data[at + _PLAIN.size : at + length], at + length
            if kind == _VALUES:
                fields.update(self._values(body, fields))
                yield Record(dict(fields), Header(f"{java_string(fields.get('host'))}::{made}"))
                made += 1
            elif kind == _SIGNATURE:
                self._verify(body, data[at:])
            elif kind == _ENCRYPTION:
                data, at = self._deciphered(body) + data[at:], 0
            else:
                fields = self._noted(kind, body, fields)

    def _noted(self, kind: int, body: bytes, fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
        """What a part says of the values behind it; parts that nobody knows say nothing."""
        if kind in _TEXTS:
            kept = {2: _KEPT, 4: _KEPT_OF_TYPE}.get(kind)
            held = {name: value for name, value in fields.items() if kept is None or name in kept}
            return {**held, _TEXTS[kind]: body[:-1].decode("utf-8", "replace")}
        name = _NUMBERS.get(kind)
        if name is None or (name.startswith("interval") and self._without_interval):
            return fields
        (number,) = struct.unpack(">q", body[:8])
        if self._convert and name.endswith("_hires"):
            name, number = name.removesuffix("_hires"), int(number * _HIRES_TO_MS)
        return {**fields, name: Long(number)}

    def _values(self, body: bytes, fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
        (count,) = struct.unpack_from(">H", body)
        kinds, values = body[2 : 2 + count], body[2 + count :]
        names = self._types.get(str(fields.get("type", "")), ())
        made: dict[str, FieldValue] = {}
        for at, kind in enumerate(kinds):
            if kind >= len(_KINDS):
                raise FormatFault("COLLECTD_01", f"a value of the kind {kind}")
            name = names[at] if at < len(names) else _KINDS[kind]
            made[name] = _value(kind, values[8 * at : 8 * at + 8])
        return made

    def _verify(self, body: bytes, rest: bytes) -> None:
        """Nothing for a message whose signature is that of its user, or where nobody wants to know."""
        if not self._checks:
            return
        signature, user = body[:32], body[32:]
        word = self._word_of(user)
        if not hmac.compare_digest(hmac.digest(word, user + rest, "sha256"), signature):
            raise FormatFault("COLLECTD_02", "the signature is not that of the message")

    def _word_of(self, user: bytes) -> bytes:
        word = self._users.get(user.decode("utf-8", "replace"))
        if not word:
            raise FormatFault("COLLECTD_03", "the user of the message is not in the file of users")
        return word[0].encode()

    def _deciphered(self, body: bytes) -> bytes:
        (size,) = struct.unpack_from(">H", body)
        user, start, held = body[2 : 2 + size], body[2 + size : 18 + size], body[18 + size :]
        key = hashlib.sha256(self._word_of(user)).digest()
        plain = _ofb(key, start, held)
        if not hmac.compare_digest(hashlib.sha1(plain[20:]).digest(), plain[:20]):
            raise FormatFault("COLLECTD_03", "the sum of the message is another one")
        return plain[20:]


def _value(kind: int, data: bytes) -> FieldValue:
    if kind == 1:
        (gauge,) = struct.unpack("<d", data)
        return float(gauge)
    (number,) = struct.unpack(">q" if kind == 2 else ">Q", data)
    # of counters the original keeps the upper half alone; LONG holds as much as there is
    return Long(number if number < 1 << 63 else number - (1 << 64))


def _ofb(key: bytes, start: bytes, data: bytes) -> bytes:
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    except ImportError:
        raise UnsupportedError(
            "messages of collectd that are enciphered", "Install what deciphers them with: pip install cryptography"
        ) from None
    if len(start) != 16:
        raise FormatFault("COLLECTD_03", "the message is too short")
    blocks = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    stream, block = b"", start
    while len(stream) < len(data):
        block = blocks.update(block)
        stream += block
    return bytes(each ^ other for each, other in zip(data, stream, strict=False))


def _names_in(setting: str, file: str, folder: str) -> Names:
    path = resource(file, folder, setting)
    try:
        return _kept(path, path.stat().st_mtime_ns, setting)
    except OSError as error:
        raise InvalidValueError(setting, file, f"a file that can be read ({error.strerror})") from None


@lru_cache(maxsize=16)
def _kept(path: Path, changed_ns: int, setting: str) -> Names:
    text = path.read_text("utf-8", "replace")
    return _types_in(text) if setting == "typesDbPath" else _users_in(text)


def _types_in(text: str) -> Names:
    """The names of the values of each type, as ``types.db`` has them."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        name, _, values = line.strip().partition("#")[0].replace("\t", " ").partition(" ")
        if name and values.strip():
            found[name] = tuple(each.strip().partition(":")[0] for each in values.split(","))
    return found


def _users_in(text: str) -> Names:
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {name.strip(): (word.strip(),) for name, _, word in pairs}
