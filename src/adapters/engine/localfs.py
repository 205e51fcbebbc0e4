"""Local FS: records to files below a folder that a template names per record."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from ...core.el import EvaluationError, calls_of, parse_template
from ...core.errors import InvalidValueError
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.processors.registry import processor
from ...core.records.record import Record
from ...core.records.rows import Rows
from ...core.records.values import FieldValue
from .access import allowed_path
from .formats import FormatFault
from .formats.writing import Buffering, Writer, writers
from .wholefiles import WholeFiles

MEGABYTE = 1024 * 1024
_OF_TIME = {"time:now", "YYYY", "YY", "MM", "DD", "hh", "mm", "ss"}


class OpenFile:
    """A file that is being written, under its temporary name."""

    def __init__(self, path: Path, writer: Writer) -> None:
        self.path, self.records, self.size = path, 0, 0
        self._writer = writer
        self._out: BinaryIO = path.open("wb")

    def write(self, record: Record) -> None:
        """Appends one record. Raises ``FormatFault``."""
        data = self._writer.write(record)
        self._out.write(data)
        self.records += 1
        self.size += len(data)

    def write_many(self, values: list[FieldValue]) -> None:
        """Appends values. Raises ``FormatFault``, with nothing written."""
        data = self._writer.many(values)  # type: ignore[attr-defined]
        self._out.write(data)
        self.records += len(values)
        self.size += len(data)

    def finish(self, final: Path) -> None:
        """Ends the file and gives it its name."""
        end = self._writer.finish()
        self._out.write(end)
        self.size += len(end)
        self._out.close()
        self.path.rename(final)

    def flush(self) -> None:
        """Hands everything to the operating system."""
        if isinstance(self._writer, Buffering):
            held = self._writer.flush()
            self._out.write(held)
            self.size += len(held)
        self._out.flush()


@processor("com_streamsets_pipeline_stage_destination_localfilesystem_LocalFileSystemDTarget")
def local_fs(plan: StagePlan, tools: Tools) -> "LocalFs | WholeFiles":
    """Writes records into files, or copies whole ones."""
    whole = plan.given.text("configs.dataFormat") == "WHOLE_FILE"
    return WholeFiles(plan, tools) if whole else LocalFs(plan, tools)


class LocalFs:
    """Files are named ``_tmp_<prefix>_0`` while they are written and ``<prefix>_<id>`` afterwards.

    A file is closed when it has ``maxRecordsPerFile`` records or ``maxFileSize`` megabytes, and at the end of the run.

    Raises:
        InvalidValueError: the folder template is not absolute.
        UnsupportedError: a data format that is not written here.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("configs.")
        self._tools = tools
        self._writers = writers(given.text("dataFormat", "JSON"), given.under("dataGeneratorFormatConfig."))
        self._by_header = given.flag("dirPathTemplateInHeader")
        template = given.text("dirPathTemplate")
        if not self._by_header and not template.startswith("/"):
            raise InvalidValueError("Directory Template", template, "an absolute path")
        self._folder: Callable[[Record], object] = tools.evaluate(template)
        self._time: Callable[[Record], object] = tools.evaluate(given.text("timeDriver", "${time:now()}"))
        texts = (template, given.text("timeDriver", "${time:now()}"))
        many = hasattr(self._writers(), "many")
        self._same_place = many and not self._by_header and not any(map(_looks_at_record, texts))
        """True when the place depends on the time alone; it is then found once for a batch."""
        self._prefix, suffix = given.text("uniquePrefix"), given.text("fileNameSuffix")
        self._suffix = f".{suffix}" if suffix else ""
        self._most, self._largest = given.integer("maxRecordsPerFile"), given.integer("maxFileSize") * MEGABYTE
        self._files: dict[Path, OpenFile] = {}

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Writes the records of a batch; what cannot be written is refused, a full disk ends the run."""
        for record in batch:
            try:
                self._one(record, out)
            except (EvaluationError, FormatFault) as error:
                code = error.code if isinstance(error, FormatFault) else "HADOOPFS_14"
                out.error(record, code, f"the record cannot be written: {error}")
            except OSError as error:
                raise StopFault("HADOOPFS_13", f"cannot write below {error.filename}: {error.strerror}") from None
        for held in self._files.values():
            held.flush()

    def rows(self, rows: Rows, out: Out) -> None:
        """The same for rows: written together where all of them go to one file for sure."""
        if not rows.values or not self._same_place or self._most > 0 or self._largest > 0:
            self(rows.records(), out)
            return
        try:
            folder = self._place(rows.record(0))
            if folder is None:
                self(rows.records(), out)
                return
            held = self._opened(folder)
            held.write_many(rows.values)
            held.flush()
        except (EvaluationError, FormatFault):
            self(rows.records(), out)
        except OSError as error:
            raise StopFault("HADOOPFS_13", f"cannot write below {error.filename}: {error.strerror}") from None

    def _one(self, record: Record, out: Out) -> None:
        folder = self._place(record)
        if folder is None:
            out.error(record, "HADOOPFS_47", "the time of the record, or its target directory, is not there")
            return
        held = self._opened(folder)
        held.write(record)
        if 0 < self._most <= held.records or 0 < self._largest <= held.size:
            self._finish(folder, out)

    def _opened(self, folder: Path) -> OpenFile:
        """The file that is being written in a folder."""
        held = self._files.get(folder)
        if held is None:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"_tmp_{self._stem()}0{self._suffix}"
            if path.exists():  # a killed run left it: its records are committed
                path.rename(self._final(folder))
            held = self._files[folder] = OpenFile(path, self._writers())
        return held

    def _place(self, record: Record) -> Path | None:
        if self._by_header:
            named = record.attributes.get("targetDirectory")
            return None if not named else allowed_path(self._tools.access, named)
        moment = self._time(record)
        if not isinstance(moment, datetime):
            return None
        self._tools.scope.calendar_ms = int(moment.timestamp() * 1000)
        return allowed_path(self._tools.access, str(self._folder(record)))

    def _stem(self) -> str:
        return f"{self._prefix}_" if self._prefix else ""

    def _final(self, folder: Path) -> Path:
        return folder / f"{self._stem()}{self._tools.new_id()}{self._suffix}"

    def _finish(self, folder: Path, out: Out) -> None:
        held = self._files.pop(folder)
        final = self._final(folder)
        held.finish(final)
        out.event("file-closed", 1, {"filepath": str(final), "filename": final.name, "length": held.size})

    def close(self, out: Out) -> None:
        """Closes every file."""
        for folder in list(self._files):
            self._finish(folder, out)


def _looks_at_record(text: str) -> bool:
    parts = [part for part in parse_template(text).parts if not isinstance(part, str)]
    calls = {call.name for part in parts for call in calls_of(part)}
    return not calls <= _OF_TIME
