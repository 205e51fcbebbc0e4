"""Values as Python literals: safe whatever a text holds, and laid out within a line length."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from ..values import Json, JsonMap
from .secrets import Secret

WIDTH = 88
STEP = 4


def columns(text: str) -> int:
    """How many columns a text takes: wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def quoted(text: str) -> str:
    """A text as one literal, in double quotes unless single ones save escapes; what cannot be printed is escaped."""
    mark = '"' if text.count('"') <= text.count("'") else "'"
    escaped = text.replace("\\", "\\\\").replace(mark, "\\" + mark)
    if not escaped.isprintable():
        escaped = "".join([char if char.isprintable() else repr(char)[1:-1] for char in escaped])
    return mark + escaped + mark


def flat(value: Json) -> str:
    """A value on one line."""
    if isinstance(value, Secret):
        return f'os.environ.get("{value.variable}", "")'
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(key)}: {flat(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(flat, value)) + "]"
    return repr(value)


def pretty(value: Json, indent: int, used: int) -> str:
    """A value on one line when it fits, else on several.

    ``indent`` is that of the line it starts on, ``used`` how many columns the rest of that line takes.
    """
    line = flat(value)
    if used + columns(line) <= WIDTH:
        return line
    if isinstance(value, Secret):
        return f'os.environ.get(\n{" " * (indent + STEP)}"{value.variable}", ""\n{" " * indent})'
    if isinstance(value, JsonMap) and value:
        rows = [_entry(key, item, indent + STEP) for key, item in value.items()]
        return _block("{", rows, "}", indent)
    if isinstance(value, tuple) and value:
        return _block("[", [pretty(item, indent + STEP, indent + STEP + 1) for item in value], "]", indent)
    if isinstance(value, str):
        return "(\n" + "\n".join(lines_of(value, indent + STEP)) + "\n" + " " * indent + ")"
    return f"(\n{' ' * (indent + STEP)}{line}\n{' ' * indent})"


def _block(start: str, rows: Sequence[str], end: str, indent: int) -> str:
    inside = " " * (indent + STEP)
    return start + "\n" + "".join(f"{inside}{row},\n" for row in rows) + " " * indent + end


def _entry(key: str, value: Json, indent: int) -> str:
    """A row of a mapping: the key is cut when there is no room for the value to begin beside it."""
    head = quoted(key)
    line = f"{head}: {flat(value)}"
    if indent + columns(line) + 1 <= WIDTH:
        return line
    beside = indent + columns(head) + 3
    splits = bool(value) or isinstance(value, Secret)
    if beside + 1 <= WIDTH and splits and (not isinstance(value, Secret) or beside + 15 <= WIDTH):
        return f"{head}: {pretty(value, indent, beside)}"
    inside = "\n".join(lines_of(key, indent + STEP))
    return f"(\n{inside}\n{' ' * indent}): {pretty(value, indent, indent + 4)}"


def lines_of(text: str, indent: int) -> Iterator[str]:
    """A text as adjacent literals, one a line, cut after line ends and between words; one literal when it fits."""
    room = WIDTH - indent
    if len(text) <= room and columns(quoted(text)) <= room:
        yield " " * indent + quoted(text)
        return
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        at = 0
        while at < len(line):
            piece = _fitting(line[at : at + room + 1], room)
            yield " " * indent + quoted(piece)
            at += len(piece)


def _fitting(text: str, room: int) -> str:
    """The longest start of a text whose literal fits, up to a blank or, without one, a mark between words."""
    if columns(quoted(text)) <= room:
        return text
    low, high = 1, min(len(text), max(room, 1))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if columns(quoted(text[:middle])) <= room else (low, middle - 1)
    for marks in (" ", ",;|&?", "._-/:"):
        at = max(text.rfind(mark, 0, low) for mark in marks)
        if at > low // 2:
            return text[: at + 1]
    return text[:low]


def call(head: str, arguments: Sequence[tuple[str, Json]], indent: int) -> str:
    """A call with positional (no name) and keyword arguments, from ``indent`` on."""
    texts = [(f"{name}=" if name else "") + flat(value) for name, value in arguments]
    line = f"{head}({', '.join(texts)})"
    if indent + columns(line) <= WIDTH or not arguments:
        return line
    inside = " " * (indent + STEP)
    if indent + STEP + columns(", ".join(texts)) <= WIDTH:
        return f"{head}(\n{inside}{', '.join(texts)}\n{' ' * indent})"
    if len(arguments) == 1:
        name, value = arguments[0]
        if not name and isinstance(value, str) and not isinstance(value, Secret):
            body = "\n".join(lines_of(value, indent + STEP))
        else:
            body = inside + _argument(name, value, indent + STEP, 0)
        return f"{head}(\n{body}\n{' ' * indent})"
    rows = "".join(f"{inside}{_argument(name, value, indent + STEP, 1)},\n" for name, value in arguments)
    return f"{head}(\n{rows}{' ' * indent})"


def _argument(name: str, value: Json, indent: int, tail: int) -> str:
    head = f"{name}=" if name else ""
    return head + pretty(value, indent, indent + len(head) + tail)


def assignment(target: str, value: Json, indent: int) -> str:
    """``target = value``."""
    return f"{target} = {pretty(value, indent, indent + columns(target) + 3)}"


def block_text(text: str) -> str | None:
    """A text of several lines between triple quotes, for the left margin; None when it would not stand there well."""
    lines = text.split("\n")
    if len(lines) < 3 or '"""' in text or "\\" in text or text.endswith('"') or Secret in type(text).__mro__:
        return None
    for line in lines:
        if columns(line) > WIDTH - 3 or not (line.isprintable() or not line) or line != line.rstrip():
            return None
    return f'"""\\\n{text}"""'


def remark(text: str, limit: int = 48) -> str:
    """A text as it may stand in a comment or docstring: printable, on one line, without quotes, cut short."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    plain = plain.replace("\\", "/").replace('"', "'")
    if columns(plain) <= limit:
        return plain
    while columns(plain) > limit - 4:
        plain = plain[:-1]
    return plain.rstrip() + " ..."
