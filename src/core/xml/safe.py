"""The parser that everything from outside goes through: no entities, no outside documents, no endless depth."""

from xml.parsers import expat

MAX_DEPTH = 500


class XmlFault(ValueError):
    """A text that is no XML, or XML with what is not let in."""


def safe_parser() -> "expat.XMLParserType":
    """A parser that takes prefixes as they stand and refuses entities of the document's own.

    It is given UTF-8, whatever encoding the document names: that was true of other bytes.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.UnparsedEntityDeclHandler = _refuse
    return parser


def _refuse(*_facts: object) -> int:
    raise XmlFault("documents may not declare entities of their own")


def pairs(flat: list[str]) -> dict[str, str]:
    """Attributes as the parser gives them, by name."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def said(error: expat.ExpatError) -> str:
    """What is wrong, and where."""
    return f"line {error.lineno}, column {error.offset}: {expat.ErrorString(error.code)}"
