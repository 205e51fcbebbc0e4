"""Where straight links cross, noted as far as there are few pairs."""

from penstock.core.layout.links import Links
from penstock.core.layout.meeting import meetings


def known(links: int) -> bool:
    """Of so many links side by side and a long one that passes them."""
    rank = [0, 2, *(0 for _ in range(links)), *(1 for _ in range(links))]
    beside = [(2 + at, 2 + links + at) for at in range(links)]
    return meetings(rank, Links(len(rank), [(0, 1), *beside]), [[], [0], []]).known


def test_pairs_are_noted_only_while_they_are_few() -> None:
    """Wide ranks beside a long link would take time and room that grow with the square of their links."""
    assert known(100)
    assert not known(400)
