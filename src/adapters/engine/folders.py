"""Folders of Local FS: templates that name them per record, and the time that a record belongs to."""

import glob
import os
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from ...core.el import ElError, EvaluationError, calls_of, parse_template
from ...core.el.coerce import as_text
from ...core.el.compile import compiled
from ...core.el.functions.dates import millis
from ...core.el.nodes import Node
from ...core.errors import InvalidValueError
from ...core.processors.api import StopFault, Tools
from ...core.processors.path_templates import path_template
from ...core.records.record import Record
from .access import allowed_path
from .remotepath import Place, is_uri, place_of

OF_TIME = frozenset({"time:now", "every", "YYYY", "YY", "MM", "DD", "hh", "mm", "ss"})
"""Functions whose value depends on time, and on nothing else."""


class Folders:
    """The folders that a template names; none for an empty one, where a header names them.

    Raises:
        InvalidValueError: a template that is not absolute (HADOOPFS_40), has no value (20), cannot be (29 to 38), or,
            where it is ``checked``, cannot be written to (41 to 43).
    """

    def __init__(self, template: str, zone: tzinfo, tools: Tools, *, checked: bool = True) -> None:
        remote = tools.access.uris and is_uri(template)
        if template and not template.startswith("/") and not remote:
            raise InvalidValueError("Directory Template", template, "an absolute path (HADOOPFS_40)")
        if remote and "${" not in template:
            place_of(tools.access, template)
        self._text, self._tools = template, tools
        self._last: tuple[str, Place] | None = None
        self._folder = _evaluated("Directory Template", template, tools, "HADOOPFS_20")
        self.template = path_template(template, zone)
        if template and checked and not tools.preview:
            _writable(template, tools)

    def place(self, record: Record, moment: datetime) -> Place:
        """The folder of a record. Raises ``EvaluationError``, and ``StopFault`` for one that is not allowed."""
        name = self.name(record, moment)
        if self._last is None or self._last[0] != name or self._tools.access.folders is not None:
            self._last = name, place_of(self._tools.access, name)
        return self._last[1]

    def name(self, record: Record, moment: datetime) -> str:
        """What the template says for a record. Raises ``EvaluationError``."""
        scope = self._tools.scope
        scope.calendar_ms = self.template.stretch(millis(moment))[0]
        try:
            return str(self._folder(record))
        finally:
            scope.calendar_ms = None

    def leftovers(self, name: str) -> list[Path]:
        """Files of a name in every folder that the template may stand for."""
        if not self._text or is_uri(self._text):
            return []
        pattern = "".join(map(self._pattern, parse_template(self._text).parts))
        return [Path(path) for path in glob.glob(f"{pattern}/{glob.escape(name)}") if Path(path).is_file()]

    def _pattern(self, part: "str | Node") -> str:
        """What a part of the template may stand for: anything where it depends on the record or on time."""
        if isinstance(part, str):
            return glob.escape(part)
        if any(call.name.startswith("record:") or call.name in OF_TIME for call in calls_of(part)):
            return "*"
        return glob.escape(as_text(compiled(part)(self._tools.scope)))


def _writable(template: str, tools: Tools) -> None:
    """Nothing, where the fixed beginning of a template can be written to; folders that are not there are made later."""
    fixed = template.partition("${")[0]
    folder = Path(fixed if fixed.endswith("/") or "${" not in template else os.path.dirname(fixed))
    try:
        allowed_path(tools.access, folder)
    except StopFault:
        return  # what is not allowed is not looked at
    there = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    code = "HADOOPFS_43" if there == folder else "HADOOPFS_41" if there.is_dir() else "HADOOPFS_42"
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise InvalidValueError("Directory Template", template, f"a folder to write to, not {there} ({code})")


def time_basis(text: str, tools: Tools) -> Callable[[Record], object]:
    """What gives the time of a record.

    Raises:
        InvalidValueError: it gives no time (HADOOPFS_19).
    """
    evaluate = _evaluated("Time Basis", text, tools, "HADOOPFS_19")
    value = evaluate(Record())
    if value is not None and value != "" and not isinstance(value, datetime):
        raise InvalidValueError("Time Basis", text, "an expression that gives a time (HADOOPFS_19)")
    return evaluate


def _evaluated(name: str, text: str, tools: Tools, code: str) -> Callable[[Record], object]:
    """What gives the value of a setting for a record; an empty record has one too."""
    try:
        evaluate = tools.evaluate(text)
        evaluate(Record())
    except (ElError, EvaluationError) as error:
        raise InvalidValueError(name, text, f"an expression with a value: {error} ({code})") from None
    return evaluate
