"""Whole files in scripts: ``getInputStream()`` reads them byte by byte, as that of the original did."""

from collections.abc import MutableSequence
from io import BufferedIOBase
from typing import Any

from ...core.records.values import FileRef

END = -1
LARGEST_BYTES = 64 * 1024 * 1024
"""Scripts that do not run in this process get files up to this size."""
VERB = "getInputStream"


class ScriptFile:
    """The field of a whole file as a script in Python sees it."""

    def __init__(self, file: FileRef) -> None:
        self.file = file

    def getInputStream(self) -> "InputStream":
        """Opens the file."""
        return InputStream(self.file.open())

    def __repr__(self) -> str:
        return "FileRef"


class InputStream:
    """The bytes of a file, as Java's class of the name gives them."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream

    def read(self, into: MutableSequence[int] | None = None) -> int:
        """The next byte, or how many were put into a buffer; -1 at the end."""
        if into is None:
            got = self._stream.read(1)
            return got[0] if got else END
        got = self._stream.read(len(into))
        into[: len(got)] = type(into)(got)  # type: ignore[call-arg]
        return len(got) or END

    def close(self) -> None:
        """Closes the file."""
        self._stream.close()


class Files:
    """The files of a batch, by number, for a script in another engine: their bytes go there only when it reads some."""

    def __init__(self, script: str) -> None:
        self._wanted = VERB in script
        self._held: list[FileRef] = []

    def clear(self) -> None:
        """Forgets them."""
        self._held.clear()

    def shown(self, file: FileRef) -> list[Any]:
        """The number of a file, and its bytes as text of the first 256 characters; None for one that is too large."""
        self._held.append(file)
        return [len(self._held) - 1, self._bytes(file) if self._wanted else None]

    def __getitem__(self, number: int) -> FileRef:
        return self._held[number]

    def _bytes(self, file: FileRef) -> str | None:
        with file.open() as stream:
            got = stream.read(LARGEST_BYTES + 1)
        return got.decode("latin-1") if len(got) <= LARGEST_BYTES else None
