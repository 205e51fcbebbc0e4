"""What a reader gives: a record of a file, or the fault in its place."""

import attrs

from ....core.records.record import Record
from ....core.records.values import FieldValue
from .fault import FormatFault


@attrs.frozen
class Item:
    """A record of a file, from one offset to another, or the fault in its place.

    Offsets are counted as the format counts (characters, bytes or records); ``label`` is the offset that people see
    where it is another, ``reached`` the one that an archive was at before. With a fault, ``value`` is what could be
    read of the record. A ``warning`` is a fault of the file that was seen before this record and kept nothing from
    being read.
    """

    start: int
    end: int
    value: "FieldValue | Record" = None
    fault: FormatFault | None = None
    label: str = ""
    warning: FormatFault | None = None
    reached: str = ""
