"""Promises of shell completion: names are offered, nothing fails and nothing is made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

import penstock
from penstock.cli.app import app
from penstock.cli.completing import SHELLS, VARIABLE
from tests.unit.cli.conftest import Run


def offered(*words: str) -> list[str]:
    """What is offered for the last word."""
    complete = ShellComplete(app, {}, "penstock", VARIABLE)
    return [each.value for each in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sh",), ["show"]),
        (("show", "fr"), ["Fraud scoring"]),
        (("show", "--db", "flows.db", "We"), ["Web server log"]),
        (("connect", "Fraud scoring", "Pay"), ["Payments"]),
        (("preview", "Fraud scoring", "--through", "Pay"), ["Payments"]),
        (("set", "Fraud scoring", "--stage", "Payments", "raw_d"), ["raw_data="]),
        (("add-stage", "Fraud scoring", "Field Rem"), ["Field Remover"]),
        (("params", "use", "e"), ["env"]),
        (("list", "--project", ""), ["default"]),
        (("check", "--fail-on", ""), ["error", "warning"]),
        (("show", "ord"), ["Orders by amount", "orders.json"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_names_are_completed(run: Run, file: Path, words: tuple[str, ...], expected: list[str]) -> None:
    """Commands, flows, files, stages, settings, kinds of stages, parameter sets, projects, choices."""
    run("params", "create", "env")
    assert offered(*words) == expected


def test_names_of_a_service_are_completed(line: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its token from the environment."""
    with penstock.serve() as server, penstock.open_project(server.url, token=server.token) as project:
        project.create_flow(name="far away")
        monkeypatch.setenv("PENSTOCK_URL", server.url)
        monkeypatch.setenv("PENSTOCK_TOKEN", server.token)
        assert offered("show", "f") == ["far away"]


@pytest.mark.parametrize("words", [("show", ""), ("connect", "nothing", ""), ("restore", ""), ("params", "use", "")])
def test_completing_without_a_project_offers_nothing_and_makes_nothing(
    line: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """No error, no file."""
    assert offered(*words) == []
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("shell", SHELLS)
def test_there_is_a_script_for_each_shell(line: Run, shell: str) -> None:
    """It calls penstock in the way of that shell."""
    assert f"{VARIABLE}={shell}_complete" in line("completion", shell).out


def test_bash_gets_names_with_spaces_as_one_word(run: Run, tmp_path: Path) -> None:
    """Completed by bash itself, quoted so that the line can be run."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    program = tmp_path / "penstock"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m penstock "$@"\n')
    program.chmod(0o755)
    script = (
        "source <(penstock completion bash); COMP_WORDS=(penstock show Fr) COMP_CWORD=2; "
        '_penstock_completion penstock; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.stdout == "Fraud\\ scoring\n"
