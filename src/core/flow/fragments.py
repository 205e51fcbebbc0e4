"""Fragments: placeholder stages of a flow replaced by the stages they stand for, for validation and preview.

Exports keep the placeholders: nobody but a validation or a run needs the resolved flow.
"""

from collections.abc import Iterator, Mapping

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
    return attrs.evolve(flow, stages=tuple(stage for stage, _ in _walk(flow) if not is_placeholder(stage)))


def unresolved(flow: Flow) -> tuple[StageInstance, ...]:
    """The placeholders that stand for nothing, on the canvas and in fragments: missing ones, and circles.

    Raises:
        LimitError: as ``resolve_fragments``.
    """
    return tuple(stage for stage, fragment in _walk(flow) if is_placeholder(stage) and fragment is None)


def placeholder_key(stage: StageInstance) -> Key:
    """The fragment id and instance id that a placeholder names."""
    return (_text(stage.configuration.get(FRAGMENT_ID)), _text(stage.configuration.get(FRAGMENT_INSTANCE_ID)))


def fragment_key(fragment: Flow) -> Key:
    """The fragment id and instance id of a fragment that a flow holds."""
    fragment_id = _text(fragment.extra.get("fragmentId")) or _text(fragment.pipeline_id)
    return (fragment_id, _text(fragment.extra.get("fragmentInstanceId")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


Scope = Mapping[Key, Flow]


def _scope(fragments: tuple[Flow, ...]) -> Scope:
    """Fragments by their ids; the first, where a broken file has two."""
    return {fragment_key(each): each for each in reversed(fragments)}


def _walk(flow: Flow) -> Iterator[tuple[StageInstance, Flow | None]]:
    """Every stage in order, those of fragments behind their placeholder; beside a placeholder its fragment.

    Fragments are looked for in the one that a placeholder stands in, then outside of it.
    """
    count = 0
    open_: list[tuple[Iterator[StageInstance], tuple[Scope, ...], frozenset[Key]]]
    open_ = [(iter(flow.stages), (_scope(flow.fragments),), frozenset())]
    while open_:
        stages, scopes, inside = open_[-1]
        stage = next(stages, None)
        if stage is None:
            open_.pop()
            continue
        count += 1
        if count > MAX_STAGES:
            raise LimitError(f"flow {flow.name!r}", "fragments", f"they grow to more than {MAX_STAGES} stages")
        if not is_placeholder(stage):
            yield stage, None
            continue
        key = placeholder_key(stage)
        fragment = None if key in inside else next((scope[key] for scope in scopes if key in scope), None)
        yield stage, fragment
        if fragment is not None:
            nested = (_scope(fragment.fragments), *scopes) if fragment.fragments else scopes
            open_.append((iter(fragment.stages), nested, inside | {key}))
