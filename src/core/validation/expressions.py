"""The one door to the expression parser: what is wrong with the expressions of a text, as sentences."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from ..catalogue.definitions import SettingDefinition
from ..errors import nearest

if TYPE_CHECKING:
    from ..el.functions import Function

Names = frozenset[str]
ALWAYS = ("Base64EL", "FileEL", "JvmEL", "MathEL", "RuntimeEL", "StringEL", "PipelineEL", "JobEL", "SdcEL")
"""The function sets that every setting may use."""
FOR_CREDENTIALS = ("CredentialEL", "VaultEL")
"""The function sets that credentials may use as well."""
FOREIGN = frozenset({"avro", "drift", "offset", "alert", "field", "value", "map", "asFields", "previousPath"})
"""Prefixes and functions of stages that penstock does not run; their calls are not judged."""
VARIABLES = frozenset({"fields", "error", "record", "OFFSET", "PATTERN", "startAt"})
"""Names that some stages give to their expressions."""
_NAME = re.compile(r"\w+")


def has_expression(text: str) -> bool:
    """True when a text holds an expression."""
    return "${" in text


def words_of(text: str) -> Names:
    """Every word of a text."""
    return frozenset(_NAME.findall(text))


def setting_problems(text: str, setting: SettingDefinition, names: Names) -> tuple[str, ...]:
    """What is wrong with the expressions in a setting's text; ``names`` are the parameters that may be used."""
    sets = (*ALWAYS, *setting.el_sets, *(FOR_CREDENTIALS if setting.is_credential else ()))
    return expression_problems(text, sets, names)


def expression_problems(text: str, function_sets: Iterable[str], names: Names) -> tuple[str, ...]:
    """What is wrong with the expressions in a text that may use these functions and names.

    A name that ends with ``*`` stands for every name with that beginning: the parameters of a whole set.
    """
    sets = [name[:-1] for name in names if name.endswith("*")]
    if sets:
        names |= {word for word in _NAME.findall(text) if word.startswith(tuple(sets))}
    return _problems(text, tuple(function_sets), names)


@lru_cache(maxsize=8192)
def _problems(text: str, function_sets: tuple[str, ...], names: Names) -> tuple[str, ...]:
    from ..el import ElError, calls_of, function_names, names_of, parse_template
    from ..el.functions import CONSTANTS

    try:
        nodes = [part for part in parse_template(text).parts if not isinstance(part, str)]
    except ElError as error:
        return (error.reason,)
    known = function_names()
    problems: dict[str, None] = {}
    for node in nodes:
        for call in calls_of(node):
            problem = _call_problem(call.name, len(call.arguments), known)
            if problem:
                problems[problem] = None
        for name in names_of(node):
            if name not in names and name not in CONSTANTS and name not in VARIABLES:
                problems[f"{name!r} is neither a parameter nor a constant{_hint(name, names)}"] = None
    return tuple(problems)


def _call_problem(name: str, count: int, known: "Mapping[str, Function]") -> str:
    """What is wrong with a function call; empty when nothing is."""
    found = known.get(name)
    if found is None:
        if name.partition(":")[0] in FOREIGN or name in FOREIGN:
            return ""
        return f"there is no function {name}{_hint(name, known)}"
    if count != len(found.parameters):
        return f"{name} takes {len(found.parameters)} argument(s), not {count}"
    return ""


def _hint(name: str, known: Iterable[str]) -> str:
    near = nearest(name, list(known))
    return f"; did you mean {' or '.join(near)}?" if near else ""
