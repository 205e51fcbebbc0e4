"""Queries as SQL conditions, and where a page starts."""

import attrs

from ...core.errors import InvalidValueError
from ...ports.stores import FlowQuery
from .rows import Column, to_column


@attrs.frozen
class Condition:
    """A condition on the heads of flows (table ``f``) with the values of its question marks."""

    sql: str
    values: tuple[Column | int, ...]


def condition(project: int, query: FlowQuery) -> Condition:
    """What the live flows of a project that match the query fulfil."""
    parts = ["f.project = ?", "f.deleted_ms IS NULL"]
    values: list[Column | int] = [project]
    for column, text in (
        ("name", query.name),
        ("engine_version", query.engine_version),
        ("environment_id", query.environment_id),
    ):
        if text is not None:
            parts.append(f"f.{column} = ?")
            values.append(to_column(text))
    if query.text is not None:
        # instr and no LIKE: it knows no wildcards, and the folded columns know more letters than ASCII
        parts.append("(instr(f.folded_name, ?) > 0 OR instr(f.folded_description, ?) > 0)")
        values += [to_column(query.text.casefold())] * 2
    return Condition(" AND ".join(parts), tuple(values))


def cursor(start: str | None) -> int:
    """The number behind which a page starts.

    Raises:
        InvalidValueError: no page ever ended there.
    """
    if start is None:
        return 0
    if not (start.isascii() and start.isdigit() and len(start) < 19):
        raise InvalidValueError("start", start, "the next of an earlier page")
    return int(start)
