"""Local FS: records to files below a folder that a template names per record."""

from collections import Counter
from datetime import UTC, datetime

from ...core.el import EvaluationError, calls_of, parse_template
from ...core.el.coerce import as_text
from ...core.el.functions.dates import millis
from ...core.errors import UnsupportedError
from ...core.java import java_zone
from ...core.plan.model import StagePlan
from ...core.plan.unfit import Checks
from ...core.processors.api import Out, StopFault, Tools
from ...core.processors.registry import processor
from ...core.records.record import Record
from ...core.records.rows import Rows
from ...core.records.values import FieldValue
from ...core.running.apart import ATTEMPT
from .access import allowed_path, with_access
from .folders import OF_TIME, Folders, time_basis
from .formats import FormatFault
from .formats.writing import writers
from .outfile import CODECS, OutFile, known_codec
from .remotepath import Place, place_of
from .wholefiles import WholeFiles

MEGABYTE = 1024 * 1024


@processor("com_streamsets_pipeline_stage_destination_localfilesystem_LocalFileSystemDTarget")
def local_fs(plan: StagePlan, tools: Tools) -> "LocalFs | WholeFiles":
    """Writes records into files, or copies whole ones."""
    whole = plan.given.text("configs.dataFormat") == "WHOLE_FILE"
    return WholeFiles(plan, tools) if whole else LocalFs(plan, tools)


class LocalFs:
    """Files are named ``_tmp_<prefix>_0`` while they are written and ``<prefix>_<id>`` afterwards.

    A file is closed when it has ``maxRecordsPerFile`` records or ``maxFileSize`` megabytes, when nothing came for the
    idle timeout or its stretch of time is over, before a record with the roll attribute, and at the end of the run. A
    record whose stretch was over before now is late.

    Raises:
        UnfitError: a folder template that is not absolute (HADOOPFS_40), cannot be (20, 29 to 38) or cannot be written
            to (41 to 43), a time that is none (19), a time limit that is none (10, 52), a type of files that is for
            whole ones alone (60).
        UnsupportedError: a data format, file type or compression codec that there is not here.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given, checks = plan.given.under("configs."), Checks("configs.")
        self._tools = tools
        self._writers = writers(
            given.text("dataFormat", "JSON"), with_access(given.under("dataGeneratorFormatConfig."), tools.access)
        )
        if given.text("fileType", "TEXT") == "SEQUENCE_FILE":
            raise UnsupportedError("writing sequence files", "Files of the type TEXT can be written.")
        self._codec = known_codec(given.text("compression", "NONE") or "NONE")
        self._by_header = given.flag("dirPathTemplateInHeader")
        self._zone = java_zone(given.text("timeZoneID", "UTC") or "UTC") or UTC
        template = given.text("dirPathTemplate")
        late = given.text("lateRecordsAction", "SEND_TO_ERROR") == "SEND_TO_LATE_RECORDS_FILE"
        late_template = given.text("lateRecordsDirPathTemplate")
        suffix, self._largest = given.text("fileNameSuffix"), given.integer("maxFileSize") * MEGABYTE
        self._most = given.integer("maxRecordsPerFile")
        self._roll = given.text("rollHeaderName", "roll") if given.flag("rollIfHeader") else None
        whole = given.text("fileType") == "WHOLE_FILE"
        checks.that(not whole, "HADOOPFS_60", "dataFormat", "files of the type Whole File have that data format")
        limit_ms = self._span(given.text("lateRecordsLimit", "3600"), checks, "lateRecordsLimit", "HADOOPFS_10")
        idle_ms = self._span(given.text("idleTimeout", "-1"), checks, "idleTimeout", "HADOOPFS_52", never=-1)
        checks.that(self._largest >= 0, "HADOOPFS_08", "maxFileSize", "the largest size of a file is below 0")
        checks.that(self._most >= 0, "HADOOPFS_09", "maxRecordsPerFile", "the most records of a file are below 0")
        fits = not suffix.startswith(".") and "/" not in suffix
        checks.that(fits, "HADOOPFS_57", "fileNameSuffix", "a suffix starts without '.' and has no '/'")
        checked = given.flag("hdfsPermissionCheck", True)
        current = checks.made("dirPathTemplate", lambda: self._folders("" if self._by_header else template, checked))
        self._late = (
            checks.made("lateRecordsDirPathTemplate", lambda: self._folders(late_template, checked)) if late else None
        )
        checks.that(self._roll != "", "HADOOPFS_51", "rollHeaderName", "the name of the header that rolls is empty")
        driver = given.text("timeDriver", "${time:now()}")
        time = checks.made("timeDriver", lambda: time_basis(driver, tools))
        checks.done()
        assert current is not None
        assert time is not None
        self._time = time
        self._current, self._limit_ms, self._idle_ms = current, limit_ms, idle_ms
        many = hasattr(self._writers(), "many") and self._roll is None
        self._same_place = many and not self._by_header and not any(map(_looks_at_record, (template, driver)))
        """True when the place depends on the time alone; it is then found once for a batch."""
        self._prefix = given.text("uniquePrefix")
        self._suffix = (f".{suffix}" if suffix else "") + CODECS[self._codec][0]
        self._files: dict[Place, OutFile] = {}
        self._closed: list[Place] = []
        self._attempt, self._written = plan.given.text(ATTEMPT), Counter[Place]()
        if not given.flag("skipOldTempFileRecovery") and not tools.preview:
            self._recover()

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Writes the records of a batch; what cannot be written is refused, a full disk ends the run."""
        now_ms = self._tools.now_ms()
        self._tell(out)
        try:
            self._close_old(now_ms, out)
            for record in batch:
                try:
                    self._one(record, now_ms, out)
                except (EvaluationError, FormatFault) as error:
                    code = error.code if isinstance(error, FormatFault) else "HADOOPFS_14"
                    out.error(record, code, f"the record cannot be written: {error}")
            for held in self._files.values():
                held.flush()
        except OSError as error:
            raise StopFault("HADOOPFS_13", f"cannot write below {error.filename}: {error.strerror or error}") from None

    def rows(self, rows: Rows, out: Out) -> None:
        """The same for rows: written together where all of them go to one file for sure."""
        if not rows.values or not self._same_place or self._most > 0 or self._largest > 0:
            self(rows.records(), out)
            return
        now_ms = self._tools.now_ms()
        self._tell(out)
        try:
            self._close_old(now_ms, out)
            moment = self._time(rows.record(0))
            if not isinstance(moment, datetime):
                self(rows.records(), out)
                return
            held = self._opened(self._current.place(rows.record(0), moment), moment, now_ms)
            held.write_many(rows.values, now_ms, usual=rows.usual)
            held.flush()
        except (EvaluationError, FormatFault):
            self(rows.records(), out)
        except OSError as error:
            raise StopFault("HADOOPFS_13", f"cannot write below {error.filename}: {error.strerror or error}") from None

    def _one(self, record: Record, now_ms: int, out: Out) -> None:
        moment = self._time(record)
        if not isinstance(moment, datetime):
            out.error(record, "HADOOPFS_47", "the time of the record is not there")
            return
        named = record.attributes.get("targetDirectory")
        if self._by_header:
            if named is None:
                out.error(record, "HADOOPFS_50", "the attribute targetDirectory is not there")
                return
            folder = place_of(self._tools.access, named)
        elif self._ends_ms(moment) >= now_ms:
            folder = self._current.place(record, moment)
        elif self._late is None:
            out.error(record, "HADOOPFS_12", f"the record {record.header.source_id} is late")
            return
        else:
            moment = datetime.fromtimestamp(now_ms / 1000, UTC)
            folder = self._late.place(record, moment)
        if self._roll is not None and self._roll in record.attributes and folder in self._files:
            self._finish(folder, out)
        held = self._opened(folder, moment, now_ms)
        held.write(record, now_ms)
        if 0 < self._most <= held.records or 0 < self._largest <= held.size:
            self._finish(folder, out)

    def _ends_ms(self, moment: datetime) -> int:
        """Until when records of a moment are taken."""
        return self._current.template.stretch(millis(moment))[1] + self._limit_ms

    def _opened(self, folder: Place, moment: datetime, now_ms: int) -> OutFile:
        """The file that is being written in a folder."""
        held = self._files.get(folder)
        if held is None:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / self._temporary()
            if path.exists():  # a killed run left it: its records are committed
                self._rename(path)
            expires_ms = None if self._by_header else self._ends_ms(moment)
            held = self._files[folder] = OutFile(path, self._writers(), self._codec, expires_ms, now_ms)
        return held

    def _close_old(self, now_ms: int, out: Out) -> None:
        """Closes files whose time is over, or to which nothing came for long."""
        for folder, held in list(self._files.items()):
            over = held.expires_ms is not None and held.expires_ms < now_ms
            if over or 0 < self._idle_ms <= now_ms - held.used_ms:
                self._finish(folder, out)

    def _temporary(self) -> str:
        return f"_tmp_{self._prefix}_{self._attempt or 0}{self._suffix}"

    def _final(self, folder: Place) -> Place:
        stem = f"{self._prefix}_" if self._prefix else ""
        self._written[folder] += 1
        name = f"{self._written[folder]:04d}" if self._attempt else self._tools.new_id()
        return folder / f"{stem}{name}{self._suffix}"

    def _finish(self, folder: Place, out: Out) -> None:
        held = self._files.pop(folder)
        final = self._final(folder)
        held.finish(final)
        self._closed.append(final)
        self._tell(out)

    def _tell(self, out: Out) -> None:
        """An event for every file that was given its name since the last time."""
        for path in self._closed:
            facts: dict[str, FieldValue] = {"filepath": str(path), "filename": path.name}
            out.event("file-closed", 1, {**facts, "length": path.stat().st_size})
        self._closed.clear()

    def _rename(self, left: Place) -> None:
        """Gives a file its name that an earlier run left."""
        final = self._final(left.parent)
        left.rename(final)  # type: ignore[arg-type]
        self._closed.append(final)

    def _recover(self) -> None:
        """Gives files their name that an earlier run left under the temporary one."""
        for folders in (self._current, self._late):
            for path in folders.leftovers(self._temporary()) if folders is not None else ():
                self._rename(allowed_path(self._tools.access, path))

    def _folders(self, template: str, checked: bool) -> Folders:
        return Folders(template, self._zone, self._tools, checked=checked)

    def _span(self, text: str, checks: Checks, setting: str, code: str, never: float | None = None) -> int:
        """A time limit in milliseconds."""
        try:
            value = float(as_text(self._tools.evaluate(text)(Record())))
        except (EvaluationError, ValueError):
            checks.that(False, "HADOOPFS_06", setting, f"{text!r} is no number of seconds")
            return 0
        checks.that(value > 0 or value == never, code, setting, f"{text!r} is not more than 0 seconds")
        return int(value * 1000)

    def close(self, out: Out) -> None:
        """Closes every file."""
        self._tell(out)
        for folder in list(self._files):
            self._finish(folder, out)


def _looks_at_record(text: str) -> bool:
    parts = [part for part in parse_template(text).parts if not isinstance(part, str)]
    calls = {call.name for part in parts for call in calls_of(part)}
    return not calls <= OF_TIME
