"""The arrangement that the official client makes, written after its observed rule."""

from heapq import heappop, heappush

from .flows import Graph

STEP_X_PX, STEP_Y_PX, START_PX = 310, 200, 50


def original(graph: Graph) -> dict[str, tuple[int, int]]:
    """Stages in dependency order; each right of its rightmost producer, at the height noted for its first lane."""
    places: dict[str, tuple[int, int]] = {}
    heights: dict[str, int] = {}
    right_of_last = START_PX
    makers_of: list[list[int]] = [[] for _ in graph.nodes]
    for maker, taker in graph.links():
        makers_of[taker].append(maker)
    for index in _dependency_order(graph):
        node = graph.nodes[index]
        known = [lane for lane in node.input_lanes if lane in heights]
        if known:
            makers = [maker for maker in makers_of[index] if graph.nodes[maker].key in places]
            x = max((places[graph.nodes[m].key][0] for m in makers), default=right_of_last) + STEP_X_PX
            y = heights[known[0]]
        else:
            x, y = right_of_last, START_PX
        for lane in known:
            heights[lane] += STEP_Y_PX
        outputs = node.output_lanes
        if len(known) > 1 and len(outputs) <= 1 and y == START_PX:
            y += STEP_Y_PX
        if len(outputs) > 1:
            heights |= {lane: y - 10 + STEP_Y_PX * i for i, lane in enumerate(outputs)}
            y += 30 * len(outputs) if y == START_PX else 0
        else:
            heights |= dict.fromkeys(outputs, y)
        heights |= dict.fromkeys(node.event_lanes, y + STEP_Y_PX)
        places[node.key] = (x, y)
        right_of_last = x + STEP_X_PX
    return places


def _dependency_order(graph: Graph) -> list[int]:
    """Producers first, the document order breaks ties, what cannot be reached from a source comes last."""
    links = graph.links()
    waiting = [0] * len(graph.nodes)
    after: list[list[int]] = [[] for _ in graph.nodes]
    for maker, taker in links:
        waiting[taker] += 1
        after[maker].append(taker)
    ready = [index for index, count in enumerate(waiting) if not count]
    order: list[int] = []
    while ready:
        order.append(heappop(ready))
        for taker in after[order[-1]]:
            waiting[taker] -= 1
            if not waiting[taker]:
                heappush(ready, taker)
    placed = set(order)
    return order + [index for index in range(len(graph.nodes)) if index not in placed]
