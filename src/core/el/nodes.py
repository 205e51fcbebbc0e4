"""Expressions as values."""

from decimal import Decimal
from typing import TypeAlias

import attrs


@attrs.frozen
class Literal:
    """A number, text, truth value or null."""

    value: "int | float | str | bool | Decimal | None"
    depth: int = attrs.field(default=1, eq=False, repr=False)


@attrs.frozen
class Name:
    """A parameter, constant or variable."""

    name: str
    depth: int = attrs.field(default=1, eq=False, repr=False)


@attrs.frozen
class Unary:
    """``not``, ``-`` or ``empty`` before an operand."""

    operator: str
    operand: "Node"
    depth: int = attrs.field(default=1, eq=False, repr=False)


@attrs.frozen
class Binary:
    """An operator between two operands; ``operator`` is its sign, ``and`` or ``or``."""

    operator: str
    left: "Node"
    right: "Node"
    depth: int = attrs.field(default=1, eq=False, repr=False)


@attrs.frozen
class Choice:
    """``condition ? yes : no``."""

    condition: "Node"
    yes: "Node"
    no: "Node"
    depth: int = attrs.field(default=1, eq=False, repr=False)


@attrs.frozen
class Item:
    """``base[index]``; ``base.name`` is the same with a text."""

    base: "Node"
    index: "Node"
    depth: int = attrs.field(default=1, eq=False, repr=False)


@attrs.frozen
class Call:
    """A function with its arguments; ``name`` has its prefix."""

    name: str
    arguments: "tuple[Node, ...]" = ()
    depth: int = attrs.field(default=1, eq=False, repr=False)


Node: TypeAlias = "Literal | Name | Unary | Binary | Choice | Item | Call"


@attrs.frozen
class Template:
    """A text with expressions in it: literal pieces and expressions in order."""

    parts: "tuple[str | Node, ...]"
