"""JSON text from outside: bounded, and nothing in it lost or changed without a word."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from ..errors import FormatError, InvalidValueError, LimitError
from ..values import PlainJson

MAX_TEXT_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 100


def parse_json(data: bytes | str, source: str = "document") -> PlainJson:
    """A JSON text from outside, bounded in size and depth; numbers keep their kind.

    Bytes are UTF-8, or UTF-16 or 32 as their first bytes say: some programs write nothing else.

    Raises:
        LimitError: longer than 64 MiB, nested deeper than 100, or a number with thousands of digits.
        FormatError: no JSON, with line and column; also for NaN and Infinity, which JSON has not, and for an object
            that has a key twice, with its path.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise LimitError(source, "", f"{len(data)} bytes; at most {MAX_TEXT_BYTES} are read")
    text = data if isinstance(data, str) else _decoded(data, source)
    _check_depth(text, source)
    try:
        plain: PlainJson = json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise FormatError(source, f"line {error.lineno} column {error.colno}", f"no JSON: {error.msg}") from None
    except _Unreadable as error:
        raise FormatError(source, "", f"no JSON: {error}") from None
    except _Doubled as error:
        raise FormatError(source, _doubled_path(text), f"the key {error.args[0]!r:.80} stands there twice") from None
    except RecursionError:
        raise LimitError(source, "", "nested too deep for this place in the program") from None
    except ValueError:  # the interpreter's own bound for the digits of a whole number
        raise LimitError(source, "", "a number has thousands of digits") from None
    return plain


def _decoded(data: bytes, source: str) -> str:
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        word = "UTF-8" if encoding.startswith("utf-8") else encoding.upper()
        raise FormatError(source, f"byte {error.start}", f"the text is not {word}") from None


def json_text(plain: PlainJson, *, indent: int | None = None) -> str:
    """The JSON text of a plain value, which every file and stream can hold: halves of surrogate pairs are escaped.

    Raises:
        InvalidValueError: infinity or not-a-number is in it.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    try:
        text = json.dumps(plain, ensure_ascii=False, indent=indent, separators=separators, allow_nan=False)
    except ValueError as error:
        raise InvalidValueError("document", str(error), "values that JSON can hold") from None
    return halves_escaped(text)


def halves_escaped(text: str) -> str:
    """A JSON text with halves of surrogate pairs, which UTF-8 cannot hold, written as escapes."""
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


_HALVES = re.compile("[\ud800-\udfff]")


class _Unreadable(Exception):
    """A number that JSON does not have, or that no machine number can be."""


class _Doubled(Exception):
    """A key that an object has twice: the parser would keep the last value and drop the others."""


def _object(pairs: list[tuple[str, PlainJson]]) -> dict[str, PlainJson]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Doubled(_doubled(pairs))
    return made


def _doubled(pairs: list[tuple[str, PlainJson]]) -> str:
    return Counter(name for name, _ in pairs).most_common(1)[0][0]


class _Pairs(list[tuple[str, PlainJson]]):
    """An object as its pairs."""


def _doubled_path(text: str) -> str:
    """The path of the first object that has a key twice; empty where the text is broken behind it."""
    try:
        plain = json.loads(text, object_pairs_hook=_Pairs)
    except ValueError:
        return ""
    return next(_doubled_paths(plain, ""), "")


def _doubled_paths(value: object, path: str) -> Iterator[str]:
    """Objects end in this order: the parser sees an inner one before that which it stands in."""
    if isinstance(value, _Pairs):
        for name, item in value:
            yield from _doubled_paths(item, f"{path}/{name}")
        if len({name for name, _ in value}) != len(value):
            yield path or "/"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _doubled_paths(item, f"{path}/{index}")


def _no_constant(word: str) -> float:
    raise _Unreadable(f"{word} is none of its numbers")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _Unreadable(f"the number {digits:.40} is too large")
    return value


def _check_depth(text: str, source: str) -> None:
    """Refuse nesting that would exhaust the parser.

    Brackets inside texts are counted by the cheap look only; when it finds the text too deep, texts are cut out first.
    """
    if _deepest(text) > MAX_DEPTH and _deepest(_TEXTS.sub("", text)) > MAX_DEPTH:
        raise LimitError(source, "", f"nested deeper than {MAX_DEPTH}")


_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


_BRACES = bytes.maketrans(b"[]", b"{}")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _deepest(text: str) -> int:
    depth = deepest = 0
    for opened in text.encode(errors="surrogatepass").translate(_BRACES, _NO_BRACKETS).split(b"}"):
        depth += len(opened)
        deepest = max(deepest, depth)
        depth -= 1
    return deepest
