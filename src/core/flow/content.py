"""The content of a flow as stores keep it: two JSON texts that give the equal value back, and a digest."""

import hashlib
import json
from collections.abc import Callable
from operator import attrgetter
from typing import Any, cast

import attrs

from ..errors import FormatError, InvalidValueError
from ..values import JsonMap, PlainJson, thaw
from .document import decode_flow, encode_flow
from .json_text import parse_json
from .model import Flow
from .settings import Settings

_ASSET = (
    "name",
    "description",
    "environment_id",
    "engine_version",
    "engine_type",
    "parameter_sets",
    "connection_ids",
    "fragment_ids",
    "fragment",
)
_LISTS = ("parameter_sets", "connection_ids", "fragment_ids")


@attrs.frozen
class Content:
    """A flow as text, pure ASCII: ``asset`` is what the project knows of it, ``document`` its pipeline document."""

    asset: str = attrs.field(repr=False)
    document: str = attrs.field(repr=False)

    @property
    def size_bytes(self) -> int:
        """How much a store keeps for it."""
        return len(self.asset) + len(self.document)


def write_content(flow: Flow) -> Content:
    """The texts of a flow; ``read_content`` gives the equal flow back.

    Raises:
        InvalidValueError: a value in it has no JSON form (not a number, infinity), or its name is no valid text.
    """
    check_name(flow.name)
    asset = {name: getattr(flow, name) for name in _ASSET}
    return Content(_dump(asset, flow), _dump(encode_flow(flow), flow))


def read_content(content: Content, source: str = "stored flow") -> Flow:
    """The flow that the texts were written from.

    Raises:
        FormatError: the texts were damaged.
    """
    asset = parse_json(content.asset, source)
    if not isinstance(asset, dict) or not set(asset) <= set(_ASSET):
        raise FormatError(source, "", "expected the parts of a stored flow")
    parts: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in asset.items()}  # type: ignore[arg-type]
    return attrs.evolve(decode_flow(parse_json(content.document, source), source), **parts)


def content_digest(flow: Flow) -> str:
    """A text that is equal exactly for equal flows, in every process: 64 hexadecimal digits."""
    return hashlib.sha256(_dump(_canonical(flow), flow, sort_keys=True).encode("ascii")).hexdigest()


def check_name(name: str, what: str = "flow name") -> None:
    """Refuses a name that no text file could hold (half of a surrogate pair).

    Raises:
        InvalidValueError: for such a name.
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidValueError(what, name, "text without halves of surrogate pairs") from None


def _dump(value: object, flow: Flow, *, sort_keys: bool = False) -> str:
    # escaped: a document may hold halves of surrogate pairs, which no database takes as text
    try:
        return json.dumps(value, sort_keys=sort_keys, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise InvalidValueError(f"flow {flow.name!r}", str(error), "values that JSON can hold") from None


def _canonical(value: object) -> PlainJson:
    """What equality looks at: no shape, no order of settings, the last of doubled settings."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Settings):
        return {name: thaw(value[name]) for name in value}
    if isinstance(value, JsonMap):
        return thaw(value)
    if isinstance(value, tuple):
        return [_canonical(item) for item in value]
    cls = type(value)
    if cls not in _COMPARED:
        _COMPARED[cls] = _compared(cls)
    names, read = _COMPARED[cls]
    return {name: _canonical(item) for name, item in zip(names, read(value), strict=True)}


def _compared(cls: type) -> "tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]":
    names = tuple(field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", cls)) if field.eq)
    return names, attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)


_COMPARED: "dict[type, tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]]" = {}
