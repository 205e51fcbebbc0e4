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

from penstock.core.flow.manner import Manner, written
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


def test_a_diff_names_the_files(git: Git) -> None:
    """Also those with blanks in their names, and those in conflict."""
    Path("flows/more orders.json").write_bytes(example("orders").read_bytes())
    git("add", ".")
    assert git("diff", "--cached").stdout.startswith("flows/more orders.json\n+ stage ")
    git("reset", "-q", "--hard")
    place = ("Large orders", "configs.uniquePrefix")
    both_change(git, (*place, "huge"), (*place, "tiny"))
    shown = git("diff", "--ours")
    assert shown.returncode == 0
    assert "flows/orders.json" in shown.stdout
    assert shown.stderr == ""


@pytest.mark.parametrize("text", ['{"stages": [', '{"x": 1}', ""])
def test_a_file_that_is_no_flow_does_not_stop_git(git: Git, text: str) -> None:
    """It is shown as it is, in the middle of other commits."""
    for at in (text, text + "\n\n"):
        Path("flows/broken.json").write_text(at)
        git("add", ".")
        git("commit", "-qm", "broken")
    change("Large orders", "configs.uniquePrefix", "huge")
    git("commit", "-qam", "after")
    log = git("log", "-p", "--textconv", "--no-ext-diff")
    assert log.returncode == 0
    assert "+    files_prefix = huge" in log.stdout
    assert "after" in log.stdout
    assert "first" in log.stdout
    shown = git("diff", "HEAD~3", "HEAD")
    assert shown.returncode == 0
    assert 'configs.uniquePrefix: "large" -> "huge"' in shown.stdout


def test_a_file_of_the_engine_differs_in_the_lines_that_were_edited_only(git: Git) -> None:
    """After a merge too: indentation, line ends and blanks are those of the file."""
    path = Path("flows/orders.json")
    document = json.loads(path.read_text())
    manner = Manner(indent="  ", colon=" : ", lists_in_line=True, empty=" ", line_end="\r\n")
    path.write_bytes(written(document, manner).encode())
    git("config", "core.autocrlf", "false")
    git("commit", "-qam", "as the engine writes it")
    git("branch", "theirs")
    for branch, old, new in (("theirs", '"large"', '"huge"'), ("main", '"TO_ERROR"', '"DISCARD"')):
        git("checkout", "-q", branch)
        path.write_bytes(path.read_bytes().replace(old.encode(), new.encode(), 1))
        git("commit", "-qam", branch)
    assert git("merge", "-qm", "merged", "theirs").returncode == 0
    changed = git("diff", "--numstat", "--no-ext-diff", "--no-textconv", "HEAD~2").stdout
    assert changed.split()[:2] == ["2", "2"]


@pytest.mark.parametrize("same", [True, False])
def test_a_file_that_both_added_is_merged_without_a_base(git: Git, same: bool) -> None:
    """Bookkeeping apart the same: one file; else a conflict, and not an error of the program."""
    new, text = Path("flows/new.json"), example("orders").read_text()
    git("checkout", "-qb", "theirs")
    new.write_text(text)
    git("add", ".")
    git("commit", "-qm", "theirs")
    git("checkout", "-q", "main")
    new.write_text(json.dumps(json.loads(text if same else text.replace('"large"', '"huge"')), indent=1))
    git("add", ".")
    git("commit", "-qm", "ours")
    merged = git("merge", "theirs", "-m", "merged")
    assert merged.returncode == (0 if same else 1), merged.stdout + merged.stderr
    assert "Error" not in merged.stderr
    assert ("conflict in flows/new.json: /stages/LocalFS_01" in merged.stderr + merged.stdout) is not same


def test_a_file_that_is_no_flow_is_merged_as_a_text(git: Git) -> None:
    """Lines that are apart go together; the others get git's marks."""
    other = Path("flows/other.json")

    def write(first: int, last: int) -> None:
        other.write_text("\n".join(["{", f'"a": {first},', *(f'"x{at}": 0,' for at in range(9)), f'"z": {last}', "}"]))
        git("add", ".")
        git("commit", "-qm", "other")

    write(1, 1)
    git("checkout", "-qb", "theirs")
    write(1, 2)
    git("checkout", "-q", "main")
    write(2, 1)
    assert git("merge", "theirs", "-m", "merged").returncode == 0
    assert (json.loads(other.read_text())["a"], json.loads(other.read_text())["z"]) == (2, 2)
    git("checkout", "-q", "theirs")
    write(5, 5)
    merged = git("merge", "main", "-m", "merged")
    assert merged.returncode == 1
    assert "<<<<<<<" in other.read_text()


def test_rebase_cherry_pick_and_stash_merge_flows(git: Git) -> None:
    """They all ask the same driver; lines next to each other in the file are no conflict."""
    git("checkout", "-qb", "theirs")
    change("Large orders", "configs.uniquePrefix", "huge")
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "main")
    change("Large orders", "configs.fileNameSuffix", "txt")
    git("commit", "-qam", "ours")
    assert git("cherry-pick", "theirs").returncode == 0
    git("checkout", "-q", "theirs")
    assert git("rebase", "main").returncode == 0
    change("Large orders", "configs.dirPathTemplate", "/tmp/x")
    git("stash")
    change("Orders", "stopAfterFirstBatch", False)
    git("commit", "-qam", "more")
    assert git("stash", "pop").returncode == 0
    found = [
        setting("Large orders", f"configs.{name}") for name in ("uniquePrefix", "fileNameSuffix", "dirPathTemplate")
    ]
    assert found == ["huge", "txt", "/tmp/x"]
    assert setting("Orders", "stopAfterFirstBatch") is False


def test_the_hook_calls_what_there_is() -> None:
    """The pre-commit hook names the program and a command of it."""
    (hook,) = yaml.safe_load((DOCS.parents[1] / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"].split() == ["penstock", "check", "--only-flows"]
    assert hook["id"] in DOCS.read_text()
