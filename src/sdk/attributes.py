"""Objects that refuse attributes they do not have: a typo in an assignment is an error, not a note on the side."""

from typing import TYPE_CHECKING

from ..core.errors import UnknownAttributeError, nearest


class KnownAttributes:
    """Public attributes are those of the class; setting another one, or a method, is refused with the nearest."""

    if not TYPE_CHECKING:  # type checkers find unknown attributes by themselves, as long as there is no method for it

        def __setattr__(self, name: str, value: object) -> None:
            kind = type(self)
            if not name.startswith("_") and (not hasattr(kind, name) or callable(getattr(kind, name))):
                near = nearest(name, _settable(kind))
                raise UnknownAttributeError("settable attribute", name, near, kind.__name__)
            object.__setattr__(self, name, value)


def _settable(kind: type) -> list[str]:
    names = (name for name in dir(kind) if not name.startswith("_"))
    return [name for name in names if getattr(getattr(kind, name), "fset", None) is not None]
