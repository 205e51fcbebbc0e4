"""Records that are not made yet: the values of a batch in a row, and what headers are made of when somebody asks."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import TypeAlias, overload

from .record import Lineage, Record, copy_value
from .values import FieldValue


class Picked(Sequence[int]):
    """Some of the numbers of rows: those whose flag is set. Found out when somebody asks."""

    __slots__ = ("_at", "_flags", "_found")

    def __init__(self, at: Sequence[int], flags: Sequence[bool]) -> None:
        self._at, self._flags = at, flags
        self._found: list[int] | None = None

    def _numbers(self) -> list[int]:
        if self._found is None:
            self._found = list(compress(self._at, self._flags))
        return self._found

    def __len__(self) -> int:
        return len(self._numbers())

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        return self._numbers()[index]


class Rows(Sequence[Record]):
    """A batch on a lane, value by value. As a sequence it is the records, made at the first look.

    Shape: ``values`` are the root fields, ``at`` their numbers in the lineage, ``path`` the stages that put them out.
    ``made`` is True once records were asked for: from then on they are what counts, and ``values`` is empty.
    ``usual`` is True where every floating-point number is known to be one of those that all spell alike.
    """

    __slots__ = ("_are_maps", "_records", "at", "lineage", "path", "usual", "values")

    def __init__(
        self,
        values: list[FieldValue],
        lineage: Lineage,
        at: Sequence[int] | None = None,
        path: tuple[str, ...] = (),
        *,
        are_maps: bool | None = None,
        usual: bool = False,
    ) -> None:
        self.values, self.lineage, self.path, self.usual = values, lineage, path, usual
        self.at: Sequence[int] = range(len(values)) if at is None else at
        self._are_maps = are_maps
        self._records: list[Record] | None = None

    @property
    def are_maps(self) -> bool:
        """True when every root field was a plain MAP at the first look; stages that handle rows keep it so."""
        if self._are_maps is None:
            self._are_maps = all(kind is dict for kind in set(map(type, self.values)))
        return self._are_maps

    @property
    def made(self) -> bool:
        """True when there are records in place of values."""
        return self._records is not None

    def record(self, number: int) -> Record:
        """A record of one row, for a look at it: a header that is changed is not kept."""
        return Record(self.values[number], None, (self.lineage, self.at[number], self.path))

    def records(self) -> list[Record]:
        """The rows as records, made once."""
        if self._records is None:
            lineage, path = self.lineage, self.path
            self._records = [
                Record(value, None, (lineage, at, path)) for value, at in zip(self.values, self.at, strict=True)
            ]
            self.values, self.at = [], ()
        return self._records

    def append(self, record: Record) -> None:
        """Adds a record."""
        self.records().append(record)

    def extend(self, records: Iterable[Record]) -> None:
        """Adds records."""
        self.records().extend(records)

    def put_out(self, instance: str) -> None:
        """Notes that a stage put all of them out."""
        if self._records is None:
            self.path = (*self.path, instance)
            return
        for record in self._records:
            record.put_out(instance)

    def copy(self) -> "Rows":
        """Rows that can be changed without touching these."""
        if self._records is None:
            values = [copy_value(value) for value in self.values]
            return Rows(values, self.lineage, self.at, self.path, are_maps=self._are_maps, usual=self.usual)
        made = Rows([], self.lineage, (), self.path)
        made._records = [record.copy() for record in self._records]
        return made

    def picked(self, flags: Sequence[bool]) -> "Rows":
        """The rows whose flag is set."""
        values = list(compress(self.values, flags))
        at = Picked(self.at, flags)
        return Rows(values, self.lineage, at, self.path, are_maps=self._are_maps, usual=self.usual)

    def without(self, numbers: Iterable[int]) -> "Rows":
        """The rows but these."""
        gone = set(numbers)
        if not gone:
            return self
        kept = [number for number in range(len(self.values)) if number not in gone]
        values, at = [self.values[number] for number in kept], [self.at[number] for number in kept]
        return Rows(values, self.lineage, at, self.path, are_maps=self._are_maps, usual=self.usual)

    def __len__(self) -> int:
        return len(self.values) if self._records is None else len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records())

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        return self.records()[index]


Lane: TypeAlias = "list[Record] | Rows"
"""The records of a batch between two stages."""
