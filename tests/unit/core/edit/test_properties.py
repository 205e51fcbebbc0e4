"""What holds after any sequence of edits."""

from collections.abc import Callable
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.adapters.packaged import packaged_catalogue
from penstock.core import edit
from penstock.core.catalogue.find import find_stage
from penstock.core.edit.links import LinkKind
from penstock.core.errors import UsageError
from penstock.core.flow.document import decode_flow, encode_flow
from penstock.core.flow.model import Flow

CATALOGUE = packaged_catalogue()
LABELS = ("Dev Raw Data Source", "Directory", "Stream Selector", "Dev Identity", "Record Deduplicator", "Trash")
Step = tuple[str, int, int, int]
ACTIONS = (
    *("add", "add", "add", "connect", "connect", "connect", "event", "disconnect", "remove", "copy"),
    *("rename", "relabel", "predicate", "unpredicate", "set", "arrange"),
)

steps = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    max_size=25,
)


def start() -> tuple[Flow, Callable[[], str]]:
    """An empty flow and ids that count."""
    numbers = count(1)
    new_id: Callable[[], str] = lambda: f"id-{next(numbers)}"  # noqa: E731
    error = find_stage(CATALOGUE, "Discard", role="error")
    return edit.new_flow("f", "", CATALOGUE, new_id=new_id, error_definition=error), new_id


def play(flow: Flow, step: Step, new_id: Callable[[], str]) -> Flow:
    """The flow after one step; a step that is refused leaves it as it is."""
    verb, first, second, number = step
    if verb == "add":
        definition = find_stage(CATALOGUE, LABELS[first % len(LABELS)])
        return edit.add_stage(flow, definition, CATALOGUE, new_id=new_id)[0]
    if not flow.stages:
        return flow
    one = flow.stages[first % len(flow.stages)].instance_name
    two = flow.stages[second % len(flow.stages)].instance_name
    try:
        match verb:
            case "connect":
                return edit.connect(flow, one, two, CATALOGUE, output=number if number < 3 else None)
            case "event":
                return edit.connect(flow, one, two, CATALOGUE, kind=LinkKind.EVENT)
            case "disconnect":
                return edit.disconnect(flow, one, two)
            case "remove":
                return edit.remove_stage(flow, one)
            case "copy":
                return edit.duplicate_stage(flow, one, CATALOGUE, new_id=new_id)[0]
            case "rename":
                return edit.rename_stage(flow, one, f"Renamed_{number}")
            case "relabel":
                return edit.relabel_stage(flow, one, f"Trash {number}")
            case "predicate":
                return edit.add_predicates(flow, one, [f"${{{number} == 1}}"], CATALOGUE, new_id=new_id)
            case "unpredicate":
                return edit.remove_predicate(flow, one, f"${{{number} == 1}}", CATALOGUE)
            case "set":
                return edit.set_stage_settings(flow, one, {"stageOnRecordError": "DISCARD"}, CATALOGUE)
            case _:
                return edit.auto_arrange(flow)
    except UsageError:
        return flow


@settings(max_examples=60, deadline=None)
@given(steps)
def test_a_flow_stays_sound_whatever_is_done_to_it(sequence: list[Step]) -> None:
    """Every lane that is read is produced, names and labels are unique, predicates and lanes are in step."""
    flow, new_id = start()
    for step in sequence:
        flow = play(flow, step, new_id)
    produced = {lane for stage in flow.stages for lane in stage.lanes_out}
    assert all(lane in produced for stage in flow.stages for lane in stage.input_lanes)
    assert all(len(set(stage.input_lanes)) == len(stage.input_lanes) for stage in flow.stages)
    names = [stage.instance_name for stage in flow.all_stages()]
    assert len(set(names)) == len(names)
    assert len(set(flow.labels())) == len(flow.stages)
    for stage in flow.stages:
        if "lanePredicates" in stage.configuration:
            predicates = edit.predicates_of(flow, stage.instance_name, CATALOGUE)
            assert tuple(each.output_lane for each in predicates) == stage.output_lanes
            assert predicates[-1].is_default


@settings(max_examples=40, deadline=None)
@given(steps)
def test_any_edited_flow_survives_its_document(sequence: list[Step]) -> None:
    """Encoding and decoding an edited flow gives the equal stages and settings."""
    flow, new_id = start()
    for step in sequence:
        flow = play(flow, step, new_id)
    back = decode_flow(encode_flow(flow))
    assert back.stages == flow.stages
    assert back.configuration == flow.configuration
    assert (back.name, back.error_stage) == (flow.name, flow.error_stage)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_names_looked_up_are_the_names_there_are(sequence: list[Step]) -> None:
    """The lookups that a growing flow keeps agree with its stages."""
    flow, new_id = start()
    for step in sequence:
        flow = play(flow, step, new_id)
        fresh = decode_flow(encode_flow(flow))
        assert dict(flow.index()) == dict(fresh.index())
        assert flow.labels() == fresh.labels()


@settings(max_examples=40, deadline=None)
@given(steps)
def test_earlier_values_never_change(sequence: list[Step]) -> None:
    """A value that was kept equals what it was when it was taken."""
    flow, new_id = start()
    kept: list[tuple[Flow, dict[str, object]]] = []
    for step in sequence:
        kept.append((flow, dict(encode_flow(flow))))
        flow = play(flow, step, new_id)
    assert all(encode_flow(earlier) == document for earlier, document in kept)
