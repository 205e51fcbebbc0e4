"""XML and fields: reading records out of documents piece by piece, and writing them."""

from .reading import XmlFault, XmlRecord, XmlRecords
from .tree import Element, parse_tree
from .writing import write_xml

__all__ = ["Element", "XmlFault", "XmlRecord", "XmlRecords", "parse_tree", "write_xml"]
