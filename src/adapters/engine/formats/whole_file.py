"""Whole files: a record with what is known of a file, and a reference through which a destination copies it."""

import io
import os
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from ....core.el import Scope, compile_text
from ....core.el.coerce import as_double
from ....core.errors import InvalidValueError, UnsupportedError
from ....core.plan.given import Given
from ....core.records.record import Header, Record
from ....core.records.values import FieldValue, FileRef, Long
from .item import Item

_sleep = time.sleep


def read_whole_file(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """One record for the file: ``fileRef`` and ``fileInfo``. Nothing of the file is read.

    Raises:
        UnsupportedError: the data is no file of this machine.
        InvalidValueError: a rate that is no number, a buffer of less than a byte.
    """
    rate = rate_of(given.text("rateLimit", "-1"))
    size = given.integer("wholeFileMaxObjectLen", 8192)
    if size < 1:
        raise InvalidValueError("Buffer Size (bytes)", size, "1 or more (DATA_FORMAT_01)")
    held = getattr(opened, "name", None)
    name = os.fspath(held) if isinstance(held, (str, os.PathLike)) else None
    if not isinstance(name, str):
        if opened.read(1):
            raise UnsupportedError("a whole file out of data that is no file", "Read it with the Directory origin.")
        return
    path = os.path.realpath(name)
    info = file_info(path, name)
    file = FileRef(lambda: _Limited(path, rate), info, size)
    yield Item(0, 1, Record({"fileRef": file, "fileInfo": info}, Header(source_id=os.path.basename(name))))


def rate_of(text: str) -> float:
    """Bytes a second that a text or expression names; -1 for no limit.

    Raises:
        InvalidValueError: no number.
    """
    try:
        return float(as_double(compile_text(text)(Scope()))) if text.strip() else -1.0
    except (ValueError, TypeError):
        raise InvalidValueError("Rate per Second", text, "a number of bytes, or -1") from None


def file_info(path: str, name: str) -> "dict[str, FieldValue]":
    """What is known of a file. Moments are ISO texts, permissions letters."""
    facts = os.stat(path)
    return {
        "lastAccessTime": _moment(facts.st_atime_ns),
        "lastModifiedTime": _moment(facts.st_mtime_ns),
        "size": Long(facts.st_size),
        "creationTime": _moment(facts.st_mtime_ns),
        "isSymbolicLink": os.path.islink(name),
        "isRegularFile": stat.S_ISREG(facts.st_mode),
        "fileKey": f"(dev={facts.st_dev:x},ino={facts.st_ino})",
        "isOther": not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)),
        "isDirectory": stat.S_ISDIR(facts.st_mode),
        "owner": _owner(facts.st_uid, "pwd"),
        "group": _owner(facts.st_gid, "grp"),
        "permissions": stat.filemode(facts.st_mode)[1:],
        "filename": os.path.basename(name),
        "file": os.path.abspath(name),
        "ctime": _moment(facts.st_ctime_ns),
    }


def _moment(at_ns: int) -> str:
    at = datetime.fromtimestamp(at_ns // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    part = f"{at_ns % 1_000_000_000:09d}".rstrip("0")
    return f"{at}.{part}Z" if part else f"{at}Z"


def _owner(number: int, where: str) -> str:
    try:
        if where == "pwd":
            import pwd

            return pwd.getpwuid(number).pw_name
        import grp

        return grp.getgrgid(number).gr_name
    except (ImportError, KeyError):
        return str(number)


class _Limited(io.BufferedIOBase):
    """A file that gives no more bytes a second than it may."""

    def __init__(self, path: str, rate: float) -> None:
        self._opened = open(path, "rb")  # noqa: SIM115 - closed with this
        self._rate, self._given, self._began_s = rate, 0, time.monotonic()

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """At most what a second may have."""
        if self._rate <= 0:
            return self._opened.read(size)
        allowed = max(1, int(self._rate))
        data = self._opened.read(allowed if size is None or size < 0 else min(size, allowed))
        self._given += len(data)
        ahead_s = self._given / self._rate - (time.monotonic() - self._began_s)
        if ahead_s > 0:
            _sleep(ahead_s)
        return data

    def close(self) -> None:
        """Closes the file, if it could be opened."""
        if hasattr(self, "_opened"):
            self._opened.close()
        super().close()


def hasher_of(name: str) -> Any:
    """What makes a checksum: ``update`` and ``hexdigest``.

    Raises:
        InvalidValueError: an algorithm that there is not.
    """
    import hashlib

    import mmh3

    made: dict[str, Callable[[], Any]] = {
        "MD5": hashlib.md5,
        "SHA1": hashlib.sha1,
        "SHA256": hashlib.sha256,
        "SHA512": hashlib.sha512,
        "MURMUR3_32": lambda: _Murmur(mmh3.mmh3_32()),
        "MURMUR3_128": lambda: _Murmur(mmh3.mmh3_x64_128()),
    }
    if name not in made:
        raise InvalidValueError("Checksum Algorithm", name, "an algorithm", tuple(made))
    return made[name]()


class _Murmur:
    """A hash whose digest is told in hex."""

    def __init__(self, held: Any) -> None:
        self._held = held

    def update(self, data: bytes) -> None:
        """Takes more bytes."""
        self._held.update(data)

    def hexdigest(self) -> str:
        """The hash in hex, low bytes first."""
        return bytes(self._held.digest()).hex()
