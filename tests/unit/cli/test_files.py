"""Promises of commands that work on exported files without any project."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run, example


@pytest.mark.parametrize(
    "words",
    [("show",), ("validate",), ("preview",), ("draw", "--mermaid"), ("codegen",), ("show", "--json")],
    ids=" ".join,
)
def test_a_flow_may_be_a_file(line: Run, file: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """What looks at a flow looks at that of a file as well, and makes no project for it."""
    done = line(*words, file)
    assert done.exit_code == 0
    assert "Orders" in done.out or words == ("validate",)
    assert [each.name for each in tmp_path.iterdir()] == [file.name]


def test_a_flow_may_come_on_standard_input(line: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ``-``."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    assert line("show", "-").out.startswith("Orders by amount\n")


def test_a_flow_of_an_archive_is_named_after_a_colon(run: Run) -> None:
    """Without the name of one of several flows the error lists them, with the nearest."""
    run("export", "--all", "-o", "all.zip")
    assert run("show", "all.zip:Fraud scoring").out.startswith("Fraud scoring\n")
    done = run("show", "all.zip:Fraud scorin")
    assert done.exit_code == 2
    assert "Did you mean 'Fraud scoring'?" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("set", "{}", "--stage", "Orders", "stop_after_first_batch=false"),
        ("rename", "{}", "Renamed"),
        ("add-stage", "{}", "Trash"),
        ("arrange", "{}"),
    ],
    ids=lambda words: words[0],
)
def test_an_edit_of_a_file_writes_it_in_the_form_it_had(line: Run, file: Path, words: tuple[str, ...]) -> None:
    """The same indentation and key order; only what was edited differs."""
    before = file.read_text()
    assert line(*(word.format(file) for word in words)).exit_code == 0
    after = file.read_text()
    assert (after[:2], after[-1:]) == (before[:2], before[-1:])
    same = set(before.splitlines()) & set(after.splitlines())
    assert len(same) > 0.9 * len(set(before.splitlines()))


def test_an_archive_is_not_edited(run: Run) -> None:
    """The error says what can be."""
    run("export", "--all", "-o", "all.zip")
    done = run("arrange", "all.zip:Fraud scoring")
    assert done.exit_code == 2
    assert "a JSON file of one flow, to write the change to" in done.err


def test_a_list_of_flows_is_not_edited(line: Run, file: Path) -> None:
    """Writing one of its flows would lose the others, and a list of one would be a list no more."""
    flow = json.loads(file.read_text())
    for count, name in ((2, f"{file}:Orders by amount"), (1, str(file))):
        text = json.dumps([{**flow, "title": f"{at}" if at else flow.get("title")} for at in range(count)])
        file.write_text(text)
        done = line("rename", name, "Renamed")
        assert done.exit_code == 2
        assert "a JSON file of one flow" in done.err
        assert file.read_text() == text


def test_an_edit_keeps_how_the_text_of_a_file_is_written(line: Run, file: Path) -> None:
    """Tabs, line ends of Windows, the byte order mark, escaped letters, half letters and permissions stay."""
    flow = {**json.loads(file.read_text()), "title": "\ud83d\ude00 caf\u00e9", "description": "\ud800"}
    text = json.dumps(flow, indent="\t").replace("\n", "\r\n") + "\r\n"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    file.chmod(0o600)
    assert line("set", file, "rate_limit=7").exit_code == 0
    before, after = (b"\xef\xbb\xbf" + text.encode()).splitlines(), file.read_bytes().splitlines()
    assert file.read_bytes().count(b"\r\n") == file.read_bytes().count(b"\n")
    assert len(set(before) - set(after)) <= 1
    assert len(before) == len(after)
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_edit_keeps_the_encoding_of_a_file(line: Run, file: Path) -> None:
    """A file in UTF-16, as some programs write it, stays one."""
    text = file.read_text()
    file.write_text(text, encoding="utf-16")
    assert line("rename", file, "Renamed").exit_code == 0
    assert file.read_text(encoding="utf-16") == text.replace('"title": "Orders by amount"', '"title": "Renamed"')


def test_halves_of_letters_are_printed_as_escapes(line: Run, file: Path) -> None:
    """A flow may hold half of a surrogate pair; it can be looked at all the same."""
    flow = json.loads(file.read_text())
    flow["pipelineConfig"]["configuration"] = [{"name": "constants", "value": [{"key": "k", "value": "\ud800"}]}]
    file.write_text(json.dumps(flow))
    assert "k = \\ud800" in line("show", file).out
    assert (
        json.loads(line("show", file, "--json").out)["pipelineConfig"]["configuration"]
        == (flow["pipelineConfig"]["configuration"])
    )


def test_a_misspelt_file_names_the_nearest(line: Run, file: Path) -> None:
    """Also where a project file would be asked for."""
    for words in (("show", "ordes.json"), ("import", "ordes.json"), ("check", "ordes.json")):
        done = line(*words)
        assert done.exit_code == 2
        assert "did you mean 'orders.json'?" in done.err


def test_differences_have_the_exit_code_of_diff(line: Run) -> None:
    """0 for equal, 1 for different, 2 for trouble."""
    same, other = example("orders"), example("fraud")
    assert line("diff", same, same).exit_code == 0
    assert line("diff", same, other).exit_code == 1
    assert line("diff", same, "nothing.json").exit_code == 2


def test_a_difference_in_a_credential_shows_no_secret(line: Run, file: Path, tmp_path: Path) -> None:
    """That it differs is said, what it was is not; by its definition, whatever its name."""
    line("add-stage", file, "HTTP Client", "--type", "origin")
    other = tmp_path / "other.json"
    other.write_bytes(file.read_bytes())
    for path, key in ((file, "hunter2"), (other, "hunter3")):
        line("set", path, "--stage", "HTTPClient_01", f"conf.client.oauth2.key={key}")
    done = line("diff", file, other)
    assert done.exit_code == 1
    assert "conf.client.oauth2.key" in done.out
    assert "hunter" not in done.out


def test_checking_finds_what_is_broken(line: Run, tmp_path: Path) -> None:
    """1 for errors in a flow; a file that is none is named."""
    assert line("check", example("orders")).exit_code == 0
    (tmp_path / "broken.json").write_text('{"stages": 5}')
    done = line("check", "broken.json")
    assert done.exit_code == 1
    assert "broken.json: cannot be read" in done.out


def test_checking_a_folder_passes_over_other_json(line: Run, file: Path, tmp_path: Path) -> None:
    """ZIPs in it are looked into; a JSON file that is no flow counts only when it is named."""
    (tmp_path / "package.json").write_text('{"name": "left-pad"}')
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.write(example("fraud"), "fraud.json")
    found = json.loads(line("check", tmp_path, "--json").out)
    assert [each["flow"] for each in found] == ["Fraud scoring", "Orders by amount"]
    assert line("check", "package.json").exit_code == 1
    assert line("check", "package.json", "--only-flows").exit_code == 0


def test_checking_groups_findings_by_flow_and_stage(line: Run, file: Path) -> None:
    """Labels beside instance names, codes, and a sum."""
    line("add-stage", file, "Trash")
    lines = line("check", file).out.splitlines()
    assert lines[0] == f"{file}: Orders by amount: failed"
    assert lines[1].startswith("  Trash ")
    assert lines[2].startswith("    error VALIDATION_")


def test_checking_can_fail_on_remarks(line: Run, file: Path) -> None:
    """--fail-on warning; without it they are printed only."""
    text = file.read_text().replace('"stageVersion" : "1"', '"stageVersion": "1"')
    document = json.loads(text)
    body = document.get("pipelineConfig", document)
    old = next(stage for stage in body["stages"] if int(stage["stageVersion"]) > 1)
    old["stageVersion"] = str(int(old["stageVersion"]) - 1)
    file.write_text(json.dumps(document))
    assert line("check", file).exit_code == 0
    assert line("check", file, "--fail-on", "warning").exit_code == 1


def test_sarif_names_every_finding_and_its_rule(line: Run, file: Path) -> None:
    """Version 2.1.0 with a rule for each code."""
    line("add-stage", file, "Trash")
    made = json.loads(line("check", file, "--sarif").out)
    (single,) = made["runs"]
    rules = {rule["id"] for rule in single["tool"]["driver"]["rules"]}
    assert made["version"] == "2.1.0"
    assert {result["ruleId"] for result in single["results"]} == rules != set()
    assert all(rule["shortDescription"]["text"] for rule in single["tool"]["driver"]["rules"])
    places = [result["locations"][0]["physicalLocation"] for result in single["results"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {"orders.json"}


def test_standard_input_can_be_checked(line: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ``-``."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    assert line("check", "-").out.startswith("<stdin>: Orders by amount: ok")


def changed(path: Path, old: str, new: str) -> Path:
    """A copy of a file beside it, with another text in it."""
    copy = path.with_name(f"{new}{path.suffix}".replace('"', ""))
    copy.write_text(path.read_text().replace(old, new))
    return copy


def test_folders_are_compared_flow_by_flow(line: Run, tmp_path: Path) -> None:
    """By the names of the flows, whatever the files are called; a flow that was renamed by its file."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        for name in ("orders", "fraud", "weblog"):
            (folder / f"{name}.json").write_bytes(example(name).read_bytes())
        (folder / "package.json").write_text("{}")
    assert line("diff", old, new).exit_code == 0
    (new / "orders.json").rename(new / "renamed.json")
    assert line("diff", old, new).exit_code == 0
    changed(new / "renamed.json", '"large"', '"huge"')
    (new / "renamed.json").unlink()
    (new / "fraud.json").unlink()
    (new / "weblog.json").write_text(example("weblog").read_text().replace("Web server log", "Log of the web"))
    done = line("diff", old, new)
    assert done.exit_code == 1
    assert done.out.splitlines()[0] == "- flow Fraud scoring"
    assert 'LocalFS_01: configs.uniquePrefix: "large" -> "huge"' in done.out
    assert '  ~ flow: name: "Web server log" -> "Log of the web"' in done.out.splitlines()
    document = json.loads(line("diff", old, new, "--json").out)
    assert (document["added"], document["removed"]) == ([], ["Fraud scoring"])
    assert "Orders by amount" in [each["flow"] for each in document["changed"]]
    (new / "broken.json").write_text('{"stages": [')
    assert line("diff", old, new).exit_code == 2


def test_archives_are_compared_flow_by_flow(run: Run, tmp_path: Path) -> None:
    """Unless both hold one flow, which are compared as two files are."""
    run("export", "--all", "-o", "all.zip")
    run("export", "Orders by amount", "-o", "one.zip")
    assert run("diff", "all.zip", "all.zip").exit_code == 0
    assert run("diff", "one.zip", "one.zip").exit_code == 0
    done = run("diff", "all.zip", "one.zip")
    assert done.exit_code == 1
    assert "- flow Fraud scoring" in done.out.splitlines()


@pytest.mark.parametrize("names", [("here", "thre"), ("thre", "here")])
def test_the_folder_that_is_missing_is_named(
    line: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    """Not the one that is there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    done = line("diff", *names)
    assert (done.exit_code, "cannot read thre: there is no such folder" in done.err) == (2, True), done.err


def test_a_folder_is_no_flow(line: Run, file: Path, tmp_path: Path) -> None:
    """What it is compared with must be one too; the error says what it is."""
    done = line("diff", file, tmp_path)
    assert done.exit_code == 2
    assert "it is a folder" in done.err


def test_differences_are_json_whatever_is_in_them(line: Run, file: Path) -> None:
    """Halves of surrogate pairs too, which no text can hold."""
    other = changed(file, '"large"', '"\\ud800"')
    done = line("diff", file, other, "--json")
    assert done.exit_code == 1
    assert json.loads(done.out)["settings"][0]["new"] == "\ud800"


def test_a_merge_that_changes_nothing_leaves_the_text_alone(line: Run, file: Path) -> None:
    """However it is written; so does one into another file."""
    odd = "  " + file.read_text().replace(": ", " :", 50).replace("\n", "\n\n", 5)
    file.write_text(odd)
    theirs = changed(file, '"large"', '"huge"')
    assert line("merge", file, theirs, file, "-o", file.with_name("out.json")).exit_code == 0
    assert file.with_name("out.json").read_text() == theirs.read_text()
    assert line("merge", file, file, file).exit_code == 0
    assert file.read_text() == odd


def test_conflicts_are_json(line: Run, file: Path) -> None:
    """Each with its place and what both sides did; nothing is written."""
    ours, theirs = changed(file, '"large"', '"huge"'), changed(file, '"large"', '"tiny"')
    before = ours.read_bytes()
    done = line("merge", file, ours, theirs, "--json", "--name", "flows/\x1b.json")
    assert done.exit_code == 1
    place = "/stages/LocalFS_01/configuration/configs.uniquePrefix/value"
    conflict = {"path": place, "ours": "changed it", "theirs": "changed it"}
    assert json.loads(done.out) == {"file": None, "conflicts": [conflict]}
    assert "\x1b" not in done.err
    assert ours.read_bytes() == before


def test_an_edit_keeps_the_permissions_of_a_file(line: Run, file: Path) -> None:
    """One that only its owner may read stays so."""
    file.chmod(0o600)
    assert line("rename", file, "Renamed").exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
