"""Scripts written for Python 2, as the original's engine runs them: today's syntax, whole quotients, lists, texts."""

import ast
import builtins
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...core.records.values import Long
from .oldtext import recoded

_FIXES = ("except", "exec", "ne", "numliterals", "print", "raise", "repr", "tuple_params")
_DIVIDED, _RECODED = "__divided__", "__recoded__"


def parsed(text: str, name: str) -> ast.Module:
    """The script as Python runs it: what is no Python 3 is read as Python 2; two whole numbers have a whole quotient.

    Raises:
        SyntaxError: it is neither. ValueError: it holds a null character.
    """
    try:
        tree = ast.parse(text, name)
    except SyntaxError as error:
        today = _today(text)
        if today is None:
            raise error from None
        tree = ast.parse(today, name)
    tree = _Texts().visit(tree)
    if not any(isinstance(each, ast.ImportFrom) and _is_exact(each) for each in tree.body):
        tree = _Quotients().visit(tree)
    made: ast.Module = ast.fix_missing_locations(tree)
    return made


def _is_exact(statement: ast.ImportFrom) -> bool:
    return statement.module == "__future__" and any(each.name == "division" for each in statement.names)


def _today(text: str) -> str | None:
    """The script in the syntax of Python 3; None when it is no Python 2."""
    from fissix.pgen2.parse import ParseError
    from fissix.pgen2.tokenize import TokenError
    from fissix.refactor import RefactoringTool

    tool = RefactoringTool([f"fissix.fixes.fix_{name}" for name in _FIXES])
    try:
        tree: Any = tool.driver.parse_string(text.rstrip() + "\n")
        for leaf in tree.leaves():
            if leaf.value[:1].isdigit() and leaf.value[-1] in "lL":
                leaf.value = f"long({leaf.value[:-1]})"
        tool.refactor_tree(tree, "script")
    except (ParseError, TokenError, RecursionError):
        return None
    return str(tree)


class _Texts(ast.NodeTransformer):
    """``a.encode(b)`` and ``a.decode(b)`` become a call."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """One of the two, or any other call."""
        self.generic_visit(node)
        verb = node.func
        if not (isinstance(verb, ast.Attribute) and verb.attr in ("encode", "decode")):
            return node
        made = ast.Call(
            ast.Name(_RECODED, ast.Load()), [verb.value, ast.Constant(verb.attr), *node.args], node.keywords
        )
        return ast.copy_location(made, node)


class _Quotients(ast.NodeTransformer):
    """``a / b`` becomes a call."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """A quotient within an expression."""
        self.generic_visit(node)
        return ast.copy_location(_call(node.left, node.right), node) if isinstance(node.op, ast.Div) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """``a /= b``."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        held = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.copy_location(ast.Assign([node.target], _call(held, node.value)), node)


def _call(left: ast.expr, right: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(_DIVIDED, ast.Load()), [left, right], [])


def _divided(left: Any, right: Any) -> Any:
    return left // right if isinstance(left, int) and isinstance(right, int) else left / right


def _cmp(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _listing(make: Callable[..., Iterable[Any]]) -> Callable[..., list[Any]]:
    return lambda *given: list(make(*given))


def _map(function: Callable[..., Any] | None, *given: Iterable[Any]) -> list[Any]:
    if function is None:
        return [each[0] if len(given) == 1 else each for each in itertools.zip_longest(*given)]
    return list(map(function, *given))


def _round(number: float, digits: int = 0) -> float:
    scaled = abs(number) * 10.0**digits
    whole = float(int(scaled + 0.5)) if scaled < 2**52 else scaled
    return (-whole if number < 0 else whole) / 10.0**digits


NAMES: dict[str, Any] = {
    _DIVIDED: _divided,
    _RECODED: recoded,
    "unicode": str,
    "basestring": str,
    "long": Long,
    "unichr": chr,
    "cmp": _cmp,
    "reduce": functools.reduce,
    "xrange": builtins.range,
    "range": _listing(range),
    "zip": _listing(zip),
    "filter": _listing(filter),
    "map": _map,
    "round": _round,
}
"""Names of Python 2, and names that mean something else today."""
LISTS: Any = (list, tuple, type({}.keys()), type({}.values()), type({}.items()), range)
"""What was a list in Python 2."""


class OldDict(dict[str, Any]):
    """A map with the verbs that it had in Python 2, and in Java."""

    def keys(self) -> list[str]:  # type: ignore[override]
        """Its names, a list."""
        return list(super().keys())

    def values(self) -> list[Any]:  # type: ignore[override]
        """Its values, a list."""
        return list(super().values())

    def items(self) -> list[tuple[str, Any]]:  # type: ignore[override]
        """Names with values, a list."""
        return list(super().items())

    def has_key(self, name: str) -> bool:
        """True when there is a value of that name."""
        return name in self

    containsKey = has_key

    def iterkeys(self) -> Iterator[str]:
        """As ``keys``, one by one."""
        return iter(super().keys())

    def itervalues(self) -> Iterator[Any]:
        """As ``values``, one by one."""
        return iter(super().values())

    def iteritems(self) -> Iterator[tuple[str, Any]]:
        """As ``items``, one by one."""
        return iter(super().items())

    def put(self, name: str, value: Any) -> Any:
        """Sets a value and gives the one before."""
        before = self.get(name)
        self[name] = value
        return before

    def remove(self, name: str) -> Any:
        """Takes a value out; None where there is none."""
        return self.pop(name, None)

    def size(self) -> int:
        """How many values there are."""
        return len(self)

    def isEmpty(self) -> bool:
        """True without any."""
        return not self


class OldListMap(OldDict):
    """A list-map with these verbs."""
