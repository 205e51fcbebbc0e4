"""A plan as a script for penstock."""

from collections.abc import Iterable, Iterator

from ..edit.special import Slot
from ..values import Json
from .details import Group
from .literals import WIDTH, call, columns, flat, quoted, remark
from .planning import Plan
from .steps import (
    AddFragment,
    AddStage,
    AddUnknown,
    Arrange,
    AsFragment,
    ClearSpecial,
    Drop,
    DropService,
    DropUi,
    Facts,
    Kind,
    Label,
    Lanes,
    Link,
    Position,
    Predicates,
    Raw,
    Set,
    SetService,
    SetSpecial,
    Step,
    Ui,
    UseSet,
    rows_as_mapping,
)
from .writing import Writer, indented, stages_used

SETTERS = {
    Slot.ERROR: "set_error_stage",
    Slot.STATS: "set_stats_aggregator_stage",
    Slot.START: "set_start_event_stage",
    Slot.STOP: "set_stop_event_stage",
    Slot.TEST_ORIGIN: "set_test_origin_stage",
}
MAIN = """if __name__ == "__main__":
    with penstock.open_project("flows.db") as project:
        print(build(project))"""


def penstock_script(plan: Plan) -> str:
    """The text of the module."""
    writer = Writer()
    lines = list(_Body(plan, writer, "flow").lines())
    create = _create(plan)
    build = [
        "def build(project: penstock.Project) -> penstock.StreamingFlow:",
        indented(['"""Keeps the flow in a project and gives it back."""', create, *lines]),
        indented(["", "project.update_flow(flow)", "return flow"]),
    ]
    summary = f"Builds the flow '{remark(plan.target.name)}' with penstock."
    return writer.module(summary, ["import penstock"], "\n".join(build), [MAIN])


def _create(plan: Plan) -> str:
    arguments: list[tuple[str, Json]] = [("name", plan.name)]
    if plan.target.description:
        arguments.append(("description", plan.target.description))
    return call("flow = project.create_flow", arguments, 4)


class _Body:
    """The statements of one function: for the flow, or for one fragment."""

    def __init__(self, plan: Plan, writer: Writer, owner: str) -> None:
        self.plan, self.writer, self.owner = plan, writer, owner
        self.canvas = frozenset(stage.instance_name for stage in plan.target.stages)
        adding = (AddStage, AddUnknown, SetSpecial)
        self.used = stages_used((step for step in plan.steps() if not isinstance(step, adding)), self.canvas)
        self.functions: dict[str, str] = {}
        for name, inner in plan.fragments:
            self.functions[name] = _fragment_function(name, inner, writer)

    def lines(self) -> Iterator[str]:
        """Every statement in order, with blank lines between blocks and few remarks."""
        plan = self.plan
        yield from self._all(plan.start)
        for at, block in enumerate(plan.special):
            if not at or len(block) > 1 or len(plan.special[at - 1]) > 1:
                yield ""
            yield from self._all(block)
        for block in (plan.settings, *plan.stages):
            yield from self._section("", block)
        yield from self._section("", plan.links)
        yield from self._section("", plan.places)
        yield from self._section("# what else the document says: versions, canvas, settings", plan.details)
        for text in plan.missing:
            yield f"# left out: {remark(text)}"

    def _section(self, head: str, steps: list[Step]) -> Iterator[str]:
        if steps:
            yield ""
            if head:
                yield head
            yield from self._all(steps)

    def _all(self, steps: Iterable[Step]) -> Iterator[str]:
        for step in steps:
            yield self.statement(step, 4)

    def var(self, stage: str) -> str:
        """The variable of a stage, or of the flow."""
        return self.plan.variables[stage] if stage else self.owner

    def statement(self, step: Step, indent: int) -> str:
        """One statement; the first line without indentation."""
        if isinstance(step, Group):
            return self._group(step, indent)
        if isinstance(step, (AddStage, AddUnknown, SetSpecial)):
            return self._adding(step, indent)
        if isinstance(step, (Set, Raw, Drop)):
            return self._setting(step, indent)
        if isinstance(step, (Link, Lanes, Predicates)):
            return self._linking(step, indent)
        return self._other(step, indent)

    def _group(self, step: Group, indent: int) -> str:
        if len(step.stages) == 1:
            return self.statement(step.step, indent)
        named = set(step.stages)
        if self.canvas and self.canvas <= named:
            rest = [self.var(name) for name in step.stages if name not in self.canvas]
            over = f"(*{self.owner}.stages, {', '.join(rest)})" if rest else f"{self.owner}.stages"
            parts = [f"*{self.owner}.stages", *rest]
        else:
            parts = [self.var(name) for name in step.stages]
            over = f"({', '.join(parts)})"
        line = f"for stage in {over}:"
        if indent + columns(line) > WIDTH:
            inner = "".join(f"{' ' * (indent + 4)}{part},\n" for part in parts)
            line = f"for stage in (\n{inner}{' ' * indent}):"
        body = _Loop(self, step.stages[0]).statement(step.step, indent + 4)
        return f"{line}\n{' ' * (indent + 4)}{body}"

    def _adding(self, step: AddStage | AddUnknown | SetSpecial, indent: int) -> str:
        arguments: list[tuple[str, Json]]
        if isinstance(step, AddUnknown):
            verb = "add_unknown_stage"
            arguments = [("", step.name), ("version", step.version), ("library", step.library), ("type", step.type)]
            if step.outputs is not None:
                arguments.append(("outputs", step.outputs))
            if step.slot is not None:
                arguments.append(("slot", step.slot.name.lower()))
            arguments.append(("instance_name", step.stage))
        else:
            verb = SETTERS[step.slot] if isinstance(step, SetSpecial) else "add_stage"
            arguments = step.finding.arguments()
            if step.named:
                arguments.append(("instance_name", step.stage))
        target = f"{self.var(step.stage)} = " if step.stage in self.used else ""
        return call(f"{target}{self.owner}.{verb}", arguments, indent)

    def _setting(self, step: Set | Raw | Drop, indent: int) -> str:
        var = self.var(step.stage)
        service: list[tuple[str, Json]] = []
        if isinstance(step, Set):
            value = step.value
            if step.mapping:
                value = rows_as_mapping(value) or value
            return self.writer.setting(var, step, value, indent)
        if step.service:
            service.append(("service", step.service))
        if isinstance(step, Raw):
            self.writer.note(step.values)
            return call(f"{var}.update_raw", [("", step.values), *service], indent)
        return call(f"{var}.drop_raw", [*(("", each) for each in step.patterns), *service], indent)

    def _linking(self, step: Link | Lanes | Predicates, indent: int) -> str:
        var = self.var(step.stage)
        if isinstance(step, Predicates):
            return self.writer.assign(f"{var}.predicates", step.rows, indent)
        if isinstance(step, Lanes):
            parts = (("inputs", step.inputs), ("outputs", step.outputs), ("events", step.events))
            return call(f"{var}.set_lanes", [(name, lanes) for name, lanes in parts if lanes is not None], indent)
        targets = [self.var(each) for each in step.targets]
        if step.event:
            return code_call(f"{var}.connect_event_to", targets, indent)
        if step.output is not None:
            by_condition = f"predicate={var}.predicates[{step.output}]"
            targets.append(by_condition if step.predicated else f"output_idx={step.output}")
        return code_call(f"{var}.connect_output_to", targets, indent)

    def _other(self, step: Step, indent: int) -> str:
        var = self.var(getattr(step, "stage", ""))
        match step:
            case Label():
                return self.writer.assign(f"{var}.stage_name", step.text, indent)
            case ClearSpecial():
                return f"{var}.clear_special_stage({quoted(step.slot.name.lower())})"
            case SetService():
                return call(f"{var}.set_service", [("", step.service), ("version", step.version)], indent)
            case DropService():
                return call(f"{var}.drop_service", [("", step.service)], indent)
            case Kind():
                said = (("stage_version", step.version), ("library", step.library))
                lines = [self.writer.assign(f"{var}.{n}", v, indent) for n, v in said if v is not None]
                return f"\n{' ' * indent}".join(lines)
            case Ui():
                self.writer.note(step.values)
                return call(f"{var}.update_ui", [("", step.values)], indent)
            case DropUi():
                return call(f"{var}.drop_ui", [("", each) for each in step.keys], indent)
            case Arrange():
                return f"{var}.auto_arrange()"
            case Position():
                return f"{var}.position = ({flat(step.x)}, {flat(step.y)})"
            case UseSet():
                return f"{var}.use_parameter_set({_set_function(step, self.writer)}(project))"
            case Facts():
                return self._facts(step, indent)
            case AsFragment():
                arguments: list[tuple[str, Json]] = [("", step.fragment_id), ("", step.instance_id)]
                return call(f"{var}.make_fragment", arguments, indent)
            case AddFragment():
                return f"{self.functions[step.function]}({var})"
        raise TypeError(type(step).__name__)

    def _facts(self, step: Facts, indent: int) -> str:
        var, lines = self.owner, []
        if step.engine_version is not None:
            lines.append(self.writer.assign(f"{var}.engine_version", step.engine_version, indent))
        versions = (("schema", step.schema_version), ("pipeline", step.version))
        said: list[tuple[str, Json]] = [(name, value) for name, value in versions if value is not None]
        if said:
            lines.append(call(f"{var}.set_document_version", said, indent))
        if step.metadata is not None:
            lines.append(self.writer.assign(f"{var}.metadata", step.metadata, indent))
        return f"\n{' ' * indent}".join(lines)


class _Loop(_Body):
    """The body of a loop over stages: the first of them is called ``stage``."""

    def __init__(self, outer: _Body, first: str) -> None:
        self.plan, self.writer, self.owner = outer.plan, outer.writer, outer.owner
        self.first = first

    def var(self, stage: str) -> str:
        """``stage`` for the one that the loop is about."""
        return "stage" if stage == self.first else super().var(stage)


def code_call(head: str, arguments: list[str], indent: int) -> str:
    """A call whose arguments are code already."""
    line = f"{head}({', '.join(arguments)})"
    if indent + columns(line) <= WIDTH:
        return line
    inside = " " * (indent + 4)
    if len(inside) + columns(", ".join(arguments)) <= WIDTH:
        return f"{head}(\n{inside}{', '.join(arguments)}\n{' ' * indent})"
    return f"{head}(\n" + "".join(f"{inside}{each},\n" for each in arguments) + " " * indent + ")"


def _fragment_function(name: str, plan: Plan, writer: Writer) -> str:
    function = writer.names.name(name, suffix="add_fragment")
    body = _Body(plan, writer, "fragment")
    extra = plan.target.extra
    ids = [extra.get(key) for key in ("fragmentId", "fragmentInstanceId")]
    arguments: list[tuple[str, Json]] = [
        ("", plan.name),
        *(("", each if isinstance(each, str) else "") for each in ids),
    ]
    if plan.target.description:
        arguments.append(("description", plan.target.description))
    lines = [
        f'"""Adds the fragment \'{remark(plan.target.name)}\'."""',
        call("fragment = flow.add_fragment", arguments, 4),
        *body.lines(),
    ]
    writer.functions.append(f"def {function}(flow: penstock.StreamingFlow) -> None:\n{indented(lines)}")
    return function


def _set_function(step: UseSet, writer: Writer) -> str:
    function = writer.names.name(f"{step.name} parameters", suffix="parameters")
    name: list[tuple[str, Json]] = [("name", step.name)]
    made = [*name, ("description", step.description)] if step.description else name
    lines = [
        f'"""The parameter set \'{remark(step.name)}\', made when the project has none."""',
        f"for found in project.parameter_sets.get_all(name={quoted(step.name)}):",
        "    return found",
        call("made = project.create_parameter_set", made, 4),
    ]
    for key, value, description in step.rows:
        row: list[tuple[str, Json]] = [("name", key), ("value", value)]
        lines.append(call("made.add_parameter", row + ([("description", description)] if description else []), 4))
    lines += ["project.update_parameter_set(made)", "return made"]
    head = f"def {function}(project: penstock.Project) -> penstock.ParameterSet:"
    writer.functions.append(f"{head}\n{indented(lines)}")
    return function
