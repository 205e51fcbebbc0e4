"""The one door to the expression language: what is wrong with the expressions of a text, as sentences."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs

from ..catalogue.definitions import SettingDefinition
from ..errors import nearest
from ..flow.credentials import looks_secret
from ..values import EMPTY_MAP

if TYPE_CHECKING:
    from ..el import Scope

ALWAYS = ("Base64EL", "FileEL", "JvmEL", "MathEL", "RuntimeEL", "StringEL", "PipelineEL", "JobEL", "SdcEL")
"""The function sets that every setting may use."""
FOR_CREDENTIALS = ("CredentialEL", "VaultEL")
"""The function sets that credentials may use as well."""
FOREIGN = frozenset({"avro", "drift", "offset", "alert", "field", "value", "map", "asFields", "previousPath"})
"""Prefixes and functions of stages that penstock does not run; their calls are not judged."""
VARIABLES = frozenset({"fields", "error", "record", "OFFSET", "PATTERN", "startAt"})
"""Names that some stages give to their expressions."""
OUTSIDE = frozenset({"runtime", "credential", "vault", "drift", "alert", "offset", "field", "avro"})
"""Prefixes of functions whose answer only an engine knows."""
MOST_HINTS = 20
"""How many unknown names of a validation get the nearest known ones: looking for them takes milliseconds."""
UNTOLD = object()
"""Stands for a value that is not known before the start."""


def has_expression(text: str) -> bool:
    """True when a text holds an expression."""
    return "${" in text


@attrs.frozen(eq=False)
class Language:
    """What the expressions of one flow may use.

    ``parameters`` has the values of the flow's parameters by name; names that begin as one of ``beginnings`` are
    parameters too, of sets of which no more is known. ``classes`` are the function sets of the catalogue; without them
    every function may be used everywhere.
    """

    parameters: Mapping[str, object] = EMPTY_MAP
    beginnings: tuple[str, ...] = ()
    classes: Mapping[str, object] = EMPTY_MAP
    _functions: dict[str, frozenset[str]] = attrs.field(factory=dict, init=False, repr=False)
    _hints: dict[str, str] = attrs.field(factory=dict, init=False, repr=False)

    def faults(self, text: str, setting: SettingDefinition | None = None) -> tuple[str, ...]:
        """What no parameter mends: expressions that cannot be read, functions that there are not.

        For a ``setting``, also functions of sets that it does not have.
        """
        parsed = _parsed(text)
        if parsed.reason:
            return (parsed.reason,)
        problems = dict.fromkeys(self._call_problem(name, count, setting) for name, count in parsed.calls)
        return tuple(filter(None, problems))

    def unknown(self, text: str) -> tuple[str, ...]:
        """The names that are neither parameters nor constants."""
        names = dict.fromkeys(name for name in _parsed(text).names if not self._has(name))
        return tuple(
            f"{name!r} is neither a parameter nor a constant{self._hint(name, self.parameters)}" for name in names
        )

    def problems(self, text: str, setting: SettingDefinition | None = None) -> tuple[str, ...]:
        """Faults and unknown names."""
        return self.faults(text, setting) or self.unknown(text)

    def misfit(self, text: str, fits: Callable[[Any], object], *, with_record: bool = False) -> str:
        """Why a text without problems gives no value, or none that ``fits``, which raises for it; empty when it does.

        What depends on the engine is not judged. ``with_record`` evaluates for a record without fields.
        """
        from ..el import EvaluationError, Scope

        scope = Scope(parameters=self.parameters, parameters_first=True)
        try:
            value = self._value(text, _with_record(scope) if with_record else scope, with_record)
            if value is not UNTOLD:
                fits(value)
        except EvaluationError as error:
            # the reason shows values of parameters
            secret = any(looks_secret(name) for name in _parsed(text).names)
            return "its value does not fit" if secret else str(error)
        return ""

    def _value(self, text: str, scope: "Scope", with_record: bool) -> object:
        from ..el import compile_text, function_names

        known, parsed = function_names(), _parsed(text)
        for name, _ in parsed.calls:
            found = known.get(name)
            if found is None or name.partition(":")[0] in OUTSIDE or (found.scoped and not with_record):
                return UNTOLD
        if any(not self._is_told(name) for name in parsed.names):
            return UNTOLD
        return compile_text(text)(scope)

    def _has(self, name: str) -> bool:
        return self._is_constant(name) or name in self.parameters or name.startswith(self.beginnings)

    def _is_constant(self, name: str) -> bool:
        from ..el.functions import CONSTANTS

        return name in CONSTANTS or name in VARIABLES

    def _is_told(self, name: str) -> bool:
        """True when the value of a name is known: a plain one, and no variable of a stage."""
        if name not in self.parameters:
            return self._is_constant(name) and name not in VARIABLES
        value = self.parameters[name]
        return isinstance(value, (bool, int, float)) or (isinstance(value, str) and not has_expression(value))

    def _call_problem(self, name: str, count: int, setting: SettingDefinition | None) -> str:
        """What is wrong with a function call; empty when nothing is."""
        from ..el import function_names

        if setting is not None and self._is_elsewhere(name, setting):
            return f"{name} cannot be used in this setting"
        known = function_names()
        found = known.get(name)
        if found is None:
            if name.partition(":")[0] in FOREIGN or name in FOREIGN:
                return ""
            return f"there is no function {name}{self._hint(name, known)}"
        if count != len(found.parameters):
            return f"{name} takes {len(found.parameters)} argument(s), not {count}"
        return ""

    def _is_elsewhere(self, name: str, setting: SettingDefinition) -> bool:
        """True for a function of the catalogue that is in none of the sets of a setting."""
        if not self._functions:
            self._functions.update({each: _names_in(made) for each, made in self.classes.items()})
        sets = (*ALWAYS, *setting.el_sets, *(FOR_CREDENTIALS if setting.is_credential else ()))
        if any(name in self._functions.get(each, ()) for each in sets):
            return False
        return any(name in names for names in self._functions.values())

    def _hint(self, name: str, known: Iterable[str]) -> str:
        if name not in self._hints:
            near = nearest(name, list(known)) if len(self._hints) < MOST_HINTS else ()
            self._hints[name] = f"; did you mean {' or '.join(near)}?" if near else ""
        return self._hints[name]


@attrs.frozen
class _Parsed:
    """What an expression names: functions with the number of their arguments, and other names."""

    reason: str = ""
    calls: tuple[tuple[str, int], ...] = ()
    names: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def _parsed(text: str) -> _Parsed:
    from ..el import ElError, calls_of, names_of, parse_template

    try:
        nodes = [part for part in parse_template(text).parts if not isinstance(part, str)]
    except ElError as error:
        return _Parsed(error.reason)
    calls = tuple((call.name, len(call.arguments)) for node in nodes for call in calls_of(node))
    return _Parsed("", calls, tuple(name for node in nodes for name in names_of(node)))


def _names_in(made: object) -> frozenset[str]:
    """The functions of a set, as the catalogue has it."""
    rows = made.get("functions") if isinstance(made, Mapping) else None
    return frozenset(str(row["name"]) for row in rows or () if isinstance(row, Mapping) and "name" in row)


def _with_record(scope: "Scope") -> "Scope":
    from ..records.record import Record

    return attrs.evolve(scope, record=Record())
