"""Promises about the XML Parser and the XML Flattener."""

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.plan.unfit import UnfitError

from .conftest import Play
from .given import codes

PARSER = "processor_xmlparser_XmlParserDProcessor"
FLATTENER = "processor_xmlflattener_XMLFlatteningDProcessor"
XML = "<root><msg><t>1</t></msg><msg><t>2</t></msg></root>"


def parser(**more: object) -> dict[str, object]:
    """The settings of an XML Parser over /x."""
    return {"configs.fieldPathToParse": "/x", "configs.parsedFieldPath": "/x"} | {
        f"configs.{k}": v for k, v in more.items()
    }


@pytest.mark.parametrize(
    ("several", "values"),
    [
        ("FIRST_ONLY", [{"x": {"t": [{"value": "1"}]}}]),
        ("ALL_AS_LIST", [{"x": [{"t": [{"value": "1"}]}, {"t": [{"value": "2"}]}]}]),
        ("SPLIT_INTO_MULTIPLE_RECORDS", [{"x": {"t": [{"value": "1"}]}}, {"x": {"t": [{"value": "2"}]}}]),
    ],
)
def test_the_parser_gives_one_all_or_a_record_each(play: Play, several: str, values: list[object]) -> None:
    """As ``multipleValuesBehavior`` says."""
    out = play(PARSER, parser(xmlRecordElement="msg", multipleValuesBehavior=several), {"x": XML})
    assert [record.value for record in out.lanes[0]] == values


def test_the_parser_drops_records_without_the_field_and_refuses_broken_text(play: Play) -> None:
    """Missing is dropped, broken is XMLP_01, no result is a null."""
    out = play(PARSER, parser(xmlRecordElement="none"), {"y": 1}, {"x": "<a>"}, {"x": XML})
    assert [error.code for error in out.errors] == ["XMLP_01"]
    assert [record.value for record in out.lanes[0]] == [{"x": None}]


def test_the_parser_knows_name_spaces_and_leaves_control_characters_out(play: Play) -> None:
    """Prefixes are those of the settings; a path that is none is refused at the start."""
    text = "<r xmlns='u'><m>a\x01b</m></r>"
    found = parser(xmlRecordElement="/n:r/n:m", xPathNamespaceContext=[{"key": "n", "value": "u"}])
    assert codes(play(PARSER, found, {"x": text})) == ["XMLP_01"]
    assert play(PARSER, {**found, "configs.removeCtrlChars": True}, {"x": text}).lanes[0][0].value == {
        "x": {"value": "ab"}
    }
    with pytest.raises(InvalidValueError):
        play(PARSER, parser(xmlRecordElement="/r[x"))


@pytest.mark.parametrize(
    ("more", "paths"),
    [
        ({"multipleValuesBehavior": "ALL_AS_LIST"}, ["/x[0]", "/x[1]"]),
        ({"multipleValuesBehavior": "SPLIT_INTO_MULTIPLE_RECORDS"}, ["/x"]),
        ({"parsedFieldPath": "/"}, [""]),
    ],
)
def test_attributes_of_elements_are_where_the_elements_are(
    play: Play, more: dict[str, object], paths: list[str]
) -> None:
    """Of every element of a list."""
    settings = parser(xmlRecordElement="m", outputFieldAttributes=True, **more)
    out = play(PARSER, settings, {"x": "<r><m k='1'>x</m><m k='2'>y</m></r>"})
    (first, *_) = out.lanes[0]
    assert [first.notes[path]["xmlAttr:k"] for path in paths] == ["1", "2"][: len(paths)]


def flattener(**more: object) -> dict[str, object]:
    """The settings of an XML Flattener over /x."""
    return {"fromField": "/x", "recordDelimiter": "msg", "fieldDelimiter": ".", "attrDelimiter": "#", **more}


def test_the_flattener_makes_a_record_per_element_and_counts_siblings(play: Play) -> None:
    """Attributes, namespaces and texts are flat names; only repeated siblings are counted."""
    text = "<r><msg id='7'><t>1</t><t>2</t><u xmlns='http://u'>3</u></msg><msg/></r>"
    out = play(FLATTENER, flattener(keepOriginalFields=False), {"x": text, "k": 1})
    first, second = (record.value for record in out.lanes[0])
    assert first == {"msg#id": "7", "msg.t(0)": "1", "msg.t(1)": "2", "msg.u#xmlns": "http://u", "msg.u": "3"}
    assert second == {}
    assert [record.header.source_id for record in out.lanes[0]] == ["r0_1", "r0_2"]


def test_the_flattener_keeps_fields_and_overwrites_only_on_request(play: Play) -> None:
    """An existing field of the same name stays unless new ones may overwrite."""
    old = {"x": "<msg>new</msg>", "msg": "old"}
    kept = play(FLATTENER, flattener(keepOriginalFields=True), old).lanes[0][0].value
    new = play(FLATTENER, flattener(keepOriginalFields=True, newFieldOverwrites=True), old).lanes[0][0].value
    assert isinstance(kept, dict)
    assert isinstance(new, dict)
    assert (kept["msg"], new["msg"]) == ("old", "new")


@pytest.mark.parametrize("place", ["/o", "o"])
def test_flat_fields_can_stand_in_a_field_of_their_own(play: Play, place: str) -> None:
    """It is made where it is not there."""
    out = play(FLATTENER, flattener(outputField=place), {"x": "<msg><t>1</t></msg>"}, {"x": "<msg/>", "o": {"k": 1}})
    assert [record.value for record in out.lanes[0]] == [
        {"x": "<msg><t>1</t></msg>", "o": {"msg.t": "1"}},
        {"x": "<msg/>", "o": {"k": 1}},
    ]


def test_without_a_record_element_the_document_is_one_record(play: Play) -> None:
    """Names lead from its root."""
    text = "<root><child><leaf>1</leaf></child><child/><o>2</o></root>"
    out = play(FLATTENER, flattener(recordDelimiter="", keepOriginalFields=False), {"x": text})
    assert [record.value for record in out.lanes[0]] == [{"root.child(0).leaf": "1", "root.o": "2"}]


def test_record_elements_are_found_at_every_depth(play: Play) -> None:
    """In the order in which their parents begin; many siblings are counted as few are."""
    text = "<r><a><msg>1</msg></a><msg>2</msg></r>"
    out = play(FLATTENER, flattener(keepOriginalFields=False), {"x": text})
    assert [record.value for record in out.lanes[0]] == [{"msg": "2"}, {"msg": "1"}]
    many = "<msg>" + "<t>x</t>" * 1500 + "<u>y</u></msg>"
    (record,) = play(FLATTENER, flattener(keepOriginalFields=False), {"x": many}).lanes[0]
    assert isinstance(record.value, dict)
    assert (len(record.value), record.value["msg.t(1499)"], record.value["msg.u"]) == (1501, "x", "y")


def test_a_root_that_is_no_map_takes_no_fields(play: Play) -> None:
    """Unless it is given up."""
    whole = flattener(fromField="/")
    refused = play(FLATTENER, whole, "<msg>1</msg>")
    assert (codes(refused), refused.lanes) == (["CMN_0100"], [[]])
    (record,) = play(FLATTENER, {**whole, "keepOriginalFields": False}, "<msg>1</msg>").lanes[0]
    assert record.value == {"msg": "1"}


@pytest.mark.parametrize(
    ("value", "code"), [({"x": 1}, "CMN_0100"), ({"x": "<a"}, "DATA_FORMAT_303"), ({"x": None}, "DATA_FORMAT_303")]
)
def test_the_flattener_refuses_what_is_no_xml_text(play: Play, value: dict[str, object], code: str) -> None:
    """With the original's codes."""
    assert [error.code for error in play(FLATTENER, flattener(), value).errors] == [code]


@pytest.mark.parametrize(
    ("name", "text", "code"), [("fieldDelimiter", "/", "XMLF_02"), ("attrDelimiter", "'", "XMLF_01")]
)
def test_delimiters_that_are_part_of_paths_are_refused(play: Play, name: str, text: str, code: str) -> None:
    """Quotes, slashes and brackets."""
    with pytest.raises(InvalidValueError, match=code):
        play(FLATTENER, flattener(**{name: text}), {"x": "<a/>"})


def test_both_delimiters_are_looked_at(play: Play) -> None:
    """Two that cannot be are two findings."""
    with pytest.raises(UnfitError) as caught:
        play(FLATTENER, flattener(fieldDelimiter="]", attrDelimiter="["), {"x": "<a/>"})
    assert [(each.code, each.setting) for each in caught.value.found] == [
        ("XMLF_01", "attrDelimiter"),
        ("XMLF_02", "fieldDelimiter"),
    ]


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, {"msg.a.b", "msg.a#k", "msg.a#xmlns", "msg.a.b#xmlns"}),
        ({"ignoreAttributes": True}, {"msg.a.b", "msg.a#xmlns", "msg.a.b#xmlns"}),
        ({"ignoreNamespace": True}, {"msg.a.b", "msg.a#k"}),
        ({"fieldDelimiter": "_", "attrDelimiter": "@"}, {"msg_a_b", "msg_a@k", "msg_a@xmlns", "msg_a_b@xmlns"}),
        ({"recordDelimiter": ""}, {"r.msg.a.b", "r.msg.a#k", "r.msg.a#xmlns", "r.msg.a.b#xmlns"}),
    ],
)
def test_the_flattener_names_as_set(play: Play, more: dict[str, object], names: set[str]) -> None:
    """With the delimiters, and without what is to be left out; no record element takes the whole document."""
    text = "<r><msg><a k='1' xmlns='http://u'><b>x</b></a></msg></r>"
    value = play(FLATTENER, flattener(**{"keepOriginalFields": False, **more}), {"x": text}).lanes[0][0].value
    assert isinstance(value, dict)
    assert set(value) == names


def test_of_two_texts_in_an_element_the_last_stays(play: Play) -> None:
    """Unless fields that are there stay."""
    text = "<msg>a<t>1</t>b</msg>"
    for more, left in (({"keepOriginalFields": False}, "b"), ({}, "a"), ({"newFieldOverwrites": True}, "b")):
        value = play(FLATTENER, flattener(**more), {"x": text}).lanes[0][0].value
        assert isinstance(value, dict)
        assert value["msg"] == left


def test_the_flattener_drops_records_without_the_field(play: Play) -> None:
    """Nothing is refused."""
    out = play(FLATTENER, flattener(), {"y": 1})
    assert (out.lanes[0], out.errors) == ([], [])


def test_the_parser_keeps_attributes_as_set(play: Play) -> None:
    """As fields or as attributes of fields, with their path."""
    text = "<r><m k='1'>x</m></r>"
    plain = play(PARSER, parser(outputFieldAttributes=False), {"x": text}).lanes[0][0]
    assert plain.value == {"x": {"m": [{"attr|k": "1", "value": "x"}]}}
    (noted,) = play(PARSER, parser(outputFieldAttributes=True, includeFieldXpathAttributes=True), {"x": text}).lanes[0]
    assert noted.value == {"x": {"m": [{"value": "x"}]}}
    assert noted.notes["/x/m[0]"] == {"xmlAttr:k": "1"}
    assert noted.notes["/x/m[0]/value"] == {"xpath": "/r/m"}


@pytest.mark.parametrize(("element", "found"), [("a", {"value": "1"}), ("/r/a", None)])
def test_a_name_alone_fits_elements_of_every_namespace(play: Play, element: str, found: object) -> None:
    """A path with slashes does not."""
    settings = {"configs.fieldPathToParse": "/t", "configs.parsedFieldPath": "/o", "configs.xmlRecordElement": element}
    (record,) = play(PARSER, settings, {"t": '<r xmlns:p="u"><p:a>1</p:a></r>'}).lanes[0]
    assert record.value["o"] == found  # type: ignore[index,call-overload]


def test_an_empty_text_is_no_xml(play: Play) -> None:
    """The record is refused."""
    settings: dict[str, object] = {"configs.fieldPathToParse": "/t", "configs.parsedFieldPath": "/o"}
    assert codes(play(PARSER, settings, {"t": ""})) == ["XMLP_01"]


def test_a_null_is_no_xml_to_flatten(play: Play) -> None:
    """The record is refused."""
    assert codes(play(FLATTENER, {"fromField": "/t"}, {"t": None})) == ["DATA_FORMAT_303"]
