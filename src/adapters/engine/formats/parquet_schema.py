"""Schemas of Parquet: as text such as ``message m { required int32 id; }``, and as the library has them."""

import re
from typing import Any

from ....core.errors import InvalidValueError, UnsupportedError

MAX_DEPTH = 30
_TOKEN = re.compile(r"\s*([{}();=,]|[^\s{}();=,]+)")
_TEXTS = frozenset(("UTF8", "STRING", "ENUM", "JSON"))


def library() -> Any:
    """The Parquet library.

    Raises:
        UnsupportedError: it is missing.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        hint = "Install it with: pip install 'penstock[parquet]'"
        raise UnsupportedError("the data format PARQUET without its library", hint) from None
    return pyarrow


def schema_of(text: str) -> Any:
    """The schema of a text.

    Raises:
        InvalidValueError: it is none.
    """
    try:
        return _Reader(text).message()
    except (ValueError, IndexError, KeyError, RecursionError) as error:
        if isinstance(error, InvalidValueError):
            raise
        reason = str(error) or "it ends too early"
        raise InvalidValueError("Parquet Schema", text[:80], f"a message type of Parquet ({reason})") from None


class _Reader:
    """One schema, token by token."""

    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._at = 0
        self._arrow = library()

    def message(self) -> Any:
        self._expect("message")
        self._next()
        return self._arrow.schema(self._fields(0))

    def _next(self) -> str:
        self._at += 1
        return str(self._tokens[self._at - 1])

    def _peek(self) -> str:
        return str(self._tokens[self._at])

    def _expect(self, wanted: str) -> None:
        found = self._next()
        if found != wanted:
            raise ValueError(f"expected {wanted!r}, found {found!r}")

    def _fields(self, depth: int) -> list[Any]:
        if depth > MAX_DEPTH:
            raise ValueError(f"groups nested deeper than {MAX_DEPTH}")
        self._expect("{")
        made: list[Any] = []
        while self._peek() != "}":
            made.append(self._field(depth))
        self._next()
        return made

    def _field(self, depth: int) -> Any:
        repetition, kind = self._next(), self._next()
        if repetition not in ("required", "optional", "repeated"):
            raise ValueError(f"{repetition!r} is neither required, optional nor repeated")
        length = self._arguments() if kind == "fixed_len_byte_array" else []
        name = self._next()
        annotation, arguments = self._annotation()
        if self._peek() == "=":  # the number of a field means nothing here
            self._next()
            self._next()
        if kind == "group":
            type_ = _grouped(self._arrow, annotation, self._fields(depth + 1))
        else:
            self._expect(";")
            type_ = _plain(self._arrow, kind, annotation, arguments, length)
        if repetition == "repeated":
            return self._arrow.field(name, self._arrow.list_(type_), nullable=False)
        return self._arrow.field(name, type_, nullable=repetition == "optional")

    def _annotation(self) -> tuple[str, list[str]]:
        if self._peek() != "(":
            return "", []
        self._next()
        name = self._next().upper()
        arguments = self._arguments() if self._peek() == "(" else []
        self._expect(")")
        return name, arguments

    def _arguments(self) -> list[str]:
        self._expect("(")
        made: list[str] = []
        while (token := self._next()) != ")":
            if token != ",":
                made.append(token)
        return made


def _grouped(arrow: Any, annotation: str, fields: list[Any]) -> Any:
    """The type of a group: a list, a map, or a struct."""
    inner = fields[0].type.value_type if len(fields) == 1 and arrow.types.is_list(fields[0].type) else None
    if annotation == "LIST" and inner is not None:
        # the usual form has a group with one element in between
        single = arrow.types.is_struct(inner) and inner.num_fields == 1
        return arrow.list_(inner.field(0)) if single else arrow.list_(arrow.field("element", inner))
    if annotation in ("MAP", "MAP_KEY_VALUE") and inner is not None and inner.num_fields == 2:
        return arrow.map_(inner.field(0).type, inner.field(1))
    return arrow.struct(fields)


def _plain(arrow: Any, kind: str, annotation: str, arguments: list[str], length: list[str]) -> Any:
    if annotation == "DECIMAL":
        return arrow.decimal128(int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0)
    if kind == "binary":
        return arrow.string() if annotation in _TEXTS else arrow.binary()
    if kind == "fixed_len_byte_array":
        return arrow.binary(int(length[0]))
    named = {
        ("int32", "DATE"): arrow.date32(),
        ("int32", "TIME_MILLIS"): arrow.time32("ms"),
        ("int32", "INT_8"): arrow.int8(),
        ("int32", "INT_16"): arrow.int16(),
        ("int32", "UINT_32"): arrow.uint32(),
        ("int64", "UINT_64"): arrow.uint64(),
        ("int64", "TIME_MICROS"): arrow.time64("us"),
        ("int64", "TIMESTAMP_MILLIS"): arrow.timestamp("ms", "UTC"),
        ("int64", "TIMESTAMP_MICROS"): arrow.timestamp("us", "UTC"),
        ("int64", "TIMESTAMP"): arrow.timestamp("us" if "MICROS" in arguments else "ms", "UTC"),
    }
    bare = {
        "int32": arrow.int32(),
        "int64": arrow.int64(),
        "int96": arrow.timestamp("ns"),
        "float": arrow.float32(),
        "double": arrow.float64(),
        "boolean": arrow.bool_(),
    }
    if kind not in bare:
        raise ValueError(f"{kind!r} is no type of Parquet; types are {', '.join((*bare, 'binary'))}")
    return named.get((kind, annotation), bare[kind])


def text_of(schema: Any, name: str = "schema") -> str:
    """A schema as text."""
    fields = "\n".join(_line(library(), field, 1) for field in schema)
    return f"message {name} {{\n{fields}\n}}"


def _line(arrow: Any, field: Any, depth: int) -> str:
    pad, type_ = "  " * depth, field.type
    word = "optional" if field.nullable else "required"
    types = arrow.types
    if types.is_struct(type_):
        inner = "\n".join(_line(arrow, type_.field(at), depth + 1) for at in range(type_.num_fields))
        return f"{pad}{word} group {field.name} {{\n{inner}\n{pad}}}"
    if types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_):
        element = _line(arrow, type_.value_field.with_name("element"), depth + 2)
        return f"{pad}{word} group {field.name} (LIST) {{\n{pad}  repeated group list {{\n{element}\n{pad}  }}\n{pad}}}"
    if types.is_map(type_):
        key = _line(arrow, type_.key_field.with_name("key"), depth + 2)
        value = _line(arrow, type_.item_field.with_name("value"), depth + 2)
        inside = f"{pad}  repeated group key_value {{\n{key}\n{value}\n{pad}  }}"
        return f"{pad}{word} group {field.name} (MAP) {{\n{inside}\n{pad}}}"
    kind, annotation = _words(arrow, type_)
    return f"{pad}{word} {kind} {field.name}{f' ({annotation})' if annotation else ''};"


def _words(arrow: Any, type_: Any) -> tuple[str, str]:
    types = arrow.types
    if types.is_decimal(type_):
        return "binary", f"DECIMAL({type_.precision},{type_.scale})"
    if types.is_timestamp(type_):
        return "int64", "TIMESTAMP_MILLIS" if type_.unit in ("s", "ms") else "TIMESTAMP_MICROS"
    if types.is_time(type_):
        return ("int32", "TIME_MILLIS") if type_.unit in ("s", "ms") else ("int64", "TIME_MICROS")
    if types.is_date(type_):
        return "int32", "DATE"
    if types.is_boolean(type_):
        return "boolean", ""
    if types.is_integer(type_):
        kind = "int64" if type_.bit_width == 64 else "int32"
        plain = str(type_) in ("int32", "int64")
        return kind, "" if plain else str(type_).upper().replace("INT", "INT_")
    if types.is_floating(type_):
        return ("double" if type_.bit_width == 64 else "float"), ""
    if types.is_fixed_size_binary(type_):
        return f"fixed_len_byte_array({type_.byte_width})", ""
    text = types.is_string(type_) or types.is_large_string(type_)
    return "binary", "UTF8" if text else ""
