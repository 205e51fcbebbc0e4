"""Promises of merges."""

from typing import Any

import attrs
import pytest

from penstock.core import merge
from penstock.core.compare import Merge
from penstock.core.flow.document import encode_flow
from penstock.core.flow.model import Flow

from .making import flow, selector, settings, stage, within


def paths(merged: Merge) -> list[str]:
    """Where the conflicts are."""
    assert (merged.flow is None) == bool(merged.conflicts)
    return [conflict.path for conflict in merged.conflicts]


def document(merged: Merge) -> dict[str, Any]:
    """The document of a merge without conflicts."""
    assert merged.flow is not None, merged.conflicts
    made: dict[str, Any] = encode_flow(merged.flow)
    return made


def with_value(value: object) -> Flow:
    """A flow with one stage whose setting ``a`` has this value."""
    return flow(stage("A", configuration=settings(a=value)))


def value(merged: Merge) -> object:
    """The value of that setting."""
    return document(merged)["stages"][0]["configuration"][0]["value"]


def test_a_merge_takes_the_changes_of_both_sides() -> None:
    """Different settings, new stages and new links of two people go together."""
    base = flow(stage("A", configuration=settings(a=1, b=1)))
    ours = flow(stage("A", configuration=settings(a=2, b=1)))
    theirs = flow(stage("A", configuration=settings(a=1, b=3)), stage("B", inputLanes=["AOut"]))
    merged = merge(base, ours, theirs).flow
    assert merged == flow(stage("A", configuration=settings(a=2, b=3)), stage("B", inputLanes=["AOut"]))


def test_what_both_changed_differently_is_a_conflict() -> None:
    """No side wins silently: the place is named, the values are not."""
    base, ours, theirs = (flow(stage("A", configuration=settings(password=value))) for value in ("x1", "x2", "x3"))
    result = merge(base, ours, theirs)
    assert paths(result) == ["/stages/A/configuration/password/value"]
    assert "x2" not in str(result.conflicts)


def test_every_conflict_is_named() -> None:
    """Not only the first one."""
    base, ours, theirs = (flow(stage("A", configuration=settings(a=at, b=at)), stage("B")) for at in range(3))
    assert len(paths(merge(base, ours, theirs))) == 2


@pytest.mark.parametrize(("ours", "theirs"), [(1.0, True), (1.0, "1"), (True, 1.0), (None, [])])
def test_the_kind_of_a_value_counts(ours: object, theirs: object) -> None:
    """1 that became 1.0 was changed."""
    assert value(merge(with_value(1), with_value(ours), with_value(1))) is ours
    assert paths(merge(with_value(1), with_value(ours), with_value(theirs)))


def test_the_order_of_keys_is_no_change() -> None:
    """The side that only wrote them in another order takes what the other one changed."""
    one, other = {"x": 1, "y": 1}, {"y": 1, "x": 1}
    assert value(merge(with_value(one), with_value(other), with_value({"x": 1, "y": 2}))) == {"x": 1, "y": 2}


@pytest.mark.parametrize("name", ["creator", "uuid", "lastModified", "inputLanes", "stages", "xPos", "valid"])
def test_settings_and_stages_may_be_called_like_keys_of_the_document(name: str) -> None:
    """They are merged as what they are, not as what they are called."""
    base, ours, theirs = (flow(stage(name, configuration=settings(**{name: at}))) for at in range(3))
    assert paths(merge(base, ours, theirs)) == [f"/stages/{name}/configuration/{name}/value"]
    mine = flow(stage(name, configuration=settings(**{name: 0, "b": 1})))
    merged = document(merge(base, mine, theirs))
    assert merged["stages"][0]["configuration"] == settings(**{name: 2, "b": 1})


# --- stages -----------------------------------------------------------------------------------------------------------


def test_removed_here_and_changed_there_is_a_conflict() -> None:
    """A stage that one side removed and the other changed needs a person."""
    base = flow(stage("A"), stage("B"))
    changed = flow(stage("A", configuration=settings(a=9)), stage("B"))
    result = merge(base, flow(stage("B")), changed)
    assert [str(conflict) for conflict in result.conflicts] == ["/stages/A: we removed it, they changed it"]
    result = merge(base, changed, flow(stage("B")))
    assert [str(conflict) for conflict in result.conflicts] == ["/stages/A: we changed it, they removed it"]


def placed(x: int, y: int, **changes: object) -> Flow:
    """A flow whose stage stands there."""
    return flow(stage("A", uiInfo={"label": "A", "xPos": x, "yPos": y}, **changes))


def test_where_both_moved_a_stage_it_stands_where_we_put_it() -> None:
    """Both coordinates are ours, also where we changed only one."""
    merged = document(merge(placed(1, 1), placed(2, 1), placed(1, 9)))
    assert merged["stages"][0]["uiInfo"] == {"label": "A", "xPos": 2, "yPos": 1}
    merged = document(merge(placed(1, 1), placed(1, 1, custom=1), placed(1, 9)))
    assert merged["stages"][0]["uiInfo"] == {"label": "A", "xPos": 1, "yPos": 9}


def test_new_stages_of_both_sides_do_not_hide_each_other() -> None:
    """A new stage goes to the same place on both sides; theirs goes below ours, and stays there in a second merge."""

    def at(name: str, x: int, y: int) -> dict[str, object]:
        return stage(name, uiInfo={"label": name, "xPos": x, "yPos": y})

    base, ours = flow(at("A", 50, 50)), flow(at("A", 50, 50), at("B", 360, 50), at("C", 360, 250))
    theirs = flow(at("A", 50, 50), at("D", 360, 50), at("E", 670, 50))
    merged = merge(base, ours, theirs).flow
    assert merged is not None
    assert {each.instance_name: each.position for each in merged.stages} == {
        "A": (50, 50),
        "B": (360, 50),
        "C": (360, 250),
        "D": (360, 450),
        "E": (670, 50),
    }
    assert merge(base, merged, theirs).flow == merged
    assert merge(base, base, flow(at("Z", 50, 50))).flow == flow(at("Z", 50, 50))
    stacked = flow(at("A", 50, 50), at("D", 50, 50))
    assert merge(base, ours, stacked).flow == flow(
        at("A", 50, 50), at("B", 360, 50), at("C", 360, 250), at("D", 50, 50)
    )


def test_a_stage_that_was_only_moved_can_be_removed() -> None:
    """Arranging a flow is no reason to keep a stage that the other side removed."""
    for merged in (merge(placed(1, 1), flow(), placed(5, 5)), merge(placed(1, 1), placed(5, 5), flow())):
        assert document(merged)["stages"] == []


def test_the_same_new_stage_on_both_sides_is_one() -> None:
    """Wherever they put it; with other settings it is a conflict, not a mixture of both."""
    base, ours = flow(), placed(1, 1)
    assert merge(base, ours, placed(5, 5)).flow == ours
    assert paths(merge(base, ours, placed(5, 5, inputLanes=["x"]))) == ["/stages/A"]


def test_a_stage_that_became_another_one_is_not_mixed_with_the_old() -> None:
    """A special stage under its usual name, or one of the canvas."""
    old, changed, other = (
        stage("E"),
        stage("E", configuration=settings(a=1, b=1)),
        stage("E", stageName="other", configuration=settings(topic="x")),
    )
    assert paths(merge(flow(old), flow(changed), flow(other))) == ["/stages/E"]
    parts = [flow(errorStage=each) for each in (old, changed, other)]
    assert paths(merge(*parts)) == ["/errorStage"]
    assert document(merge(parts[0], parts[0], parts[2]))["errorStage"]["stageName"] == "other"


def test_stages_and_settings_stay_where_they_were() -> None:
    """New ones of theirs stand behind what they follow there, ours keep their order."""
    base = flow(stage("A"), stage("B"), stage("C"))
    ours = flow(stage("C"), stage("A"), stage("B"), stage("X"))
    theirs = flow(stage("A"), stage("Y"), stage("B"), stage("C"))
    assert [each["instanceName"] for each in document(merge(base, ours, theirs))["stages"]] == list("CAYBX")
    assert [each["instanceName"] for each in document(merge(base, theirs, ours))["stages"]] == list("CAYBX")


def test_taking_a_stage_away_is_no_new_order() -> None:
    """The other side's order stays, whichever side it is; so does one where the other side added stages."""
    base, fewer, turned, more = (flow(*map(stage, names)) for names in ("ABC", "AB", "CBA", "AXBC"))
    for other, wanted in ((fewer, "BA"), (more, "CBAX")):
        for merged in (merge(base, other, turned), merge(base, turned, other)):
            assert [each["instanceName"] for each in document(merged)["stages"]] == list(wanted)


def test_where_both_changed_the_order_it_is_ours() -> None:
    """What both wrote is kept; there is no third order to choose."""
    base, ours, theirs = (flow(*map(stage, names)) for names in ("ABC", "CAB", "BAC"))
    for one, other in ((ours, theirs), (theirs, ours)):
        assert merge(base, one, attrs.evolve(other, version=3)).flow == attrs.evolve(one, version=3)


@pytest.mark.parametrize("at", range(4))
def test_both_sides_get_the_same_when_each_merges_the_other(at: int) -> None:
    """Also the order of what both put into the same place."""
    names = ("A", "B", "C")
    base = flow(*map(stage, names))
    ours = flow(*map(stage, [*names[:at], "X", "W", *names[at:]]))
    theirs = flow(*map(stage, [*names[:at], "Z", "V", *names[at:], "Y"]))
    forth, back = merge(base, ours, theirs), merge(base, theirs, ours)
    assert forth.flow == back.flow
    merged = [each["instanceName"] for each in document(forth)["stages"]]
    assert sorted(merged) == sorted([*names, *"VWXYZ"])
    assert [each for each in merged if each in names] == list(names)
    assert merged.index("X") + 1 == merged.index("W")


# --- links ------------------------------------------------------------------------------------------------------------


def test_inputs_of_both_sides_are_kept() -> None:
    """Each side linked another stage to the same reader."""
    base, ours, theirs = (flow(stage("A"), stage("B"), stage("R", inputLanes=lanes)) for lanes in ([], ["x"], ["y"]))
    assert document(merge(base, ours, theirs))["stages"][2]["inputLanes"] == ["x", "y"]


def test_a_link_that_one_side_cut_stays_cut() -> None:
    """Though the other one added another link to the same stage."""
    base, ours, theirs = (flow(stage("R", inputLanes=lanes)) for lanes in (["a", "b"], ["a"], ["a", "b", "c"]))
    assert document(merge(base, ours, theirs))["stages"][0]["inputLanes"] == ["a", "c"]


def test_two_stages_put_into_the_same_link_are_a_conflict() -> None:
    """Records would go through both, and arrive twice."""
    base, ours, theirs = (flow(stage("A"), stage("R", inputLanes=[lane])) for lane in ("AOut", "x", "y"))
    assert paths(merge(base, ours, theirs)) == ["/stages/R/inputLanes"]


def test_a_link_to_a_stage_that_the_other_side_removed_is_a_conflict() -> None:
    """Neither side wanted a stage without its input."""
    base = flow(stage("A"), stage("B", inputLanes=["AOut"]))
    removed = flow(stage("A"))
    linked = flow(stage("A"), stage("B", inputLanes=["AOut"]), stage("C", inputLanes=["BOut"]))
    (conflict,) = merge(base, removed, linked).conflicts
    assert str(conflict) == "/stages/C/inputLanes/BOut: we removed its source, they linked to it"
    (conflict,) = merge(base, linked, removed).conflicts
    assert str(conflict) == "/stages/C/inputLanes/BOut: we linked to it, they removed its source"


def test_a_link_that_was_broken_before_is_no_conflict() -> None:
    """The merge need not mend what a side had left so."""
    base, theirs = (flow(stage("A"), stage("B", inputLanes=["AOut"], configuration=settings(a=at))) for at in range(2))
    broken = flow(stage("B", inputLanes=["AOut"], configuration=settings(a=0)))
    assert document(merge(base, broken, theirs))["stages"] == [document_stage(theirs, 1)]
    assert document(merge(base, theirs, broken))["stages"] == [document_stage(theirs, 1)]


def document_stage(of: Flow, at: int) -> object:
    """A stage of its document."""
    stages: Any = encode_flow(of)["stages"]
    return stages[at]


def test_predicates_of_both_sides_go_before_the_default() -> None:
    """In the same order as their outputs; what both changed in one predicate is a conflict."""
    base, ours = flow(selector("a", "default")), flow(selector("a", "mine", "default"))
    for theirs in (flow(selector("a", "yours", "default")), flow(selector("yours", "a", "default"))):
        made = document(merge(base, ours, theirs))["stages"][0]
        lanes = [row["outputLane"] for row in made["configuration"][0]["value"]]
        assert lanes == made["outputLanes"]
        assert sorted(lanes[:-1]) == ["a", "mine", "yours"]
        assert lanes[-1] == "default"


def test_a_predicate_removed_here_and_read_there_is_a_conflict() -> None:
    """The new reader would have nothing to read."""
    base, ours = flow(selector("a", "b", "default")), flow(selector("b", "default"))
    theirs = flow(selector("a", "b", "default"), stage("R", inputLanes=["a"]))
    assert paths(merge(base, ours, theirs)) == ["/stages/R/inputLanes/a"]


def test_a_predicate_that_both_changed_is_a_conflict_of_that_one() -> None:
    """The path names its lane."""
    base, ours, theirs = (
        with_value([{"outputLane": "a", "predicate": text}, {"outputLane": "z", "predicate": "default"}])
        for text in "123"
    )
    assert paths(merge(base, ours, theirs)) == ["/stages/A/configuration/a/value/a/predicate"]


# --- values -----------------------------------------------------------------------------------------------------------


def test_parameters_of_both_sides_are_kept() -> None:
    """Entries of maps are known by their key."""
    base, ours, theirs = (
        flow(configuration=settings(constants=[{"key": key, "value": "1"} for key in keys]))
        for keys in ("a", "ab", "ac")
    )
    made = document(merge(base, ours, theirs))["configuration"][0]["value"]
    assert [row["key"] for row in made] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "wanted"),
    [
        ("abc", "xbc", "abz", "xbz"),
        ("abc", "xabc", "abcz", "xabcz"),
        ("abc", "bc", "ab", "b"),
        ("abc", "axc", "abyc", None),
        ("abcd", "axcd", "abyd", "axyd"),
        ("abcd", "axyd", "abyd", "axyd"),
        ("abcd", "axyd", "abzd", None),
        ("abc", "axbc", "aybc", None),
        ("ab", "abx", "aby", None),
        ("abc", "ac", "axc", None),
        ("abc", "axbc", "axbc", "axbc"),
        ("abc", "xaybc", "xabc", "xaybc"),
        ("aaaa", "baaaa", "aaaac", "baaaac"),
        ("abcd", "ad", "abcxd", None),
        ("abcd", "bcda", "abcx", None),
        ("", "x", "y", None),
    ],
)
def test_rows_of_lists_are_merged_where_the_changes_are_apart(
    base: str, ours: str, theirs: str, wanted: str | None
) -> None:
    """The same row changed twice, or two rows put into the same place, are a conflict."""
    for one, other in ((ours, theirs), (theirs, ours)):
        merged = merge(*(with_value([{"row": sign} for sign in text]) for text in (base, one, other)))
        if wanted is None:
            assert paths(merged) == ["/stages/A/configuration/a/value"]
        else:
            assert value(merged) == [{"row": sign} for sign in wanted]


def test_a_row_with_its_keys_in_another_order_is_the_same_row() -> None:
    """The side that wrote it so changed another one."""
    base, ours = [{"x": 1, "y": 1}, {"z": 1}], [{"y": 1, "x": 1}, {"z": 2}]
    assert value(merge(with_value(base), with_value(ours), with_value([{"x": 1, "y": 5}, {"z": 1}]))) == [
        {"x": 1, "y": 5},
        {"z": 2},
    ]


def test_rows_with_doubled_keys_are_rows() -> None:
    """A key that occurs twice tells nothing apart."""
    row, other = {"key": "k", "value": 1}, {"key": "k", "value": 2}
    assert value(merge(with_value([row, row]), with_value([other, row, row]), with_value([row, row, other]))) == [
        other,
        row,
        row,
        other,
    ]


def test_very_long_lists_are_compared_in_time() -> None:
    """Rows of thousands that are all the same, changed at both ends."""
    rows = [0] * 3_000
    assert value(merge(with_value(rows), with_value([1, *rows]), with_value([*rows, 2]))) == [1, *rows, 2]
    other = [at % 7 for at in range(3_000)]
    for ours, theirs in ((other, other[1:]), (other, [*rows, 2]), ([*rows, 2], other)):
        assert paths(merge(with_value(rows), with_value(ours), with_value(theirs)))


def test_doubled_settings_are_kept() -> None:
    """A broken file merges as long as only one side touched them."""
    doubled = [*settings(a=1), *settings(a=2)]
    base, ours = flow(stage("A", configuration=doubled)), flow(stage("A", configuration=doubled, custom=1))
    theirs = flow(stage("A", configuration=[*doubled, *settings(b=1)]))
    made = document(merge(base, ours, theirs))["stages"][0]
    assert made["configuration"] == [*doubled, *settings(b=1)]
    assert made["custom"] == 1


# --- the rest of the document -----------------------------------------------------------------------------------------


def test_bookkeeping_never_conflicts() -> None:
    """Ours stay: who saved it when, and what an engine said of it."""

    def saved(at: int, labels: dict[str, str], **parts: object) -> Flow:
        rules = {"uuid": str(at), "dataRuleDefinitions": [{"id": "r", "timestamp": at}], "ruleIssues": [at]}
        metadata = {"dpm.pipeline.version": str(at), "lastRulesId": str(at), **labels}
        info = {"lastModified": at, "sdcVersion": str(at), "uuid": str(at), "valid": at == 1, "metadata": metadata}
        judged = {"issues": {"issueCount": at}, "valid": at == 1}
        body = {"uuid": str(at), "info": info, "metadata": metadata, **judged, **parts}
        return within(body, pipelineRules=rules, libraryDefinitions={"stages": [at]})

    merged = merge(saved(0, {}), saved(1, {}, description="x"), saved(2, {"label": "y"}))
    assert document(merged) == encode_flow(saved(1, {"label": "y"}, description="x"))


def test_rules_are_merged_by_their_ids() -> None:
    """A rule of ours and a rule of theirs."""

    def ruled(*ids: str) -> Flow:
        return within({}, pipelineRules={"dataRuleDefinitions": [{"id": each} for each in ids]})

    made = document(merge(ruled("a"), ruled("a", "b"), ruled("c", "a")))
    assert [each["id"] for each in made["pipelineRules"]["dataRuleDefinitions"]] == ["c", "a", "b"]


def test_fragments_are_merged_within() -> None:
    """Stages of one fragment, each side another one."""

    def made(one: int, other: int) -> Flow:
        inner = [stage(name, configuration=settings(a=at)) for name, at in (("A", one), ("B", other))]
        return flow(fragments=[{"fragmentId": "f", "fragmentInstanceId": "F_1", "stages": inner}])

    assert merge(made(0, 0), made(1, 0), made(0, 1)).flow == made(1, 1)
    assert paths(merge(made(0, 0), made(1, 0), made(2, 0))) == ["/fragments/F_1/stages/A/configuration/a/value"]


def test_an_upgrade_here_and_an_edit_there_go_together() -> None:
    """Unless the upgrade took away what was edited."""
    base = flow(stage("A", configuration=settings(a=1, b=1)), schemaVersion=5)
    upgraded = flow(stage("A", stageVersion="2", configuration=settings(c=1, b=1)), schemaVersion=6)
    edited = [flow(stage("A", configuration=settings(**{"a": 1, "b": 1, name: 2})), schemaVersion=5) for name in "ab"]
    assert paths(merge(base, upgraded, edited[0])) == ["/stages/A/configuration/a"]
    made = flow(stage("A", stageVersion="2", configuration=settings(c=1, b=2)), schemaVersion=6)
    assert merge(base, upgraded, edited[1]).flow == made


def test_unknown_keys_are_merged_too() -> None:
    """Those of a stage, of the document and of the export around it."""
    base, ours, theirs = (
        within({"custom": {"a": a, "b": b}, "stages": [stage("A", own=a)]}, around=b)
        for a, b in ((0, 0), (1, 0), (0, 1))
    )
    made = within({"custom": {"a": 1, "b": 1}, "stages": [stage("A", own=1)]}, around=1)
    assert document(merge(base, ours, theirs)) == encode_flow(made)


def test_an_export_around_the_document_is_no_change_of_it() -> None:
    """One side put the bare document into an envelope, the other one edited it."""
    bare = [flow(stage("A", configuration=settings(a=at))) for at in range(2)]
    wrapped = within({"stages": [stage("A", configuration=settings(a=0))]}, pipelineRules={"version": 1})
    made = within({"stages": [stage("A", configuration=settings(a=1))]}, pipelineRules={"version": 1})
    assert document(merge(bare[0], bare[1], wrapped)) == encode_flow(made)
    assert document(merge(bare[0], wrapped, bare[1])) == encode_flow(made)
    assert document(merge(wrapped, bare[0], made)) == encode_flow(bare[1])


def test_what_a_project_keeps_beside_the_document_is_merged() -> None:
    """Lists are put together, a name that both changed is a conflict, once."""
    base = attrs.evolve(flow(), parameter_sets=("a",), connection_ids=("c",), fragment_ids=("f",), environment_id="e")
    ours = attrs.evolve(base, parameter_sets=("a", "b"), name="X", engine_type="edge")
    theirs = attrs.evolve(base, parameter_sets=("a", "d"), description="y", connection_ids=("c", "g"))
    made = attrs.evolve(ours, parameter_sets=("a", "b", "d"), description="y", connection_ids=("c", "g"))
    assert merge(base, ours, theirs).flow == made
    assert paths(merge(base, ours, attrs.evolve(base, name="Y"))) == ["/name"]
    assert paths(merge(flow(title="a"), flow(title="b"), flow(title="c"))) == ["/title"]
    assert paths(merge(flow(description="a"), flow(description="b"), flow(description="c"))) == ["/description"]


def test_a_fragment_stays_one() -> None:
    """Also without an envelope that says so."""
    base = attrs.evolve(flow(stage("A")), fragment=True)
    merged = merge(base, attrs.evolve(base, description="x"), attrs.evolve(base, schema_version=3)).flow
    assert merged == attrs.evolve(base, description="x", schema_version=3)


def test_what_both_sides_began_is_put_together() -> None:
    """A list of services, or an unknown object, that the base did not have."""

    def made(services: list[str] | None, **custom: object) -> Flow:
        parts = {} if services is None else {"services": [{"service": each} for each in services]}
        document = {key: value for key, value in stage("A").items() if key != "services"}
        return flow({**document, **parts}, **custom)

    merged = document(merge(made(None), made(["x"], custom={"a": 1}), made(["y"], custom={"b": 1})))
    assert [each["service"] for each in merged["stages"][0]["services"]] == ["x", "y"]
    assert merged["custom"] == {"a": 1, "b": 1}


def test_a_fragment_that_was_only_arranged_can_be_removed() -> None:
    """As a stage can."""

    def made(x: int) -> Flow:
        inner = stage("A", uiInfo={"label": "A", "xPos": x, "yPos": 1})
        return flow(fragments=[{"fragmentId": "f", "fragmentInstanceId": "F_1", "stages": [inner]}])

    for merged in (merge(made(1), flow(fragments=[]), made(2)), merge(made(1), made(2), flow(fragments=[]))):
        assert document(merged)["fragments"] == []


def test_broken_parts_are_merged_or_conflict() -> None:
    """Rules that are no objects, ids that are no texts, lanes that are null or doubled."""

    def ruled(*rows: object) -> Flow:
        return within({}, pipelineRules={"dataRuleDefinitions": list(rows)})

    made = document(merge(ruled("a", {"id": 1}), ruled("a", {"id": 1}, "b"), ruled("c", "a", {"id": 1})))
    assert made["pipelineRules"]["dataRuleDefinitions"] == ["c", "a", {"id": 1}, "b"]
    null, one, other, doubled = (flow(stage("A", inputLanes=lanes)) for lanes in (None, ["x"], ["y"], ["z", "z"]))
    assert paths(merge(null, one, other)) == ["/stages/A/inputLanes"]
    assert paths(merge(one, doubled, other)) == ["/stages/A/inputLanes"]
    assert paths(merge(ruled({"id": "a"}), within({}, pipelineRules=None), ruled({"id": "a"}, {"id": "b"})))


def test_a_link_cut_here_and_replaced_there_is_replaced() -> None:
    """Both took the old one away; only one side has something in its place."""
    base, cut, replaced = (flow(stage("R", inputLanes=lanes)) for lanes in (["a"], [], ["x"]))
    assert merge(base, cut, replaced).flow == merge(base, replaced, cut).flow == replaced


def test_conflicts_say_what_was_done() -> None:
    """Added, changed or removed."""
    (conflict,) = merge(flow(), placed(1, 1), placed(1, 1, custom=1)).conflicts
    assert str(conflict) == "/stages/A: we added it, they added it"
    rules: dict[str, object] = {"pipelineRules": {"a": 1}}
    (conflict,) = merge(within({}), flow(), within({}, **rules)).conflicts
    assert str(conflict) == "/: we removed it, they changed it"


def test_a_label_of_ours_and_a_place_of_theirs() -> None:
    """Both are in what the canvas keeps of a stage; it need not keep a place at all."""

    def looks(**ui: object) -> Flow:
        return flow(stage("A", uiInfo=ui))

    base = {"label": "A", "xPos": 1, "yPos": 1}
    ours, theirs = looks(**{**base, "label": "B"}), looks(**{**base, "yPos": 9})
    wanted = looks(label="B", xPos=1, yPos=9)
    assert merge(looks(**base), ours, theirs).flow == merge(looks(**base), theirs, ours).flow == wanted
    assert merge(looks(label="A"), looks(label="B"), looks(label="A", icon="x")).flow == looks(label="B", icon="x")


def test_a_fragment_that_was_only_saved_again_can_be_removed() -> None:
    """Its id of saving is no edit."""

    def made(uuid: str) -> Flow:
        return flow(fragments=[{"fragmentId": "f", "fragmentInstanceId": "F_1", "uuid": uuid, "stages": []}])

    assert document(merge(made("a"), flow(fragments=[]), made("b")))["fragments"] == []


def test_a_value_of_another_form_is_a_conflict() -> None:
    """A list and a text cannot be put together; nor is a number in a list or object one of another kind."""
    base, ours = with_value([1]), with_value([1, 2])
    for other in ("x", {"a": 1}, None):
        assert paths(merge(base, ours, with_value(other)))
        assert paths(merge(base, with_value(other), ours))
    for one, kind in (([1], [1.0]), ({"x": 1, "y": 1}, {"y": 1.0, "x": 1})):
        assert repr(value(merge(with_value(one), with_value(kind), with_value(one)))) == repr(kind)
        assert repr(value(merge(with_value(one), with_value(one), with_value(kind)))) == repr(kind)


def test_a_key_around_the_document_can_be_removed() -> None:
    """By either side, while the other one edits the document."""
    base, less = within({}, mine=1), within({})
    edited = within({"description": "x"}, mine=1)
    for merged in (merge(base, less, edited), merge(base, edited, less)):
        assert document(merged) == encode_flow(within({"description": "x"}))
