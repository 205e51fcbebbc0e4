"""Local FS for whole files: each record is a file that is copied."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ...core.el import EvaluationError
from ...core.errors import InvalidValueError
from ...core.java import java_zone
from ...core.plan.model import StagePlan
from ...core.plan.unfit import Checks
from ...core.processors.api import Out, StopFault, Tools
from ...core.records.record import Record
from ...core.records.values import FieldValue, FileRef
from .access import allowed_path
from .folders import Folders, time_basis
from .formats.whole_file import hasher_of

_LETTERS = re.compile(r"(?:[r-][w-][xsStT-]){3}")


class WholeFiles:
    """Copies the file of every record to the folder and name that expressions give, and tells so in an event.

    A file is written under ``_tmp_`` and its name, then renamed.

    Raises:
        UnfitError: a folder template or a time that cannot be (HADOOPFS_19, 20, 29 to 43).
        InvalidValueError: no name, a checksum that there is not.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("configs.")
        format_ = given.under("dataGeneratorFormatConfig.")
        if not format_.text("fileNameEL").strip():
            raise InvalidValueError("File Name Expression", "", "an expression for the name of a file")
        self._tools = tools
        self._by_header = given.flag("dirPathTemplateInHeader")
        template = given.text("dirPathTemplate")
        checks = Checks("configs.")
        zone = java_zone(given.text("timeZoneID", "UTC") or "UTC") or UTC
        checked = given.flag("hdfsPermissionCheck", True)
        folders = checks.made(
            "dirPathTemplate", lambda: Folders("" if self._by_header else template, zone, tools, checked=checked)
        )
        time = checks.made("timeDriver", lambda: time_basis(given.text("timeDriver", "${time:now()}"), tools))
        checks.done()
        assert folders is not None
        assert time is not None
        self._folders, self._time = folders, time
        self._name: Callable[[Record], object] = tools.evaluate(format_.text("fileNameEL"))
        permission = given.text("permissionEL")
        self._permission = tools.evaluate(permission) if permission.strip() else None
        self._prefix = str(tools.evaluate(given.text("uniquePrefix"))(Record()))
        self._overwrites = format_.text("wholeFileExistsAction", "TO_ERROR") == "OVERWRITE"
        algorithm = format_.text("checksumAlgorithm", "MD5")
        self._algorithm = algorithm if format_.flag("includeChecksumInTheEvents") else None
        if self._algorithm is not None:
            hasher_of(self._algorithm)

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Copies the files of a batch; a record without a file is refused, a full disk ends the run."""
        for record in batch:
            try:
                self._one(record, out)
            except _RefusedError as error:
                out.error(record, error.code, error.message)
            except EvaluationError as error:
                out.error(record, "HADOOPFS_14", f"the record cannot be written: {error}")

    def close(self, out: Out) -> None:
        """Nothing is open between records."""

    def _one(self, record: Record, out: Out) -> None:
        file, info = _file_of(record)
        folder, name = self._place(record), f"{self._prefix}{self._name(record)}"
        if not name or os.sep in name or "\0" in name or name in (".", ".."):
            raise _RefusedError("HADOOPFS_14", f"{name[:80]!r} is no name of a file")
        if ":" in name:
            raise _RefusedError("HADOOPFS_64", f"the name {name[:80]!r} has a colon")
        mode = self._mode(record)
        final = folder / name
        if final.exists() and not self._overwrites:
            raise _RefusedError("HADOOPFS_54", f"the path {final} already exists")
        fields: dict[str, FieldValue] = {"sourceFileInfo": info, "targetFileInfo": {"path": str(final)}}
        fields.update(self._copied(file, folder, name, final))
        if mode is not None:
            final.chmod(mode)
        out.event("wholeFileProcessed", 1, fields)

    def _copied(self, file: FileRef, folder: Path, name: str, final: Path) -> dict[str, FieldValue]:
        """Copies; the checksum, where one is wanted."""
        hasher = None if self._algorithm is None else hasher_of(self._algorithm)
        temporary = folder / f"_tmp_{name}"
        try:
            source = file.open()
        except OSError as error:
            raise _RefusedError("HADOOPFS_14", f"the file cannot be opened: {error.strerror}") from None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with source, temporary.open("wb") as target:
                while data := source.read(file.buffer_size_bytes):
                    target.write(data)
                    if hasher is not None:
                        hasher.update(data)
            temporary.replace(final)
        except OSError as error:
            raise StopFault("HADOOPFS_13", f"cannot write below {folder}: {error.strerror}") from None
        if hasher is None:
            return {}
        return {"checksumAlgorithm": self._algorithm, "checksum": hasher.hexdigest()}

    def _place(self, record: Record) -> Path:
        if self._by_header:
            named = record.attributes.get("targetDirectory")
            if not named:
                raise _RefusedError("HADOOPFS_50", "the attribute targetDirectory is not there")
            return allowed_path(self._tools.access, named)
        moment = self._time(record)
        if not isinstance(moment, datetime):
            raise _RefusedError("HADOOPFS_47", "the time of the record is not there")
        return allowed_path(self._tools.access, self._folders.name(record, moment))

    def _mode(self, record: Record) -> int | None:
        if self._permission is None:
            return None
        try:
            text = str(self._permission(record))
        except EvaluationError as error:
            raise _RefusedError("HADOOPFS_55", f"the expression for permissions cannot be evaluated: {error}") from None
        if re.fullmatch(r"[0-7]{3,4}", text):
            return int(text, 8)
        if _LETTERS.fullmatch(text):
            return sum(1 << (8 - at) for at, sign in enumerate(text) if sign not in "-ST")
        raise _RefusedError("HADOOPFS_56", f"{text[:20]!r} says no permissions, as 644 or rw-r--r-- does")


class _RefusedError(Exception):
    """A record that cannot be copied: code and sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


def _file_of(record: Record) -> tuple[FileRef, FieldValue]:
    root = record.value if isinstance(record.value, dict) else {}
    file, info = root.get("fileRef"), root.get("fileInfo")
    missing = [name for name, held in (("/fileRef", file), ("/fileInfo", info)) if held is None]
    if isinstance(info, dict) and "size" not in info:
        missing.append("/fileInfo/size")
    if missing or not isinstance(file, FileRef):
        raise _RefusedError("HADOOPFS_14", f"the record is no whole file; it lacks {', '.join(missing) or 'a file'}")
    return file, info
