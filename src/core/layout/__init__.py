"""layout."""
import attrs
@attrs.frozen
class Node:
    key: str
    output_lanes: tuple[str, ...] = ()
    event_lanes: tuple[str, ...] = ()
    input_lanes: tuple[str, ...] = ()
    x: float | None = None
    y: float | None = None
