"""Directory: the files of a folder, one after the other, record by record."""

import json
import os
from pathlib import Path
from typing import BinaryIO

import attrs

from ...core.plan.given import Given
from ...core.plan.model import OnError, StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.records.values import FieldValue
from ...core.values import JsonMap
from .access import allowed_path, with_access
from .filerecords import FileRecords
from .formats.fault import FormatFault
from .formats.texts import OVERRUN
from .spool import Spool
from .spoolsettings import checked

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

    A folder without a next file gives ``no-more-data`` once, then empty batches in the time that batches wait; it
    never ends by itself.
    JSON objects that stand one to a line are put out in rows.

    Raises:
        UnfitError: settings that cannot be.
        UnsupportedError: a data format that is not read here.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("conf.")
        self._plan, self._tools = plan, tools
        self._format = given.text("dataFormat", "JSON")
        self._settings = _limited(with_access(given.under("dataFormatConfig."), tools.access), given)
        self._folder, self._fits = checked(given, self._settings, tools.access)
        self._base_dir = given.text("spoolDir")
        as_they_come = given.flag("useEventReader")
        by_time = as_they_come or given.text("useLastModified", "LEXICOGRAPHICAL") == "TIMESTAMP"
        self._deep = given.flag("processSubdirectories") and by_time
        first = given.text("initialFileToProcess")
        self._spool = Spool(
            self._folder,
            self._fits,
            self._is_ready,
            tools.now_ms,
            tools.sleep,
            by_time=by_time,
            deep=self._deep,
            first=first,
            period_ms=given.integer("spoolingPeriod", 5) * 1000,
            limit=given.integer("maxSpoolFiles", 1000),
        )
        self._batch = max(1, given.integer("batchSize", 1000))
        self._after = given.text("postProcessing", "NONE")
        self._archive, self._errors = given.text("archiveDir"), given.text("errorArchiveDir")
        self._kept_s = given.integer("retentionTimeMins") * 60
        self._temporary = not given.flag("ignoreTmpFiles")
        self._least_age_s = given.integer("fileProcessingDelay") / 1000
        self._waits = max(1, round(given.integer("poolingTimeoutSecs", 60) / WAIT_S))
        """How often it looks for a file before a batch is empty."""
        self._check_count(given.integer("maxTotalSpoolFiles"))
        self.paced = False
        self.resting = False
        """True where the files are read elsewhere: then every batch is as if none were left."""
        self._reached: str | None = None
        self._opened: BinaryIO | None = None
        self._read: FileRecords | None = None
        self._file: Path | None = None
        self._at = 0
        self._before = _Counts()
        self._told = self._rested = False
        self._finished: list[Path] = []

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """At most a batch, all of one file; the offset behind it."""
        if self._batch > max_records and not self._tools.preview:
            out.report("SPOOLDIR_37", f"the batch size is larger than an engine allows: {max_records}")
            self._batch = max_records
        if offset is not self._reached or self._opened is None:
            self._go_to(offset, out)
        if self._opened is None:
            found = None if self.resting else self._spool.next(position(offset)[0])
            if found is None:
                self._rest(position(offset)[0], out)
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
            if (
                self._fits(path.name)
                and path.is_file()
                and self._tools.now_ms() / 1000 - path.stat().st_mtime > self._kept_s
            ):
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
        stops = self._plan.on_error is OnError.STOP
        self._read = FileRecords(self._opened, self._format, self._settings, self._facts_of(path), at=at, stops=stops)

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened = self._read = None

    def _some(self, count: int, out: Out) -> None:
        assert self._read is not None
        broken = False
        try:
            more = self._read.some(count, out)
        except FormatFault as fault:
            self._broken(fault, out)
            more, broken = False, True
        except OSError as error:
            raise StopFault("SPOOLDIR_04", f"{self._file} cannot be read: {error.strerror}") from None
        self._at = self._read.at
        if not more:
            self._end(self._read, out, told=not broken or self._plan.on_error is OnError.DISCARD)

    def _facts_of(self, path: Path) -> dict[str, str]:
        changed = int(path.stat().st_mtime * 1000)
        return {"file": str(path), "filename": path.name, "mtime": str(changed), "baseDir": self._base_dir}

    def _broken(self, fault: FormatFault, out: Out) -> None:
        """The rest of the file cannot be read; what becomes of it the on-error setting says."""
        if self._plan.on_error is OnError.STOP:
            raise StopFault("SPOOLDIR_04", f"{self._file}: {fault}")
        if self._plan.on_error is OnError.TO_ERROR:
            out.stage_error("SPOOLDIR_01", f"{self._file}: {fault}")
            if self._errors and self._file is not None and not self._tools.preview:
                self._put_away(self._file, self._errors)

    def _end(self, read: FileRecords, out: Out, *, told: bool) -> None:
        """The end of a file; without ``told`` no event says so."""
        assert self._file is not None
        counts: dict[str, FieldValue] = {
            "filepath": str(self._file),
            "record-count": read.records,
            "error-count": read.faults,
        }
        if told:
            out.event("finished-file", 2, counts)
        self._before.records += read.records
        self._before.faults += read.faults
        self._close()
        self._at = DONE
        if not self._tools.preview:
            self._finished.append(self._file)

    def _rest(self, last: str, out: Out) -> None:
        """Nothing to read now: says so once, with what was read since it said so before; later waits for a file.

        The first empty batch is there at once: with it what was read before is committed.
        """
        if not self._told:
            held, self._before = self._before, _Counts()
            counts = {"record-count": held.records, "error-count": held.faults, "file-count": held.files}
            out.event("no-more-data", 2, dict(counts))
            self._told, self._rested = True, False
        elif not self._tools.preview:
            waits = self._waits if self._rested and not self.resting else 1
            self._rested = True
            for _ in range(waits):
                self._tools.sleep(WAIT_S)
                if self._tools.stopped() or self._spool.next(last) is not None:
                    break

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


def _limited(settings: Given, given: Given) -> Given:
    """The settings of a data format with how much of a file a record may take."""
    return Given(JsonMap({**settings, OVERRUN: given.integer("overrunLimit", 128) * 1024}))


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
