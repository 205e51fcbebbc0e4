"""Write to File: error records to files that can be read again with their headers."""

import os
import time
from io import BufferedWriter
from pathlib import Path

import orjson

from ...core.el import EvaluationError
from ...core.errors import InvalidValueError
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.processors.registry import processor
from ...core.records.json_form import record_to_json
from ...core.records.record import Record
from ...core.running.apart import ATTEMPT
from .access import allowed_path
from .formats.writing import SDC_MAGIC

MEGABYTE = 1024 * 1024


def _made(folder: Path) -> Path:
    """The folder, made where it is not there, as engines from 5.8 on do it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        wanted = f"a folder that can be made: {error.strerror} (RECORDFS_01)"
        raise InvalidValueError("Directory", str(folder), wanted) from None
    return folder


@processor("com_streamsets_pipeline_stage_destination_recordstolocalfilesystem_ToErrorLocalFSDTarget")
class WriteToFile:
    """Records go to ``_tmp_<prefix>.sdc``, which becomes ``<prefix>_<id>.sdc`` when it is old, large, or at the end.

    Raises:
        InvalidValueError: no folder, or one that cannot be made (RECORDFS_01, RECORDFS_02), an interval that is not
            above 0 (RECORDFS_03) or cannot be evaluated (RECORDFS_04), or a size below 0 (RECORDFS_00).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        folder = plan.given.text("directory")
        if not folder:
            raise InvalidValueError("Directory", folder, "a folder (RECORDFS_01)")
        if Path(folder).exists() and not Path(folder).is_dir():
            raise InvalidValueError("Directory", folder, "a folder (RECORDFS_02)")
        self._folder = _made(allowed_path(tools.access, folder))
        self._tools = tools
        prefix = str(tools.evaluate(plan.given.text("uniquePrefix", "sdc"))(Record()))
        self._prefix = prefix.replace(os.sep, "_")
        interval = plan.given.text("rotationIntervalSecs", "3600")
        try:
            self._interval_s = float(str(tools.evaluate(interval)(Record())))
        except (EvaluationError, ValueError):
            raise InvalidValueError("File Wait Time", interval, "a number of seconds (RECORDFS_04)") from None
        if self._interval_s <= 0:
            raise InvalidValueError("File Wait Time", interval, "more than 0 seconds (RECORDFS_03)")
        self._most = plan.given.integer("maxFileSizeMbs", 512) * MEGABYTE
        if self._most < 0:
            raise InvalidValueError("Max File Size", self._most // MEGABYTE, "0 or more megabytes (RECORDFS_00)")
        self._attempt, self._written = plan.given.text(ATTEMPT), 0
        word = f"_{self._attempt}" if self._attempt else ""
        self._path = self._folder / f"_tmp_{self._prefix}{word}.sdc"
        self._out: BufferedWriter | None = None
        self._size, self._since_s = 0, 0.0
        if self._path.exists():
            self._rotate()

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Writes the records of a batch; a write that fails ends the run."""
        try:
            for record in batch:
                if self._is_over():
                    self._rotate()
                self._write(record)
            if self._out is not None:
                self._out.flush()
            if self._is_over():
                self._rotate()
        except OSError as error:
            raise StopFault("RECORDFS_05", f"cannot write {self._path}: {error.strerror}") from None

    def _write(self, record: Record) -> None:
        if self._out is None:
            self._out = self._path.open("wb")
            self._out.write(SDC_MAGIC)
            self._size, self._since_s = 1, time.monotonic()
        line = (b" " if self._size > 1 else b"") + orjson.dumps(record_to_json(record)) + b"\n"
        self._out.write(line)
        self._size += len(line)

    def _is_over(self) -> bool:
        """True for a file that is too old or too large."""
        if self._out is None:
            return False
        return time.monotonic() - self._since_s > self._interval_s or 0 < self._most < self._size

    def _rotate(self) -> None:
        if self._out is not None:
            self._out.close()
            self._out = None
        self._written += 1
        name = f"{self._written:04d}" if self._attempt else self._tools.new_id()
        self._path.rename(self._folder / f"{self._prefix}_{name}.sdc")

    def close(self, out: Out) -> None:
        """Gives the file its name."""
        if self._out is not None:
            self._rotate()
