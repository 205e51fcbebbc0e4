"""Destinations that keep what they receive, in this process and in workers; a clock and ids that stand still."""

import json
import os
import pickle
import re
import uuid
from collections import Counter
from pathlib import Path

from penstock.core.plan import StagePlan
from penstock.core.processors.api import Out, Process, Tools
from penstock.core.processors.registry import find, processor
from penstock.core.records.json_form import record_to_json
from penstock.core.records.record import EVENT_CREATION, Record
from penstock.sdk import compose

FOLDER = "PENSTOCK_TEST_CAPTURE"
KINDS = (
    "com_streamsets_pipeline_stage_destination_devnull_NullDTarget",
    "com_streamsets_pipeline_stage_destination_localfilesystem_LocalFileSystemDTarget",
    "com_streamsets_pipeline_stage_destination_recordstolocalfilesystem_ToErrorLocalFSDTarget",
)


class StillClock:
    """A clock that stands."""

    def now_ms(self) -> int:
        """Always the same moment."""
        return 1_767_225_600_000

    def monotonic_s(self) -> float:
        """The same in seconds."""
        return 0.0


class OneId:
    """Ids that are all the same."""

    def new_id(self) -> str:
        """The one id."""
        return "00000000-0000-4000-8000-000000000001"


def capture(plan: StagePlan, tools: Tools) -> Process:
    """A destination that appends its records to a file of its own."""
    folder = os.environ.get(FOLDER, "")
    # the folder is said per flow by a file, as workers keep their environment
    place = Path(folder, "now").read_text()
    path = Path(place, f"{plan.instance}~{uuid.uuid4()}")

    def process(batch: list[Record], out: Out) -> None:
        if batch:
            with path.open("ab") as opened:
                pickle.dump([record.copy() for record in batch], opened)

    return process


def load() -> None:
    """Registers the stages of the embedded engine, then these over some of them."""
    compose.load_stages()
    for kind in KINDS:
        if find(kind) is not capture:
            processor(kind)(capture)


def received(folder: Path) -> dict[str, Counter[str]]:
    """What every destination got, as a multiset of records with types, headers and lineage."""
    found: dict[str, Counter[str]] = {}
    for path in folder.iterdir():
        counts = found.setdefault(path.name.partition("~")[0], Counter())
        with path.open("rb") as opened:
            while True:
                try:
                    counts.update(shown(record) for record in pickle.load(opened))
                except EOFError:
                    break
    return found


def shown(record: Record) -> str:
    """A record as text; places of a test run in it have the same name everywhere."""
    record.attributes.pop(EVENT_CREATION, None)
    document = record_to_json(record)
    types = [type(value).__name__ for value in record.value.values()] if isinstance(record.value, dict) else []
    text = json.dumps([document, types], sort_keys=True, default=str)
    return re.sub(r"event:[\w\-]+:\d+:\d+", "event", re.sub(r'"job-\d+"', '"job"', text))
