"""Configuration: the settings of a flow or a stage, read and set like a dict, by either of their names."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from ..core.edit import settings as edits
from ..core.errors import UnsupportedError
from ..core.flow.credentials import MASK
from ..core.flow.credentials import is_secret as secret_setting
from ..core.values import Json
from .results import shown


class Configuration(MutableMapping[str, Any]):
    """Settings by human-readable or raw name. Reading gives the value, or the default where the file has none."""

    def __init__(
        self,
        read: Callable[[str], tuple[Json, bool]],
        write: Callable[[Mapping[str, object]], None],
        names: Callable[[], Iterable[str]],
    ) -> None:
        self._read, self._write, self._names = read, write, names

    def __getitem__(self, name: str) -> Any:
        return shown(self._read(name)[0])

    def __setitem__(self, name: str, value: object) -> None:
        self._write({name: value})

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
        held = {name: self._masked(name) for name in self}
        return json.dumps(held, indent=2, ensure_ascii=False)

    def _masked(self, name: str) -> Any:
        value, secret = self._read(name)
        return MASK if secret and value not in (None, "") and "${" not in str(value) else shown(value)

    def _repr_html_(self) -> str:
        from .showing import html_table

        return html_table(("setting", "value"), ((name, self._masked(name)) for name in self))

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)


def is_secret(place: edits.Place) -> bool:
    """True when a setting holds a credential."""
    return secret_setting(place.name, place.definition)
