"""NetFlow 5 and 9: the flows of a packet, and of a stream of packets."""

import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import attrs

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.records.values import FieldValue, ListMap, Long, Short
from .fault import FormatFault
from .item import Item
from .netflow_fields import interpreted, name_of
from .texts import data_of

LONGEST = 1 << 17
"""A packet is not longer, also in a stream."""
MOST_FLOWS = 10_000
MOST_TEMPLATES = 10_000
_HEADER_5, _FLOW_5, _HEADER_9 = 24, 48, 20
_FIRST_DATA = 255
_MODES = ("RAW_AND_INTERPRETED", "RAW_ONLY", "INTERPRETED_ONLY")
_GREGORIAN_MS = -12_219_292_800_000
_LEAST_NODE = 0x8080_8080_8080_8080

Template = tuple[tuple[int, int], ...] | int
"""Types and lengths of the fields of a flow; of options only how many bytes they have."""


class TooShort(Exception):
    """The packet goes on behind the data."""


class Templates:
    """The templates of version 9 that exporters sent; those that nobody used for longest are forgotten first."""

    def __init__(self, most: int = -1, timeout_ms: int = -1, now_ms: Callable[[], int] = lambda: 0) -> None:
        self._most = min(most, MOST_TEMPLATES) if most > 0 else MOST_TEMPLATES
        self._timeout_ms, self._now_ms = timeout_ms, now_ms
        self._held: OrderedDict[tuple[bytes, int], tuple[Template, int]] = OrderedDict()

    def put(self, source: bytes, number: int, template: Template) -> None:
        """Keeps a template."""
        self._held[source, number] = (template, self._now_ms())
        self._held.move_to_end((source, number))
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def of(self, source: bytes, number: int) -> Template:
        """The template. Raises ``FormatFault``: nobody sent it (NETFLOW_11)."""
        held = self._held.get((source, number))
        if held is None or (self._timeout_ms > 0 and self._now_ms() - held[1] > self._timeout_ms):
            raise FormatFault("NETFLOW_11", f"the template {number} of a flow was not seen")
        self.put(source, number, held[0])
        return held[0]


@attrs.define
class _Data:
    """The bytes of a packet and the place in them."""

    held: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        """So many bytes. Raises ``TooShort``."""
        if self.at + size > len(self.held):
            raise TooShort
        self.at += size
        return self.held[self.at - size : self.at]

    def number(self, size: int) -> int:
        """An unsigned number of so many bytes."""
        return int.from_bytes(self.take(size), "big")


@attrs.frozen
class Exporter:
    """Who sent packets to whom, as Java writes addresses; empty where that is not known."""

    sender: str = ""
    recipient: str = ""


def packet(data: bytes, templates: Templates, mode: str, by: Exporter) -> tuple[list[FieldValue], int]:
    """The flows of the first packet, and its length.

    Raises:
        TooShort: it is not whole.
        FormatFault: it is no NetFlow (NETFLOW_00, 01, 10, 12 to 14), or its templates are not known (11).
    """
    cursor = _Data(data)
    version = cursor.number(2)
    if version == 5:
        return _flows_5(cursor, by), cursor.at
    if version == 9:
        return _Version9(cursor, templates, mode, by).flows(), cursor.at
    raise FormatFault("NETFLOW_00", f"version {version} is not known; those that are: 5 and 9")


def read_netflow_datagram(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """As ``read_netflow``, with the settings of datagrams."""
    yield from read_netflow(opened, given, "Datagram")


def read_netflow(opened: BinaryIO, given: Given, suffix: str = "") -> Iterator[Item]:
    """The flows of the packet that the data is. ``suffix`` stands behind the names of settings.

    Raises:
        FormatFault: as ``packet``; NETFLOW_01 for a packet that is not whole.
        InvalidValueError: a size or a time of the cache that is none (NETFLOW_15, NETFLOW_16).
    """
    templates, mode = settings_of(given, suffix=suffix)
    data = data_of(opened, LONGEST)
    if len(data) > LONGEST:
        raise FormatFault("NETFLOW_01", f"a packet of more than {LONGEST} bytes")
    if not data:
        return
    try:
        flows, _ = packet(data, templates, mode, Exporter())
    except TooShort:
        raise FormatFault("NETFLOW_01", f"the packet goes on behind its {len(data)} bytes") from None
    yield from (Item(at, at + 1, flow) for at, flow in enumerate(flows))


def settings_of(given: Given, now_ms: Callable[[], int] = lambda: 0, suffix: str = "") -> tuple[Templates, str]:
    """A cache of templates, and what a flow of version 9 holds; ``suffix`` stands behind the names of settings.

    Raises:
        InvalidValueError: NETFLOW_15, NETFLOW_16.
    """
    most, timeout_ms = (
        _positive(given, f"{name}{suffix}", code)
        for name, code in (("maxTemplateCacheSize", "NETFLOW_15"), ("templateCacheTimeoutMs", "NETFLOW_16"))
    )
    mode = given.text(f"netflowOutputValuesMode{suffix}", _MODES[0])
    if mode not in _MODES:
        raise InvalidValueError(f"netflowOutputValuesMode{suffix}", mode, "a mode", _MODES)
    return Templates(most, timeout_ms, now_ms), mode


def _positive(given: Given, name: str, code: str) -> int:
    number = given.integer(name, -1)
    if number < -1 or number == 0:
        raise InvalidValueError(name, number, f"a number above 0, or -1 for no limit ({code})")
    return number


def packets(pieces: Iterable[bytes], templates: Templates, mode: str, by: Exporter) -> Iterator[list[FieldValue]]:
    """The flows of every packet of a stream.

    Raises:
        FormatFault: as ``packet``; where the next one begins is not known then.
    """
    held = b""
    for piece in pieces:
        held += piece
        while held:
            try:
                flows, size = packet(held, templates, mode, by)
            except TooShort:
                if len(held) > LONGEST:
                    raise FormatFault("NETFLOW_01", f"a packet of more than {LONGEST} bytes") from None
                break
            held = held[size:]
            yield flows


def _flows_5(cursor: _Data, by: Exporter) -> list[FieldValue]:
    count = cursor.number(2)
    if count == 0:
        raise FormatFault("NETFLOW_01", "the packet says that it has no flows")
    if len(cursor.held) < _HEADER_5 + count * _FLOW_5:
        raise TooShort
    uptime, seconds, nanos = (cursor.number(4) for _ in range(3))
    now_ms = seconds * 1000 + nanos // 1_000_000
    sequence, kind, engine, sampling = cursor.number(4), cursor.number(1), cursor.number(1), cursor.number(2)
    head: dict[str, FieldValue] = {
        "version": 5,
        "packetid": str(_least_uuid(now_ms)),
        "sender": by.sender.rpartition(":")[0] or "unknown",
        "length": _HEADER_5 + count * _FLOW_5,
        "uptime": Long(uptime),
        "seconds": Long(seconds),
        "nanos": Long(nanos),
        "timestamp": Long(now_ms),
        "flowseq": Long(sequence),
        "engineid": Short(engine),
        "enginetype": Short(kind),
        "raw_sampling": sampling,
        "samplingint": sampling & 0x3FFF,
        "samplingmode": sampling >> 14,
        "readerId": by.recipient or "null",
        "count": count,
    }
    return [{**head, **_flow_5(cursor, now_ms - uptime)} for _ in range(count)]


def _flow_5(cursor: _Data, booted_ms: int) -> dict[str, FieldValue]:
    source, target, hop = (cursor.take(4) for _ in range(3))
    came, went = cursor.number(2), cursor.number(2)
    packets_, octets, first, last = (cursor.number(4) for _ in range(4))
    source_port, target_port = cursor.number(2), cursor.number(2)
    _, flags, protocol, service = (cursor.number(1) for _ in range(4))
    source_as, target_as, source_mask, target_mask = (cursor.number(size) for size in (2, 2, 1, 1))
    cursor.take(2)
    return {
        "id": str(uuid.uuid1()),
        **{
            name: int.from_bytes(each, "big", signed=True)
            for name, each in (("srcaddr", source), ("dstaddr", target), ("nexthop", hop))
        },
        **{
            name: ".".join(map(str, each))
            for name, each in (("srcaddr_s", source), ("dstaddr_s", target), ("nexthop_s", hop))
        },
        "srcport": source_port,
        "dstport": target_port,
        "srcas": source_as,
        "dstas": target_as,
        "dPkts": Long(packets_),
        "dOctets": Long(octets),
        "proto": Short(protocol),
        "tos": Short(service),
        "tcp_flags": Short(flags),
        "first": Long(booted_ms + first if first else 0),
        "raw_first": Long(first),
        "last": Long(booted_ms + last if last else 0),
        "raw_last": Long(last),
        "snmpinput": came,
        "snmponput": went,
        "src_mask": Short(source_mask),
        "dst_mask": Short(target_mask),
    }


def _least_uuid(at_ms: int) -> uuid.UUID:
    """The least id of a moment among those that are made of time."""
    ticks = (at_ms - _GREGORIAN_MS) * 10_000
    high = (ticks & 0xFFFF_FFFF) << 32 | (ticks >> 32 & 0xFFFF) << 16 | (ticks >> 48 & 0x0FFF) | 0x1000
    return uuid.UUID(int=high << 64 | _LEAST_NODE)


class _Version9:
    """One packet: sets of templates, of options and of flows, as many as it says, or as there are."""

    def __init__(self, cursor: _Data, templates: Templates, mode: str, by: Exporter) -> None:
        self._cursor, self._templates, self._mode, self._by = cursor, templates, mode, by
        self._left = cursor.number(2)
        if self._left == 0:
            raise FormatFault("NETFLOW_01", "the packet says that it has no flows")
        count = self._left
        uptime, seconds, sequence = (cursor.number(4) for _ in range(3))
        self._source = cursor.take(4)
        self._head: dict[str, FieldValue] = {
            "version": 9,
            "flowRecordCount": count,
            "sysUptimeMs": Long(uptime),
            "unixSeconds": Long(seconds),
            "sequenceNumber": Long(sequence),
            "sourceId": Long(int.from_bytes(self._source, "big", signed=True)),
            "sourceIdRaw": self._source,
        }
        self._flows: list[FieldValue] = []

    def flows(self) -> list[FieldValue]:
        """The flows in their order."""
        while self._left > 0:
            number, length = self._cursor.number(2), self._cursor.number(2)
            if length < 4:
                raise FormatFault("NETFLOW_01", f"a set of {length} bytes")
            body = _Data(self._cursor.take(length - 4))
            try:
                self._one_set(number, body)
            except TooShort:
                raise FormatFault("NETFLOW_01", f"the set {number} ends inside of a part") from None
        return self._flows

    def _one_set(self, number: int, body: _Data) -> None:
        if number == 0:
            while len(body.held) - body.at >= 4:
                name, fields = body.number(2), body.number(2)
                template = tuple((body.number(2), body.number(2)) for _ in range(fields))
                if not all(length for _, length in template):
                    raise FormatFault("NETFLOW_01", f"a field without bytes in the template {name}")
                self._templates.put(self._source, name, template)
                self._left -= 1
        elif number == 1:
            while len(body.held) - body.at >= 6:
                name, scopes, options = (body.number(2) for _ in range(3))
                lengths = [body.number(4) & 0xFFFF for _ in range((scopes + options) // 4)]
                self._templates.put(self._source, name, sum(lengths))
                self._left -= 1
        elif number < _FIRST_DATA:
            raise FormatFault("NETFLOW_10", f"a set of the kind {number}: neither templates, options nor flows")
        else:
            self._data(number, body)

    def _data(self, number: int, body: _Data) -> None:
        template = self._templates.of(self._source, number)
        if isinstance(template, int):  # options are no flows
            self._left -= len(body.held) // max(1, template)
            return
        size = sum(length for _, length in template)
        if size == 0:
            raise FormatFault("NETFLOW_01", f"the template {number} has no bytes")
        while len(body.held) - body.at >= size:  # what is left is padding
            if len(self._flows) >= MOST_FLOWS:
                raise FormatFault("NETFLOW_01", f"more than {MOST_FLOWS} flows in a packet")
            values = [(kind, body.take(length)) for kind, length in template]
            self._flows.append(self._flow(number, values))
            self._left -= 1

    def _flow(self, number: int, values: list[tuple[int, bytes]]) -> FieldValue:
        made = ListMap({"flowKind": "FLOWSET"})
        if self._by.sender:
            made["sender"] = self._by.sender
        if self._by.recipient:
            made["recipient"] = self._by.recipient
        made["packetHeader"] = ListMap(self._head)
        made["flowTemplateId"] = number
        if self._mode != "INTERPRETED_ONLY":
            made["rawValues"] = ListMap({name_of(kind): data for kind, data in values})
        if self._mode != "RAW_ONLY":
            made["values"] = ListMap({name_of(kind): interpreted(kind, data) for kind, data in values})
        return made
