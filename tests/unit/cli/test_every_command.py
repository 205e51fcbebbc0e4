"""Promises that hold for every command: help, near names, errors in words, JSON, colours, exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import penstock
from penstock.cli import main
from penstock.cli.app import COMMANDS, app
from penstock.cli.codes import ExitCode
from penstock.cli.framework import outcome
from penstock.core.errors import RemoteError, UnreachableError
from tests.unit.cli.conftest import Run


def walk(command: click.Command = app, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from walk(found, (*path, name))


EVERY = dict(walk())


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_explains_itself(line: Run, path: tuple[str, ...]) -> None:
    """--help works for each, and every option says what it is for."""
    done = line(*path, "--help")
    assert done.exit_code == 0
    options = [each for each in EVERY[path].params if isinstance(each, click.Option)]
    assert all(option.help for option in options)
    assert {"--debug", "--no-color"} <= {name for option in options for name in option.opts}


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_answers_a_misspelt_option_with_the_nearest(line: Run, path: tuple[str, ...]) -> None:
    """The exit code is that of wrong use, and nothing is on standard output."""
    done = line(*path, "--hlep")
    assert (done.exit_code, done.out) == (2, "")
    assert "--help" in done.err


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_speaks_json(path: tuple[str, ...]) -> None:
    """Without exception."""
    assert "--json" in {name for each in EVERY[path].params for name in each.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_misspelt_command_names_the_nearest(line: Run, name: str) -> None:
    """A letter too many is no obstacle."""
    done = line(name[:1] + name)
    assert done.exit_code == 2
    assert repr(name) in done.err.split("Did you mean")[1]


def test_a_misspelt_subcommand_names_the_nearest(line: Run) -> None:
    """In groups too."""
    assert "Did you mean 'list'" in line("params", "lst").err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("show", "Fraud scorin"), "Did you mean 'Fraud scoring'?"),
        (("diff", "Fraud scoring", "Fraud scorin"), "Did you mean 'Fraud scoring'?"),
        (("connect", "Fraud scoring", "Paymets", "Payments"), "Did you mean 'Payments'?"),
        (("preview", "Fraud scoring", "--through", "Paymets"), "Did you mean 'Payments'?"),
        (("set", "Fraud scoring", "error_record_polcy=x"), "Did you mean 'error_record_policy'"),
        (("add-stage", "Fraud scoring", "Trsh"), "Did you mean 'Trash'?"),
        (("stages", "show", "Field Remuver"), "'Field Remover'"),
        (("stages", "kafak"), "Did you mean 'Kafka"),
        (("list", "--project", "defalt"), "Did you mean 'default'?"),
        (("params", "use", "env", "Fraud scoring"), "no parameter set"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_misspelt_name_is_answered_with_the_nearest(run: Run, words: tuple[str, ...], hint: str) -> None:
    """Flows, stages, settings, stage labels, projects: one line on stderr, no traceback."""
    done = run(*words)
    assert (done.exit_code, done.out) == (2, "")
    assert hint in done.err
    assert "Traceback" not in done.err


def test_a_project_file_that_is_not_there_is_not_made(line: Run, tmp_path: Path) -> None:
    """The error says what makes one."""
    done = line("list")
    assert done.exit_code == 2
    assert "penstock init" in done.err
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("a fault"), ExitCode.FAULT),
        (penstock.InvalidValueError("x", 1, "y"), ExitCode.WRONG_USE),
        (PermissionError(13, "Permission denied", "/there"), ExitCode.WRONG_USE),
        (penstock.PreviewError("INVALID", "", ("no origin",)), ExitCode.FINDINGS),
        (RemoteError(500, "GET /"), ExitCode.REFUSED),
        (UnreachableError("there", 1, 0.1), ExitCode.UNREACHABLE),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_exit_code_says_whose_fault_it_was(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: ExitCode
) -> None:
    """And the error is in words, on stderr."""

    def fail(_: object) -> None:
        raise error

    assert outcome(fail) == code
    assert "Traceback" not in capsys.readouterr().err


def test_debug_shows_where_an_error_came_from(run: Run) -> None:
    """Before the command and after it."""
    for words in (("--debug", "show", "nothing"), ("show", "nothing", "--debug")):
        assert "Traceback" in run(*words).err


def test_nobody_at_the_address_is_its_own_exit_code(line: Run) -> None:
    """4, and the address is named."""
    done = line("list", "--url", "http://127.0.0.1:1")
    assert done.exit_code == 4
    assert "127.0.0.1:1" in done.err


def test_a_place_is_named_once(line: Run) -> None:
    """--db and --url together are wrong use."""
    assert line("list", "--db", "flows.db", "--url", "http://127.0.0.1:1").exit_code == 2


def test_variables_name_the_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """PENSTOCK_DB is the file; --db wins over PENSTOCK_URL."""
    monkeypatch.setenv("PENSTOCK_DB", "elsewhere.db")
    assert "elsewhere.db" in run("list").err
    monkeypatch.setenv("PENSTOCK_URL", "http://127.0.0.1:1")
    assert run("list", "--db", "flows.db").exit_code == 0


def test_a_service_takes_the_same_commands(line: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """PENSTOCK_URL and PENSTOCK_TOKEN are enough; a wrong token is refused."""
    with penstock.serve() as server:
        monkeypatch.setenv("PENSTOCK_URL", server.url)
        monkeypatch.setenv("PENSTOCK_TOKEN", server.token)
        assert line("create", "far").exit_code == 0
        assert [each["name"] for each in json.loads(line("list", "--json").out)] == ["far"]
        assert line("list", "--token", "wrong").exit_code == 3


def test_colours_are_for_terminals_that_want_them() -> None:
    """NO_COLOR and --no-color leave none, even where the program believes it writes to a terminal."""
    code = """
import sys, click
from penstock.cli import main
sys.stdout.isatty = sys.stderr.isatty = lambda: True
main(sys.argv[1:])
"""

    def printed(*words: str, **env: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True,
            text=True,
            env={**os.environ, "TERM": "xterm", **env},
        )
        return done.stdout + done.stderr

    assert "\x1b[3" in printed("show", "nothing.json")
    for plain in (printed("--no-color", "show", "nothing.json"), printed("show", "x.json", NO_COLOR="1")):
        assert "\x1b[3" not in plain
    assert "\x1b[3" not in printed("stages", "kafka", "--no-color")


def test_starting_costs_little() -> None:
    """--version loads nothing; --help and a misspelt command load click and the table of commands, not their code."""
    code = "\n".join(
        [
            "import sys",
            "from penstock.cli import main",
            "try: main(sys.argv[1:])",
            "except SystemExit: pass",
            "print(*sys.modules)",
        ]
    )

    def loaded(*words: str) -> set[str]:
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
        return set(done.stdout.splitlines()[-1].split())

    bare = loaded("--version")
    assert "click" not in bare
    heavy = {"rich", "anyio", "httpx", "lark", "yaml", "regex", "asyncio", "sqlite3", "penstock.sdk.platform"}
    for words in (("--help",), ("show", "--help"), ("check", "--help"), ("nonsense",)):
        assert not heavy & loaded(*words), words
    assert not {"attrs", "difflib"} & loaded("--help")
    assert len(loaded("--help") - bare) < 100


def test_python_m_penstock_is_the_same_program() -> None:
    """Help calls it penstock, and the exit code is passed on."""
    done = subprocess.run([sys.executable, "-m", "penstock", "nonsense"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: penstock ")


def test_output_that_nobody_reads_to_the_end_is_no_error() -> None:
    """As with ``penstock stages | head -1``."""
    command = f"{sys.executable} -m penstock stages | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_told_twice_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    """By the short way and by click's."""
    main(["--version"])
    first = capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--no-color", "--version"])
    assert capsys.readouterr().out == first == f"penstock {penstock.__version__}\n"
