"""``str:``, ``list:``, ``map:``, ``base64:`` and ``file:`` functions."""

import base64
import codecs
import re
from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import quote_plus

from ...errors import InvalidValueError
from ...java.hashset import hash_order
from ...java.patterns import MATCH_S, Match, Pattern, bounded, java_pattern
from ..coerce import as_text, plain
from ..errors import EvaluationError
from .registry import PlainMap, named

MAX_TEXT = 1 << 26
"""How many characters a function may make of shorter ones: expressions and fields come from outside."""
_TRIMMED = "".join(map(chr, range(33)))
_CHARSETS = {"UTF8": "utf-8", "ISO-8859-1": "latin-1", "US-ASCII": "ascii"}
_NO_CHARSETS = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-8-sig")
"""What Python knows beside the charsets."""


def compiled_pattern(pattern: str) -> Pattern:
    """A regular expression.

    Raises:
        EvaluationError: it cannot be read.
    """
    try:
        return java_pattern(pattern)
    except InvalidValueError as error:
        raise EvaluationError(f"{pattern[:60]!r} is no regular expression: {error.expected}") from None


def in_time(search: Any, *arguments: Any) -> Any:
    """What a method of a pattern answers.

    Raises:
        EvaluationError: it takes too long.
    """
    try:
        return bounded(search, *arguments)
    except TimeoutError:
        raise EvaluationError(f"a regular expression took longer than {MATCH_S:g} s") from None


def _bound(length: int) -> None:
    """Refuses a text that would fill the memory, before it is made."""
    if length > MAX_TEXT:
        raise EvaluationError(f"a text of more than {MAX_TEXT} characters")


@named("str:substring", "SII")
def substring(text: str, begin: int, end: int) -> str:
    """The characters from ``begin`` up to, not including, ``end``."""
    if begin < 0 or end < 0:
        raise EvaluationError("begin and end of a substring must not be negative")
    if not text or begin > len(text):
        return ""
    if begin > end:
        raise EvaluationError(f"a substring cannot begin at {begin} and end at {end}")
    return text[begin:end]


named("str:indexOf", "SS")(lambda text, part: text.find(part))
named("str:lastIndexOf", "SS")(lambda text, part: text.rfind(part))
named("str:trim", "S")(lambda text: text.strip(_TRIMMED))
named("str:toUpper", "S")(str.upper)
named("str:toLower", "S")(str.lower)
named("str:contains", "SS")(lambda text, part: part in text)
named("str:startsWith", "SS")(lambda text, part: text.startswith(part))
named("str:endsWith", "SS")(lambda text, part: text.endswith(part))
named("str:concat", "SS")(lambda one, other: one + other)
named("str:length", "S")(len)
named("str:isNullOrEmpty", "S")(lambda text: not text)
named("str:escapeXML10", "S")(lambda text: _escaped(text, r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]"))
named("str:escapeXML11", "S")(lambda text: _escaped(text, r"[\x00\ufffe\uffff\ud800-\udfff]"))


@named("str:replace", "SSS")
def replace(text: str, old: str, new: str) -> str:
    """A text put in for another, wherever that stands."""
    if len(new) > len(old):
        _bound(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_SIGNS = {sign: entity for entity, sign in _ENTITIES.items()}
_NUMBERED = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def _escaped(text: str, forbidden: str) -> str:
    clean = "".join([_SIGNS.get(sign, sign) for sign in re.sub(forbidden, "", text)])
    return _NUMBERED.sub(lambda found: f"&#{ord(found[0])};", clean)


@named("str:unescapeXML", "S")
def unescape_xml(text: str) -> str:
    """The five entities of XML and numbered characters replaced."""

    def sign(found: re.Match[str]) -> str:
        if found[1] is None:
            return _ENTITIES[found[0]]
        number = int(found[1][1:], 16) if found[1][0] in "xX" else int(found[1])
        return chr(number) if number < 0x110000 else found[0]

    return re.sub(r"&(?:#([0-9]{1,9}|[xX][0-9a-fA-F]{1,8})|amp|lt|gt|quot|apos);", sign, text)


@named("str:replaceAll", "SSS")
def replace_all(text: str, pattern: str, replacement: str) -> str:
    """Every match replaced; ``$1`` stands for a group, a backslash takes the next sign as it is.

    Raises:
        EvaluationError: there is a match, but the replacement is none.
    """
    compiled = compiled_pattern(pattern)
    length = len(text)

    @cache
    def pieces() -> list[str | tuple[int]]:
        return _replacement(replacement, compiled)

    def put_in(found: Match) -> str:
        nonlocal length
        made = "".join(piece if isinstance(piece, str) else found.group(piece[0]) or "" for piece in pieces())
        length += len(made)
        _bound(length)
        return made

    return str(in_time(compiled.sub, put_in, text))


_PLAIN = re.compile(r"[^\\$]+")


def _replacement(text: str, pattern: Pattern) -> list[str | tuple[int]]:
    """Texts and groups of a replacement."""
    pieces: list[str | tuple[int]] = []
    at = 0
    while at < len(text):
        plain = _PLAIN.match(text, at)
        if plain:
            pieces.append(plain[0])
            at = plain.end()
        elif text[at] == "\\" and at + 1 < len(text):
            pieces.append(text[at + 1])
            at += 2
        else:
            group, at = _group(text, at, pattern)
            pieces.append((group,))
    return pieces


def _group(text: str, at: int, pattern: Pattern) -> tuple[int, int]:
    """The group that a dollar sign at ``at`` begins, and the index behind it."""
    named_group = re.match(r"\$\{([A-Za-z][A-Za-z0-9]*)\}", text[at:])
    if named_group and named_group[1] in pattern.groupindex:
        return pattern.groupindex[named_group[1]], at + named_group.end()
    digits = re.match(r"\$([0-9])", text[at:])
    if digits is None or int(digits[1]) > pattern.groups:
        raise EvaluationError(f"{text[:60]!r} is no replacement: at {at} there is no group of the pattern")
    number, at = int(digits[1]), at + 2
    while at < len(text) and text[at] in "0123456789" and number * 10 + int(text[at]) <= pattern.groups:
        number, at = number * 10 + int(text[at]), at + 1
    return number, at


@named("str:truncate", "SI")
def truncate(text: str, length: int) -> str:
    """At most ``length`` characters."""
    if length < 0:
        raise EvaluationError("a text cannot be cut to a negative length")
    return text[:length]


@named("str:regExCapture", "SSI")
def capture(text: str, pattern: str, group: int) -> str | None:
    """A group of the first match; null without one."""
    found = in_time(compiled_pattern(pattern).search, text)
    if found is None:
        return None
    try:
        captured: str | None = found.group(group)
    except IndexError:
        raise EvaluationError(f"{pattern[:60]!r} has no group {group}") from None
    return captured


@named("str:matches", "SS")
def matches(text: str, pattern: str) -> bool:
    """True when the whole text matches."""
    return in_time(compiled_pattern(pattern).fullmatch, text) is not None


def _charset(name: str) -> str:
    found = _CHARSETS.get(name.upper(), name)
    try:
        codec = codecs.lookup(found)
    except (LookupError, ValueError):
        raise EvaluationError(f"{name[:60]!r} is no charset") from None
    if not codec._is_text_encoding or codec.name.replace("_", "-") in _NO_CHARSETS:
        raise EvaluationError(f"{name[:60]!r} is no charset")
    return found


@named("str:urlEncode", "SS")
def url_encode(text: str, charset: str) -> str:
    """Form encoding: blanks become ``+``."""
    return quote_plus(text.encode(_charset(charset), "replace"), safe="*").replace("~", "%7E")


@named("str:urlDecode", "SS")
def url_decode(text: str, charset: str) -> str:
    """Form decoding.

    Raises:
        EvaluationError: a percent sign without two digits.
    """
    if re.search(r"%(?![0-9a-fA-F]{2})", text):
        raise EvaluationError(f"{text[:60]!r} has a percent sign without two hexadecimal digits")
    codec = _charset(charset)

    def decoded(found: re.Match[str]) -> str:
        return bytes.fromhex(found[0].replace("%", "")).decode(codec, "replace")

    return re.sub(r"(?:%[0-9a-fA-F]{2})+", decoded, text.replace("+", " "))


@named("str:unescapeJava", "S")
def unescape_java(text: str) -> str:
    """Backslash sequences of Java replaced by their characters.

    Raises:
        EvaluationError: ``u`` without four hexadecimal digits behind it.
    """
    known = {"b": "\b", "n": "\n", "t": "\t", "f": "\f", "r": "\r"}

    def character(found: re.Match[str]) -> str:
        body = found.group(1)
        if body == "u":
            raise EvaluationError(f"{text[:60]!r} has less than four hexadecimal digits behind a u")
        if body[0] == "u":
            return chr(int(body.lstrip("u"), 16))
        return chr(int(body, 8)) if body[0] in "01234567" else known.get(body, body)

    return re.sub(r"\\(u+[0-9a-fA-F]{4}|[0-3]?[0-7]{1,2}|.)", character, text, flags=re.DOTALL)


def _pieces(text: str, separator: str) -> list[str]:
    """The trimmed pieces that are not empty."""
    if not text:
        return []
    if not separator:
        raise EvaluationError("there is no separator to split at")
    return [piece for piece in (part.strip() for part in text.split(separator)) if piece]


@named("str:split", "SS")
def split(text: str, separator: str) -> list[str]:
    """The trimmed pieces that are not empty."""
    return _pieces(text, separator)


@named("str:splitKV", "SSS")
def split_pairs(text: str, pairs: str, inner: str) -> dict[str, str]:
    """A map from ``key=value`` pieces, cut at the first inner separator.

    Raises:
        EvaluationError: a piece without the inner separator, or a key that comes twice.
    """
    made: dict[str, str] = {}
    for piece in _pieces(text, pairs):
        key, found, value = piece.partition(inner) if inner else (piece, "", "")
        if not found or key in made:
            raise EvaluationError(f"{piece[:60]!r} has no {inner!r}, or a key that was there before")
        made[key] = value
    return PlainMap({key: made[key] for key in hash_order(made)})


def _word(value: Any) -> str:
    return "null" if plain(value) is None else as_text(value)


def _joined(words: Sequence[str], separator: str) -> str:
    _bound(sum(map(len, words)) + len(separator) * len(words))
    return separator.join(words)


named("list:join", "AS")(lambda items, separator: _joined([_word(item) for item in items or ()], separator))
named("list:joinSkipNulls", "AS")(
    lambda items, separator: _joined([_word(item) for item in items or () if plain(item) is not None], separator)
)


@named("map:join", "MSS")
def join_map(items: Any, separator: str, inner: str) -> str:
    """The entries one behind the other, in the order of the original's map of their names."""
    held = items or {}
    _bound(len(inner) * len(held))
    return _joined([f"{key}{inner}{_word(held[key])}" for key in hash_order(held)], separator)


@named("base64:encodeString", "SBS")
def encode_string(text: str, url_safe: bool, charset: str) -> str:
    """Base64 of a text."""
    return encode_bytes(text.encode(_charset(charset), "replace"), url_safe)


@named("base64:encodeBytes", "OB")
def encode_bytes(data: Any, url_safe: bool) -> str:
    """Base64 of bytes; the safe form has no padding."""
    if not isinstance(data, bytes):
        raise EvaluationError("expected a byte array")
    _bound(len(data) * 4 // 3)
    return base64.urlsafe_b64encode(data).decode().rstrip("=") if url_safe else base64.b64encode(data).decode()


@named("base64:decodeBytes", "S")
def decode_bytes(text: str) -> bytes:
    """The bytes of a base64 text, of either alphabet; foreign characters are passed over, padding ends it."""
    clean = re.sub(r"[^A-Za-z0-9+/]", "", text.partition("=")[0].replace("-", "+").replace("_", "/"))
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return base64.b64decode(clean + "=" * (-len(clean) % 4))


@named("base64:decodeString", "SS")
def decode_string(text: str, charset: str) -> str:
    """The text of a base64 text."""
    return decode_bytes(text).decode(_charset(charset), "replace")


def _cut(path: str) -> int:
    """Where the name of the file begins."""
    return max(path.rfind("/"), path.rfind("\\")) + 1


@named("file:fileName", "S")
def file_name(path: str) -> str | None:
    """What stands behind the last separator of a path."""
    return path[_cut(path) :] if path else None


@named("file:parentPath", "S")
def parent_path(path: str) -> str | None:
    """The folder of a path, without a separator at its end."""
    if not path:
        return None
    at = _cut(path)
    return path[:1] if at == 1 else path[: max(0, at - 1)]


@named("file:fileExtension", "S")
def file_extension(path: str) -> str | None:
    """What stands behind the last dot of the file name."""
    name = file_name(path)
    return None if name is None else name.rpartition(".")[2] if "." in name else ""


@named("file:removeExtension", "S")
def remove_extension(path: str) -> str | None:
    """The path without the extension of its file."""
    name = file_name(path)
    return None if name is None else path[: len(path) - len(name)] + (name.rpartition(".")[0] if "." in name else name)


@named("file:pathElement", "SI")
def path_element(path: str, index: int) -> str | None:
    """One part of a path; negative numbers count from the end."""
    parts = [part for part in path.split("/") if part]
    return parts[index] if -len(parts) <= index < len(parts) else None
