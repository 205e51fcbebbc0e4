"""Fields of a record together with their attributes: what is set anew has none, what is moved keeps them."""

from .paths import MISSING, delete, get, parse_path, put, to_path
from .record import Record
from .values import FieldValue

Notes = dict[str, dict[str, str]]
"""Attributes by path below a field; the field itself is ``""``."""


def set_field(record: Record, path: str, value: FieldValue, notes: Notes | None = None) -> None:
    """Sets a field; ``notes`` are its attributes and those of what is in it.

    Raises:
        UnreachablePathError, NoPlaceError: as for ``put``.
    """
    record.value = put(record.value, path, value)
    held = record.notes
    if not held and not notes:
        return
    root = to_path(parse_path(path))
    for key in [key for key in held if is_under(key, root)]:
        del held[key]
    for below, note in (notes or {}).items():
        record.header.field_attributes[root + below] = dict(note)


def notes_of(record: Record, path: str) -> Notes:
    """The attributes of a field and of what is in it."""
    held = record.notes
    if not held:
        return {}
    root = to_path(parse_path(path))
    return {key[len(root) :]: dict(note) for key, note in held.items() if is_under(key, root)}


def remove_field(record: Record, path: str) -> bool:
    """Removes a field with its attributes; False when there is none, or it is the root."""
    if not delete(record.value, path):
        return False
    held = record.notes
    if held:
        parts = parse_path(path)
        root = to_path(parts)
        for key in [key for key in held if is_under(key, root)]:
            del held[key]
        if isinstance(parts[-1], int):
            _close_gap(held, to_path(parts[:-1]), parts[-1])
    return True


def move_field(record: Record, source: str, target: str) -> None:
    """Sets a field to what another holds, and removes that one.

    Raises:
        UnreachablePathError, NoPlaceError: as for ``put``.
    """
    held = get(record.value, source)
    if held is MISSING:
        return
    set_field(record, target, held, notes_of(record, source))  # type: ignore[arg-type]
    remove_field(record, source)


def is_under(key: str, root: str) -> bool:
    """True for the path of a field and of everything in it."""
    return key.startswith(root) and (len(key) == len(root) or key[len(root)] in "/[")


def _close_gap(held: Notes, around: str, gone: int) -> None:
    """Attributes of the elements behind a removed one go one back."""
    for key in list(held):
        if not key.startswith(f"{around}["):
            continue
        index, _, rest = key[len(around) + 1 :].partition("]")
        if int(index) > gone:
            held[f"{around}[{int(index) - 1}]{rest}"] = held.pop(key)
