"""Importing as a pure plan: existing names × archive × conflict resolution → creates, replaces, renames, skips."""

from collections.abc import Iterable, Mapping
from enum import Enum

import attrs

from .errors import InvalidValueError, nearest
from .flow.document import document_name
from .flow.model import Flow, FlowId


class Resolution(Enum):
    """What happens to an imported flow whose name is in use."""

    SKIP = "skip"
    REPLACE = "replace"
    RENAME = "rename"

    @classmethod
    def of(cls, word: object) -> "Resolution":
        """The resolution for one of the three words.

        Raises:
            InvalidValueError: for another word, with the nearest.
        """
        for each in cls:
            if word is each or word == each.value:
                return each
        words = [each.value for each in cls]
        raise InvalidValueError("conflict_resolution", word, ", ".join(words), nearest(str(word), words))


@attrs.frozen
class Create:
    """A flow that will be new; ``renamed_from`` is its name in the archive when that was in use."""

    flow: Flow
    renamed_from: str | None = None


@attrs.frozen
class Replace:
    """A flow that will take the place of a stored one, as its next revision."""

    flow_id: FlowId
    flow: Flow


@attrs.frozen
class Skip:
    """A flow that stays out because its name is in use."""

    flow: Flow
    flow_id: FlowId


@attrs.frozen
class ImportPlan:
    """Steps in the order of the archive; nothing has happened yet."""

    steps: tuple[Create | Replace | Skip, ...] = ()


def plan_import(flows: Iterable[Flow], existing: Mapping[str, FlowId], resolution: Resolution) -> ImportPlan:
    """What importing ``flows`` into a project with these names does.

    Two flows of one archive with the same name are treated like a conflict with an existing one, except that
    ``replace`` never lets the second overwrite the first: it is renamed.
    """
    taken = dict.fromkeys(existing)
    steps: list[Create | Replace | Skip] = []
    replaced: set[str] = set()
    for flow in flows:
        if flow.name not in taken:
            steps.append(Create(flow))
        elif resolution is Resolution.SKIP and flow.name in existing:
            steps.append(Skip(flow, existing[flow.name]))
            continue
        elif resolution is Resolution.REPLACE and flow.name in existing and flow.name not in replaced:
            steps.append(Replace(existing[flow.name], flow))
            replaced.add(flow.name)
        else:
            steps.append(Create(renamed(flow, free_name(flow.name, taken)), renamed_from=flow.name))
        taken[steps[-1].flow.name] = None
    return ImportPlan(tuple(steps))


def settled(plan: ImportPlan, held: Mapping[FlowId, Flow], engine_version: str) -> ImportPlan:
    """The plan with what files do not tell: a replaced flow stays in its environment, others get an engine version.

    ``held`` is the stored flows that the plan replaces.
    """
    steps: list[Create | Replace | Skip] = []
    for step in plan.steps:
        flow = step.flow
        if isinstance(step, Replace) and step.flow_id in held:
            old = held[step.flow_id]
            flow = attrs.evolve(
                flow,
                environment_id=flow.environment_id or old.environment_id,
                engine_version=flow.engine_version or old.engine_version,
                parameter_sets=flow.parameter_sets or old.parameter_sets,
            )
        flow = attrs.evolve(flow, engine_version=flow.engine_version or engine_version)
        steps.append(attrs.evolve(step, flow=flow))
    return ImportPlan(tuple(steps))


def outgoing(flow: Flow) -> Flow:
    """The flow as it leaves the project: its document carries the project's name and description, to come back so."""
    if document_name(flow) != flow.name:
        flow = attrs.evolve(flow, title=flow.name)
    if (flow.document_description or "") != flow.description:
        flow = attrs.evolve(flow, document_description=flow.description)
    return flow


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name with the first number in brackets that is free: ``orders (2)``."""
    used = taken if isinstance(taken, (dict, set, frozenset)) else set(taken)
    number = 2
    while (candidate := f"{name} ({number})") in used:
        number += 1
    return candidate


def renamed(flow: Flow, name: str) -> Flow:
    """The flow under another name; the title of its document follows where it was the name."""
    title = name if flow.title is None or flow.title == flow.name else flow.title
    return attrs.evolve(flow, name=name, title=title)
