"""Charsets by the names that Java has for them: reading piece by piece, writing one text behind the other."""

import codecs
import re
from collections.abc import Callable

from ....core.plan.given import Given
from .fault import FormatFault

_OTHER_NAMES = ((r"x-mac", "mac_"), (r"(?:x-)?(?:windows-|ibm-?)0*", "cp"), (r"x-", ""))
_MARKED = {
    "utf-16": ("utf-16-be", "utf-16-le"),
    "utf-32": ("utf-32-be", "utf-32-le"),
    "x-utf-16le-bom": ("utf-16-le", "utf-16-be"),
    "x-utf-32le-bom": ("utf-32-le", "utf-32-be"),
    "x-utf-32be-bom": ("utf-32-be", "utf-32-le"),
}
"""Charsets whose texts may begin with a mark of the order of bytes: the order without a mark, and the other one."""
_UNMARKED = "utf-32"
"""One of them that is written without a mark."""


def charset_of(given: Given) -> str:
    """The charset of settings. Raises ``FormatFault`` (DATA_FORMAT_05) for one that nobody knows."""
    return known_charset(given.text("charset", "UTF-8") or "UTF-8")


def known_charset(name: str) -> str:
    """A charset that can be read and written. Raises ``FormatFault`` (DATA_FORMAT_05)."""
    plain = name.lower()
    others = (re.sub(rf"\A{pattern}", by, plain) for pattern, by in _OTHER_NAMES)
    for each in (plain, *others):
        if each in _MARKED or _is_text(each):
            return each
    raise FormatFault("DATA_FORMAT_05", f"there is no charset {name}")


def _is_text(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except (LookupError, ValueError):
        return False


class Decoder:
    """The text of bytes that come in pieces; what is none becomes U+FFFD."""

    def __init__(self, charset: str) -> None:
        self._orders = _MARKED.get(charset)
        self._charset, self._held = charset, b""
        self._decode: Callable[[bytes, bool], str] | None = None

    def __call__(self, data: bytes, final: bool = False) -> str:
        """The text of a piece."""
        if self._decode is None:
            self._held += data
            if self._orders is not None and len(self._held) < 4 and not final:
                return ""
            data, self._held = self._behind_mark(self._held), b""
            self._decode = codecs.getincrementaldecoder(self._charset)("replace").decode
        return self._decode(data, final)

    def _behind_mark(self, data: bytes) -> bytes:
        if self._orders is not None:
            self._charset = self._orders[0]
            for order in self._orders:
                mark = "\ufeff".encode(order)
                if data.startswith(mark):
                    self._charset = order
                    return data[len(mark) :]
        return data


class Encoder:
    """The bytes of texts that stand one behind the other; characters that a charset lacks become question marks."""

    def __init__(self, charset: str) -> None:
        orders = _MARKED.get(charset)
        self._mark = "\ufeff" if orders is not None and charset != _UNMARKED else ""
        self._encode = codecs.getincrementalencoder(orders[0] if orders else charset)("replace").encode

    def __call__(self, text: str) -> bytes:
        """The bytes of a text; before those of the first one the mark, where there is one."""
        if not text:
            return b""
        marked, self._mark = self._mark + text, ""
        return self._encode(marked)
