"""XML files: a record for every record element, or one for the document."""

from collections.abc import Iterator
from typing import BinaryIO

from ....core.plan.given import Given
from ....core.records.record import Header, Record
from ....core.xml import XmlFault, XmlRecords
from .fault import FormatFault
from .item import Item

CHUNK = 1 << 16


def read_xml(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Elements longer than ``xmlMaxObjectLen`` are faults; after broken XML nothing more can be read."""
    reader = XmlRecords(
        given.text("xmlRecordElement"),
        given.pairs("xPathNamespaceContext"),
        field_attributes=given.flag("outputFieldAttributes"),
        keep_root=given.flag("preserveRootElement", True),
        with_xpath=given.flag("includeFieldXpathAttributes"),
        limit=given.integer("xmlMaxObjectLen", 4096),
    )
    while True:
        data = opened.read(CHUNK)
        try:
            for each in reader.feed(data, final=not data):
                if each.too_long:
                    limit = given.integer("xmlMaxObjectLen", 4096)
                    fault = FormatFault("XML_PARSER_02", f"an element longer than {limit} characters")
                    yield Item(each.start, each.end, fault=fault)
                    continue
                notes = {path: dict(note) for path, note in each.attributes.items()}
                header = Header(
                    attributes={f"xmlns:{prefix}": uri for prefix, uri in each.namespaces.items()},
                    field_attributes=notes,
                )
                yield Item(each.start, each.end, Record(each.value, header))
        except XmlFault as fault:
            raise FormatFault("XML_PARSER_03", str(fault)) from None
        if not data:
            return
