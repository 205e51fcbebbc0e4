"""What goes wrong with an expression."""

from ..errors import UsageError


class ElError(UsageError, ValueError):
    """An expression that cannot be parsed or evaluated; ``position`` is the character in ``text``, from 0."""

    def __init__(self, text: str, position: int, reason: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(text, position, reason, near)
        self.text, self.position, self.reason, self.near = text, position, reason, near

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 80 else self.text[:77] + "..."
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        return f"expression {shown!r}, character {self.position}: {self.reason}{hint}"


class EvaluationError(UsageError, ValueError):
    """An expression whose value cannot be found for this record."""
