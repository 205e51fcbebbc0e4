"""XML files: a record for every record element, or one for the document; and a document for every record."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.plan.given import Given
from ....core.records.record import Header, Record
from ....core.xml import XmlFault, XmlRecords, write_xml
from .charsets import Encoder, charset_of
from .fault import FormatFault
from .item import Item
from .texts import LONGEST, texts


def read_xml(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """Elements longer than ``xmlMaxObjectLen`` are faults; after broken XML nothing more can be read."""
    limit = given.integer("xmlMaxObjectLen", 4096)
    reader = XmlRecords(
        given.text("xmlRecordElement"),
        given.pairs("xPathNamespaceContext"),
        field_attributes=given.flag("outputFieldAttributes"),
        keep_root=given.flag("preserveRootElement", True),
        with_xpath=given.flag("includeFieldXpathAttributes"),
        limit=limit if limit > 0 else LONGEST,
    )
    begun = False
    for text in texts(opened, given):
        over, text = not text, text if begun else text.removeprefix("\ufeff")
        begun = True
        try:
            for each in reader.feed(text.encode("utf-8", "replace"), final=over):
                if each.too_long:
                    fault = FormatFault("XML_PARSER_02", f"an element longer than {limit} characters", too_long=True)
                    yield Item(each.start, each.end, fault=fault)
                    continue
                notes = {path: dict(note) for path, note in each.attributes.items()}
                header = Header(
                    attributes={f"xmlns:{prefix}": uri for prefix, uri in each.namespaces.items()},
                    field_attributes=notes,
                )
                yield Item(each.start, each.end, Record(each.value, header), label=str(each.offset))
        except XmlFault as fault:
            raise FormatFault("XML_PARSER_03", str(fault)) from None


class XmlWriter:
    """A document per record.

    Raises:
        InvalidValueError: a schema that is none.
    """

    def __init__(self, given: Given) -> None:
        self._pretty = given.flag("xmlPrettyPrint", True)
        self._check = schema_check(given.text("xmlSchema")) if given.flag("xmlValidateSchema") else None
        self._encode = Encoder(charset_of(given))

    def write(self, record: Record) -> bytes:
        """The document of a record."""
        try:
            text = write_xml(record.value, record.header.field_attributes, pretty=self._pretty)
        except XmlFault as fault:
            code, _, reason = str(fault).partition(" - ")
            raise FormatFault(code, reason) from None
        if self._check is not None:
            self._check(text)
        return self._encode(text)

    def finish(self) -> bytes:
        """Nothing."""
        return b""


def schema_check(schema: str) -> Callable[[str], None]:
    """What raises ``FormatFault`` (XML_GENERATOR_02) for a document that does not conform to an XML schema.

    The schema may not load others.

    Raises:
        InvalidValueError: no schema.
        UnsupportedError: the library for it is missing.
    """
    try:
        from lxml import etree
    except ImportError:
        hint = "Install it with: pip install 'penstock[formats]'"
        raise UnsupportedError("checking XML against a schema without its library", hint) from None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        read = etree.fromstring(schema.encode(), parser)
        loads = [child for child in read.iter() if etree.QName(child).localname in ("import", "include", "redefine")]
        if loads:
            raise InvalidValueError("XML Schema", schema[:80], "a schema that loads no other")
        compiled = etree.XMLSchema(read)
    except (etree.LxmlError, ValueError) as error:
        if isinstance(error, InvalidValueError):
            raise
        raise InvalidValueError("XML Schema", schema[:80], f"an XML schema ({error})") from None

    def check(text: str) -> None:
        try:
            compiled.assertValid(etree.fromstring(text.encode(), parser))
        except etree.LxmlError as error:
            raise FormatFault("XML_GENERATOR_02", f"the document does not conform to the schema: {error}") from None

    return check
