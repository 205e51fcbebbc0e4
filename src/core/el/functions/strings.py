"""``str:``, ``list:``, ``map:``, ``base64:`` and ``file:`` functions."""

import base64
import html
import re
from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes

import regex

from ..coerce import as_text
from ..errors import EvaluationError
from .registry import named

PATTERN_TIMEOUT_S = 1.0
_TRIMMED = "".join(map(chr, range(33)))
_CHARSETS = {"UTF8": "utf-8", "ISO-8859-1": "latin-1", "US-ASCII": "ascii"}


def _pattern(pattern: str) -> "regex.Pattern[str]":
    try:
        return regex.compile(pattern, regex.VERSION1 if "&&" in pattern else 0)
    except regex.error as error:
        raise EvaluationError(f"{pattern[:60]!r} is no regular expression: {error}") from None


def _bounded(search: Any, *arguments: Any) -> Any:
    try:
        return search(*arguments, timeout=PATTERN_TIMEOUT_S)
    except TimeoutError:
        raise EvaluationError(f"a regular expression took longer than {PATTERN_TIMEOUT_S:g} s") from None


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
named("str:replace", "SSS")(lambda text, old, new: text.replace(old, new))
named("str:contains", "SS")(lambda text, part: part in text)
named("str:startsWith", "SS")(lambda text, part: text.startswith(part))
named("str:endsWith", "SS")(lambda text, part: text.endswith(part))
named("str:concat", "SS")(lambda one, other: one + other)
named("str:length", "S")(len)
named("str:isNullOrEmpty", "S")(lambda text: not text)
named("str:escapeXML10", "S")(lambda text: _escaped(text))
named("str:escapeXML11", "S")(lambda text: _escaped(text))
named("str:unescapeXML", "S")(html.unescape)


def _escaped(text: str) -> str:
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    return html.escape(clean, quote=False).replace('"', "&quot;").replace("'", "&apos;")


@named("str:replaceAll", "SSS")
def replace_all(text: str, pattern: str, replacement: str) -> str:
    """Every match replaced; ``$1`` stands for a group."""
    template = re.sub(r"\\(?![$\\])", r"\\\\", replacement)
    template = re.sub(r"(?<!\\)\$(\d)", r"\\g<\1>", template).replace("\\$", "$")
    try:
        return str(_bounded(_pattern(pattern).sub, template, text))
    except (regex.error, IndexError) as error:
        raise EvaluationError(f"{replacement[:60]!r} is no replacement: {error}") from None


@named("str:truncate", "SI")
def truncate(text: str, length: int) -> str:
    """At most ``length`` characters."""
    if length < 0:
        raise EvaluationError("a text cannot be cut to a negative length")
    return text[:length]


@named("str:regExCapture", "SSI")
def capture(text: str, pattern: str, group: int) -> str | None:
    """A group of the first match; null without one."""
    found = _bounded(_pattern(pattern).search, text)
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
    return _bounded(_pattern(pattern).fullmatch, text) is not None


def _charset(name: str) -> str:
    try:
        "".encode(found := _CHARSETS.get(name.upper(), name))
    except LookupError:
        raise EvaluationError(f"{name!r} is no charset") from None
    return found


@named("str:urlEncode", "SS")
def url_encode(text: str, charset: str) -> str:
    """Form encoding: blanks become ``+``."""
    return quote_plus(text.encode(_charset(charset), "replace"), safe="*").replace("~", "%7E")


@named("str:urlDecode", "SS")
def url_decode(text: str, charset: str) -> str:
    """Form decoding."""
    return unquote_to_bytes(text.replace("+", " ")).decode(_charset(charset), "replace")


@named("str:unescapeJava", "S")
def unescape_java(text: str) -> str:
    """Backslash sequences of Java replaced by their characters."""
    known = {"b": "\b", "n": "\n", "t": "\t", "f": "\f", "r": "\r"}

    def character(found: re.Match[str]) -> str:
        body = found.group(1)
        if body.startswith("u"):
            return chr(int(body.lstrip("u"), 16))
        return chr(int(body, 8)) if body[0] in "01234567" else known.get(body, body)

    return re.sub(r"\\(u+[0-9a-fA-F]{4}|[0-3]?[0-7]{1,2}|.)", character, text, flags=re.DOTALL)


@named("str:split", "SS")
def split(text: str, separator: str) -> list[str]:
    """The trimmed pieces that are not empty."""
    return [piece for piece in (part.strip() for part in _cut(text, separator)) if piece]


def _cut(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else [text]


@named("str:splitKV", "SSS")
def split_pairs(text: str, pairs: str, inner: str) -> dict[str, str]:
    """A map from ``key=value`` pieces.

    Raises:
        EvaluationError: a piece without the inner separator, or a key that comes twice.
    """
    made: dict[str, str] = {}
    for piece in split(text, pairs):
        key, found, value = piece.partition(inner) if inner else (piece, "", "")
        if not found or key.strip() in made:
            raise EvaluationError(f"{piece[:60]!r} has no {inner!r}, or a key that was there before")
        made[key.strip()] = value.strip()
    return made


def _word(value: Any) -> str:
    return "null" if value is None else as_text(value)


named("list:join", "CS")(lambda items, separator: separator.join(_word(item) for item in items or ()))
named("list:joinSkipNulls", "CS")(
    lambda items, separator: separator.join(_word(item) for item in items or () if item is not None)
)
named("map:join", "CSS")(
    lambda items, separator, inner: separator.join(
        f"{key}{inner}{_word(value)}" for key, value in (items or {}).items()
    )
)


@named("base64:encodeString", "SBS")
def encode_string(text: str, url_safe: bool, charset: str) -> str:
    """Base64 of a text."""
    return encode_bytes(text.encode(_charset(charset), "replace"), url_safe)


@named("base64:encodeBytes", "OB")
def encode_bytes(data: Any, url_safe: bool) -> str:
    """Base64 of bytes; the safe form has no padding."""
    if not isinstance(data, bytes):
        raise EvaluationError("expected a byte array")
    return base64.urlsafe_b64encode(data).decode().rstrip("=") if url_safe else base64.b64encode(data).decode()


@named("base64:decodeBytes", "S")
def decode_bytes(text: str) -> bytes:
    """The bytes of a base64 text, of either alphabet; foreign characters are passed over."""
    clean = re.sub(r"[^A-Za-z0-9+/]", "", text.replace("-", "+").replace("_", "/"))
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return base64.b64decode(clean + "=" * (-len(clean) % 4))


@named("base64:decodeString", "SS")
def decode_string(text: str, charset: str) -> str:
    """The text of a base64 text."""
    return decode_bytes(text).decode(_charset(charset), "replace")


@named("file:fileName", "S")
def file_name(path: str) -> str | None:
    """The last part of a path."""
    return path.rstrip("/").rsplit("/", 1)[-1] if path else None


@named("file:parentPath", "S")
def parent_path(path: str) -> str | None:
    """The folder of a path, without a slash at its end."""
    if not path:
        return None
    head, found, _ = path.rstrip("/").rpartition("/")
    return head or ("/" if found else "")


@named("file:fileExtension", "S")
def file_extension(path: str) -> str | None:
    """What stands behind the last dot of the file name."""
    name = file_name(path)
    return None if name is None else name.rpartition(".")[2] if "." in name else ""


@named("file:removeExtension", "S")
def remove_extension(path: str) -> str | None:
    """The path without the extension of its file."""
    extension = file_extension(path)
    return None if extension is None else path[: -len(extension) - 1] if extension else path


@named("file:pathElement", "SI")
def path_element(path: str, index: int) -> str | None:
    """One part of a path; negative numbers count from the end."""
    parts = [part for part in path.split("/") if part]
    return parts[index] if -len(parts) <= index < len(parts) else None
