"""An origin that polls the site of the tests, read to its end."""

from typing import Any

from penstock.adapters.engine.web.origin import HttpOrigin
from penstock.core.catalogue.definitions import StageType
from penstock.core.processors import Out
from penstock.core.records.record import Record

from .conftest import Held, Site, tools_of


def held_of(site: Site, settings: dict[str, object], **more: Any) -> Held:
    """Tools of an origin that polls the site for JSON, and does not wait long for more."""
    path = str(settings.pop("path", "/"))
    given = {"resourceUrl": site.url + path, "httpMode": "BATCH", "basic.maxWaitTime": 5000, **settings}
    return tools_of(given, StageType.ORIGIN, **more)


def read_all(site: Site, settings: dict[str, object], **more: Any) -> tuple[list[Record], Out]:
    """Every record until the end of the data, and the last outcome."""
    held = held_of(site, settings, **more)
    origin, offset = HttpOrigin(held.tools.plan, held.tools), ""
    found: list[Record] = []
    for _ in range(20):
        out = held.out()
        reached = origin.read(offset or None, 1000, out)
        found += out.lanes[0]
        if reached is None:
            origin.close()
            return found, out
        offset = reached
    raise AssertionError("it never came to its end")
