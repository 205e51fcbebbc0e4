"""Configuration: the settings of a flow or a stage, read and set like a dict, by either of their names."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from ..core.errors import UnknownAttributeError, UnknownSettingError, UnsupportedError, nearest
from ..core.flow.credentials import masked_rows
from ..core.values import Json
from .attributes import public_names
from .results import shown


class Configuration(MutableMapping[str, Any]):
    """Settings by human-readable or raw name, as items or as attributes.

    Reading gives the value, or the default where the file has none.
    """

    __slots__ = ("_masked", "_names", "_read", "_write")

    def __init__(
        self,
        read: Callable[[str], Json],
        write: Callable[[Mapping[str, object]], None],
        names: Callable[[], Iterable[str]],
        masked: Callable[[], Callable[[str], Json]],
    ) -> None:
        self._read, self._write, self._names, self._masked = read, write, names, masked

    def __getitem__(self, name: str) -> Any:
        return shown(self._read(name))

    def __setitem__(self, name: str, value: object) -> None:
        self._write({name: value})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except UnknownSettingError as error:
            near = nearest(name, [*error.near, *public_names(Configuration)])
            raise UnknownAttributeError("setting", name, near, error.where) from None

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
            return
        if hasattr(type(self), name):
            raise UnknownAttributeError("settable attribute", name, (), "a configuration")
        try:
            self[name] = value
        except UnknownSettingError as error:
            raise UnknownAttributeError("setting", name, error.near, error.where) from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(name for name in self if name.isidentifier())})

    def __delitem__(self, name: str) -> None:
        self._read(name)
        raise UnsupportedError(f"removing the setting {name!r}", "Set it to None or to its default instead.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(tuple(self._names()))

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        try:
            self._read(name)
        except KeyError:
            return False
        return True

    def update(self, *others: Any, **values: object) -> None:
        """Sets many at once: all are checked before the first is set, and it is one step to undo."""
        merged: dict[str, object] = {}
        for other in others:
            merged.update(other)
        merged.update(values)
        self._write(merged)

    def __repr__(self) -> str:
        return json.dumps(dict(self._shown()), indent=2, ensure_ascii=False)

    def _shown(self) -> Iterator[tuple[str, Any]]:
        """Every setting with its value, credentials masked."""
        read = self._masked()
        for name in self:
            yield name, shown(masked_rows(name, read(name)))

    def _repr_html_(self) -> str:
        from .showing import html_table

        return html_table(("setting", "value"), self._shown())

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)
