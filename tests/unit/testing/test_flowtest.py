"""Tests of flows in YAML: what is compared, what is said when it differs, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from penstock import open_project
from penstock.core.errors import FormatError, LimitError
from penstock.testing import assert_outputs
from penstock.testing.flowtest import CaseResult, find_tests, load_test, run_test, update_test

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a flow that doubles numbers, from a stage whose origin cannot be reached, and refuses texts."""
    with open_project() as project:
        flow = project.create_flow(name="double")
        origin, change = flow.add_stage("Kafka Multitopic Consumer"), flow.add_stage("Expression Evaluator")
        change.configuration["expressionProcessorConfigs"] = [
            {"fieldToSet": "/b", "expression": "${record:value('/a') * factor}"},
            {"fieldToSet": "/at", "expression": "${time:now()}"},
        ]
        flow.configuration["constants"] = [{"key": "factor", "value": "2"}]
        origin.connect_output_to(change)
        change.connect_output_to(flow.add_stage("Trash"))
        project.update_flow(flow)
        project.export_flow(flow=flow, destination=tmp_path / "double.zip")
    return tmp_path


def results(folder: Path, cases: str, top: str = "now: 2026-01-31T10:00:00Z") -> list[CaseResult]:
    """What becomes of the cases of a file."""
    path = folder / "double.flowtest.yaml"
    path.write_text(f"flow: double.zip\n{top}\ncases:\n{cases}")
    return list(run_test(load_test(path)))


GIVEN = "- given: {KafkaMultitopicConsumer_01: [{a: 1}, {a: 3}]}\n"
AT = "'2026-01-31T10:00:00+00:00'"


def test_expected_records_pass_and_others_are_shown(folder: Path) -> None:
    """Exactly, with a fixed clock; a difference is shown as one."""
    good = f"  expect: {{records: {{Trash_01: [{{a: 1, b: 2, at: {AT}}}, {{a: 3, b: 6, at: {AT}}}]}}}}\n"
    assert [each.problems for each in results(folder, GIVEN + good)] == [()]
    (bad,) = results(folder, GIVEN + "  expect: {records: {Trash_01: [{a: 1, b: 9}]}}\n")
    assert '-  "b": 9' in bad.problems[0]
    assert '+  "b": 2' in bad.problems[0]


def test_a_subset_is_enough_when_it_is_asked_for(folder: Path) -> None:
    """Some records, some fields; what is not there is said."""
    case = GIVEN + "  match: subset\n  expect: {records: {Trash_01: [{b: 6}]}}\n"
    assert [each.problems for each in results(folder, case)] == [()]
    (bad,) = results(folder, case.replace("b: 6", "b: 7"))
    assert 'nothing like {"b": 7}' in bad.problems[0]


def test_parameters_of_a_case_replace_those_of_the_flow(folder: Path) -> None:
    """For the one case."""
    case = (
        GIVEN + "  parameters: {factor: '10'}\n  match: subset\n  expect: {records: {Trash_01: [{b: 10}, {b: 30}]}}\n"
    )
    assert [each.problems for each in results(folder, case)] == [()]


def test_errors_are_expected_by_stage_and_code_or_are_problems(folder: Path) -> None:
    """An error that nobody expects fails a case."""
    given = "- given: {KafkaMultitopicConsumer_01: [{a: x}]}\n"
    expected = "  expect: {errors: [{stage: ExpressionEvaluator_01, code: EXPR_03}]}\n"
    assert [each.problems for each in results(folder, given + expected)] == [()]
    (bad,) = results(folder, given + "  expect: {records: {Trash_01: []}}\n")
    assert bad.problems[0].startswith("errors differ")


def test_a_case_that_expects_nothing_fails(folder: Path) -> None:
    """A test that cannot fail is none."""
    (bad,) = results(folder, GIVEN)
    assert "nothing is expected" in bad.problems[0]


def test_update_accepts_what_came_out(folder: Path) -> None:
    """Of failed cases only; afterwards they pass."""
    results(folder, GIVEN + "  match: exact\n" + GIVEN + "  match: subset\n  expect: {records: {Trash_01: [{b: 2}]}}\n")
    path = folder / "double.flowtest.yaml"
    test = load_test(path)
    update_test(test, list(run_test(test)))
    again = load_test(path)
    assert all(each.passed for each in run_test(again))
    assert again.cases[1].expect == {"records": {"Trash_01": [{"b": 2}]}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("flow: double.zip\ncases: [{given: {Kafka_01: []}}]", "KafkaMultitopicConsumer_01"),
        ("flow: double.zip\ncases: [{expects: {}}]", "expect"),
        ("flow: double.zip\ncases: []", "/cases"),
        ("flow: none.zip\ncases: [{}]", "none.zip"),
        ("flow: double.zip\ncases: [{match: near}]", "exact, subset"),
        ("a: &x 1\nb: *x", "references"),
        ("a: [", "no YAML"),
        ("!!python/object/apply:os.system [x]", "no YAML"),
    ],
)
def test_files_that_are_no_tests_say_where(folder: Path, text: str, words: str) -> None:
    """The place and the nearest word; nothing in a file is run."""
    path = folder / "bad.flowtest.yaml"
    path.write_text(text)
    with pytest.raises(FormatError, match=words):
        load_test(path)


def test_large_files_are_refused(folder: Path) -> None:
    """Before they are read."""
    path = folder / "large.flowtest.yaml"
    path.write_text("#" * (4 * 1024 * 1024 + 1))
    with pytest.raises(LimitError):
        load_test(path)


def test_records_can_be_given_as_a_file(folder: Path) -> None:
    """JSON lines beside the test."""
    (folder / "sample.json").write_text('{"a": 5}\n')
    case = "- given: {KafkaMultitopicConsumer_01: {file: sample.json}}\n  match: subset\n"
    assert results(folder, case + "  expect: {records: {Trash_01: [{b: 10}]}}\n")[0].passed


def test_programs_can_assert_outputs(folder: Path) -> None:
    """One line in a test of one's own."""
    with open_project() as project:
        flow = project.import_flows(source=folder / "double.zip", conflict_resolution="rename")
        assert not isinstance(flow, list)
        given = {"KafkaMultitopicConsumer_01": [{"a": 1}]}
        assert_outputs(flow.value, given, {"Trash_01": [{"b": 2}]}, match="subset")
        with pytest.raises(AssertionError, match="nothing like"):
            assert_outputs(flow.value, given, {"Trash_01": [{"b": 3}]}, match="subset")


def test_the_examples_carry_tests_that_pass() -> None:
    """All three of them."""
    files = list(find_tests([EXAMPLES]))
    assert [path.name for path in files] == ["fraud.flowtest.yaml", "orders.flowtest.yaml", "weblog.flowtest.yaml"]
    for path in files:
        assert [each.problems for each in run_test(load_test(path)) if not each.passed] == []


def test_the_command_and_pytest_run_them(folder: Path) -> None:
    """Exit codes, JSON, JUnit; and the same file through pytest."""
    results(folder, GIVEN + "  match: subset\n  expect: {records: {Trash_01: [{b: 2}]}}\n")
    command = [sys.executable, "-c", "import sys; from penstock.cli import main; main()"]
    done = subprocess.run(
        [*command, "test", "--json", "--junit", "out.xml", "."], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["problems"] == []
    assert 'tests="1" failures="0"' in (folder / "out.xml").read_text()
    options = ["-q", "-p", "penstock.testing.plugin", "-p", "no:cacheprovider"]
    done = subprocess.run([sys.executable, "-m", "pytest", *options, "."], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
