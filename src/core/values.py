"""Immutable JSON values: what documents, settings and catalogue entries are made of.

Objects become ``JsonMap``, arrays become tuples. Unlike plain Python, ``1``, ``1.0`` and ``True`` are three different
values here, because a flow file keeps them apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import TypeAlias, cast

JsonScalar: TypeAlias = "bool | int | float | str | None"
Json: TypeAlias = "JsonScalar | tuple[Json, ...] | JsonMap"
"""A frozen JSON value."""
PlainJson: TypeAlias = "JsonScalar | list[PlainJson] | dict[str, PlainJson]"
"""A JSON value as the ``json`` module makes it."""


class JsonMap(Mapping[str, Json]):
    """An immutable JSON object that keeps its key order; equality ignores the order, but not the kind of numbers."""

    __slots__ = ("_hash", "_items", "_plain")

    _items: dict[str, Json]
    _hash: int | None
    _plain: object

    def __init__(self, items: Mapping[str, Json] | Iterable[tuple[str, Json]] = ()) -> None:
        object.__setattr__(self, "_items", dict(items))
        object.__setattr__(self, "_hash", None)

    def __getitem__(self, key: str) -> Json:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a JsonMap cannot be changed (tried to set {name!r}); make a new one")

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, JsonMap):
            return NotImplemented
        return same(self, other)

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(
                self, "_hash", hash(frozenset((key, kind_key(value)) for key, value in self._items.items()))
            )
        return cast(int, self._hash)

    def __repr__(self) -> str:
        return f"JsonMap({self._items!r})"

    def __reduce__(self) -> tuple[type["JsonMap"], tuple[dict[str, Json]]]:
        return (JsonMap, (self._items,))

    def set(self, key: str, value: Json) -> "JsonMap":
        """The same object with ``key`` set; a new key goes to the end."""
        return JsonMap({**self._items, key: value})

    def without(self, key: str) -> "JsonMap":
        """The same object without ``key``; itself when the key is not there."""
        return JsonMap({k: v for k, v in self._items.items() if k != key}) if key in self._items else self


EMPTY_MAP = JsonMap()


_TEXTS: dict[str, str] = {}
_MOST_TEXTS, LONGEST_SHARED = 50_000, 100


def shared(text: str) -> str:
    """The text, held once for all that are equal: documents say the same short words again and again."""
    if len(text) > LONGEST_SHARED:
        return text
    if len(_TEXTS) >= _MOST_TEXTS:
        _TEXTS.clear()
    return _TEXTS.setdefault(text, text)


def freeze(value: object) -> Json:
    """The frozen form of a plain JSON value (or of one that is frozen already).

    Raises:
        TypeError: for anything that JSON cannot hold; it does not show the value.
    """
    if type(value) is str:
        return shared(value)
    if value is None or isinstance(value, (str, bool, int, float, JsonMap)):
        return value
    if isinstance(value, Mapping):
        return JsonMap({_key(key): freeze(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a JSON object has text keys only, not {key!r:.80}")
    return key


def kind_word(value: object) -> str:
    """What a value is, in the words of JSON: ``an object``, ``a list``, ``text``, ``a number``, ``true``, ``null``."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return "text"
    if isinstance(value, (int, float)):
        return "a number"
    return "an object" if isinstance(value, Mapping) else "a list"


def thaw(value: Json) -> PlainJson:
    """The plain form (dicts and lists, all fresh) of a frozen value."""
    if isinstance(value, JsonMap):
        return {key: thaw(item) for key, item in value._items.items()}
    if isinstance(value, tuple):
        return [thaw(item) for item in value]
    return value


def has_json_form(value: Json) -> bool:
    """False for infinity and not-a-number, and for what they stand in: JSON has no word for them."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, JsonMap):
        return all(map(has_json_form, value._items.values()))
    return not isinstance(value, tuple) or all(map(has_json_form, value))


def same(left: Json, right: Json) -> bool:
    """True when both are the same JSON: order of keys does not count, the kind of a number does."""
    if left is right:
        return True
    if isinstance(left, JsonMap):
        if not isinstance(right, JsonMap) or len(left) != len(right):
            return False
        theirs = right._items
        return all(key in theirs and same(value, theirs[key]) for key, value in left._items.items())
    if isinstance(left, tuple):
        return (
            isinstance(right, tuple)
            and len(left) == len(right)
            and all(same(a, b) for a, b in zip(left, right, strict=True))
        )
    return type(left) is type(right) and left == right


def kind_key(value: Json) -> object:
    """A hashable stand-in for ``value`` that differs where ``same`` says different."""
    if isinstance(value, (bool, int, float)):
        return (type(value).__name__, value)
    if isinstance(value, tuple):
        return tuple(kind_key(item) for item in value)
    return value
