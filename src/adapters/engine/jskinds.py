"""What kinds of numbers a script in JavaScript puts where, told from its text.

The engine that scripts were written for (Nashorn of Java 8, without optimistic types) knows two kinds of numbers. A
whole literal of 32 bits, and what bit operators, lengths and folded constants give, is an ``Integer``; what is computed
otherwise is a ``Double``, whole or not. A value that is only passed on keeps the kind that it came with. The engine
here has one kind of number, so the text of the script has to tell: names stand for all that is ever put there.
"""

import math
import operator as op
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from ...core.errors import UnsupportedError

INTEGERS = range(-(1 << 31), 1 << 31)
_BITS = frozenset(("&", "|", "^", "<<", ">>", "~", "&=", "|=", "^=", "<<=", ">>="))
_FOLDS = {"+": op.add, "-": op.sub, "*": op.mul, "/": op.truediv, "%": math.fmod}
_EITHER = frozenset(("&&", "||", "??"))
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "**", ">>>"))
_WHOLE_CALLS = frozenset(("indexOf", "lastIndexOf", "search", "size", "compareTo", "hashCode"))
_COMPUTING_CALLS = frozenset(("parseInt", "parseFloat", "Number", "charCodeAt", "codePointAt", "now", "valueOf"))
_ADDING_CALLS = frozenset(("push", "unshift", "add"))
_BRANCHES = frozenset(
    ("if_statement", "switch_statement", "ternary_expression", "catch_clause", "try_statement", "function_declaration")
)
_FUNCTIONS = frozenset(("function_declaration", "function_expression", "arrow_function", "method_definition"))


@attrs.frozen
class Sources:
    """Where the values of a name come from.

    ``always`` says that every record gets one, ``copied`` are names of properties whose values are passed on.
    """

    computed: bool = False
    whole: bool = False
    java_long: bool = False
    literals: frozenset[int] = frozenset()
    copied: frozenset[str] = frozenset()
    always: bool = False


_Atom = tuple[str, object]
"""``computed``, ``whole``, ``long``, ``date``, ``literal`` with its value, or ``name`` with the name of a place."""


class Kinds:
    """The sources of properties by name; elements of a list are under its name and ``[]``.

    Raises:
        UnsupportedError: what reads the text is not installed.
    """

    def __init__(self, script: str) -> None:
        self._flows: dict[str, set[_Atom]] = {}
        self._always: set[str] = set()
        self._functions: set[str] = set()
        self._found: dict[str, Sources] = {}
        try:
            self._read(_parsed(script))
        except RecursionError:  # nobody writes expressions that deep; nothing is known of them
            self._flows.clear()

    def _read(self, root: Any) -> None:
        for node in _walk(root):
            if node.type in _FUNCTIONS and (name := _function_name(node)):
                self._functions.add(name)
        for node in _walk(root):
            self._look(node)

    def of(self, name: str) -> Sources:
        """What a property of this name may hold."""
        if name not in self._found:
            atoms = self._reached(f".{name}")
            self._found[name] = Sources(
                computed=("computed", None) in atoms,
                whole=("whole", None) in atoms,
                java_long=("long", None) in atoms,
                literals=frozenset(value for word, value in atoms if word == "literal" and isinstance(value, int)),
                copied=frozenset(str(value)[1:] for word, value in atoms if word == "name" and str(value)[0] == "."),
                always=name in self._always,
            )
        return self._found[name]

    def _reached(self, name: str) -> set[_Atom]:
        """Everything that comes to a place, over others too."""
        found, waiting = set[_Atom](), [name]
        while waiting:
            for atom in self._flows.get(waiting.pop(), ()):
                if atom not in found:
                    found.add(atom)
                    if atom[0] == "name":
                        waiting.append(str(atom[1]))
        found.discard(("name", name))
        return found

    def _look(self, node: Any) -> None:
        match node.type:
            case "variable_declarator" | "assignment_expression":
                left = _part(node, "name") or _part(node, "left")
                self._put(left, _part(node, "value") or _part(node, "right"))
                self._note_always(left, node)
            case "augmented_assignment_expression":
                atom: _Atom = ("whole" if _text(_part(node, "operator")) in _BITS else "computed", None)
                self._add(_place(_part(node, "left")), {atom})
                self._note_always(_part(node, "left"), node)
            case "update_expression":
                self._add(_place(_part(node, "argument")), {("computed", None)})
                self._note_always(_part(node, "argument"), node)
            case "pair":
                self._put_in(f".{_key(_part(node, 'key'))}", _part(node, "value"))
            case "shorthand_property_identifier":
                self._add(f".{_text(node)}", {("name", _text(node))})
            case "return_statement":
                self._returned(node, node.named_children[0] if node.named_children else None)
            case "arrow_function":
                body = _part(node, "body")
                if body is not None and body.type != "statement_block":
                    self._add(f"{_function_name(node)}()", self._atoms(body))
            case "call_expression":
                self._called(node)

    def _put(self, left: Any, right: Any) -> None:
        if left is not None and right is not None:
            self._put_in(_place(left), right)

    def _put_in(self, place: str, right: Any) -> None:
        self._add(place, self._atoms(right))
        if right is not None and right.type == "array":
            self._add(f"{place}[]", self._elements(right.named_children))
        elif right is not None and right.type in ("identifier", "member_expression", "subscript_expression"):
            self._add(f"{place}[]", {("name", f"{_place(right)}[]")})

    def _elements(self, items: Iterable[Any]) -> set[_Atom]:
        """Those of a list; one fraction makes all numbers beside it fractions."""
        found = [self._atoms(each) for each in items]
        numbers = all(len(each) == 1 and next(iter(each))[0] in ("literal", "computed", "whole") for each in found)
        joined = set[_Atom]().union(*found)
        return {("computed", None)} if numbers and ("computed", None) in joined else joined

    def _add(self, place: str, atoms: set[_Atom]) -> None:
        self._flows.setdefault(place, set()).update(atoms)

    def _note_always(self, left: Any, node: Any) -> None:
        """A field that every record gets: assigned on a ``value``, outside of any branch."""
        base = _part(left, "object")
        if base is None or not _place(base).endswith(".value"):
            return
        above = node.parent
        while above is not None and above.type not in _BRANCHES:
            above = above.parent
        if above is None:
            self._always.add(_place(left).removeprefix("."))

    def _returned(self, node: Any, what: Any) -> None:
        above = node.parent
        while above is not None and above.type not in _FUNCTIONS:
            above = above.parent
        if above is not None and what is not None:
            self._add(f"{_function_name(above)}()", self._atoms(what))

    def _called(self, node: Any) -> None:
        callee, given = _part(node, "function"), _part(node, "arguments")
        if callee is None or given is None or callee.type != "member_expression":
            return
        verb, values = _text(_part(callee, "property")), given.named_children
        if verb in _ADDING_CALLS:
            self._add(f"{_place(_part(callee, 'object'))}[]", self._elements(values))
        elif verb == "put" and len(values) == 2 and values[0].type == "string":
            self._put_in(f".{_key(values[0])}", values[1])

    def _atoms(self, node: Any) -> set[_Atom]:
        """What an expression gives."""
        if node is None:
            return set()
        constant = _constant(node)
        if constant is not None:
            return {("literal", constant)} if isinstance(constant, int) else {("computed", None)}
        match node.type:
            case "parenthesized_expression" | "sequence_expression":
                return self._atoms(node.named_children[-1])
            case "assignment_expression":
                return self._atoms(_part(node, "right"))
            case "unary_expression" | "binary_expression" | "augmented_assignment_expression":
                return self._operated(node)
            case "update_expression":
                return {("computed", None)}
            case "ternary_expression":
                either = self._atoms(_part(node, "consequence")), self._atoms(_part(node, "alternative"))
                static = all(all(word in ("literal", "computed", "whole") for word, _ in each) for each in either)
                joined = either[0] | either[1]
                return {("computed", None)} if static and ("computed", None) in joined else joined
            case "identifier":
                return {("computed", None)} if _text(node) in ("NaN", "Infinity") else {("name", _text(node))}
            case "member_expression" if _text(_part(node, "property")) == "length":
                return {("whole", None)}
            case "member_expression" | "subscript_expression":
                return {("name", _place(node))}
            case "call_expression":
                return self._result(node)
            case "new_expression":
                return {("date", None)} if _text(_part(node, "constructor")) == "Date" else set()
        return set()

    def _operated(self, node: Any) -> set[_Atom]:
        operator = _text(_part(node, "operator"))
        if operator in _BITS:
            return {("whole", None)}
        if operator in _EITHER:
            return self._atoms(_part(node, "left")) | self._atoms(_part(node, "right"))
        if node.type == "augmented_assignment_expression" or operator in _ARITHMETIC:
            return {("computed", None)}
        return set()

    def _result(self, node: Any) -> set[_Atom]:
        """What a call gives: of a function of the script, or of one that is known."""
        callee = _part(node, "function")
        if callee is None:
            return set()
        name = _text(_part(callee, "property") if callee.type == "member_expression" else callee)
        base = _part(callee, "object")
        if name in self._functions:
            return {("name", f"{name}()")}
        if base is not None and _text(base) == "Math":
            return self._extreme(node) if name in ("max", "min") else {("computed", None)}
        if name in _WHOLE_CALLS:
            return {("whole", None)}
        if name == "getTime" and base is not None:
            made = self._atoms(base)
            made |= {atom for word, at in made if word == "name" for atom in self._reached(str(at))}
            return {("computed", None)} if ("date", None) in made else {("long", None)}
        if name in _COMPUTING_CALLS or (name.startswith("get") and name[3:4].isupper() and base is not None):
            return {("computed", None)}
        return set()

    def _extreme(self, node: Any) -> set[_Atom]:
        values = [_constant(each) for each in _part(node, "arguments").named_children]
        whole = all(isinstance(each, int) for each in values)
        return {("whole", None)} if whole else {("computed", None)}


def _parsed(script: str) -> Any:
    try:
        import tree_sitter
        import tree_sitter_javascript
    except ImportError:
        raise UnsupportedError(
            "JavaScript without what reads it", "Install it with: pip install 'penstock[javascript]'"
        ) from None
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))
    return parser.parse(script.encode("utf-8", "replace")).root_node


def _walk(root: Any) -> Iterator[Any]:
    """Every node, however deep."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.named_children)


def _part(node: Any, field: str) -> Any:
    return None if node is None else node.child_by_field_name(field)


def _text(node: Any) -> str:
    return "" if node is None else str(node.text.decode("utf-8", "replace"))


def _key(node: Any) -> str:
    """The name of a property, quoted or not."""
    text = _text(node)
    return text[1:-1] if text[:1] in ("'", '"') else text


def _place(node: Any) -> str:
    """Where a value is: a variable, a property with a dot before its name, or the elements of a list."""
    if node is None:
        return ""
    if node.type == "member_expression":
        return f".{_text(_part(node, 'property'))}"
    if node.type == "subscript_expression":
        index = _part(node, "index")
        if index is not None and index.type == "string":
            return f".{_key(index)}"
        return f"{_place(_part(node, 'object'))}[]"
    return _text(node)


def _function_name(node: Any) -> str:
    """The name of a function, its own or that of the variable or property that holds it."""
    name = _part(node, "name")
    if name is not None:
        return _text(name)
    above = node.parent
    if above is None:
        return ""
    if above.type == "pair":
        return _key(_part(above, "key"))
    held = _part(above, "name") or _part(above, "left")
    return _place(held).removeprefix(".")


def _constant(node: Any, depth: int = 0) -> int | float | None:
    """The value of a literal, or of operators over literals; a float is no whole literal, whatever its value."""
    if node is None or depth > 50:
        return None
    if node.type == "parenthesized_expression":
        return _constant(node.named_children[-1], depth + 1)
    if node.type == "number":
        return _literal(_text(node))
    operator = _text(_part(node, "operator"))
    if node.type == "unary_expression" and operator == "-":
        held = _constant(_part(node, "argument"), depth + 1)
        return None if held is None else _kept(-held if held else -0.0)
    if node.type == "binary_expression" and operator in _FOLDS:
        left, right = (_constant(_part(node, side), depth + 1) for side in ("left", "right"))
        return None if left is None or right is None else _folded(operator, left, right)
    return None


def _folded(operator: str, left: int | float, right: int | float) -> float | int:
    both = isinstance(left, int) and isinstance(right, int)
    try:
        value = _FOLDS[operator](left, right)
    except (ArithmeticError, ValueError):
        return math.nan
    return _kept(int(value) if both and value == int(value) else float(value))


def _kept(value: int | float) -> int | float:
    return value if isinstance(value, int) and value in INTEGERS else float(value)


def _literal(text: str) -> int | float:
    text = text.replace("_", "").lower()
    try:
        if text[:2] in ("0x", "0o", "0b"):
            return _kept(int(text, 0))
        value = float(text)
    except (ValueError, OverflowError):
        return math.nan
    whole = "." not in text and value == value and abs(value) < 1 << 31
    return _kept(int(value)) if whole and value == int(value) else value
