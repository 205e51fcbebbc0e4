"""Java key stores and PKCS 12 files."""

import base64
import contextlib
import hashlib
import importlib
import ssl
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from penstock.adapters.engine.web.keystores import KeyStoreFault, is_java, is_pkcs12, java_pem, pkcs12_pem
from penstock.core.errors import UnsupportedError

TEXT = Path(__file__).with_name("localhost.pem").read_text()
KEY, CERTIFICATE = (part.strip() for part in TEXT.split("-----BEGIN CERTIFICATE-----"))
CERTIFICATE = f"-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n"
WORD = "changeit"


def der_of(pem: str) -> bytes:
    """The bytes in a PEM text."""
    return base64.b64decode("".join(line for line in pem.splitlines() if "-----" not in line))


def text(value: str) -> bytes:
    """As Java writes it."""
    return struct.pack(">H", len(value)) + value.encode()


def block(value: bytes) -> bytes:
    """Its length, then the bytes."""
    return struct.pack(">I", len(value)) + value


def der(tag: int, value: bytes) -> bytes:
    """A DER value with a long length."""
    return bytes([tag, 0x82]) + struct.pack(">H", len(value)) + value


def protected(key: bytes, word: str) -> bytes:
    """A key as Java hides it."""
    salt, held, stream = bytes(range(20)), word.encode("utf-16-be"), b""
    while len(stream) < len(key):
        stream += hashlib.sha1(held + (stream[-20:] or salt)).digest()
    hidden = bytes(one ^ other for one, other in zip(key, stream, strict=False))
    algorithm = bytes.fromhex("060a2b060104012a021101010500")
    return der(0x30, der(0x30, algorithm) + der(0x04, salt + hidden + hashlib.sha1(held + key).digest()))


def store(*, key: bool = True, magic: int = 0xFEEDFEED, hidden: bytes | None = None) -> bytes:
    """A store with a certificate, and with a key where that is wanted."""
    certificate = text("X.509") + block(der_of(CERTIFICATE))
    entries = [struct.pack(">I", 2) + text("trusted") + bytes(8) + certificate]
    if key:
        body = hidden or protected(der_of(KEY), WORD)
        entries.append(struct.pack(">I", 1) + text("own") + bytes(8) + block(body) + struct.pack(">I", 1) + certificate)
    data = struct.pack(">III", magic, 2, len(entries)) + b"".join(entries)
    return data + hashlib.sha1(WORD.encode("utf-16-be") + b"Mighty Aphrodite" + data).digest()


def test_a_java_store_is_its_key_and_certificates_in_pem_form() -> None:
    """As ``ssl`` takes them."""
    data = store()
    made = java_pem(data, WORD)
    assert is_java(data)
    assert [line for line in made.splitlines() if "BEGIN" in line] == [
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----",
    ]
    assert der_of(made.split("-----END PRIVATE KEY-----")[0].split("-----BEGIN PRIVATE KEY-----")[1]) == der_of(KEY)


def test_certificates_need_no_password() -> None:
    """As in Java, which only then does not look whether the store was changed."""
    made = java_pem(store(key=False), "")
    assert ssl.PEM_cert_to_DER_cert(made) == der_of(CERTIFICATE)


@pytest.mark.parametrize(
    ("data", "word"),
    [(store(), "other"), (store()[:-40], WORD), (store(), ""), (store()[:60] + bytes(20), "")],
    ids=["password", "cut", "no-password", "broken"],
)
def test_another_password_and_broken_stores_are_faults(data: bytes, word: str) -> None:
    """Nothing of them is used."""
    with pytest.raises(KeyStoreFault):
        java_pem(data, word)


def test_keys_that_are_hidden_in_another_way_are_named() -> None:
    """Those of JCEKS stores."""
    hidden = der(0x30, der(0x30, bytes.fromhex("060a2b060104012a02130101")) + der(0x04, b"x"))
    with pytest.raises(UnsupportedError, match="JCEKS"):
        java_pem(store(magic=0xCECECECE, hidden=hidden), WORD)


@given(some.data())
def test_hostile_stores_end_in_a_fault(data: some.DataObject) -> None:
    """Whatever bytes were changed."""
    made = bytearray(store()[:-20])
    for _ in range(data.draw(some.integers(1, 8))):
        made[data.draw(some.integers(4, len(made) - 1))] = data.draw(some.integers(0, 255))
    with contextlib.suppress(KeyStoreFault, UnsupportedError):
        assert isinstance(java_pem(bytes(made) + bytes(20), ""), str)


def test_pkcs12_goes_through_the_library() -> None:
    """Which says when the password is another one."""
    try:
        serialization = importlib.import_module("cryptography.hazmat.primitives.serialization")
    except ImportError:
        with pytest.raises(UnsupportedError, match="cryptography"):
            pkcs12_pem(b"", "")
        return
    pkcs12 = importlib.import_module("cryptography.hazmat.primitives.serialization.pkcs12")
    x509 = importlib.import_module("cryptography.x509")
    key = serialization.load_pem_private_key(KEY.encode(), None)
    certificate = x509.load_pem_x509_certificate(CERTIFICATE.encode())
    hidden = serialization.BestAvailableEncryption(WORD.encode())
    data = pkcs12.serialize_key_and_certificates(b"own", key, certificate, None, hidden)
    assert is_pkcs12(data)
    assert "BEGIN PRIVATE KEY" in pkcs12_pem(data, WORD)
    with pytest.raises(KeyStoreFault):
        pkcs12_pem(data, "other")
