"""How commands print: tables for people, lines or JSON for machines, notes and progress on stderr."""

import json
import os
import re
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")
LEAST_COLUMNS = 30
"""Below that a line is left to the terminal."""
PATIENCE_S = 1.0
"""How long a command works in silence before it shows that it does."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def emit_json(value: object) -> None:
    """Prints a value as JSON."""
    text = json.dumps(value, indent=2 if sys.stdout.isatty() else None, ensure_ascii=False, default=str)
    # names of files need not be text; JSON can write such signs with an escape
    click.echo(re.sub("[\ud800-\udfff]", lambda sign: f"\\u{ord(sign.group()):04x}", text))


def printable(text: str) -> str:
    """A text from outside on one line, with signs that would steer a terminal or forge a line written out."""
    return text if text.isprintable() else "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def wrapped(text: str, indent: int) -> str:
    """A text in lines that fit the terminal beside ``indent`` columns that are taken; one line when piped."""
    if piped():
        return text
    width = max(shutil.get_terminal_size().columns - indent, LEAST_COLUMNS)
    return f"\n{' ' * indent}".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


@contextmanager
def counting_when_cut() -> Iterator[None]:
    """Lets a command end with its own exit code when whoever reads its output has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def piped() -> bool:
    """True when nobody looks: the output goes to a file or another program."""
    return not sys.stdout.isatty()


def watched() -> bool:
    """True when somebody looks at stderr."""
    return sys.stderr.isatty()


def coloured() -> bool:
    """False when the caller wants no colours."""
    ctx = click.get_current_context(silent=True)
    return ctx is None or ctx.color is not False


def console(*, stderr: bool = False) -> "Console":
    """Where rich prints."""
    from rich.console import Console

    return Console(stderr=stderr, no_color=None if coloured() else True, highlight=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Iterable[str] = ()) -> None:
    """Prints rows as a table for people, as tab-separated lines when piped; ``numbers`` are set right."""
    held = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if piped():
        for row in held:
            click.echo("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row))
        return
    from rich.table import Table
    from rich.text import Text

    made = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold", justify="right" if column in numbers else "left")
    for row in held:
        made.add_row(*(Text(cell) for cell in row))
    console().print(made)


def note(text: str) -> None:
    """Says something to people on stderr; silent when the output is piped."""
    if not piped():
        click.echo(text, err=True)


def answer(as_json: bool, document: object, line: str | None = None) -> None:
    """What came of a command: a document for machines, else a line that other commands can use, else nothing."""
    if as_json:
        emit_json(document)
    elif line is not None:
        click.echo(line)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Shows that something goes on, when it takes more than a second and somebody looks at stderr."""
    if not watched():
        yield
        return
    shown: list[Any] = []

    def show() -> None:
        status = console(stderr=True).status(f"{what} ...")
        status.start()
        shown.append(status)

    timer = threading.Timer(PATIENCE_S, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        for status in shown:
            status.stop()


def tracked(items: Sequence[T], what: str) -> Iterator[T]:
    """The items one by one, with a progress bar on stderr when they take more than a second and somebody looks."""
    if not watched():
        yield from items
        return
    began, bar, task = time.monotonic(), None, None
    try:
        for done, item in enumerate(items):
            if bar is None and time.monotonic() - began >= PATIENCE_S:
                from rich.progress import Progress

                bar = Progress(console=console(stderr=True), transient=True, redirect_stdout=False)
                bar.start()
                task = bar.add_task(what, total=len(items))
            if bar is not None and task is not None:
                bar.update(task, completed=done)
            yield item
    finally:
        if bar is not None:
            bar.stop()
