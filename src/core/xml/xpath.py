"""Which elements are records: the name of an element below the root, or a path from the root with conditions."""

import re
from collections.abc import Mapping

import attrs

from ..errors import InvalidValueError

_STEP = re.compile(r"([^/\[\]]+)(?:\[(?:@([^=\]]+)='([^']*)'|(\d{1,9}))\])?\Z")
_NAME = re.compile(r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?\Z")
ANY = "*"


@attrs.frozen
class Step:
    """One step of a path: a namespace (None for every one) and a name, how often it must have come, an attribute."""

    namespace: str | None
    name: str
    position: int | None = None
    attribute: tuple[str, str] | None = None

    def names(self, namespace: str, name: str) -> bool:
        """True for an element of that name."""
        return self.name == ANY or (self.name == name and self.namespace in (None, namespace))


def parse_steps(path: str, namespaces: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps of a record element; none for the whole document.

    Raises:
        InvalidValueError: no such path (DATA_FORMAT_03), or a prefix without a namespace (DATA_FORMAT_304).
    """
    if path in ("", "/"):
        return ()
    if "/" not in path:
        alone = _step(path, path, namespaces)
        return (Step(None, ANY), alone if ":" in path else attrs.evolve(alone, namespace=None))
    if not path.startswith("/"):
        raise _fault(path, "a path that begins with /")
    return tuple(_step(path, part, namespaces) for part in path.removesuffix("/")[1:].split("/"))


def _step(path: str, part: str, namespaces: Mapping[str, str]) -> Step:
    if not part:
        raise _fault(path, "single slashes")
    found = _STEP.match(part)
    if found is None or not (found[1] == ANY or _NAME.match(found[1])):
        raise _fault(path, "an element or a simple XPath, with [2] or [@name='value'] as conditions")
    prefix, colon, local = found[1].rpartition(":")
    if colon and prefix not in namespaces:
        expected = f"a namespace for the prefix {prefix} (DATA_FORMAT_304)"
        raise InvalidValueError("Namespaces", path, expected, tuple(namespaces))
    if found[2] is not None and not _NAME.match(found[2]):
        raise _fault(path, "the name of an attribute")
    return Step(
        namespaces[prefix] if colon else "",
        local,
        None if found[4] is None else int(found[4]),
        None if found[2] is None else (found[2], found[3]),
    )


def _fault(path: str, expected: str) -> InvalidValueError:
    return InvalidValueError("Delimiter Element", path, f"{expected} (DATA_FORMAT_03)")


class Matcher:
    """Says of the elements of a document, as they open and close, which are records; without steps that is the root.

    A position counts all elements that a step was asked about and that have its name, whatever stands above them.
    """

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps or (Step(None, ANY),)
        self._seen = [0] * len(self._steps)
        self._depth = self._matched = 0

    def opens(self, namespace: str, name: str, attributes: Mapping[str, str]) -> bool:
        """True when the element that opens is a record."""
        at, self._depth = self._depth, self._depth + 1
        if at >= len(self._steps) or at > self._matched or not self._is(at, namespace, name, attributes):
            return False
        self._matched = self._depth
        return self._matched == len(self._steps)

    def closes(self) -> None:
        """The innermost element closes."""
        self._depth -= 1
        self._matched = min(self._matched, self._depth)

    def _is(self, at: int, namespace: str, name: str, attributes: Mapping[str, str]) -> bool:
        step = self._steps[at]
        if not step.names(namespace, name):
            return False
        self._seen[at] += 1
        if step.position is not None:
            return step.position == self._seen[at]
        if step.attribute is None:
            return True
        wanted = step.attribute
        held = {key.rpartition(":")[2]: value for key, value in attributes.items()}.get(wanted[0])
        return held is not None and wanted[1] in (ANY, held)
