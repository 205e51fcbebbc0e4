"""Geo IP over a small database that is written here."""

import ipaddress
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from penstock.adapters.engine.geolocation import Geolocation
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.record import Record
from penstock.core.records.values import FieldType, FieldValue, Null
from penstock.core.values import JsonMap, freeze

CITY: dict[str, Any] = {
    "city": {"names": {"en": "Zurich"}},
    "country": {"iso_code": "CH", "names": {"en": "Switzerland"}},
    "location": {"latitude": 47.4, "longitude": 8.5},
}


class Raw(bytes):
    """A value that is coded already."""


def short(number: int) -> Raw:
    """A number in two bytes."""
    return Raw(bytes([0xA2]) + struct.pack(">H", number))


def coded(value: Any) -> bytes:
    """A value in the form of such databases; small texts, maps and numbers are enough here."""
    match value:
        case Raw():
            return value
        case bool():
            return bytes([int(value), 7])
        case str():
            return bytes([0x40 | len(value)]) + value.encode()
        case float():
            return bytes([0x68]) + struct.pack(">d", value)
        case int():
            return bytes([0xC4]) + struct.pack(">I", value)
        case list():
            return bytes([len(value), 4]) + b"".join(map(coded, value))
        case dict():
            return bytes([0xE0 | len(value)]) + b"".join(coded(name) + coded(held) for name, held in value.items())
    raise AssertionError(value)


def database(kind: str, address: str, record: Mapping[str, Any]) -> bytes:
    """A database that knows one address."""
    bits = f"{int(ipaddress.IPv4Address(address)):032b}"
    nodes = []
    for at, bit in enumerate(bits):
        after = at + 1 if at < 31 else 32 + 16  # the last node points at the first byte of the data
        nodes.append((after, 32) if bit == "0" else (32, after))
    tree = b"".join(left.to_bytes(3, "big") + right.to_bytes(3, "big") for left, right in nodes)
    about = {
        "binary_format_major_version": short(2),
        "binary_format_minor_version": short(0),
        "build_epoch": Raw(bytes([8, 2, *bytes(7), 1])),
        "database_type": kind,
        "description": {"en": "a test"},
        "ip_version": short(4),
        "languages": ["en"],
        "node_count": 32,
        "record_size": short(24),
    }
    return tree + bytes(16) + coded(dict(record)) + b"\xab\xcd\xefMaxMind.com" + coded(about)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of resources with two databases."""
    (tmp_path / "city.mmdb").write_bytes(database("GeoLite2-City", "1.2.3.4", CITY))
    isp = {"isp": "Net", "autonomous_system_number": 42}
    (tmp_path / "isp.mmdb").write_bytes(database("GeoIP2-ISP", "1.2.3.4", isp))
    return tmp_path


def located(folder: Path, value: FieldValue, *names: str, **more: Any) -> Out:
    """What becomes of a record with an address, where these things are asked for."""
    databases = more.pop("databases", [("city.mmdb", "CITY")])
    settings = freeze(
        {
            "dbConfigs": [{"geoIP2DBFile": file, "geoIP2DBType": kind} for file, kind in databases],
            "fieldTypeConverterConfigs": [
                {"inputFieldName": "/ip", "outputFieldName": f"/{name}", "targetType": name} for name in names
            ],
            **more.pop("settings", {}),
        }
    )
    assert isinstance(settings, JsonMap)
    plan = StagePlan("G_01", "kind", StageType.PROCESSOR, given=Given(settings), outputs=("out",))
    access = more.pop("access", Access(resources=str(folder)))
    tools, out = Tools(plan, lambda: 0, lambda: 0.5, lambda: "id", access=access), Out(1)
    stage = Geolocation(plan, tools)
    stage([Record({} if value == "absent" else {"ip": value})], out)
    stage.close(out)
    return out


def test_things_of_an_address_become_fields(folder: Path) -> None:
    """Names, places, numbers, and everything as JSON."""
    names = ("CITY_NAME", "COUNTRY_NAME", "COUNTRY_ISO_CODE", "LATITUDE", "CITY_FULL_JSON")
    (record,) = located(folder, " 1.2.3.4 ", *names).lanes[0]
    assert isinstance(record.value, dict)
    made = [record.value[name] for name in names]
    assert made[:4] == ["Zurich", "Switzerland", "CH", 47.4]
    assert json.loads(str(made[4])) == CITY


@pytest.mark.parametrize("value", [16909060, "16909060"])
def test_an_address_can_be_a_number(folder: Path, value: FieldValue) -> None:
    """As text, too."""
    (record,) = located(folder, value, "CITY_NAME").lanes[0]
    assert record.value == {"ip": value, "CITY_NAME": "Zurich"}


def test_several_databases_are_asked(folder: Path) -> None:
    """What one of them does not know is missing or null."""
    both = [("city.mmdb", "CITY"), ("isp.mmdb", "ISP")]
    (record,) = located(folder, "1.2.3.4", "AUTONOMOUS_SYSTEM_NUMBER", "ORGANIZATION", databases=both).lanes[0]
    assert record.value == {"ip": "1.2.3.4", "AUTONOMOUS_SYSTEM_NUMBER": 42, "ORGANIZATION": None}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("8.8.8.8", "GEOIP_02"),
        ("::1", "GEOIP_02"),
        ("1.2.3", "GEOIP_06"),
        ("x", "GEOIP_06"),
        (True, "GEOIP_06"),
        (None, "GEOIP_13"),
        ("absent", "GEOIP_11"),
    ],
)
def test_what_is_no_known_address_refuses_the_record(folder: Path, value: FieldValue, code: str) -> None:
    """Each with its code."""
    assert [error.code for error in located(folder, value, "CITY_NAME").errors] == [code]


def test_unknown_addresses_can_be_nulls_or_nothing(folder: Path) -> None:
    """As the stage says."""
    for action, wanted in (("REPLACE_WITH_NULLS", {"LATITUDE": Null(FieldType.DOUBLE)}), ("IGNORE", {})):
        out = located(folder, "8.8.8.8", "LATITUDE", settings={"missingAddressAction": action})
        assert out.lanes[0][0].value == {"ip": "8.8.8.8", **wanted}


@pytest.mark.parametrize(
    ("databases", "names", "code"),
    [
        ([("none.mmdb", "CITY")], ("CITY_NAME",), "GEOIP_00"),
        ([("broken.mmdb", "CITY")], ("CITY_NAME",), "GEOIP_01"),
        ([("city.mmdb", "CITY")], (), "GEOIP_04"),
        ([("city.mmdb", "COUNTRY")], ("COUNTRY_NAME",), "GEOIP_05"),
        ([("city.mmdb", "CITY")], ("DOMAIN",), "GEOIP_12"),
    ],
)
def test_settings_that_do_not_fit_are_said_at_the_start(
    folder: Path, databases: list[tuple[str, str]], names: tuple[str, ...], code: str
) -> None:
    """With their codes."""
    (folder / "broken.mmdb").write_bytes(b"no database")
    with pytest.raises(InvalidValueError, match=code):
        located(folder, "1.2.3.4", *names, databases=databases)


def test_databases_lie_in_allowed_folders(folder: Path) -> None:
    """Elsewhere nothing is looked at."""
    with pytest.raises(StopFault, match="PENSTOCK_0102"):
        located(folder, "1.2.3.4", "CITY_NAME", access=Access(resources=str(folder), folders=()))
