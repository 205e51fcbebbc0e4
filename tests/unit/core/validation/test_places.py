"""Where each finding is and what it stops: level, config group, config name and preview, code by code."""

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from penstock.core.catalogue.definitions import StageDefinition, StageType
from penstock.core.flow.model import Flow, Service, StageInstance
from penstock.core.validation import Issue, Strictness
from penstock.core.values import JsonMap

from .small import flow, found, kind, model, setting, stage, straight, with_service

ORIGIN, TARGET = stage("o", "origin", "", "a"), stage("t", "target", "a")
STRANGE = attrs.evolve(with_service(), services=(Service("org.example.Gone", 1),))
TESTED = kind(
    "tested",
    StageType.PROCESSOR,
    setting("text", required=True, default="x"),
    setting("number", "NUMBER", default=5, min=1, max=9),
    setting("list", "LIST", default=[]),
    setting("map", "MAP", default=[]),
    setting("flag", "BOOLEAN", default=False),
    setting("sign", "CHARACTER", default="a"),
    model("path", "FIELD_SELECTOR"),
    model("choice", "VALUE_CHOOSER", values=("A", "B"), default="A"),
    model("conditions", "PREDICATE", evaluation="EXPLICIT"),
    model("rows", "LIST_BEAN", rows=(setting("part"),)),
)
STANDALONE = kind("standalone", StageType.DESTINATION, execution_modes=("STANDALONE",))
VARIABLE = kind("variable", StageType.ORIGIN, variable_outputs=True, output_streams=0)


def with_settings(**settings: object) -> Flow:
    """A flow whose processor has these settings."""
    return straight(stage("p", "tested", "a", "b", settings=settings))


def of_flow(**settings: object) -> Flow:
    """A flow with these settings of its own."""
    return straight(settings=settings)


def placed(code: str, value: Flow, strictness: Strictness = Strictness.TOLERANT) -> Issue:
    """The first finding with a code, remarks aside."""
    kinds: Sequence[StageDefinition] = (TESTED, STANDALONE, VARIABLE)
    return next(each for each in found(value, *kinds, strictness=strictness).issues if each.code == code)


FLOWS: dict[str, tuple[Flow, str | None, str | None, str | None]] = {
    # code: flow, instance, group, name
    "VALIDATION_0000": (straight(schema_version=7), None, None, None),
    "VALIDATION_0001": (flow(), None, None, None),
    "VALIDATION_0002": (flow(ORIGIN, stage("t", "target", "b")), None, None, None),
    "VALIDATION_0003": (flow(stage("t", "target")), "t", "t", None),
    "VALIDATION_0004": (flow(ORIGIN, stage("q", "origin", "", "b")), "q", "q", None),
    "VALIDATION_0005": (flow(ORIGIN, TARGET, TARGET), "t", "t", None),
    "VALIDATION_0006": (flow(ORIGIN, stage("t", "nobody", "a")), "t", None, None),
    "VALIDATION_0008": (with_settings(odd=1), "p", None, None),
    "VALIDATION_0010": (flow(ORIGIN, stage("p", "processor", "a", "a")), None, "p", None),
    "VALIDATION_0011": (flow(ORIGIN), "o", None, None),
    "VALIDATION_0012": (flow(ORIGIN, stage("q", "origin", "a", "b")), "q", "q", None),
    "VALIDATION_0013": (flow(ORIGIN, stage("t", "target", "a", "b")), "t", "t", None),
    "VALIDATION_0014": (flow(ORIGIN, stage("x", "executor")), "x", "x", None),
    "VALIDATION_0015": (flow(stage("o", "origin", "", "a b")), "o", "o", None),
    "VALIDATION_0016": (flow(stage("o-1", "origin", "", "a")), "o-1", "o-1", None),
    "VALIDATION_0017": (flow(stage("o", "origin", "", "a-1"), stage("t", "target", "a-1")), "t", "t", None),
    "VALIDATION_0018": (flow(stage("o", "origin", "", "a-1"), stage("t", "target", "a-1")), "o", "o", None),
    "VALIDATION_0032": (flow(stage("o", "variable")), "o", "o", None),
    "VALIDATION_0036": (straight(error_stage=stage("e", "errors", events="e")), "e", "e", None),
    "VALIDATION_0037": (flow(ORIGIN, stage("e", "errors", "a")), "e", "e", None),
    "VALIDATION_0039": (flow(stage("o", "origin", "", "a b"), stage("t", "target", "a b")), None, "t", None),
    "VALIDATION_0074": (of_flow(advancedErrorHandling=True), None, None, None),
    "VALIDATION_0091": (flow(ORIGIN, stage("c", "committer", "a"), stage("d", "committer", "a")), None, None, None),
    "VALIDATION_0092": (
        flow(ORIGIN, stage("c", "committer", "a"), settings={"deliveryGuarantee": "AT_MOST_ONCE"}),
        "c",
        None,
        None,
    ),
    "VALIDATION_0093": (straight(title=""), None, None, None),
    "VALIDATION_0094": (straight(stage("j", "joiner", "a", "b")), "j", "j", None),
    "VALIDATION_0095": (flow(ORIGIN, stage("t", "nobody", "a", library="old-lib")), "t", None, None),
    "VALIDATION_0100": (flow(stage("o", "origin", "", "a", "e-1")), "o", "o", None),
    "VALIDATION_0101": (flow(stage("o", "origin", "", "a", "e f")), "o", "o", None),
    "VALIDATION_0102": (flow(ORIGIN, stage("p", "processor", "a", "b", "e")), "p", "p", None),
    "VALIDATION_0103": (flow(stage("o", "origin", "", "a", "e"), stage("t", "target", "a e")), None, None, None),
    "VALIDATION_0104": (flow(stage("o", "origin", "", "a", "e")), "o", None, None),
    "VALIDATION_0105": (straight(start_stages=(stage("e", "errors"), stage("f", "errors"))), None, None, None),
    "VALIDATION_0106": (
        straight(start_stages=(stage("e", "errors"),), settings={"executionMode": "CLUSTER_BATCH"}),
        None,
        None,
        None,
    ),
    "VALIDATION_0200": (flow(stage("o", "parser", "", "a")), "o", "o", None),
    "CONTAINER_0901": (flow(ORIGIN, stage("t", "nobody", "a")), "t", None, None),
    "CONTAINER_0903": (flow(STRANGE, TARGET), "p", None, None),
    "CONTAINER_0905": (flow(ORIGIN, stage("t", "nobody", "a", library="old-lib")), "t", None, None),
    "CREATION_006": (flow(ORIGIN, stage("t", "nobody", "a")), "t", None, None),
    "CREATION_007": (flow(ORIGIN, stage("e", "errors", "a")), "e", None, None),
    "CREATION_008": (straight(error_stage=stage("e", "target")), "e", None, None),
    "CREATION_009": (straight(error_stage=None), None, "BAD_RECORDS", "badRecordsHandling"),
    "CREATION_018": (straight(stop_stages=(stage("e", "target"),)), "e", None, None),
    "CREATION_070": (of_flow(executionMode="NEVER"), None, "", "executionMode"),
    "CREATION_071": (of_flow(executionMode=None), None, "", "executionMode"),
    "CREATION_072": (flow(ORIGIN, stage("t", "nobody", "a", library="old-lib")), "t", None, None),
    "CREATION_080": (of_flow(webhookConfigs=[{"webhookUrl": ""}]), None, "NOTIFICATIONS", "webhookUrl"),
    "VALIDATION_0007": (with_settings(text=""), "p", "GROUP", "text"),
    "VALIDATION_0009": (with_settings(path=1), "p", "GROUP", "path"),
    "VALIDATION_0019": (with_settings(conditions=["x"]), "p", "GROUP", "conditions"),
    "VALIDATION_0020": (with_settings(conditions=[{"predicate": "x"}]), "p", "GROUP", "conditions"),
    "VALIDATION_0021": (with_settings(conditions=[{"outputLane": None, "predicate": "x"}]), "p", "GROUP", "conditions"),
    "VALIDATION_0022": (with_settings(conditions=[{"outputLane": "l", "predicate": 1}]), "p", "GROUP", "conditions"),
    "VALIDATION_0023": (with_settings(conditions=[{"outputLane": "", "predicate": "x"}]), "p", "GROUP", "conditions"),
    "VALIDATION_0033": (with_settings(path="abc"), "p", "GROUP", "path"),
    "VALIDATION_0034": (with_settings(number=10), "p", "GROUP", "number"),
    "VALIDATION_0035": (with_settings(number=0), "p", "GROUP", "number"),
    "VALIDATION_0080": (with_settings(stageRecordPreconditions=["x"]), "p", "", "stageRecordPreconditions"),
    "VALIDATION_0081": (with_settings(stageRecordPreconditions=["${x}"]), "p", "", "stageRecordPreconditions"),
    "CREATION_005": (with_settings(text="${x}"), "p", "GROUP", "text"),
    "CREATION_010": (with_settings(choice="C"), "p", "GROUP", "choice"),
    "CREATION_011": (with_settings(text=1), "p", "GROUP", "text"),
    "CREATION_012": (with_settings(sign="ab"), "p", "GROUP", "sign"),
    "CREATION_013": (with_settings(flag="true"), "p", "GROUP", "flag"),
    "CREATION_014": (with_settings(number="5"), "p", "GROUP", "number"),
    "CREATION_015": (with_settings(number=1.5), "p", "GROUP", "number"),
    "CREATION_020": (with_settings(list="x"), "p", "GROUP", "list"),
    "CREATION_021": (with_settings(list=[None]), "p", "GROUP", "list"),
    "CREATION_030": (with_settings(map={}), "p", "GROUP", "map"),
    "CREATION_031": (with_settings(map=["x"]), "p", "GROUP", "map"),
    "CREATION_032": (with_settings(map=[{"value": "x"}]), "p", "GROUP", "map"),
    "CREATION_033": (with_settings(map=[{"key": "x"}]), "p", "GROUP", "map"),
    "CREATION_040": (with_settings(rows={}), "p", "GROUP", "rows"),
    "CREATION_042": (with_settings(rows=["x"]), "p", "GROUP", "rows[0]"),
}
PREVIEWABLE = {f"VALIDATION_{number}" for number in ("0011", "0015", "0032", "0091", "0092", "0093", "0094", "0104")}


@pytest.mark.parametrize("code", FLOWS)
def test_a_finding_is_at_its_place(code: str) -> None:
    """Instance, config group and config name make the level; most findings stand in the way of a preview."""
    value, instance, group, name = FLOWS[code]
    issue = placed(code, value)
    assert (issue.instance_name, issue.config_group, issue.config_name) == (instance, group, name)
    place = "PIPELINE" if instance is None else "STAGE"
    document: dict[str, Any] = issue.document()
    assert document["level"] == (place if name is None else f"{place}_CONFIG")
    assert (document["instanceName"], document["configGroup"], document["configName"]) == (instance, group, name)
    assert document["message"].startswith(f"{code} - ")
    assert (document["count"], document["serviceName"], document["antennaDoctorMessages"]) == (1, None, None)
    assert issue.blocks_preview is (code not in PREVIEWABLE)


FORMS = (
    *("VALIDATION_0007", "VALIDATION_0008", "VALIDATION_0009", "VALIDATION_0033", "VALIDATION_0034", "VALIDATION_0035"),
    *(f"CREATION_{number:03}" for number in (10, 11, 12, 13, 14, 15, 20, 21, 30, 31, 32, 33, 40, 42)),
)


@pytest.mark.parametrize("code", FORMS)
def test_what_a_definition_cannot_tell_of_a_newer_stage_is_a_remark(code: str) -> None:
    """Names, kinds, ranges and choices; an older stage has them as issues, but for names."""
    value = FLOWS[code][0]
    newer = attrs.evolve(value, stages=tuple(_with_version(each, "3") for each in value.stages))
    assert found(newer, TESTED).valid
    assert code in {remark.code for remark in found(newer, TESTED).remarks}
    older = found(attrs.evolve(value, stages=tuple(_with_version(each, "1") for each in value.stages)), TESTED)
    assert (code in {issue.code for issue in older.issues}) is (code != "VALIDATION_0008")


def _with_version(value: StageInstance, version: str) -> StageInstance:
    return attrs.evolve(value, stage_version=version) if value.stage_name == TESTED.name else value


@pytest.mark.parametrize(
    ("code", "value", "group", "name"),
    [
        ("VALIDATION_0007", of_flow(maxRunners=None), "", "maxRunners"),
        ("VALIDATION_0009", of_flow(maxRunners="x"), "", "maxRunners"),
        ("VALIDATION_0035", of_flow(maxRunners=-1), "", "maxRunners"),
        ("CREATION_010", of_flow(deliveryGuarantee="NEVER"), "", "deliveryGuarantee"),
        ("CREATION_030", of_flow(constants={}), "PARAMETERS", "constants"),
        ("VALIDATION_0071", of_flow(executionMode="EDGE"), "BAD_RECORDS", "badRecordsHandling"),
        (
            "VALIDATION_0071",
            straight(
                error_stage=None, stats_stage=stage("s", "standalone"), settings={"executionMode": "CLUSTER_BATCH"}
            ),
            "STATS",
            "statsAggregatorStage",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_finding_about_a_setting_of_the_flow_is_at_the_flow(code: str, value: Flow, group: str, name: str) -> None:
    """PIPELINE_CONFIG with the group of the setting; special stages are told at the setting that chooses them."""
    issue = placed(code, value)
    assert (issue.level, issue.config_group, issue.config_name) == ("PIPELINE_CONFIG", group, name)


def test_a_cluster_of_an_unknown_type_is_told_in_the_modes_of_spark() -> None:
    """CREATION_1000; without a type, and in other modes, nobody asks."""
    kind_of_cluster = {"clusterConfig.clusterType": "NEVER"}
    issue = placed("CREATION_1000", of_flow(executionMode="BATCH", **kind_of_cluster))
    assert (issue.level, issue.config_group, issue.config_name) == (
        "PIPELINE_CONFIG",
        "CLUSTER",
        "clusterConfig.clusterType",
    )
    right = (
        of_flow(executionMode="BATCH"),
        of_flow(**kind_of_cluster),
        of_flow(executionMode="BATCH", **{"clusterConfig.clusterType": "LOCAL"}),
    )
    assert all("CREATION_1000" not in {each.code for each in found(value).issues} for value in right)


def test_a_mode_that_a_stage_cannot_run_in_is_told_at_the_stage() -> None:
    """0071 with neither group nor setting."""
    value = flow(ORIGIN, stage("t", "standalone", "a"), settings={"executionMode": "CLUSTER_BATCH"})
    issue = placed("VALIDATION_0071", value)
    assert (issue.level, issue.instance_name, issue.config_group) == ("STAGE", "t", None)


def test_versions_of_a_newer_engine_are_told_at_the_flow() -> None:
    """0096, before anything else."""
    value = straight(info=JsonMap({"sdcVersion": "3.23.1"}))
    issue = placed("VALIDATION_0096", value, Strictness.ENGINE)
    assert (issue.level, issue.config_group, issue.blocks_preview) == ("PIPELINE", None, True)
    assert found(straight(info=JsonMap({"sdcVersion": "3.23.0-SNAPSHOT"}))).remarks == ()


def test_a_finding_about_a_service_carries_its_name() -> None:
    """The service's version and its settings."""
    newer = with_service()
    newer = attrs.evolve(newer, services=(attrs.evolve(newer.services[0], version=3),))
    issue = placed("CONTAINER_0902", flow(newer, TARGET), Strictness.ENGINE)
    assert (issue.level, issue.instance_name, issue.service_name) == ("STAGE", "p", "org.example.Parser")
