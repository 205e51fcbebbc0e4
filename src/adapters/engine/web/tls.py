"""The TLS settings of a stage as a context: trusted certificates, a key of its own, protocols."""

import functools
import ssl
import tempfile
from pathlib import Path

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.plan.given import Given
from ....core.processors.api import Access, StopFault
from ..access import allowed_path
from .keystores import KeyStoreFault, is_java, is_pkcs12, java_pem, pkcs12_pem

PEM = b"-----BEGIN"
LARGEST_BYTES = 4 * 1024 * 1024
_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


def tls_context(given: Given, access: Access) -> ssl.SSLContext:
    """What a connection trusts and shows; ``given`` are the settings below ``tlsConfig``.

    Raises:
        UnsupportedError: a list of Java cipher suites, or a store that cannot be read here.
        InvalidValueError: a certificate that is none.
        StopFault: a store that is not there (TLS_01), or cannot be opened (TLS_21).
    """
    if not given.flag("tlsEnabled"):
        return _system()
    made = ssl.create_default_context()
    _trust(made, given, access)
    _show(made, given, access)
    _protocols(made, given)
    return made


def server_context(given: Given, access: Access, *, asks: bool) -> ssl.SSLContext:
    """What a server shows, and whom it trusts when it ``asks`` clients for a certificate. Raises as ``tls_context``."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if not _show(made, given, access):
        raise InvalidValueError("Keystore File", "", "a file with the server's key and certificate")
    if asks:
        _trust(made, given, access)
        made.verify_mode = ssl.CERT_REQUIRED
    _protocols(made, given)
    return made


def _protocols(made: ssl.SSLContext, given: Given) -> None:
    if not given.flag("useDefaultCiperSuites", True) and given.texts("cipherSuites"):
        raise UnsupportedError("a list of Java cipher suites", "Use the default cipher suites.")
    if not given.flag("useDefaultProtocols", True):
        names = [row.text("protocol") for row in given.rows("protocols")] or list(given.texts("protocols"))
        wanted = [_VERSIONS[name] for name in names if name in _VERSIONS]
        if wanted:
            made.minimum_version, made.maximum_version = min(wanted), max(wanted)


@functools.cache
def _system() -> ssl.SSLContext:
    """The authorities that the system knows; loading them takes long, so once per process."""
    return ssl.create_default_context()


def _trust(made: ssl.SSLContext, given: Given, access: Access) -> None:
    """Without certificates of its own, the authorities that the system knows."""
    if given.flag("useRemoteTrustStore"):
        texts = [row.text("credential") for row in given.rows("trustedCertificates")]
        found = "\n".join(text for text in texts if text.strip())
    else:
        word = given.text("trustStorePassword")
        found = _pem(given.text("trustStoreFilePath"), "Truststore File", word, access)
    if not found:
        return
    try:
        made.load_verify_locations(cadata=found)
    except (ssl.SSLError, ValueError) as error:
        raise InvalidValueError("Trusted Certificates", "…", f"certificates in PEM form ({error})") from None


def _show(made: ssl.SSLContext, given: Given, access: Access) -> bool:
    """A certificate of one's own, with its key; False when there is none."""
    if given.flag("useRemoteKeyStore"):
        chain = [row.text("credential") for row in given.rows("certificateChain")]
        found = "\n".join([given.text("privateKey"), *chain]).strip()
    else:
        found = _pem(given.text("keyStoreFilePath"), "Keystore File", given.text("keyStorePassword"), access)
    if not found:
        return False
    with tempfile.TemporaryDirectory(prefix="penstock-") as folder:  # ssl reads keys from files only
        path = Path(folder, "key.pem")
        path.touch(0o600)
        path.write_text(found)
        try:
            made.load_cert_chain(path, password=given.text("keyStorePassword") or None)
        except (ssl.SSLError, ValueError) as error:
            raise InvalidValueError("Private Key", "…", f"a key and certificates in PEM form ({error})") from None
    return True


def _pem(name: str, what: str, password: str, access: Access) -> str:
    """What a file holds, whatever its form; an empty text where none is named."""
    if not name.strip():
        return ""
    path = allowed_path(access, name)
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST_BYTES)
    except OSError as error:
        raise StopFault("TLS_01", f"the {what.lower()} {name} cannot be read: {error.strerror}") from None
    try:
        if is_java(data):
            return java_pem(data, password)
        if is_pkcs12(data):
            return pkcs12_pem(data, password)
    except KeyStoreFault as fault:
        raise StopFault("TLS_21", f"the {what.lower()} {name} cannot be opened: {fault}") from None
    if PEM not in data:
        raise InvalidValueError(what, name, "a Java key store, a PKCS 12 file or a PEM file")
    return data.decode("ascii", "replace")
