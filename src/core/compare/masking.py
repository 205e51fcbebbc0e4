"""Values without their secrets, to be shown beside each other."""

from ..catalogue.definitions import Catalogue
from ..flow.credentials import MASK, holds_secret, looks_secret, replace_credentials, said_names
from ..flow.model import Flow
from ..values import Json, JsonMap

_HIDDEN = "\0credential\0"
"""Stands before a credential while flows are compared; what begins with it is masked."""


def mark_credentials(flow: Flow, catalogue: Catalogue) -> Flow:
    """The flow with a mark at every credential that the catalogue knows; ``shown`` masks what is marked."""
    return replace_credentials(flow, catalogue, lambda place: _HIDDEN + place.secret)


def shown(name: str, value: Json) -> Json:
    """A value without secrets, however deep they are: what is marked, and what is named like a secret.

    A row says its name in ``key`` or ``name``; whatever stands below such a name is one too.
    """
    return _masked(value) if looks_secret(name) else _searched(value)


def _searched(value: Json) -> Json:
    if isinstance(value, str):
        return MASK if value.startswith(_HIDDEN) else value
    if isinstance(value, tuple):
        return tuple(map(_searched, value))
    if isinstance(value, JsonMap):
        return JsonMap((inner, shown(said, item)) for inner, said, item in said_names(value))
    return value


def _masked(value: Json) -> Json:
    """Texts and numbers masked, at every depth; an expression only says where a secret is kept."""
    if isinstance(value, str):
        return MASK if value.startswith(_HIDDEN) or holds_secret(value) else value
    if isinstance(value, tuple):
        return tuple(map(_masked, value))
    if isinstance(value, JsonMap):
        return JsonMap((key, _masked(item)) for key, item in value.items())
    return value if value is None or isinstance(value, bool) else MASK
