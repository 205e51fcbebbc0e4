"""Previews as an engine answers them."""

from typing import Any

from penstock.core.preview import Preview, StageError, StageOutput
from penstock.core.records.record import Header, Record
from penstock.core.wire.previews import preview_document, preview_from

RECORD = Record({"a": 1}, Header("id", "Origin_01"))


def test_a_stage_shows_lanes_refused_records_events_and_faults() -> None:
    """Lists are there when they are empty; faults are null then. A stage that was left out has no entry."""
    origin = StageOutput("Origin_01", {"lane": (RECORD,)}, event_records=(RECORD,))
    target = StageOutput("End_01", input=(RECORD,), stage_errors=(StageError("X_01", "bad", 5),))
    document: Any = preview_document(Preview("FINISHED", ((origin, target),), skipped=("Left_01",)))
    ((first, last),) = document["batchesOutput"]
    assert (first["instanceName"], first["errorRecords"], first["stageErrors"]) == ("Origin_01", [], None)
    assert (len(first["output"]["lane"]), len(first["eventRecords"])) == (1, 1)
    assert not any(last["output"].values())
    (fault,) = last["stageErrors"]
    assert (fault["errorCode"], fault["localized"], fault["timestamp"]) == ("X_01", "bad", 5)


def test_a_preview_comes_back_as_it_was() -> None:
    """Also one that found that the flow cannot run."""
    shown = Preview("FINISHED", ((StageOutput("Origin_01", {"lane": (RECORD,)}),),))
    for preview in (shown, Preview("INVALID", message="no")):
        again = preview_from(preview_document(preview), {}, "test")
        assert (again.status, again.batches, again.message) == (preview.status, preview.batches, preview.message)
