"""Links by number, and for each stage those that begin or end there."""

from .arrays import i64, vec

Link = tuple[int, int]


class Links:
    """``source`` and ``target`` are the ends of each link.

    The links of a stage are ``number`` from ``first[stage]`` to before ``first[stage + 1]``, with their other ends and
    whether they begin at the stage (1) or end there (0).
    """

    def __init__(self, stages: int, links: list[Link]) -> None:
        count = len(links)
        self.count: i64 = count
        self.source = vec[i64]([0] * count)
        self.target = vec[i64]([0] * count)
        self.first = vec[i64]([0] * (stages + 2))
        self.number = vec[i64]([0] * (2 * count))
        self.other = vec[i64]([0] * (2 * count))
        self.begins = vec[i64]([0] * (2 * count))
        first = self.first  # one further on while they are filled in
        for link in range(self.count):
            source, target = links[link]
            self.source[link], self.target[link] = source, target
            first[source + 2] += 1
            first[target + 2] += 1
        for stage in range(2, stages + 2):
            first[stage] += first[stage - 1]
        for link in range(self.count):
            source, target = links[link]
            self._note(source, target, link, 1)
            self._note(target, source, link, 0)

    def _note(self, stage: i64, other: i64, link: i64, begins: i64) -> None:
        at = self.first[stage + 1]
        self.first[stage + 1] = at + 1
        self.number[at], self.other[at], self.begins[at] = link, other, begins

    def degree(self, stage: i64) -> i64:
        """How many links a stage has."""
        return self.first[stage + 1] - self.first[stage]

    def near(self, stage: i64) -> list[int]:
        """The other ends of its links."""
        return [int(self.other[at]) for at in range(self.first[stage], self.first[stage + 1])]
