"""Catalogues of a remote service."""

from ...core.catalogue.definitions import Catalogue
from ...core.catalogue.document import catalogue_from_document
from ...core.errors import NotFoundError, nearest
from .client import Client

BASE = "/sset/engine_manager/v2/streamsets_engine_versions/data_collector"


class HttpCatalogues:
    """Engine versions and their definitions, each fetched once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Catalogue] = {}
        self._versions: tuple[str, ...] = ()

    async def versions(self) -> tuple[str, ...]:
        """Enabled versions, released ones first."""
        if not self._versions:
            params = {"include_stagelibs": "False", "releases": "True", "start": ""}
            page = await self._client.json("GET", BASE, what="engine versions", params=params)
            rows = [each for each in page.get("streamsets_engine_versions") or () if not each.get("disabled", True)]
            rows.sort(key=lambda each: not each.get("release", False))
            rows = [each for each in rows if "engine_version_id" in each]
            self._versions = tuple(str(each["engine_version_id"]) for each in rows)
            for each in rows:
                held = self._client.local(str(each.get("penstock", "")))
                if held is not None:
                    self._known[str(each["engine_version_id"])] = held
        return self._versions

    async def catalogue(self, engine_version: str | None = None) -> Catalogue:
        """The catalogue of a version; of the default version for None."""
        known = await self.versions()
        version = engine_version or (known[0] if known else "")
        if version not in known:
            raise NotFoundError("engine version", version, nearest(version, known))
        held = self._known.get(version)
        if held is None:
            what = f"definitions of engine version {version!r}"
            document = await self._client.json("GET", f"{BASE}/{version}/definitions", what=what)
            held = self._known[version] = catalogue_from_document(document, what, version)
        return held
