"""The one door to the expression parser: what is wrong with the expressions of a text, as sentences."""

from collections.abc import Collection
from functools import lru_cache

from ..catalogue.definitions import SettingDefinition

Names = frozenset[str]


def has_expression(text: str) -> bool:
    """True when a text holds an expression."""
    return "${" in text


def expression_problems(text: str, setting: SettingDefinition, names: Names) -> tuple[str, ...]:
    """What is wrong with the expressions in a setting's text; ``names`` are the parameters that may be used."""
    return _problems(text, (), names)


@lru_cache(maxsize=8192)
def _problems(text: str, function_sets: tuple[str, ...], names: Names) -> tuple[str, ...]:
    depth = text.count("${")
    return () if text.count("}") >= depth else ("an expression is not closed with }",)


def names_in(texts: Collection[str]) -> Names:
    """A set of names that can be compared quickly."""
    return frozenset(texts)
