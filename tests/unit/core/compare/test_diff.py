"""Promises of differences."""

import json

import attrs
import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core import decode_flow, diff
from penstock.core.compare import LinkChange, Renamed, SettingChange, diff_document, render_diff
from penstock.core.flow.model import Flow
from penstock.core.values import thaw

from .making import flow, selector, settings, stage, within


def names(old: Flow, new: Flow) -> list[str]:
    """Stage, part and name of the settings that differ."""
    return [f"{each.stage} {each.part}:{each.name}" for each in diff(old, new).settings]


def test_equal_flows_have_no_difference() -> None:
    """The difference of a flow to itself is empty and false."""
    assert not diff(flow(stage("A")), flow(stage("A")))


def test_stages_settings_links_labels_and_places_are_told_apart() -> None:
    """Each kind of change is in its own part of the value."""
    old = flow(stage("A"), stage("B"))
    new = flow(
        stage("A", configuration=settings(a=2, password="other")),
        stage("C", inputLanes=["AOut"], uiInfo={"label": "C", "xPos": 360, "yPos": 50}),
    )
    found = diff(old, new)
    assert (found.added, found.removed) == (("C",), ("B",))
    assert found.links_added == (LinkChange("A", "C"),)
    assert {change.name for change in found.settings} == {"a", "password"}


def test_moving_and_renaming_are_no_setting_changes() -> None:
    """A stage that was only moved or relabelled is listed as that alone."""
    found = diff(flow(stage("A")), flow(stage("A", uiInfo={"label": "B", "xPos": 60, "yPos": 50})))
    assert found.moved == ("A",)
    assert found.renamed == (Renamed("A", "A", "B"),)
    assert not found.settings


def test_a_stage_under_another_instance_name_is_the_same_stage() -> None:
    """Its kind and label tell: its settings are compared, and no link of it counts as changed."""
    before = stage("A", uiInfo={"label": "Reader"}, outputLanes=["x"])
    after = stage("Z", uiInfo={"label": "Reader"}, outputLanes=["y"], configuration=settings(a=2, password="hidden"))
    found = diff(flow(before, stage("B", inputLanes=["x"])), flow(after, stage("B", inputLanes=["y"])))
    assert found.renamed == (Renamed("Z", "A", "Z", "instance"),)
    assert (found.added, found.removed, found.links_added, found.links_removed) == ((), (), (), ())
    assert found.settings == (SettingChange("Z", "a", 1, 2),)


def test_two_stages_that_look_the_same_are_not_guessed() -> None:
    """Nobody knows which one became which."""
    twins = [stage(name, uiInfo={"label": "Reader"}) for name in ("A", "B", "C")]
    found = diff(flow(twins[0], twins[1]), flow(twins[2]))
    assert (found.removed, found.added, found.renamed) == (("A", "B"), ("C",), ())
    back = diff(flow(twins[2]), flow(twins[0], twins[1]))
    assert (back.removed, back.added, back.renamed) == (("C",), ("A", "B"), ())


def test_a_copy_under_the_same_label_is_another_stage() -> None:
    """The stage that it looks like is still there."""
    one, copy = (stage(name, uiInfo={"label": "Reader"}) for name in ("A", "B"))
    found = diff(flow(one), flow(one, copy))
    assert (found.added, found.renamed) == (("B",), ())
    found = diff(flow(one, copy), flow(one))
    assert (found.removed, found.renamed) == (("B",), ())


def test_another_kind_under_the_same_label_is_another_stage() -> None:
    """A reader that was replaced by another reader was removed."""
    old, new = (stage(name, stageName=name, uiInfo={"label": "Reader"}) for name in ("A", "B"))
    assert diff(flow(old), flow(new)).removed == ("A",)


def test_swapped_labels_are_two_renames() -> None:
    """The instance names say which stage is which."""
    swapped = [stage("A", uiInfo={"label": "B"}), stage("B", uiInfo={"label": "A"})]
    found = diff(flow(stage("A", uiInfo={"label": "A"}), stage("B", uiInfo={"label": "B"})), flow(*swapped))
    assert [each.stage for each in found.renamed] == ["A", "B"]
    assert not found.settings


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (1, "1"), (1, True), (None, ""), ([], None), ([1, 2], [2, 1]), ({"a": 1}, {"a": 1.0}), ([[1]], [[2]])],
)
def test_the_kind_and_the_order_of_values_count(one: object, other: object) -> None:
    """1, 1.0, true and "1" are different values, as in the file."""
    old, new = (flow(stage("A", configuration=settings(a=value))) for value in (one, other))
    assert names(old, new) == ["A :a"]


def test_a_missing_setting_is_not_null() -> None:
    """``only_in`` says which flow has it."""
    without, null = (flow(stage("A", configuration=held)) for held in ([], settings(a=None)))
    assert diff(without, null).settings == (SettingChange("A", "a", None, None, "", "new"),)
    assert diff(null, without).settings == (SettingChange("A", "a", None, None, "", "old"),)


def test_the_order_of_keys_is_no_difference() -> None:
    """Neither in values nor among the settings."""
    one = flow(stage("A", configuration=settings(a={"x": 1, "y": 2}, b=1)))
    assert not diff(one, flow(stage("A", configuration=settings(b=1, a={"y": 2, "x": 1}))))


# --- links and lanes --------------------------------------------------------------------------------------------------


def test_other_names_of_lanes_are_no_difference() -> None:
    """What is linked to what is the same; predicates and alert rules say so too."""

    def made(*lanes: str) -> Flow:
        rules = {"dataRuleDefinitions": [{"id": "r", "lane": lanes[0], "condition": "${true}"}]}
        read = [stage(name, inputLanes=[lane]) for name, lane in zip("AB", lanes, strict=True)]
        return within({"stages": [selector_as("x", *lanes), *read]}, pipelineRules=rules)

    def selector_as(condition: str, *lanes: str) -> dict[str, object]:
        rows = [{"outputLane": lane, "predicate": condition} for lane in lanes]
        return stage("S", configuration=settings(lanePredicates=rows), outputLanes=list(lanes))

    assert not diff(made("one", "two"), made("three", "four"))


def test_a_predicate_of_an_output_that_is_called_differently_now_is_a_difference() -> None:
    """It is the predicate of no output any more; and becomes one on the way back."""
    before, after = selector("one", "default"), {**selector("one", "default"), "outputLanes": ["two", "default"]}
    assert names(flow(before), flow(after)) == names(flow(after), flow(before)) == ["S :lanePredicates"]


def test_a_rule_for_a_lane_that_is_called_differently_now_is_a_difference() -> None:
    """It watches nothing any more."""
    rules = {"dataRuleDefinitions": [{"id": "r", "lane": "one"}]}
    before, after = (
        within({"stages": [stage("A", outputLanes=[lane])]}, pipelineRules=rules) for lane in ("one", "two")
    )
    assert names(before, after) == names(after, before) == [" rules:dataRuleDefinitions[r].lane"]


def test_a_link_to_another_output_is_another_link() -> None:
    """The same two stages, but other records flow."""
    reader = [stage("A", inputLanes=[lane]) for lane in ("one", "two")]
    found = diff(flow(selector("one", "two"), reader[0]), flow(selector("one", "two"), reader[1]))
    assert found.links_removed == (LinkChange("S", "A", output=1),)
    assert found.links_added == (LinkChange("S", "A", output=2),)
    assert list(render_diff(found)) == ["- link S output 1 -> A", "+ link S output 2 -> A"]


def test_an_output_in_between_changes_no_link_of_the_others() -> None:
    """Only the predicate is new, though the default is the third output now."""
    reader = stage("A", inputLanes=["default"])
    found = diff(flow(selector("one", "default"), reader), flow(selector("one", "new", "default"), reader))
    assert not found.links_added + found.links_removed
    assert [each.name for each in found.settings] == ["lanePredicates"]


def test_outputs_that_changed_places_are_a_difference() -> None:
    """A stage with fixed outputs tells them apart by their order alone."""
    old, new = (stage("A", outputLanes=lanes) for lanes in (["x", "y"], ["y", "x"]))
    assert names(flow(old), flow(new)) == ["A stage:outputLanes"]


def test_outputs_are_told_where_predicates_do_not_tell_of_them() -> None:
    """Both flows must have a predicate for each."""
    bare, known = stage("S", configuration=settings(lanePredicates=[]), outputLanes=["a"]), selector("a", "b")
    for old, new in ((bare, known), (known, bare)):
        assert names(flow(old), flow(new)) == ["S stage:outputLanes", "S :lanePredicates"]


def test_a_text_that_is_the_name_of_a_lane_is_a_text() -> None:
    """Only predicates and rules speak of lanes."""
    old, new = (flow(stage("A", outputLanes=[lane], configuration=settings(a="x"))) for lane in ("x", "y"))
    assert not diff(old, new)


def test_broken_predicates_and_rules_are_compared() -> None:
    """Rows that are no objects, lanes that are no texts."""

    def made(row: object, lane: str) -> Flow:
        rules = {"dataRuleDefinitions": [row, {"id": "r", "lane": row}, {"lane": "x"}]}
        known = stage("S", configuration=settings(lanePredicates=[row, {"outputLane": row}]), outputLanes=[lane])
        return within({"stages": [known]}, pipelineRules=rules)

    for row in (None, 1, ["x"]):
        assert names(made(row, "a"), made(row, "b")) == []
        assert names(made(row, "a"), made("other", "b")) == [
            " rules:dataRuleDefinitions[r].lane",
            "S :lanePredicates",
        ]


def test_events_that_nobody_reads_are_a_difference() -> None:
    """The stage produces them now."""
    assert names(flow(stage("A")), flow(stage("A", eventLanes=["e"]))) == ["A stage:eventLanes"]


def test_event_links_are_not_data_links() -> None:
    """Both go from the same stage to the same one."""
    source = stage("A", eventLanes=["e"])
    found = diff(flow(source, stage("B", inputLanes=["AOut"])), flow(source, stage("B", inputLanes=["e"])))
    assert (found.links_removed, found.links_added) == ((LinkChange("A", "B"),), (LinkChange("A", "B", True),))


def test_event_links_leave_the_only_event_output() -> None:
    """However many outputs for records there are."""
    old, new = (flow(selector("a", "b", eventLanes=["e"]), stage("B", inputLanes=lanes)) for lanes in ([], ["e"]))
    assert diff(old, new).links_added == (LinkChange("S", "B", event=True),)
    assert list(render_diff(diff(old, new))) == ["+ event link S -> B"]


def test_inputs_that_no_stage_feeds_are_compared() -> None:
    """Fragments have them, and broken flows."""
    assert names(flow(stage("A", inputLanes=["x"])), flow(stage("A", inputLanes=["y"]))) == ["A stage:inputLanes"]


# --- everything else --------------------------------------------------------------------------------------------------

SERVICE = {"service": "parser", "serviceVersion": 1, "configuration": settings(format="JSON")}
FRAGMENT: dict[str, object] = {"fragmentId": "f", "fragmentInstanceId": "F_1", "title": "inner", "schemaVersion": 2}


def rule(**parts: object) -> dict[str, object]:
    """Alert rules with one rule for data."""
    return {"pipelineRules": {"uuid": "u", "dataRuleDefinitions": [{"id": "r", "condition": "c", **parts}]}}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (flow(metadata=None), flow(metadata={"labels": ["x"]}), " metadata:labels"),
        (flow(), flow(uiInfo={"displayMode": "BASIC"}), " picture:displayMode"),
        (flow(), flow(custom=1), " other:custom"),
        (flow(version=22), flow(version=23), " flow:version"),
        (flow(schemaVersion=5), flow(), " flow:schemaVersion"),
        (flow(), flow(configuration=settings(constants=[{"key": "a", "value": 1}])), " :constants"),
        (within({}), within({}, **rule()), " rules:dataRuleDefinitions[r]"),
        (within({}, **rule()), within({}, **rule(condition="d")), " rules:dataRuleDefinitions[r].condition"),
        (within({}), within({}, pipelineRules={"configuration": settings(emailIDs=["x"])}), " rules:configuration"),
        (within({}), within({}, mine=1), " other:mine"),
        (flow(stage("A")), flow(stage("A", stageVersion="2")), "A stage:stageVersion"),
        (flow(stage("A")), flow(stage("A", library="l")), "A stage:library"),
        (flow(stage("A")), flow(stage("A", stageName="k")), "A stage:stageName"),
        (flow(stage("A")), flow(stage("A", custom=1)), "A other:custom"),
        (
            flow(stage("A", uiInfo={"label": "A"})),
            flow(stage("A", uiInfo={"label": "A", "description": "x"})),
            "A picture:description",
        ),
        (flow(stage("A")), flow(stage("A", services=[SERVICE])), "A parser:format"),
        (flow(stage("A")), flow(stage("A", services=[{**SERVICE, "configuration": []}])), "A parser:serviceVersion"),
        (
            flow(fragments=[{**FRAGMENT, "stages": []}]),
            flow(fragments=[{**FRAGMENT, "stages": [], "x": 1}]),
            "F_1 other:x",
        ),
        (
            flow(stage("A", services=[SERVICE])),
            flow(stage("A", services=[{**SERVICE, "serviceVersion": 2}])),
            "A parser:serviceVersion",
        ),
        (
            flow(stage("A", services=[SERVICE])),
            flow(stage("A", services=[{**SERVICE, "configuration": settings(format="AVRO")}])),
            "A parser:format",
        ),
        (
            flow(fragments=[{**FRAGMENT, "stages": [stage("A")]}]),
            flow(fragments=[{**FRAGMENT, "stages": [stage("A", configuration=settings(a=2, password="hidden"))]}]),
            "F_1/A :a",
        ),
        (flow(), flow(fragments=[{**FRAGMENT, "stages": []}]), " fragment:F_1"),
        (flow(errorStage=stage("E")), flow(errorStage=stage("E", configuration=[])), "E :a"),
    ],
)
def test_every_part_of_a_document_is_compared(old: Flow, new: Flow, told: str) -> None:
    """In both directions, each under its own name."""
    assert told in names(old, new)
    assert told in names(new, old)


def test_a_fragment_that_came_brings_its_stages() -> None:
    """They are named within it, and so are their links."""
    inner = [stage("A"), stage("B", inputLanes=["AOut"])]
    found = diff(flow(), flow(fragments=[{**FRAGMENT, "stages": inner}]))
    assert found.added == ("F_1/A", "F_1/B")
    assert found.links_added == (LinkChange("F_1/A", "F_1/B"),)
    assert list(render_diff(found))[-1] == '+ fragment F_1 = "inner"'
    gone = diff(flow(fragments=[{**FRAGMENT, "stages": inner}]), flow())
    assert gone.settings == (SettingChange("", "F_1", "inner", None, "fragment", "old"),)
    assert gone.removed == ("F_1/A", "F_1/B")


def test_fragments_without_a_name_of_their_own_are_numbered() -> None:
    """One that has none, and one that has that of another."""
    nameless = {"title": "inner", "fragmentInstanceId": 1, "stages": [stage("A")]}
    found = diff(flow(), flow(fragments=[nameless, *[{**FRAGMENT, "stages": [stage("A")]}] * 2]))
    assert found.added == ("fragment 1/A", "F_1/A", "fragment 3/A")


def test_special_stages_are_stages() -> None:
    """One that is exchanged was removed and added; its place names it."""
    found = diff(flow(errorStage=stage("E")), flow(errorStage=stage("F", stageName="other")))
    assert (found.removed, found.added) == (("E",), ("F",))
    assert found.settings == (SettingChange("", "errorStage", "E", "F", "flow"),)


def test_special_stages_stand_nowhere() -> None:
    """They are on no canvas, so they cannot be moved there."""
    old, new = (flow(errorStage=stage("E", uiInfo={"xPos": x, "yPos": 0})) for x in (0, 1))
    assert not diff(old, new)


def test_a_special_stage_is_not_one_of_the_canvas() -> None:
    """Nor one of another place, though instance names may be the same."""
    found = diff(flow(stage("A"), errorStage=stage("A")), flow(stage("A"), stopEventStages=[stage("A")]))
    assert (found.removed, found.added) == (("A",), ("A",))


@pytest.mark.parametrize(
    "parts",
    [
        {"uuid": "x"},
        {"info": {"lastModified": 5}},
        {"issues": {"issueCount": 3}},
        {"valid": True},
        {"previewable": True},
        {"pipelineId": "x"},
        {"metadata": {"dpm.pipeline.commit.id": "x", "dpm.pipeline.version": "7", "lastConfigId": "x"}},
        {"uiInfo": {"schemaFromPreviewUpdateTime": 5}},
    ],
)
def test_bookkeeping_is_no_difference(parts: dict[str, object]) -> None:
    """Who saved it when, and what an engine thought of it then."""
    assert not diff(flow(), flow(**parts))
    assert not diff(within({}, **rule()), within(parts, **rule(timestamp=5, valid=False)))


def test_facts_of_the_project_are_compared() -> None:
    """Parameter sets; engine and environment where both flows have one."""
    old = attrs.evolve(flow(), engine_version="5", environment_id="e")
    assert names(old, attrs.evolve(old, fragment=True)) == [" flow:fragment"]
    new = attrs.evolve(old, engine_version="6", environment_id="f", parameter_sets=("s",), description="d")
    assert names(old, new) == [" flow:description", " flow:parameterSets", " flow:engineVersion", " flow:environment"]
    in_file = attrs.evolve(old, environment_id=None, engine_version="")
    assert not diff(old, in_file)
    assert not diff(in_file, old)


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "hidden",
        4711,
        ["hidden", 4711],
        {"value": "hidden", "deep": [{"er": 4711}]},
        [{"key": "x", "value": "hidden"}, {"key": "y", "value": 4711}],
    ],
)
def test_what_is_named_like_a_secret_shows_nothing(value: object) -> None:
    """Whatever form it has, in stages that no catalogue knows."""
    found = diff(flow(stage("A", configuration=[])), flow(stage("A", configuration=settings(password=value))))
    text = "\n".join(render_diff(found)) + json.dumps(diff_document(found)) + repr(found)
    assert "password" in text
    assert "hidden" not in text
    assert "4711" not in text


@pytest.mark.parametrize(
    "value",
    [
        [{"key": "password", "value": "hidden"}],
        [{"name": "apiKey", "value": "hidden"}],
        [{"rows": [{"secret": "hidden"}]}],
        {"inner": {"token": "hidden"}},
    ],
)
def test_secrets_within_other_values_are_masked(value: object) -> None:
    """A row says its name in ``key`` or ``name``."""
    found = diff(flow(stage("A")), flow(stage("A", configuration=settings(map=value))), packaged_catalogue())
    assert "hidden" not in repr(found) + json.dumps(diff_document(found))


def test_of_a_row_only_the_secret_is_masked() -> None:
    """Its name can be seen, what stands beside it, and rows of other names."""
    rows = [{"key": "password", "value": "hidden", "note": "x"}, {"key": "user", "value": "y"}, {"value": "z"}]
    (change,) = diff(flow(stage("A", configuration=[])), flow(stage("A", configuration=settings(map=rows)))).settings
    assert thaw(change.new) == [{**rows[0], "value": "********"}, *rows[1:]]


def test_a_masked_value_keeps_its_form() -> None:
    """What is no secret in it can be seen: null, true, empty texts, keys, expressions."""
    value = [None, True, "", "${x}", "hidden", {"a": 1, "b": None}]
    (change,) = diff(
        flow(stage("A", configuration=[])), flow(stage("A", configuration=settings(tokens=value)))
    ).settings
    mask = "********"
    assert thaw(change.new) == [None, True, "", "${x}", mask, {"a": mask, "b": None}]


def test_credentials_by_their_definition_are_masked() -> None:
    """Whatever they are called, in stages and in fragments; only the catalogue knows."""

    def made(user: str) -> Flow:
        reader = stage(
            "J",
            stageName="com_streamsets_pipeline_stage_origin_jdbc_JdbcDSource",
            configuration=settings(**{"hikariConfigBean.username": user}),
        )
        return flow(reader, fragments=[{**FRAGMENT, "stages": [reader]}])

    found = diff(made("hidden"), made("other"), packaged_catalogue())
    assert [(each.stage, each.old, each.new) for each in found.settings] == [
        ("J", "********", "********"),
        ("F_1/J", "********", "********"),
    ]
    assert diff(made("hidden"), made("other")).settings[0].old == "hidden"


def test_expressions_in_secrets_are_shown() -> None:
    """They say where a secret is, not what it is."""
    new = flow(stage("A", configuration=settings(a=1, password="${runtime:loadResource('p', true)}")))
    (change,) = diff(flow(stage("A")), new).settings
    assert (change.old, change.new) == ("********", "${runtime:loadResource('p', true)}")


def test_the_document_of_a_difference_is_json() -> None:
    """It goes through a text without a change."""
    found = diff(flow(stage("A"), selector("x", "y")), flow(stage("A", eventLanes=["e"]), stage("S", custom=[1.0])))
    document = diff_document(found)
    assert json.loads(json.dumps(document)) == document
    assert set(document) == {field.name for field in attrs.fields(type(found))}


def test_a_broken_flow_with_two_stages_of_one_name_compares_both() -> None:
    """The first with the first, the second with the second."""
    second = stage("A", configuration=settings(b=1))
    assert not diff(flow(stage("A"), second), flow(stage("A"), second))
    assert diff(flow(stage("A"), second), flow(second, second)).settings
    assert decode_flow({"stages": []})
