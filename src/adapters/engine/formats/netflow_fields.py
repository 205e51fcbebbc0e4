"""The fields of NetFlow 9: their names by number, and what their bytes mean."""

import ipaddress
from collections.abc import Callable
from decimal import Decimal

from ....core.records.values import FieldValue, Long
from .fault import FormatFault

_NAMES = {
    1: "IN_BYTES IN_PKTS FLOWS PROTOCOL SRC_TOS TCP_FLAGS L4_SRC_PORT IPV4_SRC_ADDR SRC_MASK INPUT_SNMP L4_DST_PORT"
    " IPV4_DST_ADDR DST_MASK OUTPUT_SNMP IPV4_NEXT_HOP SRC_AS DST_AS BGP_IPV4_NEXT_HOP MUL_DST_PKTS MUL_DST_BYTES"
    " LAST_SWITCHED FIRST_SWITCHED OUT_BYTES OUT_PKTS MIN_PKT_LNGTH MAX_PKT_LNGTH IPV6_SRC_ADDR IPV6_DST_ADDR"
    " IPV6_SRC_MASK IPV6_DST_MASK IPV6_FLOW_LABEL ICMP_TYPE MUL_IGMP_TYPE SAMPLING_INTERVAL SAMPLING_ALGORITHM"
    " FLOW_ACTIVE_TIMEOUT FLOW_INACTIVE_TIMEOUT ENGINE_TYPE ENGINE_ID TOTAL_BYTES_EXP TOTAL_PKTS_EXP TOTAL_FLOWS_EXP",
    44: "IPV4_SRC_PREFIX IPV4_DST_PREFIX MPLS_TOP_LABEL_TYPE MPLS_TOP_LABEL_IP_ADDR FLOW_SAMPLER_ID FLOW_SAMPLER_MODE"
    " FLOW_SAMPLER_RANDOM_INTERVAL",
    52: "MIN_TTL MAX_TTL IPV4_IDENT DST_TOS IN_SRC_MAC OUT_DST_MAC SRC_VLAN DST_VLAN IP_PROTOCOL_VERSION DIRECTION"
    " IPV6_NEXT_HOP BGP_IPV6_NEXT_HOP IPV6_OPTION_HEADERS",
    70: " ".join(f"MPLS_LABEL_{number}" for number in range(1, 11)),
    80: "IN_DST_MAC OUT_SRC_MAC IF_NAME IF_DESC SAMPLER_NAME IN_PERMANENT_BYTES IN_PERMANENT_PKTS",
    88: "FRAGMENT_OFFSET FORWARDING_STATUS MPLS_PAL_RD MPLS_PREFIX_LEN SRC_TRAFFIC_INDEX DST_TRAFFIC_INDEX"
    " APPLICATION_DESCRIPTION APPLICATION_TAG APPLICATION_NAME",
    98: "POSTIP_DIFF_SERV_CODE_POINTS REPLICATION_FACTOR",
    102: "LAYER2_PACKET_SECTION_OFFSET LAYER2_PACKET_SECTION_SIZE LAYER2_PACKET_SECTION_DATA",
}
NAMES = {first + at: name for first, names in _NAMES.items() for at, name in enumerate(names.split())}


def name_of(kind: int) -> str:
    """The name of a field; its number where nobody named it."""
    return NAMES.get(kind, f"type_{kind}")


def interpreted(kind: int, data: bytes) -> FieldValue:
    """What the bytes of a field mean; themselves where nothing is known.

    Raises:
        FormatFault: bytes of another length than such a field has (NETFLOW_01, 12, 13, 14).
    """
    meaning = _MEANINGS.get(kind)
    return data if meaning is None else meaning(kind, data)


def _count(kind: int, data: bytes) -> FieldValue:
    return Decimal(int.from_bytes(data, "big"))


def _byte(kind: int, data: bytes) -> FieldValue:
    if len(data) != 1:
        raise FormatFault("NETFLOW_12", f"the field {kind} has one byte, and is sent with {len(data)}")
    return data[0]


def _sized(size: int, made: Callable[[int], FieldValue]) -> Callable[[int, bytes], FieldValue]:
    def number(kind: int, data: bytes) -> FieldValue:
        if len(data) != size:
            raise FormatFault("NETFLOW_01", f"the field {kind} has {size} bytes, and is sent with {len(data)}")
        return made(int.from_bytes(data, "big"))

    return number


def _address(code: str) -> Callable[[int, bytes], FieldValue]:
    """An address as Java writes it: of version 6 without leading zeros, and never shortened."""

    def address(kind: int, data: bytes) -> FieldValue:
        if len(data) == 4:
            return ".".join(map(str, data))
        if len(data) != 16:
            raise FormatFault(code, f"an address of {len(data)} bytes")
        mapped = ipaddress.IPv6Address(data).ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return ":".join(f"{int.from_bytes(data[at : at + 2], 'big'):x}" for at in range(0, 16, 2))

    return address


def _hardware(kind: int, data: bytes) -> FieldValue:
    return ":".join(f"{each:02X}" for each in data)


def _text(kind: int, data: bytes) -> FieldValue:
    return data.decode("utf-8", "replace")


_BY_MEANING: tuple[tuple[Callable[[int, bytes], FieldValue], str], ...] = (
    (_count, "1 2 3 10 14 16 17 19 20 23 24 40 41 42 85 86"),
    (_byte, "4 5 6 9 13 29 30 33 35 38 39 46 48 49 52 53 55 60 61 89 91 98"),
    (_sized(2, int), "7 11 25 26 32 36 37 54 58 59 88"),
    (_sized(4, Long), "21 22 34 44 45 47 50 64 92 93 99"),
    (_address("NETFLOW_14"), "8 12 15 18"),
    (_address("NETFLOW_13"), "27 28 62 63"),
    (_hardware, "56 57 80 81"),
    (_text, "82 83 84 94 96"),
)
_MEANINGS = {int(kind): meaning for meaning, kinds in _BY_MEANING for kind in kinds.split()}
