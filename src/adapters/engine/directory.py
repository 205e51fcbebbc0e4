"""Directory: the files of a folder, one after the other, record by record."""

import fnmatch
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import attrs
import regex

from ...core.errors import InvalidValueError
from ...core.plan.model import OnError, StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.records.values import FieldValue
from .access import allowed_path, with_resources
from .filerecords import FileRecords
from .formats.fault import FormatFault
from .formats.reading import check_reader
from .spool import Spool

Matcher = Callable[[str], bool]
WAIT_S = 0.2
TEMPORARY = "_tmp_"
"""How names begin that Local FS gives to files that it is writing."""
DONE = -1


@attrs.define
class _Counts:
    """What was read since nothing was left before."""

    records: int = 0
    faults: int = 0
    files: int = 0


class Directory:
    """Reads files in the order of their names, or of their last change; the offset says which one and how far.

    A folder without a next file gives empty batches, and ``no-more-data`` once; it never ends by itself.
    JSON objects that stand one to a line are put out in rows.

    Raises:
        InvalidValueError: no folder, no pattern, or one that cannot be read.
        UnsupportedError: a data format that is not read here.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("conf.")
        self._plan, self._tools = plan, tools
        self._folder = _folder(given.text("spoolDir"), tools, late=given.flag("allowLateDirectory"))
        self._format, self._settings = (
            given.text("dataFormat", "JSON"),
            with_resources(given.under("dataFormatConfig."), tools.access),
        )
        check_reader(self._format, self._settings)
        fits = _matcher(given.text("filePattern"), glob=given.text("pathMatcherMode", "GLOB") == "GLOB")
        as_they_come = given.flag("useEventReader")
        by_time = as_they_come or given.text("useLastModified", "LEXICOGRAPHICAL") == "TIMESTAMP"
        self._deep = given.flag("processSubdirectories") and by_time
        first = given.text("initialFileToProcess")
        self._spool = Spool(
            self._folder, fits, self._is_ready, tools.now_ms, tools.sleep, by_time=by_time, deep=self._deep, first=first
        )
        self._batch = max(1, given.integer("batchSize", 1000))
        self._after = given.text("postProcessing", "NONE")
        self._archive, self._errors = given.text("archiveDir"), given.text("errorArchiveDir")
        self._kept_s = given.integer("retentionTimeMins") * 60
        if first and not fits(Path(first).name):
            raise InvalidValueError("First File to Process", first, "a name that fits the pattern (SPOOLDIR_18)")
        self._temporary = not given.flag("ignoreTemporaryFiles")
        self._least_age_s = given.integer("fileProcessingDelayInMs") / 1000
        self._check_count(given.integer("maxFilesHardLimit"))
        self.paced = False
        self.resting = False
        """True where the files are read elsewhere: then every batch is as if none were left."""
        self._reached: str | None = None
        self._opened: BinaryIO | None = None
        self._read: FileRecords | None = None
        self._file: Path | None = None
        self._at = 0
        self._before = _Counts()
        self._told = False
        self._finished: list[Path] = []

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """At most a batch, all of one file; the offset behind it."""
        if offset is not self._reached or self._opened is None:
            self._go_to(offset, out)
        if self._opened is None:
            found = None if self.resting else self._spool.next(position(offset)[0])
            if found is None:
                self._rest(out)
                return offset or offset_text("", 0)
            self._open(found, 0, out)
        self._some(min(self._batch, max_records), out)
        self._reached = offset_text(str(self._file), self._at)
        return self._reached

    def _go_to(self, offset: str | None, out: Out) -> None:
        name, at = position(offset)
        if self._file is None or str(self._file) != name or self._at != at:
            self._close()
            if name and at != DONE and Path(name).exists():
                self._open(Path(name), at, out)

    def file_behind(self, last: str) -> Path | None:
        """The first file behind one; behind none for an empty name."""
        return self._spool.next(last)

    def read_elsewhere(self, path: Path | None, records: int, faults: int) -> None:
        """Counts what another process read; ``path`` is a file that it finished."""
        self._before.records += records
        self._before.faults += faults
        self._told = False
        if path is not None:
            self._before.files += 1
            self._finished.append(path)

    def committed(self) -> None:
        """Deletes or archives files that were read to their end, after their offset is safe."""
        for path in self._finished:
            if self._after == "DELETE":
                path.unlink(missing_ok=True)
            elif self._after == "ARCHIVE" and path.exists():
                self._put_away(path, self._archive)
        self._finished.clear()

    def close(self) -> None:
        """Closes the file that is open."""
        self._close()

    def _put_away(self, path: Path, folder: str) -> None:
        target = allowed_path(self._tools.access, folder)
        place = target / (path.relative_to(self._folder) if self._deep else path.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, place)
        if self._kept_s > 0:
            self._purge(target)

    def _purge(self, archive: Path) -> None:
        """Deletes archived files that were kept long enough."""
        for path in archive.rglob("*"):
            if path.is_file() and self._tools.now_ms() / 1000 - path.stat().st_mtime > self._kept_s:
                path.unlink(missing_ok=True)

    def _open(self, path: Path, at: int, out: Out) -> None:
        try:
            self._opened = allowed_path(self._tools.access, path).open("rb")
        except OSError as error:
            raise StopFault("SPOOLDIR_04", f"{path} cannot be opened: {error.strerror}") from None
        self._file, self._at = path, at
        self._before.files += 1
        self._told = False
        out.event("new-file", 1, {"filepath": str(path)})
        self._read = FileRecords(self._opened, self._format, self._settings, self._facts_of(path), at=at)

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened = self._read = None

    def _some(self, count: int, out: Out) -> None:
        assert self._read is not None
        try:
            more = self._read.some(count, out)
        except FormatFault as fault:
            self._read.faults += 1
            self._broken(fault, out)
            more = False
        except OSError as error:
            raise StopFault("SPOOLDIR_04", f"{self._file} cannot be read: {error.strerror}") from None
        self._at = self._read.at
        if not more:
            self._end(self._read, out)

    def _facts_of(self, path: Path) -> dict[str, str]:
        changed = int(path.stat().st_mtime * 1000)
        return {"file": str(path), "filename": path.name, "mtime": str(changed), "baseDir": str(self._folder)}

    def _broken(self, fault: FormatFault, out: Out) -> None:
        """The rest of the file cannot be read; what becomes of it the on-error setting says."""
        if self._plan.on_error is OnError.STOP:
            raise StopFault("SPOOLDIR_04", f"{self._file}: {fault}")
        if self._plan.on_error is OnError.TO_ERROR:
            out.stage_error("SPOOLDIR_01", f"{self._file}: {fault}")
            if self._errors and self._file is not None and not self._tools.preview:
                self._put_away(self._file, self._errors)

    def _end(self, read: FileRecords, out: Out) -> None:
        assert self._file is not None
        counts: dict[str, FieldValue] = {
            "filepath": str(self._file),
            "record-count": read.records,
            "error-count": read.faults,
        }
        out.event("finished-file", 2, counts)
        self._before.records += read.records
        self._before.faults += read.faults
        self._close()
        self._at = DONE
        if not self._tools.preview:
            self._finished.append(self._file)

    def _rest(self, out: Out) -> None:
        """Nothing to read now: says so once, with what was read since it said so before; later waits a little."""
        if not self._told:
            held, self._before = self._before, _Counts()
            counts = {"record-count": held.records, "error-count": held.faults, "file-count": held.files}
            out.event("no-more-data", 2, dict(counts))
            self._told = True
        elif not self._tools.preview:
            self._tools.sleep(WAIT_S)

    def _is_ready(self, name: str, changed_s: float) -> bool:
        """False for a file that is written now: by its name, or as it is not old enough."""
        if not self._temporary and name.startswith(TEMPORARY):
            return False
        return self._least_age_s <= 0 or self._tools.now_ms() / 1000 - changed_s >= self._least_age_s

    def _check_count(self, most: int) -> None:
        if most > 0 and (count := sum(1 for _ in self._spool.files())) > most:
            raise StopFault(
                "SPOOLDIR_50", f"Exceeded max number of files: {count} in {self._folder}, {most} are allowed"
            )


def _folder(text: str, tools: Tools, *, late: bool) -> Path:
    if not text.strip():
        raise InvalidValueError("Files Directory", text, "a folder (SPOOLDIR_11)")
    path = Path(text)
    if not path.is_absolute():
        raise InvalidValueError("Files Directory", text, "an absolute path")
    if not late and not path.is_dir():
        code = "SPOOLDIR_13" if path.exists() else "SPOOLDIR_12"
        raise InvalidValueError("Files Directory", text, f"an existing folder ({code})")
    return allowed_path(tools.access, path)


def _matcher(pattern: str, *, glob: bool) -> "Matcher":
    if not pattern.strip():
        raise InvalidValueError("File Name Pattern", pattern, "a pattern (SPOOLDIR_32)")
    if glob:
        alternatives = braces(pattern)
        return lambda name: any(fnmatch.fnmatchcase(name, each) for each in alternatives)
    try:
        compiled = regex.compile(pattern)
    except regex.error as error:
        raise InvalidValueError("File Name Pattern", pattern, f"a regular expression ({error}) (SPOOLDIR_16)") from None
    return lambda name: compiled.fullmatch(name, timeout=1.0) is not None


def braces(pattern: str) -> list[str]:
    """``*.{json,csv}`` as two patterns."""
    found = regex.search(r"\{([^{}]*)\}", pattern)
    if found is None:
        return [pattern]
    before, after = pattern[: found.start()], pattern[found.end() :]
    return [each for word in found.group(1).split(",")[:100] for each in braces(before + word + after)]


def offset_text(file: str, at: int) -> str:
    return json.dumps({"file": file, "POS": str(at)})


def position(offset: str | None) -> tuple[str, int]:
    if not offset:
        return "", 0
    try:
        held = json.loads(offset)
        return str(held["file"]), int(held["POS"])
    except (ValueError, KeyError, TypeError):
        raise StopFault("SPOOLDIR_33", f"the stored offset {offset[:80]!r} cannot be read") from None
