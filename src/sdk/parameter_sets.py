"""Parameter sets: editable handles, and what a streaming flow may use of them."""

import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import attrs

from ..core.errors import InvalidValueError, NameInUseError, NotFoundError, UnsupportedError, nearest
from ..core.project import Parameter, StoredParameterSet, ValueSet
from ..core.project import ParameterSet as ParameterSetValue
from ..core.values import Json, freeze
from .attributes import KnownAttributes
from .results import SeekableList, shown

if TYPE_CHECKING:
    from .session import Session

PARAMETER_TYPES = (
    "string",
    "int64",
    "sfloat",
    "enum",
    "date",
    "time",
    "timestamp",
    "path",
    "encrypted",
    "multilinestring",
    "email",
)
STRING = "string"
PROJDEF = "PROJDEF"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ParameterSet(KnownAttributes):
    """A parameter set of a project; edits take effect with ``project.update_parameter_set``."""

    def __init__(self, session: "Session", stored: StoredParameterSet) -> None:
        self._session = session
        self._stored = stored
        self._value = stored.value

    @property
    def stored(self) -> StoredParameterSet:
        """The set as it was stored last."""
        return self._stored

    def _took(self, stored: StoredParameterSet) -> None:
        self._stored, self._value = stored, stored.value

    @property
    def value(self) -> ParameterSetValue:
        """The set as a frozen value, edits included."""
        return self._value

    @property
    def parameter_set_id(self) -> str:
        """The id of the set in its project."""
        return self._stored.parameter_set_id

    @property
    def name(self) -> str:
        """The name, unique in the project."""
        return self._value.name

    @name.setter
    def name(self, name: str) -> None:
        self._value = attrs.evolve(self._value, name=checked_set_name(name))

    @property
    def description(self) -> str:
        """The description."""
        return self._value.description

    @description.setter
    def description(self, text: str) -> None:
        if not isinstance(text, str):
            raise InvalidValueError("parameter set description", text, "a text")
        self._value = attrs.evolve(self._value, description=text)

    @property
    def parameters(self) -> SeekableList[Parameter]:
        """The parameters in order."""
        return SeekableList(self._value.parameters, "parameter")

    @property
    def value_sets(self) -> SeekableList[ValueSet]:
        """Named choices of other values; streaming flows do not use them."""
        return SeekableList(self._value.value_sets, "value set")

    def add_parameter(
        self, parameter_type: str = STRING, name: str = "", value: object = "", description: str = ""
    ) -> Self:
        """Adds a parameter.

        Raises:
            InvalidValueError: an unknown type, or a name that expressions could not use.
            NameInUseError: the set has a parameter of this name.
        """
        word = getattr(parameter_type, "value", parameter_type)
        if word not in PARAMETER_TYPES:
            near = nearest(str(word), PARAMETER_TYPES)
            raise InvalidValueError("parameter_type", parameter_type, ", ".join(PARAMETER_TYPES), near)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise InvalidValueError("parameter name", name, "a letter or underscore, then letters, digits, underscores")
        if any(each.name == name for each in self._value.parameters):
            raise NameInUseError("parameter", name, f"parameter set {self.name!r}")
        made = Parameter(name, word, _parameter_value(value, name, word), description)
        self._value = attrs.evolve(self._value, parameters=(*self._value.parameters, made))
        return self

    def remove_parameter(self, name: "str | Parameter") -> Self:
        """Removes a parameter. Raises NotFoundError with the nearest names."""
        wanted = name.name if isinstance(name, Parameter) else name
        known = self._known(wanted)
        kept = tuple(each for each in self._value.parameters if each.name != known.name)
        self._value = attrs.evolve(self._value, parameters=kept)
        return self

    def set_value(self, name: str, value: object) -> Self:
        """Gives a parameter another value. Raises NotFoundError with the nearest names."""
        known = self._known(name)
        changed = attrs.evolve(known, value=_parameter_value(value, name, known.type))
        kept = tuple(changed if each.name == name else each for each in self._value.parameters)
        self._value = attrs.evolve(self._value, parameters=kept)
        return self

    def add_value_set(self, name: str, values: Mapping[str, object]) -> Self:
        """Adds a value set; every key must be a parameter."""
        for key in values:
            self._known(key)
        frozen = freeze(dict(values))
        made = ValueSet(name, frozen)  # type: ignore[arg-type]
        self._value = attrs.evolve(self._value, value_sets=(*self._value.value_sets, made))
        return self

    def _known(self, name: str) -> Parameter:
        found = next((each for each in self._value.parameters if each.name == name), None)
        if found is None:
            near = nearest(str(name), [each.name for each in self._value.parameters])
            raise NotFoundError("parameter", str(name), near, f"parameter set {self.name!r}")
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParameterSet) and other.parameter_set_id == self.parameter_set_id

    def __hash__(self) -> int:
        return hash(self.parameter_set_id)

    def _facts_(self) -> dict[str, object]:
        return {"name": self.name, "parameters": len(self._value.parameters), "description": self.description}

    def _repr_html_(self) -> str:
        from .showing import facts_of, html_records

        return html_records(map(facts_of, self._value.parameters), f"{self.name} {self.description}".strip())

    def __repr__(self) -> str:
        shown_parameters = [_shown_parameter(each) for each in self._value.parameters]
        return (
            f"ParameterSet(name={self.name!r}, parameters=[{', '.join(shown_parameters)}], "
            f"description={self.description!r}, value_sets={[each.name for each in self._value.value_sets]!r})"
        )


def _shown_parameter(parameter: Parameter) -> str:
    value = "********" if parameter.type == "encrypted" else shown(parameter.value)
    return f"Parameter(name={parameter.name!r}, type={parameter.type!r}, value={value!r})"


def _parameter_value(value: object, name: str, word: str) -> Json:
    try:
        frozen = freeze(value)
    except TypeError:
        raise InvalidValueError(f"value of parameter {name}", value, "a JSON value") from None
    if word == STRING and frozen is not None and not isinstance(frozen, str):
        raise InvalidValueError(f"value of parameter {name}", value, "a text, as its type is string")
    return frozen


def checked_set_name(name: object) -> str:
    """A name that can be the first half of ``set__parameter`` in an expression.

    Raises:
        InvalidValueError: for anything else.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidValueError("parameter set name", name, "a letter or underscore, then letters, digits, underscores")
    return name


def parameter_constants(value: ParameterSetValue) -> dict[str, object]:
    """The constants that a streaming flow gets from a parameter set.

    Raises:
        UnsupportedError: naming what streaming flows cannot use.
    """
    if value.name == PROJDEF:
        raise UnsupportedError("the PROJDEF parameter set in a streaming flow", "Make a parameter set of its own.")
    wrong = [f"{each.name} ({each.type})" for each in value.parameters if each.type != STRING]
    if wrong:
        raise UnsupportedError(
            f"the parameter set {value.name!r} in a streaming flow",
            f"Only string parameters can be used; these are not: {', '.join(wrong)}.",
        )
    if value.value_sets:
        names = ", ".join(each.name for each in value.value_sets)
        warnings.warn(f"value sets are not applied in streaming flows: {names}", UserWarning, stacklevel=4)
    return {f"{value.name}__{each.name}": shown(each.value) for each in value.parameters}
