"""The rules about lanes between stages, and the running order."""

from hypothesis import given
from hypothesis import strategies as st

from penstock.core.flow.model import StageInstance
from penstock.core.validation import running_order, sort_stages
from penstock.core.validation.lanes import check_connected, check_event_paths, check_lanes
from penstock.core.validation.order import order_of

from .small import codes, flow, found, only, stage, straight


def test_flow_without_stages_is_told_so() -> None:
    """0001 is about the flow, and keeps it from being previewed."""
    report = found(flow())
    assert [issue.code for issue in report.pipeline_issues] == ["VALIDATION_0001"]
    assert not report.previewable


def test_loop_is_unreachable() -> None:
    """0002 names the stages of a loop."""
    value = flow(stage("o", "origin", "", "a"), stage("p", "processor", "a c", "b"), stage("q", "processor", "b", "c"))
    issue = found(value).issues[0]
    assert issue.code == "VALIDATION_0002"
    assert "p, q" in issue.text


def test_lane_that_nobody_writes_is_unreachable() -> None:
    """0002 names the stage that waits for it, and everything behind it."""
    value = flow(
        stage("o", "origin", "", "a"),
        stage("t", "target", "a"),
        stage("p", "processor", "x", "b"),
        stage("u", "target", "b"),
    )
    assert "p, u" in found(value).issues[0].text


def test_parts_that_hang_apart_are_told_when_all_else_is_right() -> None:
    """0002 again: an event branch of its own cannot be reached, but only a flow without other issues is told so."""
    apart = (stage("o", "origin", "", "a"), stage("t", "target", "a"))
    value = flow(*apart, stage("q", "origin", "", "c"), stage("u", "target", "c"))
    assert codes(value) == ["0004"]
    assert "0002" not in codes(value)


def test_output_that_nobody_reads_is_open() -> None:
    """0011 lists the lanes as additional information, and leaves the flow previewable."""
    value = flow(stage("o", "origin", "", "a"))
    issue = only(value)
    assert (issue.code, issue.level, issue.config_group) == ("VALIDATION_0011", "STAGE", None)
    assert issue.document()["additionalInfo"] == {"openStreams": ["a"]}
    assert issue.text.startswith("Nothing reads the output of")
    assert found(value).previewable


def test_open_outputs_of_several_are_told_by_their_numbers() -> None:
    """Names of lanes are often made up, so the number says which one it is."""
    issues = found(flow(stage("o", "origin", "", "a b c"), stage("t", "target", "b"))).issues
    assert any("output 1 (a), output 3 (c) of" in issue.text for issue in issues)


def test_event_lane_that_nobody_reads_is_open() -> None:
    """0104 does the same for events."""
    issue = only(flow(stage("o", "origin", "", "a", "e"), stage("t", "target", "a")))
    assert issue.code == "VALIDATION_0104"
    assert issue.document()["additionalInfo"] == {"openStreams": ["e"]}


def test_lane_of_two_stages_is_reported_at_the_flow() -> None:
    """0010 is a finding of the flow whose config group is the later stage."""
    value = flow(
        stage("o", "origin", "", "a"),
        stage("p", "processor", "a", "b"),
        stage("q", "processor", "a", "b"),
        stage("t", "target", "b"),
    )
    issue = only(value)
    assert (issue.code, issue.level, issue.config_group) == ("VALIDATION_0010", "PIPELINE", "q")


def test_two_lanes_between_two_stages_are_reported_at_the_flow() -> None:
    """0039 for stages that share more than one lane."""
    rows = {"lanes": [{"outputLane": "b", "predicate": "${x}"}, {"outputLane": "c", "predicate": "default"}]}
    value = flow(
        stage("o", "origin", "", "a"), stage("s", "selector", "a", "b c", settings=rows), stage("t", "target", "b c")
    )
    issue = only(value)
    assert (issue.code, issue.config_group) == ("VALIDATION_0039", "t")


def test_stage_reads_records_or_events() -> None:
    """0103 names the first stage that reads both; what a stage makes of events counts as events."""
    value = flow(
        stage("o", "origin", "", "a", "e"),
        stage("p", "processor", "e", "b"),
        stage("t", "target", "a b"),
        stage("u", "target", "a b"),
    )
    issue = only(value)
    assert (issue.code, issue.level) == ("VALIDATION_0103", "PIPELINE")
    assert issue.text.startswith("t ")


def test_running_order_keeps_the_document_order_where_it_can() -> None:
    """Stages without inputs come as they are; a stage follows those that feed it."""
    value = flow(stage("t", "target", "b"), stage("p", "processor", "a", "b"), stage("o", "origin", "", "a"))
    assert [each.instance_name for each in sort_stages(value)] == ["o", "p", "t"]


def _passes(stages: list[StageInstance]) -> list[str]:
    """The order by repeated passes, written down plainly."""
    left, made, done = list(stages), set[str](), list[str]()
    while True:
        taken = []
        for each in left:
            if made.issuperset(each.input_lanes):
                made.update(each.lanes_out)
                taken.append(each)
        if not taken:
            return done + [each.instance_name for each in left]
        done += [each.instance_name for each in taken]
        left = [each for each in left if each not in taken]


LANES = st.lists(st.sampled_from("abcdefgh"), max_size=3, unique=True).map(" ".join)


@given(st.lists(st.tuples(LANES, LANES), max_size=12))
def test_running_order_equals_repeated_passes(lanes: list[tuple[str, str]]) -> None:
    """On any graph, loops and doubled lanes included, the order is that of the engine's passes."""
    stages = [stage(f"s{at}", "processor", inputs, outputs) for at, (inputs, outputs) in enumerate(lanes)]
    assert [each.instance_name for each in order_of(stages).stages] == _passes(stages)


def test_a_right_flow_is_connected() -> None:
    """No finding about parts that hang apart in an ordinary flow."""
    assert codes(straight()) == []


def test_parts_that_share_no_lane_hang_apart() -> None:
    """Whatever the direction of links, what hangs together with the first stage is one part."""
    part = (
        stage("o", "origin", "", "a", "e"),
        stage("p", "processor", "a", "b"),
        stage("q", "processor", "", "b"),
        stage("x", "executor", "e"),
    )
    assert list(check_connected(part)) == []
    assert list(check_connected(())) == []
    (issue,) = check_connected((*part, stage("u", "processor", "c", "d"), stage("v", "target", "d")))
    assert (issue.code, issue.level) == ("VALIDATION_0002", "PIPELINE")
    assert "stage: u, v;" in issue.text


def test_lanes_are_told_for_each_pair_of_stages() -> None:
    """0010 for outputs and for events; a lane twice in one stage, or an output that is an event lane, is not seen."""
    doubled = (
        stage("p", "origin", "", "b", "e"),
        stage("q", "origin", "", "b", "e"),
        stage("r", "origin", "", "b", "f"),
    )
    issues = [each for each in check_lanes(doubled, fragment=True) if each.code == "VALIDATION_0010"]
    assert [each.config_group for each in issues] == ["q", "q", "r", "r"]
    unseen = (stage("p", "origin", "", "a a", "e"), stage("q", "origin", "", "e", "a"))
    assert list(check_lanes(unseen, fragment=True)) == []


def test_a_lane_counts_as_read_by_later_stages_only() -> None:
    """What an earlier stage reads, or the stage itself, is open all the same; in a fragment nothing is."""
    stages = (stage("p", "processor", "b", "a"), stage("q", "processor", "c", "b c"))
    assert [each.instance_name for each in check_lanes(stages, fragment=False)] == ["p", "q"]
    assert list(check_lanes(stages, fragment=True)) == []


def test_events_stay_events() -> None:
    """What a stage makes of events, and the events of any stage, are on the side of events; of records, on theirs."""
    side = (
        stage("o", "origin", "", "a", "e"),
        stage("p", "processor", "a", "b", "f"),
        stage("q", "processor", "e", "c"),
        stage("t", "target", "b"),
        stage("u", "executor", "c f"),
    )
    assert list(check_event_paths(side)) == []
    (issue,) = check_event_paths((*side[:3], stage("t", "target", "b c"), stage("u", "target", "a f")))
    assert issue.text.startswith("t ")
    assert list(check_event_paths(())) == []


def test_running_order_has_records_before_events() -> None:
    """What waits for events, straight or through others, comes after the rest."""
    value = flow(
        stage("o", "origin", "", "a", "e"),
        stage("x", "processor", "e", "x"),
        stage("y", "target", "x"),
        stage("t", "target", "a"),
    )
    assert [each.instance_name for each in running_order(value)] == ["o", "t", "x", "y"]
