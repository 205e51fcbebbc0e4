"""Tokens: kept as hashes, compared in constant time, with scopes."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

import attrs

SCOPES = ("read", "write", "run")


@attrs.frozen
class Grant:
    """A token's hash and what it allows; the token itself is not kept."""

    digest: bytes = attrs.field(repr=False)
    scopes: frozenset[str] = frozenset(SCOPES)

    @classmethod
    def of(cls, token: str, scopes: Iterable[str] = SCOPES) -> "Grant":
        """The grant of a token."""
        return cls(_digest(token), frozenset(scopes))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


@attrs.frozen
class Tokens:
    """Every token that a server takes; with none, it takes everybody."""

    grants: tuple[Grant, ...] = ()

    @property
    def open(self) -> bool:
        """True when no token is asked for."""
        return not self.grants

    def scopes_of(self, token: str | None) -> frozenset[str] | None:
        """What a token allows; None for one that is not known. Looks at every grant, whichever fits."""
        if self.open:
            return frozenset(SCOPES)
        digest = _digest(token or "")
        found: frozenset[str] | None = None
        for grant in self.grants:
            if hmac.compare_digest(grant.digest, digest):
                found = grant.scopes if found is None else found | grant.scopes
        return found if token is not None else None

    def scopes_of_header(self, header: str | None) -> frozenset[str] | None:
        """What an ``Authorization`` header allows: Bearer, or ZenApiKey with the token as its key."""
        return self.scopes_of(token_of_header(header))


def token_of_header(header: str | None) -> str | None:
    """The token in an ``Authorization`` header; None where there is none."""
    kind, _, rest = (header or "").partition(" ")
    if kind.lower() == "bearer" and rest.strip():
        return rest.strip()
    if kind.lower() == "zenapikey":
        try:
            _, sign, key = base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return key if sign else None
    return None


def grants_of_text(text: str, source: str) -> tuple[Grant, ...]:
    """The grants of a token file: a line per token, ``token`` or ``token scope,scope``; ``#`` starts a remark.

    Raises:
        ValueError: naming the line, never the token.
    """
    found: list[Grant] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        scopes = words[1].split(",") if len(words) > 1 else list(SCOPES)
        unknown = [each for each in scopes if each not in SCOPES]
        if unknown or len(words) > 2:
            raise ValueError(f"{source} line {number}: expected a token and scopes among {', '.join(SCOPES)}")
        if len(words[0]) < 8:
            raise ValueError(f"{source} line {number}: a token needs at least 8 characters")
        found.append(Grant.of(words[0], scopes))
    return tuple(found)
