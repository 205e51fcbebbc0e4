"""Which elements are records: the name of an element below the root, or a simple path with conditions."""

import re
from collections.abc import Mapping

import attrs

from ..errors import InvalidValueError

_STEP = re.compile(r"(//?)([^/\[\]]+)((?:\[[^\]]*\])*)")
_CONDITION = re.compile(r"\[([^\]]*)\]")
_ATTRIBUTE = re.compile(r"""@([\w.:-]+)\s*=\s*(?:'([^']*)'|"([^"]*)")\Z""")
_INDEX = re.compile(r"\d{1,9}\Z")


@attrs.frozen
class Step:
    """One step of a path: a namespace and name (None for any), how often it must have come, attributes it must have."""

    anywhere: bool
    namespace: str | None
    name: str | None
    position: int | None = None
    attributes: tuple[tuple[str, str], ...] = ()


@attrs.frozen
class Place:
    """An open element: its namespace and name, its attributes, and the how-manieth of its name it is in its parent."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    position: int


def parse_steps(path: str, namespaces: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps of a record element; none for the whole document.

    Raises:
        InvalidValueError: no such path (DATA_FORMAT_03), or a prefix without a namespace (DATA_FORMAT_304).
    """
    path = path.strip()
    if path in ("", "/", "/*"):
        return ()
    if not path.startswith("/"):
        path = f"/*/{path}"
    steps: list[Step] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            raise InvalidValueError("Delimiter Element", path, "an element or a simple XPath (DATA_FORMAT_03)")
        steps.append(_step(path, found.group(1) == "//", found.group(2).strip(), found.group(3), namespaces))
        at = found.end()
    return tuple(steps)


def _step(path: str, anywhere: bool, name: str, conditions: str, namespaces: Mapping[str, str]) -> Step:
    prefix, colon, local = name.rpartition(":")
    if colon and prefix not in namespaces:
        raise InvalidValueError(
            "Delimiter Element", path, f"a namespace for the prefix {prefix} (DATA_FORMAT_304)", tuple(namespaces)
        )
    position: int | None = None
    attributes: list[tuple[str, str]] = []
    for condition in _CONDITION.findall(conditions):
        named = _ATTRIBUTE.match(condition.strip())
        if named is not None:
            attributes.append((named.group(1), named.group(2) if named.group(2) is not None else named.group(3)))
        elif _INDEX.match(condition.strip()):
            position = int(condition)
        else:
            raise InvalidValueError("Delimiter Element", path, "conditions such as [2] or [@name='value']")
    return Step(
        anywhere, namespaces[prefix] if colon else "", None if local == "*" else local, position, tuple(attributes)
    )


def fits(steps: tuple[Step, ...], places: "list[Place]") -> bool:
    """True when the innermost of the open elements is what the steps lead to; without steps, the root."""
    if not steps:
        return len(places) == 1
    return _fits(steps, len(steps) - 1, places, len(places) - 1)


def _fits(steps: tuple[Step, ...], step: int, places: "list[Place]", place: int) -> bool:
    if place < step or not _is(steps[step], places[place]):
        return False
    if step == 0:
        return steps[0].anywhere or place == 0
    if not steps[step].anywhere:
        return _fits(steps, step - 1, places, place - 1)
    return any(_fits(steps, step - 1, places, above) for above in range(place - 1, step - 2, -1))


def _is(step: Step, place: Place) -> bool:
    if step.name is not None and (step.name != place.name or (step.namespace or "") != place.namespace):
        return False
    if step.position is not None and step.position != place.position:
        return False
    return all(place.attributes.get(name) == value for name, value in step.attributes)
