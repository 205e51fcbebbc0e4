"""Small flows to store."""

from ..core.flow.document import decode_flow
from ..core.flow.model import Flow


def sample_flow(name: str = "flow", text: str = "", stages: int = 2) -> Flow:
    """A flow with an origin, processors and an end; ``text`` makes contents differ."""
    made = [
        {
            "instanceName": f"Stage_{at:02d}",
            "library": "streamsets-datacollector-dev-lib",
            "stageName": "com_streamsets_pipeline_stage_processor_identity_IdentityProcessor",
            "stageVersion": "1",
            "configuration": [{"name": "note", "value": text}, {"name": "number", "value": 1.0}],
            "uiInfo": {"label": f"Stage {at}", "xPos": 50 + 310 * at, "yPos": 50},
            "inputLanes": [f"lane{at - 1}"] if at else [],
            "outputLanes": [f"lane{at}"],
            "eventLanes": [],
            "services": [],
        }
        for at in range(stages)
    ]
    document = {"schemaVersion": 6, "title": name, "pipelineId": name, "configuration": [], "stages": made, "odd": 1.0}
    return decode_flow(document)
