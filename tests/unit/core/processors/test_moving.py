"""Promises of the stages that merge, split, flatten, pivot, order and zip, beyond the tables in test_fields."""

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.processors.api import StopFault
from penstock.core.records.paths import NoPlaceError
from penstock.core.records.values import FieldType, FieldValue, ListMap, Null

from .conftest import Play
from .given import codes, only, values
from .test_fields import ORDER, SPLIT, ZIP
from .test_processors import FLATTEN, MERGE, PIVOT

SPLITTING: dict[str, object] = {"fieldPath": "/t", "fieldPathsForSplits": ["/x", "/y"]}


def merging(*pairs: tuple[str, str], **more: object) -> dict[str, object]:
    """The settings of a merger."""
    return {"mergeMapping": [{"fromField": source, "toField": target} for source, target in pairs], **more}


def test_merging_does_what_it_can_before_it_tells_what_is_wrong(play: Play) -> None:
    """Other pairs are merged, and names that are not doubled; the source goes in any case."""
    out = play(MERGE, merging(("/a", "/b"), ("/c", "/d")), {"a": {"x": 1, "y": 2}, "b": {"x": 0}, "c": [1]})
    assert codes(out) == ["FIELD_MERGER_01"]
    assert out.errors[0].record.value == {"b": {"x": 0, "y": 2}, "d": [1]}


def test_missing_sources_are_told_before_doubled_names(play: Play) -> None:
    """Or passed over, when that is allowed."""
    pairs = merging(("/none", "/b"), ("/a", "/b"))
    assert codes(play(MERGE, pairs, {"a": {"x": 1}, "b": {"x": 0}})) == ["FIELD_MERGER_00"]
    lax = merging(("/none", "/b"), onStagePreConditionFailure="CONTINUE")
    assert only(play(MERGE, lax, {"b": 1})) == {"b": 1}


@pytest.mark.parametrize(
    ("record", "target", "after"),
    [
        ({"a": {"x": 1}, "b": {"x": 0}}, "/b", {"b": {"x": 1}}),
        ({"a": {"x.y": 1}, "b": {}}, "/b", {"b": {"x.y": 1}}),
        ({"a": {"x": 1}, "c": 2}, "/", {"c": 2, "x": 1}),
        ({"a": ListMap(x=1), "b": ListMap(y=2)}, "/b", {"b": {"y": 2, "x": 1}}),
    ],
)
def test_maps_are_merged_key_by_key(play: Play, record: FieldValue, target: str, after: FieldValue) -> None:
    """Into the root too; overwriting where that is allowed."""
    assert only(play(MERGE, merging(("/a", target), overwriteExisting=True), record)) == after


@pytest.mark.parametrize(
    ("record", "target", "code"),
    [
        ({"a": 1, "b": 2}, "/b", "FIELD_MERGER_02"),
        ({"a": {}, "b": []}, "/b", "FIELD_MERGER_02"),
        ({"a": 1}, "/b", "FIELD_MERGER_03"),
        ({"a": {}}, "/x/y", "FIELD_MERGER_04"),
        ({"a": {"x/y": 1}, "b": {}}, "/b", "FIELD_MERGER_04"),
    ],
)
def test_what_cannot_be_merged_has_a_code(play: Play, record: FieldValue, target: str, code: str) -> None:
    """Different kinds, no collection, no parent."""
    assert codes(play(MERGE, merging(("/a", target)), record)) == [code]


@pytest.mark.parametrize(
    ("settings", "text", "after"),
    [
        ({"tooManySplitsAction": "TO_LIST", "separator": ","}, "a,b,,", {"x": "a", "y": "b"}),
        ({"separator": ","}, "a,b,,", {"x": "a", "y": "b,,"}),
        ({"separator": ""}, "abc", {"x": "a", "y": "bc"}),
        ({"separator": "(-)"}, "a-b", {"x": "a", "y": "b"}),
        ({"fieldPathsForSplits": ["/x"]}, "a b", {"x": "a b"}),
        ({"fieldPathsForSplits": ["/t", "/y"]}, "a b", {"y": "b"}),
        ({"fieldPathsForSplits": [], "tooManySplitsAction": "TO_LIST", "remainingSplitsPath": "/r"}, "a", {"r": ["a"]}),
    ],
)
def test_the_splitter_cuts_as_java_does(play: Play, settings: dict[str, object], text: str, after: FieldValue) -> None:
    """Empty pieces at the end fall away only for a list; the original field is removed whatever it is by then."""
    assert only(play(SPLIT, {**SPLITTING, **settings}, {"t": text})) == after


def test_the_splitter_fills_with_nulls_when_it_may(play: Play) -> None:
    """For a field that is missing, null, or has too few pieces; numbers are split as texts."""
    lax = {**SPLITTING, "onStagePreConditionFailure": "CONTINUE", "separator": "\\."}
    assert values(play(SPLIT, lax, {}, {"t": None}, {"t": 1.5})) == [
        {"x": None, "y": None},
        {"x": None, "y": None},
        {"x": "1", "y": "5"},
    ]


@pytest.mark.parametrize(("targets", "code"), [([], "SPLITTER_00"), (["/x", " "], "SPLITTER_03")])
def test_the_splitter_needs_targets(play: Play, targets: list[str], code: str) -> None:
    """Before the first record."""
    with pytest.raises(InvalidValueError, match=code):
        play(SPLIT, {**SPLITTING, "fieldPathsForSplits": targets}, {})


def flattening(**more: object) -> dict[str, object]:
    """The settings of a flattener of chosen fields."""
    settings: dict[str, object] = {"flattenType": "SPECIFIC_FIELDS", "fields": ["/a"], **more}
    return {f"config.{name}": value for name, value in settings.items()}


@pytest.mark.parametrize(
    ("settings", "record", "after"),
    [
        ({}, {"a": {"b": {"c": 1}}, "d": {"e": 2}}, {"a": {"b.c": 1}, "d": {"e": 2}}),
        ({}, {"a": 5}, {"a": {}}),
        ({"nameSeparator": "/"}, {"a": {"b": [1]}}, {"a": {"b/0": 1}}),
        ({"flattenInPlace": False, "flattenTargetField": "/t"}, {"a": {"b": 1}, "t": {}}, {"t": {"b": 1}}),
        (
            {"flattenInPlace": False, "flattenTargetField": "/t", "removeFlattenedField": False},
            {"a": {"b": 1}, "t": {}},
            {"a": {"b": 1}, "t": {"b": 1}},
        ),
        (
            {"flattenInPlace": False, "flattenTargetField": "/t", "collisionFieldAction": "OVERRIDE"},
            {"a": {"b": 1}, "t": {"b": 0}},
            {"t": {"b": 1}},
        ),
        (
            {"flattenInPlace": False, "flattenTargetField": "/t", "collisionFieldAction": "DISCARD"},
            {"a": {"b": 1}, "t": {"b": 0}},
            {"t": {"b": 0}},
        ),
    ],
)
def test_chosen_fields_are_flattened(
    play: Play, settings: dict[str, object], record: FieldValue, after: FieldValue
) -> None:
    """In their place or into another map; a field that is no collection becomes an empty map."""
    assert only(play(FLATTEN, flattening(**settings), record)) == after


@pytest.mark.parametrize(
    ("settings", "record", "code"),
    [
        ({}, {"b": 1}, "FIELD_FLATTENER_01"),
        ({"flattenInPlace": False, "flattenTargetField": "/t"}, {"a": {}}, "FIELD_FLATTENER_02"),
        ({"flattenInPlace": False, "flattenTargetField": "/t"}, {"a": {}, "t": []}, "FIELD_FLATTENER_03"),
        ({"flattenInPlace": False, "flattenTargetField": "/t"}, {"a": {"b": 1}, "t": {"b": 0}}, "FIELD_FLATTENER_04"),
    ],
)
def test_the_flattener_names_what_is_wrong(
    play: Play, settings: dict[str, object], record: FieldValue, code: str
) -> None:
    """Missing field, missing target, target that is no map, collision."""
    assert codes(play(FLATTEN, flattening(**settings), record)) == [code]


@pytest.mark.parametrize(
    ("record", "after"),
    [
        ("text", "text"),
        ([1, {"a": 2}], {"0": 1, "1.a": 2}),
        ({"n": Null(FieldType.MAP), "e": [], "x": None}, {"x": None}),
    ],
)
def test_a_whole_record_is_flattened(play: Play, record: FieldValue, after: FieldValue) -> None:
    """Lists too; a root that is no collection passes, null and empty collections vanish."""
    assert only(play(FLATTEN, {}, record)) == after


def test_newer_engines_flatten_into_list_maps_too(play: Play) -> None:
    """As the output type says."""
    for word, kind in (("MAP", dict), ("LIST_MAP", ListMap)):
        assert type(only(play(FLATTEN, {"config.outputType": word}, {"a": {"b": 1}}))) is kind


def test_attributes_stay_with_flattened_fields(play: Play) -> None:
    """Under their new path."""
    out = play(FLATTEN, {}, {"a": {"b": 1}}, notes={"/a/b": {"k": "v"}, "/a": {"gone": "x"}})
    assert out.lanes[0][0].notes == {"/'a.b'": {"k": "v"}}


@pytest.mark.parametrize(
    ("settings", "record", "after"),
    [
        ({}, {"k": 1, "l": {"a": 2, "b": 3}}, [{"k": 1, "l": 2}, {"k": 1, "l": 3}]),
        ({"copyFields": False}, {"k": 1, "l": [2, {"x": 3}]}, [2, {"x": 3}]),
        ({"newPath": "/n"}, {"l": [1]}, [{"n": 1}]),
        ({"newPath": "/n", "replaceListField": False}, {"l": [1]}, [{"l": [1], "n": 1}]),
        (
            {"saveOriginalFieldName": True, "originalFieldNamePath": "/name"},
            {"l": {"a": 1}},
            [{"l": 1, "name": "a"}],
        ),
        (
            {"saveOriginalFieldName": True, "originalFieldNamePath": "/name"},
            {"l": [1]},
            [{"l": 1, "name": "/l"}],
        ),
        ({"onStagePreConditionFailure": "CONTINUE"}, {"k": 1}, []),
        ({}, {"l": ListMap(a=1)}, [{"l": 1}]),
        ({"originalFieldNamePath": "/l"}, {"l": [1]}, [{"l": 1}]),
    ],
)
def test_the_pivoter_makes_a_record_of_each_element(
    play: Play, settings: dict[str, object], record: FieldValue, after: list[FieldValue]
) -> None:
    """Of lists, maps and list-maps; a missing field gives nothing when that is allowed."""
    assert values(play(PIVOT, {"listPath": "/l", **settings}, record)) == after


def test_a_pivoted_record_begins_a_new_path(play: Play) -> None:
    """With a colon, as the original's do; attributes are copied."""
    (record,) = play(PIVOT, {"listPath": "/l"}, {"l": [1]}, attributes={"k": "v"}).lanes[0]
    record.put_out("S_01")
    assert (record.header.stages_path, record.header.source_id, record.attributes) == (":S_01", "r0_1", {"k": "v"})


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"copyFields": False, "saveOriginalFieldName": True}, "LIST_PIVOT_02"),
        ({"newPath": "/n", "originalFieldNamePath": "/n"}, "LIST_PIVOT_03"),
    ],
)
def test_the_pivoter_refuses_settings_that_contradict(play: Play, settings: dict[str, object], code: str) -> None:
    """Before the first record."""
    with pytest.raises(InvalidValueError, match=code):
        play(PIVOT, {"listPath": "/l", **settings}, {})


def test_a_map_around_ordered_fields_is_a_field_too(play: Play) -> None:
    """Unless it is discarded the record is refused."""
    fields: dict[str, object] = {"config.fields": ["/m/x"]}
    assert codes(play(ORDER, fields, {"m": {"x": 1}})) == ["FIELD_ORDER_002"]
    lax = {**fields, "config.extraFieldAction": "DISCARD"}
    assert only(play(ORDER, lax, {"m": {"x": 1}, "o": 2})) == ListMap({"m.x": 1})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("BOOLEAN", "True", True),
        ("DOUBLE", "2.0", 2.0),
        ("SHORT", "255", 255),
        ("STRING", "Default Value", "Default Value"),
    ],
)
def test_the_order_fills_with_a_default(play: Play, kind: str, text: str, value: FieldValue) -> None:
    """Of the type that is set; a text that is none of the type is refused at the start."""
    settings: dict[str, object] = {
        "config.fields": ["/a"],
        "config.missingFieldAction": "USE_DEFAULT",
        "config.dataType": kind,
        "config.defaultValue": text,
    }
    assert only(play(ORDER, settings, {})) == ListMap(a=value)
    with pytest.raises(InvalidValueError):
        play(ORDER, {**settings, "config.dataType": "LONG", "config.defaultValue": "x"}, {})


def zipping(**more: object) -> dict[str, object]:
    """The settings of a zip of /a and /b."""
    row = {"firstField": "/a", "secondField": "/b", "zippedFieldPath": "/z"}
    settings: dict[str, object] = {"fieldZipConfigs": [row], **more}
    return {f"fieldZipConfigBean.{name}": value for name, value in settings.items()}


def test_missing_lists_are_told_before_fields_that_are_none(play: Play) -> None:
    """A map is no list; allowed to go on, the record passes untouched."""
    assert codes(play(ZIP, zipping(), {"a": 1}, {"a": {}, "b": [1]})) == ["ZIP_01", "ZIP_00"]
    lax = zipping(onStagePreConditionFailure="CONTINUE")
    assert values(play(ZIP, lax, {"a": 1}, {"a": {}, "b": [1]})) == [{"a": 1}, {"a": {}, "b": [1]}]


def test_equal_names_on_both_sides_end_the_run(play: Play) -> None:
    """Nothing says which of the two values is meant, where names are wanted."""
    value: dict[str, FieldValue] = {"a": ListMap(n=1), "b": ListMap(n=2)}
    with pytest.raises(StopFault, match="ZIP_00"):
        play(ZIP, zipping(), value)
    out = play(ZIP, zipping(valuesOnly=True), value, notes={"/a[0]": {"k": "v"}, "/b[0]": {"m": "n"}})
    assert out.lanes[0][0].value == {**value, "z": [[1, 2]]}


@pytest.mark.parametrize(("source", "target"), [("/", "/b"), ("/a", "/a/c")])
def test_a_field_is_not_merged_into_itself(play: Play, source: str, target: str) -> None:
    """Nothing ends up holding itself."""
    settings: dict[str, object] = {"mergeMapping": [{"fromField": source, "toField": target}]}
    assert codes(play(MERGE, settings, {"a": {"x": 1}})) == ["FIELD_MERGER_04"]


def test_zipped_elements_bring_their_attributes(play: Play) -> None:
    """From both sides."""
    zipped = {"firstField": "/a", "secondField": "/b", "zippedFieldPath": "/z"}
    notes = {"/a[0]": {"k": "v"}, "/b[0]": {"m": "n"}}
    settings: dict[str, object] = {"fieldZipConfigBean.fieldZipConfigs": [zipped]}
    (record,) = play(ZIP, settings, {"a": [1], "b": [2]}, notes=notes).lanes[0]
    assert record.notes == {**notes, "/z[0]/a": {"k": "v"}, "/z[0]/b": {"m": "n"}}
    (record,) = play(ZIP, zipping(valuesOnly=True), {"a": [1], "b": [2]}, notes=notes).lanes[0]
    assert record.notes == {**notes, "/z[0][0]": {"k": "v"}, "/z[0][1]": {"m": "n"}}


def test_ordered_fields_bring_their_attributes(play: Play) -> None:
    """Under their new name, or number, with those of what is in them."""
    settings: dict[str, object] = {"config.fields": ["/b", "/m/x"], "config.extraFieldAction": "DISCARD"}
    for word, notes in (
        ("LIST_MAP", {"/'m.x'": {"k": "v"}, "/'m.x'[0]": {"n": "w"}}),
        ("LIST", {"[1]": {"k": "v"}, "[1][0]": {"n": "w"}}),
    ):
        value: FieldValue = {"m": {"x": [1]}, "b": 2}
        given = {"/m/x": {"k": "v"}, "/m/x[0]": {"n": "w"}, "/m": {"gone": "y"}}
        assert play(ORDER, {**settings, "config.outputType": word}, value, notes=given).lanes[0][0].notes == notes


@pytest.mark.parametrize(
    ("kind", "settings"), [(PIVOT, {"listPath": "/a"}), (MERGE, merging(("/b", "/a"))), (MERGE, merging(("/a", "/b")))]
)
def test_what_is_in_a_null_ends_the_run(play: Play, kind: str, settings: dict[str, object]) -> None:
    """A list or map that is null has its type, and nothing that could be gone through."""
    with pytest.raises(NoPlaceError):
        play(kind, settings, {"a": Null(FieldType.LIST), "b": [1]})


def test_slashes_in_ordered_names_become_points(play: Play) -> None:
    """In names that are quoted too."""
    settings: dict[str, object] = {"config.fields": ["/'a/b'", "/c"]}
    assert only(play(ORDER, settings, {"a/b": 1, "c": 2})) == {"a.b": 1, "c": 2}
