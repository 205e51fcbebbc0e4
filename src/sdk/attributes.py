"""Attributes that are not there: mistyped ones are errors with the nearest name, in assignments as well."""

from typing import TYPE_CHECKING, Any

from ..core.errors import UnknownAttributeError, nearest


class KnownAttributes:
    """Public attributes are those of the class; reading or setting another one, or setting a method, is refused."""

    if not TYPE_CHECKING:  # type checkers find unknown attributes by themselves, as long as there is no method for it

        def __getattr__(self, name: str) -> Any:
            kind = type(self)
            if name.startswith("_") or hasattr(kind, name):  # a property that failed fails again, with its own error
                return object.__getattribute__(self, name)
            raise UnknownAttributeError("attribute", name, nearest(name, public_names(kind)), kind.__name__)

        def __setattr__(self, name: str, value: object) -> None:
            kind = type(self)
            if not name.startswith("_") and (not hasattr(kind, name) or callable(getattr(kind, name))):
                near = nearest(name, settable_names(kind))
                raise UnknownAttributeError("settable attribute", name, near, kind.__name__)
            object.__setattr__(self, name, value)


def public_names(kind: type) -> list[str]:
    """What a class offers by name."""
    return [name for name in dir(kind) if not name.startswith("_")]


def settable_names(kind: type) -> list[str]:
    """The properties of a class that can be set."""
    return [name for name in public_names(kind) if getattr(getattr(kind, name), "fset", None) is not None]
