"""Promises of git's use of penstock: differences, merges and the pre-commit hook, in a real repository."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.unit.cli.conftest import example

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
Git = Callable[..., subprocess.CompletedProcess[str]]
DOCS = Path(__file__).parents[3] / "docs" / "git.md"


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository with one flow, set up by the commands of the page on git."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "penstock"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m penstock "$@"\n')
    program.chmod(0o755)
    home = tmp_path / "repository"
    (home / "flows").mkdir(parents=True)
    env = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "nobody"),
        **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "nobody@example.org"),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *words], cwd=home, env=env, capture_output=True, text=True)

    run("init", "-q", "-b", "main")
    for line in DOCS.read_text().splitlines():
        if line.startswith(("$ git config", "$ echo")):
            subprocess.run(["sh", "-c", line[2:]], cwd=home, env=env, check=True)
    (home / "flows" / "orders.json").write_bytes(example("orders").read_bytes())
    run("add", ".")
    run("commit", "-qm", "first")
    monkeypatch.chdir(home)
    return run


def change(stage: str, name: str, value: object) -> None:
    """Sets a raw setting in the file of the working tree."""
    path = Path("flows/orders.json")
    document = json.loads(path.read_text())
    body = document.get("pipelineConfig", document)
    (found,) = [each for each in body["stages"] if each["uiInfo"]["label"] == stage]
    held = next(each for each in found["configuration"] if each["name"] == name)
    held["value"] = value
    path.write_text(json.dumps(document, indent=2) + "\n")


def setting(stage: str, name: str) -> object:
    """The raw setting in the file of the working tree."""
    document = json.loads(Path("flows/orders.json").read_text())
    body = document.get("pipelineConfig", document)
    (found,) = [each for each in body["stages"] if each["uiInfo"]["label"] == stage]
    return next(each["value"] for each in found["configuration"] if each["name"] == name)


def both_change(git: Git, ours: tuple[str, str, object], theirs: tuple[str, str, object]) -> int:
    """Two branches with a change each, merged; the exit code of the merge."""
    git("checkout", "-qb", "theirs")
    change(*theirs)
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "main")
    change(*ours)
    git("commit", "-qam", "ours")
    return git("merge", "theirs", "-m", "merged").returncode


def test_git_diff_speaks_of_stages_and_settings(git: Git) -> None:
    """Not of lines of JSON."""
    change("Large orders", "configs.uniquePrefix", "huge")
    done = git("diff")
    assert 'LocalFS_01: configs.uniquePrefix: "large" -> "huge"' in done.stdout
    assert "@@" not in done.stdout


def test_git_diff_shows_a_new_flow_whole(git: Git) -> None:
    """git compares it with nothing at all."""
    Path("flows/fraud.json").write_bytes(example("fraud").read_bytes())
    git("add", ".")
    done = git("diff", "--cached")
    assert "+ stage " in done.stdout
    assert done.stderr == ""


def test_git_log_shows_flows_in_words(git: Git) -> None:
    """Through textconv, as ``git log -p`` uses it."""
    change("Large orders", "configs.uniquePrefix", "huge")
    git("commit", "-qam", "second")
    assert "+    files_prefix = huge" in git("log", "-p", "-1", "--textconv", "--no-ext-diff").stdout


def test_changes_of_two_people_in_one_flow_are_merged(git: Git) -> None:
    """Both are in the file afterwards, which keeps its form."""
    assert (
        both_change(git, ("Large orders", "configs.uniquePrefix", "huge"), ("Orders", "stopAfterFirstBatch", False))
        == 0
    )
    assert setting("Large orders", "configs.uniquePrefix") == "huge"
    assert setting("Orders", "stopAfterFirstBatch") is False
    assert Path("flows/orders.json").read_text().startswith('{\n  "')


def test_a_conflict_is_left_to_people(git: Git) -> None:
    """git says so, names the file, and ours stays in the working tree."""
    place = ("Large orders", "configs.uniquePrefix")
    assert both_change(git, (*place, "huge"), (*place, "tiny")) == 1
    assert setting(*place) == "huge"
    assert git("status", "--porcelain").stdout.startswith("UU flows/orders.json")


def test_the_hook_calls_what_there_is() -> None:
    """The pre-commit hook names the program and a command of it."""
    (hook,) = yaml.safe_load((DOCS.parents[1] / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"].split() == ["penstock", "check", "--only-flows"]
    assert hook["id"] in DOCS.read_text()
