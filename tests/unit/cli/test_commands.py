"""Promises of the commands: what they do to a project, and what they print for people."""

import json
from pathlib import Path

import pytest

import penstock
from tests.unit.cli.conftest import EXAMPLES, Run, example


def test_lists_are_for_machines_too(run: Run) -> None:
    """--json gives every flow."""
    assert len(json.loads(run("list", "--json").out)) == len(EXAMPLES)


def test_a_list_can_be_narrowed(run: Run) -> None:
    """By a word of the name or the description, without regard to case."""
    assert [each["name"] for each in json.loads(run("list", "FRAUD", "--json").out)] == ["Fraud scoring"]


def test_a_flow_is_told_in_words(run: Run) -> None:
    """The way of the records, stages with their types, conditions, and what differs from defaults."""
    told = run("show", "Orders by amount").out
    assert "Orders -> Add tax -> Hide cards -> Route by amount -> Large orders, Everything else" in told
    assert "[origin: Dev Raw Data Source]" in told
    assert "-> Large orders   when ${record:value('/amount') >= 1000}" in told
    assert "files_prefix = large" in told
    assert "error records (ORIGINAL_RECORD): Error Records - Discard" in told


@pytest.mark.parametrize("words", [("show",), ("show", "--json"), ("draw", "--mermaid"), ("codegen",)], ids=" ".join)
def test_no_command_prints_a_credential(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    """They are masked, or read from the environment."""
    with penstock.open_project(tmp_path / "flows.db") as project:
        flow = project.create_flow(name="secret")
        client = flow.add_stage("HTTP Client", type="origin")
        client.configuration["conf.client.authType"] = "BASIC"
        client.configuration["conf.client.basicAuth.password"] = "hunter2"
        project.update_flow(flow)
    done = run(*words, "secret")
    assert done.exit_code == 0
    assert "hunter2" not in done.output


@pytest.mark.parametrize("flow", ["Orders by amount", "Web server log", "Fraud scoring"])
def test_every_example_validates_and_previews(run: Run, flow: str) -> None:
    """The examples are flows that work."""
    assert run("validate", flow).exit_code == 0
    done = run("preview", flow)
    assert done.exit_code == 0
    assert "record(s)" in done.out


def test_a_preview_takes_records_of_ones_own(run: Run, tmp_path: Path) -> None:
    """--input gives them to the origin, or to the stage that it names."""
    (tmp_path / "mine.jsonl").write_text('{"order_id": 7, "amount": 5.0, "card": "1"}\n')
    for given in ("mine.jsonl", "Orders=mine.jsonl"):
        shown = json.loads(run("preview", "Orders by amount", "--input", given, "--json").out)
        assert shown[0]["records"][0]["order_id"] == 7


def test_a_run_ends_with_its_counters(run: Run) -> None:
    """State and counters for machines; the exit code says that it went well."""
    run("create", "short")
    run("add-stage", "short", "Dev Raw Data Source", "--set", "stop_after_first_batch=true")
    run("add-stage", "short", "Trash", "--after", "DevRawDataSource_01")
    done = run("run", "short", "--json")
    assert (done.exit_code, json.loads(done.out)["state"]) == (0, "Completed")


def test_a_run_that_fails_has_its_exit_code(run: Run) -> None:
    """1, with the reason."""
    run("create", "broken")
    run("add-stage", "broken", "Trash")
    assert run("run", "broken").exit_code == 1


@pytest.mark.parametrize(
    ("suffix", "beginning"),
    [(".svg", b"<svg"), (".html", b"<!doctype html>"), (".mmd", b"graph LR"), (".png", b"\x89PNG")],
)
def test_pictures_are_written_whole(run: Run, tmp_path: Path, suffix: str, beginning: bytes) -> None:
    """The form follows the suffix."""
    assert run("draw", "Orders by amount", "-o", f"picture{suffix}").out == f"picture{suffix}\n"
    assert (tmp_path / f"picture{suffix}").read_bytes().startswith(beginning)


def test_a_flow_is_built_from_a_script(run: Run) -> None:
    """create, add-stage, connect, set, arrange: as the Python API does, saved each time."""
    assert run("create", "built").exit_code == 0
    assert run("add-stage", "built", "Dev Raw Data Source").out == "DevRawDataSource_01\n"
    run("add-stage", "built", "Trash")
    run("connect", "built", "Dev Raw Data Source 1", "Trash_01")
    run("set", "built", "data_format=TEXT", "raw_data=hello", "--stage", "DevRawDataSource_01")
    assert json.loads(run("arrange", "built", "--json").out)["Trash_01"] == [360, 50]
    assert "raw_data = hello" in run("show", "built").out
    assert run("validate", "built").exit_code == 0


def test_a_setting_that_is_not_there_changes_nothing(run: Run) -> None:
    """All or none: the good one beside it is not saved either."""
    done = run("set", "Orders by amount", "--stage", "Orders", "stop_after_first_batch=false", "raw_dta=x")
    assert done.exit_code == 2
    assert "Did you mean 'raw_data'" in done.err
    assert "stop_after_first_batch = true" in run("show", "Orders by amount").out


def test_a_deleted_flow_comes_back(run: Run) -> None:
    """By its name or its id."""
    assert run("delete", "Fraud scoring").exit_code == 0
    assert len(json.loads(run("list", "--json").out)) == len(EXAMPLES) - 1
    assert run("restore", "Fraud scorin").exit_code == 2
    assert run("restore", "Fraud scoring").exit_code == 0
    assert len(json.loads(run("list", "--json").out)) == len(EXAMPLES)


def test_an_earlier_save_comes_back(run: Run) -> None:
    """history lists the saves, diff compares two of them, restore makes one the newest."""
    run("rename", "Fraud scoring", "Fraud")
    assert [each["revision"] for each in json.loads(run("history", "Fraud", "--json").out)] == [1, 2]
    assert run("diff", "Fraud@1", "Fraud").out == '~ flow: name: "Fraud scoring" -> "Fraud"\n'
    assert json.loads(run("restore", "Fraud", "1", "--json").out)["name"] == "Fraud scoring"


def test_flows_go_out_and_come_in(run: Run, tmp_path: Path) -> None:
    """export names the file; import --dry-run shows the plan and changes nothing; import follows it."""
    assert run("export", "Fraud scoring", "-o", "out.zip").out == "out.zip\n"
    before = run("list", "--json").out
    planned = run("import", "out.zip", "--on-conflict", "rename", "--dry-run", "--json")
    assert json.loads(planned.out) == [
        {"action": "create", "name": "Fraud scoring (2)", "renamed_from": "Fraud scoring"}
    ]
    assert run("list", "--json").out == before
    assert (
        json.loads(run("import", "out.zip", "--on-conflict", "rename", "--json").out)[0]["name"] == "Fraud scoring (2)"
    )


def test_parameter_sets_are_made_changed_used_and_deleted(run: Run) -> None:
    """The constants of the flow follow."""
    run("params", "create", "env", "topic=orders")
    run("params", "set", "env", "topic=orders-2", "retries=3")
    assert json.loads(run("params", "list", "--json").out)[0]["value"] == "orders-2"
    run("params", "use", "env", "Fraud scoring")
    assert "env__topic = orders-2" in run("show", "Fraud scoring").out
    assert run("params", "delete", "env").exit_code == 0
    assert run("params", "list", "--json").out == "[]\n"


def test_the_catalogue_can_be_searched(line: Run) -> None:
    """By every word of label, type and library, best first."""
    found = json.loads(line("stages", "kafka", "consumer", "--json").out)
    assert found[0]["label"] == "Kafka Consumer"
    assert all("kafka" in (each["label"] + each["library"]).lower() for each in found)


def test_a_stage_is_shown_with_all_that_can_be_set(line: Run) -> None:
    """Settings with kind, default, allowed values and what they depend on."""
    shown = json.loads(line("stages", "show", "Field Remover", "--json").out)
    rows = {row["setting"]: row for row in shown["settings"]}
    assert rows["action"]["values"][:2] == ["KEEP", "REMOVE"]
    assert rows["constant"]["depends_on"] == {"filterOperation": ["REMOVE_CONSTANT"]}
    assert "action is REMOVE_CONSTANT" in line("stages", "show", "Field", "Remover").out


def test_a_flow_is_written_as_a_script(run: Run, tmp_path: Path) -> None:
    """From the project and from a file, for both clients, to the terminal and to a file."""
    by_name, by_file = run("codegen", "Fraud scoring"), run("codegen", example("fraud"))
    assert by_name.exit_code == by_file.exit_code == 0
    assert 'flow.add_stage("Static Lookup")' in by_name.out
    assert by_file.out.replace('    flow.engine_version = ""\n', "") == by_name.out
    assert run("codegen", "Fraud scoring", "--client", "official", "-o", "made.py").out == "made.py\n"
    compile((tmp_path / "made.py").read_text(), "made.py", "exec")


def test_the_demo_leaves_a_project(line: Run, tmp_path: Path) -> None:
    """Six flows, told step by step; a second time in the same folder it works too."""
    for _ in range(2):
        assert line("demo", "--folder", tmp_path / "demo").exit_code == 0
    assert len(json.loads(line("list", "--db", tmp_path / "demo" / "flows.db", "--json").out)) >= 6


def test_the_demo_runs_its_flows(line: Run, tmp_path: Path) -> None:
    """Both to their end, with what went through."""
    told = line("demo", "--folder", tmp_path / "demo").out
    assert "'Orders by amount': Completed, 4 records read, 4 delivered" in told
    assert "'Tax': Completed, 2 records read, 2 delivered" in told


def test_the_demo_says_where_it_put_everything(line: Run, tmp_path: Path) -> None:
    """As one document, without the story."""
    told = json.loads(line("demo", "--folder", tmp_path / "demo", "--json").out)
    assert len(told["flows"]) >= 6
    assert all(Path(told[kind]).is_file() for kind in ("project", "archive", "picture"))


def test_the_script_of_completion_is_told_as_json(line: Run) -> None:
    """With the shell that it is for."""
    told = json.loads(line("completion", "fish", "--json").out)
    assert told["shell"] == "fish"
    assert told["script"].strip() == line("completion", "fish").out.strip()


def test_a_setting_of_a_stage_is_told_from_one_of_the_flow(run: Run) -> None:
    """The error names the stages that have it, and how to say which."""
    done = run("set", "Orders by amount", "stop_after_first_batch=true")
    assert done.exit_code == 2
    assert "DevRawDataSource_01: say which with --stage" in done.err


@pytest.mark.parametrize("text", ['{"order_id": 7,\n "amount": 1.0}', '[{"order_id": 7}]', '\n{"order_id": 7}\n\n'])
def test_records_may_be_written_in_several_ways(run: Run, tmp_path: Path, text: str) -> None:
    """One JSON value, an array of them, or one a line."""
    (tmp_path / "mine.json").write_text(text)
    shown = json.loads(run("preview", "Orders by amount", "--input", "mine.json", "--through", "Orders", "--json").out)
    assert [each["order_id"] for each in shown[0]["records"]] == [7]
