"""Random flows for the tests of the layout."""

from hypothesis import settings
from hypothesis import strategies as st

from penstock.core.layout import Node
from penstock.core.layout.graph import Part, parts_of
from penstock.core.layout.ranks import Layers, ranked

relaxed = settings(deadline=None, max_examples=60)


@st.composite
def flows(draw: st.DrawFn, *, cycles: bool = False, most: int = 12) -> list[Node]:
    """Up to ``most`` stages with any links, forwards only unless ``cycles``."""
    size = draw(st.integers(1, most))
    ends = st.integers(0, size - 1)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=2 * most))
    if not cycles:
        pairs = [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]
    return [
        Node(f"s{n:02}", output_lanes=(f"l{n}",), input_lanes=tuple(f"l{a}" for a, b in dict.fromkeys(pairs) if b == n))
        for n in range(size)
    ]


@st.composite
def trees(draw: st.DrawFn, *, most: int = 16) -> list[Node]:
    """Up to ``most`` stages, each of which reads a data or an event lane of its own of an earlier one."""
    size = draw(st.integers(1, most))
    makers = [draw(st.integers(0, n - 1)) for n in range(1, size)]
    events = [draw(st.booleans()) for _ in makers]
    return [
        Node(
            f"s{n:02}",
            tuple(
                f"l{m}"
                for m, (maker, event) in enumerate(zip(makers, events, strict=True), 1)
                if maker == n and not event
            ),
            tuple(
                f"l{m}" for m, (maker, event) in enumerate(zip(makers, events, strict=True), 1) if maker == n and event
            ),
            (f"l{n}",) if n else (),
        )
        for n in range(size)
    ]


def parts(*, most: int = 12) -> st.SearchStrategy[Part]:
    """The largest connected part of a random flow."""
    return flows(most=most).map(lambda nodes: max(parts_of(nodes), key=lambda part: len(part.keys)))


def layered() -> st.SearchStrategy[Layers]:
    """A connected part in ranks."""
    return parts().map(ranked)
