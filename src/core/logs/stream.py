"""Records out of the lines of a log: lines that do not fit may belong to the one before."""

from collections.abc import Iterable, Iterator

import attrs

from ..java.hashset import hash_order, table_size
from .parsing import Fields, LineFault, LineParser


@attrs.frozen
class Line:
    """A line without its end, and the characters of the text that it stands in; ``cut`` when it was longer."""

    start: int
    end: int
    text: str
    cut: bool = False


@attrs.frozen
class LogRecord:
    """The fields of a line with what follows it, or the fault in their place; the line itself ends at ``line_end``."""

    start: int
    end: int
    line_end: int = 0
    fields: Fields = attrs.field(factory=dict)
    fault: LineFault | None = None


def log_records(lines: Iterable[Line], parser: LineParser, *, keep_line: bool = False) -> Iterator[LogRecord]:
    """One record per line that fits. No more is held than the record that lines may still be added to.

    Lines that do not fit are faults, which take the place of the record before, as the original loses it; with
    ``stack_lines`` at 0 or more they are dropped, or added to the message (and the original line) of the record before,
    as many as that. The first line must fit. Fields are in the order of the original's map. As there, a first line
    without a field is ``parsedLine``, and a log without a line has an empty one.
    """
    held: LogRecord | None = None
    stack: list[str] = []
    end = -1
    for line in lines:
        try:
            fields = parser.fields(line.text) or ({"parsedLine": line.text} if end < 0 else {})
        except LineFault as fault:
            if held is not None and parser.stack_lines >= 0:
                if len(stack) < parser.stack_lines:
                    stack.append(line.text)
                end = line.end
                continue
            held, end = None, line.end
            yield LogRecord(line.start, line.end, fault=fault)
            continue
        if held is not None:
            yield _with_stack(held, stack, end)
            stack = []
        held, end = LogRecord(line.start, line.end, line.end, _ordered(line, fields, keep_line=keep_line)), line.end
    if held is not None:
        yield _with_stack(held, stack, end)
    elif end < 0:
        yield LogRecord(0, 1, 1, _ordered(Line(0, 1, ""), {"parsedLine": ""}, keep_line=keep_line))


def _ordered(line: Line, fields: Fields, *, keep_line: bool) -> Fields:
    """All fields of a line, in the order of the map that the original puts them into."""
    first: Fields = {}
    if keep_line:
        first["originalLine"] = line.text
    if line.cut:
        first["truncated"] = True
    held = {**first, **fields}
    inner = held.get("extensions")
    if isinstance(inner, dict):
        held["extensions"] = {name: inner[name] for name in hash_order(inner)}
    return {name: held[name] for name in hash_order(held, 16 if first else table_size(len(fields)))}


def _with_stack(held: LogRecord, stack: list[str], end: int) -> LogRecord:
    if not stack:
        return attrs.evolve(held, end=end)
    added = "\n".join(stack)
    fields = dict(held.fields)
    for name in ("message", "originalLine"):
        before = fields.get(name)
        if isinstance(before, str):
            fields[name] = f"{before}\n{added}"
    return attrs.evolve(held, end=end, fields=fields)
