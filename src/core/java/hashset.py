"""The order in which a ``java.util.HashSet`` of texts is walked, which some results depend on."""

from collections.abc import Iterable


def text_hash(text: str) -> int:
    """``String.hashCode``, as an unsigned number."""
    value = 0
    for unit in memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H"):
        value = (value * 31 + unit) & 0xFFFFFFFF
    return value


def table_size(count: int) -> int:
    """How many buckets a new map gets that all of another map with so many entries are put into."""
    size, wanted = 1, int(count / 0.75 + 1)
    while size < wanted:
        size *= 2
    return size


def hash_order(texts: Iterable[str], size: int = 16) -> list[str]:
    """The texts once each, in the order of a set of ``size`` buckets that they were added to one after the other."""
    held = list(dict.fromkeys(texts))
    while len(held) * 4 > size * 3:
        size *= 2

    def bucket(text: str) -> int:
        value = text_hash(text)
        return (value ^ (value >> 16)) & (size - 1)

    return sorted(held, key=bucket)
