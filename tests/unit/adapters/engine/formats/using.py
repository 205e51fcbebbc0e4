"""Reading and writing in a test: settings by name, bytes in, values out."""

import io

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.item import Item
from penstock.adapters.engine.formats.reading import read_items
from penstock.adapters.engine.formats.writing import writers
from penstock.core.plan import Given
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue
from penstock.core.values import JsonMap, freeze


def settings(**values: object) -> Given:
    """Settings of a format."""
    frozen = freeze(values)
    assert isinstance(frozen, JsonMap)
    return Given(frozen)


class Slow(io.BytesIO):
    """A file that gives a few bytes at a time."""

    most = 3

    def read(self, size: int | None = -1, /) -> bytes:
        """At most so many bytes."""
        return super().read(self.most if size is None or size < 0 else min(self.most, size))


def opened(kind: str, data: bytes | str) -> io.BytesIO:
    """The file: in small pieces for what is read from its beginning to its end."""
    held = data.encode() if isinstance(data, str) else data
    return io.BytesIO(held) if kind in ("AVRO", "EXCEL", "PARQUET") else Slow(held)


def items(kind: str, data: bytes | str, **more: object) -> list[Item]:
    """What a format finds in a file that comes in small pieces."""
    return list(read_items(opened(kind, data), kind, settings(**more)))


def records(kind: str, data: bytes | str, **more: object) -> list[Record]:
    """The records that a format finds in a file; it must have no faults."""
    made: list[Record] = []
    for item in items(kind, data, **more):
        assert item.fault is None, item.fault
        made.append(item.value if isinstance(item.value, Record) else Record(item.value))
    return made


def values(kind: str, data: bytes | str, **more: object) -> list[object]:
    """The root fields in a file, and the codes of faults in their places; the code of what ends it comes last."""
    made: list[object] = []
    try:
        for item in read_items(opened(kind, data), kind, settings(**more)):
            value = item.value.value if isinstance(item.value, Record) else item.value
            made.append(value if item.fault is None else item.fault.code)
    except FormatFault as fault:
        made.append(fault.code)
    return made


def starts(kind: str, data: bytes | str, **more: object) -> list[str]:
    """The offsets that records have in their source id."""
    return [item.label or str(item.start) for item in items(kind, data, **more)]


def written(kind: str, *roots: "FieldValue | Record", **more: object) -> bytes:
    """The file that a format makes of records."""
    writer = writers(kind, settings(**more))()
    made = [root if isinstance(root, Record) else Record(root, Header()) for root in roots]
    return b"".join(writer.write(record) for record in made) + writer.finish()
