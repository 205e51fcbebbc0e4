"""Fragments: placeholder stages of a flow replaced by the stages they stand for, for validation and preview.

Exports keep the placeholders: nobody but a validation or a run needs the resolved flow.
"""

from collections.abc import Iterator, Sequence

import attrs

from ..errors import LimitError
from .document import MAX_STAGES
from .model import Flow, StageInstance

PLACEHOLDERS = frozenset(
    (
        "com_streamsets_pipeline_stage_origin_fragment_FragmentSource",
        "com_streamsets_pipeline_stage_processor_fragment_FragmentProcessor",
        "com_streamsets_pipeline_stage_destination_fragment_FragmentTarget",
    )
)
FRAGMENT_ID = "conf.fragmentId"
FRAGMENT_INSTANCE_ID = "conf.fragmentInstanceId"

Key = tuple[str, str]
"""Fragment id and fragment instance id: what a placeholder and its fragment have in common."""


def is_placeholder(stage: StageInstance) -> bool:
    """True for a stage that stands for the stages of a fragment."""
    return stage.stage_name in PLACEHOLDERS


def resolve_fragments(flow: Flow) -> Flow:
    """The flow with every placeholder replaced, in place, by the stages of its fragment, nested ones included.

    A placeholder whose fragment is missing, or that is inside that fragment itself, stands for nothing, as the
    engine has it; ``unresolved`` names them. The flow itself when it has no placeholder.

    Raises:
        LimitError: the fragments grow to more stages than a flow may have.
    """
    if not any(is_placeholder(stage) for stage in flow.stages):
        return flow
    stages: list[StageInstance] = []
    for stage in _resolved(flow.stages, (flow.fragments,), ()):
        stages.append(stage)
        if len(stages) > MAX_STAGES:
            raise LimitError(f"flow {flow.name!r}", "fragments", f"they grow to more than {MAX_STAGES} stages")
    return attrs.evolve(flow, stages=tuple(stages))


def unresolved(flow: Flow) -> tuple[StageInstance, ...]:
    """The placeholders on the canvas of a flow whose fragment the flow does not hold."""
    return tuple(stage for stage in flow.stages if is_placeholder(stage) and find_fragment(flow, stage) is None)


def find_fragment(flow: Flow, placeholder: StageInstance) -> Flow | None:
    """The fragment of a flow that a placeholder on its canvas stands for."""
    return _find(placeholder_key(placeholder), (flow.fragments,))


def placeholder_key(stage: StageInstance) -> Key:
    """The fragment id and instance id that a placeholder names."""
    return (_text(stage.configuration.get(FRAGMENT_ID)), _text(stage.configuration.get(FRAGMENT_INSTANCE_ID)))


def fragment_key(fragment: Flow) -> Key:
    """The fragment id and instance id of a fragment that a flow holds."""
    fragment_id = _text(fragment.extra.get("fragmentId")) or _text(fragment.pipeline_id)
    return (fragment_id, _text(fragment.extra.get("fragmentInstanceId")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _find(key: Key, scopes: Sequence[Sequence[Flow]]) -> Flow | None:
    return next((each for scope in scopes for each in scope if fragment_key(each) == key), None)


def _resolved(
    stages: Sequence[StageInstance], scopes: tuple[Sequence[Flow], ...], inside: tuple[Key, ...]
) -> Iterator[StageInstance]:
    """The stages with placeholders replaced; ``scopes`` are where fragments are looked for, the innermost first."""
    for stage in stages:
        if not is_placeholder(stage):
            yield stage
            continue
        key = placeholder_key(stage)
        fragment = None if key in inside else _find(key, scopes)
        if fragment is not None:
            yield from _resolved(fragment.stages, (fragment.fragments, *scopes), (*inside, key))
