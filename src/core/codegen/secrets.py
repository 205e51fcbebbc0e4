"""Credentials of a flow as places to be filled from the environment."""

import re
from collections.abc import Callable

from ..catalogue.definitions import Catalogue
from ..flow.credentials import CredentialPlace, replace_credentials
from ..flow.model import Flow


class Secret(str):
    """An empty text that stands for a credential; ``variable`` is the environment variable that holds it."""

    variable: str

    @classmethod
    def of(cls, variable: str) -> "Secret":
        """The empty text with this variable."""
        made = cls("")
        made.variable = variable
        return made


def without_credentials(flow: Flow, catalogue: Catalogue) -> Flow:
    """The flow with a ``Secret`` in place of every credential that it holds as plain text.

    One that is just the default is emptied, as in exports: there is nothing to fill in.
    """
    return replace_credentials(flow, catalogue, _variables(flow, catalogue))


def _variables(flow: Flow, catalogue: Catalogue) -> Callable[[CredentialPlace], str]:
    used: set[str] = set()
    defaults = {("", each.name): each.default for each in catalogue.pipeline().settings}
    for stage in flow.all_stages():
        definition = catalogue.stage(stage.stage_name)
        defaults |= (
            {(stage.instance_name, each.name): each.default for each in definition.settings} if definition else {}
        )

    def change(place: CredentialPlace) -> str:
        if len(place.path) == 1 and defaults.get((place.instance_name or "", place.name)) == place.secret:
            return ""
        tail = ".".join(str(part) for part in place.path[1:]) or place.name.rsplit(".", 1)[-1]
        owner = "FLOW" if place.instance_name is None else place.stage_label
        words = re.findall(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", f"{owner} {tail}"[:200])
        stem = "_".join(words).upper()[:50].strip("_")
        stem = stem if stem[:1].isalpha() else f"SECRET_{stem}".strip("_")
        name, number = stem, 2
        while name in used:
            name, number = f"{stem}_{number}", number + 1
        used.add(name)
        return Secret.of(name)

    return change
