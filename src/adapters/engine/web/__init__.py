"""HTTP Client: origin, processor and destination over one client, which is loaded when a flow has one of them."""

from typing import TYPE_CHECKING

from ....core.plan.model import StagePlan
from ....core.processors.api import Process, Tools
from ....core.processors.registry import processor

if TYPE_CHECKING:
    from .origin import HttpOrigin


def http_origin(plan: StagePlan, tools: Tools) -> "HttpOrigin":
    """The origin of a plan."""
    from .origin import HttpOrigin

    return HttpOrigin(plan, tools)


@processor("com_streamsets_pipeline_stage_processor_http_HttpDProcessor")
def http_processor(plan: StagePlan, tools: Tools) -> Process:
    """The processor of a plan."""
    from .processor import HttpProcessor

    return HttpProcessor(plan, tools)


@processor("com_streamsets_pipeline_stage_destination_http_HttpClientDTarget")
def http_destination(plan: StagePlan, tools: Tools) -> Process:
    """The destination of a plan."""
    from .destination import HttpDestination

    return HttpDestination(plan, tools)
