"""Promises about XML: record elements, attributes, namespaces, limits, and writing."""

from pathlib import Path

import pytest

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.core.errors import InvalidValueError
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldValue

from .using import items, records, values, written

FLAT = {"preserveRootElement": False}
BOOKS = """<?xml version="1.0" encoding="UTF-16"?>
<bookstore xmlns:prc="http://books.com/price">
  <b:book xmlns:b="http://books.com/book">
    <title lang="en">Harry</title><prc:price>29.99</prc:price>
  </b:book>
  <b:book xmlns:b="http://books.com/book">
    <title lang="en_us">XML</title><prc:price>39.95</prc:price>
  </b:book>
</bookstore>"""
MIXED = (
    "<root><record/><!-- c --><record>r1</record><other>x</other><record><![CDATA[r2]]></record>"
    '<record a="A"/><record xmlns:x="y">r4</record><record>text<name>a</name>more</record>'
    "<record><name>b</name><data><value>0</value><value>1</value></data></record><?p i?></root>"
)


def test_the_whole_document_is_a_record_unless_elements_are_named() -> None:
    """With the name of the root around it, which may be left out."""
    data = "<a><b>1</b><b>2</b></a>"
    inner = {"b": [{"value": "1"}, {"value": "2"}]}
    assert values("XML", data) == [{"a": inner}]
    assert values("XML", data, **FLAT) == [inner]
    assert values("XML", data, xmlRecordElement="b") == [{"b": {"value": "1"}}, {"b": {"value": "2"}}]


def test_elements_attributes_and_texts_have_their_places() -> None:
    """Text beside elements is passed over; comments and instructions too."""
    assert values("XML", MIXED, xmlRecordElement="record", **FLAT) == [
        {},
        {"value": "r1"},
        {"value": "r2"},
        {"attr|a": "A"},
        {"ns|xmlns:x": "y", "value": "r4"},
        {"name": [{"value": "a"}]},
        {"name": [{"value": "b"}], "data": [{"value": [{"value": "0"}, {"value": "1"}]}]},
    ]


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        ("a<!-- c -->", {"value": "a"}),
        (" <!-- c -->a", {"value": "a"}),
        ("a<!-- c --><b/>", {"b": [{}]}),
        ("a<!-- c --><b/>c<!-- d -->e", {"b": [{}]}),
        ("<b/>a<!-- c -->b", {"b": [{}]}),
        (" <!-- c --> ", {}),
        ("a<!-- c -->b", "XML_PARSER_03"),
        ("a<?p i?>b", "XML_PARSER_03"),
        ("a<!-- c --> ", "XML_PARSER_03"),
        ("a<!-- c -->b<b/>", "XML_PARSER_03"),
    ],
)
def test_a_comment_within_the_text_of_an_element_ends_the_file(inside: str, wanted: object) -> None:
    """Beside it, and beside elements, none is seen; records before it are there."""
    data = f"<x><r>1</r><r>{inside}</r></x>"
    assert values("XML", data, xmlRecordElement="r", **FLAT) == [{"value": "1"}, wanted]


@pytest.mark.parametrize(
    ("element", "count"),
    [("record", 7), ("/root/record", 7), ("record[2]", 1), ("record[@a='A']", 1), ("/*[1]/other", 1), ("/*/*", 8)],
)
def test_record_elements_are_names_or_simple_paths(element: str, count: int) -> None:
    """With positions, attributes and wildcards."""
    assert len(values("XML", MIXED, xmlRecordElement=element)) == count


def test_namespaces_have_prefixes_of_the_setting_in_paths_and_of_the_document_in_names() -> None:
    """A default namespace gets a made-up one."""
    more = {"xPathNamespaceContext": [{"key": "k", "value": "http://books.com/book"}], **FLAT}
    first, second = values("XML", BOOKS, xmlRecordElement="/bookstore/k:book", **more)
    assert isinstance(first, dict)
    assert first["prc:price"] == [{"value": "29.99"}]
    assert values("XML", '<a xmlns="u"><b>1</b></a>', **FLAT) == [{"ns|xmlns:": "u", "ns1:b": [{"value": "1"}]}]
    with pytest.raises(InvalidValueError, match="DATA_FORMAT_304"):
        values("XML", BOOKS, xmlRecordElement="/bookstore/z:book", **more)


def test_attributes_may_be_attributes_of_fields() -> None:
    """Namespaces likewise."""
    more = {"xmlRecordElement": "/*[1]/*", "outputFieldAttributes": True, **FLAT}
    first, _ = records("XML", BOOKS, **more)
    assert first.value == {"title": [{"value": "Harry"}], "prc:price": [{"value": "29.99"}]}
    assert first.header.field_attributes[""] == {"xmlns:b": "http://books.com/book"}
    assert first.header.field_attributes["/title[0]"] == {"xmlAttr:lang": "en"}


def test_values_may_know_their_xpath() -> None:
    """And the record the namespaces that were met."""
    more = {"xmlRecordElement": "/*[1]/*", "includeFieldXpathAttributes": True, **FLAT}
    first, _ = records("XML", BOOKS, **more)
    declared = {"xmlns:b": "http://books.com/book", "xmlns:prc": "http://books.com/price"}
    assert first.attributes == {**declared, "xmlns:xmlns": "http://www.w3.org/2000/xmlns/"}
    notes = first.header.field_attributes
    assert notes["/title[0]/'attr|lang'"] == {"xpath": "/bookstore/b:book/title/@lang"}
    assert notes["/'prc:price'[0]/value"] == {"xpath": "/bookstore/b:book/prc:price"}


def test_an_element_that_is_too_long_is_a_fault_and_the_next_is_read() -> None:
    """Counted in characters of the element."""
    long, short = items("XML", "<r><a>" + "x" * 50 + "</a><a>y</a></r>", xmlRecordElement="a", xmlMaxObjectLen=20)
    assert long.fault is not None
    assert (long.fault.code, long.fault.too_long, short.fault) == ("XML_PARSER_02", True, None)


@pytest.mark.parametrize(
    "data",
    [
        "<a><b></a>",
        "no xml",
        '<!DOCTYPE a [<!ENTITY x "xx">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "<a>" * 600 + "</a>" * 600,
    ],
    ids=["broken", "none", "entity", "outside", "deep"],
)
def test_broken_and_hostile_documents_end_in_a_fault(data: str) -> None:
    """Nothing is expanded or loaded."""
    assert values("XML", data)[-1] == "XML_PARSER_03"


def test_the_charset_is_that_of_the_setting() -> None:
    """Whatever the document names; control characters are taken away on request."""
    data = '<?xml version="1.0" encoding="UTF-8"?><a>ä</a>'.encode("latin-1")
    assert values("XML", data, charset="ISO-8859-1", **FLAT) == [{"value": "ä"}]
    assert values("XML", "<a>x\x01y</a>", removeCtrlChars=True, **FLAT) == [{"value": "xy"}]
    assert values("XML", "\ufeff<a>x</a>", **FLAT) == [{"value": "x"}]


def test_a_record_is_written_as_a_document_and_comes_back() -> None:
    """Lists come again under their name; field attributes are attributes."""
    value: FieldValue = {"r": {"a": [1, [2, 3]], "b": b"\x00", "c": None}}
    data = written("XML", value, xmlPrettyPrint=False)
    assert data.endswith(b"?><r><a>1</a><a>2</a><a>3</a><b>AA==</b><c/></r>")
    record = Record({"p:r": {}}, Header(field_attributes={"/'p:r'": {"xmlns:p": "u", "id": "1", "p:k": "v"}}))
    assert written("XML", record, xmlPrettyPrint=False).endswith(b'<p:r xmlns:p="u" id="1" p:k="v"/>')
    assert b"\n  <a>1</a>\n" in written("XML", value)


@pytest.mark.parametrize(("name", "code"), [("p:r", "08"), ("r", "07")])
def test_a_prefix_that_is_declared_nowhere_is_refused(name: str, code: str) -> None:
    """Of an element, or of an attribute."""
    record = Record({name: {}}, Header(field_attributes={"/r": {"q:a": "1"}}))
    with pytest.raises(FormatFault, match=f"XML_GENERATOR_{code}"):
        written("XML", record)


@pytest.mark.parametrize(("depth", "ends"), [(500, False), (501, True)])
def test_elements_may_be_nested_as_deep_as_is_allowed(depth: int, ends: bool) -> None:
    """Behind that nothing is read."""
    found = values("XML", "<a>" * depth + "</a>" * depth, xmlMaxObjectLen=10_000)
    assert (found == ["XML_PARSER_03"]) is ends


def test_a_document_can_be_checked_against_a_schema(tmp_path: Path) -> None:
    """What does not conform is refused; a schema that is none, or loads another, is named at the start."""
    schema = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="n" type="xs:int"/></xs:schema>'
    more = {"xmlValidateSchema": True, "xmlSchema": schema}
    assert written("XML", {"n": 1}, **more).endswith(b"<n>1</n>\n")
    with pytest.raises(FormatFault, match="XML_GENERATOR_02"):
        written("XML", {"n": "x"}, **more)
    (tmp_path / "other.xsd").write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')
    loading = schema.replace("<xs:element", f'<xs:include schemaLocation="file://{tmp_path}/other.xsd"/><xs:element')
    for bad in ("<a", loading, "<a/>"):
        with pytest.raises(InvalidValueError, match="schema"):
            written("XML", **{**more, "xmlSchema": bad})


NESTED = """<?xml version="1.0"?>
<root>
  <msg><time>é</time></msg>
  <msg/><msg/>
</root>"""


@pytest.mark.parametrize(
    ("limit", "wanted"), [(27, ["XML_PARSER_02", {}, {}]), (28, [{"time": [{"value": "é"}]}, {}, {}])]
)
def test_a_record_is_as_long_as_the_way_to_the_next_tag(limit: int, wanted: list[object]) -> None:
    """From where the parser of the original stood before it, behind the first sign of a tag or behind the tag."""
    more = {"xmlRecordElement": "msg", "preserveRootElement": False, "xmlMaxObjectLen": limit}
    assert values("XML", NESTED, **more) == wanted


def test_a_whole_document_is_as_long_as_what_is_behind_its_first_tag() -> None:
    """A document that is too long is one record that cannot be read."""
    assert values("XML", "<r>123</r>", xmlMaxObjectLen=7, **FLAT) == [{"value": "123"}]
    assert values("XML", "<r>1234</r>", xmlMaxObjectLen=7, **FLAT) == ["XML_PARSER_02"]
    assert values("XML", f"<r>{'é' * 100}</r>", xmlMaxObjectLen=7, **FLAT) == ["XML_PARSER_02"]
