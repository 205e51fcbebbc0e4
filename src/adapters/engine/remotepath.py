"""Files that a URI names, on object stores and Hadoop's file system: what Local FS needs of paths, through pyarrow."""

import re
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, cast

from ...core.errors import InvalidValueError, UnsupportedError
from ...core.processors.api import Access, StopFault
from .access import NOT_ALLOWED, allowed_path

_SAME = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfss": "abfs"}
"""Names that Hadoop has for schemes."""
_WITHOUT_FOLDERS = ("s3", "gcs")


class RemotePath:
    """A file or folder by its URI (``uri`` is what is shown of it), with the verbs of ``pathlib.Path`` that are needed.

    Where a store has no renaming, ``rename`` copies within the store.
    """

    __slots__ = ("_files", "_inner", "_uri")

    def __init__(self, uri: str, files: Any, inner: str) -> None:
        self._uri, self._files, self._inner = uri.rstrip("/"), files, inner.rstrip("/")

    @property
    def name(self) -> str:
        """The part behind the last slash."""
        return self._uri.rpartition("/")[2]

    @property
    def parent(self) -> "RemotePath":
        """The folder that it is in."""
        return RemotePath(self._uri.rpartition("/")[0], self._files, self._inner.rpartition("/")[0])

    def __truediv__(self, name: str) -> "RemotePath":
        return RemotePath(f"{self._uri}/{name}", self._files, f"{self._inner}/{name}")

    def mkdir(self, *, parents: bool, exist_ok: bool) -> None:
        """Makes the folder, where the store has folders."""
        if self._files.type_name not in _WITHOUT_FOLDERS:
            self._files.create_dir(self._inner, recursive=parents)

    def exists(self) -> bool:
        """True when something is there."""
        return bool(self._files.get_file_info(self._inner).type)

    def rename(self, target: "RemotePath") -> None:
        """Gives it another name in the same store; what has it already is replaced."""
        self._files.move(self._inner, target._inner)

    def open(self, mode: str) -> BinaryIO:
        """A stream that writes it anew."""
        assert mode == "wb"
        return cast(BinaryIO, self._files.open_output_stream(self._inner))

    def stat(self) -> Any:
        """Its size as ``st_size``."""
        return SimpleNamespace(st_size=self._files.get_file_info(self._inner).size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemotePath) and self._uri == other._uri

    def __hash__(self) -> int:
        return hash(self._uri)

    def __str__(self) -> str:
        return self._uri


Place = Path | RemotePath


def is_uri(text: str) -> bool:
    """True for a text with a scheme."""
    return "://" in text


def place_of(access: Access, text: str) -> Place:
    """The file or folder of a text, where it may be used; a URI only where the engine takes such.

    Raises:
        StopFault: it may not be used.
        InvalidValueError: a URI of no known store.
        UnsupportedError: pyarrow is not there.
    """
    if not (access.uris and is_uri(text)):
        return allowed_path(access, text)
    if access.folders is not None:
        known = ", ".join(access.folders) or "no folder at all"
        raise StopFault(NOT_ALLOWED, f"the store of {_shown(text)!r} is not allowed here; allowed: {known}")
    return _remote(text)


@lru_cache(1000)
def _remote(uri: str) -> RemotePath:
    try:
        from pyarrow import fs
    except ImportError:
        raise UnsupportedError("writing to a URI without pyarrow", "pip install 'penstock[parquet]'") from None
    scheme, _, rest = uri.partition("://")
    try:
        files, inner = fs.FileSystem.from_uri(f"{_SAME.get(scheme, scheme)}://{rest}")
    except ValueError as error:
        text = str(error).splitlines()[0].replace(rest, "…")
        raise InvalidValueError("URI", _shown(uri), f"file, s3, gs, abfs or hdfs as scheme ({text})") from None
    return RemotePath(_shown(uri), files, inner)


def _shown(uri: str) -> str:
    """A URI as people may see it: without keys, and without options."""
    return re.sub(r"://[^/@]*@", "://", uri).partition("?")[0]
