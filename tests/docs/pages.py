"""Pages of the documentation: their code and their links, and how the code is run.

A ``python`` block is a session (``>>>``), a file (its first line is ``# name.py``) or a program; a ``console`` block is
a session at a shell; ``yaml``, ``json`` and ``toml`` blocks are files when they name one, and well-formed in any case.
The blocks of a page run in their order, in one folder and one name space; files whose names begin with ``test_`` are
then run by pytest. A block that cannot run has the reason above it: ``<!-- not run: … -->``.
"""

import doctest
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
RUNNABLE = ("python", "console", "yaml", "json", "toml", "sh")
PLAIN = ("", "text", "mermaid", "gitattributes")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
TIMEOUT_S = 60
REQUIRES = ("conflicts", "revisions")

_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_REASON = re.compile(r"<!-- not run: (?P<why>[^>]+) -->\s*\Z")
_NAMED = re.compile(r"\A(?:#|//) (?P<name>[\w./-]+\.\w+)\n")


@attrs.frozen
class Block:
    """A fenced block: its kind, its text, the line it starts in, and why it is not run."""

    kind: str
    text: str
    line: int
    why_not: str = ""

    @property
    def file(self) -> str:
        """The file that it is; empty for a program."""
        found = _NAMED.match(self.text)
        return found["name"] if found else ""


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text()
    return [_block(text, found) for found in _FENCE.finditer(text)]


def _block(text: str, found: re.Match[str]) -> Block:
    reason = _REASON.search(text[: found.start()])
    body = "".join(line.removeprefix(found["indent"]) for line in found["text"].splitlines(keepends=True))
    line = text.count("\n", 0, found.start()) + 2
    return Block(found["kind"].split(" ")[0], body, line, reason["why"] if reason else "")


def name_of(page: Path) -> str:
    """A page as people know it."""
    return str(page.relative_to(ROOT))


WITH_CODE = [page for page in PAGES if any(not each.why_not and each.kind in RUNNABLE for each in blocks_of(page))]
NEEDS_THE_CLIENT = (DOCS / "testing.md", DOCS / "server.md", DOCS / "migration.md")


class Page:
    """Runs the blocks of a page in a folder, with names that are there from the start."""

    def __init__(
        self, page: Path, folder: Path, names: Mapping[str, object] | None = None, powers: Iterable[str] = ()
    ) -> None:
        self.page = page
        self.folder = folder
        self.names: dict[str, object] = {"__name__": "__main__", **(names or {})}
        self.powers = frozenset(powers)

    def run(self) -> None:
        """Runs every block; fails with what differed, and where."""
        tests = False
        for block in blocks_of(self.page):
            if block.why_not or block.kind not in RUNNABLE:
                continue
            if block.file:
                self._write(block)
                tests = tests or Path(block.file).name.startswith("test_")
            elif block.kind == "python":
                self._python(block)
            elif block.kind in ("console", "sh"):
                self._console(block)
            else:
                well_formed(block)
        if tests:
            self._pytest()

    def _write(self, block: Block) -> None:
        well_formed(block)
        target = self.folder / block.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text)

    def _python(self, block: Block) -> None:
        if ">>>" in block.text:
            self._session(block)
            return
        code = compile("\n" * (block.line - 1) + block.text, str(self.page), "exec")
        exec(code, self.names)

    def _session(self, block: Block) -> None:
        text = block.text
        for power in REQUIRES:
            text = text.replace(f"+REQUIRES({power})", "+ELLIPSIS" if power in self.powers else "+SKIP")
        test = doctest.DocTestParser().get_doctest(text, {}, self.page.name, str(self.page), block.line - 1)
        test.globs = self.names
        report: list[str] = []
        outcome = doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=report.append, clear_globs=False)
        assert outcome.attempted > 0
        assert not outcome.failed, "".join(report)

    def _console(self, block: Block) -> None:
        for command, wanted in commands(block.text):
            printed, code = at_a_terminal(command, self.folder)
            place = f"{self.page.name}, line {block.line}: $ {command}"
            assert wanted or code == 0, f"{place}\nexit code {code}\n{printed}"
            same = not wanted or doctest.OutputChecker().check_output(wanted, printed, OPTIONS)
            assert same, f"{place}\n--- expected\n{wanted}\n--- printed\n{printed}"

    def _pytest(self) -> None:
        ours = [sys.executable, "-m", "pytest", "-q", "-p", "penstock.testing.plugin", "-p", "no:cacheprovider", "."]
        done = subprocess.run(ours, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def well_formed(block: Block) -> None:
    """Reads data as what it says it is."""
    if block.kind == "yaml":
        yaml.safe_load(block.text)
    elif block.kind == "json":
        json.loads(block.text)
    elif block.kind == "toml":
        tomllib.loads(block.text)


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a session at a shell, each with what it is to print; a command may go on behind a backslash."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        count = next(at for at, line in enumerate(lines, 1) if not line.rstrip().endswith("\\"))
        yield "".join(lines[:count]).strip(), "".join(lines[count:])


def at_a_terminal(command: str, folder: Path) -> tuple[str, int]:
    """What a command prints to a terminal without colours, and its exit code."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PENSTOCK_")}
    found = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", "")))
    env = {
        **kept,
        "PATH": found,
        "NO_COLOR": "1",
        "TERM": "dumb",
        "COLUMNS": "110",
        "HOME": str(folder),
        "PAGER": "cat",
    }
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        stop = threading.Timer(TIMEOUT_S, os.killpg, (process.pid, signal.SIGKILL))
        stop.start()
        printed = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        stop.cancel()
    return _COLOUR.sub("", printed.decode().replace("\r\n", "\n")), process.returncode


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the last writer has gone
        return b""
