"""From expressions to Python source: what a plan compiles once for all records of a run.

The source is made of the parsed expression only. Every operation has a short form for the types that records mostly
have; anything else goes to the functions of ``coerce``, so the result is that of ``compiled``, to the type.
"""

import math
from collections.abc import Callable
from typing import Any

import attrs

from ..records.paths import MISSING, get, has, parse_path
from ..records.values import FieldValue, Long
from .coerce import arithmetic, as_text, as_truth, compared, equal, is_empty, item, negated, plain
from .compile import compiled
from .functions import CONSTANTS, function
from .nodes import Binary, Call, Choice, Item, Literal, Name, Node, Template, Unary

MAX_DEPTH = 30
_SMALL = 1 << 20
_INT = (-(1 << 31), (1 << 31) - 1)
_LONG = (-(1 << 63), (1 << 63) - 1)
_INLINE: dict[Any, tuple[str, str]] = {
    str.upper: ("{}.upper()", "str"),
    str.lower: ("{}.lower()", "str"),
    len: ("len({})", "any"),
}
"""Short forms by what the registry calls: where it calls something else they do not apply."""


@attrs.frozen
class Piece:
    """Python source of an expression. ``kind`` is the exact type where every way gives the same, else ``any``."""

    text: str
    kind: str = "any"


def read(value: FieldValue, path: str) -> Any:
    """The field at a path; null where there is none."""
    found = get(value, path)
    return None if found is MISSING else found


def _helpers() -> dict[str, Any]:
    names: tuple[Callable[..., Any], ...] = (
        arithmetic,
        as_text,
        as_truth,
        compared,
        equal,
        has,
        is_empty,
        item,
        negated,
        plain,
        read,
    )
    return {each.__name__: each for each in names} | {"Long": Long}


class Source:
    """Collects the expressions of one function: ``names`` are what it needs beside its own variables.

    In the source ``v`` is the root field, a ``dict``, and ``scope`` the surroundings; ``scoped`` says whether anything
    asks for these, so that the record has to be there. A null that keeps a type may be the result.
    """

    def __init__(self) -> None:
        self.names: dict[str, Any] = _helpers()
        self.scoped = False
        self._count = 0

    def named(self, value: object) -> str:
        """The name of a value in the source."""
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name

    def variable(self) -> str:
        """A variable that nothing else uses."""
        self._count += 1
        return f"t{self._count}"

    def template(self, template: Template) -> Piece:
        """The value of a text with expressions."""
        parts = template.parts
        if len(parts) == 1 and not isinstance(parts[0], str):
            return self.piece(parts[0])
        texts = [repr(part) if isinstance(part, str) else self._text(part) for part in parts]
        return Piece(texts[0] if len(texts) == 1 else f"''.join(({', '.join(texts)},))" if texts else "''", "str")

    def condition(self, template: Template) -> str:
        """The source of a text with expressions as a truth value."""
        piece = self.template(template)
        return piece.text if piece.kind == "bool" else f"as_truth({piece.text})"

    def piece(self, node: Node) -> Piece:
        """The value of an expression."""
        if node.depth > MAX_DEPTH:
            self.scoped = True
            return Piece(f"{self.named(compiled(node))}(scope)")
        if isinstance(node, Literal):
            return self._literal(node.value)
        if isinstance(node, Name):
            if node.name in CONSTANTS:
                return Piece(self.named(CONSTANTS[node.name]))
            return Piece(f"{self.named(compiled(node))}(scope)")
        if isinstance(node, Choice):
            yes, no = self.piece(node.yes), self.piece(node.no)
            kind = yes.kind if yes.kind == no.kind else "any"
            return Piece(f"({yes.text} if {self.truth(node.condition)} else {no.text})", kind)
        if isinstance(node, Item):
            return Piece(f"item({self.piece(node.base).text}, {self.piece(node.index).text})")
        if isinstance(node, Unary):
            return self._unary(node)
        return self._binary(node) if isinstance(node, Binary) else self._call(node)

    def truth(self, node: Node) -> str:
        """The source of an expression as a truth value."""
        piece = self.piece(node)
        return piece.text if piece.kind == "bool" else f"as_truth({piece.text})"

    def _text(self, node: Node) -> str:
        piece = self.piece(node)
        if piece.kind == "str":
            return piece.text
        held = self.variable()
        return f"({held} if type({held} := {piece.text}) is str else as_text({held}))"

    def _literal(self, value: object) -> Piece:
        kind = type(value)
        if value is None or kind in (str, bool):
            return Piece(repr(value), "any" if value is None else kind.__name__)
        if kind is float and math.isfinite(value):  # type: ignore[arg-type]
            return Piece(f"({value!r})", "float")
        return Piece(self.named(value))

    def _unary(self, node: Unary) -> Piece:
        if node.operator == "not":
            return Piece(f"(not {self.truth(node.operand)})", "bool")
        operand = self.piece(node.operand).text
        return Piece(f"is_empty({operand})", "bool") if node.operator == "empty" else Piece(f"negated({operand})")

    def _binary(self, node: Binary) -> Piece:
        sign = node.operator
        if sign in ("and", "or"):
            return Piece(f"({self.truth(node.left)} {sign} {self.truth(node.right)})", "bool")
        left, right = self.piece(node.left).text, self.piece(node.right).text
        held = self.variable()
        literal = node.right.value if isinstance(node.right, Literal) else None
        if sign in ("==", "!="):
            made = f"equal({left}, {right})"
            short = _equal_to(literal, held)
            if short:
                made = f"({short.format(left)} else equal({held}, {right}))"
            return Piece(f"(not {made})" if sign == "!=" else made, "bool")
        if sign in ("<", ">", "<=", ">="):
            short = _compared_with(sign, literal, held)
            made = f"compared({sign!r}, {left}, {right})"
            return Piece(f"({short.format(left)} else compared({sign!r}, {held}, {right}))" if short else made, "bool")
        short = _calculated_with(sign, literal, held)
        made = f"arithmetic({sign!r}, {left}, {right})"
        return Piece(f"({short.format(left)} else arithmetic({sign!r}, {held}, {right}))" if short else made)

    def _call(self, node: Call) -> Piece:
        read_field = self._field(node)
        if read_field is not None:
            return read_field
        known = function(node.name)
        assert known is not None, node.name
        texts = [self._argument(letter, each) for letter, each in zip(known.parameters, node.arguments, strict=True)]
        if known.scoped:
            self.scoped = True
            return Piece(f"{self.named(known.call)}({', '.join(['scope', *texts])})")
        short = _INLINE.get(known.call) if known.parameters == "S" else None
        if short is not None:
            return Piece(short[0].format(texts[0]), short[1])
        return Piece(f"{self.named(known.call)}({', '.join(texts)})")

    def _argument(self, letter: str, node: Node) -> str:
        if letter == "S":
            return self._text(node)
        if letter == "B":
            return self.truth(node)
        piece = self.piece(node)
        return f"{self.named(_coercion(letter))}({piece.text})"

    def _field(self, node: Call) -> Piece | None:
        """``record:value`` and ``record:exists`` of a path that is known."""
        path = node.arguments[0].value if len(node.arguments) == 1 and isinstance(node.arguments[0], Literal) else None
        if node.name not in ("record:value", "record:exists") or not isinstance(path, str):
            return None
        try:
            parts = parse_path(path)
        except ValueError:
            return None
        if node.name == "record:exists":
            short = len(parts) == 1 and isinstance(parts[0], str)
            return Piece(f"({parts[0]!r} in v)" if short else f"has(v, {path!r})", "bool")
        if not parts or not all(isinstance(part, str) for part in parts):
            return Piece(f"read(v, {path!r})")
        made = f"v.get({parts[0]!r})"
        for part in parts[1:]:
            held = self.variable()
            made = f"({held}.get({part!r}) if isinstance({held} := {made}, dict) else None)"
        return Piece(made)


def _coercion(letter: str) -> Callable[[Any], Any]:
    from .functions.registry import Function

    return Function("", letter, plain).coercion(0)


def _equal_to(literal: object, held: str) -> str:
    """The short form of ``held == literal`` up to its ``else``; empty without one. ``{}`` is where held comes from."""
    if type(literal) is str:
        return f"{held} == {_braced(literal)} if type({held} := {{}}) is str"
    if _is_small(literal):
        return f"{held} == {literal} if {_is_int(held, _LONG)}"
    return ""


def _braced(text: str) -> str:
    return repr(text).replace("{", "{{").replace("}", "}}")


def _is_small(literal: object) -> bool:
    """True for a whole number with which a sum or product of an INTEGER stays a LONG, and a float is exact."""
    return type(literal) in (int, Long) and abs(literal) < _SMALL  # type: ignore[arg-type]


def _is_int(held: str, limits: tuple[int, int]) -> str:
    return f"type({held} := {{}}) is int and {limits[0]} <= {held} <= {limits[1]}"


def _compared_with(sign: str, literal: object, held: str) -> str:
    if _is_small(literal):
        return f"{held} {sign} {literal} if {_is_int(held, _LONG)} or type({held}) is float"
    if type(literal) is float and math.isfinite(literal):
        return f"{held} {sign} {literal!r} if type({held} := {{}}) is float"
    return ""


def _calculated_with(sign: str, literal: object, held: str) -> str:
    if sign == "%" or (sign == "/" and not literal):
        return ""
    if type(literal) is float and math.isfinite(literal):
        return f"{held} {sign} {literal!r} if {_is_int(held, _INT)} or type({held}) is float"
    if _is_small(literal):
        whole = f"{held} / {literal}" if sign == "/" else f"Long({held} {sign} {literal})"
        exact = f"{held} {sign} {float(literal)!r}"  # type: ignore[arg-type]
        return f"{whole} if {_is_int(held, _INT)} else {exact} if type({held}) is float"
    return ""


def function_of(name: str, source: str, names: dict[str, Any]) -> Callable[..., Any]:
    """The function of that name in a source of ours."""
    held = dict(names)
    exec(compile(source, f"<{name} of a plan>", "exec"), held)
    made: Callable[..., Any] = held[name]
    return made
