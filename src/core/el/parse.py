"""From text to expressions and back, within limits."""

import re
from functools import lru_cache

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from ..records.values import Long
from .errors import ElError
from .grammar import parser
from .nodes import Binary, Call, Choice, Item, Literal, Name, Node, Template, Unary

MAX_LENGTH = 100_000
MAX_DEPTH = 200
TOO_DEEP = f"nested deeper than {MAX_DEPTH}"
_WORDS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "div": "/", "mod": "%", "&&": "and"}
_SIGNS = {**_WORDS, "||": "or", "!": "not"}
_LEVELS = (("or",), ("and",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_LEVEL = {sign: level for level, signs in enumerate(_LEVELS, 1) for sign in signs}
_UNARY_LEVEL, _VALUE_LEVEL = 7, 8
_IDENTIFIER = re.compile(r"(?!(?:true|false|null|gt|lt|eq|le|ge|ne|div|mod|not|and|or|empty)$)[A-Za-z_$#][\w$]*\Z")


def _deep(*nodes: Node) -> int:
    depth = 1 + max((node.depth for node in nodes), default=0)
    if depth > MAX_DEPTH:
        raise ElError("", 0, TOO_DEEP)
    return depth


@v_args(inline=True)
class _Build(Transformer[Token, Node]):
    def choice(self, condition: Node, yes: Node, no: Node) -> Node:
        return Choice(condition, yes, no, _deep(condition, yes, no))

    def binary(self, left: Node, sign: Token, right: Node) -> Node:
        return Binary(_SIGNS.get(str(sign), str(sign)), left, right, _deep(left, right))

    def unary(self, sign: Token, operand: Node) -> Node:
        return Unary(_SIGNS.get(str(sign), str(sign)), operand, _deep(operand))

    def member(self, base: Node, name: Token) -> Node:
        return Item(base, Literal(str(name)), _deep(base))

    def item(self, base: Node, index: Node) -> Node:
        return Item(base, index, _deep(base, index))

    def call(self, name: Token, *arguments: "Node | None") -> Node:
        given = tuple(each for each in arguments if each is not None)
        return Call(re.sub(r"\s+", "", str(name)), given, _deep(*given))

    def name(self, name: Token) -> Node:
        return Name(str(name))

    def integer(self, digits: Token) -> Node:
        value = int(digits[:40])
        if len(digits) > 40 or value > (1 << 63) - 1:
            raise ElError(str(digits), 0, "a whole number beyond 64 bits")
        return Literal(Long(value))

    def decimal(self, digits: Token) -> Node:
        return Literal(float(digits))

    def text(self, quoted: Token) -> Node:
        return Literal(re.sub(r"\\(.)", r"\1", str(quoted)[1:-1], flags=re.DOTALL))

    def true(self) -> Node:
        return Literal(True)

    def false(self) -> Node:
        return Literal(False)

    def null(self) -> Node:
        return Literal(None)


_BUILD = _Build()


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return parser()


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The expression in a text without ``${`` and ``}``.

    Raises:
        ElError: with the position of what was not expected.
    """
    if len(text) > MAX_LENGTH:
        raise ElError(text, 0, f"{len(text)} characters; at most {MAX_LENGTH} are read")
    try:
        return _BUILD.transform(_parser().parse(text))
    except RecursionError:
        raise ElError(text, 0, TOO_DEEP) from None
    except VisitError as error:
        raise ElError(text, 0, _reason(error.orig_exc)) from None
    except ElError as error:
        raise ElError(text, 0, error.reason) from None
    except UnexpectedInput as error:
        at = error.pos_in_stream
        position = at if 0 <= (at or 0) < len(text) and at is not None else len(text)
        found_here = repr(text[position : position + 12]) if position < len(text) else "the end"
        raise ElError(text, position, f"{found_here} was not expected here") from None


def _reason(cause: Exception) -> str:
    if isinstance(cause, ElError):
        return cause.reason
    return TOO_DEEP if isinstance(cause, RecursionError) else str(cause)


@lru_cache(maxsize=4096)
def parse_template(text: str) -> Template:
    """The pieces of a text with expressions.

    Raises:
        ElError: an expression is not closed, or cannot be parsed; the position is that in the whole text.
    """
    parts: list[str | Node] = []
    at = 0
    while (start := text.find("${", at)) >= 0:
        if start > at:
            parts.append(text[at:start])
        end = _end(text, start + 2)
        try:
            parts.append(parse(text[start + 2 : end]))
        except ElError as error:
            raise ElError(text, start + 2 + error.position, error.reason, error.near) from None
        at = end + 1
    if at < len(text):
        parts.append(text[at:])
    return Template(tuple(parts))


def _end(text: str, at: int) -> int:
    """Where an expression is closed; braces inside texts do not count."""
    quote = ""
    start = at
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char == "}":
            return at
        at += 1
    raise ElError(text, start - 2, "an expression is not closed with }")


def unparse(node: Node) -> str:
    """An expression as text that parses to the same value."""
    return _text(node, 0)


def _text(node: Node, level: int) -> str:
    if isinstance(node, Literal):
        return _literal(node.value)
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Call):
        return f"{node.name}({', '.join(_text(each, 0) for each in node.arguments)})"
    if isinstance(node, Item):
        return _item(node)
    if isinstance(node, Unary):
        word = "-" if node.operator == "-" else node.operator + " "
        return _wrapped(word + _text(node.operand, _UNARY_LEVEL), _UNARY_LEVEL, level)
    if isinstance(node, Binary):
        own = _LEVEL[node.operator]
        return _wrapped(f"{_text(node.left, own)} {node.operator} {_text(node.right, own + 1)}", own, level)
    # a name before " : " would be read as the prefix of a function
    yes = f"({_text(node.yes, 0)})"
    return _wrapped(f"{_text(node.condition, 1)} ? {yes} : {_text(node.no, 0)}", 0, level)


def _wrapped(text: str, own: int, level: int) -> str:
    return f"({text})" if own < level else text


def _item(node: Item) -> str:
    base = _text(node.base, _VALUE_LEVEL)
    if isinstance(node.base, Literal) and isinstance(node.base.value, (int, float)):
        base = f"({base})"
    index = node.index
    if isinstance(index, Literal) and isinstance(index.value, str) and _IDENTIFIER.match(index.value):
        return f"{base}.{index.value}"
    return f"{base}[{_text(index, 0)}]"


def _literal(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return repr(value) if isinstance(value, float) else str(value)
