"""Promises about plans: what a stage receives of what a flow has."""

from collections.abc import Iterator
from operator import attrgetter

import attrs
import pytest

import penstock
from penstock.adapters.packaged import packaged_catalogue
from penstock.core.el import Facts, Scope
from penstock.core.plan import Plan, bare_stages, compile_flow
from penstock.core.values import JsonMap, freeze


@pytest.fixture
def project() -> Iterator[penstock.Project]:
    """An empty project."""
    with penstock.open_project() as opened:
        yield opened


def planned(project: penstock.Project, label: str, around: Scope | None = None, **settings: object) -> Plan:
    """The plan of raw data and a stage with settings by raw name."""
    flow = project.create_flow(name="flow")
    source, stage = flow.add_stage("Dev Raw Data Source"), flow.add_stage(label)
    source.connect_output_to(stage)
    for name, value in settings.items():
        stage.configuration[name] = value
    return compile_flow(flow.value, packaged_catalogue(), {"p": "x"}, 1000, around or Scope())


def test_rows_have_the_defaults_of_what_they_leave_out(project: penstock.Project) -> None:
    """As the editor of the original fills them in."""
    rows = [{"fields": ["/a"]}]
    plan = planned(project, "Field Masker", fieldMaskConfigs=rows)
    (row,) = plan.stages[1].given.rows("fieldMaskConfigs")
    assert row.text("maskType") == "VARIABLE_LENGTH"


def test_stages_can_be_had_without_their_settings(project: penstock.Project) -> None:
    """The same kinds, lanes and order as in the whole plan."""
    flow = project.create_flow(name="flow")
    stages = [flow.add_stage(label) for label in ("Trash", "Dev Identity", "Dev Raw Data Source")]
    stages[2].connect_output_to(stages[1]).connect_output_to(stages[0])
    whole = compile_flow(flow.value, packaged_catalogue()).stages
    bare = bare_stages(flow.value, packaged_catalogue())
    facts = attrgetter("instance", "kind", "type", "label", "version", "inputs", "outputs", "events", "known")
    assert [*map(facts, bare)] == [*map(facts, whole)]
    assert [each.label for each in bare] == ["Dev Raw Data Source 1", "Dev Identity 1", "Trash 1"]


def test_expressions_that_are_evaluated_at_start_are_values(project: penstock.Project) -> None:
    """Parameters, the flow, the time; those that a stage evaluates stay texts."""
    facts = Facts(engine_id="e1")
    rows = [{"keyExpr": "${record:value('/a')}", "outputFieldPath": "/${p}"}]
    values = [{"key": "k", "value": "${p} ${pipeline:title()} ${sdc:id()}"}]
    settings: dict[str, object] = {"conf.values": values, "conf.lookups": rows}
    given = planned(project, "Static Lookup", Scope(facts=facts), **settings).stages[1].given
    assert given.pairs("conf.values") == {"k": "x flow e1"}
    (row,) = given.rows("conf.lookups")
    assert (row.text("keyExpr"), row.text("outputFieldPath")) == ("${record:value('/a')}", "/x")


@pytest.mark.parametrize(("held", "version"), [({"dpm.pipeline.version": 42}, "42"), ({}, "UNDEFINED")])
def test_the_version_of_a_flow_is_that_of_its_control_hub(
    project: penstock.Project, held: dict[str, object], version: str
) -> None:
    """It stands in the metadata of an export; settings and records know it."""
    flow = project.create_flow(name="flow")
    flow.add_stage("Static Lookup").configuration["conf.values"] = [{"key": "k", "value": "${pipeline:version()}"}]
    metadata = freeze(held)
    assert isinstance(metadata, JsonMap)
    plan = compile_flow(attrs.evolve(flow.value, metadata=metadata), packaged_catalogue())
    assert plan.stages[0].given.pairs("conf.values") == {"k": version}
    known = plan.known(Facts(user="admin"))
    assert (known.version, known.title, known.user) == (version, "flow", "admin")


def test_paths_with_conditions_are_for_the_stage(project: penstock.Project) -> None:
    """Even where the definition has the setting evaluated at start; other paths of the list are values."""
    paths = ["/*[${f:type() == 'STRING'}]", "/${p}"]
    plan = planned(project, "Value Replacer", nullReplacerConditionalConfigs=[{"fieldsToNull": paths}])
    (row,) = plan.stages[1].given.rows("nullReplacerConditionalConfigs")
    assert (row.texts("fieldsToNull"), plan.issues) == ((paths[0], "/x"), ())


def test_a_setting_without_a_value_is_an_issue(project: penstock.Project) -> None:
    """With the code of the original and the name of the setting."""
    settings: dict[str, object] = {"conf.values": [{"key": "k", "value": "${runtime:conf('none')}"}]}
    (issue,) = planned(project, "Static Lookup", None, **settings).issues
    assert (issue.code, issue.config_name) == ("CREATION_005", "conf.values")


def test_a_parameter_stands_before_a_constant_in_settings(project: penstock.Project) -> None:
    """Constants belong to places where stages evaluate."""
    flow = project.create_flow(name="named")
    source = flow.add_stage("Dev Raw Data Source")
    source.configuration["rawData"] = "${KB}"
    plan = compile_flow(flow.value, packaged_catalogue(), {"KB": "own"})
    assert plan.stages[0].given.text("rawData") == "own"


def test_expressions_in_the_value_of_a_parameter_are_evaluated(project: penstock.Project) -> None:
    """In the flow's own value, not in that of a run; one that gives nothing stays as it is."""
    flow = project.create_flow(name="named")
    own = {"a": "${str:toUpper('x')}", "b": "${record:value('/b')}", "c": "${str:toUpper('x')}", "d": "5"}
    flow.configuration["constants"] = [{"key": key, "value": value} for key, value in own.items()]
    plan = compile_flow(flow.value, packaged_catalogue(), {"c": "${1}"})
    assert dict(plan.parameters) == {"a": "X", "b": "${record:value('/b')}", "c": "${1}", "d": "5"}


def test_stages_have_the_version_of_the_catalogue(project: penstock.Project) -> None:
    """Older ones are upgraded on their way into the plan."""
    catalogue = packaged_catalogue()
    plan = planned(project, "Field Replacer")
    definition = catalogue.stage(plan.stages[1].kind)
    assert definition is not None
    assert plan.stages[1].version == str(definition.version)


def test_a_setting_that_the_catalogue_does_not_have_is_no_issue(project: penstock.Project) -> None:
    """Flows of newer releases have more settings than the stage that runs here reads."""
    settings: dict[str, object] = {"conf.newer": "${someday(1)}"}
    flow = project.create_flow(name="newer")
    stage = flow.add_stage("Static Lookup")
    stage.update_raw(settings)
    plan = compile_flow(flow.value, packaged_catalogue())
    assert (plan.issues, plan.stages[0].given.text("conf.newer")) == ((), "${someday(1)}")


def test_the_place_of_an_offset_stays_in_a_query(project: penstock.Project) -> None:
    """The origin fills it in."""
    flow = project.create_flow(name="query")
    flow.add_stage("Salesforce", type="origin").configuration["forceConfig.soqlQuery"] = "Id > '${OFFSET}'"
    plan = compile_flow(flow.value, packaged_catalogue())
    assert (plan.issues, plan.stages[0].given.text("forceConfig.soqlQuery")) == ((), "Id > '${OFFSET}'")
