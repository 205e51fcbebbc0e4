"""Lines of a script being written: blocks, constants for long texts, and which variables are used."""

from collections.abc import Iterable, Sequence

import attrs

from ..values import Json, JsonMap
from .details import Group
from .literals import STEP, WIDTH, assignment, block_text, call, columns, quoted
from .names import Names
from .secrets import Secret
from .steps import Link, Set, Step


@attrs.define
class Writer:
    """The parts of a module: constants, helper functions and the names that they have."""

    names: Names = attrs.Factory(Names)
    constants: list[str] = attrs.Factory(list)
    functions: list[str] = attrs.Factory(list)
    uses_environment: bool = False

    def constant(self, text: str, *hints: str) -> str | None:
        """The name of a new constant for a text of several lines; None when it is better written in place."""
        block = block_text(text)
        if block is None:
            return None
        name = self.names.name(" ".join(hints), suffix="text").upper()
        self.constants.append(f"{name} = {block}")
        return name

    def assign(self, target: str, value: Json, indent: int, *hints: str) -> str:
        """``target = value``, the value being a constant when it is a longer text."""
        self.note(value)
        if isinstance(value, str):
            name = self.constant(value, *hints)
            if name is not None:
                return f"{target} = {name}"
        return assignment(target, value, indent)

    def setting(self, var: str, step: Set, value: Json, indent: int) -> str:
        """The statement that sets a setting: an attribute, or an entry of the configuration."""
        target = f"{var}.{step.name}" if step.attribute else f"{var}.configuration[{quoted(step.name)}]"
        if indent + columns(target) + 4 <= WIDTH:
            return self.assign(target, value, indent, var, step.name)
        self.note(value)
        return call(f"{var}.configuration.update", [("", JsonMap({step.name: value}))], indent)

    def note(self, value: Json) -> None:
        """Remembers that a value needs the environment."""
        self.uses_environment = self.uses_environment or holds_secret(value)

    def module(self, summary: str, imports: Sequence[str], build: str, tail: Sequence[str]) -> str:
        """The whole text."""
        head = [f'"""{summary}"""', ""]
        if self.uses_environment:
            head += ["import os", ""]
        head += [*imports]
        if self.constants:
            head += ["", *"\n\n".join(self.constants).split("\n")]
        parts = ["\n".join(head), *self.functions, build, *tail]
        return "\n\n\n".join(parts) + "\n"


def holds_secret(value: Json) -> bool:
    """True when there is a credential somewhere in a value."""
    if isinstance(value, Secret):
        return True
    if isinstance(value, tuple):
        return any(map(holds_secret, value))
    return isinstance(value, JsonMap) and any(map(holds_secret, value.values()))


def indented(lines: Iterable[str], indent: int = STEP) -> str:
    """Statements on one level; lines inside of a statement stand where they are to stand already."""
    return "\n".join(" " * indent + line if line else "" for line in lines)


def stages_used(steps: Iterable[Step], canvas: frozenset[str]) -> set[str]:
    """The instance names that statements refer to by variable."""
    used: set[str] = set()
    for step in steps:
        if isinstance(step, Group):
            used |= set(step.stages) - canvas if canvas and canvas <= set(step.stages) else set(step.stages)
        elif isinstance(step, Link):
            used |= {step.stage, *step.targets}
        else:
            used.add(getattr(step, "stage", "") or "")
    return used
