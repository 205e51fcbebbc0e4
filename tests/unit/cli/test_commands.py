"""Promises of the commands: exit codes, output for people and for machines, errors without traceback."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import attrs
import pytest

import penstock
from penstock.cli import main
from penstock.cli.app import COMMANDS


@attrs.frozen
class Done:
    """What came of a command line: its exit code, and what it printed on both channels."""

    exit_code: int
    output: str


Run = Callable[..., Done]
EXAMPLES = ("orders", "weblog", "fraud")


@pytest.fixture
def line(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process."""

    def command(*words: str) -> Done:
        capsys.readouterr()
        code = 0
        try:
            main(list(words))
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        printed = capsys.readouterr()
        return Done(code, printed.out + printed.err)

    return command


@pytest.fixture
def run(line: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in a folder of its own, with the three examples in the project file."""
    monkeypatch.chdir(tmp_path)
    with penstock.open_project(tmp_path / "flows.db") as project:
        for name in EXAMPLES:
            project.import_flows(source=example(name), conflict_resolution="skip")
    return lambda *words: line(*words, *(("--db", "flows.db") if words[0] in WITH_PROJECT else ()))


WITH_PROJECT = [
    "list",
    "show",
    "codegen",
    "validate",
    "preview",
    "run",
    "draw",
    "history",
    "duplicate",
    "delete",
    "export",
    "arrange",
]


def example(name: str) -> Path:
    """The file of an example."""
    return Path(str(files("penstock.examples"))) / f"{name}.json"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(line: Run, name: str) -> None:
    """--help works for each, and says something."""
    done = line(name, "--help")
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 3


def test_a_misspelt_command_names_the_nearest(line: Run) -> None:
    """The exit code is that of wrong use."""
    done = line("shwo")
    assert done.exit_code == 2
    assert "Did you mean show?" in done.output


def test_a_flow_that_is_not_there_is_an_error_in_words(run: Run) -> None:
    """One line, no traceback."""
    done = run("show", "nothing of the kind")
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_lists_are_for_machines_too(run: Run) -> None:
    """--json gives every flow."""
    done = run("list", "--json")
    assert len(json.loads(done.output)) == len(EXAMPLES)


def test_a_flow_is_told_in_words(run: Run) -> None:
    """Stages with their types, and what differs from defaults."""
    done = run("show", "Orders by amount")
    assert done.exit_code == 0
    assert "[origin: Dev Raw Data Source]" in done.output


@pytest.mark.parametrize("flow", ["Orders by amount", "Web server log", "Fraud scoring"])
def test_every_example_validates_and_previews(run: Run, flow: str) -> None:
    """The examples are flows that work."""
    assert run("validate", flow).exit_code == 0
    done = run("preview", flow)
    assert done.exit_code == 0
    assert "record(s)" in done.output


def test_pictures_are_written_whole(run: Run, tmp_path: Path) -> None:
    """The form follows the suffix."""
    for suffix, beginning in ((".svg", "<svg"), (".html", "<!doctype html>"), (".mmd", "graph LR")):
        assert run("draw", "Orders by amount", "-o", f"picture{suffix}").exit_code == 0
        assert (tmp_path / f"picture{suffix}").read_text().startswith(beginning)


def test_differences_have_the_exit_code_of_diff(run: Run) -> None:
    """0 for equal, 1 for different."""
    same, other = str(example("orders")), str(example("fraud"))
    assert run("diff", same, same).exit_code == 0
    assert run("diff", same, other).exit_code == 1


def test_checking_files_finds_what_is_broken(run: Run, tmp_path: Path) -> None:
    """1 for errors in a flow; a file that is none is named."""
    assert run("check", str(example("orders"))).exit_code == 0
    (tmp_path / "broken.json").write_text('{"stages": 5}')
    done = run("check", "broken.json")
    assert done.exit_code != 0
    assert "broken.json" in done.output


def test_an_export_can_be_checked_and_a_flow_deleted(run: Run) -> None:
    """The round of a file: out, looked at, and the flow away."""
    assert run("export", "Fraud scoring", "-o", "out.zip").exit_code == 0
    assert run("check", "out.zip").exit_code == 0
    assert run("delete", "Fraud scoring").exit_code == 0
    assert len(json.loads(run("list", "--json").output)) == len(EXAMPLES) - 1


def test_a_flow_is_written_as_a_script(run: Run, tmp_path: Path) -> None:
    """From the project and from a file, for both clients, to the terminal and to a file."""
    by_name, by_file = run("codegen", "Fraud scoring"), run("codegen", str(example("fraud")))
    assert by_name.exit_code == by_file.exit_code == 0
    assert 'flow.add_stage("Static Lookup")' in by_name.output
    assert by_file.output.replace('    flow.engine_version = ""\n', "") == by_name.output
    assert run("codegen", "Fraud scoring", "--client", "official", "-o", "made.py").output == "made.py\n"
    compile((tmp_path / "made.py").read_text(), "made.py", "exec")
    assert run("codegen", "nothing of the kind").exit_code == 2
