"""From expressions to Python callables, once per plan; and the plain interpreter that says what they must do."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ..errors import nearest
from .coerce import arithmetic, as_text, as_truth, compared, equal, is_empty, item, negated, plain
from .errors import ElError, EvaluationError
from .functions import CONSTANTS, Function, function, function_names
from .nodes import Binary, Call, Choice, Item, Literal, Name, Node, Template, Unary
from .parse import parse_template
from .scope import Scope

Evaluate = Callable[[Scope], Any]
_MISSING = object()


@lru_cache(maxsize=4096)
def compile_text(text: str) -> Evaluate:
    """What gives the value of a text in a scope.

    Shape: the value of a lone ``${…}``, else text with the string forms put in; a text without ``${`` is itself.

    Raises:
        ElError: it cannot be parsed, or names a function that is not there or with another number of arguments.
    """
    template = parse_template(text)
    parts = template.parts
    for part in parts:
        if not isinstance(part, str):
            _check(part, text)
    if not parts:
        return lambda _scope: ""
    if len(parts) == 1:
        only = parts[0]
        return _constant(only) if isinstance(only, str) else compiled(only)
    pieces = [_constant(part) if isinstance(part, str) else compiled(part) for part in parts]
    return lambda scope: "".join([as_text(piece(scope)) for piece in pieces])


def _constant(value: Any) -> Evaluate:
    return lambda _scope: value


def _check(node: Node, text: str) -> None:
    for call in calls_of(node):
        known = function(call.name)
        if known is None:
            near = nearest(call.name, list(function_names()))
            raise ElError(text, max(0, text.find(call.name)), f"there is no function {call.name}", near)
        if len(call.arguments) != len(known.parameters):
            count, needed = len(call.arguments), len(known.parameters)
            reason = f"{call.name} takes {needed} argument(s), not {count}"
            raise ElError(text, max(0, text.find(call.name)), reason)


def calls_of(node: Node) -> list[Call]:
    """Every function call in an expression."""
    found: list[Call] = []
    waiting: list[Node] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Call):
            found.append(each)
        waiting.extend(_children(each))
    return found


def names_of(node: Node) -> list[str]:
    """Every name in an expression that is no function."""
    found: list[str] = []
    waiting: list[Node] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Name):
            found.append(each.name)
        waiting.extend(_children(each))
    return found


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Choice):
        return (node.condition, node.yes, node.no)
    if isinstance(node, Item):
        return (node.base, node.index)
    return node.arguments if isinstance(node, Call) else ()


def compiled(node: Node) -> Evaluate:
    """The callable of one expression."""
    if isinstance(node, Literal):
        return _constant(node.value)
    if isinstance(node, Name):
        return _name(node.name)
    if isinstance(node, Unary):
        return _unary(node)
    if isinstance(node, Binary):
        return _binary(node)
    if isinstance(node, Choice):
        condition, yes, no = compiled(node.condition), compiled(node.yes), compiled(node.no)
        return lambda scope: yes(scope) if as_truth(condition(scope)) else no(scope)
    if isinstance(node, Item):
        base, index = compiled(node.base), compiled(node.index)
        return lambda scope: None if (held := plain(base(scope))) is None else item(held, index(scope))
    return _call(node)


def _name(name: str) -> Evaluate:
    if name in CONSTANTS:
        held = CONSTANTS[name]
        return lambda scope: scope.parameters.get(name, held) if scope.parameters_first else held

    def look_up(scope: Scope) -> Any:
        found = scope.parameters.get(name, _MISSING)
        if found is _MISSING:
            near = nearest(name, [*scope.parameters, *CONSTANTS])
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise EvaluationError(f"the name {name!r} is neither a parameter nor a constant{hint}")
        return found

    return look_up


def _unary(node: Unary) -> Evaluate:
    operand = compiled(node.operand)
    if node.operator == "not":
        return lambda scope: not as_truth(operand(scope))
    if node.operator == "empty":
        return lambda scope: is_empty(operand(scope))
    return lambda scope: negated(operand(scope))


def _binary(node: Binary) -> Evaluate:
    sign, left, right = node.operator, compiled(node.left), compiled(node.right)
    if sign == "and":
        return lambda scope: as_truth(left(scope)) and as_truth(right(scope))
    if sign == "or":
        return lambda scope: as_truth(left(scope)) or as_truth(right(scope))
    if sign == "==":
        return lambda scope: equal(left(scope), right(scope))
    if sign == "!=":
        return lambda scope: not equal(left(scope), right(scope))
    if sign in ("<", ">", "<=", ">="):
        return lambda scope: compared(sign, left(scope), right(scope))
    return lambda scope: arithmetic(sign, left(scope), right(scope))


def _call(node: Call) -> Evaluate:
    known = function(node.name)
    assert known is not None, node.name
    arguments = [compiled(each) for each in node.arguments]
    coerce = [known.coercion(at) for at in range(len(arguments))]
    pairs = list(zip(coerce, arguments, strict=True))
    call = known.call
    if known.scoped:
        return lambda scope: call(scope, *[to(of(scope)) for to, of in pairs])
    return lambda scope: call(*[to(of(scope)) for to, of in pairs])


def interpret(node: Node, scope: Scope) -> Any:
    """The value of an expression, found by walking it: what compiled expressions are tested against."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Name):
        return _name(node.name)(scope)
    if isinstance(node, Choice):
        return interpret(node.yes if as_truth(interpret(node.condition, scope)) else node.no, scope)
    if isinstance(node, Item):
        base = plain(interpret(node.base, scope))
        return None if base is None else item(base, interpret(node.index, scope))
    if isinstance(node, Unary):
        value = interpret(node.operand, scope)
        if node.operator == "-":
            return negated(value)
        return is_empty(value) if node.operator == "empty" else not as_truth(value)
    if isinstance(node, Call):
        known: Function | None = function(node.name)
        assert known is not None
        values = [known.coercion(at)(interpret(each, scope)) for at, each in enumerate(node.arguments)]
        return known.call(scope, *values) if known.scoped else known.call(*values)
    left = interpret(node.left, scope)
    if node.operator in ("and", "or"):
        decided = as_truth(left) != (node.operator == "and")
        return as_truth(left) if decided else as_truth(interpret(node.right, scope))
    right = interpret(node.right, scope)
    if node.operator in ("==", "!="):
        return equal(left, right) == (node.operator == "==")
    if node.operator in ("<", ">", "<=", ">="):
        return compared(node.operator, left, right)
    return arithmetic(node.operator, left, right)


__all__ = ["Evaluate", "Template", "calls_of", "compile_text", "compiled", "interpret", "names_of"]
