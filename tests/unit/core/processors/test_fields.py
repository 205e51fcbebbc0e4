"""Promises of the processors that rename, hash, split, order, zip, map and replace, one line of behaviour each."""

import base64
import hashlib
from collections.abc import Callable

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.processors import Out
from penstock.core.processors.api import StopFault
from penstock.core.records.values import FieldType, FieldValue, ListMap, Long, Null

from .test_processors import codes, values

Play = Callable[..., Out]
RENAME = "processor_fieldrenamer_FieldRenamerDProcessor"
HASH = "processor_fieldhasher_FieldHasherDProcessor"
SPLIT = "processor_splitter_SplitterDProcessor"
ORDER = "processor_fieldorder_FieldOrderDProcessor"
ZIP = "processor_zip_FieldZipDProcessor"
MAP = "processor_mapper_FieldMapperDProcessor"
REPLACE = "processor_fieldvaluereplacer_FieldValueReplacerDProcessor"
ENCODE = "processor_base64_Base64EncodingDProcessor"
DECODE = "processor_base64_Base64DecodingDProcessor"


def renaming(*pairs: tuple[str, str], **handling: str) -> dict[str, object]:
    """The settings of a renamer."""
    rows = [{"fromFieldExpression": source, "toFieldExpression": target} for source, target in pairs]
    return {"renameMapping": rows, **{f"errorHandler.{name}": word for name, word in handling.items()}}


@pytest.mark.parametrize(
    ("pairs", "before", "after"),
    [
        ([("/a", "/b")], {"a": 1, "z": 2}, {"z": 2, "b": 1}),
        ([("/old_(.*)", "/$1")], {"old_x": 1, "old_y": 2}, {"x": 1, "y": 2}),
        ([("/l[0]", "/first")], {"l": [1, 2]}, {"l": [2], "first": 1}),
        ([("/l[(1)]", "/item$1")], {"l": [1, 2]}, {"l": [1], "item1": 2}),
        ([("/m/*", "/n")], {"m": {"a": 1}}, {"m": {}, "n": 1}),
        ([("/a", "/${str:toUpper('b')}")], {"a": 1}, {"B": 1}),
        ([("/a|/b", "/c")], {"a": 1}, {"c": 1}),
    ],
)
def test_the_renamer_moves_fields(
    play: Play, pairs: list[tuple[str, str]], before: FieldValue, after: FieldValue
) -> None:
    """Patterns, groups, indexes, one level of names, expressions; a renamed field goes to the end of its map."""
    made = play(RENAME, renaming(*pairs), before)
    assert values(made) == [after]
    assert list(values(made)[0]) == list(after)  # type: ignore[arg-type]


def test_the_renamer_says_when_nothing_fits_or_too_much_does(play: Play) -> None:
    """A pattern without a field, two patterns for a field, a target that is taken, a parent that is not there."""
    assert codes(play(RENAME, renaming(("/none", "/b")), {"a": 1})) == ["FIELD_RENAMER_00"]
    lax = renaming(("/none", "/b"), nonExistingFromFieldHandling="CONTINUE")
    assert values(play(RENAME, lax, {"a": 1})) == [{"a": 1}]
    assert codes(play(RENAME, renaming(("/a", "/b"), ("/a", "/c")), {"a": 1})) == ["FIELD_RENAMER_03"]
    twice = renaming(("/a", "/b"), ("/a", "/c"), multipleFromFieldsMatching="CONTINUE")
    assert values(play(RENAME, twice, {"a": 1})) == [{"a": 1}]
    assert codes(play(RENAME, renaming(("/a", "/x/y")), {"a": 1})) == ["FIELD_RENAMER_04"]
    with pytest.raises(InvalidValueError):
        play(RENAME, renaming(("/(", "/b")), {"a": 1})


@pytest.mark.parametrize(
    ("word", "after"),
    [("REPLACE", {"b": 1}), ("CONTINUE", {"a": 1, "b": 2}), ("APPEND_NUMBERS", {"b": 2, "b1": 1})],
)
def test_the_renamer_treats_taken_targets_as_told(play: Play, word: str, after: FieldValue) -> None:
    """Overwritten, left alone, or numbered; by default the record is refused and the source stays."""
    assert values(play(RENAME, renaming(("/a", "/b"), existingToFieldHandling=word), {"a": 1, "b": 2})) == [after]
    refused = play(RENAME, renaming(("/a", "/b")), {"a": 1, "b": 2})
    assert codes(refused) == ["FIELD_RENAMER_01"]
    assert refused.errors[0].record.value == {"a": 1, "b": 2}


def test_a_pattern_that_runs_away_is_stopped(play: Play) -> None:
    """Hostile patterns cost at most a second."""
    settings = renaming(("/(a+)+$x", "/b"))
    assert codes(play(RENAME, settings, {"a" * 40: 1})) in (["FIELD_RENAMER_02"], ["FIELD_RENAMER_00"])


def hashing(where: str, fields: list[str], kind: str = "MD5", **more: object) -> dict[str, object]:
    """The settings of a hasher with one row."""
    row = {"sourceFieldsToHash": fields, "hashType": kind, **{k: v for k, v in more.items() if "." not in k}}
    return {f"hasherConfig.{where}FieldHasherConfigs": [row]}


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ("text", b"text"),
        (1, b"\x01\x00\x00\x00"),
        (Long(1), b"\x01" + b"\x00" * 7),
        (True, b"\x01"),
        (1.0, b"\x00\x00\x00\x00\x00\x00\xf0?"),
        (b"\x00\x01", b"\x00\x01"),
    ],
)
def test_the_hasher_digests_the_bytes_of_a_type(play: Play, value: FieldValue, data: bytes) -> None:
    """Numbers are little-endian, texts UTF-8; names are no part of it."""
    for kind, digest in (("MD5", hashlib.md5), ("SHA256", hashlib.sha256), ("SHA512", hashlib.sha512)):
        made = play(HASH, hashing("inPlace", ["/a"], kind), {"a": value})
        assert values(made) == [{"a": digest(data).hexdigest()}]


def test_the_hasher_writes_to_a_field_a_header_and_of_a_whole_record(play: Play) -> None:
    """Several fields make one digest; Murmur is that of the original's library."""
    into = hashing("target", ["/a", "/b"], "SHA1", targetField="/h", headerAttribute="hash")
    made = play(HASH, into, {"a": "x", "b": "y"})
    digest = hashlib.sha1(b"xy").hexdigest()
    assert values(made) == [{"a": "x", "b": "y", "h": digest}]
    assert made.lanes[0][0].attributes["hash"] == digest
    murmur = hashing("inPlace", ["/a"], "MURMUR3_128")
    assert values(play(HASH, murmur, {"a": "hello"})) == [{"a": "029bbd41b3a7d8cb191dae486a901e5b"}]
    whole = {
        "hasherConfig.recordHasherConfig.hashEntireRecord": True,
        "hasherConfig.recordHasherConfig.targetField": "/h",
    }
    assert values(play(HASH, whole, {"a": "x", "m": {"b": "y"}}))[0]["h"] == hashlib.md5(b"xy").hexdigest()  # type: ignore[index,call-overload]


def test_the_hasher_refuses_what_has_no_digest(play: Play) -> None:
    """Maps, lists, nulls and missing fields; unless told to go on."""
    cases: list[FieldValue] = [{"a": {}}, {"a": []}, {"a": None}, {}]
    for value in cases:
        assert codes(play(HASH, hashing("inPlace", ["/a"]), value)) == ["HASH_01"]
    lax = {**hashing("inPlace", ["/a"]), "onStagePreConditionFailure": "CONTINUE"}
    assert values(play(HASH, lax, {})) == [{}]
    assert codes(play(HASH, hashing("target", ["/a"], targetField="/x/y"), {"a": "1"})) == ["HASH_05"]


@pytest.mark.parametrize(
    ("settings", "text", "after"),
    [
        ({}, "a b", {"x": "a", "y": "b"}),
        ({}, "a b c d", {"x": "a", "y": "b c d"}),
        ({"separator": ","}, "a,", {"x": "a", "y": ""}),
        ({"separator": "\\s*;\\s*"}, "a ; b", {"x": "a", "y": "b"}),
        (
            {"tooManySplitsAction": "TO_LIST", "remainingSplitsPath": "/r"},
            "a b c d",
            {"x": "a", "y": "b", "r": ["c", "d"]},
        ),
        ({"originalFieldAction": "KEEP"}, "a b", {"t": "a b", "x": "a", "y": "b"}),
        ({"onStagePreConditionFailure": "CONTINUE"}, "a", {"x": "a", "y": None}),
    ],
)
def test_the_splitter_cuts_a_text(play: Play, settings: dict[str, object], text: str, after: FieldValue) -> None:
    """What is too much goes to the last field or to a list; what is missing is null when allowed."""
    given = {"fieldPath": "/t", "fieldPathsForSplits": ["/x", "/y"], **settings}
    assert values(play(SPLIT, given, {"t": text})) == [after]


def test_the_splitter_refuses_what_it_cannot_cut(play: Play) -> None:
    """A missing or null field, too few pieces, a map, a separator that takes too long, a parent that is not there."""
    given = {"fieldPath": "/t", "fieldPathsForSplits": ["/x", "/y"]}
    assert codes(play(SPLIT, given, {}, {"t": None}, {"t": Null(FieldType.LONG)})) == ["SPLITTER_01"] * 3
    assert codes(play(SPLIT, given, {"t": "a"})) == ["SPLITTER_02"]
    assert codes(play(SPLIT, given, {"t": {}})) == ["SPLITTER_04"]
    runaway = {**given, "separator": r"(?:(a+)(a+)(a+))+\3b"}
    assert codes(play(SPLIT, runaway, {"t": "a" * 3000})) == ["SPLITTER_04"]
    assert codes(play(SPLIT, {**given, "fieldPathsForSplits": ["/p/x"]}, {"t": "a"})) == ["SPLITTER_05"]


def test_the_order_is_as_listed(play: Play) -> None:
    """As a list-map with pointed names, or as a list; missing and unexpected fields are refused unless told."""
    fields = {"config.fields": ["/b", "/m/x"], "config.discardFields": ["/m"]}
    made = values(play(ORDER, fields, {"m": {"x": 1}, "b": 2}))
    assert made == [ListMap({"b": 2, "m.x": 1})]
    assert isinstance(made[0], ListMap)
    assert values(play(ORDER, {**fields, "config.outputType": "LIST"}, {"m": {"x": 1}, "b": 2})) == [[2, 1]]
    assert codes(play(ORDER, fields, {"b": 2})) == ["FIELD_ORDER_001"]
    assert codes(play(ORDER, fields, {"m": {"x": 1}, "b": 2, "c": 3})) == ["FIELD_ORDER_002"]
    lax = {
        **fields,
        "config.missingFieldAction": "USE_DEFAULT",
        "config.defaultValue": "7",
        "config.dataType": "LONG",
        "config.discardFields": ["/c", "/m"],
    }
    assert values(play(ORDER, lax, {"b": 2, "c": 3})) == [ListMap({"b": 2, "m.x": Long(7)})]
    with pytest.raises(InvalidValueError):
        play(ORDER, {**fields, "config.discardFields": ["/b"]}, {})


def test_two_lists_are_zipped(play: Play) -> None:
    """To the shorter one, as maps or as pairs; a list-map gives its names."""
    rows = {"fieldZipConfigBean.fieldZipConfigs": [{"firstField": "/a", "secondField": "/b", "zippedFieldPath": "/z"}]}
    record: FieldValue = {"a": [1, 2, 3], "b": ["x", "y"]}
    assert values(play(ZIP, rows, record))[0]["z"] == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]  # type: ignore[index,call-overload]
    plain = {**rows, "fieldZipConfigBean.valuesOnly": True}
    assert values(play(ZIP, plain, {"a": [1], "b": ListMap({"n": "x"})}))[0]["z"] == [[1, "x"]]  # type: ignore[index,call-overload]
    assert codes(play(ZIP, rows, {"a": [1]}, {"a": 1, "b": []})) == ["ZIP_01", "ZIP_00"]
    lax = {**rows, "fieldZipConfigBean.onStagePreConditionFailure": "CONTINUE"}
    assert values(play(ZIP, lax, {"a": [1]})) == [{"a": [1]}]


def mapper(**settings: object) -> dict[str, object]:
    """The settings of a mapper."""
    return {f"fieldMapperConfig.{name}": value for name, value in settings.items()}


def test_the_mapper_maps_values_names_and_paths(play: Play) -> None:
    """Leaves for values and paths, every named field for names; the condition chooses."""
    upper = mapper(mappingExpression="${str:toUpper(f:value())}", conditionalExpression="${f:type() == 'STRING'}")
    assert values(play(MAP, upper, {"a": "x", "m": {"b": "y"}, "n": 1})) == [{"a": "X", "m": {"b": "Y"}, "n": 1}]
    names = mapper(operateOn="FIELD_NAMES", mappingExpression="${str:toUpper(f:name())}")
    assert values(play(MAP, names, {"a": 1, "m": {"b": [1]}})) == [{"A": 1, "M": {"B": [1]}}]
    paths = mapper(
        operateOn="FIELD_PATHS",
        conditionalExpression="${str:startsWith(f:name(), 'out')}",
        mappingExpression="/outputs",
    )
    assert values(play(MAP, paths, {"out1": 1, "out2": 2, "other": 3})) == [{"other": 3, "outputs": [1, 2]}]
    kept = {**paths, "fieldMapperConfig.maintainOriginalPaths": True}
    assert values(play(MAP, kept, {"out1": 1})) == [{"out1": 1, "outputs": [1]}]
    assert codes(play(MAP, mapper(operateOn="FIELD_PATHS", mappingExpression="no path"), {"a": 1})) == [
        "INVALID_EVALUATED_FIELD_PATH_02"
    ]
    assert codes(play(MAP, mapper(mappingExpression="${math:abs(f:value())}"), {"a": "x"})) == [
        "EXPRESSION_EVALUATION_FAILURE_03"
    ]


def test_the_value_replacer_has_three_groups(play: Play) -> None:
    """To null under a condition, from null, and by comparison; types stay."""
    to_null = {"nullReplacerConditionalConfigs": [{"fieldsToNull": ["/a"], "condition": "${record:value('/a') == 1}"}]}
    assert values(play(REPLACE, to_null, {"a": 1}, {"a": 2})) == [{"a": Null(FieldType.INTEGER)}, {"a": 2}]
    from_null = {"fieldsToReplaceIfNull": [{"fields": ["/a"], "newValue": "7"}]}
    assert values(play(REPLACE, from_null, {"a": Null(FieldType.INTEGER)}, {"a": None})) == [{"a": 7}, {"a": "7"}]
    assert codes(
        play(REPLACE, {"fieldsToReplaceIfNull": [{"fields": ["/a"], "newValue": "x"}]}, {"a": Null(FieldType.INTEGER)})
    ) == ["VALUE_REPLACER_00"]
    assert codes(play(REPLACE, from_null, {})) == ["VALUE_REPLACER_01"]
    row = {"fieldNames": ["/a"], "operator": "LESS_THAN", "comparisonValue": "5", "replacementValue": "0"}
    assert values(play(REPLACE, {"fieldsToConditionallyReplace": [row]}, {"a": 3}, {"a": 9})) == [{"a": 0}, {"a": 9}]
    with pytest.raises(StopFault):
        play(REPLACE, {"fieldsToConditionallyReplace": [{**row, "comparisonValue": "x"}]}, {"a": 3})


def test_base64_goes_both_ways(play: Play) -> None:
    """Bytes only; a missing field passes, what is none is refused."""
    fields = {"originFieldPath": "/a", "resultFieldPath": "/b"}
    data = b"\xff\xfe?"
    assert values(play(ENCODE, fields, {"a": data})) == [{"a": data, "b": base64.b64encode(data)}]
    assert values(play(ENCODE, {**fields, "urlSafe": True}, {"a": data}))[0]["b"] == base64.urlsafe_b64encode(data)  # type: ignore[index,call-overload]
    assert values(play(DECODE, fields, {"a": b"__4_"}, {})) == [{"a": b"__4_", "b": data}, {}]
    assert codes(play(DECODE, fields, {"a": b"%"})) == ["DATA_FORMAT_302"]
    assert codes(play(ENCODE, fields, {"a": "text"})) == ["CMN_0100"]
