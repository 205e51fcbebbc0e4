"""Promises of ``penstock check`` to a pipeline of CI: what is looked at, what is passed over, what comes out."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from penstock.cli import printing
from tests.unit.cli.conftest import Run, example


@pytest.mark.parametrize(
    "text", ["[1, 2]", "null", '"text"', "// a comment\n{}", "\0\1\2", "[" * 500], ids=lambda text: text[:12]
)
def test_a_folder_may_hold_json_that_is_no_flow(line: Run, file: Path, tmp_path: Path, text: str) -> None:
    """Arrays, texts, comments, anything without a word of flows; when it is named it is told."""
    (tmp_path / "other.json").write_text(text)
    assert line("check", tmp_path).exit_code == 0
    assert line("check", "other.json", "--only-flows").exit_code == 0
    assert line("check", "other.json").exit_code == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_broken_flow_in_a_folder_is_told(line: Run, file: Path, tmp_path: Path, encoding: str) -> None:
    """A flow that is cut short, has marks of a merge or another encoding is not passed over."""
    (tmp_path / "cut.json").write_text(file.read_text()[:-20], encoding)
    done = line("check", tmp_path, "--only-flows")
    assert done.exit_code == 1
    assert "cut.json: cannot be read" in done.out


def test_an_empty_file_in_a_folder_is_told(line: Run, tmp_path: Path) -> None:
    """It may have been a flow."""
    (tmp_path / "empty.json").touch()
    assert line("check", tmp_path).exit_code == 1


def test_a_named_archive_without_flows_is_told(line: Run, tmp_path: Path) -> None:
    """In a folder, and for hooks, it is passed over."""
    with zipfile.ZipFile("other.zip", "w") as archive:
        archive.writestr("read.me", "text")
    done = line("check", "other.zip")
    assert done.exit_code == 1
    assert "there is no flow in it" in done.out
    assert line("check", tmp_path).exit_code == 0
    assert line("check", "other.zip", "--only-flows").exit_code == 0


def test_an_archive_that_is_none_is_told_everywhere(line: Run, tmp_path: Path) -> None:
    """Nobody can see whether flows are in it."""
    (tmp_path / "broken.zip").write_bytes(b"\1\2\3")
    assert line("check", tmp_path).exit_code == 1


def test_folders_are_looked_through_once(line: Run, file: Path, tmp_path: Path) -> None:
    """Hidden ones too, links that lead back are not followed, and what is named twice is checked once."""
    hidden = tmp_path / "below" / ".hidden"
    hidden.mkdir(parents=True)
    (hidden / "more.json").write_bytes(file.read_bytes())
    (tmp_path / "below" / "back").symlink_to(tmp_path)
    (tmp_path / "nowhere.json").symlink_to("gone.json")
    found = json.loads(line("check", tmp_path, hidden, file, "--json").out)
    assert [each["path"] for each in found] == [str(hidden / "more.json"), str(file)]


def test_a_closed_folder_is_no_empty_one(
    line: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flows in it would go unchecked without a word."""
    (tmp_path / "closed").mkdir()
    scan = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    done = line("check", tmp_path)
    assert done.exit_code == 2
    assert "closed: Permission denied" in done.err


def test_a_link_to_nowhere_is_not_its_own_nearest_name(line: Run, file: Path, tmp_path: Path) -> None:
    """Only what is there is offered."""
    (tmp_path / "order.json").symlink_to("gone.json")
    done = line("check", "order.json")
    assert done.exit_code == 2
    assert "did you mean 'orders.json'?" in done.err


def test_two_forms_at_once_are_refused(line: Run, file: Path) -> None:
    """One of them would be silently left out."""
    assert line("check", file, "--json", "--sarif").exit_code == 2


def test_a_reader_that_goes_away_does_not_make_a_bad_flow_good(tmp_path: Path) -> None:
    """``penstock check … | head`` in a pipeline that fails with any of its parts."""
    flow = json.loads(example("orders").read_text())
    flow.get("pipelineConfig", flow)["stages"] *= 2
    (tmp_path / "bad.json").write_text(json.dumps(flow))
    code = "import sys; from penstock.cli import main; main(['check', 'bad.json'])"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait() == 1
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_texts_of_a_flow_cannot_forge_lines(line: Run, file: Path) -> None:
    """Line ends and escapes in names are written out."""
    flow = json.loads(file.read_text())
    body = flow.get("pipelineConfig", flow)
    body["title"] = "Orders\n::error::forged\x1b[31m"
    body["stages"][1]["uiInfo"]["label"] = "a\nb"
    body["stages"][1]["inputLanes"] = []
    file.write_text(json.dumps(flow))
    done = line("check", file)
    assert f"{file}: Orders\\n::error::forged\\x1b[31m: failed" in done.out
    assert "a\\nb" in done.out


def test_json_has_an_object_for_each_flow(line: Run, file: Path, tmp_path: Path) -> None:
    """With the keys that the documentation names, for flows and for files that cannot be read."""
    line("add-stage", file, "Trash")
    (tmp_path / "empty.json").touch()
    unread, flow = json.loads(line("check", tmp_path, "--json").out)
    keys = ["path", "member", "flow", "valid", "error", "issues", "remarks"]
    assert list(unread) == list(flow) == keys
    assert (flow["flow"], flow["valid"], flow["error"]) == ("Orders by amount", False, None)
    assert flow["issues"][0]["code"] == "VALIDATION_0014"
    assert flow["issues"][0]["message"].startswith("VALIDATION_0014 - ")
    assert (unread["valid"], unread["issues"]) == (False, [])
    assert "empty.json" in unread["error"]


def test_findings_fit_the_terminal(line: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken between words, set in below the code; when piped each is one line."""
    text = file.read_text().replace('"inputLanes"', '"was"')
    file.write_text(text)
    piped = line("check", file).out.splitlines()
    monkeypatch.setattr(printing, "piped", lambda: False)
    monkeypatch.setenv("COLUMNS", "60")
    shown = line("check", file, "--no-color").out.splitlines()
    assert len(shown) > len(piped)
    assert any(row.startswith(" " * 10 + row.strip()) for row in shown)
    findings = [row for row in shown if row.startswith("    ")]
    assert all(len(row) <= 60 or max(map(len, row.split())) > 30 for row in findings)
    assert " ".join(" ".join(findings).split()) == " ".join(" ".join(r for r in piped if r[:4] == "    ").split())


@pytest.mark.parametrize("form", ["--json", "--sarif"])
def test_names_of_files_that_are_no_text_can_be_told(line: Run, file: Path, form: str) -> None:
    """As JSON that every reader takes."""
    odd = os.fsdecode(b"odd\xff.json")
    try:
        file.rename(file.with_name(odd))
    except OSError:
        pytest.skip("names are text on this file system")
    done = line("check", ".", form)
    assert done.exit_code == 0
    assert json.loads(done.out.encode()) is not None


def results(line: Run, *words: object) -> list[dict[str, object]]:
    """The physical locations of the findings as SARIF."""
    (run,) = json.loads(line("check", *words, "--sarif").out)["runs"]
    return [each["locations"][0]["physicalLocation"] for each in run["results"]]


def test_sarif_points_at_the_stage_and_the_setting(line: Run, file: Path) -> None:
    """With the line in the file, whatever its form."""
    flow = json.loads(file.read_text())
    stage = flow.get("pipelineConfig", flow)["stages"][1]
    stage["configuration"].append({"name": "stageRequiredFields", "value": ["abc"]})
    stage["outputLanes"] = []
    for indent, encoding in ((2, "utf-8"), (None, "utf-8-sig"), (2, "utf-16")):
        text = json.dumps(flow, indent=indent)
        file.write_text(text, encoding)
        pointed = set()
        for place in results(line, file):
            region = place["region"]
            assert isinstance(region, dict)
            row = text.split("\n")[region["startLine"] - 1]
            pointed.add(row[region["startColumn"] - 1 :].split(",")[0].strip())
        assert f'"{stage["instanceName"]}"' in pointed
        assert '"stageRequiredFields"' in pointed


def test_sarif_has_addresses(line: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative below here, else of a file; signs that mean something in addresses are written out."""
    bad = file.read_text().replace('"inputLanes"', '"was"')
    (tmp_path / "a: b<é>.json").write_text(bad)
    below = tmp_path / "below"
    below.mkdir()
    assert {str(each["artifactLocation"]) for each in results(line, "a: b<é>.json")} == {
        "{'uri': 'a%3A%20b%3C%C3%A9%3E.json'}"
    }
    file.write_text(bad)
    monkeypatch.chdir(below)
    assert {str(each["artifactLocation"]) for each in results(line, file)} == {f"{{'uri': '{file.as_uri()}'}}"}
    assert {str(each["artifactLocation"]) for each in results(line, "../orders.json")} == {"{'uri': '../orders.json'}"}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bad.encode())))
    assert {str(each["artifactLocation"]) for each in results(line, "-")} == {"{'uri': '%3Cstdin%3E'}"}
