"""Promises about XML as fields and fields as XML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.errors import InvalidValueError
from penstock.core.records.values import FieldValue
from penstock.core.xml import XmlFault, XmlRecords, parse_tree, write_xml

DOCUMENT = b"""<?xml version="1.0"?><root xmlns:a="http://a"><a:data kind="x"><msg n="1">one</msg></a:data>
<!-- no record --><a:data><msg>two</msg><msg/></a:data></root>"""


def read(data: bytes, element: str = "", size: int = 1 << 20, **options: bool) -> list[FieldValue]:
    """The values of the records of a document that comes in pieces."""
    reader = XmlRecords(element, {"a": "http://a"}, **options)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    found = [each for piece in pieces for each in reader.feed(piece)]
    return [each.value for each in [*found, *reader.feed(b"", final=True)]]


def test_elements_are_lists_of_maps_with_their_text_and_attributes() -> None:
    """Text is under ``value``, attributes under ``attr|name``, children in lists, an empty element is an empty map."""
    assert read(DOCUMENT, "/root/a:data") == [
        {"attr|kind": "x", "msg": [{"attr|n": "1", "value": "one"}]},
        {"msg": [{"value": "two"}, {}]},
    ]


@pytest.mark.parametrize(
    ("element", "count"),
    [
        *[("", 1), ("a:data", 2), ("data", 2), ("/root/a:data/msg", 3), ("/root/data", 0), ("/root/a:data[2]/msg", 2)],
        *[("/*/*/msg[1]", 1), ("/*/*/msg[2]", 1), ("/root/a:data[@kind='*']/msg", 1), ("/root/*", 2), ("msg", 0)],
    ],
)
def test_record_elements_are_names_below_the_root_or_simple_paths(element: str, count: int) -> None:
    """Positions and wildcards are understood; a name alone means children of the root, in any namespace."""
    assert len(read(DOCUMENT, element)) == count


def test_an_attribute_may_be_a_condition() -> None:
    """``[@name='value']`` picks elements."""
    assert read(DOCUMENT, "/root/a:data[@kind='x']/msg") == [{"attr|n": "1", "value": "one"}]


@given(st.integers(min_value=1, max_value=60))
def test_how_a_document_is_cut_into_pieces_changes_nothing(size: int) -> None:
    """Every piece length gives the same records."""
    assert read(DOCUMENT, "/root/a:data/msg", size) == read(DOCUMENT, "/root/a:data/msg")


def test_the_root_is_kept_on_request_and_attributes_may_stand_beside_fields() -> None:
    """``keep_root`` wraps; with field attributes the value has no ``attr|`` entries."""
    assert read(b"<a x='1'><b>t</b></a>", keep_root=True) == [{"a": {"attr|x": "1", "b": [{"value": "t"}]}}]
    reader = XmlRecords(field_attributes=True)
    (made,) = reader.feed(b"<a x='1'><b>t</b></a>", final=True)
    assert (made.value, made.attributes) == ({"b": [{"value": "t"}]}, {"": {"xmlAttr:x": "1"}})


def test_the_xpath_of_a_value_leaves_out_the_index_of_a_lone_element() -> None:
    """Several siblings are counted, a lone one is not."""
    reader = XmlRecords("/r/m", with_xpath=True)
    (made,) = reader.feed(b"<r><m><a>1</a><b>2</b><b>3</b></m></r>", final=True)
    assert made.attributes["/a[0]/value"]["xpath"] == "/r/m/a"
    assert made.attributes["/b[1]/value"]["xpath"] == "/r/m/b[1]"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        "<a><b></a>",
        "<a>" * 1000,
        "",
    ],
)
def test_hostile_and_broken_documents_are_faults(text: str) -> None:
    """Entities, outside documents, endless depth and broken ends are refused in both readers."""
    with pytest.raises(XmlFault):
        list(XmlRecords().feed(text.encode(), final=True))
    with pytest.raises(XmlFault):
        parse_tree(text)


def test_an_element_that_is_too_long_is_told_and_the_next_one_read() -> None:
    """The limit holds per record."""
    reader = XmlRecords("m", limit=40)
    found = list(reader.feed(b"<r><m>" + b"x" * 100 + b"</m><m>short</m></r>", final=True))
    assert [(each.too_long, each.value) for each in found] == [(True, None), (False, {"value": "short"})]


def test_a_prefix_without_a_namespace_is_named() -> None:
    """The error names the prefix."""
    with pytest.raises(InvalidValueError, match="DATA_FORMAT_304"):
        XmlRecords("/root/b:data")


def test_fields_are_written_as_elements_and_attributes() -> None:
    """Lists come again under their name, texts are escaped, field attributes are attributes."""
    notes = {"/root": {"xmlAttr:id": "1", "xmlns:a": "http://a"}}
    text = write_xml({"root": {"a:x": "<1>", "y": [1, 2], "z": None}}, notes, pretty=False)
    body = '<root xmlns:a="http://a" id="1"><a:x>&lt;1&gt;</a:x><y>1</y><y>2</y><z/></root>'
    assert text.endswith("?>" + body)
    assert len(read(text.encode())) == 1


def test_namespaces_of_the_root_field_and_of_lists_are_those_of_their_elements() -> None:
    """They have no element of their own."""
    notes = {"": {"xmlns": "N"}, "/root/'a:x'": {"xmlns:a": "A"}}
    text = write_xml({"root": {"a:x": ["1", ["2"]]}}, notes, pretty=False)
    assert text.endswith('?><root xmlns="N"><a:x xmlns:a="A">1</a:x><a:x xmlns:a="A">2</a:x></root>')


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("x", "00"),
        (None, "03"),
        ({}, "04"),
        ({"a": 1, "b": 2}, "04"),
        ({"a": [1]}, "05"),
        ({"p:a": 1}, "08"),
        ({"a b": 1}, "02"),
    ],
)
def test_what_cannot_be_a_document_has_a_code(value: FieldValue, code: str) -> None:
    """Roots of another shape, prefixes without namespace, names that are none."""
    with pytest.raises(XmlFault, match=f"XML_GENERATOR_{code}"):
        write_xml(value, {})


def test_fields_may_be_nested_but_not_without_end() -> None:
    """A hundred levels are written, some hundreds are refused."""
    value: FieldValue = {}
    for depth in range(1000):
        value = {"a": value}
        if depth == 99:
            assert write_xml(value, {}, pretty=False).count("<a") == 100
    with pytest.raises(XmlFault, match="XML_GENERATOR_01"):
        write_xml(value, {})


@pytest.mark.parametrize(
    "element", ["root/data", "//msg", "/a//b", "/y^x", "/a/b[xyz='m']", "/a/b[@x%y='m']", "/a[1][2]"]
)
def test_paths_that_cannot_be_are_refused(element: str) -> None:
    """They begin with a slash, have no double ones, and one condition at most in a step."""
    with pytest.raises(InvalidValueError, match="DATA_FORMAT_03"):
        XmlRecords(element)


@given(st.integers(min_value=1, max_value=30))
def test_offsets_are_characters_behind_the_next_tag_or_blank(size: int) -> None:
    """The first record has 0, whatever stands before it."""
    text = '<?xml version="1.0"?><r>\n<e>é</e><e>ü</e>\n<e>x</e></r>'
    data, reader = text.encode(), XmlRecords("e")
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    found = [each for at, piece in enumerate(pieces) for each in reader.feed(piece, final=at == len(pieces) - 1)]
    assert [each.offset for each in found] == [0, text.index("ü"), text.index("<e>x") + 1]


def test_declarations_are_fields_of_their_own() -> None:
    """With an XPath their namespace counts among those that were met; the record's own element has no XPath then."""
    reader = XmlRecords("e", keep_root=True, with_xpath=True)
    (made,) = reader.feed(b'<r><e xmlns="u" a="1"><c q="2">v</c></e></r>', final=True)
    cell = [{"attr|q": "2", "value": "v"}]
    assert made.value == {"e": {"attr|a": "1", "ns|xmlns:": "u", "ns1:c": cell}}
    assert made.namespaces == {"ns1": "u", "xmlns": "http://www.w3.org/2000/xmlns/"}
    assert sorted(note["xpath"] for note in made.attributes.values()) == ["/r/e/ns1:c", "/r/e/ns1:c/@q"]


@pytest.mark.parametrize("name", ["attr|x", "1a", ":a", "", "x(y"])
def test_a_field_whose_name_xml_does_not_allow_is_refused(name: str) -> None:
    with pytest.raises(XmlFault, match="XML_GENERATOR_02"):
        write_xml({"root": {name: "v"}}, {})


def test_names_may_hold_letters_of_any_script() -> None:
    assert "<größe-1.ф>5</größe-1.ф>" in write_xml({"root": {"größe-1.ф": "5"}}, {}, pretty=False)
