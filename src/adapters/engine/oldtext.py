"""Texts of Python 2: ``encode`` and ``decode`` go from text to text there, and know codecs that are no charsets."""

import codecs
from typing import Any


class ByteText(bytes):
    """What a text was encoded to: bytes for whoever wants bytes, a text beside texts and in fields."""

    @property
    def text(self) -> str:
        """A character for each byte."""
        return self.decode("latin-1")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return repr(self.text)

    def __format__(self, spec: str) -> str:
        return format(self.text, spec)

    def __eq__(self, other: object) -> bool:
        return self.text == other if isinstance(other, str) else bytes(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.text)

    def __add__(self, other: Any) -> Any:
        return self.text + other if isinstance(other, str) else ByteText(bytes(self) + bytes(other))

    def __radd__(self, other: Any) -> Any:
        return other + self.text if isinstance(other, str) else bytes(other) + bytes(self)


def recoded(held: Any, verb: str, *given: Any, **named: Any) -> Any:
    """``held.encode(…)`` or ``held.decode(…)`` as Python 2 has it.

    Raises:
        LookupError: an unknown codec. ValueError: what cannot be encoded or decoded.
    """
    if not isinstance(held, (str, bytes)):
        return getattr(held, verb)(*given, **named)
    name = given[0] if given else named.get("encoding", "utf-8")
    if not _is_charset(name):
        return _converted(held, verb, name)
    if verb == "encode":
        return ByteText(held.encode(*given, **named)) if isinstance(held, str) else held
    return held if isinstance(held, str) else held.decode(*given, **named)


def _is_charset(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        codecs.lookup(name)
        return False
    return True


def _converted(held: str | bytes, verb: str, codec: str) -> str:
    convert: Any = codecs.encode if verb == "encode" else codecs.decode
    data: Any = held.encode("latin-1") if isinstance(held, str) else held
    try:
        made: Any = convert(data, codec)
    except TypeError:  # a codec from text to text
        made = convert(str(data, "latin-1"), codec)
    return made.decode("latin-1") if isinstance(made, bytes) else str(made)
