"""The backend: a remote service as a place with projects."""

from pathlib import Path
from typing import Self

from ...core.errors import UnsupportedError
from ...core.project import ProjectId
from ...ports.backend import ProjectPorts
from .catalogues import HttpCatalogues
from .client import Client, HttpOptions
from .engine import HttpEngines
from .flows import HttpFlowStore
from .stores import HttpEnvironmentStore, HttpJobStore, HttpOffsetStore, HttpParameterSetStore, HttpProjectStore
from .transfer import HttpTransfer


class HttpBackend:
    """A service that speaks the protocol: the cloud's, one on premises, or ``penstock serve``."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._projects = HttpProjectStore(client)
        self._catalogues = HttpCatalogues(client)

    @classmethod
    async def connect(cls, url: str, options: HttpOptions | None = None) -> Self:
        """The service at an address, asked once whether it is there.

        Raises:
            UnreachableError: nobody answers.
            RemoteError: it does not let us in.
        """
        client = Client(url, options or HttpOptions())
        try:
            await client.json("GET", "/v2/connections/version", what="version")
        except BaseException:
            await client.aclose()
            raise
        return cls(client)

    @property
    def powers(self) -> frozenset[str]:
        """Archives are made by the service; a penstock server also refuses stale saves."""
        shared = {"transfer", "persistent", "shared"}
        return frozenset(shared | {"conflicts"} if self._client.ours else shared)

    @property
    def projects(self) -> HttpProjectStore:
        """The projects of the service."""
        return self._projects

    async def open(self, project_id: ProjectId) -> ProjectPorts:
        """The ports of a project."""
        await self._projects.get(project_id)
        place = (self._client, project_id)
        flows, environments = HttpFlowStore(*place), HttpEnvironmentStore(*place)
        engines = HttpEngines(*place, environments)
        return ProjectPorts(
            flows=flows,
            parameter_sets=HttpParameterSetStore(*place),
            environments=environments,
            jobs=HttpJobStore(*place, engines.log),
            offsets=HttpOffsetStore(*place),
            transfer=HttpTransfer(*place, flows),
            catalogues=self._catalogues,
            engines=engines,
        )

    async def backup(self, path: Path) -> None:
        """Refused: the file is the service's."""
        raise UnsupportedError("a backup of a remote service", "Export its flows.")

    async def aclose(self) -> None:
        """Closes the connections; closing twice is fine."""
        await self._client.aclose()
