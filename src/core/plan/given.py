"""The settings of one stage as it receives them: resolved values behind typed readers."""

from collections.abc import Iterator, Mapping

from ..errors import InvalidValueError
from ..values import EMPTY_MAP, Json, JsonMap, PlainJson, thaw


class Given(Mapping[str, Json]):
    """Settings by raw name, defaults included. Every reader gives its default for a missing or null value.

    Expressions that the engine evaluates at start are values already; those that a stage evaluates itself are text.
    """

    __slots__ = ("_values",)

    def __init__(self, values: JsonMap = EMPTY_MAP) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Json:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        """The names only: values may be secret."""
        return f"Given({list(self._values)!r})"

    def __reduce__(self) -> tuple[type["Given"], tuple[JsonMap]]:
        return (Given, (self._values,))

    def text(self, name: str, default: str = "") -> str:
        """A text; numbers and flags in their JSON form."""
        value = self._values.get(name)
        if isinstance(value, str):
            return value
        if value is None:
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A truth value."""
        value = self._values.get(name)
        if isinstance(value, str):
            return value.lower() == "true"
        return value if isinstance(value, bool) else default

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number.

        Raises:
            InvalidValueError: for something else.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise InvalidValueError(name, value, "a whole number") from None

    def number(self, name: str, default: float = 0.0) -> float:
        """A number.

        Raises:
            InvalidValueError: for something else.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return default
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise InvalidValueError(name, value, "a number") from None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self._values.get(name)
        if isinstance(value, str):
            return (value,) if value else ()
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()

    def rows(self, name: str) -> "tuple[Given, ...]":
        """A list of beans, each as settings."""
        value = self._values.get(name)
        return tuple(Given(item) for item in value if isinstance(item, JsonMap)) if isinstance(value, tuple) else ()

    def pairs(self, name: str) -> dict[str, str]:
        """A map setting (a list of ``{key, value}`` in documents), in order."""
        value = self._values.get(name)
        if isinstance(value, JsonMap):
            return {key: Given(value).text(key) for key in value}
        rows = self.rows(name)
        return {row.text("key"): row.text("value") for row in rows}

    def under(self, prefix: str) -> "Given":
        """The settings whose name starts with ``prefix``, without it."""
        cut = len(prefix)
        return Given(JsonMap({name[cut:]: value for name, value in self._values.items() if name.startswith(prefix)}))

    def plain(self) -> dict[str, PlainJson]:
        """Everything as fresh plain JSON."""
        return {name: thaw(value) for name, value in self._values.items()}


NOTHING_GIVEN = Given()
