"""Fields of a record together with their attributes: what is set anew has none, what is moved keeps them."""

from .paths import MISSING, Parts, delete, get, has, parse_path, put, to_path
from .record import Record
from .values import FieldValue, ListMap

Notes = dict[str, dict[str, str]]
"""Attributes by path below a field; the field itself is ``""``."""


def set_field(record: Record, path: str, value: FieldValue, notes: Notes | None = None) -> None:
    """Sets a field; ``notes`` are its attributes and those of what is in it.

    Raises:
        UnreachablePathError: the parent is missing or of another kind, or an index is beyond the end.
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
    if not record.notes:
        return delete(record.value, path)
    parts = parse_path(path)
    if not parts or not has(record.value, path):
        return False
    parent = get(record.value, to_path(parts[:-1]))
    named = _named(parent, parts)
    delete(record.value, path)
    held = record.notes
    for key in [key for key in held if is_under(key, named)]:
        del held[key]
    if isinstance(parent, list) and isinstance(parts[-1], int):
        _close_gap(held, to_path(parts[:-1]), parts[-1])
    return True


def move_field(record: Record, source: str, target: str) -> None:
    """Sets a field to what another holds, and removes that one.

    Raises:
        UnreachablePathError: as for ``set_field``.
    """
    held = get(record.value, source)
    if held is MISSING:
        return
    set_field(record, target, held, notes_of(record, source))  # type: ignore[arg-type]
    remove_field(record, source)


def _named(parent: object, parts: Parts) -> str:
    """The path by names, as attributes are kept."""
    last = parts[-1]
    if isinstance(parent, ListMap) and isinstance(last, int):
        return to_path((*parts[:-1], list(parent)[last]))
    return to_path(parts)


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
