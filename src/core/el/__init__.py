"""The expression language: parsed once, compiled once per plan, evaluated per record."""

from .compile import Evaluate, calls_of, compile_text, interpret, names_of
from .errors import ElError, EvaluationError
from .functions import function_names
from .nodes import Node, Template
from .parse import parse, parse_template, unparse
from .scope import Facts, Scope, known

__all__ = [
    "ElError",
    "EvaluationError",
    "Evaluate",
    "Facts",
    "Node",
    "Scope",
    "Template",
    "calls_of",
    "compile_text",
    "function_names",
    "interpret",
    "is_expression",
    "known",
    "names_of",
    "parse",
    "parse_template",
    "unparse",
]


def is_expression(text: str) -> bool:
    """True when a text holds an expression."""
    return "${" in text
