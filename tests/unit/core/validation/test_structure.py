"""The rules about kinds, names and lanes of single stages."""

import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.flow.model import Flow
from penstock.core.validation import Strictness

from .small import codes, flow, found, kind, only, stage, straight

PROCESSOR = stage("p", "processor", "a", "b")


def test_a_right_flow_has_no_issue() -> None:
    """Origin, processor and destination in a row are valid and can be previewed."""
    report = found(straight(PROCESSOR))
    assert report.valid
    assert report.previewable
    assert report.document() == {"pipelineIssues": [], "stageIssues": {}, "issueCount": 0}


def test_first_stage_that_is_no_origin_is_named_in_fixed_words() -> None:
    """0003 has the sentence of the service, and the instance name as config group, as the engine reports it."""
    first, second = found(flow(stage("t", "target"))).issues
    assert (first.code, first.text) == ("VALIDATION_0003", "The first stage must be an origin")
    assert (first.level, first.config_group, first.config_name) == ("STAGE", "t", None)
    assert (second.code, second.text) == ("VALIDATION_0014", "Target must have input streams")


def test_first_means_first_in_running_order() -> None:
    """A destination that stands first in the document is not the first stage when an origin feeds it."""
    assert codes(flow(stage("t", "target", "a"), stage("o", "origin", "", "a"))) == []


def test_second_origin_is_refused() -> None:
    """0004: a flow has one origin."""
    value = flow(stage("o", "origin", "", "a"), stage("q", "origin", "", "b"), stage("t", "target", "a b"))
    assert codes(value) == ["0004"]


def test_two_stages_of_one_name_are_told_once() -> None:
    """0005 names the later stage, which is checked all the same."""
    value = flow(stage("o", "origin", "", "a"), stage("t", "target", "a"), stage("t", "target"))
    assert codes(value) == ["0005", "0014"]


def test_unknown_stage_is_told_at_every_step_of_the_engine() -> None:
    """0006 comes together with the findings of the upgrade and of the creation."""
    value = straight(stage("x", "nobody", "a", "b"))
    assert codes(value) == ["CONTAINER_0901", "CREATION_006", "0006"]
    assert not found(value).previewable


def test_stage_of_a_legacy_library_has_its_own_codes() -> None:
    """0095 says that the library can still be had."""
    value = straight(stage("x", "nobody", "a", "b", library="old-lib"))
    assert codes(value) == ["CONTAINER_0905", "CREATION_072", "0095"]


@pytest.mark.parametrize("name", ["", "a-b", "a.b", "a/b"], ids=repr)
def test_instance_names_consist_of_word_characters_and_blanks(name: str) -> None:
    """0016 for a name with anything else in it."""
    assert "0016" in codes(straight(stage(name, "processor", "a", "b")))


@pytest.mark.parametrize("name", ["Größe 1", "ステージ_1", "A b"], ids=repr)
def test_letters_of_every_script_are_word_characters(name: str) -> None:
    """Names may be in any language."""
    assert codes(straight(stage(name, "processor", "a", "b"))) == []


def test_error_stage_on_the_canvas_is_refused() -> None:
    """0037 for a kind that stands beside the canvas, and the engine cannot create it there."""
    value = flow(stage("o", "origin", "", "a"), stage("e", "errors", "a"))
    assert codes(value) == ["CREATION_007", "0037"]


def test_odd_lane_names_are_told_one_by_one() -> None:
    """0017, 0018 and 0100 for input, output and event lanes; equal findings are counted."""
    value = flow(stage("o", "origin", "", "a-1", "e-1"), stage("t", "target", "a-1"), stage("x", "executor", "e-1"))
    assert codes(value) == ["0018", "0100", "0017", "0017"]


def test_repeated_findings_are_counted() -> None:
    """A finding with the same code and place is listed once with its number."""
    value = flow(
        stage("o", "origin", "", "a-1"), stage("p", "processor", "a-1", "b-1 b-2"), stage("t", "target", "b-1")
    )
    odd = next(
        issue for issue in found(value).stage_issues if issue.code == "VALIDATION_0018" and issue.instance_name == "p"
    )
    assert odd.count == 2


def test_number_of_inputs_can_be_fixed() -> None:
    """0094 when a stage that wants two inputs has one; it does not stand in the way of a preview."""
    value = straight(stage("j", "joiner", "a", "b"))
    assert codes(value) == ["0094"]
    assert found(value).previewable
    two = flow(
        stage("o", "origin", "", "a"),
        stage("p", "processor", "a", "c"),
        stage("j", "joiner", "a c", "b"),
        stage("t", "target", "b"),
    )
    assert codes(two) == []
    one = kind("one", StageType.PROCESSOR, input_streams=1)
    assert "0094" in codes(
        flow(stage("o", "origin", "", "a"), stage("p", "processor", "a", "b"), stage("q", "one", "a b", "c")), one
    )
    fragment = Flow("f", stages=(stage("j", "joiner", "", "b"),), fragment=True)
    assert codes(fragment) == []
    many = Flow("f", stages=(stage("p", "processor", "", "a b c"), stage("j", "joiner", "a b c", "d")), fragment=True)
    assert "0094" in codes(many)


def test_origin_takes_no_input() -> None:
    """0012 for an origin that reads a lane."""
    assert "0012" in codes(
        flow(stage("o", "origin", "", "a"), stage("q", "origin", "a", "b"), stage("t", "target", "b"))
    )


def test_fixed_number_of_outputs_is_checked() -> None:
    """0015 names how many there should be; it does not stand in the way of a preview."""
    value = straight(stage("p", "processor", "a", "b c"))
    assert codes(value) == ["0015", "0011"]
    assert "2 outputs" in found(value).issues[0].text


def test_stage_with_variable_outputs_has_one_at_least() -> None:
    """0032 for a selector without output."""
    rows = {"lanes": [{"outputLane": "b", "predicate": "default"}]}
    assert codes(flow(stage("o", "origin", "", "a"), stage("s", "selector", "a", "", settings=rows))) == ["0032"]


def test_processor_without_input_is_told_in_fixed_words() -> None:
    """0014 starts with the word Processor."""
    value = flow(stage("o", "origin", "", "a"), stage("p", "processor", "", "b"), stage("t", "target", "a b"))
    assert only(value).text == "Processor must have input streams"


def test_executor_without_input_is_called_a_target() -> None:
    """0014 has the word of destinations for executors, too."""
    value = flow(stage("o", "origin", "", "a"), stage("t", "target", "a"), stage("x", "executor"))
    assert only(value).text == "Target must have input streams"


def test_destination_has_no_output() -> None:
    """0013 for a destination that writes to a lane."""
    value = flow(stage("o", "origin", "", "a"), stage("t", "target", "a", "b"), stage("u", "target", "b"))
    assert codes(value) == ["0013"]


def test_one_event_lane_is_enough() -> None:
    """0101 for the second one."""
    value = flow(stage("o", "origin", "", "a", "e f"), stage("t", "target", "a"), stage("x", "executor", "e f"))
    assert codes(value) == ["0101"]


def test_only_kinds_that_produce_events_have_an_event_lane() -> None:
    """0102 for a processor that makes none."""
    value = straight(stage("p", "processor", "a", "b", "e"), stage("x", "executor", "e"))
    assert "0102" in codes(value)


@pytest.mark.parametrize("type", StageType)
def test_every_kind_that_produces_events_may_have_an_event_lane(type: StageType) -> None:
    """Destinations and executors, too."""
    talker = kind("talker", type, produces_events=True)
    inputs, outputs = "" if type is StageType.ORIGIN else "a", "a" if type is StageType.ORIGIN else ""
    if type is StageType.PROCESSOR:
        outputs = "b"
    first = () if type is StageType.ORIGIN else (stage("o", "origin", "", "a"),)
    last = stage("t", "target", outputs or "a")
    value = flow(*first, stage("s", "talker", inputs, outputs, "e"), last, stage("x", "executor", "e"))
    assert codes(value, talker) == []


def test_stage_beside_the_canvas_has_no_lanes() -> None:
    """0012, 0013 and 0036 for the lanes of an error stage."""
    value = straight(error_stage=stage("e", "errors", "a", "b", "c"))
    assert codes(value) == ["0012", "0013", "0036"]


def test_newer_kind_may_have_other_outputs() -> None:
    """What a newer version of a stage does is no fault, only a remark; the engine's strictness makes it an issue."""
    newer = kind("processor", StageType.PROCESSOR, version="1")
    value = straight(stage("p", "processor", "a", "b c"), stage("u", "target", "c"))
    assert codes(value, newer) == []
    assert {"CONTAINER_0902", "0015"} <= set(codes(value, newer, strictness=Strictness.ENGINE))
