"""Stages and links as numbers: links follow from equal lane names, parts are laid out one by one, cycles are opened."""

from collections.abc import Sequence

import attrs

from .node import Node


@attrs.frozen
class Part:
    """A connected part of a flow.

    ``targets[i]`` are the stages behind stage ``i``: data lanes from the first to the last, then events. After cycles
    were opened every link leads from an earlier to a later place of some order.
    """

    keys: tuple[str, ...]
    targets: tuple[tuple[int, ...], ...]


def parts_of(nodes: Sequence[Node]) -> list[Part]:
    """The connected parts, by their smallest key, without cycles."""
    held = sorted(nodes, key=lambda node: node.key)
    targets = _links(held)
    found: list[Part] = []
    for members in _connected(targets):
        number = {old: new for new, old in enumerate(members)}
        inner = [[number[target] for target in targets[old]] for old in members]
        found.append(Part(tuple([held[old].key for old in members]), tuple([tuple(each) for each in _opened(inner)])))
    return found


def _links(nodes: list[Node]) -> list[list[int]]:
    readers: dict[str, list[int]] = {}
    for index, node in enumerate(nodes):
        for lane in dict.fromkeys(node.input_lanes):
            readers.setdefault(lane, []).append(index)
    targets: list[list[int]] = []
    for index, node in enumerate(nodes):
        found = [reader for lane in (*node.output_lanes, *node.event_lanes) for reader in readers.get(lane, ())]
        targets.append([target for target in dict.fromkeys(found) if target != index])
    return targets


def _connected(targets: list[list[int]]) -> list[list[int]]:
    around: list[list[int]] = [list(each) for each in targets]
    for source, each in enumerate(targets):
        for target in each:
            around[target].append(source)
    seen = [False] * len(targets)
    found: list[list[int]] = []
    for start in range(len(targets)):
        if seen[start]:
            continue
        seen[start] = True
        members, waiting = [], [start]
        while waiting:
            node = waiting.pop()
            members.append(node)
            for other in around[node]:
                if not seen[other]:
                    seen[other] = True
                    waiting.append(other)
        found.append(sorted(members))
    return found


def _opened(targets: list[list[int]]) -> list[list[int]]:
    """The same links, those that close a cycle turned round (or left out where the turned one is there already)."""
    fed = {target for each in targets for target in each}
    starts = [node for node in range(len(targets)) if node not in fed] + list(range(len(targets)))
    state = [0] * len(targets)  # 1 while its descendants are walked, 2 afterwards
    kept: list[list[int]] = [[] for _ in targets]
    turned: list[tuple[int, int]] = []
    for start in starts:
        if state[start]:
            continue
        state[start] = 1
        walk = [(start, iter(targets[start]))]
        while walk:
            node, rest = walk[-1]
            for target in rest:
                if state[target] == 1:
                    turned.append((target, node))
                    continue
                kept[node].append(target)
                if not state[target]:
                    state[target] = 1
                    walk.append((target, iter(targets[target])))
                    break
            else:
                state[node] = 2
                walk.pop()
    for source, target in turned:
        if target not in kept[source]:
            kept[source].append(target)
    return kept
