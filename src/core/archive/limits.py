"""How much of a foreign archive is read at most, and the checks that need no content."""

import posixpath
import re
import stat
import zipfile
from collections.abc import Sequence

import attrs

from ..errors import FormatError, LimitError

MIB = 1024 * 1024
LOCAL_HEADER_BYTES = 30
SPLIT_MARKER_BYTES = 4
"""What tools that could have split an archive put before its first member."""


@attrs.frozen
class Limits:
    """Bounds of an archive; sizes are bytes after expansion."""

    entries: int = 50_000
    member_bytes: int = 64 * MIB
    total_bytes: int = 2048 * MIB
    ratio: int = 200
    """Expanded by packed size, of a member and of all; looked at above 1 MiB only, since less cannot hurt."""


DEFAULT_LIMITS = Limits()


def check_entries(entries: Sequence[zipfile.ZipInfo], end: int, source: str, limits: Limits) -> None:
    """Refuse an archive by its directory alone, before anything is expanded. ``end`` is where the directory begins.

    Raises:
        LimitError: too many members, or too much content.
        FormatError: a name that climbs out, a link, a duplicate, an encrypted member, members that share their
            content, or something before the first one.
    """
    if len(entries) > limits.entries:
        raise LimitError(source, "", f"{len(entries)} members; at most {limits.entries} are read")
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry, seen, source)
        _check_size(entry.file_size, entry.compress_size, limits.member_bytes, limits.ratio, source, entry.filename)
    total, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    _check_size(total, packed, limits.total_bytes, limits.ratio, source, "")
    _check_places(entries, end, source)


_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _check_name(entry: zipfile.ZipInfo, seen: set[str], source: str) -> None:
    # the name as it stands there: zipfile cuts it at NUL, and puts a second one of the extra field in its place
    for raw in dict.fromkeys((entry.orig_filename, entry.filename)):
        name = raw.replace("\\", "/")
        if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
            raise FormatError(source, _CONTROL.sub("?", raw), "the name climbs out of the archive")
        if _CONTROL.search(name):
            raise FormatError(source, _CONTROL.sub("?", raw), "the name holds control characters")
    if not name:
        raise FormatError(source, "", "a member has no name")
    place = posixpath.normpath(name)
    if place in seen:
        raise FormatError(source, raw, "two members have this name")
    seen.add(place)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FormatError(source, raw, "it is a symbolic link; expected plain files")
    if entry.flag_bits & 0x1:
        raise FormatError(source, raw, "it is encrypted; export without a password")


def _check_size(size: int, packed: int, limit: int, ratio: int, source: str, member: str) -> None:
    if size > limit:
        raise LimitError(source, member, f"it expands to {size} bytes; at most {limit} are read")
    if size > MIB and size > ratio * max(packed, 1):
        raise LimitError(source, member, f"it expands by more than {ratio} times, as only made-up archives do")


def _check_places(entries: Sequence[zipfile.ZipInfo], end: int, source: str) -> None:
    """Refuse members that share bytes, so that little content cannot count many times, and bytes before the first."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    if ordered and ordered[0].header_offset > SPLIT_MARKER_BYTES:
        before = ordered[0].header_offset
        raise FormatError(source, ordered[0].filename, f"{before} bytes stand before it, the first member")
    for entry, limit in zip(ordered, [*(each.header_offset for each in ordered[1:]), end], strict=False):
        if entry.header_offset + LOCAL_HEADER_BYTES + len(entry.orig_filename) + entry.compress_size > limit:
            raise FormatError(source, entry.filename, "its content reaches into what comes after it")
