"""The promise of generated scripts: run against a project in memory, they give the flow that they were made from."""

import ast
import shutil
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import penstock
from penstock.adapters.packaged import packaged_catalogue
from penstock.core.codegen import python_script
from penstock.core.codegen.literals import lines_of
from penstock.core.compare import Diff, SettingChange, diff, render_diff
from penstock.core.errors import InvalidValueError
from penstock.core.flow.credentials import blank_credentials
from penstock.core.flow.document import decode_flow, encode_flow
from penstock.core.flow.model import Flow
from penstock.sdk.transfer import read_source

BESIDE = [each / "shared" / "corpus" for each in Path(__file__).parents[5:]]
CORPUS = next((each for each in BESIDE if each.is_dir()), BESIDE[0])
EXAMPLES = ("orders", "weblog", "fraud")
RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")


def example(name: str) -> Flow:
    """The flow of a shipped example."""
    return read_source(Path(str(files("penstock.examples"))) / f"{name}.json")[0]


def corpus_files() -> list[Path]:
    """The published flows, where they are here."""
    if not CORPUS.is_dir():
        return []
    return sorted(each for each in CORPUS.rglob("*") if each.suffix in (".json", ".zip") and each.name != "INDEX.json")


def built(script: str) -> Flow:
    """The flow that a script builds in a project in memory."""
    names: dict[str, object] = {"__name__": "generated"}
    exec(compile(script, "generated.py", "exec"), names)
    with penstock.open_project() as project:
        made = names["build"](project)  # type: ignore[operator]
        flow: Flow = made.value
        return flow


def difference(flow: Flow, made: Flow) -> Diff:
    """What differs but for the parts that scripts leave out: alert rules, what the canvas keeps for previews."""
    found = diff(flow, made)
    told = (each for each in found.settings if each.part != "rules" and not _left_out(each))
    return attrs.evolve(found, settings=tuple(told))


def _left_out(change: SettingChange) -> bool:
    for_previews = change.part == "picture" and change.name.startswith(("previewConfig", "schemaFromPreview"))
    return for_previews or (change.part, change.name, change.old) == ("flow", "version", None)


def assert_rebuilt(flow: Flow, made: Flow) -> None:
    """Nothing differs but the names of lanes, in the flow and in its fragments."""
    found = difference(flow, made)
    assert not found, "\n".join(render_diff(found))
    names = {
        made_lane: lane
        for old, new in zip(flow.stages, made.stages, strict=True)
        for lane, made_lane in zip(old.lanes_out, new.lanes_out, strict=True)
    }
    for old, new in zip(flow.stages, made.stages, strict=True):
        assert (len(old.output_lanes), len(old.event_lanes)) == (len(new.output_lanes), len(new.event_lanes))
        assert Counter(old.input_lanes) == Counter(names.get(lane, lane) for lane in new.input_lanes)
    assert (flow.schema_version, flow.fragment) == (made.schema_version, made.fragment)
    assert flow.version in (None, made.version)
    assert (flow.metadata or {}) == (made.metadata or {})
    for inner, made_inner in zip(flow.fragments, made.fragments, strict=True):
        assert_rebuilt(inner, made_inner)


def linted(folder: Path, *scripts: str) -> None:
    """Ruff finds nothing in the scripts, with lines of 88 columns."""
    if RUFF is None:
        pytest.skip("ruff is not installed")
    for at, script in enumerate(scripts):
        (folder / f"script_{at}.py").write_text(script, "utf-8")
    done = subprocess.run(
        [RUFF, "check", "--isolated", "--no-cache", "--select", "E,F,I,UP", "--line-length", "88", str(folder)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.stem)
def test_the_script_of_a_published_flow_rebuilds_it(path: Path, tmp_path: Path) -> None:
    """Without its credentials by default, with them when asked for; the scripts pass ruff and are formatted."""
    catalogue = packaged_catalogue()
    scripts: list[str] = []
    for flow in read_source(path):
        for plain in (False, True):
            script = python_script(flow, catalogue, with_plain_text_credentials=plain)
            assert_rebuilt(flow if plain else blank_credentials(flow, catalogue)[0], built(script))
            scripts.append(script)
        official = python_script(flow, catalogue, client="official")
        ast.parse(official)
        scripts.append(official)
    linted(tmp_path, *scripts)
    done = subprocess.run(
        [str(RUFF), "format", "--isolated", "--no-cache", "--diff", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_corpus_was_there_or_is_said_to_be_missing() -> None:
    """A run without published flows says so."""
    if not corpus_files():
        pytest.skip("the published flows are not here (../shared/corpus)")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_script_of_an_example_is_short_and_rebuilds_it(name: str) -> None:
    """No setting at its default, no position that arranging gives."""
    flow = example(name)
    script = python_script(flow, packaged_catalogue(), with_plain_text_credentials=True)
    assert_rebuilt(flow, built(script))
    assert "flow.auto_arrange()" in script
    assert ".position" not in script
    assert len(script.splitlines()) < 150


HOSTILE = [
    'a"""b',
    "'''\\",
    "${str:concat('a', \"b\")}",
    "#!\n\n\nimport os; os._exit(1)",
    "\r\n\t\x00\x1b\u202e\u2028",
    "日本語" * 40,
    "\ud800",
    "x" * 300,
    "class",
    "flow",
    "",
    " ",
    "\\N{DASH}",
    "{}%s",
]
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.floats(allow_nan=False, allow_infinity=False),
        texts,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def hostile_flows(draw: st.DrawFn) -> Flow:
    """An example with texts, lanes, versions and settings that nobody would write."""
    document: dict[str, Any] = encode_flow(example(draw(st.sampled_from(EXAMPLES))))
    body = document["pipelineConfig"]
    stages = body["stages"]
    lanes = sorted({lane for stage in stages for key in ("inputLanes", "outputLanes") for lane in stage[key]})
    for stage in draw(st.lists(st.sampled_from(stages), max_size=4)):
        ui, rows = stage["uiInfo"], stage["configuration"]
        change = draw(st.integers(0, 9))
        if change == 0:
            ui["label"] = draw(values)
        elif change == 1:
            ui[draw(texts)] = draw(values)
        elif change == 2:
            ui["xPos"] = draw(values)
        elif change == 3:
            rows.append({"name": draw(texts), "value": draw(values)})
        elif change == 4 and rows:
            draw(st.sampled_from(rows))["value"] = draw(values)
        elif change == 5:
            stage["stageVersion"] = draw(texts)
        elif change == 6:
            stage["stageName"] = draw(texts)
        elif change == 7:
            stage["library"] = draw(texts)
        elif change == 8:
            stage["inputLanes"] = draw(st.lists(st.sampled_from(lanes), max_size=3))
        else:
            stage["outputLanes"] = draw(st.lists(st.one_of(st.sampled_from(lanes), texts), max_size=3))
    body["description"] = draw(texts)
    settings_of_flow = body["configuration"]
    settings_of_flow.append({"name": draw(texts), "value": draw(values)})
    for name in ("errorStage", "statsAggregatorStage"):
        if draw(st.booleans()):
            body[name] = draw(st.sampled_from([None, {**stages[0], "instanceName": draw(texts) + "!" + name}]))
    return decode_flow(document)


def test_a_lane_that_two_stages_write_keeps_its_links() -> None:
    """Also when one of them is the reader itself."""
    flow = example("fraud")
    lookup, score = flow.stages[2:4]
    looped = attrs.evolve(score, output_lanes=lookup.output_lanes)
    broken = attrs.evolve(flow, stages=tuple(looped if each is score else each for each in flow.stages))
    assert not difference(broken, built(python_script(broken, packaged_catalogue(), with_plain_text_credentials=True)))


def test_a_lane_that_a_stage_writes_twice_is_one_lane() -> None:
    """On the canvas and beside it."""
    flow = example("fraud")
    stages = tuple(
        attrs.evolve(each, output_lanes=("x", "x")) if len(each.output_lanes) > 1 else each for each in flow.stages
    )
    assert stages != flow.stages
    beside = attrs.evolve(flow.stages[0], instance_name="beside", output_lanes=("y", "y"))
    broken = attrs.evolve(flow, stages=stages, stats_stage=beside)
    assert not difference(broken, built(python_script(broken, packaged_catalogue(), with_plain_text_credentials=True)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(flow=hostile_flows())
def test_hostile_texts_and_broken_flows_are_rebuilt(flow: Flow, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Quotes, line ends, lone surrogates, code in labels, unknown stages, lanes of nobody: nothing gets out or lost."""
    script = python_script(flow, packaged_catalogue(), with_plain_text_credentials=True)
    script.encode("utf-8")
    made = built(script)
    found = difference(flow, made)
    assert not found, "\n".join(render_diff(found))
    official = python_script(flow, packaged_catalogue(), client="official")
    compile(official, "official.py", "exec")


def test_a_hostile_script_passes_ruff(tmp_path: Path) -> None:
    """Lines of at most 88 columns whatever stands in them."""
    flow = example("fraud")
    stages = tuple(
        attrs.evolve(
            stage,
            ui=stage.ui.set("label", (text * 30)[:400] or "x"),
            configuration=stage.configuration.with_values({text[:80]: [text, {text: text * 5}] for text in HOSTILE}),
        )
        for stage, text in zip(flow.stages, HOSTILE, strict=False)
    )
    hostile = attrs.evolve(flow, stages=stages, name='"""); import os #', description="\n".join(HOSTILE))
    catalogue = packaged_catalogue()
    script = python_script(hostile, catalogue)
    assert_rebuilt(blank_credentials(hostile, catalogue)[0], built(script))
    linted(tmp_path, script, python_script(hostile, catalogue, client="official"))


def test_names_in_labels_are_never_code() -> None:
    """Calls in a script are those of the interface, whatever labels and comments say."""
    flow = attrs.evolve(example("orders"), name='x\'\'\'"""\nimport os\nos.abort()\n"""', description='"""\nboom()')
    script = python_script(flow, packaged_catalogue())
    called = {
        node.func.id
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called <= {"print", "build"}
    assert_rebuilt(blank_credentials(flow, packaged_catalogue())[0], built(script))


def test_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No secret stands in a script unless asked for; the variable is named after the stage and the setting."""
    with penstock.open_project() as project:
        flow = project.create_flow(name="secret")
        stage = flow.add_stage("HTTP Client", type="origin")
        stage.stage_name = "Orders of today"
        stage.configuration["conf.client.basicAuth.password"] = "hunter2"
        plain, safe = flow.to_python(with_plain_text_credentials=True), flow.to_python()
        official = flow.to_python("official")
        value = flow.value
    assert "hunter2" in plain
    assert "hunter2" not in safe + official
    assert 'os.environ.get(\n        "ORDERS_OF_TODAY_PASSWORD", ""\n    )' in safe
    assert not difference(value, built(plain))
    monkeypatch.setenv("ORDERS_OF_TODAY_PASSWORD", "hunter2")
    changed = {change.name for change in diff(value, built(safe)).settings}
    assert "conf.client.basicAuth.password" not in changed


def test_parameter_sets_are_made_where_they_are_missing() -> None:
    """The official generator leaves them out; here they come with the flow, and a set that is there is used."""
    with penstock.open_project() as project:
        held = project.create_parameter_set("shared", description="for all")
        held.add_parameter("string", "path", "/tmp", "where")
        project.update_parameter_set(held)
        flow = project.create_flow(name="with set")
        flow.configuration["parameters"] = {"own": "1"}
        flow.use_parameter_set(held)
        script = flow.to_python()
        value = blank_credentials(flow.value, packaged_catalogue())[0]
    names: dict[str, object] = {}
    exec(script, names)
    with penstock.open_project() as fresh:
        made = names["build"](fresh)  # type: ignore[operator]
        assert len(made.value.parameter_sets) == 1
        assert not diff(attrs.evolve(value, parameter_sets=made.value.parameter_sets), made.value)
        assert [(each.name, each.description) for each in fresh.parameter_sets] == [("shared", "for all")]
        assert [each.name for each in made.parameter_sets] == ["shared"]


def test_a_script_reads_like_one_that_somebody_wrote() -> None:
    """Variables from labels, only what differs, positions that were set by hand."""
    with penstock.open_project() as project:
        flow = project.create_flow(name="readable")
        orders = flow.add_stage("Dev Raw Data Source")
        orders.stage_name, orders.data_format = "All the Orders", "TEXT"
        trash = flow.add_stage("Trash")
        orders.connect_output_to(trash)
        trash.position = (400, 90)
        script = flow.to_python(with_plain_text_credentials=True)
    assert (
        script
        == '''"""Builds the flow 'readable' with penstock."""

import penstock


def build(project: penstock.Project) -> penstock.StreamingFlow:
    """Keeps the flow in a project and gives it back."""
    flow = project.create_flow(name="readable")

    all_the_orders = flow.add_stage("Dev Raw Data Source")
    all_the_orders.stage_name = "All the Orders"
    all_the_orders.data_format = "TEXT"

    trash_1 = flow.add_stage("Trash")

    all_the_orders.connect_output_to(trash_1)

    trash_1.position = (400, 90)

    project.update_flow(flow)
    return flow


if __name__ == "__main__":
    with penstock.open_project("flows.db") as project:
        print(build(project))
'''
    )


def test_an_unknown_client_is_refused_with_the_nearest() -> None:
    """As every wrong word is."""
    with pytest.raises(InvalidValueError, match="penstock or official"):
        python_script(example("orders"), packaged_catalogue(), client="offical")


def test_words_of_the_stage_handle_are_known() -> None:
    """A setting that is called like an attribute of the handle is never written as one."""
    from penstock.core.codegen.settings import STAGE_ATTRIBUTES
    from penstock.sdk.stage import Stage

    assert {name for name in dir(Stage) if not name.startswith("_")} <= STAGE_ATTRIBUTES


def test_a_very_long_text_is_cut_into_lines_that_come_to_it_again() -> None:
    """Half a million characters without a line end, quotes and unprintable ones among them."""
    text = 'a "quoted" word, \\ and \x07 nothing to see; ' * 12_000
    assert ast.literal_eval("(" + "\n".join(lines_of(text, 4)) + ")") == text
