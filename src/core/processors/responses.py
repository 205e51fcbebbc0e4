"""Send Response to Origin: records go back to whoever sent their batch."""

from ..plan.model import StagePlan
from ..records.record import Record
from .api import Out, Process, Tools
from .registry import processor

STATUS_CODE = "responseStatusCode"
HEADER_PREFIX = "responseHeader_"
RAW = "rawPayloadRecord"
"""A record whose value is the text of a response as it came."""
_NAMES = ("ToOriginResponseDTarget", "ToErrorOriginResponseDTarget")


def to_origin(plan: StagePlan, tools: Tools) -> Process:
    """Every record becomes part of the response, with the status and the headers of the stage."""
    given = plan.given if "statusCode" in plan.given else plan.given.under("responseConfig.")
    status, headers = given.text("statusCode", "200"), given.pairs("headers")
    told = {STATUS_CODE: status, **{HEADER_PREFIX + name: value for name, value in headers.items()}}

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            record.attributes.update(told)
            out.responses.append(record)

    return process


for _name in _NAMES:
    processor(f"com_streamsets_pipeline_stage_destination_tooriginresponse_{_name}")(to_origin)
