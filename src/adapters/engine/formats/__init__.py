"""Data formats: from bytes to field values and back."""

from collections.abc import Callable, Iterator

from ....core.errors import UnsupportedError
from ....core.plan.given import Given
from ....core.records.values import FieldValue
from .delimited import parse_delimited
from .fault import FormatFault
from .json_text import parse_json_text
from .text import parse_text

__all__ = ["FormatFault", "parse"]

Parse = Callable[[str, Given], Iterator[FieldValue]]
_PARSERS: dict[str, Parse] = {"JSON": parse_json_text, "DELIMITED": parse_delimited, "TEXT": parse_text}


def parse(text: str, data_format: str, given: Given) -> Iterator[FieldValue]:
    """The root fields in a text; ``given`` are the settings of the format without their prefix.

    Raises:
        UnsupportedError: a format that is not read here.
        FormatFault: while iterating, where the text does not fit the format.
    """
    parser = _PARSERS.get(data_format)
    if parser is None:
        raise UnsupportedError(f"the data format {data_format}", f"Formats that are read: {', '.join(_PARSERS)}.")
    return parser(text, given)
