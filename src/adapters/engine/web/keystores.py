"""Java key stores and PKCS 12 files as PEM text: the private key with its certificates, or trusted certificates.

Libraries for the Java form are no longer kept up, and it is short; PKCS 12 goes through ``cryptography``.
Source: the format of ``sun.security.provider.JavaKeyStore`` and its key protection, as published with OpenJDK.
"""

import base64
import hashlib
import hmac
import importlib
import ssl
import struct
from collections.abc import Iterator

from ....core.errors import UnsupportedError

JKS, JCEKS = 0xFEEDFEED, 0xCECECECE
_KEY, _CERTIFICATE = 1, 2
_SALT = 20
_WHITENER = b"Mighty Aphrodite"
_PROTECTED = bytes.fromhex("060a2b060104012a02110101")
"""The object identifier of the protection that Java gives to keys."""
_ORDERED = b"\x30\x82"


class KeyStoreFault(ValueError):
    """A store that is broken, or another password than its own."""


def is_java(data: bytes) -> bool:
    """True for a key store in one of Java's own forms."""
    return len(data) >= 12 and int.from_bytes(data[:4], "big") in (JKS, JCEKS)


def is_pkcs12(data: bytes) -> bool:
    """True for what begins as PKCS 12 files do."""
    return data[:2] == _ORDERED and b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01" in data[:64]


def java_pem(data: bytes, password: str) -> str:
    """The first private key with its chain and every trusted certificate, in PEM form.

    A store without a key needs no password.

    Raises:
        KeyStoreFault: broken, or another password.
        UnsupportedError: a key that is protected in another way than that of Java's plain stores.
    """
    if password and not hmac.compare_digest(_digest(data[:-_SALT], password), data[-_SALT:]):
        raise KeyStoreFault("the password of the store is another one, or the store is broken")
    try:
        return "\n".join(_entries(_Reader(data[:-_SALT]), password))
    except (struct.error, IndexError, UnicodeDecodeError):
        raise KeyStoreFault("the store is broken") from None


def pkcs12_pem(data: bytes, password: str) -> str:
    """As ``java_pem``, for PKCS 12. Raises as it does."""
    try:
        loading = importlib.import_module("cryptography.hazmat.primitives.serialization")
        pkcs12 = importlib.import_module("cryptography.hazmat.primitives.serialization.pkcs12")
    except ImportError:
        raise UnsupportedError("PKCS 12 files", "Install cryptography, or give a PEM file.") from None
    try:
        key, own, more = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError:
        raise KeyStoreFault("the password of the store is another one, or the store is broken") from None
    pem, plain = loading.Encoding.PEM, loading.NoEncryption()
    made = [] if key is None else [key.private_bytes(pem, loading.PrivateFormat.PKCS8, plain)]
    made += [each.public_bytes(pem) for each in (own, *more) if each is not None]
    return b"\n".join(made).decode()


def _digest(data: bytes, password: str) -> bytes:
    return hashlib.sha1(password.encode("utf-16-be") + _WHITENER + data).digest()


class _Reader:
    """Big-endian numbers and blocks, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self) -> int:
        """Four bytes."""
        return int(struct.unpack(">I", self.block(4))[0])

    def text(self) -> str:
        """Its length in two bytes, then the text."""
        return self.block(int(struct.unpack(">H", self.block(2))[0])).decode()

    def block(self, size: int) -> bytes:
        """So many bytes; fewer are a fault."""
        made = self._data[self._at : self._at + size]
        if len(made) < size:
            raise IndexError
        self._at += size
        return made


def _entries(reader: _Reader, password: str) -> Iterator[str]:
    reader.number()
    version, keys = reader.number(), 0
    for _ in range(reader.number()):
        kind = reader.number()
        reader.text()
        reader.block(8)
        if kind == _CERTIFICATE:
            yield _certificate(reader, version)
        elif kind == _KEY:
            protected = reader.block(reader.number())
            chain = [_certificate(reader, version) for _ in range(reader.number())]
            keys += 1
            if keys == 1:
                yield _pem("PRIVATE KEY", _plain(protected, password))
                yield from chain
        else:
            raise UnsupportedError("a secret key in a key store", "Give a store with certificates and private keys.")


def _certificate(reader: _Reader, version: int) -> str:
    if version > 1:
        reader.text()
    return ssl.DER_cert_to_PEM_cert(reader.block(reader.number()))


def _plain(protected: bytes, password: str) -> bytes:
    """The key that Java's own protection hides: a stream of SHA-1 over it, and a digest of the key behind it."""
    if _PROTECTED not in protected[:32]:
        raise UnsupportedError("a key of a JCEKS store", "Give a store of the types JKS or PKCS12, or a PEM file.")
    hidden = _octets(protected)
    word, salt, body, check = password.encode("utf-16-be"), hidden[:_SALT], hidden[_SALT:-_SALT], hidden[-_SALT:]
    stream, made = salt, bytearray()
    for at in range(0, len(body), _SALT):
        stream = hashlib.sha1(word + stream).digest()
        made += bytes(one ^ other for one, other in zip(body[at : at + _SALT], stream, strict=False))
    if not hmac.compare_digest(hashlib.sha1(word + made).digest(), check):
        raise KeyStoreFault("the password of the key is another one")
    return bytes(made)


def _octets(protected: bytes) -> bytes:
    """The octet string of an EncryptedPrivateKeyInfo: a sequence of the algorithm and that string."""
    _, start, _ = _header(protected, 0)
    _, inner, size = _header(protected, start)
    _, found, length = _header(protected, inner + size)
    return protected[found : found + length]


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start and length of a DER value."""
    size = data[at + 1]
    if size < 0x80:
        return data[at], at + 2, size
    count = size & 0x7F
    return data[at], at + 2 + count, int.from_bytes(data[at + 2 : at + 2 + count], "big")


def _pem(word: str, der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {word}-----", *lines, f"-----END {word}-----", ""])
