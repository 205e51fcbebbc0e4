"""What tests of processors share: reading what came out, and long names of stages."""

from penstock.core.processors import Out
from penstock.core.records.values import FieldValue


def values(out: Out, lane: int = 0) -> list[FieldValue]:
    """The root fields on a lane."""
    return [record.value for record in out.lanes[lane]]


def codes(out: Out) -> list[str]:
    """The codes of refused records."""
    return [error.code for error in out.errors]


def only(out: Out) -> FieldValue:
    """The root field of the one record that went on."""
    (record,) = out.lanes[0]
    return record.value
