"""Geo IP: what the databases of an operator know of an address."""

import importlib
import ipaddress
import json
from pathlib import Path
from typing import Any

import attrs

from ...core.errors import InvalidValueError
from ...core.extras import EXTRAS
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Process, RecordFault, Tools, each
from ...core.processors.registry import processor
from ...core.records.fields import set_field
from ...core.records.paths import MISSING, get
from ...core.records.record import Record
from ...core.records.values import FieldType, FieldValue, Null
from .access import allowed_path

_KINDS = {
    "COUNTRY": "Country",
    "CITY": "City",
    "DOMAIN": "Domain",
    "ANONYMOUS_IP": "Anonymous-IP",
    "ISP": "ISP",
    "CONNECTION_TYPE": "Connection-Type",
}
"""What the names of databases of a kind have in them."""
_PLACES = ("COUNTRY", "CITY")
MOST_KEPT = 1000


@attrs.frozen
class Fact:
    """One thing that databases know: which of them, at which path, and of what type it is. No path is everything."""

    kinds: tuple[str, ...]
    path: tuple[str, ...]
    type: FieldType = FieldType.STRING


_FACTS = {
    "COUNTRY_NAME": Fact(_PLACES, ("country", "names", "en")),
    "COUNTRY_ISO_CODE": Fact(_PLACES, ("country", "iso_code")),
    "CITY_NAME": Fact(("CITY",), ("city", "names", "en")),
    "LATITUDE": Fact(("CITY",), ("location", "latitude"), FieldType.DOUBLE),
    "LONGITUDE": Fact(("CITY",), ("location", "longitude"), FieldType.DOUBLE),
    "IS_ANONYMOUS": Fact(("ANONYMOUS_IP",), ("is_anonymous",), FieldType.BOOLEAN),
    "IS_ANONYMOUS_VPN": Fact(("ANONYMOUS_IP",), ("is_anonymous_vpn",), FieldType.BOOLEAN),
    "IS_HOSTING_PROVIDER": Fact(("ANONYMOUS_IP",), ("is_hosting_provider",), FieldType.BOOLEAN),
    "IS_PUBLIC_PROXY": Fact(("ANONYMOUS_IP",), ("is_public_proxy",), FieldType.BOOLEAN),
    "IS_TOR_EXIT_NODE": Fact(("ANONYMOUS_IP",), ("is_tor_exit_node",), FieldType.BOOLEAN),
    "DOMAIN": Fact(("DOMAIN",), ("domain",)),
    "CONNECTION_TYPE": Fact(("CONNECTION_TYPE",), ("connection_type",)),
    "AUTONOMOUS_SYSTEM_NUMBER": Fact(("ISP",), ("autonomous_system_number",), FieldType.INTEGER),
    "AUTONOMOUS_SYSTEM_ORG": Fact(("ISP",), ("autonomous_system_organization",)),
    "ISP": Fact(("ISP",), ("isp",)),
    "ORGANIZATION": Fact(("ISP",), ("organization",)),
    **{f"{kind}_FULL_JSON": Fact((kind,), ()) for kind in _KINDS},
}


@processor("com_streamsets_pipeline_stage_processor_geolocation_GeolocationDProcessor")
class Geolocation:
    """An address that one of the databases does not know is missing, as in the original.

    Raises:
        UnsupportedError: the library for the databases is not installed.
        InvalidValueError: a setting or a database that does not fit (GEOIP_00, 01, 04, 05, 08, 09, 12).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given
        self._missing = given.text("missingAddressAction", "TO_ERROR")
        self._readers = {
            row.text("geoIP2DBType"): _opened(row.text("geoIP2DBFile"), row.text("geoIP2DBType"), tools)
            for row in given.rows("dbConfigs")
        }
        self._fields = [
            (row.text("inputFieldName"), row.text("outputFieldName"), row.text("targetType", "COUNTRY_NAME"))
            for row in given.rows("fieldTypeConverterConfigs")
        ]
        _check(self._fields, set(self._readers))
        self._known: dict[str, dict[str, Any] | None] = {}
        self._process: Process = each(self._located)

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Sets the fields of every record."""
        self._process(batch, out)

    def close(self, out: Out) -> None:
        """Closes the databases."""
        for reader in self._readers.values():
            reader.close()

    def _located(self, record: Record) -> Record:
        for source, target, name in self._fields:
            value = get(record.value, source)
            if value is MISSING:
                raise RecordFault("GEOIP_11", f"the record has no field {source}")
            found, fact = self._found(_address(value)), _FACTS[name]  # type: ignore[arg-type]
            if found is not None:
                set_field(record, target, _told(found, fact))
            elif self._missing == "TO_ERROR":
                raise RecordFault("GEOIP_02", f"the address {str(value)[:60]!r} of {source} is not in the databases")
            elif self._missing == "REPLACE_WITH_NULLS":
                set_field(record, target, None if fact.type is FieldType.STRING else Null(fact.type))
        return record

    def _found(self, address: str) -> dict[str, Any] | None:
        """What the databases know of an address, by their kind; None when one of them does not know it."""
        if address not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            try:
                found = {kind: reader.get(address) for kind, reader in self._readers.items()}
            except ValueError:  # an address of IPv6 in a database of IPv4
                found = {"": None}
            self._known[address] = None if None in found.values() else found
        return self._known[address]


def _check(fields: list[tuple[str, str, str]], kinds: set[str]) -> None:
    if not fields:
        raise InvalidValueError("Database Field Mappings", "", "at least one field (GEOIP_04)")
    for source, target, name in fields:
        if not source:
            raise InvalidValueError("Input Field Name", source, "a field (GEOIP_08)")
        if not target:
            raise InvalidValueError("Output Field Name", target, "a field (GEOIP_09)")
        fact = _FACTS.get(name)
        if fact is None or not kinds & set(fact.kinds):
            wanted = ", ".join(_KINDS if fact is None else fact.kinds)
            raise InvalidValueError("GeoIP2 Field", name, f"a field of the databases {wanted} (GEOIP_12)")


def _opened(name: str, kind: str, tools: Tools) -> Any:
    path = Path(name)
    if not path.is_absolute() and tools.access.resources is not None:
        path = Path(tools.access.resources) / path
    try:
        maxminddb = importlib.import_module("maxminddb")
    except ImportError:
        raise EXTRAS["geolocation"].missing("reading databases of addresses") from None
    try:
        reader = maxminddb.open_database(str(allowed_path(tools.access, path)))
    except FileNotFoundError:
        raise InvalidValueError("GeoIP2 Database File", name, "a file that is there (GEOIP_00)") from None
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise InvalidValueError("GeoIP2 Database File", name, f"a database: {error} (GEOIP_01)") from None
    if _KINDS.get(kind, "") not in reader.metadata().database_type or kind not in _KINDS:
        reader.close()
        raise InvalidValueError("GeoIP2 Database Type", kind, f"the kind of the database {name} (GEOIP_05)")
    return reader


def _address(value: FieldValue) -> str:
    """The address that a field holds, as text or as the number that it is."""
    if value is None or isinstance(value, Null):
        raise RecordFault("GEOIP_13", "the address is null")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise RecordFault("GEOIP_06", f"a {type(value).__name__} is no address")
    try:
        text = value.strip() if isinstance(value, str) else str(value)
        if "." in text or ":" in text:
            return str(ipaddress.ip_address(text))
        return str(ipaddress.IPv4Address(int(text) & 0xFFFFFFFF))
    except ValueError:
        raise RecordFault("GEOIP_06", f"{str(value)[:60]!r} is no address") from None


def _told(found: dict[str, Any], fact: Fact) -> FieldValue:
    held: Any = next(found[kind] for kind in fact.kinds if kind in found)
    if not fact.path:
        return json.dumps(held, ensure_ascii=False)
    for name in fact.path:
        held = held.get(name) if isinstance(held, dict) else None
    if fact.type is FieldType.BOOLEAN:
        return bool(held)
    if held is None:
        return None if fact.type is FieldType.STRING else Null(fact.type)
    return str(held) if fact.type is FieldType.STRING else held
