"""The settings of one component: names with frozen JSON values, in document order, without losing odd entries."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from ..errors import FormatError
from ..values import LONGEST_SHARED, Json, JsonMap, PlainJson, freeze, kind_key, kind_word, same, shared, thaw

Entry: TypeAlias = "tuple[str, Json] | tuple[str, Json, JsonMap]"
"""Name and value; the third part, where there is one, is an entry of the file with more or other keys than these."""


class Settings(Mapping[str, Json]):
    """Immutable settings. A name that occurs twice keeps both entries in the file; the last one counts.

    Equality and hash mean content: the order does not count, the kind of a number does.
    """

    __slots__ = ("_entries", "_hash", "_last")

    _entries: tuple[Entry, ...]
    _last: dict[str, int]
    _hash: int | None

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        object.__setattr__(self, "_entries", tuple(entries))
        object.__setattr__(self, "_last", _positions(self._entries))
        object.__setattr__(self, "_hash", None)

    @classmethod
    def of(cls, values: Mapping[str, object]) -> "Settings":
        """Settings from plain values, in the order of the mapping."""
        return cls((name, freeze(value)) for name, value in values.items())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry in document order, doubles included."""
        return self._entries

    def __getitem__(self, name: str) -> Json:
        return self._entries[self._last[name]][1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def __contains__(self, name: object) -> bool:
        return name in self._last

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Settings cannot be changed (tried to set {name!r}); use with_values")

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Settings):
            return NotImplemented
        if len(self._last) != len(other._last):
            return False
        return all(name in other._last and same(self[name], other[name]) for name in self._last)

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(frozenset((name, kind_key(self[name])) for name in self._last)))
        assert self._hash is not None
        return self._hash

    def __repr__(self) -> str:
        """The names only: values may be secret."""
        return f"Settings({list(self._last)!r})"

    def __reduce__(self) -> tuple[type["Settings"], tuple[tuple[Entry, ...]]]:
        return (Settings, (self._entries,))

    def with_values(self, values: Mapping[str, object]) -> "Settings":
        """These settings with new values; nothing else changes, new names go to the end; itself if nothing changes."""
        entries = list(self._entries)
        changed = False
        for name, plain in values.items():
            value = freeze(plain)
            at = self._last.get(name)
            if at is None:
                entries.append((name, value))
            elif same(entries[at][1], value):
                continue
            else:
                entries[at] = _with_value(entries[at], value)
            changed = True
        return Settings(entries) if changed else self

    def mapped(self, change: Callable[[str, Json], Json]) -> "Settings":
        """These settings with what ``change`` makes of each name and value, doubles too; itself if nothing changes."""
        entries = tuple(_with_value(entry, change(entry[0], entry[1])) for entry in self._entries)
        same_values = all(new is old for new, old in zip(entries, self._entries, strict=True))
        return self if same_values else Settings(entries)

    def without(self, *names: str) -> "Settings":
        """The settings without these names."""
        return Settings(entry for entry in self._entries if entry[0] not in names)


def _with_value(entry: Entry, value: Json) -> Entry:
    if value is entry[1]:
        return entry
    return (entry[0], value) if len(entry) == 2 else (entry[0], value, entry[2].set("value", value))


# Flows are alike: the same kinds of stages with the same defaults. What is equal is held once, so that thousands of
# flows fit into little memory.
_POSITIONS: dict[tuple[str, ...], dict[str, int]] = {}
_ENTRIES: dict[tuple[str, type, object], Entry] = {}
_SHORT_KINDS = frozenset({str, int, bool, type(None)})
_MOST_POSITIONS, _MOST_ENTRIES = 4096, 50_000


def _positions(entries: tuple[Entry, ...]) -> dict[str, int]:
    """Name -> position of the last entry with it; shared, so nobody may change it."""
    names = tuple([entry[0] for entry in entries])
    known = _POSITIONS.get(names)
    if known is None:
        if len(_POSITIONS) >= _MOST_POSITIONS:
            _POSITIONS.clear()
        known = _POSITIONS.setdefault(names, {name: at for at, name in enumerate(names)})
    return known


def _entry(name: str, value: PlainJson) -> Entry:
    """The entry of a setting; the one that is held already for the name and value, where the value is short.

    Of numbers only whole ones are looked up: 0.0 and -0.0 are equal, and two values.
    """
    kind = value.__class__
    if kind not in _SHORT_KINDS or (kind is str and len(value) > LONGEST_SHARED):  # type: ignore[arg-type]
        return (shared(name), freeze(value))
    key = (name, kind, value)
    known = _ENTRIES.get(key)
    if known is None:
        if len(_ENTRIES) >= _MOST_ENTRIES:
            _ENTRIES.clear()
        known = _ENTRIES[key] = (shared(name), freeze(value))
    return known


EMPTY_SETTINGS = Settings()


_USUAL = ("name", "value")


def decode_settings(entries: object, path: str = "") -> Settings:
    """Settings from a document's list of ``{name, value}``.

    Raises:
        FormatError: it is no such list; with the path of the entry that is none.
    """
    if not isinstance(entries, (list, tuple)):
        raise FormatError("", path, f"expected a list of {{name, value}}, found {kind_word(entries)}")
    made: list[Entry] = []
    for index, raw in enumerate(entries):
        # dict is a Mapping, too, but asked for first it is found in a tenth of the time
        if isinstance(raw, (dict, Mapping)) and tuple(raw) == _USUAL and isinstance(raw["name"], str):
            made.append(_entry(raw["name"], raw["value"]))
        else:
            made.append(_unusual_entry(raw, f"{path}/{index}"))
    return Settings(made)


def _unusual_entry(raw: object, path: str) -> Entry:
    if not isinstance(raw, Mapping):
        raise FormatError("", path, f"expected {{name, value}}, found {kind_word(raw)}")
    name = raw.get("name")
    if not isinstance(name, str):
        found = kind_word(name) if "name" in raw else "none"
        raise FormatError("", f"{path}/name", f"expected the name of a setting, found {found}")
    odd = freeze(raw)
    assert isinstance(odd, JsonMap)
    return (name, odd.get("value"), odd)


def encode_settings(settings: Settings) -> list[PlainJson]:
    """The document's list of ``{name, value}``; everything in it is fresh."""
    return [
        {"name": entry[0], "value": thaw(entry[1])} if len(entry) == 2 else thaw(entry[2]) for entry in settings.entries
    ]
