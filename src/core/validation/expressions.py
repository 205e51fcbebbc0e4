"""The one door to the expression parser: what is wrong with the expressions of a text, as sentences."""

import re
from collections.abc import Iterable
from functools import lru_cache

from ..catalogue.definitions import SettingDefinition

Names = frozenset[str]
ALWAYS = ("Base64EL", "FileEL", "JvmEL", "MathEL", "RuntimeEL", "StringEL", "PipelineEL", "JobEL", "SdcEL")
"""The function sets that every setting may use."""
FOR_CREDENTIALS = ("CredentialEL", "VaultEL")
"""The function sets that credentials may use as well."""
_NAME = re.compile(r"\w+")


def has_expression(text: str) -> bool:
    """True when a text holds an expression."""
    return "${" in text


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
    return () if text.count("}") >= text.count("${") else ("an expression is not closed with }",)
