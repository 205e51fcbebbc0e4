"""Promises about NetFlow: the flows of version 5 and 9, templates, and packets that lie."""

import struct
import uuid
from decimal import Decimal

import pytest

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.netflow import Exporter, Templates, TooShort, packet, packets
from penstock.core.errors import InvalidValueError
from penstock.core.records.values import FieldValue, ListMap, Long, Short

from .using import items, records, values

MODES = ("RAW_AND_INTERPRETED", "RAW_ONLY", "INTERPRETED_ONLY")


def packet_5(flows: int, *, count: int | None = None) -> bytes:
    """A packet of version 5: half a second past noon, three seconds after the start, with equal flows."""
    head = struct.pack(
        ">HHIIIIBBH", 5, flows if count is None else count, 3000, 1_700_000_000, 500_000_000, 9, 1, 2, 0xC064
    )
    flow = struct.pack(
        ">IIIHHIIIIHHBBBBHHBBH",
        *(0xF7C1A49B, 0x7F000001, 0, 3, 4, 10, 890, 1000, 0, 53, 9231, 0, 0x12, 17, 8, 65000, 2, 24, 8, 0),
    )
    return head + flow * flows


def packet_9(*sets: bytes, count: int | None = None, source: int = 0xFFFFFFFE) -> bytes:
    """A packet of version 9; every set counts as one unless it is said otherwise."""
    return struct.pack(">HHIIII", 9, len(sets) if count is None else count, 3000, 1_700_000_000, 7, source) + b"".join(
        sets
    )


def template_9(*fields: tuple[int, int], number: int = 256) -> bytes:
    """A set with one template."""
    body = struct.pack(">HH", number, len(fields)) + b"".join(struct.pack(">HH", *each) for each in fields)
    return struct.pack(">HH", 0, len(body) + 4) + body


def flows_9(body: bytes, number: int = 256) -> bytes:
    """A set of flows."""
    return struct.pack(">HH", number, len(body) + 4) + body


def told(*fields: tuple[int, bytes], **more: object) -> ListMap:
    """What the one flow with these fields says."""
    sets = template_9(*((kind, len(data)) for kind, data in fields)), flows_9(b"".join(data for _, data in fields))
    (found,) = values("NETFLOW", packet_9(*sets), **more)
    assert isinstance(found, ListMap)
    return found


def test_a_packet_of_version_5_has_its_flows() -> None:
    """With the head of the packet, times of the clock beside those since the start, and types as wide as Java needs."""
    first, second = records("NETFLOW", packet_5(2))
    assert isinstance(first.value, dict)
    ids = [each.value.pop("id") for each in (first, second) if isinstance(each.value, dict)]
    assert len({uuid.UUID(str(each)) for each in ids}) == 2
    assert (
        first.value
        == second.value
        == {
            "version": 5,
            "packetid": "04fc0b40-833b-11ee-8080-808080808080",
            "sender": "unknown",
            "length": 120,
            "uptime": 3000,
            "seconds": 1_700_000_000,
            "nanos": 500_000_000,
            "timestamp": 1_700_000_000_500,
            "flowseq": 9,
            "engineid": 2,
            "enginetype": 1,
            "raw_sampling": 0xC064,
            "samplingint": 100,
            "samplingmode": 3,
            "readerId": "null",
            "count": 2,
            "srcaddr": -138304357,
            "dstaddr": 2130706433,
            "nexthop": 0,
            "srcaddr_s": "247.193.164.155",
            "dstaddr_s": "127.0.0.1",
            "nexthop_s": "0.0.0.0",
            "srcport": 53,
            "dstport": 9231,
            "srcas": 65000,
            "dstas": 2,
            "dPkts": 10,
            "dOctets": 890,
            "proto": 17,
            "tos": 8,
            "tcp_flags": 0x12,
            "first": 1_699_999_998_500,
            "raw_first": 1000,
            "last": 0,
            "raw_last": 0,
            "snmpinput": 3,
            "snmponput": 4,
            "src_mask": 24,
            "dst_mask": 8,
        }
    )
    types = {name: type(value) for name, value in first.value.items()}
    assert (types["dPkts"], types["proto"], types["srcport"], types["raw_last"]) == (Long, Short, int, Long)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        (1, b"\1\0", Decimal(256)),
        (4, b"\x11", 17),
        (7, b"\xff\xff", 65535),
        (8, b"\x7f\0\0\1", "127.0.0.1"),
        (21, b"\xff\xff\xff\xff", Long(0xFFFFFFFF)),
        (27, bytes.fromhex("20010db8000000000000000000000001"), "2001:db8:0:0:0:0:0:1"),
        (27, bytes(10) + b"\xff\xff\x7f\0\0\1", "127.0.0.1"),
        (31, b"\0\0\1", b"\0\0\1"),
        (56, b"\1\2\3\xaa\xbb\xcc", "01:02:03:AA:BB:CC"),
        (82, b"FE1/0", "FE1/0"),
        (95, b"\1", b"\1"),
        (9999, b"\1\2", b"\1\2"),
    ],
)
def test_fields_of_version_9_are_understood(kind: int, data: bytes, expected: FieldValue) -> None:
    """By their number; bytes stay bytes where nobody says what they mean, and are there as they were sent."""
    found = told((kind, data))
    assert isinstance(found["values"], ListMap)
    assert isinstance(found["rawValues"], ListMap)
    ((name, value),) = found["values"].items()
    assert (value, type(value)) == (expected, type(expected))
    assert found["rawValues"] == {name: data}
    assert name.startswith("type_") == (kind == 9999)


def test_a_flow_of_version_9_knows_its_packet() -> None:
    """The number of its template, and the head of the packet; the id of the source is signed."""
    found = told((1, b"\1"))
    assert list(found) == ["flowKind", "packetHeader", "flowTemplateId", "rawValues", "values"]
    assert (found["flowKind"], found["flowTemplateId"]) == ("FLOWSET", 256)
    assert found["packetHeader"] == {
        "version": 9,
        "flowRecordCount": 2,
        "sysUptimeMs": 3000,
        "unixSeconds": 1_700_000_000,
        "sequenceNumber": 7,
        "sourceId": -2,
        "sourceIdRaw": b"\xff\xff\xff\xfe",
    }


@pytest.mark.parametrize("mode", MODES)
def test_raw_and_understood_values_are_there_as_asked_for(mode: str) -> None:
    """Or both; datagrams have settings of their own."""
    expected = {"rawValues", "values"} - {"RAW_ONLY": {"values"}, "INTERPRETED_ONLY": {"rawValues"}}.get(mode, set())
    assert {"rawValues", "values"} & told((1, b"\1"), netflowOutputValuesMode=mode).keys() == expected
    data = packet_9(template_9((1, 1)), flows_9(b"\1"))
    (found,) = values("DATAGRAM", data, datagramMode="NETFLOW", netflowOutputValuesModeDatagram=mode)
    assert isinstance(found, dict)
    assert {"rawValues", "values"} & found.keys() == expected


def test_options_are_no_flows_and_padding_is_none() -> None:
    """Templates of options are known, so that their data can be passed over."""
    options = struct.pack(">HHHHHHHHH", 1, 18, 300, 4, 4, 1, 4, 34, 4)
    sets = options, flows_9(bytes(16), 300), template_9((1, 3)), flows_9(b"\0\0\1\0\0\2\0\0")
    found = values("NETFLOW", packet_9(*sets, count=6))
    assert [each["values"] for each in found if isinstance(each, dict)] == [{"IN_BYTES": 1}, {"IN_BYTES": 2}]


def test_templates_are_those_of_a_source_and_are_forgotten() -> None:
    """After a time that nobody used them, and the ones that were used longest ago when there are too many."""
    now = [0]
    templates = Templates(2, 100, lambda: now[0])
    for number in (256, 257, 258):
        packet(packet_9(template_9((1, 1), number=number)), templates, MODES[0], Exporter())
    with pytest.raises(FormatFault, match="NETFLOW_11"):
        packet(packet_9(flows_9(b"\1", 256)), templates, MODES[0], Exporter())
    with pytest.raises(FormatFault, match="NETFLOW_11"):
        packet(packet_9(flows_9(b"\1", 257), source=1), templates, MODES[0], Exporter())
    now[0] = 100
    assert len(packet(packet_9(flows_9(b"\1", 257)), templates, MODES[0], Exporter())[0]) == 1
    now[0] = 150
    with pytest.raises(FormatFault, match="NETFLOW_11"):
        packet(packet_9(flows_9(b"\1", 258)), templates, MODES[0], Exporter())


def test_packets_of_a_stream_follow_each_other() -> None:
    """However they are cut."""
    data = packet_5(1) + packet_9(template_9((1, 1)), flows_9(b"\1\2"), count=3) + packet_9(flows_9(b"\3"))
    pieces = [data[at : at + 5] for at in range(0, len(data), 5)]
    found = list(packets(pieces, Templates(), "RAW_ONLY", Exporter("/1.2.3.4:5", "/127.0.0.1:6")))
    assert [len(flows) for flows in found] == [1, 2, 1]
    with pytest.raises(TooShort):
        packet(data[:30], Templates(), MODES[0], Exporter())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\0\7" + bytes(30), "NETFLOW_00"),
        (packet_5(1, count=0), "NETFLOW_01"),
        (packet_5(1, count=2), "NETFLOW_01"),
        (packet_5(1)[:10], "NETFLOW_01"),
        (packet_9(count=0), "NETFLOW_01"),
        (packet_9(template_9((1, 4)), count=2), "NETFLOW_01"),
        (packet_9(flows_9(b"\1", 9)), "NETFLOW_10"),
        (packet_9(flows_9(b"\1")), "NETFLOW_11"),
        (packet_9(template_9((4, 2)), flows_9(b"\1\2")), "NETFLOW_12"),
        (packet_9(template_9((27, 2)), flows_9(b"\1\2")), "NETFLOW_13"),
        (packet_9(template_9((8, 2)), flows_9(b"\1\2")), "NETFLOW_14"),
        (packet_9(template_9((7, 3)), flows_9(b"\1\2\3")), "NETFLOW_01"),
        (packet_9(template_9((1, 1), (2, 0)), flows_9(b"\1")), "NETFLOW_01"),
        (packet_9(template_9(), flows_9(b"\1")), "NETFLOW_01"),
        (packet_9(struct.pack(">HHHH", 0, 8, 256, 9)), "NETFLOW_01"),
        (packet_9(struct.pack(">HH", 256, 0)), "NETFLOW_01"),
        (packet_9(template_9((1, 1)), flows_9(bytes(20_000))), "NETFLOW_01"),
        (packet_5(1) + bytes(1 << 18), "NETFLOW_01"),
    ],
)
def test_packets_that_lie_are_faults(data: bytes, code: str) -> None:
    """Each with its code."""
    assert values("NETFLOW", data) == [code]


@pytest.mark.parametrize(
    ("name", "value"),
    [("maxTemplateCacheSize", 0), ("templateCacheTimeoutMs", -2), ("netflowOutputValuesMode", "OTHER")],
)
def test_settings_are_looked_at_first(name: str, value: object) -> None:
    """NETFLOW_15 and NETFLOW_16 for limits that are none."""
    with pytest.raises(InvalidValueError, match=name):
        items("NETFLOW", b"", **{name: value})
