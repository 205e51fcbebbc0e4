"""Tables that say how each key of a document maps to an attribute, and one decode/encode pair that reads them.

A key that is written in an unusual way is kept raw beside its decoded value and goes out raw again as long as the
value is unchanged; unknown keys are kept in ``extra``; the key order is kept. So every document goes out as it came.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import attrs

from ..errors import FormatError
from ..values import EMPTY_MAP, Json, JsonMap, PlainJson, freeze, kind_word, shared, thaw
from .model import NO_SHAPE, Shape

T = TypeVar("T")


class Odd(Exception):
    """Raised by a reader: the raw value has an unusual form; ``value`` is what it means."""

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


@attrs.frozen
class Key(Generic[T]):
    """One key of a document object.

    ``read`` turns the raw value into the attribute (or raises ``Odd``, or ValueError with the reason),
    ``write`` turns it back, ``absent`` is the attribute's value when the key is not there.
    """

    name: str
    attribute: str
    read: Callable[[Any, str], T]
    write: Callable[[T], PlainJson]
    absent: T


_KEY_ORDERS: dict[tuple[str, ...], tuple[str, ...]] = {}


def decode_object(raw: object, keys: Mapping[str, Key[Any]], source: str, path: str) -> dict[str, Any]:
    """The attributes (with ``extra`` and ``shape``) that a document object stands for.

    Raises:
        FormatError: naming file and path, when a value cannot be what it should be.
    """
    if not isinstance(raw, Mapping):
        raise FormatError(source, path, f"expected an object, found {kind_word(raw)}")
    values: dict[str, Any] = {}
    extra: dict[str, Json] = {}
    odd: dict[str, Json] = {}
    for name, value in raw.items():
        key = keys.get(name)
        try:
            if key is None:
                extra[name] = freeze(value)
            else:
                values[key.attribute] = key.read(value, f"{path}/{name}")
        except Odd as unusual:
            values[keys[name].attribute] = unusual.value
            odd[name] = freeze(value)
        except FormatError as error:
            raise FormatError(source, error.path, error.reason) from None
        except (ValueError, TypeError) as error:
            raise FormatError(source, f"{path}/{name}", str(error)) from None
    order = tuple(raw)
    values["extra"] = JsonMap(extra) if extra else EMPTY_MAP
    values["shape"] = Shape(_KEY_ORDERS.setdefault(order, order), JsonMap(odd) if odd else EMPTY_MAP)
    if len(_KEY_ORDERS) > 4096:
        _KEY_ORDERS.clear()
    return values


def encode_object(value: Any, keys: Mapping[str, Key[Any]], canonical: tuple[str, ...]) -> dict[str, PlainJson]:
    """The document object of ``value``: keys in the order they came, then new ones in ``canonical`` order.

    A value that came from no file has every canonical key; one that came from a file gets a key that the file left
    out only when the attribute says something by now.
    """
    shape: Shape = value.shape
    extra: JsonMap = value.extra
    from_file = shape is not NO_SHAPE
    made: dict[str, PlainJson] = {}
    for name in shape.keys:
        key = keys.get(name)
        if key is not None:
            made[name] = _written(value, key, shape.odd)
        elif name in extra:
            made[name] = thaw(extra[name])
    for name in canonical:
        key = keys[name]
        if name not in made and (not from_file or getattr(value, key.attribute) != key.absent):
            made[name] = key.write(getattr(value, key.attribute))
    for name, item in extra.items():
        if name not in made:
            made[name] = thaw(item)
    return made


def _written(value: Any, key: Key[Any], odd: JsonMap) -> PlainJson:
    current = getattr(value, key.attribute)
    if key.name in odd:
        raw = thaw(odd[key.name])
        try:
            meant = key.read(raw, "")
        except Odd as unusual:
            meant = unusual.value
        if meant == current:
            return raw
    return key.write(current)


# --- readers and writers shared by the tables -------------------------------------------------------------------------


def read_text(raw: object, path: str) -> str:
    """Text; null means empty, a number means its digits."""
    if isinstance(raw, str):
        return shared(raw)
    if raw is None:
        raise Odd("")
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        raise Odd(str(raw))
    raise ValueError(f"expected text, found {kind_word(raw)}")


def read_optional_text(raw: object, path: str) -> str | None:
    """Text or null."""
    return None if raw is None else read_text(raw, path)


def read_int(raw: object, path: str) -> int:
    """A whole number; a text of digits means that number."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lstrip("-").isdigit() and len(raw) < 20:
        raise Odd(int(raw))
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 2**53:
        raise Odd(int(raw))
    found = f"{raw!r:.40}" if isinstance(raw, (str, float)) else kind_word(raw)
    raise ValueError(f"expected a whole number, found {found}")


def read_optional_int(raw: object, path: str) -> int | None:
    """A whole number or null."""
    return None if raw is None else read_int(raw, path)


def read_texts(raw: object, path: str) -> tuple[str, ...]:
    """A list of texts; null means empty."""
    if raw is None:
        raise Odd(())
    if not isinstance(raw, (list, tuple)):
        raise ValueError(f"expected a list of texts, found {kind_word(raw)}")
    for index, item in enumerate(raw):
        if not isinstance(item, str):
            raise FormatError("", f"{path}/{index}", f"expected text, found {kind_word(item)}")
    return tuple(raw)


def read_map(raw: object, path: str) -> JsonMap:
    """An object; null means empty."""
    if raw is None:
        raise Odd(EMPTY_MAP)
    frozen = freeze(raw)
    if isinstance(frozen, JsonMap):
        return frozen
    raise ValueError(f"expected an object, found {kind_word(raw)}")


def read_optional_map(raw: object, path: str) -> JsonMap | None:
    """An object or null."""
    return None if raw is None else read_map(raw, path)


def write_texts(value: tuple[str, ...]) -> PlainJson:
    """A fresh list."""
    return list(value)


def write_plain(value: Any) -> PlainJson:
    """A text, number or null as it is; a frozen value in its plain form."""
    return thaw(value)


def table(*keys: Key[Any]) -> dict[str, Key[Any]]:
    """Keys by name."""
    return {key.name: key for key in keys}
