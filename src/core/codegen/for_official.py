"""A plan as a script for the service's own client, as far as that one can express it."""

from collections.abc import Iterator
from typing import TypeAlias

import attrs

from ..catalogue.definitions import Catalogue
from ..catalogue.names import official_name
from ..edit.basics import definition_of
from ..edit.special import Slot
from ..flow.model import StageInstance
from ..values import Json, JsonMap
from .details import Group
from .finding import finding_of
from .for_penstock import SETTERS, code_call
from .literals import call, quoted, remark
from .planning import Plan
from .steps import (
    FLOW,
    AddFragment,
    AddStage,
    AddUnknown,
    Arrange,
    AsFragment,
    ClearSpecial,
    Facts,
    Finding,
    Label,
    Lanes,
    Link,
    Position,
    Predicates,
    Raw,
    Set,
    SetSpecial,
    Step,
    UseSet,
    stage_named,
)
from .writing import Writer, indented, stages_used

CLIENT = "ibm_watsonx_data_integration"
IMPORTS = (
    f"from {CLIENT}.common.auth import IAMAuthenticator",
    f"from {CLIENT}.cpd_models import Project",
    f"from {CLIENT}.platform import Platform",
    f"from {CLIENT}.services.streamsets.models import StreamingFlow",
)
MAIN = """if __name__ == "__main__":
    platform = Platform(IAMAuthenticator(os.environ["API_KEY"]))
    print(build(platform.projects.get(name=os.environ["PROJECT"])))"""

# settings that every flow of the client has; others depend on the version of its template
ALWAYS = frozenset(
    {"badRecordsHandling", "constants", "deliveryGuarantee", "errorRecordPolicy", "executionMode", "maxRunners"}
    | {"notifyOnStates", "rateLimit", "retryAttempts", "shouldRetry", "webhookConfigs", "emailIDs"}
)
MIRRORS = frozenset(slot.mirror for slot in Slot)
Kept: TypeAlias = AddStage | SetSpecial | Label | Set | Raw | Predicates | Link | Position | Arrange | UseSet
ADDING = (AddStage, SetSpecial)


def official_script(plan: Plan) -> str:
    """The text of the module; what the client cannot express is named in comments at the end of the function."""
    writer = Writer(uses_environment=True)
    body = _Body(plan, writer)
    lines = list(body.lines())
    arguments: list[tuple[str, Json]] = [("name", plan.name)]
    if plan.target.description:
        arguments.append(("description", plan.target.description))
    build = [
        "def build(project: Project) -> StreamingFlow:",
        indented(['"""Keeps the flow in a project and gives it back."""']),
        indented([call("flow = project.create_flow", arguments, 4), *lines]),
        indented(["", *body.remarks(), "project.update_flow(flow)", "return flow"]),
    ]
    return writer.module(f"Builds the flow '{remark(plan.target.name)}'.", IMPORTS, "\n".join(build), [MAIN])


class _Body:
    """The statements of the function, and what was left out."""

    def __init__(self, plan: Plan, writer: Writer) -> None:
        self.plan, self.writer = plan, writer
        self.left_out: dict[str, None] = {}
        self.there: set[str] = set()
        self.links: list[Step] = []
        self.blocks = [self._kept(block) for block in (self._error_stage(), *plan.special, plan.settings, *plan.stages)]
        self.blocks.append(self._kept(plan.links))
        self.blocks.append(self._kept(plan.places))
        self.miss_details()
        used_by = [step for block in self.blocks for step in block if not isinstance(step, ADDING)]
        self.used = stages_used(used_by, frozenset())

    def _error_stage(self) -> list[Step]:
        """The step that sets the error stage where the plan has none: a new flow of this client has another one."""
        held = self.plan.target.error_stage
        if held is None or any(isinstance(s, SetSpecial) and s.slot is Slot.ERROR for s in self.plan.steps()):
            return []
        finding = finding_of(held, self.plan.catalogue, "error")
        return [] if finding is None else [SetSpecial(held.instance_name, Slot.ERROR, finding, named=False)]

    def _kept(self, steps: list[Step]) -> list[Kept]:
        return [made for step in steps if (made := self._expressed(step)) is not None]

    def miss(self, text: str) -> None:
        """Notes that something was left out."""
        self.left_out[text] = None

    def miss_details(self) -> None:
        """Notes what the document says beside the flow itself."""
        names = {"Kind": "stage versions and libraries", "Ui": "facts of the canvas", "DropUi": "facts of the canvas"}
        names |= {"Raw": "settings as raw as they are in the document", "Drop": "that settings are absent"}
        names |= {"DropService": "that services are absent"}
        for step in (*self.plan.start, *self.plan.details):
            if isinstance(step, Facts):
                self.miss("engine, schema and pipeline version, metadata")
            elif isinstance(step, AsFragment):
                self.miss("that this is a fragment")
            else:
                self.miss(names[type(step.step if isinstance(step, Group) else step).__name__])

    def _expressed(self, step: Step) -> Kept | None:
        """The step when the client can do it, perhaps in part; else it is noted."""
        plan = self.plan
        match step:
            case AddStage() | SetSpecial() if not self._can_add(step.stage):
                self.miss(f"stage {remark(self._label(step.stage))}: the client fails on its services")
                return None
            case AddStage():
                if step.named:
                    self.miss("instance names: the client makes its own")
                if step.finding.library is not None:
                    self.miss("stage libraries: the service takes one of its own")
                self.there.add(step.stage)
                stage = stage_named(plan.target, step.stage)
                return attrs.evolve(step, finding=_finding(stage, step.finding, plan.catalogue))
            case SetSpecial():
                if step.slot is Slot.TEST_ORIGIN:
                    self.miss(f"{step.slot.label} {remark(self._label(step.stage))}")
                    return None
                self.there.add(step.stage)
                return attrs.evolve(step, finding=attrs.evolve(step.finding, library=None))
            case AddUnknown():
                self.miss(f"stage {remark(self._label(step.stage))}: not in the catalogue")
                return None
            case AddFragment():
                self.miss(f"fragment {remark(step.fragment.name)}")
                return None
            case ClearSpecial():
                self.miss(f"that there is no {step.slot.label} stage")
                return None
            case Lanes():
                self.miss(f"names of the lanes of {remark(self._label(step.stage))}")
                return None
            case Link():
                targets = tuple(each for each in step.targets if each in self.there)
                if not self._can_link(step):
                    self.miss(f"links of {remark(self._label(step.stage))}: the client gives it no such lane")
                    return None
                return attrs.evolve(step, targets=targets) if targets and step.stage in self.there else None
            case Raw():
                return self._raw(step)
            case Set() if step.stage == FLOW:
                return None if step.raw_name in MIRRORS else step
            case Set() | Predicates() | Label() | Position():
                return step if not step.stage or step.stage in self.there else None
            case Arrange() | UseSet():
                return step
        self.miss(f"services of {remark(self._label(getattr(step, 'stage', '')))}")
        return None

    def _can_add(self, stage: str) -> bool:
        """False for a stage with a service that has no settings, which the client cannot take."""
        definition = definition_of(stage_named(self.plan.target, stage), self.plan.catalogue)
        services = [self.plan.catalogue.service(use.service) for use in definition.services] if definition else []
        return all(service is not None and service.settings for service in services)

    def _can_link(self, step: Link) -> bool:
        """True when a stage that was just added has the lane: the client makes those that the definition counts."""
        definition = definition_of(stage_named(self.plan.target, step.stage), self.plan.catalogue)
        if step.event or step.predicated or definition is None:
            return True
        lanes = 1 if definition.driven_by == "lanePredicates" else definition.output_streams
        return (step.output or 0) < lanes

    def _raw(self, step: Raw) -> Raw | None:
        """The settings among these that the client's stages have."""
        if step.stage and step.stage not in self.there:
            return None
        if step.stage == FLOW:
            known = {each.name for each in self.plan.catalogue.pipeline().settings}
        else:
            stage = stage_named(self.plan.target, step.stage)
            definition = definition_of(stage, self.plan.catalogue)
            service = self.plan.catalogue.service(step.service)
            holder = service if step.service else definition
            known = {each.name for each in holder.settings} if holder is not None else set()
            if definition is not None and definition.driven_by in step.values:
                known -= {definition.driven_by}
        kept = {name: value for name, value in step.values.items() if name in known and name not in MIRRORS}
        if len(kept) < len(step.values):
            owner = f"of {remark(self._label(step.stage))}" if step.stage else "of the flow"
            self.miss(f"settings {owner} that no definition knows")
        return attrs.evolve(step, values=type(step.values)(kept)) if kept else None

    def _label(self, stage: str) -> str:
        return stage_named(self.plan.target, stage).label if stage else self.plan.name

    def lines(self) -> Iterator[str]:
        """Every statement in order, with blank lines between blocks."""
        for at, block in enumerate(self.blocks):
            if block:
                yield ""
            unsure = {name: value for step in block for name, value in _unsure(step)}
            for step in block:
                if not any(True for _ in _unsure(step)):
                    yield from self._statements(step)
            if unsure:
                yield self.writer.assign("settings", JsonMap(unsure), 4)
                yield "for name in settings:"
                yield "    if name in flow.configuration:"
                yield "        flow.configuration[name] = settings[name]"
            if at == len(self.blocks) - 1 and not (block and isinstance(block[-1], Arrange)):
                yield "flow.use_auto_arrange(False)"

    def remarks(self) -> Iterator[str]:
        """Comments that name what was left out."""
        missing = [*self.left_out, *self.plan.missing]
        if missing:
            yield "# left out, because this client has no way to say it:"
            for text in missing:
                yield f"# - {remark(text, 72)}"

    def var(self, stage: str) -> str:
        """The variable of a stage, or of the flow."""
        return self.plan.variables[stage] if stage else "flow"

    def _statements(self, step: Kept) -> Iterator[str]:
        var = self.var(getattr(step, "stage", ""))
        match step:
            case AddStage() | SetSpecial():
                target = f"{var} = " if step.stage in self.used else ""
                verb = SETTERS[step.slot] if isinstance(step, SetSpecial) else "add_stage"
                yield call(f"{target}flow.{verb}", step.finding.arguments(), 4)
            case Label():
                yield self.writer.assign(f"{var}.name", step.text, 4)
            case Set():
                yield self._set(step, var)
            case Raw():
                for name, value in step.values.items():
                    yield self.writer.setting(var, Set(step.stage, name, value, name), value, 4)
            case Predicates():
                yield self.writer.assign(f"{var}.predicates", step.rows, 4)
            case Link():
                yield self._link(step, var)
            case Position():
                yield call(f"{var}.ui_info.update", [("xPos", step.x), ("yPos", step.y)], 4)
            case Arrange():
                yield "flow.auto_arrange()"
            case UseSet():
                yield f"flow.use_parameter_set({_set_function(step, self.writer)}(project))"

    def _set(self, step: Set, var: str) -> str:
        """As an attribute where the client has it under the same name, by raw name otherwise."""
        by_attribute = step.attribute and step.stage in self.plan.target.index() and self._same_name(step)
        shown = step if by_attribute else attrs.evolve(step, name=step.raw_name, attribute=False)
        return self.writer.setting(var, shown, step.value, 4)

    def _same_name(self, step: Set) -> bool:
        stage = stage_named(self.plan.target, step.stage)
        definition = definition_of(stage, self.plan.catalogue)
        services = [self.plan.catalogue.service(each.service) for each in stage.services]
        known = [each for holder in (definition, *services) if holder is not None for each in holder.settings]
        return any(
            each.name == step.raw_name and official_name(each.label, each.field_name) == step.name for each in known
        )

    def _link(self, step: Link, var: str) -> str:
        targets = [self.var(each) for each in step.targets]
        if step.event:
            return code_call(f"{var}.connect_event_to", targets, 4)
        if step.output is not None:
            by_condition = f"predicate={var}.predicates[{step.output}]"
            targets.append(by_condition if step.predicated else f"output_idx={step.output}")
        return code_call(f"{var}.connect_output_to", targets, 4)


def _unsure(step: Kept) -> Iterator[tuple[str, Json]]:
    """The settings of the flow in a step that not every flow of the client has."""
    if isinstance(step, Set) and step.stage == FLOW and step.raw_name not in ALWAYS:
        yield step.raw_name, step.value
    elif isinstance(step, Raw) and step.stage == FLOW:
        yield from step.values.items()


def _finding(stage: StageInstance, finding: Finding, catalogue: Catalogue) -> Finding:
    """The words that mean one kind only for this client, which takes the first that fits; no library is named.

    A service offers a kind in the library that its engine has, which need not be the one of the document.
    """
    definition = definition_of(stage, catalogue)
    if definition is None or finding.name is not None:
        return attrs.evolve(finding, library=None)
    rivals = [each for each in catalogue.summaries() if each.label == definition.label and each.name != definition.name]
    if not rivals:
        return Finding(definition.label)
    if all(each.type is not definition.type for each in rivals):
        return Finding(definition.label, type=definition.type.word)
    return Finding(name=definition.name)


def _set_function(step: UseSet, writer: Writer) -> str:
    function = writer.names.name(f"{step.name} parameters", suffix="parameters")
    made: list[tuple[str, Json]] = [("name", step.name)]
    if step.description:
        made.append(("description", step.description))
    lines = [
        f'"""The parameter set \'{remark(step.name)}\', made when the project has none."""',
        f"for found in project.parameter_sets.get_all(name={quoted(step.name)}):",
        "    return found",
        call("made = project.create_parameter_set", made, 4),
    ]
    for key, value, description in step.rows:
        row: list[tuple[str, Json]] = [("parameter_type", "string"), ("name", key), ("value", value)]
        lines.append(call("made.add_parameter", row + ([("description", description)] if description else []), 4))
    lines += ["project.update_parameter_set(made)", f"return project.parameter_sets.get(name={quoted(step.name)})"]
    writer.functions.append(f"def {function}(project: Project):\n{indented(lines)}")
    return function
