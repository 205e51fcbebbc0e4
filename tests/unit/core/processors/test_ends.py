"""Promises of the stages for development and of the ends of a flow."""

import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools, find
from penstock.core.records.record import EVENT_TYPE, EVENT_VERSION, Record
from penstock.core.values import JsonMap, freeze

from .conftest import PREFIX, Play
from .given import codes, only, values

EVENT = "destination_ToEventTarget"
ERROR = "destination_toerror_ToErrorDTarget"
FINISH = "executor_finishpipeline_PipelineFinisherDExecutor"
CLONE = "devtest_RecordCreatorProcessor"


def test_dev_identity_passes_everything(play: Play) -> None:
    """As it is."""
    assert only(play("processor_identity_IdentityProcessor", {}, {"a": 1})) == {"a": 1}


def test_dev_record_creator_makes_two_of_one(play: Play) -> None:
    """Numbered in an attribute, with ids of their own and values of their own."""
    one, two = play(CLONE, {}, {"a": [1]}).lanes[0]
    assert [record.attributes["expanded"] for record in (one, two)] == ["1", "2"]
    assert [record.header.source_id for record in (one, two)] == ["r0_clone_1", "r0_clone_2"]
    assert one.value == two.value
    assert one.value is not two.value


def by_chance(*drawn: float, **settings: object) -> Out:
    """What a Dev Random Error makes of three records when these numbers are drawn."""
    frozen = freeze(settings)
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("S_01", PREFIX + "devtest_RandomErrorProcessor", StageType.PROCESSOR, given=Given(frozen))
    numbers = iter(drawn)
    build = find(plan.kind)
    assert build is not None
    out = Out(1)
    build(plan, Tools(plan, lambda: 0, lambda: next(numbers), lambda: "id"))([Record(1), Record(2), Record(3)], out)
    return out


@pytest.mark.parametrize(("discards", "refused"), [(False, 2), (True, 1)])
def test_dev_random_error_parts_by_chance(discards: bool, refused: int) -> None:
    """Below the first threshold a record passes, below the second it fails, above it fails or is dropped."""
    out = by_chance(0.3, 0.5, 0.2, 0.4, 0.9, 0.9, discardSomeRecords=discards)
    assert values(out) == [1]
    assert codes(out) == ["RANDOM_01"] * refused
    assert out.stage_errors == []


def test_dev_random_error_keeps_its_chances_for_500_batches() -> None:
    """Then it draws new ones: at first everything passes, then nothing."""
    plan = StagePlan("S_01", PREFIX + "devtest_RandomErrorProcessor", StageType.PROCESSOR)
    drawn = iter([1.0, 1.0, *[0.5, 0.9] * 500, 0.0, 0.0, *[0.5, 0.9]])
    build = find(plan.kind)
    assert build is not None
    stage = build(plan, Tools(plan, lambda: 0, lambda: next(drawn), lambda: "id"))
    passed = 0
    for _ in range(501):
        out = Out(1)
        stage([Record(1)], out)
        passed += len(out.lanes[0])
    assert passed == 500


def test_dev_random_error_reports_faults_of_batches() -> None:
    """By chance too."""
    assert [code for code, _ in by_chance(0.3, 0.5, 0.2, 0.2, 0.2, 0.4).reported] == ["RANDOM_02"]


@pytest.mark.parametrize("kind", ["NullDTarget", "ToErrorNullDTarget", "StatsNullDTarget", "StatsDpmDirectlyDTarget"])
def test_trash_takes_everything(play: Play, kind: str) -> None:
    """Nothing comes of it."""
    made = play(f"destination_devnull_{kind}", {}, {"a": 1})
    assert (made.errors, made.events, made.finish) == ([], [], False)


def test_to_event_makes_an_event_of_every_record(play: Play) -> None:
    """With its root, and a number in its id."""
    made = play(EVENT, {}, {"a": 1}, {"a": 2})
    assert [event.value for event in made.events] == [{"a": 1}, {"a": 2}]
    assert [event.attributes[EVENT_TYPE] for event in made.events] == ["event-target"] * 2
    assert {event.attributes[EVENT_VERSION] for event in made.events} == {"1"}
    assert [event.header.source_id for event in made.events] == ["event:event-target:1:1", "event:event-target:1:2"]


def test_to_error_refuses_every_record(play: Play) -> None:
    """With its code and a fixed message, whatever the message for the end of a run is."""
    errors = play(ERROR, {"errorMessage": "other"}, {"a": 1}, {"a": 2}).errors
    assert [(each.code, each.message) for each in errors] == [("TOERROR_00", "Sent to error by previous stage")] * 2


def test_to_error_can_end_the_run(play: Play) -> None:
    """With a message for the first record."""
    settings: dict[str, object] = {"stopPipelineOnError": True, "errorMessage": "no ${record:value('/a')}"}
    with pytest.raises(StopFault, match="TOERROR_01 - no 1"):
        play(ERROR, settings, {"a": 1})
    with pytest.raises(StopFault, match="TOERROR_01 - the message cannot be evaluated"):
        play(ERROR, {**settings, "errorMessage": "${1 + 'x'}"}, {"a": 1})


def test_the_finisher_asks_for_the_end_with_a_record(play: Play) -> None:
    """An empty batch does not; the offset is reset when told so."""
    assert not play(FINISH, {}).finish
    made = play(FINISH, {}, {"a": 1})
    assert (made.finish, made.reset_offset) == (True, False)
    assert play(FINISH, {"config.resetOffset": True}, {"a": 1}).reset_offset


@pytest.mark.parametrize(
    ("kind", "ends", "refused"),
    [
        ("no-more-data", True, []),
        ("other", False, ["PIPELINE_FINISHER_002"]),
        (None, False, ["PIPELINE_FINISHER_001"]),
    ],
)
def test_newer_finishers_wait_for_an_event(play: Play, kind: str | None, ends: bool, refused: list[str]) -> None:
    """Of the type that is set; other events and what is none are refused."""
    settings: dict[str, object] = {"config.reactToEvents": True, "config.eventType": "no-more-data"}
    made = play(FINISH, settings, {}, attributes={EVENT_TYPE: kind} if kind else {})
    assert (made.finish, codes(made)) == (ends, refused)
