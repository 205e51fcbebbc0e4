"""Errors of penstock: one root, three branches by fault, facts as attributes, the sentence made when it is printed.

``UsageError``: the caller can fix it. ``RemoteError``: the peer answered no. ``UnreachableError``: nobody answered.
Facts go to ``super().__init__`` so that every error survives pickling; ``__str__`` makes the sentence from them.
"""

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The known names that look most like ``name``, best first; may be empty. Case and separators do not count."""
    from difflib import get_close_matches  # not needed until something goes wrong

    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(_fold(candidate), candidate)
    close = get_close_matches(_fold(name), folded, n=limit, cutoff=0.55)
    inside = [key for key in folded if _fold(name) and _fold(name) in key and key not in close]
    return tuple(folded[key] for key in [*close, *sorted(inside, key=len)][:limit])


def _fold(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


def _did_you_mean(near: tuple[str, ...]) -> str:
    return f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


class PenstockError(Exception):
    """The root of every error that penstock raises on purpose."""


class UsageError(PenstockError):
    """The caller asked for something that cannot be done; changing the call helps."""


class RemoteError(PenstockError):
    """The peer answered, and said no. ``body`` is cut short and holds no secret."""

    def __init__(self, status: int, what: str, request_id: str | None = None, body: str = "") -> None:
        super().__init__(status, what, request_id, body)
        self.status, self.what, self.request_id, self.body = status, what, request_id, body[:2000]

    def __str__(self) -> str:
        where = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.what} was answered with status {self.status}{where}" + (f": {self.body}" if self.body else ".")


class UnreachableError(PenstockError, ConnectionError):
    """Nobody answered at ``address`` in ``attempts`` tries over ``seconds`` seconds."""

    def __init__(self, address: str, attempts: int, seconds: float, reason: str = "") -> None:
        super().__init__(address, attempts, seconds, reason)
        self.address, self.attempts, self.seconds, self.reason = address, attempts, seconds, reason

    def __str__(self) -> str:
        tail = f": {self.reason}" if self.reason else "."
        return f"no answer from {self.address} after {self.attempts} attempt(s) in {self.seconds:.1f} s{tail}"


class NotFoundError(UsageError, LookupError):
    """There is no ``kind`` with this name or id; ``near`` holds the closest names there are."""

    def __init__(self, kind: str, wanted: str, near: tuple[str, ...] = (), where: str = "") -> None:
        super().__init__(kind, wanted, near, where)
        self.kind, self.wanted, self.near, self.where = kind, wanted, near, where

    def __str__(self) -> str:
        place = f" in {self.where}" if self.where else ""
        return f"no {self.kind} {self.wanted!r}{place}.{_did_you_mean(self.near)}"


class UnknownSettingError(NotFoundError, KeyError):
    """A setting name that the definition does not know."""

    __str__ = NotFoundError.__str__


class UnknownAttributeError(NotFoundError, AttributeError):
    """An attribute that is neither part of the class nor a setting of the stage."""

    __str__ = NotFoundError.__str__


class NameInUseError(UsageError, ValueError):
    """Another ``kind`` has this name already."""

    def __init__(self, kind: str, name: str, where: str = "") -> None:
        super().__init__(kind, name, where)
        self.kind, self.name, self.where = kind, name, where

    def __str__(self) -> str:
        place = f" in {self.where}" if self.where else ""
        return f"the {self.kind} name {self.name!r} is already in use{place}; choose another name."


class InvalidValueError(UsageError, ValueError):
    """A value that does not fit: ``what`` it is for, the ``value``, what was ``expected``, and near valid values."""

    def __init__(self, what: str, value: object, expected: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(what, value, expected, near)
        self.what, self.value, self.expected, self.near = what, value, expected, near

    def __str__(self) -> str:
        shown = repr(self.value)
        shown = shown if len(shown) <= 120 else shown[:117] + "..."
        return f"{self.what}: {shown} is not valid; expected {self.expected}.{_did_you_mean(self.near)}"


class LinkError(UsageError, ValueError):
    """A link between two stages that the flow cannot have."""

    def __init__(self, source: str, target: str, reason: str) -> None:
        super().__init__(source, target, reason)
        self.source, self.target, self.reason = source, target, reason

    def __str__(self) -> str:
        return f"cannot link {self.source} to {self.target}: {self.reason}."


class ConflictError(UsageError):
    """Somebody else saved since this value was loaded; nothing was overwritten.

    ``yours`` is the revision that the caller loaded, ``stored`` the newest one.
    """

    def __init__(self, kind: str, name: str, yours: str, stored: str) -> None:
        super().__init__(kind, name, yours, stored)
        self.kind, self.name, self.yours, self.stored = kind, name, yours, stored

    def __str__(self) -> str:
        return (
            f"the {self.kind} {self.name!r} was saved by somebody else: you loaded revision {self.yours}, "
            f"revision {self.stored} is stored now. Call refresh() and edit again, or save with force=True."
        )


class FormatError(UsageError, ValueError):
    """A document from outside that cannot be read: ``source`` file, ``path`` inside it, and the ``reason``."""

    def __init__(self, source: str, path: str, reason: str) -> None:
        super().__init__(source, path, reason)
        self.source, self.path, self.reason = source, path, reason

    def __str__(self) -> str:
        place = f" at {self.path}" if self.path else ""
        return f"cannot read {self.source}{place}: {self.reason}"


class LimitError(FormatError):
    """A document from outside that is larger, deeper or longer than allowed."""


class UnsupportedError(UsageError):
    """This backend or engine does not have the power that the call needs; ``hint`` says what to do instead."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.what, self.hint = what, hint

    def __str__(self) -> str:
        return f"{self.what} is not supported here." + (f" {self.hint}" if self.hint else "")


class ClosedError(UsageError):
    """The project, platform or store was closed before the call."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} is closed; open it again."
