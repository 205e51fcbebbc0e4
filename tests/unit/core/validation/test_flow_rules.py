"""The rules about the whole flow: its own settings, special stages, modes, versions, fragments."""

from typing import Any

import attrs
import pytest

from penstock.core.catalogue.definitions import ServiceUse, StageDefinition, StageType
from penstock.core.flow.model import Flow, Shape
from penstock.core.flow.settings import Settings
from penstock.core.validation import Strictness, validate
from penstock.core.validation.session import parameters_of
from penstock.core.values import JsonMap

from .small import ERRORS, SmallCatalogue, codes, flow, found, kind, only, remarks, setting, stage, straight

PROCESSOR = stage("p", "processor", "a", "b")


def test_flow_without_error_stage_is_told_at_its_setting() -> None:
    """CREATION_009 is the finding about missing error handling, at the setting that chooses it."""
    issue = only(straight(error_stage=None))
    assert (issue.code, issue.level) == ("CREATION_009", "PIPELINE_CONFIG")
    assert (issue.config_group, issue.config_name) == ("BAD_RECORDS", "badRecordsHandling")


def test_spark_flow_needs_no_error_stage() -> None:
    """In the modes of another engine nobody asks for one."""
    assert "CREATION_009" not in codes(straight(error_stage=None, settings={"executionMode": "BATCH"}))


def test_flow_of_an_unknown_engine_is_not_asked_for_an_error_stage() -> None:
    """Whether a mode that came later needs one nobody can say here."""
    value = straight(error_stage=None, settings={"executionMode": "LATER"}, info=JsonMap({"sdcVersion": "5.6.1"}))
    assert codes(value) == ["CREATION_070", "CREATION_070"]
    assert "CREATION_009" in codes(straight(error_stage=None, settings={"executionMode": None}))


def test_error_slot_takes_error_stages_only() -> None:
    """CREATION_008 for a plain destination in the slot."""
    assert codes(straight(error_stage=stage("e", "target"))) == ["CREATION_008"]


def test_event_slot_takes_lifecycle_stages_only() -> None:
    """CREATION_018 for a plain destination in the start slot."""
    assert codes(straight(start_stages=(stage("e", "target"),))) == ["CREATION_018"]


def test_one_stage_handles_an_event() -> None:
    """0105 when two stages are in one slot."""
    issue = only(straight(stop_stages=(stage("e", "errors"), stage("f", "errors"))))
    assert (issue.code, issue.level) == ("VALIDATION_0105", "PIPELINE")
    assert "stop event" in issue.text
    assert "holds 2" in issue.text
    assert codes(straight(start_stages=(stage("e", "errors"),), stop_stages=(stage("f", "errors"),))) == []


@pytest.mark.parametrize("key", ["startEventStages", "stopEventStages"])
def test_stages_of_an_event_are_a_list(key: str) -> None:
    """0105 for null; a list that is not there is empty, and before schema 4 there was none."""
    held = straight(shape=Shape((key,), JsonMap({key: None})), schema_version=6)
    assert codes(held) == ["0105"]
    assert "is null" in only(held).text
    assert codes(attrs.evolve(held, schema_version=4)) == ["0105"]
    assert codes(attrs.evolve(held, schema_version=3)) == []


def test_events_are_handled_in_standalone_mode() -> None:
    """0106 in any other mode; the discard stage is let through, for it is always set."""
    cluster = {"executionMode": "CLUSTER_BATCH"}
    assert codes(straight(start_stages=(stage("e", "errors"),), settings=cluster)) == ["0106"]
    name = "com_streamsets_pipeline_stage_destination_devnull_ToErrorNullDTarget"
    discard = kind(name, StageType.DESTINATION, error_stage=True, lifecycle=True)
    assert codes(straight(start_stages=(stage("e", name),), settings=cluster), discard) == []


def test_test_origin_is_an_origin() -> None:
    """0003 is asked of the test origin, too."""
    assert codes(straight(test_origin=stage("x", "target"))) == ["0003"]
    assert codes(straight(test_origin=stage("x", "origin"))) == []
    assert codes(straight(test_origin=stage("x", "origin", "", "y z", "e"))) == []
    assert codes(straight(test_origin=stage("x", "origin", "y"))) == ["0012"]


def test_unknown_mode_is_told_wherever_the_engine_asks() -> None:
    """CREATION_010 for the value, CREATION_070 by the lifecycle and the mode check; nothing is created."""
    value = straight(settings={"executionMode": "NEVER"})
    assert codes(value) == ["CREATION_010", "CREATION_070", "CREATION_070"]


def test_missing_mode_is_told_wherever_the_engine_asks() -> None:
    """CREATION_071 twice, and the required setting."""
    assert codes(straight(settings={"executionMode": None})) == ["0007", "CREATION_071", "CREATION_071"]


def test_stages_support_the_mode() -> None:
    """0071 at the stage; at their setting for the error stage."""
    value = straight(settings={"executionMode": "EDGE"})
    report = found(value)
    assert [(issue.instance_name, issue.config_name) for issue in report.issues if issue.code == "VALIDATION_0071"] == [
        (None, "badRecordsHandling"),
        ("o", None),
        ("t", None),
    ]


def test_required_setting_of_the_flow() -> None:
    """0007 at the flow; the group of the error stage is not asked for."""
    issue = only(straight(settings={"maxRunners": None, "badRecordsHandling": ""}))
    assert (issue.code, issue.level, issue.config_name) == ("VALIDATION_0007", "PIPELINE_CONFIG", "maxRunners")


def test_range_of_a_setting_of_the_flow() -> None:
    """0035 for a number below its minimum."""
    assert codes(straight(settings={"maxRunners": -1})) == ["0035"]


def test_unknown_setting_of_the_flow_is_let_through() -> None:
    """0008 is for stages and services only."""
    assert codes(straight(settings={"nobody": 1})) == []


def test_wrong_setting_of_the_flow_keeps_stages_from_being_created() -> None:
    """With CREATION findings about the flow itself, those about stages are left out."""
    wrong = stage("p", "processor", "a", "b", settings={"stageOnRecordError": "NEVER"})
    assert codes(straight(wrong, settings={"deliveryGuarantee": "NEVER"})) == ["CREATION_010"]


def test_empty_title_is_told() -> None:
    """0093 does not stand in the way of a preview."""
    value = straight(title="")
    assert codes(value) == ["0093"]
    assert found(value).previewable


def test_webhook_has_an_address() -> None:
    """CREATION_080 for the first one that has none, with its index."""
    rows = [{"webhookUrl": "http://x"}, {"webhookUrl": ""}, {}]
    issue = only(straight(settings={"webhookConfigs": rows}))
    assert issue.code == "CREATION_080"
    assert issue.document()["additionalInfo"] == {"index": 1}


def test_one_destination_triggers_the_commit() -> None:
    """0091 for more than one, a finding of the flow that leaves it previewable."""
    value = flow(stage("o", "origin", "", "a"), stage("c", "committer", "a"), stage("d", "committer", "a"))
    assert only(value).code == "VALIDATION_0091"
    assert found(value).previewable
    assert not found(value).valid
    other = kind("processor", StageType.PROCESSOR, offset_commit_trigger=True)
    one = flow(stage("o", "origin", "", "a"), stage("p", "processor", "a", "b"), stage("c", "committer", "b"))
    assert codes(one, other) == []


def test_commit_needs_its_delivery_guarantee() -> None:
    """0092 for a destination that triggers the commit in a flow that may lose records."""
    stages = (stage("o", "origin", "", "a"), stage("c", "committer", "a"))
    assert codes(flow(*stages, settings={"deliveryGuarantee": "AT_MOST_ONCE"})) == ["0092"]
    assert codes(flow(*stages)) == []


def test_origin_under_advanced_error_handling() -> None:
    """0074 is a finding of the flow."""
    issue = only(straight(settings={"advancedErrorHandling": True}))
    assert (issue.code, issue.level) == ("VALIDATION_0074", "PIPELINE")


def test_unknown_schema_is_told() -> None:
    """0000 for anything but 1 to 6."""
    assert codes(straight(schema_version=9)) == ["0000"]


def test_flow_of_a_newer_engine_is_only_remarked() -> None:
    """0096 is a remark, for penstock carries what came later through; for the engine it is an issue."""
    value = straight(info=JsonMap({"sdcVersion": "5.6.1"}))
    assert found(value).valid
    assert remarks(value) == ["VALIDATION_0096"]
    assert "0096" in codes(value, strictness=Strictness.ENGINE)


def test_settings_of_a_newer_engine_are_only_remarked() -> None:
    """Unknown settings and choices are carried through, all names in one remark."""
    newer = stage("p", "processor", "a", "b", settings={"later": 1, "more": 2, "stageOnRecordError": "NEW"})
    value = straight(newer, info=JsonMap({"sdcVersion": "5.6.1"}))
    assert codes(value) == []
    assert set(remarks(value)) == {"VALIDATION_0096", "VALIDATION_0008", "CREATION_010"}


def test_newer_engine_finds_kinds_in_other_libraries() -> None:
    """A library that came later holds a kind that is known: it is checked as that."""
    value = straight(stage("p", "processor", "a", "b", library="newer-lib"), info=JsonMap({"sdcVersion": "5.6.1"}))
    assert codes(value) == []
    assert "PENSTOCK_0005" in remarks(value)
    legacy = straight(stage("p", "processor", "a", "b", library="old-lib"), info=JsonMap({"sdcVersion": "5.6.1"}))
    assert codes(legacy) == ["CREATION_072", "0095"]
    assert codes(straight(stage("p", "processor", "a", "b", library="newer-lib")))[0] == "CONTAINER_0901"


def test_newer_settings_of_a_flow_are_only_remarked() -> None:
    """CONTAINER_0902 at the flow itself, an issue for the engine."""
    value = straight(version=24)
    assert codes(value) == []
    assert remarks(value) == ["CONTAINER_0902"]
    issue = found(value, strictness=Strictness.ENGINE).issues[0]
    assert (issue.code, issue.level, issue.config_group) == ("CONTAINER_0902", "PIPELINE", None)
    assert remarks(straight(version=23)) == remarks(straight(version=22)) == []


def test_newer_stage_is_only_remarked() -> None:
    """CONTAINER_0902 is a remark, and so is what its definition does not know."""
    value = straight(stage("p", "processor", "a", "b", version="3", settings={"later": 1}))
    assert codes(value) == []
    assert remarks(value) == ["CONTAINER_0902", "VALIDATION_0008"]


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 10])
def test_a_version_that_is_no_number_is_remarked(version: str) -> None:
    """The stage stays as it is, and is checked as one of today."""
    value = straight(stage("p", "processor", "a", "b", version=version))
    assert (codes(value), remarks(value)) == ([], ["PENSTOCK_0008"])


def test_older_stage_is_checked_as_upgraded() -> None:
    """A setting that has moved since is looked at in its new place; what has no place is named."""
    tested = kind("tested", StageType.PROCESSOR, setting("conf.dir", required=True))
    value = straight(stage("p", "tested", "a", "b", version="1", settings={"dir": "/x", "gone": 1}))
    assert codes(value, tested) == []
    assert remarks(value, tested) == ["PENSTOCK_0001", "PENSTOCK_0002"]
    moved = straight(stage("p", "tested", "a", "b", version="1", settings={"dir": "/x"}))
    assert codes(moved, tested, strictness=Strictness.ENGINE) == []


def test_older_stage_without_a_value_that_came_later_is_only_remarked() -> None:
    """A required setting that the document lacks may be filled by the engine's upgrade; an empty one may not."""
    tested = kind("tested", StageType.PROCESSOR, setting("dir", required=True))
    assert codes(straight(stage("p", "tested", "a", "b", version="1")), tested) == []
    assert codes(straight(stage("p", "tested", "a", "b", version="1", settings={"dir": ""})), tested) == ["0007"]
    missing = straight(stage("p", "tested", "a", "b", version="1"))
    assert codes(missing, tested, strictness=Strictness.ENGINE) == ["0007"]
    assert codes(straight(stage("p", "tested", "a", "b")), tested) == ["0007"]


@pytest.mark.parametrize(
    ("origin", "mode"), [("origin", "CLUSTER_YARN_STREAMING"), ("ClusterHdfsDSource", "CLUSTER_BATCH")]
)
def test_old_cluster_mode_is_upgraded(origin: str, mode: str) -> None:
    """CLUSTER of the first three versions became two modes; in a newer flow it is the one that it says."""
    reader = kind("ClusterHdfsDSource", StageType.ORIGIN)
    other = kind("target", StageType.DESTINATION, execution_modes=("STANDALONE",))
    held = flow(
        stage("o", origin, "", "a"), stage("t", "target", "a"), settings={"executionMode": "CLUSTER"}, version=3
    )
    issues = [each for each in found(held, reader, other).issues if each.instance_name == "t"]
    assert [each.code for each in issues] == ["VALIDATION_0071"]
    assert f"execution mode {mode}," in issues[0].text
    newer = found(attrs.evolve(held, version=4), reader, other).issues
    assert any("execution mode CLUSTER," in each.text for each in newer)


def test_moved_library_is_found() -> None:
    """Stages that moved between libraries are looked up where they are since."""
    moved = kind("com_streamsets_pipeline_stage_origin_jdbc_JdbcDSource", StageType.ORIGIN)
    library = "streamsets-datacollector-jdbc-lib"
    catalogue = SmallCatalogue(_in(moved, library))
    origin = stage("o", moved.name, "", "a", library="streamsets-datacollector-basic-lib")
    assert validate(flow(origin, stage("t", "target", "a")), catalogue).valid


def _in(definition: StageDefinition, library: str) -> StageDefinition:
    return attrs.evolve(definition, library=library, libraries=(library,))


def test_fragment_has_rules_of_its_own() -> None:
    """A fragment needs no origin, no input, no reader of its lanes and no error stage."""
    value = Flow("f", stages=(stage("p", "processor", "", "b"),), fragment=True)
    assert codes(value) == []
    assert codes(Flow("f", fragment=True)) == ["0001"]


def test_fragment_has_most_of_the_rules() -> None:
    """Lanes, settings, the test origin, event paths, modes and the commit are those of a flow."""
    doubled = (stage("p", "processor", "", "b"), stage("q", "processor", "", "b"))
    assert codes(Flow("f", stages=doubled, fragment=True)) == ["0010"]
    right = Flow("f", stages=doubled[:1], fragment=True)
    odd = stage("x", "origin", "", "a", settings={"odd": 1})
    assert codes(attrs.evolve(right, test_origin=odd)) == ["0008"]
    assert codes(attrs.evolve(right, test_origin=stage("x", "target"))) == []
    both = (stage("o", "origin", "", "a", "e"), stage("t", "target", "a e"))
    assert codes(Flow("f", stages=both, fragment=True)) == ["0103"]
    edge = attrs.evolve(right, configuration=Settings.of({"executionMode": "EDGE"}))
    assert codes(edge) == ["0071"]
    assert codes(attrs.evolve(right, configuration=Settings.of({"executionMode": "NEVER"})))[-1] == "CREATION_070"
    commits = (stage("c", "committer", "a"), stage("d", "committer", "b"))
    assert "0091" in codes(Flow("f", stages=(stage("o", "origin", "", "a"), *commits), fragment=True))
    assert codes(attrs.evolve(right, title="")) == ["0093"]
    wrong = attrs.evolve(right, configuration=Settings.of({"deliveryGuarantee": "NEVER", "maxRunners": None}))
    assert codes(wrong) == ["CREATION_010"]


@pytest.mark.parametrize("slot", ["error_stage", "stats_stage", "test_origin", "start_stages", "stop_stages"])
def test_stages_beside_the_canvas_are_upgraded_and_checked(slot: str) -> None:
    """Unknown ones are told like those on the canvas; a test origin is not created."""
    unknown = stage("x", "nobody")
    value: Any = (unknown,) if slot.endswith("s") else unknown
    created = [] if slot == "test_origin" else ["CREATION_006"]
    assert codes(straight(**{slot: value})) == ["CONTAINER_0901", *created, "0006"]
    newer = stage("x", "errors" if slot != "test_origin" else "origin", version="9")
    held: Any = (newer,) if slot.endswith("s") else newer
    assert "CONTAINER_0902" in remarks(straight(**{slot: held}))


def test_statistics_are_taken_by_a_stage_of_their_own() -> None:
    """The slot takes a plain destination without lanes, and is looked at like the others."""
    assert codes(straight(stats_stage=stage("s", "target"))) == []
    assert codes(straight(stats_stage=stage("s", "errors"))) == ["CREATION_007"]
    assert codes(straight(stats_stage=stage("s", "target", "a"))) == ["0012"]


def test_of_a_newer_engine_nothing_else_is_told_about_versions() -> None:
    """Too many findings would follow from that one: what is unknown is told where it is created and checked."""
    value = straight(stage("p", "nobody", "a", "b"), schema_version=9, info=JsonMap({"sdcVersion": "4.0"}))
    found_codes = codes(value, strictness=Strictness.ENGINE)
    assert found_codes[0] == "0096"
    assert not [each for each in found_codes if each.startswith("CONTAINER") or each == "0000"]


@pytest.mark.parametrize(
    ("version", "newer"),
    [("3.23", False), ("3.23.0.0", False), ("3.23.0.1", True), ("3.3.9", False), ("10.0", True), ("", False)],
)
def test_engines_are_compared_number_by_number(version: str, newer: bool) -> None:
    """Missing numbers are 0."""
    assert ("VALIDATION_0096" in remarks(straight(info=JsonMap({"sdcVersion": version})))) is newer


def test_fragments_are_checked_resolved() -> None:
    """The stages of a fragment are checked in the place of its placeholder."""
    name = "com_streamsets_pipeline_stage_processor_fragment_FragmentProcessor"
    place = stage("x", name, "a", "b", settings={"conf.fragmentId": "f", "conf.fragmentInstanceId": "f1"})
    extra = JsonMap({"fragmentId": "f", "fragmentInstanceId": "f1"})
    inner = Flow("f", stages=(stage("p", "processor", "a", "b", settings={"odd": 1}),), fragment=True, extra=extra)
    value = straight(place, fragments=(inner,))
    assert codes(value) == ["0008"]
    assert only(value).instance_name == "p"


def test_missing_fragment_is_remarked() -> None:
    """The engine leaves it out without a word; what hangs on it cannot be reached."""
    name = "com_streamsets_pipeline_stage_processor_fragment_FragmentProcessor"
    place = stage("x", name, "a", "b", settings={"conf.fragmentId": "f", "conf.fragmentInstanceId": "f1"})
    value = straight(place)
    assert "PENSTOCK_0006" in remarks(value)
    assert "0002" in codes(value)


def test_report_has_the_engines_json_form() -> None:
    """Pipeline findings in a list, stage findings by instance, entries counted."""
    value = flow(stage("t", "target"), error_stage=ERRORS, title="")
    document: Any = found(value).document()
    assert document["issueCount"] == 3
    assert list(document["stageIssues"]) == ["t"]
    (first,) = document["pipelineIssues"]
    assert first["level"] == "PIPELINE"
    assert first["message"].startswith("VALIDATION_0093 - ")


def test_parameters_are_known_names() -> None:
    """The constants of a flow can be named by its expressions."""
    constants = [{"key": "dir", "value": "/tmp"}]
    odd = [{"key": 5, "value": 1}, {"key": None}, {}, "x"]
    value = Flow("f", configuration=Settings.of({"constants": [*constants, *odd]}))
    assert parameters_of(value) == {"dir": "/tmp"}
    assert parameters_of(Flow("f", configuration=Settings.of({"constants": {"dir": "/tmp"}}))) == {}


def test_findings_come_in_the_order_of_the_engines_checks() -> None:
    """Those of the flow: versions, order, title, creation, its settings, lanes, events, slots, modes, the commit."""
    held = flow(
        stage("o", "origin", "", "a b", "e"),
        stage("c", "committer", "a b"),
        stage("d", "committer", "a e"),
        stage("u", "processor", "gone", "a"),
        error_stage=None,
        stats_stage=stage("s", "standing"),
        start_stages=(stage("x", "errors"), stage("y", "errors")),
        title="",
        version=99,
        settings={"maxRunners": -1, "executionMode": "CLUSTER_BATCH", "advancedErrorHandling": True},
    )
    standing = kind("standing", StageType.DESTINATION, execution_modes=("STANDALONE",))
    report = found(held, standing, strictness=Strictness.ENGINE)
    assert [each.code.removeprefix("VALIDATION_") for each in report.pipeline_issues] == [
        *("CONTAINER_0902", "0002", "0093", "CREATION_009", "0035", "0039", "0010", "0103"),
        *("0105", "0071", "0074", "0091"),
    ]
    assert report.document()["issueCount"] == len(report.pipeline_issues) + len(report.stage_issues)


def test_findings_of_a_stage_come_in_the_order_of_the_engines_checks() -> None:
    """Versions, creation, kind, names, lanes, events, settings, services, and open lanes at last."""
    tested = kind(
        "tested",
        StageType.ORIGIN,
        setting("text", required=True),
        setting("number", "NUMBER", default=1, max=9),
        services=(ServiceUse("org.example.Parser"),),
    )
    settings = {"odd": 1, "number": 10, "stageRecordPreconditions": ["x"], "stageOnRecordError": "NEVER"}
    held = flow(
        stage("o-1", "tested", "x", "a b", "e", version="9", settings=settings), stage("p", "processor", "", "x")
    )
    report = found(held, tested, strictness=Strictness.ENGINE)
    assert [each.code.removeprefix("VALIDATION_") for each in report.by_stage()["o-1"]] == [
        *("CONTAINER_0902", "CREATION_010", "0004", "0016", "0012", "0015", "0102"),
        *("0007", "0034", "0008", "0080", "0200", "0011", "0104"),
    ]
