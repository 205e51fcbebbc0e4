"""File Tail origin: the lines of files as they are written, on one lane; what happens to the files, on another."""

import io
import json
import os
import time
from datetime import UTC
from functools import partial
from pathlib import Path

import regex

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.plan.model import StagePlan
from ....core.plan.unfit import Checks
from ....core.processors.api import Out, StopFault, Tools
from ....core.records.record import Header, Record
from ....core.records.values import Date, FieldValue
from ..access import allowed_path, with_access
from ..faults import stage_fault
from ..formats.charsets import charset_of
from ..formats.fault import FormatFault
from ..formats.reading import check_reader, read_items
from ..formats.texts import texts
from .lines import LONGEST_BYTES, Line
from .livefile import LiveFile
from .rolling import rolling_of
from .rows import Row
from .tailing import Followed, Tail

FORMATS = ("JSON", "LOG", "TEXT")
NAP_S = 0.1
LOOK_S = 1.0
TURN = 200
MOST_FILES = 10_000
_LENGTHS = {"TEXT": ("textMaxLineLen", 1024), "JSON": ("jsonMaxObjectLen", 4096), "LOG": ("logMaxObjectLen", 1024)}


class FileTail:
    """Follows files and their rolled ones; the offset says for each how far. It never ends by itself.

    A batch ends when nothing more is there; without any line it waits for ``maxWaitTimeSecs``. Files are deleted or
    archived after the offset behind their end is committed.

    Raises:
        InvalidValueError: no file, a file twice, a folder that is not there: the codes TAIL_01 to TAIL_20.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("conf.")
        self._plan, self._tools = plan, tools
        self._format, self._settings = (
            given.text("dataFormat", "TEXT"),
            with_access(given.under("dataFormatConfig."), tools.access),
        )
        if self._format not in FORMATS:
            raise InvalidValueError("Data Format", self._format, f"{', '.join(FORMATS)} (TAIL_03)")
        check_reader(self._format, self._settings)
        self._batch = max(1, given.integer("batchSize", 1000))
        self._wait_s = given.integer("maxWaitTimeSecs", 5)
        self._after, self._archive = given.text("postProcessing", "NONE"), given.text("archiveDir")
        self._many = bool(given.text("multiLineMainPattern"))
        self._late = given.flag("allowLateDirectories")
        checks = Checks("conf.")
        _check_archive(self._after, self._archive, checks)
        self._rows = self._read_rows(given, checks)
        self._tails: dict[str, Tail] = {}
        self._looked_s = -LOOK_S
        self._finished: list[Path] = []
        self._turn, self._waits = 0, True
        self._look()

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """Lines of all files in turn, then what happened to files; the offset behind both.

        It waits for lines where there were none before: behind others the first empty batch is there at once, so that
        they are committed.
        """
        if self._batch > max_records and not self._tools.preview:
            out.report("TAIL_30", f"the batch size is larger than an engine allows: {max_records}")
            self._batch = max_records
        held, wanted = _offsets(offset), min(self._batch, max_records)
        until_s = time.monotonic() + (self._wait_s if self._waits else 0)
        made = said = 0
        self._look()
        for tail in self._tails.values():
            tail.restore(held.get(tail.key, ""))
        while made < wanted and not self._tools.stopped():
            said = self._said()
            found = self._round(wanted - made, out)
            made += found
            if found or self._said() > said:
                continue
            if made or said or self._tools.preview or time.monotonic() >= until_s:
                break
            self._tools.sleep(NAP_S)
            self._look()
        self._waits = not made and not said
        self._tell(out)
        gone = {key: text for key, text in held.items() if key not in self._tails}
        return json.dumps({**gone, **{tail.key: tail.offset for tail in self._tails.values()}}, ensure_ascii=False)

    def committed(self) -> None:
        """Deletes or archives the files whose end is behind the committed offset."""
        for path in self._finished:
            try:
                if self._after == "DELETE":
                    path.unlink(missing_ok=True)
                elif self._after == "ARCHIVE" and path.exists():
                    target = allowed_path(self._tools.access, Path(self._archive, *path.parts[1:]))
                    target.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(path, target)
            except OSError as error:
                raise StopFault("TAIL_11", f"{path} cannot be put away: {error.strerror}") from None
        self._finished.clear()

    def close(self) -> None:
        """Closes every file."""
        for tail in self._tails.values():
            tail.close()

    # files

    def _read_rows(self, given: Given, checks: Checks) -> "list[Row]":
        main = given.text("multiLineMainPattern")
        try:
            compiled = regex.compile(main) if main else None
        except regex.error as error:
            raise InvalidValueError("Pattern for Multiline", main, f"a regular expression ({error})") from None
        most = self._settings.integer(*_LENGTHS[self._format])
        most = max(2, min(most, LONGEST_BYTES)) if most > 0 else LONGEST_BYTES
        charset = charset_of(self._settings)
        files = given.rows("fileInfos")
        checks.that(bool(files), "TAIL_01", "fileInfos", "there is no file")
        made = []
        for each in files:
            followed = Followed(each.text("tag"), each.text("firstFile"), most, charset, compiled)
            made.append(checks.made("fileInfos", partial(Row.of, each, followed)))
        rows, keys = [row for row in made if row is not None], set[str]()
        for row in rows:
            key = row.key(row.path)
            checks.that(key not in keys, "TAIL_04", "fileInfos", f"{row.path} is there twice")
            keys.add(key)
        for row in rows if not checks.found and not self._late else ():
            checks.that(row.root().is_dir(), "TAIL_02", "fileInfos", f"the folder {row.root()} is not there")
        checks.done()
        return rows

    def _look(self) -> None:
        """Begins to follow files that are new, and forgets those whose folder is gone."""
        if time.monotonic() - self._looked_s < LOOK_S and not self._tools.preview:
            return
        self._looked_s = time.monotonic()
        for row in self._rows:
            for path in row.found():
                if row.key(path) not in self._tails and len(self._tails) < MOST_FILES:
                    allowed_path(self._tools.access, path)
                    rolling = rolling_of(row.mode, Path(path).name, row.pattern)
                    self._tails[row.key(path)] = Tail(Path(path), row.key(path), rolling, row.followed)
        for key, tail in list(self._tails.items()):
            if not tail.folder.is_dir():
                tail.close()
                del self._tails[key]

    # lines

    def _round(self, wanted: int, out: Out) -> int:
        """Lines of each file in turn, beginning with another one every time; how many."""
        made, tails = 0, list(self._tails.values())
        self._turn += 1
        for at in range(len(tails)):
            tail = tails[(self._turn + at) % len(tails)]
            if made >= wanted:
                break
            lines = tail.take(min(TURN, wanted - made), self._check)
            made += len(lines)
            for line in lines:
                self._line(line, tail.row.tag, out)
        return made

    def _check(self, path: Path) -> None:
        allowed_path(self._tools.access, path)

    def _line(self, line: Line, tag: str, out: Out) -> None:
        source_id = f"{line.file.text()}::{line.offset}"
        try:
            found = self._parsed(line)
        except FormatFault as fault:
            stage_fault(self._plan, out, "TAIL_12", f"{source_id} cannot be parsed: {fault}")
            return
        attributes = {"tag": tag} if tag else {}
        attributes |= {"file": str(line.file.path), "filename": line.file.path.name, "offset": str(line.offset)}
        attributes["mtime"] = _changed(line.file)
        for value in found:
            out.emit(Record(value, Header(f"{source_id}::0", attributes=attributes)))

    def _parsed(self, line: Line) -> list[FieldValue]:
        """The record of a line; none where nothing but blanks is."""
        if self._format == "TEXT":
            text = "".join(texts(io.BytesIO(line.data), self._settings)).replace("\r\n", "\n").removesuffix("\n")
            made: dict[str, FieldValue] = {"text": text + "\n" if self._many else text}
        else:
            item = next(iter(read_items(io.BytesIO(line.data), self._format, self._settings)), None)
            if item is None:
                return []
            if item.fault is not None:
                raise item.fault
            if not isinstance(item.value, dict) or self._format == "JSON":
                return [item.value.value if isinstance(item.value, Record) else item.value]
            made = item.value
        if line.cut:
            made["truncated"] = True
        return [made]

    # what happens to files

    def _said(self) -> int:
        return sum(len(tail.events) for tail in self._tails.values())

    def _tell(self, out: Out) -> None:
        at = Date.fromtimestamp(self._tools.now_ms() / 1000, UTC)
        for tail in self._tails.values():
            for kind, file in tail.events:
                path = str(file.renamed().path if file.path.parent.is_dir() else file.path)
                fields: dict[str, FieldValue] = {"fileName": path, "inode": file.inode, "time": at, "event": kind}
                out.emit(Record(dict(fields)), 1)
                out.event(kind, 1, fields, f"event:{kind}:1:{path}")
                if kind == "END" and self._after != "NONE" and not self._tools.preview:
                    self._finished.append(Path(path))
            tail.events.clear()


def _check_archive(after: str, folder: str, checks: Checks) -> None:
    if after != "ARCHIVE":
        return
    if checks.that(bool(folder), "TAIL_05", "archiveDir", "there is no folder for the archive"):
        place = Path(folder)
        checks.that(place.exists(), "TAIL_06", "archiveDir", f"the folder {folder} is not there")
        checks.that(place.is_dir(), "TAIL_07", "archiveDir", f"{folder} is no folder")


def _offsets(text: str | None) -> dict[str, str]:
    try:
        held = json.loads(text) if text else {}
        return {str(key): str(value) for key, value in held.items()}
    except (ValueError, AttributeError, RecursionError):
        raise StopFault("TAIL_10", f"the stored offset {str(text)[:80]!r} cannot be read") from None


def _changed(file: LiveFile) -> str:
    try:
        return str(int(file.path.stat().st_mtime * 1000))
    except OSError:
        return "0"
