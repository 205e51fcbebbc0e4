"""Fragments of a flow: new ones, and a changed one in the place of the one that is there."""

import attrs

from ..flow.model import Flow
from ..flow.settings import EMPTY_SETTINGS
from ..flow.upgrade import NEWEST_FRAGMENT_SCHEMA
from ..values import JsonMap
from .stages import checked_name

FRAGMENT_VERSION = 2
"""The version of a fragment's settings, of which there are none."""


def new_fragment(name: str, fragment_id: str, instance_id: str, description: str = "") -> Flow:
    """A fragment without stages and settings; a placeholder stands for it that names both ids.

    Raises:
        InvalidValueError: for an empty name.
    """
    checked_name(name, "fragment name")
    return as_fragment(
        Flow(name=name, title=name, description=description, document_description=description), fragment_id, instance_id
    )


def as_fragment(flow: Flow, fragment_id: str, instance_id: str) -> Flow:
    """The flow as a fragment: its stages stay, the settings and special stages that only a pipeline has go."""
    extra = {**flow.extra, "fragmentId": fragment_id, "fragmentInstanceId": instance_id}
    return attrs.evolve(
        flow,
        fragment=True,
        schema_version=NEWEST_FRAGMENT_SCHEMA,
        version=FRAGMENT_VERSION,
        pipeline_id=None,
        configuration=EMPTY_SETTINGS,
        error_stage=None,
        stats_stage=None,
        test_origin=None,
        start_stages=(),
        stop_stages=(),
        extra=JsonMap(extra),
    )


def add_fragment(flow: Flow, fragment: Flow) -> Flow:
    """The flow with one more fragment at the end of those that it holds."""
    return attrs.evolve(flow, fragments=(*flow.fragments, fragment))


def with_fragment(flow: Flow, at: int, fragment: Flow) -> Flow:
    """The flow with a fragment in the place of the one that stands there."""
    if flow.fragments[at] is fragment:
        return flow
    return attrs.evolve(flow, fragments=(*flow.fragments[:at], fragment, *flow.fragments[at + 1 :]))
