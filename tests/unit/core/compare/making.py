"""Small flows for tests of differences and merges."""

from penstock.core import decode_flow
from penstock.core.flow.model import Flow


def stage(name: str, **changes: object) -> dict[str, object]:
    """A stage with one output; ``changes`` replace keys of its document."""
    return {
        "instanceName": name,
        "library": "lib",
        "stageName": "kind",
        "stageVersion": "1",
        "configuration": [{"name": "a", "value": 1}, {"name": "password", "value": "hidden"}],
        "uiInfo": {"label": name, "xPos": 50, "yPos": 50},
        "inputLanes": [],
        "outputLanes": [f"{name}Out"],
        "eventLanes": [],
        "services": [],
        **changes,
    }


def flow(*stages: dict[str, object], **parts: object) -> Flow:
    """A flow with these stages."""
    return decode_flow({"schemaVersion": 6, "title": "T", "configuration": [], "stages": list(stages), **parts})


def settings(**values: object) -> list[dict[str, object]]:
    """Settings as a document holds them."""
    return [{"name": name, "value": value} for name, value in values.items()]


def selector(*lanes: str, **changes: object) -> dict[str, object]:
    """A stage with a predicate for each lane, the last one the default."""
    predicates = [{"outputLane": lane, "predicate": f"${{{lane}}}"} for lane in lanes[:-1]]
    rows = [*predicates, {"outputLane": lanes[-1], "predicate": "default"}]
    return stage("S", configuration=settings(lanePredicates=rows), outputLanes=list(lanes), **changes)


def within(body: dict[str, object], **around: object) -> Flow:
    """A flow in the envelope of an export."""
    pipeline = {"schemaVersion": 6, "title": "T", "configuration": [], "stages": [], **body}
    return decode_flow({"pipelineConfig": pipeline, "pipelineRules": None, "libraryDefinitions": None, **around})
