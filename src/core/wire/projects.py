"""Projects on the wire."""

from collections.abc import Mapping
from typing import Any

from ..project import ProjectId, ProjectInfo
from ..values import PlainJson
from .read import text, texts
from .times import epoch_ms, iso

OWNER = "penstock"


def project_document(project: ProjectInfo) -> dict[str, PlainJson]:
    """A project as the service answers it."""
    return {
        "metadata": {
            "guid": project.project_id,
            "url": f"/v2/projects/{project.project_id}",
            "created_at": iso(project.created_ms),
            "updated_at": iso(project.created_ms),
        },
        "entity": {
            "name": project.name,
            "description": project.description,
            "type": "wx",
            "generator": OWNER,
            "public": False,
            "creator": OWNER,
            "tags": list(project.tags),
            "scope": None,
            "storage": {"type": "assetfiles", "guid": project.project_id},
            "members": [],
            "settings": {},
        },
    }


def project_from(raw: Mapping[str, Any], source: str) -> ProjectInfo:
    """A project from an answer. Raises ``FormatError``."""
    return ProjectInfo(
        project_id=ProjectId(text(raw, "/metadata/guid", source)),
        name=text(raw, "/entity/name", source),
        description=text(raw, "/entity/description", source, ""),
        tags=texts(raw, "/entity/tags", source),
        created_ms=epoch_ms(raw.get("metadata", {}).get("created_at"), source, "/metadata/created_at"),
    )
