"""What the arrangement is given."""

import attrs


@attrs.frozen
class Node:
    """What the layout knows of a stage: its key and the names of its lanes. The present place is not used."""

    key: str
    output_lanes: tuple[str, ...] = ()
    event_lanes: tuple[str, ...] = ()
    input_lanes: tuple[str, ...] = ()
    x: float | None = None
    y: float | None = None
