"""A flow as the text of a Python script."""

from collections.abc import Mapping

from ..catalogue.definitions import Catalogue
from ..errors import InvalidValueError, nearest
from ..flow.model import Flow
from ..project import ParameterSet
from .for_official import official_script
from .for_penstock import penstock_script
from .planning import make_plan
from .secrets import without_credentials

CLIENTS = ("penstock", "official")


def python_script(
    flow: Flow,
    catalogue: Catalogue,
    *,
    client: str = "penstock",
    sets: Mapping[str, ParameterSet] | None = None,
    with_plain_text_credentials: bool = False,
) -> str:
    """The script that builds the flow anew, formatted, in lines of at most 88 columns.

    ``client`` is ``penstock`` or ``official``, the service's own client; what that one cannot express is named in a
    comment. ``sets`` are the parameter sets of the flow by id. Credentials are read from the environment unless
    they are asked for in plain text.

    Raises:
        InvalidValueError: for another client.
    """
    if client not in CLIENTS:
        raise InvalidValueError("client", client, " or ".join(CLIENTS), nearest(str(client), CLIENTS))
    shown = flow if with_plain_text_credentials else without_credentials(flow, catalogue)
    plan = make_plan(shown, catalogue, sets or {})
    return penstock_script(plan) if client == "penstock" else official_script(plan)
