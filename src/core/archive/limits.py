"""How much of a foreign archive is read at most, and the checks that need no content."""

import stat
import zipfile
from collections.abc import Sequence

import attrs

from ..errors import FormatError, LimitError

MIB = 1024 * 1024


@attrs.frozen
class Limits:
    """Bounds of an archive; sizes are bytes after expansion."""

    entries: int = 50_000
    member_bytes: int = 64 * MIB
    total_bytes: int = 2048 * MIB
    ratio: int = 200
    """Expanded by packed size; looked at for members above 1 MiB only, since small ones cannot hurt."""


DEFAULT_LIMITS = Limits()


def check_entries(entries: Sequence[zipfile.ZipInfo], source: str, limits: Limits) -> None:
    """Refuse an archive by its directory alone, before anything is expanded.

    Raises:
        LimitError: too many members, or too much content.
        FormatError: a name that climbs out, a link, a duplicate, an encrypted member.
    """
    if len(entries) > limits.entries:
        raise LimitError(source, "", f"{len(entries)} members; at most {limits.entries} are read")
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry, seen, source)
        _check_size(entry, source, limits)
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        raise LimitError(source, "", f"it expands to {total} bytes; at most {limits.total_bytes} are read")


def _check_name(entry: zipfile.ZipInfo, seen: set[str], source: str) -> None:
    raw = entry.orig_filename or entry.filename
    name = raw.replace("\\", "/")
    if "\0" in name or name.startswith("/") or name[1:3] == ":/" or ".." in name.split("/"):
        raise FormatError(source, raw.replace("\0", "?"), "the name climbs out of the archive")
    if name in seen:
        raise FormatError(source, raw, "two members have this name")
    seen.add(name)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FormatError(source, raw, "it is a symbolic link; expected plain files")
    if entry.flag_bits & 0x1:
        raise FormatError(source, raw, "it is encrypted; export without a password")


def _check_size(entry: zipfile.ZipInfo, source: str, limits: Limits) -> None:
    if entry.file_size > limits.member_bytes:
        reason = f"it expands to {entry.file_size} bytes; at most {limits.member_bytes} are read"
        raise LimitError(source, entry.filename, reason)
    if entry.file_size > MIB and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        reason = f"it expands by more than {limits.ratio} times, as only made-up archives do"
        raise LimitError(source, entry.filename, reason)
